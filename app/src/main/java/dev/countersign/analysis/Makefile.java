package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of a makefile, as far as they stand there plainly. */
final class Makefile {
    private static final int MOST_LINES = 200;

    private record Rule(List<String> needs, List<String> lines) {}

    private final Map<String, Rule> rules = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private String first = "";

    private Makefile() {
        variables.putAll(
                Map.of(
                        "CC", "cc", "CXX", "g++", "RM", "rm -f", "MAKE", "make", "AR", "ar",
                        "SHELL", "/bin/sh", "CURDIR", "."));
    }

    static Makefile read(String text) {
        Makefile file = new Makefile();
        String[] lines = text.replace("\\\n", " ").split("\n", -1);
        List<Rule> open = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("\t")) {
                open.forEach(rule -> rule.lines.add(line.substring(1)));
            } else if (!line.isBlank() && line.charAt(0) != '#') {
                open = file.head(line);
            }
        }
        return file;
    }

    private List<Rule> head(String line) {
        int colon = line.indexOf(':');
        int equals = line.indexOf('=');
        if (equals >= 0
                && (colon < 0
                        || equals < colon
                        || equals == colon + 1
                        || line.startsWith("::=", colon))) {
            int end = equals;
            while (end > 0 && ":?+! ".indexOf(line.charAt(end - 1)) >= 0) {
                end--;
            }
            String name = line.substring(0, end).replaceFirst("^export ", "").strip();
            variables.put(name, line.substring(equals + 1).strip());
            return List.of();
        }
        if (colon <= 0) {
            return List.of();
        }
        List<Rule> made = new ArrayList<>();
        String rest = line.substring(colon + 1);
        int semicolon = rest.indexOf(';');
        String needs = semicolon < 0 ? rest : rest.substring(0, semicolon);
        for (String target :
                expand(line.substring(0, colon), "", List.of()).strip().split("\\s+", -1)) {
            Rule rule =
                    rules.computeIfAbsent(
                            target, _ -> new Rule(new ArrayList<>(), new ArrayList<>()));
            rule.needs.addAll(List.of(expand(needs, "", List.of()).strip().split("\\s+", -1)));
            if (semicolon >= 0) {
                rule.lines.add(rest.substring(semicolon + 1));
            }
            if (first.isEmpty() && !target.startsWith(".") && target.indexOf('%') < 0) {
                first = target;
            }
            made.add(rule);
        }
        return made;
    }

    /** The shell lines that making these targets may run, what they need included. */
    List<String> recipes(List<String> targets) {
        List<String> found = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String target : targets.isEmpty() ? List.of(first) : targets) {
            collect(target, found, seen);
        }
        return found;
    }

    private void collect(String target, List<String> found, Set<String> seen) {
        Rule rule = rules.get(target);
        if (rule == null
                || !seen.add(target)
                || found.size() > MOST_LINES
                || seen.size() > MOST_LINES) {
            return;
        }
        for (String need : rule.needs) {
            collect(need, found, seen);
        }
        for (String line : rule.lines) {
            String plain = line.strip();
            while (!plain.isEmpty() && "@-+".indexOf(plain.charAt(0)) >= 0) {
                plain = plain.substring(1).strip();
            }
            if (!plain.isEmpty() && plain.charAt(0) != '#') {
                found.add(expand(plain, target, rule.needs));
            }
        }
    }

    private String expand(String text, String target, List<String> needs) {
        return expand(text, target, needs, 0);
    }

    private String expand(String text, String target, List<String> needs, int depth) {
        if (text.indexOf('$') < 0 || depth > 8 || text.length() > 100_000) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 >= text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            switch (next) {
                case '$' -> out.append('$');
                case '@' -> out.append(target);
                case '<' -> out.append(needs.isEmpty() ? "" : needs.getFirst());
                case '^', '?', '+' -> out.append(String.join(" ", needs));
                case '(', '{' -> {
                    char close = next == '(' ? ')' : '}';
                    int end = text.indexOf(close, i);
                    if (end < 0) {
                        out.append("$unknown");
                        i = text.length();
                    } else {
                        String name = text.substring(i + 1, end);
                        i = end;
                        if (variables.containsKey(name)) {
                            out.append(expand(variables.get(name), target, needs, depth + 1));
                        } else if (name.matches("[A-Za-z0-9_.-]+")) {
                            out.append("");
                        } else {
                            out.append("$unknown_make_function");
                        }
                    }
                }
                default -> {
                    String name = String.valueOf(next);
                    out.append(
                            variables.containsKey(name)
                                    ? expand(variables.get(name), target, needs, depth + 1)
                                    : "");
                }
            }
        }
        return out.toString();
    }
}
