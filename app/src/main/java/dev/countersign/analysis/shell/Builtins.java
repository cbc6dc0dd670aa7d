package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Invocation.Input;
import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What builtins do to the state of the shell. */
final class Builtins {
    static final Set<String> DECLARES = Set.of("declare", "typeset", "local", "export", "readonly");

    /** Builtins before which POSIX shells keep assignments. */
    static final Set<String> SPECIAL =
            Set.of(
                    ":",
                    ".",
                    "source",
                    "exec",
                    "exit",
                    "export",
                    "readonly",
                    "return",
                    "set",
                    "shift",
                    "trap",
                    "unset",
                    "times",
                    "break",
                    "continue");

    /** They run commands of their own, whose words come last. */
    static final Set<String> RUNS_TEXT = Set.of("eval", "source", ".", "trap", "builtin", "fc");

    /** Builtins on which the meaning of what follows depends. */
    static final Set<String> STATEFUL =
            Set.of(
                    "cd",
                    "pushd",
                    "popd",
                    "eval",
                    "set",
                    "unset",
                    "export",
                    "declare",
                    "typeset",
                    "local",
                    "readonly",
                    "read",
                    "source",
                    ".",
                    "exec",
                    "exit",
                    "return",
                    "break",
                    "continue",
                    "shift",
                    "trap",
                    "alias",
                    "unalias",
                    "command",
                    "builtin",
                    "let",
                    "test",
                    "[",
                    "printf",
                    "mapfile",
                    "readarray",
                    "getopts",
                    "shopt",
                    "enable",
                    "hash");

    /** Builtins that print nothing when all goes well. */
    static final Set<String> SILENT =
            Set.of("cd", "shift", "unset", "true", ":", "false", "exit", "return", "test", "[");

    private final Interpreter shell;
    private final State state;
    private final Expander expander;
    private final Context context;
    private State.Directory arrived = State.Directory.UNKNOWN;
    private State.Directory left = State.Directory.UNKNOWN;
    private boolean certain;

    Builtins(Interpreter shell, State state, Expander expander, Context context) {
        this.shell = shell;
        this.state = state;
        this.expander = expander;
        this.context = context;
    }

    /** How many words {@code command} and {@code builtin} take up in front of a builtin. */
    static int prefixes(List<Argument> argv) {
        int skip = 0;
        while (true) {
            String word = argv.get(skip).value();
            if (!"command".equals(word) && !"builtin".equals(word)) {
                return skip;
            }
            int next = skip + 1;
            while (next < argv.size()
                    && ("-p".equals(argv.get(next).value())
                            || "--".equals(argv.get(next).value()))) {
                next++;
            }
            if (next >= argv.size()) {
                return skip;
            }
            String after = argv.get(next).value();
            if (after != null && after.startsWith("-")) {
                return skip;
            }
            skip = next;
        }
    }

    void run(
            String name,
            List<Argument> argv,
            Command.Simple simple,
            @Nullable Input input,
            boolean plain) {
        List<Argument> rest = argv.subList(1, argv.size());
        Span source = simple.source();
        if (context.shell() == Shell.ZSH && computes(name, rest)) {
            String before = "";
            for (Argument argument : rest) {
                boolean number = COMPUTED.contains(name) || before.matches("-[a-zA-Z]*t");
                before = argument.value() == null ? "" : argument.value();
                if (argument.value() == null && number) {
                    computed(argument);
                } else if (argument.value() != null && Expander.code(argument.value())) {
                    shell.unknown(
                            "zsh computes the numbers `"
                                    + name
                                    + "` is given, and runs what they hold",
                            argument.source());
                }
            }
        }
        switch (name) {
            case "cd", "chdir" -> cd(rest);
            case "pushd" -> pushd(rest);
            case "popd" -> popd(rest);
            case "export", "readonly", "declare", "typeset", "local", "integer", "float" ->
                    declare(name, rest, source);
            case "unset" -> unset(rest, source);
            case "read" -> read(rest, simple, input);
            case "mapfile", "readarray" -> mapfile(rest, source);
            case "getopts" -> getopts(rest, source);
            case "printf" -> printf(rest);
            case "set" -> set(rest, source);
            case "shift" -> shift(rest);
            case "alias" -> alias(rest, source);
            case "unalias" -> unalias(rest);
            case "trap" -> trap(rest, source);
            case "source", "." -> shell.forgetVariables();
            case "exec" -> {
                if (rest.isEmpty() && input != null) {
                    shell.standardInput(input);
                }
            }
            case "let" -> {
                for (Argument argument : rest) {
                    expression(argument);
                }
            }
            case "test", "[" -> test(rest);
            case "exit" -> {
                if (plain && rest.size() <= 1 && rest.stream().allMatch(a -> a.value() != null)) {
                    shell.jump();
                }
            }
            case "return" -> leave(shell.inFunction(), plain, rest);
            case "break", "continue" -> leave(shell.inLoop(), plain, rest);
            case "hash" -> {
                boolean folders = !rest.isEmpty() && "-d".equals(rest.getFirst().value());
                if (!folders && rest.stream().anyMatch(Builtins::placesName)) {
                    shell.unknown("`hash -p` changes which program a name runs", source);
                }
            }
            case "enable" -> {
                if (!rest.isEmpty()) {
                    shell.unknown("`enable` changes what later commands mean", source);
                }
            }
            case "shopt" -> shopt(rest, source);
            case "setopt" -> {
                for (Argument argument : rest) {
                    option(argument.value(), source);
                }
            }
            case "compgen", "complete", "compopt" -> completion(name, rest, source);
            case "wait" -> {
                for (int i = 0; i + 1 < rest.size(); i++) {
                    if ("-p".equals(rest.get(i).value())) {
                        variable(rest.get(i + 1), Value.NUMBER);
                    }
                }
            }
            case "bind" -> {
                if (rest.stream().anyMatch(a -> a.value() == null || a.value().startsWith("-x"))) {
                    shell.unknown("`bind -x` runs commands", source);
                }
            }
            case "fc" -> shell.unknown("`fc` runs earlier commands again", source);
            default -> {}
        }
    }

    /** Builtins of zsh all of whose words are expressions. */
    private static final Set<String> COMPUTED =
            Set.of("exit", "logout", "bye", "return", "break", "continue", "shift");

    private static final Pattern VARIABLE =
            Pattern.compile("\"?\\$\\{?([A-Za-z_][A-Za-z0-9_]*)\\}?\"?");
    private static final Pattern NUMBER_OF_SHELL = Pattern.compile("\"?\\$\\{?[?#!$]\\}?\"?");

    /** A word that is not constant, or may be a pattern, and that is computed. */
    private void computed(Argument word) {
        Matcher variable = VARIABLE.matcher(word.written());
        if (variable.matches()) {
            expander.evaluated(variable.group(1), word.source(), 0);
        } else if (!NUMBER_OF_SHELL.matcher(word.written()).matches()) {
            expression(word);
        }
    }

    /** Whether a builtin of zsh takes an argument for an expression to compute. */
    private static boolean computes(String name, List<Argument> rest) {
        return switch (name) {
            case "exit",
                    "logout",
                    "bye",
                    "return",
                    "break",
                    "continue",
                    "shift",
                    "read",
                    "ulimit",
                    "wait",
                    "kill",
                    "fc",
                    "history",
                    "pushd",
                    "popd",
                    "sysread",
                    "zselect" ->
                    true;
            case "printf", "print" -> {
                boolean formats = name.equals("printf");
                boolean numbers = false;
                for (Argument argument : rest) {
                    String value = argument.value();
                    formats |= value == null || value.matches("-[a-zA-Z]*f.*");
                    numbers |=
                            value == null
                                    || !value.replaceAll("%-?[0-9]*[%sbqc]", "").matches("[^%]*");
                }
                yield formats && numbers;
            }
            default -> false;
        };
    }

    /** {@code -p} in bash, {@code name=path} in zsh. */
    private static boolean placesName(Argument word) {
        String text = word.value();
        return text == null || text.startsWith("-p") || text.indexOf('=') > 0;
    }

    private void leave(boolean possible, boolean plain, List<Argument> rest) {
        if (possible
                && plain
                && rest.size() <= 1
                && rest.stream().allMatch(a -> a.value() != null && Value.number(a.value()))) {
            shell.jump();
        } else if (possible) {
            shell.unknown("where the text goes on is not constant", shell.nowhere());
        }
    }

    // ── directories ──

    private State.Directory here() {
        return state.get(State.DIRECTORY) instanceof State.Directory directory
                ? directory
                : State.Directory.UNKNOWN;
    }

    /** Goes to {@code to}, or stays where it is when that fails. */
    private void go(State.Directory target) {
        go(target, true);
    }

    /**
     * The same.
     *
     * @param known whether every shell of this kind has the command that goes there
     */
    private void go(State.Directory target, boolean known) {
        State.Directory to = target.path() == null ? shell.unknownDirectory() : target;
        State.Directory here = here();
        arrived = to;
        left = here;
        certain =
                to.path() != null
                        && known
                        && to.all().stream()
                                .allMatch(path -> above(path, here) || shell.exists(path));
        boolean elsewhere = !certain && to.path() != null;
        Object before = state.get(State.PREVIOUS);
        state.put(State.PREVIOUS, elsewhere ? State.join(State.PREVIOUS, here, before) : here);
        state.put(State.DIRECTORY, elsewhere ? to.or(here) : to);
    }

    /** Where it is now lies below {@code path}, which so exists. */
    private static boolean above(String path, State.Directory here) {
        return here.all().stream().anyMatch(each -> Directories.holds(path, each));
    }

    /** After the last {@code cd} went well; answers whether it was bound to. */
    boolean arrives() {
        state.put(State.PREVIOUS, left);
        state.put(State.DIRECTORY, arrived);
        return certain;
    }

    private void cd(List<Argument> arguments) {
        List<Argument> rest = arguments;
        boolean physical = state.get("P") != null;
        while (!rest.isEmpty()
                && rest.getFirst().value() != null
                && rest.getFirst().value().matches("-[LPe@]+|--")) {
            boolean last = rest.getFirst().value().equals("--");
            physical = isPhysical(rest.getFirst().value(), physical);
            rest = rest.subList(1, rest.size());
            if (last) {
                break;
            }
        }
        if (rest.size() > 1) {
            go(State.Directory.UNKNOWN);
            return;
        }
        if (rest.isEmpty()) {
            go(
                    expander.value("HOME") instanceof Value.Text(String home)
                                    && home.startsWith("/")
                            ? new State.Directory(Directories.normal(home))
                            : State.Directory.UNKNOWN);
            return;
        }
        go(target(rest.getFirst(), physical));
    }

    /** Of {@code -L} and {@code -P} the last counts. */
    private static boolean isPhysical(String options, boolean before) {
        int physical = options.lastIndexOf('P');
        int logical = options.lastIndexOf('L');
        return physical == logical ? before : physical > logical;
    }

    /** The same folders by the names they have without links; links of the call are not known. */
    private State.Directory physical(State.Directory logical) {
        State.Directory all = null;
        for (String path : logical.all()) {
            if (!shell.exists(path)) {
                return State.Directory.UNKNOWN;
            }
            State.Directory one = new State.Directory(shell.resolved(path));
            all = all == null ? one : all.or(one);
        }
        return all == null ? State.Directory.UNKNOWN : all;
    }

    private State.Directory target(Argument argument, boolean physical) {
        String to = argument.value();
        if (to != null && argument.glob() && !physical) {
            return anyOf(to);
        }
        if (to == null || argument.glob()) {
            return State.Directory.UNKNOWN;
        }
        if (to.equals("-")) {
            if (state.get(State.VARIABLE + "OLDPWD") == null
                    && state.get(State.PREVIOUS) instanceof State.Directory previous) {
                return previous;
            }
            return switch (expander.value("OLDPWD")) {
                case Value.Text(String path) when path.startsWith("/") -> new State.Directory(path);
                default -> State.Directory.UNKNOWN;
            };
        }
        if (to.isEmpty()) {
            return here();
        }
        if (context.shell() == Shell.ZSH && to.matches("[-+][0-9]+")) {
            return State.Directory.UNKNOWN;
        }
        boolean searched =
                !to.startsWith("/")
                        && !to.equals(".")
                        && !to.equals("..")
                        && !to.startsWith("./")
                        && !to.startsWith("../");
        if (searched) {
            Value path = expander.value("CDPATH");
            boolean none =
                    path instanceof Value.Unset
                            || path.equals(Value.OUTSIDE)
                            || path.equals(new Value.Text(""));
            if (!none) {
                return State.Directory.UNKNOWN;
            }
        }
        if (physical && to.contains("..")) {
            return State.Directory.UNKNOWN;
        }
        State.Directory there = from(here(), to);
        return physical ? physical(there) : there;
    }

    /** One of the folders a pattern means, when there are a few and they are known. */
    private State.Directory anyOf(String pattern) {
        String here = here().only();
        String absolute = Directories.from(here, pattern);
        boolean climbs = pattern.contains("..") || pattern.startsWith("~");
        if (absolute == null || climbs) {
            return State.Directory.UNKNOWN;
        }
        State.Directory any = null;
        for (String folder : shell.matching(absolute)) {
            State.Directory one = new State.Directory(folder);
            any = any == null ? one : any.or(one);
        }
        return any == null ? State.Directory.UNKNOWN : any;
    }

    private static State.Directory from(State.Directory base, String to) {
        State.Directory all = null;
        for (String each : base.all()) {
            String path = Directories.from(each, to);
            if (path == null) {
                return State.Directory.UNKNOWN;
            }
            State.Directory one = new State.Directory(path);
            all = all == null ? one : all.or(one);
        }
        if (all != null) {
            return all;
        }
        String path = Directories.from(null, to);
        return path == null ? State.Directory.UNKNOWN : new State.Directory(path);
    }

    private void pushd(List<Argument> rest) {
        // dash has no stack of folders: there it fails, and the shell stays.
        boolean known = context.shell() != Shell.SH;
        List<State.Directory> below =
                state.get(State.STACK) instanceof State.Stack(List<State.Directory> found)
                        ? found
                        : null;
        State.Directory here = here();
        boolean simple =
                rest.size() == 1
                        && rest.getFirst().value() != null
                        && !rest.getFirst().value().matches("[-+].*");
        if (below == null || (!rest.isEmpty() && !simple) || (rest.isEmpty() && below.isEmpty())) {
            go(State.Directory.UNKNOWN);
            state.put(State.STACK, new State.Stack(null));
            return;
        }
        List<State.Directory> stack = new ArrayList<>(below);
        shell.step(1 + stack.size());
        if (rest.isEmpty()) {
            State.Directory to = stack.removeFirst();
            stack.addFirst(here);
            go(to, known);
        } else {
            stack.addFirst(here);
            go(target(rest.getFirst(), false), known);
        }
        state.put(State.STACK, new State.Stack(List.copyOf(stack)));
    }

    private void popd(List<Argument> rest) {
        if (rest.isEmpty()
                && state.get(State.STACK) instanceof State.Stack(List<State.Directory> below)
                && below != null
                && !below.isEmpty()) {
            // When an earlier pushd failed, the stack is shorter: any place seen so far will do.
            State.Directory to = below.getFirst();
            go(here().others().isEmpty() ? to : to.or(here()), context.shell() != Shell.SH);
            state.put(State.STACK, new State.Stack(List.copyOf(below.subList(1, below.size()))));
            shell.step(below.size());
        } else {
            go(State.Directory.UNKNOWN);
            state.put(State.STACK, new State.Stack(null));
        }
    }

    // ── variables ──

    private void variable(Argument name, Value value) {
        String text = name.glob() ? null : name.value();
        if (text == null) {
            shell.unknown("the name of a variable is not constant", name.source());
            shell.forgetVariables();
        } else if (Parser.isName(text)) {
            shell.assign(text, value, name.source());
        } else if (text.indexOf('[') > 0) {
            expander.subscripted(text, name.source());
            String array = text.substring(0, text.indexOf('['));
            if (Parser.isName(array)) {
                shell.assign(array, Value.ANY, name.source());
            }
        }
    }

    private void declare(String name, List<Argument> rest, Span source) {
        boolean exports = name.equals("export");
        boolean readonly = name.equals("readonly");
        boolean integer = name.equals("integer");
        boolean unexports = false;
        boolean functions = false;
        boolean odd = false;
        boolean global = false;
        boolean prints = false;
        boolean array = false;
        int at = 0;
        for (; at < rest.size(); at++) {
            String option = rest.get(at).value();
            if (option == null || option.length() < 2 || !option.matches("[-+].*")) {
                break;
            }
            if (option.equals("--")) {
                at++;
                break;
            }
            boolean on = option.charAt(0) == '-';
            for (char c : option.substring(1).toCharArray()) {
                switch (c) {
                    case 'x' -> {
                        exports |= on;
                        unexports |= !on;
                    }
                    case 'n' -> {
                        if (name.equals("export")) {
                            unexports = true;
                        } else if (on) {
                            shell.unknown(
                                    "`" + name + " -n` makes a name stand for another", source);
                        }
                    }
                    case 'r' -> readonly |= on;
                    case 'i' -> integer |= on;
                    case 'u', 'l', 'c', 'T', 'E', 'F', 'U' ->
                            odd |= c != 'F' || shell.context().shell() == Shell.ZSH;
                    case 'g' -> global = true;
                    case 'f' -> functions = true;
                    case 'p' -> prints = true;
                    case 'a', 'A' -> array |= on;
                    default -> {}
                }
                functions |= c == 'F' && shell.context().shell() != Shell.ZSH;
            }
        }
        boolean local = !global && !name.equals("export") && !name.equals("readonly");
        for (Argument argument : rest.subList(at, rest.size())) {
            if (functions) {
                if (argument.value() != null && exports) {
                    shell.uncall(argument.value());
                }
                continue;
            }
            if (prints) {
                continue;
            }
            if (!name.equals("export") && expandsAgain(argument, array)) {
                shell.unknown("`" + name + "` expands the value of an array again", source);
            }
            one(name, argument, local, exports && !unexports, unexports, readonly, integer, odd);
        }
    }

    /** bash reads a quoted {@code (…)} as the elements of an array, expansions and all. */
    private boolean expandsAgain(Argument argument, boolean array) {
        String text = argument.value();
        if (text != null) {
            int equals = text.indexOf('=');
            return equals > 0
                    && text.startsWith("(", equals + 1)
                    && Expander.code(text.substring(equals));
        }
        return array
                && context.shell() != Shell.ZSH
                && !argument.written().matches("(?s)[A-Za-z0-9_]+\\+?=\\(.*");
    }

    private void one(
            String command,
            Argument argument,
            boolean local,
            boolean exports,
            boolean unexports,
            boolean readonly,
            boolean integer,
            boolean odd) {
        String text = argument.value();
        String written = argument.written();
        String name;
        Value value = null;
        if (text != null && !argument.glob()) {
            int equals = text.indexOf('=');
            boolean append = equals > 0 && text.charAt(equals - 1) == '+';
            name = equals < 0 ? text : text.substring(0, append ? equals - 1 : equals);
            if (equals >= 0) {
                String given = text.substring(equals + 1);
                value =
                        append
                                ? expander.value(name) instanceof Value.Text(String before)
                                                && before.length() < 65_536
                                        ? new Value.Text(before + given)
                                        : Value.ANY
                                : new Value.Text(given);
            }
        } else {
            int equals = written.indexOf('=');
            name = equals <= 0 ? "" : written.substring(0, equals);
            if (name.endsWith("+")) {
                name = name.substring(0, name.length() - 1);
            }
            value = Value.ANY;
        }
        if (name.indexOf('[') > 0 && !name.matches("(?s).*[$`].*")) {
            expander.subscripted(name, argument.source());
            name = name.substring(0, name.indexOf('['));
            value = Value.ANY;
        }
        if (!Parser.isName(name)) {
            shell.unknown(
                    "`" + command + "` sets a variable whose name is not constant",
                    argument.source());
            shell.forgetVariables();
            return;
        }
        boolean posix = command.equals("export") || command.equals("readonly");
        if (context.shell() == Shell.SH && !posix) {
            value = Value.ANY;
        }
        if (local && shell.inFunction()) {
            shell.localize(name);
            if (value == null) {
                state.put(State.VARIABLE + name, Value.UNSET);
            }
        }
        if (integer) {
            state.put(State.INTEGER + name, true);
        }
        if (odd) {
            shell.unsettle(name);
        }
        if (value != null) {
            shell.assign(name, value, argument.source());
        }
        if (readonly) {
            state.put(State.READONLY + name, true);
        }
        if (unexports) {
            state.put(State.EXPORT + name, null);
        } else if (exports) {
            shell.export(name, argument.source());
        }
    }

    private void unset(List<Argument> rest, Span source) {
        boolean functions = false;
        for (Argument argument : rest) {
            String name = argument.glob() ? null : argument.value();
            if (name == null) {
                shell.unknown("`unset` forgets a variable whose name is not constant", source);
                shell.forgetVariables();
            } else if (name.startsWith("-")) {
                functions |= name.contains("f");
            } else if (name.indexOf('[') >= 0) {
                expander.subscripted(name, argument.source());
                String array = name.substring(0, name.indexOf('['));
                if (Parser.isName(array)) {
                    shell.assign(array, Value.ANY, argument.source());
                }
            } else if (functions) {
                state.put(State.FUNCTION + name, null);
            } else if (Parser.isName(name)) {
                state.put(
                        State.VARIABLE + name,
                        state.get(State.READONLY + name) != null ? Value.ANY : Value.UNSET);
                if (state.get(State.EXPORT + name) != null) {
                    state.put(State.EXPORT + name, null);
                }
                state.put(State.INTEGER + name, null);
                if (state.get(State.FUNCTION + name) instanceof State.Functions found) {
                    state.put(State.FUNCTION + name, new State.Functions(found.ids(), false));
                }
            }
        }
    }

    private void read(List<Argument> rest, Command.Simple simple, @Nullable Input input) {
        if (input instanceof Input.Text text && words(rest, simple, text.value())) {
            return;
        }
        shell.held().uses(Invocation.PRINTED);
        Argument only = line(rest);
        if (only != null) {
            variable(only, shell.line(simple, input));
            return;
        }
        Span source = simple.source();
        boolean named = false;
        boolean options = true;
        for (int i = 0; i < rest.size(); i++) {
            Argument argument = rest.get(i);
            String word = argument.value();
            if (options && word != null && word.startsWith("-") && word.length() > 1) {
                if (word.equals("--")) {
                    options = false;
                    continue;
                }
                char last = word.charAt(word.length() - 1);
                int takes = first(word, "adinNptu");
                if (takes > 0 && takes == word.length() - 1 && i + 1 < rest.size()) {
                    i++;
                    if (last == 'a') {
                        variable(rest.get(i), Value.ANY);
                        named = true;
                    }
                } else if (takes > 0 && word.charAt(takes) == 'a') {
                    variable(part(argument, word.substring(takes + 1)), Value.ANY);
                    named = true;
                }
                continue;
            }
            options = false;
            named = true;
            variable(argument, Value.ANY);
        }
        if (!named) {
            shell.assign("REPLY", Value.ANY, source);
        }
    }

    /** Sets the variables to the words of a constant line; answers whether it could. */
    private boolean words(List<Argument> rest, Command.Simple simple, @Nullable String text) {
        if (text == null
                || text.indexOf('\\') >= 0
                || context.shell() != Shell.BASH
                || state.get(State.VARIABLE + "IFS") != null
                || !simple.assigns().isEmpty()) {
            return false;
        }
        int from = !rest.isEmpty() && "-r".equals(rest.getFirst().value()) ? 1 : 0;
        List<Argument> names = rest.subList(from, rest.size());
        for (Argument name : names) {
            if (name.value() == null || name.glob() || !Parser.isName(name.value())) {
                return false;
            }
        }
        if (names.isEmpty()) {
            return false;
        }
        int end = text.indexOf('\n');
        String line = (end < 0 ? text : text.substring(0, end)).strip();
        if (line.chars().anyMatch(c -> c < ' ' || c > '~')) {
            return false;
        }
        String[] words = line.split(" +", names.size());
        for (int i = 0; i < names.size(); i++) {
            variable(names.get(i), new Value.Text(i < words.length ? words[i] : ""));
        }
        return true;
    }

    /** The one variable that gets whole lines, or null. */
    private static @Nullable Argument line(List<Argument> rest) {
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i).value();
            if (word == null) {
                return null;
            }
            boolean zero =
                    (word.equals("-d") || word.equals("-rd"))
                            && i + 1 < rest.size()
                            && "".equals(rest.get(i + 1).value());
            if (zero) {
                i++;
            } else if (!word.equals("-r")) {
                return i == rest.size() - 1 && !word.startsWith("-") ? rest.get(i) : null;
            }
        }
        return null;
    }

    private static Argument part(Argument argument, String value) {
        return new Argument(value, argument.written(), false, argument.source());
    }

    private static int first(String option, String letters) {
        for (int i = 1; i < option.length(); i++) {
            if (letters.indexOf(option.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void mapfile(List<Argument> rest, Span source) {
        shell.held().uses(Invocation.PRINTED);
        boolean named = false;
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i).value();
            if (word != null && word.startsWith("-") && word.length() > 1) {
                if (word.contains("C")) {
                    shell.unknown("`mapfile -C` runs a command for every line", source);
                }
                int takes = first(word, "dnOsucC");
                if (takes == word.length() - 1) {
                    i++;
                }
                continue;
            }
            variable(rest.get(i), Value.ANY);
            named = true;
        }
        if (!named) {
            shell.assign("MAPFILE", Value.ANY, source);
        }
    }

    private void getopts(List<Argument> rest, Span source) {
        if (rest.size() > 1) {
            variable(rest.get(1), Value.ANY);
        }
        shell.assign("OPTARG", Value.ANY, source);
    }

    private void printf(List<Argument> rest) {
        if (rest.isEmpty()) {
            return;
        }
        String option = rest.getFirst().value();
        if (option == null) {
            return;
        }
        if (option.equals("-v") && rest.size() > 1) {
            List<String> words = new ArrayList<>();
            boolean constant = true;
            for (Argument argument : rest.subList(2, rest.size())) {
                constant &= argument.value() != null && !argument.glob();
                words.add(argument.value() == null ? "" : argument.value());
            }
            String text = constant && context.shell() != Shell.SH ? Printed.printf(words) : null;
            variable(rest.get(1), text == null ? Value.ANY : new Value.Text(text));
        } else if (option.startsWith("-v")) {
            variable(part(rest.getFirst(), option.substring(2)), Value.ANY);
        }
    }

    private void set(List<Argument> rest, Span source) {
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i).glob() ? null : rest.get(i).value();
            if (word != null && (word.equals("--") || word.equals("-"))) {
                if (word.equals("--") || i + 1 < rest.size()) {
                    positional(rest.subList(i + 1, rest.size()));
                }
                return;
            }
            if (word == null || !word.matches("[-+].+")) {
                positional(rest.subList(i, rest.size()));
                return;
            }
            boolean on = word.startsWith("-");
            String letters = word.substring(1);
            if (!letters.matches("[abefhkmnoptuvxABCEHPT]+")) {
                // Refused, so nothing is set; or an option of a shell that is not known.
                shell.held().intoParameters();
                state.put(State.POSITIONAL, new State.Positional(null));
                return;
            }
            if (letters.contains("a")) {
                state.put(State.ALL_EXPORT, on ? true : null);
            }
            if (letters.contains("k")) {
                shell.unknown("`set -k` makes arguments change variables", source);
            }
            if (letters.contains("P")) {
                state.put("P", on ? true : null);
            }
            if (letters.contains("A")) {
                shell.unknown("`set -A` is not analysed", source);
                shell.forgetVariables();
            }
            if (letters.endsWith("o") && i + 1 < rest.size()) {
                String option = rest.get(++i).value();
                if (option == null) {
                    shell.unknown("`set -o` with an option that is not constant", source);
                } else {
                    option(option, source);
                }
                if (option == null) {
                    continue;
                }
                if (option.equals("allexport")) {
                    state.put(State.ALL_EXPORT, on ? true : null);
                } else if (option.equals("keyword")) {
                    shell.unknown("`set -o keyword` makes arguments change variables", source);
                } else if (option.equals("physical")) {
                    state.put("P", on ? true : null);
                }
            }
        }
    }

    /** An option of zsh with which the name of a folder is a command that goes there. */
    private void option(@Nullable String name, Span source) {
        if (context.shell() != Shell.ZSH) {
            return;
        }
        String plain = name == null ? "autocd" : LowerCase.of(name.replace("_", ""));
        if (plain.equals("autocd") || plain.equals("cdablevars")) {
            shell.unknown("`setopt " + name + "` changes what later words mean", source);
        }
    }

    private void positional(List<Argument> arguments) {
        List<String> words = new ArrayList<>();
        for (Argument argument : arguments) {
            if (argument.value() == null || argument.glob()) {
                shell.held().intoParameters();
                state.put(State.POSITIONAL, new State.Positional(null));
                return;
            }
            words.add(argument.value());
        }
        state.put(State.POSITIONAL, new State.Positional(List.copyOf(words)));
    }

    private void shift(List<Argument> rest) {
        if (!(state.get(State.POSITIONAL) instanceof State.Positional(List<String> words))
                || words == null) {
            return;
        }
        String count = rest.isEmpty() ? "1" : rest.getFirst().value();
        if (count == null || !count.matches("[0-9]{1,4}")) {
            shell.held().intoParameters();
            state.put(State.POSITIONAL, new State.Positional(null));
            return;
        }
        int by = Integer.parseInt(count);
        if (by <= words.size()) {
            shell.step(words.size());
            state.put(
                    State.POSITIONAL,
                    new State.Positional(List.copyOf(words.subList(by, words.size()))));
        }
    }

    // ── names of commands ──

    private void alias(List<Argument> rest, Span source) {
        for (Argument argument : rest) {
            String word = argument.glob() ? null : argument.value();
            if (word == null) {
                shell.unknown("`alias` defines what is not constant", source);
                continue;
            }
            int equals = word.indexOf('=');
            if (word.startsWith("-") && equals < 0) {
                if (context.shell() == Shell.ZSH) {
                    shell.unknown("options of `alias` in zsh are not analysed", source);
                }
                continue;
            }
            if (equals > 0) {
                String name = word.substring(0, equals);
                if (!name.matches("[A-Za-z0-9_.+/:@%-]+") || reserved(name)) {
                    shell.unknown("the alias `" + name + "` changes how the text is read", source);
                }
                state.put(State.ALIAS + name, new State.Alias(word.substring(equals + 1)));
            }
        }
    }

    private static boolean reserved(String name) {
        return switch (name) {
            case "if",
                    "then",
                    "elif",
                    "else",
                    "fi",
                    "for",
                    "while",
                    "until",
                    "do",
                    "done",
                    "case",
                    "esac",
                    "in",
                    "select",
                    "function",
                    "coproc",
                    "time" ->
                    true;
            default -> false;
        };
    }

    private void unalias(List<Argument> rest) {
        for (Argument argument : rest) {
            String name = argument.value();
            if (name != null && state.get(State.ALIAS + name) != null) {
                state.put(State.ALIAS + name, new State.Alias(null));
            }
        }
    }

    private void trap(List<Argument> given, Span source) {
        List<Argument> rest = given;
        if (!rest.isEmpty() && "--".equals(rest.getFirst().value())) {
            rest = rest.subList(1, rest.size());
        }
        if (rest.isEmpty()) {
            return;
        }
        Argument first = rest.getFirst();
        String code = first.glob() ? null : first.value();
        if (code == null) {
            shell.unknown("`trap` runs text that is not constant", source);
            return;
        }
        if (rest.size() == 1 || code.isEmpty() || code.equals("-") || code.matches("-[lpP]+")) {
            return;
        }
        shell.defer(code, first.source());
        boolean atExitOnly =
                rest.subList(1, rest.size()).stream()
                        .allMatch(signal ->
                                "EXIT".equals(signal.value()) || "0".equals(signal.value()));
        if (atExitOnly) {
            return;
        }
        for (String key : shell.writes(code, first.source())) {
            switch (key.charAt(0)) {
                case State.VARIABLE -> shell.unsettle(key.substring(1));
                case State.EXPORT -> {}
                default ->
                        shell.unknown(
                                "`trap` changes more than variables at a time that is not known",
                                source);
            }
        }
    }

    // ── the rest ──

    private void expression(Argument argument) {
        String text = argument.value();
        if (text == null) {
            shell.unknown("`let` computes an expression that is not constant", argument.source());
        } else {
            expander.evaluated(text, argument.source(), 0);
        }
    }

    private void test(List<Argument> rest) {
        for (int i = 0; i < rest.size(); i++) {
            String word = rest.get(i).value();
            if (i + 1 < rest.size() && ("-v".equals(word) || "-R".equals(word))) {
                expander.subscripted(rest.get(i + 1).value(), rest.get(i + 1).source());
            }
            boolean zsh = context.shell() == Shell.ZSH;
            if (zsh && "-t".equals(word) && i + 1 < rest.size() && !isEnd(rest.get(i + 1))) {
                computed(rest.get(i + 1));
            }
            if (zsh && word != null && word.matches("-(eq|ne|lt|le|gt|ge)")) {
                if (i > 0) {
                    expression(rest.get(i - 1));
                }
                if (i + 1 < rest.size()) {
                    expression(rest.get(i + 1));
                }
            }
        }
    }

    private static boolean isEnd(Argument word) {
        return "]".equals(word.value());
    }

    private void shopt(List<Argument> rest, Span source) {
        boolean sets = false;
        for (Argument argument : rest) {
            String word = argument.value();
            if (word == null || word.equals("lastpipe")) {
                shell.lastPipe();
            }
            if (word == null || word.startsWith("-")) {
                sets |= word == null || word.contains("s");
            } else if (sets && !HARMLESS_OPTIONS.contains(word)) {
                shell.unknown("`shopt -s " + word + "` changes what later words mean", source);
            }
        }
    }

    /** Options of bash with which every word still means what is read here, or is refused. */
    static final Set<String> HARMLESS_OPTIONS =
            Set.of(
                    "lastpipe",
                    "extglob",
                    "globstar",
                    "nullglob",
                    "failglob",
                    "inherit_errexit",
                    "expand_aliases",
                    "checkwinsize",
                    "checkhash",
                    "checkjobs",
                    "histappend",
                    "cmdhist",
                    "lithist",
                    "huponexit",
                    "pipefail",
                    "errexit",
                    "nounset",
                    "xtrace",
                    "errtrace",
                    "functrace",
                    "noclobber",
                    "noglob");

    private void completion(String name, List<Argument> rest, Span source) {
        for (Argument argument : rest) {
            String word = argument.value();
            if (word == null || Expander.code(word) || word.matches("-[a-z]*[CFW].*")) {
                shell.unknown("`" + name + "` may run code from its arguments", source);
                return;
            }
        }
    }
}
