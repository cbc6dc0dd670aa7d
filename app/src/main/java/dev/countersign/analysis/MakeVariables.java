package dev.countersign.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a makefile and what references to them and to functions expand to. A variable
 * that is set within a condition has several values; a text has one expansion for each.
 */
final class MakeVariables {
    private static final int MOST_VALUES = 5;
    private static final int MOST_TEXTS = 16;
    private static final int DEEPEST = 24;
    private static final int LONGEST = 100_000;

    /** Variables of the environment that every shell has. */
    private static final Set<String> OF_EVERY_SHELL =
            Set.of("HOME", "USER", "PATH", "TMPDIR", "LOGNAME", "OLDPWD");

    /**
     * One value.
     *
     * @param expanded whether its references were expanded when it was set
     */
    record Value(String text, boolean expanded) {}

    /**
     * What a text stands for besides the variables.
     *
     * @param own variables of the target
     * @param arguments of {@code call}, the name first
     */
    record Scope(
            String target,
            List<String> needs,
            String stem,
            Map<String, List<Value>> own,
            List<String> arguments) {
        static final Scope NONE = new Scope("", List.of(), "", Map.of(), List.of());

        Scope with(List<String> others) {
            return new Scope(target, needs, stem, own, others);
        }

        Scope with(String name, String text) {
            Map<String, List<Value>> more = new HashMap<>(own);
            more.put(name, List.of(new Value(text, true)));
            return new Scope(target, needs, stem, more, arguments);
        }
    }

    private final RememberedFacts facts;
    private final String directory;
    private final Map<String, List<Value>> values = new LinkedHashMap<>();
    private final Set<String> given;
    private final Map<String, String> environment;
    private final Set<String> unread;

    /** Commands whose output stands somewhere, by the mark of it. */
    private final List<String> commands = new ArrayList<>();

    private final Set<String> run = new LinkedHashSet<>();
    private final Deque<String> evaluated = new ArrayDeque<>();

    /** Which value of each variable with several is taken just now. */
    private final LinkedHashMap<String, int[]> picks = new LinkedHashMap<>();

    private int steps;

    MakeVariables(
            RememberedFacts facts,
            String directory,
            Map<String, String> given,
            Map<String, String> environment,
            Set<String> unread) {
        this.facts = facts;
        this.directory = directory;
        this.environment = environment;
        this.unread = unread;
        Map.of(
                        "CC", "cc", "CXX", "g++", "RM", "rm -f", "MAKE", "make", "AR", "ar", "AS",
                        "as", "LD", "ld", "CPP", "cc -E")
                .forEach((name, text) -> values.put(name, one(text)));
        values.put("SHELL", one("/bin/sh"));
        values.put("CURDIR", one(directory));
        values.put("PWD", one(directory));
        values.put("MAKEFILE_LIST", one(""));
        given.forEach((name, text) -> values.put(name, List.of(new Value(text, false))));
        this.given = Set.copyOf(given.keySet());
    }

    private static List<Value> one(String text) {
        return List.of(new Value(text, true));
    }

    static List<Value> joined(List<Value> some, List<Value> others) {
        Set<Value> all = new LinkedHashSet<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }

    /** Adds to a variable of make itself. */
    void add(String name, String text) {
        List<Value> old = values.getOrDefault(name, one(""));
        values.put(name, one(old.getLast().text + text));
    }

    List<String> commands() {
        return commands;
    }

    /** Commands that run while the file is read, once. */
    List<String> takeRun() {
        List<String> all = List.copyOf(run);
        run.clear();
        return all;
    }

    /** Texts given to {@code eval}, once. */
    List<String> takeEvaluated() {
        List<String> all = List.copyOf(evaluated);
        evaluated.clear();
        return all;
    }

    /**
     * Sets a variable.
     *
     * @param own those of a target, or null for all
     * @param maybe whether it stands in a condition
     */
    void assign(
            @Nullable Map<String, List<Value>> own,
            String name,
            String operator,
            String raw,
            boolean maybe) {
        if (MakeText.isUnknown(name)) {
            unread.add("it sets a variable whose name is not known");
            return;
        }
        if (given.contains(name) && own == null) {
            all(raw, Scope.NONE);
            return;
        }
        Map<String, List<Value>> into = own == null ? values : own;
        List<Value> old = into.get(name);
        if (old == null && own != null && operator.equals("+=")) {
            old = values.get(name);
        }
        if (old == null && environment.containsKey(name)) {
            old = List.of(new Value(environment.get(name), true));
        }
        List<Value> now =
                switch (operator) {
                    case ":=", "::=", ":::=" ->
                            all(raw, Scope.NONE).stream().map(t -> new Value(t, true)).toList();
                    case "!=" -> {
                        List<Value> outputs = new ArrayList<>();
                        for (String text : all(raw, Scope.NONE)) {
                            outputs.add(new Value(output(text), true));
                        }
                        yield outputs;
                    }
                    case "?=" -> old == null ? List.of(new Value(raw, false)) : old;
                    case "+=" -> appended(old, raw);
                    default -> List.of(new Value(raw, false));
                };
        if (maybe) {
            now = joined(old == null ? one("") : old, now);
        } else if (operator.equals("?=") && old != null && old.contains(new Value("", true))) {
            now = joined(old, List.of(new Value(raw, false)));
        }
        if (now.size() > MOST_VALUES) {
            now = List.of(now.getFirst(), now.getLast(), new Value(unknown(), true));
        }
        into.put(name, now);
    }

    private List<Value> appended(@Nullable List<Value> old, String raw) {
        if (old == null) {
            return List.of(new Value(raw, false));
        }
        List<Value> now = new ArrayList<>();
        for (Value value : old) {
            if (value.expanded) {
                for (String text : all(raw, Scope.NONE)) {
                    now.add(new Value((value.text + " " + text).strip(), true));
                }
            } else {
                now.add(new Value(value.text + " " + raw, false));
            }
        }
        return now;
    }

    private static String unknown() {
        return String.valueOf(MakeText.UNKNOWN);
    }

    // ---- expansion

    String first(String text, Scope scope) {
        List<String> texts = all(text, scope);
        if (texts.size() > 1 && texts.stream().distinct().count() > 1) {
            return text.indexOf('$') < 0 ? text : texts.getFirst();
        }
        return texts.getFirst();
    }

    /** What a text may expand to, one text for each way. */
    List<String> all(String text, Scope scope) {
        if (text.indexOf('$') < 0) {
            return List.of(text);
        }
        Map<String, int[]> outer = new LinkedHashMap<>(picks);
        picks.clear();
        Set<String> texts = new LinkedHashSet<>();
        try {
            while (true) {
                texts.add(expand(text, scope, 0));
                if (!advance()) {
                    break;
                }
                if (texts.size() >= MOST_TEXTS) {
                    // One more stands for all the others.
                    picks.replaceAll((_, pick) -> new int[] {-1, pick[1]});
                    texts.add(expand(text, scope, 0));
                    break;
                }
            }
        } finally {
            picks.clear();
            picks.putAll(outer);
        }
        return List.copyOf(texts);
    }

    /** Takes the next value of the last variable that has one. */
    private boolean advance() {
        while (!picks.isEmpty()) {
            Map.Entry<String, int[]> last = picks.lastEntry();
            int[] pick = last.getValue();
            if (++pick[0] < pick[1]) {
                return true;
            }
            picks.pollLastEntry();
        }
        return false;
    }

    private String expand(String text, Scope scope, int depth) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        if (depth > DEEPEST || text.length() > LONGEST || ++steps > 50_000) {
            unread.add("its variables are nested deeper than can be read");
            return unknown();
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 >= text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            if (next == '$') {
                out.append('$');
            } else if (next == '(' || next == '{') {
                int end = MakeText.close(text, i);
                if (end < 0) {
                    out.append(MakeText.UNKNOWN);
                    break;
                }
                out.append(reference(text.substring(i + 1, end), scope, depth + 1));
                i = end;
            } else {
                out.append(variable(String.valueOf(next), scope, depth + 1));
            }
            if (out.length() > LONGEST) {
                unread.add("its variables are longer than can be read");
                return unknown();
            }
        }
        return out.toString();
    }

    private String reference(String text, Scope scope, int depth) {
        int blank = 0;
        while (blank < text.length() && " \t\n".indexOf(text.charAt(blank)) < 0) {
            blank++;
        }
        String name = text.substring(0, blank);
        if (blank < text.length() && FUNCTIONS.contains(name)) {
            return function(name, text.substring(blank + 1).stripLeading(), scope, depth);
        }
        int colon = MakeText.find(text, ":", 0);
        int equals = colon < 0 ? -1 : MakeText.find(text, "=", colon);
        if (colon > 0 && equals > 0) {
            String of =
                    variable(expand(text.substring(0, colon), scope, depth).strip(), scope, depth);
            return overWords(
                    of,
                    words ->
                            MakeText.exchanged(
                                    expand(text.substring(colon + 1, equals), scope, depth),
                                    expand(text.substring(equals + 1), scope, depth),
                                    words));
        }
        return variable(expand(text, scope, depth).strip(), scope, depth);
    }

    private String variable(String name, Scope scope, int depth) {
        if (MakeText.isUnknown(name)) {
            return unknown();
        }
        String automatic = automatic(name, scope);
        if (automatic != null) {
            return automatic;
        }
        List<Value> found = given.contains(name) ? values.get(name) : scope.own.get(name);
        if (found == null) {
            found = values.get(name);
        }
        if (found == null || found.isEmpty()) {
            if (environment.containsKey(name)) {
                return environment.get(name);
            }
            if (OF_EVERY_SHELL.contains(name)) {
                return mark("printf %s \"$" + name + "\"");
            }
            return "";
        }
        int pick = 0;
        if (found.size() > 1) {
            int size = found.size();
            int[] at = picks.computeIfAbsent(name, _ -> new int[] {0, size});
            if (at[0] < 0) {
                return unknown();
            }
            pick = Math.min(at[0], size - 1);
        }
        Value value = found.get(pick);
        return value.expanded ? value.text : expand(value.text, scope, depth + 1);
    }

    private static @Nullable String automatic(String name, Scope scope) {
        if (name.matches("[0-9]+")) {
            int index = Integer.parseInt(name.length() > 4 ? "9999" : name);
            return index < scope.arguments.size() ? scope.arguments.get(index) : "";
        }
        boolean part = name.length() == 2 && (name.endsWith("D") || name.endsWith("F"));
        if (name.length() != 1 && !part) {
            return null;
        }
        String all =
                switch (name.charAt(0)) {
                    case '@', '%' -> scope.target;
                    case '<' -> scope.needs.isEmpty() ? "" : scope.needs.getFirst();
                    case '^', '?', '+', '|' ->
                            String.join(
                                    " ", scope.needs.stream().filter(n -> !n.equals("|")).toList());
                    case '*' -> scope.stem;
                    default -> null;
                };
        if (all == null || !part) {
            return all;
        }
        return String.join(
                " ",
                MakeText.words(all).stream()
                        .map(word ->
                                name.endsWith("D")
                                        ? MakeText.bareFolder(word)
                                        : MakeText.file(word))
                        .toList());
    }

    /** Stands for what a command prints. */
    private String mark(String command) {
        int index = commands.indexOf(command);
        if (index < 0) {
            if (commands.size() >= MakeText.MOST_COMMANDS) {
                unread.add("it asks a shell more often than can be read");
                return unknown();
            }
            commands.add(command);
            index = commands.size() - 1;
        }
        return String.valueOf((char) (MakeText.FIRST_COMMAND + index));
    }

    /** What a command prints that runs now. */
    private String output(String command) {
        String printed = MakeText.printed(command, directory);
        if (printed != null) {
            return printed;
        }
        run.add(command);
        return mark(command);
    }

    /** The text as a shell reads it, what only it can tell as a substitution. */
    String shown(String text) {
        if (!MakeText.isUnknown(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        boolean single = false;
        boolean twice = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (MakeText.isMark(c)) {
                String put =
                        c == MakeText.UNKNOWN
                                ? "$unknown_of_make"
                                : "$(" + shown(commands.get(c - MakeText.FIRST_COMMAND)) + ")";
                out.append(single ? "'\"" + put + "\"'" : put);
                continue;
            }
            out.append(c);
            if (c == '\\' && !single && i + 1 < text.length()) {
                if (!MakeText.isMark(text.charAt(i + 1))) {
                    out.append(text.charAt(++i));
                }
            } else if (c == '\'' && !twice) {
                single = !single;
            } else if (c == '"' && !single) {
                twice = !twice;
            }
        }
        return out.toString();
    }

    // ---- functions

    private static final Set<String> FUNCTIONS =
            Set.of(
                    ("subst patsubst strip findstring filter filter-out sort word words wordlist"
                                    + " firstword lastword dir notdir suffix basename addsuffix addprefix"
                                    + " join wildcard realpath abspath if or and foreach call value eval"
                                    + " origin flavor shell error warning info file guile let intcmp")
                            .split(" ", -1));

    private interface OfWords {
        String of(String words);
    }

    /** What a function makes of words, where words that are not known stay so. */
    private static String overWords(String text, OfWords function) {
        if (text.indexOf(MakeText.UNKNOWN) >= 0) {
            return unknown();
        }
        return function.of(text);
    }

    private String function(String name, String raw, Scope scope, int depth) {
        List<String> parts = MakeText.arguments(raw);
        switch (name) {
            case "shell" -> {
                return output(expand(raw, scope, depth));
            }
            case "if", "or", "and", "foreach", "let", "intcmp" -> {
                return choice(name, parts, scope, depth);
            }
            case "call" -> {
                return call(parts, scope, depth);
            }
            case "value" -> {
                List<Value> found = values.get(expand(raw, scope, depth).strip());
                return found == null ? "" : found.getFirst().text;
            }
            case "eval" -> {
                evaluated.add(expand(raw, scope, depth));
                return "";
            }
            case "guile" -> {
                unread.add("it runs Guile");
                return unknown();
            }
            case "file" -> {
                return file(expand(parts.getFirst(), scope, depth).strip());
            }
            default -> {}
        }
        List<String> values = new ArrayList<>();
        for (String part : parts) {
            values.add(expand(part, scope, depth));
        }
        String last = values.getLast();
        boolean known = values.stream().noneMatch(MakeText::isUnknown);
        if (!known) {
            return ofUnknown(name, values);
        }
        return known(name, values, last);
    }

    /** Of what a shell prints the names stay names; all else is not known. */
    private static String ofUnknown(String name, List<String> values) {
        return switch (name) {
            case "strip", "sort", "realpath", "abspath", "firstword", "lastword" ->
                    values.getFirst().strip();
            case "filter-out", "filter" -> values.size() > 1 ? values.get(1).strip() : unknown();
            case "error", "warning", "info", "origin", "flavor" -> "";
            case "addprefix" ->
                    values.size() > 1 && values.get(1).strip().length() == 1
                            ? values.getFirst() + values.get(1).strip()
                            : unknown();
            case "addsuffix" ->
                    values.size() > 1 && values.get(1).strip().length() == 1
                            ? values.get(1).strip() + values.getFirst()
                            : unknown();
            default -> unknown();
        };
    }

    /** {@code $(file >NAME,…)} writes, and reads with {@code <}. */
    private String file(String what) {
        if (what.startsWith(">")) {
            run.add(": " + what);
            return "";
        }
        return mark("cat " + what.replaceFirst("^<", ""));
    }

    private String choice(String name, List<String> parts, Scope scope, int depth) {
        return switch (name) {
            case "if" -> condition(parts, scope, depth);
            case "or" -> either(parts, scope, depth);
            case "and" -> both(parts, scope, depth);
            case "foreach" -> each(parts, scope, depth);
            default -> {
                unread.add("it uses `" + name + "`, which is not read");
                yield unknown();
            }
        };
    }

    private String condition(List<String> parts, Scope scope, int depth) {
        String test = expand(parts.getFirst(), scope, depth).strip();
        String yes = parts.size() > 1 ? parts.get(1) : "";
        String no = parts.size() > 2 ? String.join(",", parts.subList(2, parts.size())) : "";
        if (MakeText.isUnknown(test)) {
            int[] at =
                    picks.computeIfAbsent("if " + String.join(",", parts), _ -> new int[] {0, 2});
            return at[0] < 0 ? unknown() : expand(at[0] == 0 ? yes : no, scope, depth);
        }
        return expand(test.isEmpty() ? no : yes, scope, depth);
    }

    private String either(List<String> parts, Scope scope, int depth) {
        for (String part : parts) {
            String value = expand(part, scope, depth).strip();
            if (MakeText.isUnknown(value)) {
                return unknown();
            }
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private String both(List<String> parts, Scope scope, int depth) {
        String value = "";
        for (String part : parts) {
            value = expand(part, scope, depth).strip();
            if (value.isEmpty()) {
                return "";
            }
        }
        return value;
    }

    private String each(List<String> parts, Scope scope, int depth) {
        if (parts.size() < 3) {
            return unknown();
        }
        String variable = expand(parts.getFirst(), scope, depth).strip();
        String body = String.join(",", parts.subList(2, parts.size()));
        List<String> out = new ArrayList<>();
        for (String word : MakeText.words(expand(parts.get(1), scope, depth))) {
            out.add(expand(body, scope.with(variable, word), depth));
            if (out.size() > 200) {
                unread.add("it goes through more words than can be read");
                break;
            }
        }
        return String.join(" ", out);
    }

    private String call(List<String> parts, Scope scope, int depth) {
        List<String> arguments = new ArrayList<>();
        for (String part : parts) {
            arguments.add(expand(part, scope, depth));
        }
        String name = arguments.getFirst().strip();
        arguments.set(0, name);
        if (MakeText.isUnknown(name)) {
            unread.add("it calls what is not known");
            return unknown();
        }
        if (FUNCTIONS.contains(name)) {
            return function(
                    name, String.join(",", arguments.subList(1, arguments.size())), scope, depth);
        }
        return variable(name, scope.with(arguments), depth);
    }

    private String known(String name, List<String> values, String last) {
        String first = values.getFirst();
        List<String> words = MakeText.words(last);
        return switch (name) {
            case "subst" ->
                    values.size() < 3 || first.isEmpty()
                            ? last
                            : last.replace(first, values.get(1));
            case "patsubst" ->
                    values.size() < 3
                            ? last
                            : MakeText.substituted(first.strip(), values.get(1).strip(), last);
            case "strip" -> String.join(" ", words);
            case "findstring" -> last.contains(first) ? first : "";
            case "filter", "filter-out" -> {
                List<String> patterns = MakeText.words(first);
                yield joined(
                        words.stream()
                                .filter(word ->
                                        name.equals("filter")
                                                == patterns.stream()
                                                        .anyMatch(p ->
                                                                MakeText.stem(p, word) != null))
                                .toList());
            }
            case "sort" -> joined(List.copyOf(new TreeSet<>(words)));
            case "word" -> {
                int at = number(first);
                yield at >= 1 && at <= words.size() ? words.get(at - 1) : "";
            }
            case "words" -> String.valueOf(words.size());
            case "wordlist" -> {
                int from = Math.max(1, number(first));
                int to = values.size() > 2 ? Math.min(number(values.get(1)), words.size()) : 0;
                yield from > to ? "" : joined(words.subList(from - 1, to));
            }
            case "firstword" -> words.isEmpty() ? "" : words.getFirst();
            case "lastword" -> words.isEmpty() ? "" : words.getLast();
            case "dir" -> joined(words.stream().map(MakeText::folder).toList());
            case "notdir" -> joined(words.stream().map(MakeText::file).toList());
            case "suffix" -> joined(words.stream().map(MakeText::suffix).toList());
            case "basename" -> joined(words.stream().map(MakeText::basename).toList());
            case "addsuffix" -> joined(words.stream().map(word -> word + first).toList());
            case "addprefix" -> joined(words.stream().map(word -> first + word).toList());
            case "join" -> {
                List<String> heads = MakeText.words(first);
                List<String> out = new ArrayList<>();
                for (int i = 0; i < Math.max(heads.size(), words.size()); i++) {
                    out.add(
                            (i < heads.size() ? heads.get(i) : "")
                                    + (i < words.size() ? words.get(i) : ""));
                }
                yield joined(out);
            }
            case "wildcard" -> wildcard(words);
            case "realpath", "abspath" ->
                    joined(
                            words.stream()
                                    .map(word ->
                                            Paths.normalise(
                                                    word.startsWith("/")
                                                            ? word
                                                            : directory + "/" + word))
                                    .toList());
            case "error", "warning", "info", "flavor" -> "";
            case "origin" -> this.values.containsKey(first.strip()) ? "file" : "undefined";
            default -> unknown();
        };
    }

    /** Names of files as they stand on the disk; where that is not seen, as patterns. */
    private String wildcard(List<String> words) {
        List<String> out = new ArrayList<>();
        for (String word : words) {
            String path = Paths.normalise(word.startsWith("/") ? word : directory + "/" + word);
            if (Patterns.isGlob(word)) {
                out.add(word);
            } else if (facts.kind(path) != Facts.Kind.MISSING) {
                out.add(word);
            }
        }
        return joined(out);
    }

    private static String joined(List<String> words) {
        return String.join(" ", words);
    }

    private static int number(String text) {
        String plain = text.strip();
        return plain.matches("[0-9]{1,6}") ? Integer.parseInt(plain) : 0;
    }
}
