package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Word.Part;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Expansion of words, as far as their values are known. */
final class Expander {
    private static final String BLANKS = " \t\n";
    private static final int LONGEST = 65_536;
    private static final Set<String> NUMBERS =
            Set.of(
                    "#",
                    "?",
                    "$",
                    "!",
                    "RANDOM",
                    "SRANDOM",
                    "SECONDS",
                    "LINENO",
                    "EPOCHSECONDS",
                    "BASHPID",
                    "PPID",
                    "UID",
                    "EUID",
                    "OPTIND",
                    "COLUMNS",
                    "LINES");
    private static final Set<String> MOVING =
            Set.of(
                    "_",
                    "EPOCHREALTIME",
                    "PIPESTATUS",
                    "FUNCNAME",
                    "DIRSTACK",
                    "GROUPS",
                    "HISTCMD",
                    "SHELLOPTS",
                    "0",
                    "-");

    /** Names of the process itself, or of the one that started it, which runs where it does. */
    private static final Set<String> OWN_PROCESS = Set.of("$", "BASHPID", "PPID");

    private static final String PROCESSES = "/proc/";

    /** One field after splitting; the value is null when it is not constant. */
    record Field(@Nullable String value, boolean glob) {}

    private final Interpreter shell;
    private final State state;
    private final Context context;

    Expander(Interpreter shell, State state, Context context) {
        this.shell = shell;
        this.state = state;
        this.context = context;
    }

    // ── words ──

    /** The fields of a word in a command. */
    List<Field> fields(Word word) {
        String plain = word.plain();
        if (plain != null && simple(plain) && !isProgramPath(plain)) {
            return List.of(new Field(plain, false));
        }
        List<Field> out = new ArrayList<>(1);
        if (Braces.in(word.parts())) {
            List<List<Part>> words = Braces.expand(word.parts());
            if (words == null || (words.size() > 1 && context.shell() == Shell.SH)) {
                expandAll(word.parts());
                out.add(new Field(null, false));
                return out;
            }
            for (List<Part> each : words) {
                shell.step(1);
                split(each, out);
            }
        } else {
            split(word.parts(), out);
        }
        return out;
    }

    /** What zsh takes for the path of a program: {@code =ls}. */
    private boolean isProgramPath(String text) {
        return context.shell() == Shell.ZSH
                && text.length() > 1
                && text.charAt(0) == '='
                && text.charAt(1) != '='
                && text.charAt(1) != '~';
    }

    private static boolean simple(String plain) {
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '{' || c == '*' || c == '?' || c == '[' || (c == '~' && i == 0)) {
                return false;
            }
        }
        return true;
    }

    private void expandAll(List<Part> parts) {
        for (Part part : parts) {
            quoted(part);
        }
    }

    /** The text of a word that is not split: an assignment, a redirection, a here-document. */
    Piece single(Word word) {
        return single(word.parts());
    }

    private Piece single(List<Part> parts) {
        if (parts.isEmpty()) {
            return Piece.EMPTY;
        }
        int from = 0;
        Piece all = Piece.EMPTY;
        Piece tilde = tilde(parts);
        if (tilde != null) {
            String written = ((Part.Literal) parts.getFirst()).text();
            int slash = written.indexOf('/');
            all = slash < 0 ? tilde : tilde.then(Piece.of(written.substring(slash)));
            from = 1;
        }
        for (int i = from; i < parts.size(); i++) {
            all = all.then(quoted(parts.get(i), all.text()));
        }
        if (all.text() != null && all.text().length() > LONGEST) {
            return Piece.ANY;
        }
        shell.step(1 + (all.text() == null ? 0 : all.text().length() / 64));
        return all;
    }

    /** The value of an assignment, where tildes also follow colons. */
    Piece assigned(Word word) {
        for (Part part : word.parts()) {
            if (part instanceof Part.Literal literal
                    && !literal.quoted()
                    && literal.text().contains(":~")) {
                single(word);
                return Piece.OUTSIDE;
            }
        }
        return single(word);
    }

    /** What a leading tilde stands for, up to the first slash; null when there is none. */
    private @Nullable Piece tilde(List<Part> parts) {
        if (!(parts.getFirst() instanceof Part.Literal literal) || literal.quoted()) {
            return null;
        }
        if (isProgramPath(literal.text())) {
            // Where a program lies is not looked up: in the system, as most do.
            return parts.size() > 1
                    ? Piece.ANY
                    : Piece.of("/usr/bin/" + literal.text().substring(1));
        }
        if (!literal.text().startsWith("~")) {
            return null;
        }
        int slash = literal.text().indexOf('/');
        if (slash < 0 && parts.size() > 1) {
            return Piece.OUTSIDE;
        }
        String user = literal.text().substring(1, slash < 0 ? literal.text().length() : slash);
        return switch (user) {
            // Without the variable it is the home the system has for the user.
            case "" ->
                    value("HOME") instanceof Value.Unset
                            ? Piece.of(context.home())
                            : variable("HOME");
            case "+" -> variable("PWD");
            case "-" -> variable("OLDPWD");
            default -> Piece.OUTSIDE;
        };
    }

    /** Builds the fields of one word. */
    private final class Fields {
        private final List<Field> out;
        private final StringBuilder text = new StringBuilder();
        private boolean begun;
        private boolean unknown;
        private boolean glob;

        /** Whether what was put in last is a path of a listing. */
        private boolean listed;

        Fields(List<Field> out) {
            this.out = out;
        }

        void flush() {
            if (begun) {
                boolean tooLong = text.length() > LONGEST;
                boolean known = !unknown && !tooLong;
                out.add(new Field(known ? text.toString() : null, glob && known));
                if (known && glob && context.shell() != Shell.ZSH) {
                    for (String path : Climbing.paths(text.toString())) {
                        // A pattern still: whether the word is there is the shell's version's
                        // affair.
                        out.add(new Field(path, true));
                    }
                }
                shell.step(1 + text.length() / 64);
            }
            text.setLength(0);
            begun = false;
            unknown = false;
            glob = false;
            listed = false;
        }

        private void append(String part, boolean ofListing) {
            if (listed || ofListing) {
                unknown |= Piece.mayClimb(text.toString(), listed, part, ofListing);
            }
            listed = part.isEmpty() ? listed : ofListing;
            text.append(part);
        }

        void literal(String part, boolean quoted) {
            begun = true;
            append(part, false);
            if (!quoted) {
                glob |= pattern(text, part);
            }
        }

        void quoted(Piece piece) {
            begun = true;
            if (piece.text() != null) {
                append(piece.text(), false);
            } else if (piece.pattern() != null) {
                append(piece.pattern(), true);
                glob = true;
            } else {
                unknown = true;
            }
        }

        void unquoted(Piece piece) {
            String value = piece.text();
            if (value == null && piece.pattern() != null && BLANKS.equals(separators())) {
                // Each path of a listing is a word of its own; no part of one leads elsewhere.
                quoted(piece);
                return;
            }
            if (value == null) {
                begun = true;
                unknown = true;
                return;
            }
            String separators = separators();
            if (separators == null) {
                begun = true;
                unknown |= !value.isEmpty();
                return;
            }
            if (context.shell() == Shell.ZSH
                    && (value.isEmpty()
                            || value.chars().anyMatch(c -> separators.indexOf(c) >= 0))) {
                begun = true;
                unknown = true;
                return;
            }
            int i = 0;
            while (i < value.length()) {
                int from = i;
                while (i < value.length() && separators.indexOf(value.charAt(i)) < 0) {
                    i++;
                }
                if (i > from) {
                    String run = value.substring(from, i);
                    begun = true;
                    append(run, false);
                    glob |= run.indexOf('\\') >= 0 || pattern(text, run);
                }
                if (i < value.length()) {
                    i = separator(value, i, separators);
                }
            }
        }

        /** Ends a field: blanks count as one, any other separator ends even an empty field. */
        private int separator(String value, int from, String separators) {
            int i = blanks(value, from, separators);
            if (i < value.length() && separators.indexOf(value.charAt(i)) >= 0) {
                begun = true;
                i = blanks(value, i + 1, separators);
            }
            flush();
            return i;
        }

        private static int blanks(String value, int from, String separators) {
            int i = from;
            while (i < value.length()
                    && BLANKS.indexOf(value.charAt(i)) >= 0
                    && separators.indexOf(value.charAt(i)) >= 0) {
                i++;
            }
            return i;
        }

        void items(List<String> items, boolean quoted) {
            for (int i = 0; i < items.size(); i++) {
                if (i > 0) {
                    flush();
                }
                if (quoted) {
                    quoted(Piece.of(items.get(i)));
                } else {
                    unquoted(Piece.of(items.get(i)));
                }
            }
        }
    }

    private static boolean splittable(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (BLANKS.indexOf(value.charAt(i)) >= 0) {
                return true;
            }
        }
        return value.isEmpty();
    }

    private static boolean pattern(CharSequence whole, String part) {
        return part.indexOf('*') >= 0
                || part.indexOf('?') >= 0
                || (part.indexOf(']') >= 0 && whole.toString().indexOf('[') >= 0);
    }

    private @Nullable String separators() {
        return switch (value("IFS")) {
            case Value.Text(String text) -> text;
            case Value.Unset _ -> BLANKS;
            case Value.Items _, Value.Matching _, Value.Unknown _ -> null;
        };
    }

    private void split(List<Part> parts, List<Field> out) {
        int before = out.size();
        pieces(parts, out);
        // A lone `$` in a word keeps bash from splitting the rest of it.
        if (out.size() > before + 1 && loneDollar(parts)) {
            out.subList(before, out.size()).clear();
            out.add(new Field(null, false));
        }
    }

    private static boolean loneDollar(List<Part> parts) {
        for (Part part : parts) {
            if (part instanceof Part.Literal(String text, boolean quoted)
                    && !quoted
                    && text.indexOf('$') >= 0) {
                return true;
            }
        }
        return false;
    }

    private void pieces(List<Part> parts, List<Field> out) {
        Fields fields = new Fields(out);
        int from = 0;
        if (!parts.isEmpty()) {
            Piece tilde = tilde(parts);
            if (tilde != null) {
                fields.quoted(tilde);
                String written = ((Part.Literal) parts.getFirst()).text();
                int slash = written.indexOf('/');
                if (slash >= 0) {
                    fields.literal(written.substring(slash), false);
                }
                from = 1;
            }
        }
        for (int i = from; i < parts.size(); i++) {
            Part part = parts.get(i);
            switch (part) {
                case Part.Literal literal -> fields.literal(literal.text(), literal.quoted());
                case Part.Ansi ansi -> fields.quoted(quoted(ansi));
                case Part.Quoted quoted -> inQuotes(quoted, fields);
                case Part.Parameter parameter -> {
                    List<String> items = items(parameter);
                    if (items != null) {
                        fields.items(items, false);
                    } else {
                        Piece piece =
                                isOwnProcess(parameter, fields.text)
                                        ? shell.ownProcess()
                                        : parameter(parameter);
                        fields.unquoted(operandSplits(parameter, piece));
                    }
                }
                case Part.Substitution _, Part.FileText _, Part.Arithmetic _ ->
                        fields.unquoted(quoted(part));
                case Part.Piped _, Part.Elements _ -> fields.quoted(quoted(part));
            }
        }
        fields.flush();
    }

    /** A default may hold quotes, whose blanks do not split: then nothing is claimed. */
    private static Piece operandSplits(Part.Parameter parameter, Piece piece) {
        Word operand = parameter.operand();
        if (operand == null || piece.text() == null || !splittable(piece.text())) {
            return piece;
        }
        for (Part part : operand.parts()) {
            if (!(part instanceof Part.Literal literal) || literal.quoted()) {
                return Piece.ANY;
            }
        }
        return piece;
    }

    private void inQuotes(Part.Quoted quoted, Fields fields) {
        if (quoted.parts().isEmpty()) {
            fields.quoted(Piece.EMPTY);
            return;
        }
        boolean nothing = true;
        for (Part part : quoted.parts()) {
            List<String> items = part instanceof Part.Parameter p && each(p) ? items(p) : null;
            if (items != null) {
                fields.items(items, true);
            } else {
                nothing = false;
                fields.quoted(quoted(part, fields.text));
            }
        }
        if (!nothing) {
            fields.begun = true;
        }
    }

    private static boolean each(Part.Parameter p) {
        return p.name().equals("@")
                || (p.subscript() != null && p.subscript().written().equals("@"));
    }

    /** The list a plain {@code $@}, {@code $*} or {@code ${a[@]}} stands for, or null. */
    private @Nullable List<String> items(Part.Parameter p) {
        if (p.indirect() || p.length()) {
            return null;
        }
        boolean cut = p.operator().equals(":") && p.other() == null && number(p.operand()) > 0;
        if (!p.operator().isEmpty() && !cut) {
            return null;
        }
        List<String> all = allItems(p);
        if (all == null || !cut) {
            return all;
        }
        boolean positional = p.subscript() == null;
        int from = number(p.operand()) - (positional ? 1 : 0);
        return all.subList(Math.min(from, all.size()), all.size());
    }

    /** A plain positive number, or 0. */
    private static int number(@Nullable Word word) {
        String text = word == null ? null : word.plain();
        if (text == null && word != null && word.parts().size() == 1) {
            text = word.parts().getFirst() instanceof Part.Literal literal ? literal.text() : null;
        }
        return text != null && text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    }

    private @Nullable List<String> allItems(Part.Parameter p) {
        if ((p.name().equals("@") || p.name().equals("*")) && p.subscript() == null) {
            return state.get(State.POSITIONAL) instanceof State.Positional(List<String> words)
                    ? words
                    : null;
        }
        if (p.subscript() != null
                && (p.subscript().written().equals("@") || p.subscript().written().equals("*"))
                && context.shell() != Shell.ZSH) {
            return value(p.name()) instanceof Value.Items(List<String> items) ? items : null;
        }
        return null;
    }

    /** The same behind other text. */
    private Piece quoted(Part part, @Nullable CharSequence before) {
        boolean own = part instanceof Part.Parameter parameter && isOwnProcess(parameter, before);
        return own ? shell.ownProcess() : quoted(part);
    }

    /** Whether it names the process itself where the system keeps a folder for each. */
    private static boolean isOwnProcess(Part.Parameter p, @Nullable CharSequence before) {
        if (before == null || !OWN_PROCESS.contains(p.name())) {
            return false;
        }
        int from = before.length() - PROCESSES.length();
        return from >= 0 && PROCESSES.contentEquals(before.subSequence(from, before.length()));
    }

    /** A part whose value is not split. */
    private Piece quoted(Part part) {
        return switch (part) {
            case Part.Literal literal -> Piece.of(literal.text());
            case Part.Ansi ansi ->
                    context.shell() == Shell.SH ? Piece.OUTSIDE : Piece.of(ansi.text());
            case Part.Quoted inner -> {
                Piece all = Piece.EMPTY;
                for (Part each : inner.parts()) {
                    all = all.then(quoted(each, all.text()));
                }
                yield all;
            }
            case Part.Parameter parameter -> {
                List<String> items = items(parameter);
                if (items != null) {
                    yield BLANKS.equals(separators())
                            ? Piece.of(String.join(" ", items))
                            : items.isEmpty() ? Piece.EMPTY : Piece.ANY;
                }
                yield parameter(parameter);
            }
            case Part.Substitution substitution -> {
                Piece printed = shell.substitution(substitution.body());
                if (printed.text() == null && printed.pattern() == null) {
                    shell.held().uses(Invocation.PRINTED);
                }
                yield printed;
            }
            case Part.FileText file -> {
                shell.readsFile(file);
                shell.held().uses(Invocation.PRINTED);
                yield Piece.ANY;
            }
            case Part.Piped process -> {
                shell.process(process);
                yield Piece.of("/dev/fd/63");
            }
            case Part.Arithmetic arithmetic -> arithmetic(arithmetic.text(), arithmetic.source());
            case Part.Elements elements -> {
                for (Word word : elements.words()) {
                    fields(word);
                }
                yield Piece.ANY;
            }
        };
    }

    // ── parameters ──

    /** What {@code name} holds. */
    Value value(String name) {
        if (NUMBERS.contains(name)) {
            return Value.NUMBER;
        }
        if (name.equals("_") && state.get(State.LAST) instanceof Value last) {
            return last;
        }
        if (MOVING.contains(name) || name.startsWith("BASH_")) {
            return Value.ANY;
        }
        if (!name.isEmpty() && name.charAt(0) >= '0' && name.charAt(0) <= '9') {
            return positional(name);
        }
        if (state.get(State.VOLATILE + name) != null) {
            return Value.ANY;
        }
        if (state.get(State.VARIABLE + name) instanceof Value value) {
            return value;
        }
        if (name.equals("PWD") || name.equals("OLDPWD")) {
            String key = name.equals("PWD") ? State.DIRECTORY : State.PREVIOUS;
            if (state.get(key) instanceof State.Directory directory) {
                String path = shell.name(directory);
                return path == null ? Value.OUTSIDE : new Value.Text(path);
            }
        }
        if (state.get(State.HAVOC) != null) {
            return Value.ANY;
        }
        if (name.equals("IFS")) {
            return new Value.Text(BLANKS);
        }
        String known = context.environment().get(name);
        if (known == null && name.equals("HOME")) {
            known = context.home();
        }
        if (known == null) {
            return Value.OUTSIDE;
        }
        if (known.equals(ShellText.UNSET)) {
            return Value.UNSET;
        }
        return known.equals(ShellText.UNSURE) ? Value.ANY : new Value.Text(known);
    }

    private Value positional(String name) {
        if (state.get(State.POSITIONAL) instanceof State.Positional(List<String> words)
                && words != null
                && name.length() < 6) {
            int index = Integer.parseInt(name);
            if (index >= 1) {
                return index <= words.size() ? new Value.Text(words.get(index - 1)) : Value.UNSET;
            }
        }
        return state.get(State.POSITIONAL) == null ? Value.OUTSIDE : Value.ANY;
    }

    private Piece variable(String name) {
        Value value = value(name);
        if (!(value instanceof Value.Text)) {
            shell.held().uses(name);
        }
        return switch (value) {
            case Value.Text(String text) -> Piece.of(text);
            case Value.Items(List<String> items) ->
                    context.shell() == Shell.ZSH
                            ? Piece.ANY
                            : Piece.of(items.isEmpty() ? "" : items.getFirst());
            case Value.Unset _ -> Piece.EMPTY;
            case Value.Matching(String pattern) -> Piece.matching(pattern);
            case Value.Unknown(Value.Kind kind) -> Piece.unknown(kind);
        };
    }

    private Piece variableOrParameters(String name) {
        if (name.equals("@") || name.equals("*")) {
            shell.held().uses(name);
            return Piece.ANY;
        }
        return variable(name);
    }

    private Piece parameter(Part.Parameter p) {
        shell.step(1);
        Word subscript = p.subscript();
        if (subscript == null && p.operator().isEmpty() && !p.indirect() && !p.length()) {
            return variableOrParameters(p.name());
        }
        Set<String> before = shell.held().now();
        Piece base = base(p);
        if (p.length() || p.operator().equals("+") || p.operator().equals(":+")) {
            // Whether it is set, or how long it is, and nothing of it.
            shell.held().forgetSince(before);
        }
        Word operand = p.operand();
        Word other = p.other();
        if (p.operator().equals(":")) {
            Piece offset = operand == null ? Piece.EMPTY : arithmetic(operand, p.source());
            Piece count = other == null ? null : arithmetic(other, p.source());
            return substring(base, offset, count, other != null);
        }
        Piece first = operand == null ? Piece.EMPTY : single(operand);
        Piece second = other == null ? Piece.EMPTY : single(other);
        if (p.length()) {
            return base.text() != null
                    ? Piece.of(Integer.toString(base.text().length()))
                    : Piece.NUMBER;
        }
        if (p.operator().startsWith("@")) {
            if (p.operator().equals("@P") && (base.text() == null || code(base.text()))) {
                shell.unknown(
                        "`${" + p.name() + "@P}` runs what its value says, which is not analysed",
                        p.source());
            }
            return Piece.ANY;
        }
        return switch (p.operator()) {
            case "" -> base;
            case ":-", "-" -> defaulted(p, base, first, second, false);
            case ":=", "=" -> defaulted(p, base, first, second, true);
            case ":+", "+" -> {
                if (base.text() == null) {
                    yield Piece.unknown(first.text() == null ? first.kind() : Value.Kind.OUTSIDE);
                }
                boolean set = p.operator().equals("+") ? !unset(p) : !base.text().isEmpty();
                yield set ? first : Piece.EMPTY;
            }
            case ":?", "?" -> {
                // Where it is not set, the shell says what stands behind.
                shell.held().uses(Invocation.SHOWN);
                yield base;
            }
            case "#", "##" -> cut(base, first, operand, true);
            case "%", "%%" -> cut(base, first, operand, false);
            case "/", "//", "/#", "/%" -> replace(p.operator(), base, first, second, operand);
            case "^^" -> letters(base, operand, true);
            case ",," -> letters(base, operand, false);
            default -> Piece.unknown(base.text() == null ? base.kind() : Value.Kind.OUTSIDE);
        };
    }

    private boolean unset(Part.Parameter p) {
        return value(p.name()) instanceof Value.Unset;
    }

    private Piece defaulted(
            Part.Parameter p, Piece base, Piece first, Piece second, boolean assigns) {
        String text = base.text();
        if (text != null) {
            boolean used = unset(p) || (p.operator().startsWith(":") && text.isEmpty());
            if (!used) {
                return base;
            }
            if (assigns) {
                shell.assign(p.name(), first.value(), p.source());
            }
            return first;
        }
        Piece either =
                first.text() != null && !first.text().isEmpty() && !Value.number(first.text())
                        ? Piece.unknown(
                                base.kind() == Value.Kind.ANY ? base.kind() : Value.Kind.OUTSIDE)
                        : Piece.unknown(
                                first.text() == null && first.kind() == Value.Kind.ANY
                                        ? Value.Kind.ANY
                                        : base.kind());
        if (first.text() != null && code(first.text())) {
            either = Piece.ANY;
        }
        if (assigns) {
            shell.assign(p.name(), either.value(), p.source());
        }
        return second.text() == null ? Piece.ANY : either;
    }

    private Piece base(Part.Parameter p) {
        Word subscript = p.subscript();
        Piece base;
        if (subscript == null) {
            base = variableOrParameters(p.name());
        } else if (subscript.written().equals("@") || subscript.written().equals("*")) {
            shell.held().uses(p.name());
            base = Piece.ANY;
        } else {
            shell.held().uses(p.name());
            Piece index = arithmetic(subscript, p.source());
            base = Piece.unknown(Value.Kind.ANY);
            if (value(p.name()) instanceof Value.Items(List<String> items)
                    && index.text() != null
                    && Value.number(index.text())
                    && context.shell() != Shell.ZSH) {
                long at = Long.parseLong(index.text());
                base = at >= 0 && at < items.size() ? Piece.of(items.get((int) at)) : Piece.ANY;
            }
        }
        if (!p.indirect()) {
            return base;
        }
        if (p.operator().equals("@") || p.operator().equals("*")) {
            return Piece.OUTSIDE;
        }
        String name = base.text();
        if (name != null && Parser.isName(name)) {
            return variable(name);
        }
        shell.held().uses(Invocation.SOME_VARIABLE);
        if (name == null ? base.kind() == Value.Kind.ANY : code(name) || name.indexOf('[') >= 0) {
            shell.unknown(
                    "`${!" + p.name() + "}` reads a variable whose name is not constant",
                    p.source());
        }
        return Piece.ANY;
    }

    private static Piece substring(
            Piece base, Piece offset, @Nullable Piece count, boolean counted) {
        String text = base.text();
        if (text == null
                || offset.text() == null
                || !Value.number(offset.text().strip())
                || (counted
                        && (count == null
                                || count.text() == null
                                || !Value.number(count.text().strip())))) {
            return Piece.unknown(text == null ? base.kind() : Value.Kind.ANY);
        }
        long from = Long.parseLong(offset.text().strip());
        long start = from < 0 ? text.length() + from : from;
        if (start < 0 || start > text.length()) {
            return Piece.EMPTY;
        }
        long stop = text.length();
        if (count != null && count.text() != null) {
            long length = Long.parseLong(count.text().strip());
            stop = length < 0 ? text.length() + length : Math.min(text.length(), start + length);
            if (stop < start) {
                return Piece.ANY;
            }
        }
        return Piece.of(text.substring((int) start, (int) stop));
    }

    private static boolean plainPattern(@Nullable Word operand, Piece pattern) {
        if (operand == null || pattern.text() == null) {
            return false;
        }
        return pattern.text().chars().noneMatch(c -> "*?[]\\()|~#^&".indexOf(c) >= 0);
    }

    private static Piece cut(Piece base, Piece pattern, @Nullable Word operand, boolean front) {
        String text = base.text();
        String cut = pattern.text();
        if (text == null) {
            String paths = base.pattern();
            return !front
                            && paths != null
                            && cut != null
                            && paths.endsWith(cut)
                            && plainPattern(operand, pattern)
                    ? Piece.matching(paths.substring(0, paths.length() - cut.length()))
                    : Piece.unknown(base.kind());
        }
        if (cut == null || !plainPattern(operand, pattern)) {
            return Piece.ANY;
        }
        if (front) {
            return text.startsWith(cut) ? Piece.of(text.substring(cut.length())) : base;
        }
        return text.endsWith(cut)
                ? Piece.of(text.substring(0, text.length() - cut.length()))
                : base;
    }

    private static Piece replace(
            String operator, Piece base, Piece pattern, Piece by, @Nullable Word operand) {
        String text = base.text();
        String old = pattern.text();
        String replacement = by.text();
        if (text == null
                || old == null
                || replacement == null
                || old.isEmpty()
                || replacement.indexOf('&') >= 0
                || replacement.indexOf('\\') >= 0
                || !plainPattern(operand, pattern)) {
            return Piece.ANY;
        }
        return switch (operator) {
            case "/" -> {
                int at = text.indexOf(old);
                yield at < 0
                        ? base
                        : Piece.of(
                                text.substring(0, at)
                                        + replacement
                                        + text.substring(at + old.length()));
            }
            case "//" -> {
                String all =
                        text.length() * (long) (replacement.length() + 1) > LONGEST
                                ? null
                                : text.replace(old, replacement);
                yield all == null ? Piece.ANY : Piece.of(all);
            }
            case "/#" ->
                    text.startsWith(old)
                            ? Piece.of(replacement + text.substring(old.length()))
                            : base;
            default ->
                    text.endsWith(old)
                            ? Piece.of(
                                    text.substring(0, text.length() - old.length()) + replacement)
                            : base;
        };
    }

    private static Piece letters(Piece base, @Nullable Word operand, boolean upper) {
        String text = base.text();
        if (text == null || (operand != null && !operand.parts().isEmpty())) {
            return Piece.ANY;
        }
        if (text.chars().anyMatch(c -> c > 127)) {
            return Piece.ANY;
        }
        return Piece.of(upper ? text.toUpperCase(Locale.ROOT) : LowerCase.of(text));
    }

    // ── arithmetic ──

    /** Whether text read as an expression, a subscript or a prompt could run commands. */
    static boolean code(String text) {
        return text.indexOf('$') >= 0 || text.indexOf('`') >= 0;
    }

    /** An expression: substitutions in it run, and so may values it names. */
    Piece arithmetic(Word word, Span source) {
        StringBuilder text = new StringBuilder();
        boolean constant = true;
        for (Part part : word.parts()) {
            Piece piece = quoted(part);
            if (piece.text() != null) {
                text.append(piece.text());
            } else {
                constant = false;
                text.append('0');
                if (piece.kind() == Value.Kind.ANY) {
                    shell.unknown(
                            "arithmetic would run commands hidden in the value of `"
                                    + word.written()
                                    + "`, which is not constant",
                            source);
                }
            }
            if (text.length() > LONGEST) {
                return Piece.ANY;
            }
        }
        String expression = text.toString();
        evaluated(expression, source, 0);
        String stripped = expression.strip();
        if (!constant) {
            return Piece.NUMBER;
        }
        String value =
                Value.number(stripped)
                        ? stripped
                        : Arithmetic.value(
                                stripped,
                                name -> value(name) instanceof Value.Text(String it) ? it : null);
        return value == null ? Piece.NUMBER : Piece.of(value);
    }

    /** Looks at an expression for code in it and for the variables it changes. */
    void evaluated(String expression, Span source, int depth) {
        shell.step(1 + expression.length() / 64);
        if (depth > 4 || code(expression)) {
            shell.unknown("an arithmetic expression holds code", source);
            return;
        }
        boolean changes = changes(expression);
        int i = 0;
        while (i < expression.length()) {
            char c = expression.charAt(i);
            if (c >= '0' && c <= '9') {
                while (i < expression.length()
                        && (Character.isLetterOrDigit(expression.charAt(i))
                                || "#@_".indexOf(expression.charAt(i)) >= 0)) {
                    i++;
                }
            } else if (Character.isLetter(c) || c == '_') {
                int from = i;
                while (i < expression.length()
                        && (Character.isLetterOrDigit(expression.charAt(i))
                                || expression.charAt(i) == '_')) {
                    i++;
                }
                named(expression.substring(from, i), source, depth, changes);
            } else {
                i++;
            }
        }
    }

    private void named(String name, Span source, int depth, boolean changes) {
        switch (value(name)) {
            case Value.Text(String text) -> {
                if (!Value.number(text)) {
                    if (text.indexOf('[') >= 0) {
                        shell.unknown("`" + name + "` holds a subscript for arithmetic", source);
                    }
                    evaluated(text, source, depth + 1);
                }
            }
            case Value.Unknown(Value.Kind kind) -> {
                if (kind == Value.Kind.ANY) {
                    shell.unknown(
                            "arithmetic would run commands hidden in `"
                                    + name
                                    + "`, which is not constant",
                            source);
                }
            }
            case Value.Items(List<String> items) -> {
                for (String item : items) {
                    if (!Value.number(item)) {
                        evaluated(item, source, depth + 1);
                    }
                }
            }
            case Value.Matching _ ->
                    shell.unknown("`" + name + "` holds a file name, not a number", source);
            case Value.Unset _ -> {}
        }
        if (changes) {
            shell.assign(name, Value.NUMBER, source);
        }
    }

    private static boolean changes(String expression) {
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            char next = i + 1 < expression.length() ? expression.charAt(i + 1) : ' ';
            if ((c == '+' || c == '-') && next == c) {
                return true;
            }
            if (c == '=') {
                char before = i > 0 ? expression.charAt(i - 1) : ' ';
                char earlier = i > 1 ? expression.charAt(i - 2) : ' ';
                boolean compares =
                        next == '='
                                || before == '='
                                || before == '!'
                                || ((before == '<' || before == '>') && earlier != before);
                if (!compares) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A name with a subscript given as data, as in {@code unset 'a[..]'}. */
    void subscripted(@Nullable String name, Span source) {
        if (name == null) {
            shell.unknown("the name of a variable is not constant", source);
        } else if (name.indexOf('[') >= 0) {
            int open = name.indexOf('[');
            evaluated(name.substring(open + 1), source, 0);
        }
    }
}
