package dev.countersign.policy;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules under a name, written once and used by many documents: a template or a named rule.
 *
 * @param name what documents call it
 * @param kind how it is used
 * @param file where it is written, or null when it is built in
 * @param summary one sentence, or empty
 * @param parameters the values of what stands as {@code ${name}} in it, unless its user says
 *     otherwise
 * @param tree its text
 */
record Definition(
        String name,
        Kind kind,
        @Nullable String file,
        String summary,
        Map<String, Tree> parameters,
        Tree.Entries tree) {

    /** How a definition is used. */
    enum Kind {
        /** Under {@code use}. */
        TEMPLATE("template"),
        /** Under {@code rules} or {@code use}. */
        NAMED_RULE("named_rule");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        /** The key its document starts with. */
        String key() {
            return key;
        }
    }

    /** The name by which it is found: {@code -} and {@code _} are the same. */
    static String key(String name) {
        return name.replace('_', '-');
    }

    /** Whether another that people wrote has its name and says something else. */
    boolean contradicts(Definition other) {
        return other.file != null
                && key(name).equals(key(other.name))
                && !(kind == other.kind && tree.sameAs(other.tree));
    }

    /** Its text with the values of this use; positions stay those of the definition. */
    Tree.Entries with(Map<String, Tree> values) {
        Map<String, Tree> all = new LinkedHashMap<>(parameters);
        all.putAll(values);
        return (Tree.Entries) filled(tree, all);
    }

    /** The parameters that its user must give. */
    Set<String> open() {
        Set<String> open = new LinkedHashSet<>();
        parameters.forEach((parameter, value) -> {
            if (value instanceof Tree.Text text && text.absent()) {
                open.add(parameter);
            }
        });
        return open;
    }

    /** Its text with the usual values; what its user must give stays {@code ${name}}. */
    Tree.Entries usual() {
        Map<String, Tree> usual = new LinkedHashMap<>(parameters);
        usual.keySet().removeAll(open());
        return (Tree.Entries) filled(tree, usual);
    }

    private static Tree filled(Tree tree, Map<String, Tree> values) {
        return switch (tree) {
            case Tree.Text text -> filled(text, values);
            case Tree.Items items ->
                    new Tree.Items(
                            items.items().stream().map(item -> filled(item, values)).toList(),
                            items.line(),
                            items.column());
            case Tree.Entries map ->
                    new Tree.Entries(
                            map.entries().stream()
                                    .map(e -> new Tree.Entry(e.key(), filled(e.value(), values)))
                                    .toList(),
                            map.line(),
                            map.column());
        };
    }

    /** A text that is one parameter becomes its value, a list included. */
    private static Tree filled(Tree.Text text, Map<String, Tree> values) {
        String value = text.value();
        if (!value.contains("${")) {
            return text;
        }
        StringBuilder filled = new StringBuilder();
        int at = 0;
        while (at < value.length()) {
            int start = value.indexOf("${", at);
            int end = start < 0 ? -1 : value.indexOf('}', start);
            if (end < 0) {
                break;
            }
            Tree given = values.get(value.substring(start + 2, end));
            if (given != null && start == 0 && end == value.length() - 1) {
                return moved(given, text.line(), text.column());
            }
            filled.append(value, at, start)
                    .append(
                            given instanceof Tree.Text t
                                    ? t.value()
                                    : value.substring(start, end + 1));
            at = end + 1;
        }
        filled.append(value, at, value.length());
        return new Tree.Text(filled.toString(), text.plain(), text.line(), text.column());
    }

    private static Tree moved(Tree given, int line, int column) {
        return switch (given) {
            case Tree.Text text -> new Tree.Text(text.value(), text.plain(), line, column);
            case Tree.Items items ->
                    new Tree.Items(
                            items.items().stream().map(i -> moved(i, line, column)).toList(),
                            line,
                            column);
            case Tree.Entries map -> new Tree.Entries(map.entries(), line, column);
        };
    }

    /** The names that stand as {@code ${name}} anywhere in its text. */
    static List<String> placeholders(Tree tree) {
        return switch (tree) {
            case Tree.Text text ->
                    java.util.regex.Pattern.compile("\\$\\{([^}]*)}")
                            .matcher(text.value())
                            .results()
                            .map(found -> found.group(1))
                            .toList();
            case Tree.Items items ->
                    items.items().stream().flatMap(i -> placeholders(i).stream()).toList();
            case Tree.Entries map ->
                    map.entries().stream().flatMap(e -> placeholders(e.value()).stream()).toList();
        };
    }
}
