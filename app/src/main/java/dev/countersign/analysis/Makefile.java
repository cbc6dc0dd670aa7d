package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A makefile with all it includes: the commands it gives to a shell. Of conditions both sides
 * count, a variable may have a value of each; what cannot be told is {@link #unread}.
 */
final class Makefile {
    private static final int MOST_LINES = 200;
    private static final int MOST_TARGETS = 300;
    private static final int MOST_FILES = 60;
    private static final int MOST_CHARACTERS = 512 * 1024;

    private static final Set<String> NAMES = Set.of("GNUmakefile", "makefile", "Makefile");

    /** A recipe, with the pattern its target matched. */
    private record Recipe(@Nullable String pattern, List<String> lines) {}

    /** A rule for one target or pattern. */
    private record Rule(
            String target,
            List<String> needs,
            List<Recipe> recipes,
            Map<String, List<MakeVariables.Value>> own) {
        static Rule of(String target) {
            return new Rule(target, new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        }
    }

    private final RememberedFacts facts;
    private final String directory;
    private final MakeVariables variables;
    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final List<Rule> patterns = new ArrayList<>();
    private final Set<String> phony = new LinkedHashSet<>();
    private final Set<String> unread = new LinkedHashSet<>();
    private final List<String> missing = new ArrayList<>();
    private final Set<String> read = new LinkedHashSet<>();
    private String first = "";
    private char prefix = '\t';
    private boolean together;
    private boolean twice;
    private int characters;

    // Where the reader is.
    private int conditions;
    private List<Recipe> open = List.of();

    /**
     * @param given variables set by the command line, which win
     * @param environment those set in front of the command
     */
    private Makefile(
            RememberedFacts facts,
            String directory,
            Map<String, String> given,
            Map<String, String> environment) {
        this.facts = facts;
        this.directory = directory;
        this.variables = new MakeVariables(facts, directory, given, environment, unread);
    }

    /**
     * Reads makefiles.
     *
     * @param files absolute paths; without any, the usual names in the folder are looked for
     * @param text what stands in front of them
     * @return empty when there is none
     */
    static Optional<Makefile> read(
            RememberedFacts facts,
            String directory,
            List<String> files,
            String text,
            Map<String, String> given,
            Map<String, String> environment) {
        Makefile all = new Makefile(facts, directory, given, environment);
        List<String> paths = new ArrayList<>(files);
        if (files.isEmpty()) {
            for (String name : List.of("GNUmakefile", "makefile", "Makefile")) {
                String path = directory + "/" + name;
                if (facts.text(path).isPresent() || facts.isClosed(path)) {
                    paths.add(path);
                    break;
                }
            }
        }
        if (paths.isEmpty() && text.isEmpty()) {
            return Optional.empty();
        }
        all.lines(text);
        for (String path : paths) {
            if (!all.file(path)) {
                all.unread.add("`" + Paths.name(path) + "` is not there");
            }
        }
        return Optional.of(all);
    }

    /** Why not all it would run is known, empty if it is. */
    Set<String> unread() {
        return unread;
    }

    /** How much there was to read. */
    int characters() {
        return characters;
    }

    // ---- reading

    private boolean file(String path) {
        if (facts.isClosed(path)) {
            unread.add("`" + Paths.name(path) + "` cannot be read");
            return true;
        }
        Optional<String> text = facts.text(path);
        if (text.isEmpty()) {
            return false;
        }
        if (!read.add(path)) {
            return true;
        }
        characters += text.get().length();
        if (read.size() > MOST_FILES || characters > MOST_CHARACTERS) {
            unread.add("it includes more than can be read");
            return true;
        }
        boolean below = path.startsWith(directory + "/");
        variables.add(
                "MAKEFILE_LIST", " " + (below ? path.substring(directory.length() + 1) : path));
        int outer = conditions;
        lines(text.get());
        conditions = outer;
        return true;
    }

    /** Reads lines, which may come out of a function. */
    private void lines(String text) {
        if (MakeText.isUnknown(text) || text.indexOf('\0') >= 0) {
            unread.add("it holds what is not known before it runs");
            return;
        }
        String[] lines = text.replace("\r\n", "\n").split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            boolean recipe = !line.isEmpty() && line.charAt(0) == prefix && !open.isEmpty();
            StringBuilder whole = new StringBuilder(line);
            while (continues(lines[i]) && i + 1 < lines.length) {
                i++;
                if (recipe) {
                    boolean prefixed = !lines[i].isEmpty() && lines[i].charAt(0) == prefix;
                    whole.append('\n').append(prefixed ? lines[i].substring(1) : lines[i]);
                } else {
                    whole.setLength(whole.length() - 1);
                    whole.append(' ').append(lines[i].strip());
                }
            }
            if (recipe) {
                open.forEach(one -> one.lines.add(whole.substring(1)));
                continue;
            }
            String plain = MakeText.withoutComment(whole.toString()).strip();
            if (plain.isEmpty()) {
                continue;
            }
            if (word(plain).equals("define")
                    || plain.matches("(override|export|private) +define\\b.*")) {
                i = define(plain, lines, i);
                continue;
            }
            line(plain);
        }
    }

    private static boolean continues(String line) {
        int count = 0;
        for (int i = line.length() - 1; i >= 0 && line.charAt(i) == '\\'; i--) {
            count++;
        }
        return count % 2 == 1;
    }

    private static String word(String line) {
        int end = 0;
        while (end < line.length() && " \t".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        return line.substring(0, end);
    }

    private int define(String line, String[] lines, int from) {
        String rest = line.substring(line.indexOf("define") + 6).strip();
        String operator = "=";
        for (String one : List.of(":::=", "::=", ":=", "+=", "?=", "!=", "=")) {
            if (rest.endsWith(one)) {
                operator = one;
                rest = rest.substring(0, rest.length() - one.length()).strip();
                break;
            }
        }
        StringBuilder body = new StringBuilder();
        int depth = 1;
        int i = from;
        while (++i < lines.length) {
            String first = word(lines[i].strip());
            depth += first.equals("define") ? 1 : first.equals("endef") ? -1 : 0;
            if (depth == 0) {
                break;
            }
            body.append(body.isEmpty() ? "" : "\n").append(lines[i]);
        }
        open = List.of();
        variables.assign(null, expanded(rest), operator, body.toString(), conditions > 0);
        return i;
    }

    private String expanded(String text) {
        return variables.first(text, MakeVariables.Scope.NONE);
    }

    private void line(String line) {
        String first = word(line);
        String rest = line.substring(first.length()).strip();
        switch (first) {
            case "ifeq", "ifneq", "ifdef", "ifndef" -> {
                conditions++;
                expanded(rest);
                return;
            }
            case "else" -> {
                expanded(rest);
                return;
            }
            case "endif" -> {
                conditions = Math.max(0, conditions - 1);
                return;
            }
            case "include", "-include", "sinclude" -> {
                if (!isAssignment(line)) {
                    open = List.of();
                    include(rest, first.equals("include"));
                    return;
                }
            }
            case "vpath", "undefine" -> {
                if (!isAssignment(line)) {
                    open = List.of();
                    return;
                }
            }
            case "load", "-load" -> {
                if (!isAssignment(line)) {
                    unread.add("it loads a program");
                    return;
                }
            }
            default -> {}
        }
        plain(line);
    }

    private static boolean isAssignment(String line) {
        int at = MakeText.find(line, "=:", 0);
        return at > 0
                && operator(line, at) != null
                && line.substring(0, at).strip().matches("\\S+[?+!]?");
    }

    /** The assignment operator at a place, or null. */
    private static @Nullable String operator(String line, int at) {
        if (line.charAt(at) == '=') {
            char before = at > 0 ? line.charAt(at - 1) : ' ';
            return "?+!".indexOf(before) >= 0 ? before + "=" : "=";
        }
        for (String one : List.of(":::=", "::=", ":=")) {
            if (line.startsWith(one, at)) {
                return one;
            }
        }
        return null;
    }

    private void plain(String line) {
        int at = MakeText.find(line, "=:", 0);
        String operator = at < 0 ? null : operator(line, at);
        if (operator != null && at > 0) {
            open = List.of();
            assignment(line, at, operator, null);
            return;
        }
        String bare = word(line);
        if (at < 0
                && (bare.equals("export") || bare.equals("unexport") || bare.equals("private"))) {
            return;
        }
        if (at < 0) {
            open = List.of();
            generated(line);
            return;
        }
        if (at == 0) {
            unread.add("a line of it is not understood");
            return;
        }
        rule(line, at);
    }

    /** A line that is made by functions, which may be lines of the makefile. */
    private void generated(String line) {
        List<String> before = List.copyOf(variables.commands());
        for (String text : variables.all(line, MakeVariables.Scope.NONE)) {
            String rest = text;
            List<String> now = variables.commands();
            for (int i = 0; i < rest.length(); i++) {
                char c = rest.charAt(i);
                boolean silent =
                        MakeText.isMark(c)
                                && c != MakeText.UNKNOWN
                                && MakeText.isSilent(now.get(c - MakeText.FIRST_COMMAND));
                if (silent) {
                    rest = rest.substring(0, i) + rest.substring(i + 1);
                    i--;
                }
            }
            if (rest.isBlank()) {
                continue;
            }
            if (rest.equals(line) || before.size() > MakeText.MOST_COMMANDS) {
                unread.add("a line of it is not understood");
                continue;
            }
            lines(rest);
        }
        for (String text : variables.takeEvaluated()) {
            lines(text);
        }
    }

    private void assignment(String line, int at, String operator, @Nullable Rule target) {
        int sign = at - (operator.length() == 2 && !operator.startsWith(":") ? 1 : 0);
        String name = line.substring(0, sign).strip();
        while (name.matches("(export|override|private|unexport)\\s+\\S.*")) {
            name = name.replaceFirst("^\\S+\\s+", "");
        }
        String value = line.substring(sign + operator.length()).stripLeading();
        String called = expanded(name);
        setting(called, value);
        variables.assign(
                target == null ? null : target.own, called, operator, value, conditions > 0);
        for (String text : variables.takeEvaluated()) {
            lines(text);
        }
    }

    /** Variables that change how all the rest is read and run. */
    private void setting(String name, String raw) {
        switch (name) {
            case ".RECIPEPREFIX" -> {
                String value = expanded(raw).strip();
                if (MakeText.isUnknown(value) || conditions > 0) {
                    unread.add("the sign in front of its recipes is not known");
                } else {
                    prefix = value.isEmpty() ? '\t' : value.charAt(0);
                }
            }
            case ".DEFAULT_GOAL" -> {
                first = expanded(raw).strip();
            }
            case "SHELL" -> {
                String value = expanded(raw).strip();
                if (!value.matches(
                        "(\\S*/)?(env (-\\S+ )*)?(\\S*/)?(ba|z|da|k|a)?sh(\\.exe)?( -[a-z]+| -o pipefail)*")) {
                    unread.add("it runs its lines by `" + Judge.cut(value) + "`");
                }
            }
            case ".SHELLFLAGS" -> {
                String value = expanded(raw).strip();
                if (!value.matches(
                                "(-[a-z]+ +|-o +[a-z]+ +|-eo +pipefail +|-euo +pipefail +|-O +[a-z]+ +|--norc +|--noprofile +|--posix +)*-[a-z]*c")
                        && !value.matches("-[a-z]*o +pipefail +-[a-z]*c")) {
                    unread.add("it runs its lines with `" + Judge.cut(value) + "`");
                }
            }
            case "MAKEFLAGS", "GNUMAKEFLAGS", "MFLAGS" -> {
                String value = expanded(raw).strip();
                if (!value.matches(
                                "((--?(no-print-directory|no-builtin-rules|no-builtin-variables|warn-undefined-variables|silent|quiet|output-sync(=\\w+)?|jobs(=[0-9]+)?|keep-going|always-make|load-average(=[0-9.]+)?|shuffle)|-?[rRskjBnwSO]+ ?[0-9]*|-?j ?[0-9]*)( +|$))*")
                        && !value.matches("-j[^ ]?")
                        && !(value.matches("-?-?j(obs=)?[^ -]*") && value.length() < 8)) {
                    unread.add("it sets options of make itself");
                }
            }
            case "MAKEFILES" -> include(raw, false);
            default -> {}
        }
    }

    private void include(String raw, boolean needed) {
        for (String text : variables.all(raw, MakeVariables.Scope.NONE)) {
            for (String word : MakeText.words(text)) {
                if (MakeText.isUnknown(word)) {
                    unread.add("it includes files that are not known before it runs");
                    continue;
                }
                String path = word.startsWith("/") ? word : directory + "/" + word;
                if (Patterns.isGlob(word)) {
                    FilesOfPattern.of(facts, Paths.normalise(path)).forEach(this::file);
                } else if (!file(Paths.normalise(path))) {
                    missing.add(word);
                    if (needed && conditions == 0) {
                        needs.add(word);
                    }
                }
            }
        }
    }

    /** Files that have to be included and are not there. */
    private final List<String> needs = new ArrayList<>();

    private void rule(String line, int colon) {
        String head = line.substring(0, colon);
        String rest = line.substring(colon + 1);
        if (rest.startsWith(":")) {
            rest = rest.substring(1);
        }
        if (head.endsWith("&")) {
            head = head.substring(0, head.length() - 1);
        }
        List<Recipe> made = new ArrayList<>();
        int own = MakeText.find(rest, "=:", 0);
        int semicolon = MakeText.find(rest, ";", 0);
        String operator =
                own > 0 && (semicolon < 0 || own < semicolon) ? operator(rest, own) : null;
        for (String targets : variables.all(head, MakeVariables.Scope.NONE)) {
            for (String target : MakeText.words(targets)) {
                if (operator != null) {
                    assignment(rest, own, operator, ruleOf(target));
                } else {
                    made.add(oneRule(target, rest, semicolon));
                }
            }
        }
        open = operator != null ? List.of() : made;
        for (String text : variables.takeEvaluated()) {
            lines(text);
        }
    }

    private Rule ruleOf(String target) {
        if (target.indexOf('%') >= 0 || MakeText.isUnknown(target)) {
            Rule rule = Rule.of(target);
            patterns.add(rule);
            return rule;
        }
        return rules.computeIfAbsent(target, Rule::of);
    }

    private Recipe oneRule(String target, String rest, int semicolon) {
        String needs = semicolon < 0 ? rest : rest.substring(0, semicolon);
        String pattern = null;
        int second = MakeText.find(needs, ":", 0);
        if (second >= 0) {
            pattern = expanded(needs.substring(0, second)).strip();
            needs = needs.substring(second + 1);
        }
        Rule rule = ruleOf(target);
        for (String all : variables.all(needs, MakeVariables.Scope.NONE)) {
            for (String need : MakeText.words(all)) {
                if (!need.equals("|") && !rule.needs.contains(need)) {
                    String stem = pattern == null ? null : MakeText.stem(pattern, target);
                    rule.needs.add(stem == null ? need : need.replace("%", stem));
                }
            }
        }
        switch (target) {
            case ".PHONY" -> {
                if (conditions == 0) {
                    phony.addAll(rule.needs);
                }
            }
            case ".ONESHELL" -> together = true;
            case ".SECONDEXPANSION" -> twice = true;
            default -> {}
        }
        boolean counts =
                !target.startsWith(".") || target.indexOf('/') >= 0 || MakeText.isUnknown(target);
        if (first.isEmpty() && counts && target.indexOf('%') < 0 && !MakeText.isUnknown(target)) {
            first = target;
        }
        Recipe recipe = new Recipe(pattern, new ArrayList<>());
        if (semicolon >= 0) {
            recipe.lines.add(rest.substring(semicolon + 1));
        }
        rule.recipes.add(recipe);
        return recipe;
    }

    // ---- what runs

    /** The shell lines that reading it and making these targets may run. */
    List<String> runs(List<String> targets) {
        Set<String> found = new LinkedHashSet<>();
        for (String command : variables.takeRun()) {
            found.add(variables.shown(command));
        }
        Set<String> seen = new LinkedHashSet<>();
        for (String target : targets.isEmpty() ? List.of(first) : targets) {
            if (!targets.isEmpty() && MakeText.isUnknown(target)) {
                unread.add(
                        "`" + Judge.cut(target) + "` holds a sign that stands for something else");
            } else {
                collect(target, found, seen);
            }
        }
        for (String file : missing) {
            collect(file, found, seen);
        }
        for (String need : needs) {
            boolean made =
                    rules.containsKey(need)
                            || patterns.stream()
                                    .anyMatch(rule -> MakeText.stem(rule.target, need) != null);
            if (!made) {
                unread.add("it includes `" + Judge.cut(need) + "`, which is not there");
            }
        }
        for (String name : NAMES) {
            Rule rule = rules.get(name);
            if (rule != null) {
                collect(name, found, seen);
            }
        }
        for (String command : variables.takeRun()) {
            found.add(variables.shown(command));
        }
        if (found.size() > MOST_LINES || seen.size() > MOST_TARGETS) {
            unread.add("it runs more than can be read");
        }
        return List.copyOf(found);
    }

    private void collect(String target, Set<String> found, Set<String> seen) {
        if (target.isEmpty()
                || found.size() > MOST_LINES
                || seen.size() > MOST_TARGETS
                || !seen.add(target)) {
            return;
        }
        if (MakeText.isUnknown(target) || Patterns.isGlob(target)) {
            several(target, found, seen);
        }
        Rule rule = rules.get(target);
        boolean made = false;
        if (rule != null) {
            made = rule.recipes.stream().anyMatch(recipe -> !recipe.lines.isEmpty());
            make(rule, target, null, found, seen);
        }
        if (made || phony.contains(target)) {
            return;
        }
        for (Rule pattern : List.copyOf(patterns)) {
            boolean any = MakeText.isUnknown(pattern.target);
            String stem = any ? "" : MakeText.stem(pattern.target, target);
            if (stem != null && !pattern.recipes.isEmpty()) {
                made = true;
                make(pattern, target, stem, found, seen);
            }
        }
        bySuffix(target, found, seen);
        Rule last = rules.get(".DEFAULT");
        if (!made && rule == null && last != null) {
            make(last, target, null, found, seen);
        }
    }

    /** Old rules such as {@code .c.o:}. */
    private void bySuffix(String target, Set<String> found, Set<String> seen) {
        String suffix = MakeText.suffix(target);
        for (Rule rule : List.copyOf(rules.values())) {
            boolean fits =
                    rule.target.startsWith(".")
                            && rule.target.matches("\\.[A-Za-z0-9_+]+(\\.[A-Za-z0-9_+]+)?")
                            && (rule.target.indexOf('.', 1) < 0
                                    ? suffix.isEmpty()
                                    : !suffix.isEmpty() && rule.target.endsWith(suffix))
                            && !rule.target.equals(".PHONY")
                            && !rule.target.equals(".DEFAULT")
                            && !rule.target.equals(".SUFFIXES");
            if (fits) {
                make(rule, target, MakeText.basename(target), found, seen);
            }
        }
    }

    /** A word that stands for several targets. */
    private void several(String word, Set<String> found, Set<String> seen) {
        boolean files = Patterns.isGlob(word);
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (MakeText.isMark(c)) {
                files =
                        c != MakeText.UNKNOWN
                                && MakeText.isListing(
                                        variables.commands().get(c - MakeText.FIRST_COMMAND));
            }
        }
        for (Rule rule : List.copyOf(rules.values())) {
            boolean may = files ? !phony.contains(rule.target) : !rule.target.startsWith(".");
            boolean fits =
                    !Patterns.isGlob(word)
                            || MakeText.isUnknown(word)
                            || word.contains("**")
                            || Patterns.glob(MakeText.file(word), MakeText.file(rule.target));
            if (may && fits && !rule.target.startsWith(".")) {
                collect(rule.target, found, seen);
            }
        }
        for (Rule rule : List.copyOf(patterns)) {
            if (MakeText.isUnknown(word)) {
                make(rule, word, word, found, seen);
            }
        }
    }

    private void make(
            Rule rule, String target, @Nullable String stem, Set<String> found, Set<String> seen) {
        List<String> needs = new ArrayList<>();
        for (String need : rule.needs) {
            String plain = stem == null ? need : need.replace("%", stem);
            if (twice && plain.indexOf('$') >= 0) {
                MakeVariables.Scope scope = scope(rule, target, stem, needs);
                for (String more : variables.all(plain, scope)) {
                    needs.addAll(MakeText.words(more));
                }
            } else {
                needs.add(plain);
            }
        }
        for (String need : needs) {
            collect(need, found, seen);
        }
        for (Recipe recipe : List.copyOf(rule.recipes)) {
            String own = recipe.pattern != null ? MakeText.stem(recipe.pattern, target) : stem;
            MakeVariables.Scope scope = scope(rule, target, own, needs);
            StringBuilder one = new StringBuilder();
            for (String line : List.copyOf(recipe.lines)) {
                if (together) {
                    one.append(one.isEmpty() ? "" : "\n").append(bare(line));
                } else {
                    recipe(line, scope, found);
                }
            }
            if (together && !one.isEmpty()) {
                recipe(one.toString(), scope, found);
            }
        }
    }

    private MakeVariables.Scope scope(
            Rule rule, String target, @Nullable String stem, List<String> needs) {
        Map<String, List<MakeVariables.Value>> own = new HashMap<>();
        for (Rule pattern : List.copyOf(patterns)) {
            if (!pattern.own.isEmpty()
                    && (MakeText.isUnknown(pattern.target)
                            || MakeText.stem(pattern.target, target) != null)) {
                own.putAll(pattern.own);
            }
        }
        // What a target sets holds for all it needs, too: any of them may have asked for this one.
        for (Rule other : List.copyOf(rules.values())) {
            other.own.forEach((name, values) -> own.merge(name, values, MakeVariables::joined));
        }
        own.putAll(rule.own);
        return new MakeVariables.Scope(target, needs, stem == null ? "" : stem, own, List.of());
    }

    private static String bare(String line) {
        String plain = line.strip();
        while (!plain.isEmpty() && "@-+".indexOf(plain.charAt(0)) >= 0) {
            plain = plain.substring(1).strip();
        }
        return plain;
    }

    private void recipe(String line, MakeVariables.Scope scope, Set<String> found) {
        for (String text : variables.all(bare(line), scope)) {
            for (String evaluated : variables.takeEvaluated()) {
                if (!evaluated.isBlank()) {
                    lines(evaluated);
                }
            }
            List<String> each = together ? List.of(text) : commands(text);
            for (String one : each) {
                String plain = bare(one);
                boolean comment = plain.startsWith("#") && plain.indexOf('\n') < 0;
                if (!plain.isEmpty() && !comment) {
                    found.add(variables.shown(plain));
                }
            }
        }
    }

    /** The lines a variable of several lines makes of one, but for those that go on. */
    private static List<String> commands(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : text.split("\n", -1)) {
            line.append(part);
            if (continues(part)) {
                line.append('\n');
            } else {
                lines.add(line.toString());
                line.setLength(0);
            }
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }
}
