package dev.countersign.policy.imports;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes a document: few forms, every text in quotes that is not plainly a word. */
final class Yaml {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z_-]{1,40}");
    private static final List<String> WORDS_OF_YAML =
            List.of("null", "true", "false", "yes", "no", "on", "off");

    private final StringBuilder text = new StringBuilder();
    private int line = 1;

    /** The number of the line that comes next, from 1. */
    int next() {
        return line;
    }

    void line(String content) {
        text.append(content).append('\n');
        line++;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    static String target(Sketch.Target target) {
        if (target.keys().size() == 1) {
            Map.Entry<String, List<String>> only = target.keys().entrySet().iterator().next();
            if (only.getValue().isEmpty()) {
                return scalar(only.getKey());
            }
        }
        StringBuilder flow = new StringBuilder("{");
        target.keys()
                .forEach((key, patterns) -> {
                    if (flow.length() > 1) {
                        flow.append(", ");
                    }
                    flow.append(key)
                            .append(": ")
                            .append(
                                    patterns.size() == 1
                                            ? scalar(patterns.getFirst())
                                            : list(patterns));
                });
        return flow.append('}').toString();
    }

    static String list(List<String> texts) {
        return "[" + String.join(", ", texts.stream().map(Yaml::scalar).toList()) + "]";
    }

    static String scalar(String value) {
        if (WORD.matcher(value).matches() && !WORDS_OF_YAML.contains(value)) {
            return value;
        }
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        value.codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '"' -> quoted.append("\\\"");
                        case '\\' -> quoted.append("\\\\");
                        case '\n' -> quoted.append("\\n");
                        case '\t' -> quoted.append("\\t");
                        default -> {
                            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                                quoted.append('\uFFFD');
                            } else if (c < ' ' || (c >= 0x7F && c < 0xA0) || isBreak(c)) {
                                quoted.append("\\u%04X".formatted(c));
                            } else {
                                quoted.appendCodePoint(c);
                            }
                        }
                    }
                });
        return quoted.append('"').toString();
    }

    private static boolean isBreak(int c) {
        return c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
    }

    /** A text as it may stand in a comment. */
    static String comment(String value) {
        return value.replaceAll("[^\\x20-\\x7E\\u00A1-\\u024F]", "?");
    }
}
