package dev.countersign.policy.imports;

import dev.countersign.policy.PolicyProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** A TOML file, read within bounds. */
final class TomlFile {
    private static final int DEEPEST = 20;

    private TomlFile() {}

    static TomlParseResult read(String file, String text) throws Imports.BadFile {
        bounded(file, text);
        TomlParseResult read = Toml.parse(text);
        if (read.hasErrors()) {
            List<PolicyProblem> problems =
                    read.errors().stream()
                            .map(error ->
                                    new PolicyProblem(
                                            file,
                                            Math.max(1, error.position().line()),
                                            Math.max(1, error.position().column()),
                                            "no TOML: " + lower(String.valueOf(error.getMessage())),
                                            true))
                            .toList();
            throw new Imports.BadFile(problems);
        }
        return read;
    }

    /** The library reads nested brackets by recursion. */
    private static void bounded(String file, String text) throws Imports.BadFile {
        int depth = 0;
        int line = 1;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                start = i + 1;
            } else if (c == '#') {
                int end = text.indexOf('\n', i);
                i = end < 0 ? text.length() : end - 1;
            } else if (c == '"' || c == '\'') {
                String three = String.valueOf(c).repeat(3);
                boolean many = text.startsWith(three, i);
                int end = end(text, i + (many ? 3 : 1), c, many ? three : null);
                for (int j = i; j < end && j < text.length(); j++) {
                    if (text.charAt(j) == '\n') {
                        line++;
                        start = j + 1;
                    }
                }
                i = end;
            } else if (c == '[' || c == '{') {
                if (++depth > DEEPEST) {
                    throw new Imports.BadFile(
                            file, line, i - start + 1, "nested deeper than " + DEEPEST + " levels");
                }
            } else if (c == ']' || c == '}') {
                depth = Math.max(0, depth - 1);
            }
        }
    }

    /** Where a text ends: its last character, or the end of its line. */
    private static int end(String text, int from, char quote, @Nullable String three) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote == '"') {
                i++;
            } else if (three != null) {
                if (text.startsWith(three, i)) {
                    return i + 2;
                }
            } else if (c == quote) {
                return i;
            } else if (c == '\n') {
                return i - 1;
            }
        }
        return text.length();
    }

    private static String lower(String message) {
        return message.isEmpty()
                ? "unreadable"
                : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
