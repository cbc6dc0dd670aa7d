package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A reader for one value in YAML flow style ({@code {a: [b, "c"]}}), which is all the data files of
 * the analyser use. Scalars stay text. Starting a YAML library for one line of the catalogue would
 * cost more than the whole decision.
 */
final class Flow {
    private final String text;
    private int at;

    private Flow(String text) {
        this.text = text;
    }

    /** A {@code String}, {@code List} or {@code Map}, to any depth. */
    static Object read(String text) {
        Flow flow = new Flow(text);
        Object value = flow.value();
        flow.blanks();
        if (flow.at < text.length() && text.charAt(flow.at) != '#') {
            throw flow.broken();
        }
        return value;
    }

    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> given) {
            given.forEach((key, entry) -> map.put(String.valueOf(key), entry));
        }
        return map;
    }

    static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> given) {
            given.forEach(entry -> texts.add(String.valueOf(entry)));
        } else if (value != null) {
            texts.add(String.valueOf(value));
        }
        return texts;
    }

    private Object value() {
        blanks();
        return switch (peek()) {
            case '{' -> mapping();
            case '[' -> sequence();
            case '"' -> quoted();
            default -> plain();
        };
    }

    private Map<String, Object> mapping() {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        blanks();
        while (peek() != '}') {
            String key = String.valueOf(value());
            blanks();
            expect(':');
            map.put(key, value());
            comma('}');
        }
        at++;
        return map;
    }

    private List<Object> sequence() {
        List<Object> list = new ArrayList<>();
        at++;
        blanks();
        while (peek() != ']') {
            list.add(value());
            comma(']');
        }
        at++;
        return list;
    }

    private void comma(char end) {
        blanks();
        if (peek() == ',') {
            at++;
            blanks();
        } else if (peek() != end) {
            throw broken();
        }
    }

    private String quoted() {
        StringBuilder out = new StringBuilder();
        at++;
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                char escaped = peek();
                at++;
                switch (escaped) {
                    case 'n' -> out.append('\n');
                    case 't' -> out.append('\t');
                    default -> out.append(escaped);
                }
            } else {
                out.append(c);
            }
        }
        at++;
        return out.toString();
    }

    private String plain() {
        int from = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean ends =
                    c == ',' || c == ']' || c == '}' || c == '{' || c == '[' || (c == ':' && gap());
            if (ends) {
                break;
            }
            at++;
        }
        return text.substring(from, at).strip();
    }

    private boolean gap() {
        return at + 1 >= text.length() || " ,]}".indexOf(text.charAt(at + 1)) >= 0;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw broken();
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at);
    }

    private void blanks() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private IllegalStateException broken() {
        return new IllegalStateException(
                "a data file of the analyser is broken at column "
                        + at
                        + " of `"
                        + text
                        + "` (this is a bug)");
    }
}
