package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a recipe of a justfile runs, with its assignments, imports and modules. */
final class Justfile {
    private static final int MOST_LINES = 200;
    private static final int MOST_FILES = 20;
    private static final String UNKNOWN = "$unknown_of_template";

    private record Recipe(
            String name,
            String needs,
            String parameters,
            @Nullable String folder,
            @Nullable String language,
            List<String> body) {}

    private final RememberedFacts facts;
    private final String folder;
    private final Map<String, List<Recipe>> recipes = new LinkedHashMap<>();
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, Justfile> modules = new LinkedHashMap<>();
    private final Set<String> read;
    private final List<String> lines;
    private final Set<String> seen = new LinkedHashSet<>();
    private String first = "";
    private String moved = "";
    private boolean whole = true;

    Justfile(RememberedFacts facts, String folder) {
        this(facts, folder, new LinkedHashSet<>(), new ArrayList<>());
    }

    private Justfile(RememberedFacts facts, String folder, Set<String> read, List<String> lines) {
        this.facts = facts;
        this.folder = folder;
        this.read = read;
        this.lines = lines;
    }

    ProjectScripts.Found read(String text, String wanted) {
        file(text, folder);
        List<String> asked = List.copyOf(lines);
        lines.clear();
        boolean found = recipe(wanted.isEmpty() ? first : wanted);
        for (Justfile module : modules.values()) {
            found |= !found && module.recipe(wanted);
            whole &= module.whole || !found;
        }
        if (found) {
            List<String> all = new ArrayList<>(asked);
            all.addAll(lines);
            return new ProjectScripts.Found(folder, all, whole);
        }
        return new ProjectScripts.Found(folder, List.of(), whole || wanted.indexOf('=') >= 0);
    }

    // ---- reading

    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_-]*)\\s*:=(.*)", Pattern.DOTALL);

    private void file(String text, String where) {
        String[] all = text.replace("\r\n", "\n").split("\n", -1);
        List<String> attributes = new ArrayList<>();
        for (int i = 0; i < all.length; i++) {
            String line = all[i];
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            StringBuilder more = new StringBuilder(line);
            while (isOpen(more) && i + 1 < all.length) {
                more.append('\n').append(all[++i]);
            }
            String head = more.toString().strip();
            if (head.startsWith("[")) {
                int end = head.lastIndexOf(']');
                attributes.add(end < 0 ? head : head.substring(0, end + 1));
                continue;
            }
            Matcher assignment = ASSIGNMENT.matcher(head);
            if (head.startsWith("set ") || head.equals("set")) {
                setting(head.substring(4).strip());
            } else if (head.startsWith("import")) {
                imported(head.substring(6).strip(), where);
            } else if (head.matches("mod\\??\\s.*")) {
                module(head.replaceFirst("mod(\\?)?\\s+", "$1 ").strip(), where);
            } else if (head.startsWith("alias ") && head.contains(":=")) {
                String[] parts = head.substring(6).split(":=", 2);
                put(new Recipe(parts[0].strip(), parts[1].strip(), "", null, null, List.of()));
            } else if (assignment.matches()) {
                values.put(assignment.group(1), value(assignment.group(2), values));
            } else {
                List<String> body = new ArrayList<>();
                while (i + 1 < all.length
                        && (all[i + 1].isBlank()
                                || all[i + 1].startsWith(" ")
                                || all[i + 1].startsWith("\t"))) {
                    body.add(all[++i]);
                }
                header(head, attributes, body);
            }
            attributes = new ArrayList<>();
        }
    }

    /** Whether a text of several lines, or a line that goes on, has not ended. */
    private static boolean isOpen(CharSequence text) {
        String line = text.toString();
        if (line.endsWith("\\")) {
            return true;
        }
        for (String sign : List.of("'''", "\"\"\"", "```")) {
            if ((line.length() - line.replace(sign, "").length()) / 3 % 2 == 1) {
                return true;
            }
        }
        return false;
    }

    private void put(Recipe recipe) {
        recipes.computeIfAbsent(recipe.name, _ -> new ArrayList<>()).add(recipe);
    }

    private void header(String head, List<String> attributes, List<String> body) {
        int colon = colon(head);
        if (colon <= 0) {
            whole = false;
            return;
        }
        String[] parts = head.substring(0, colon).strip().split("\\s+", 2);
        String name = parts[0].replace("@", "");
        String where = null;
        String language = null;
        for (String attribute : attributes) {
            Matcher folder =
                    Pattern.compile("working-directory\\s*[:(]\\s*([\"'])(.*?)\\1")
                            .matcher(attribute);
            if (folder.find()) {
                where = folder.group(2);
            }
            Matcher script =
                    Pattern.compile("\\bscript\\b(?:\\s*[:(]\\s*[\"']([^\"']*)[\"'])?")
                            .matcher(attribute);
            if (script.find()) {
                language = script.group(1) == null ? "sh" : script.group(1);
            }
        }
        first = first.isEmpty() ? name : first;
        put(
                new Recipe(
                        name,
                        head.substring(colon + 1),
                        parts.length > 1 ? parts[1] : "",
                        where,
                        language,
                        body));
    }

    /** The colon behind the parameters, not one within their defaults. */
    private static int colon(String head) {
        char quote = 0;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"' || c == '`') {
                quote = c;
            } else if (c == ':') {
                return i;
            }
        }
        return -1;
    }

    private void setting(String text) {
        int equals = text.indexOf(":=");
        String name = (equals < 0 ? text : text.substring(0, equals)).strip();
        String value = equals < 0 ? "" : text.substring(equals + 2).strip();
        switch (name) {
            case "shell", "script-interpreter" -> shell(value);
            case "working-directory" -> moved = value(value, values);
            default -> {}
        }
    }

    /** A shell that is another program, or runs more than its lines. */
    private void shell(String list) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("'([^']*)'|\"([^\"]*)\"").matcher(list);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        String program = words.isEmpty() ? "" : MakeText.file(words.getFirst());
        if (program.equals("env") && words.size() > 1) {
            words.removeFirst();
            program = words.getFirst();
        }
        whole &= program.matches("(ba|z|da|k|a)?sh");
        boolean text = false;
        for (String one : words.subList(Math.min(1, words.size()), words.size())) {
            if (text) {
                line(one, null);
            }
            boolean option = one.matches("-[a-zA-Z]+|pipefail|-o");
            whole &= option || text;
            text |= one.matches("-[a-z]*c");
        }
    }

    private void imported(String rest, String where) {
        boolean optional = rest.startsWith("?");
        Matcher path = Pattern.compile("\\??\\s*([\"'])(.*?)\\1.*").matcher(rest);
        if (!path.matches()) {
            whole = false;
            return;
        }
        load(path.group(2), where, optional, this);
    }

    private boolean load(String path, String where, boolean optional, Justfile into) {
        if (path.startsWith("~")) {
            whole = false;
            return false;
        }
        String at = Paths.normalise(path.startsWith("/") ? path : where + "/" + path);
        Optional<String> text = facts.text(at);
        if (text.isEmpty()) {
            whole &= optional && !facts.isClosed(at);
            return false;
        }
        if (read.size() >= MOST_FILES) {
            whole = false;
            return false;
        }
        if (read.add(at)) {
            into.file(text.get(), at.substring(0, at.lastIndexOf('/')));
        }
        return true;
    }

    private void module(String rest, String where) {
        boolean optional = rest.startsWith("?");
        Matcher words =
                Pattern.compile("\\??\\s*([A-Za-z0-9_-]+)\\s*(?:([\"'])(.*?)\\2)?.*").matcher(rest);
        if (!words.matches()) {
            whole = false;
            return;
        }
        String name = words.group(1);
        String given = words.group(3);
        List<String> candidates =
                given == null
                        ? List.of(
                                name + ".just",
                                name + "/mod.just",
                                name + "/justfile",
                                name + "/.justfile")
                        : List.of(
                                given,
                                given + "/mod.just",
                                given + "/justfile",
                                given + "/.justfile");
        for (String candidate : candidates) {
            String at = Paths.normalise(where + "/" + candidate);
            if (facts.text(at).isPresent() || facts.isClosed(at)) {
                Justfile module =
                        new Justfile(facts, at.substring(0, at.lastIndexOf('/')), read, lines);
                modules.put(name, module);
                load(at, where, optional, module);
                whole &= module.whole;
                return;
            }
        }
        whole &= optional;
    }

    // ---- what runs

    /** Says what a recipe runs, and whether there is one. */
    private boolean recipe(String name) {
        int module = name.indexOf("::");
        if (module > 0 && modules.containsKey(name.substring(0, module))) {
            Justfile other = modules.get(name.substring(0, module));
            boolean found = other != null && other.recipe(name.substring(module + 2));
            whole &= other == null || other.whole;
            return found;
        }
        if (modules.containsKey(name) && !recipes.containsKey(name)) {
            Justfile other = modules.get(name);
            return other != null && other.recipe(other.first);
        }
        List<Recipe> all = recipes.get(name);
        if (all == null) {
            return false;
        }
        if (seen.size() < MOST_LINES && seen.add(name)) {
            all.forEach(this::run);
        }
        return true;
    }

    private void run(Recipe recipe) {
        Map<String, String> known = new HashMap<>(values);
        for (String parameter : recipe.parameters.split("\\s+", -1)) {
            String name = parameter.replaceFirst("^[*+$]+", "").replaceFirst("=.*", "");
            known.put(name, UNKNOWN);
        }
        // Defaults and what others are given may ask a shell.
        value(recipe.parameters, known);
        value(recipe.needs, known);
        for (String need : recipe.needs.replaceAll("#.*", "").split("[\\s()&,]+", -1)) {
            if (need.matches("[A-Za-z_][A-Za-z0-9_:-]*")) {
                recipe(need);
            }
        }
        String where = recipe.folder != null ? recipe.folder : null;
        List<String> body = joined(recipe.body);
        boolean script = recipe.language != null;
        String firstLine = body.isEmpty() ? "" : body.getFirst();
        if (script || firstLine.startsWith("#!")) {
            boolean shell =
                    script
                            ? MakeText.file(String.valueOf(recipe.language))
                                    .matches("(ba|z|da|k)?sh")
                            : firstLine.matches("#!\\S*[/ ](env )?(ba|z|da)?sh\\b.*");
            if (shell) {
                line(shown(String.join("\n", body), known), where);
            } else {
                whole = false;
            }
            return;
        }
        for (String line : body) {
            String plain = line.replaceFirst("^[@-]+\\s*", "");
            if (!plain.isEmpty() && !plain.startsWith("#")) {
                line(shown(plain, known), where);
            }
        }
    }

    /** Lines of a body, those that go on as one. */
    private static List<String> joined(List<String> body) {
        List<String> lines = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : body) {
            open.append(open.isEmpty() ? line.strip() : line.stripTrailing());
            if (line.endsWith("\\")) {
                open.append('\n');
            } else {
                lines.add(open.toString());
                open.setLength(0);
            }
        }
        if (!open.isEmpty()) {
            lines.add(open.toString());
        }
        return lines;
    }

    private void line(String text, @Nullable String where) {
        if (lines.size() >= MOST_LINES) {
            whole = false;
            return;
        }
        StringBuilder to = new StringBuilder();
        if (!read.isEmpty() || !moved.isEmpty() || where != null) {
            to.append("cd ").append(CodeCommands.quote(folder)).append('\n');
        }
        for (String one : new String[] {moved, where}) {
            if (one != null && !one.isEmpty()) {
                to.append("cd ")
                        .append(one.indexOf('$') >= 0 ? "\"" + one + "\"" : CodeCommands.quote(one))
                        .append('\n');
            }
        }
        lines.add(to + text);
    }

    private static final Pattern PUT_IN =
            Pattern.compile("\\{\\{\\{\\{|\\{\\{(.*?)\\}\\}", Pattern.DOTALL);

    /** A line with what its expressions put in; what is not known is a variable of the shell. */
    private String shown(String text, Map<String, String> known) {
        return PUT_IN.matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                match.group(1) == null ? "{{" : value(match.group(1), known)));
    }

    private static final Pattern TOKEN =
            Pattern.compile(
                    "'''(.*?)'''|\"\"\"(.*?)\"\"\"|```(.*?)```|'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|`([^`]*)`"
                            + "|([A-Za-z_][A-Za-z0-9_-]*)|#[^\n]*|(\\S)",
                    Pattern.DOTALL);

    /** What an expression stands for; the commands in it are noted. */
    private String value(String expression, Map<String, String> known) {
        StringBuilder out = new StringBuilder();
        boolean plain = true;
        String before = "";
        Matcher token = TOKEN.matcher(expression);
        while (token.find()) {
            String command = token.group(3) != null ? token.group(3) : token.group(6);
            String name = token.group(7);
            String text = null;
            for (int group : new int[] {1, 2, 4, 5}) {
                text = token.group(group) == null ? text : token.group(group);
            }
            if (command != null) {
                String run = shown(command, known);
                line(run, null);
                out.append("$(").append(run).append(')');
            } else if (text != null) {
                if (before.equals("shell(")) {
                    line(text, null);
                }
                out.append(
                        token.group(5) == null
                                ? text
                                : text.replace("\\\"", "\"").replace("\\n", "\n"));
            } else if (name != null) {
                plain &= known.containsKey(name);
                out.append(known.getOrDefault(name, ""));
                before = name;
                continue;
            } else if (token.group(8) != null) {
                String sign = token.group(8);
                if (sign.equals("/")) {
                    out.append('/');
                } else {
                    plain &= sign.equals("+");
                }
                before = sign.equals("(") ? before + "(" : sign;
                continue;
            }
            before = "";
        }
        return plain ? out.toString() : UNKNOWN;
    }
}
