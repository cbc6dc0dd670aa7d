package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables of a TOML text as far as scripts need them: strings, lists and inline tables by dotted
 * key. Anything else is passed over as a text.
 */
final class TomlTables {
    private static final int DEEPEST = 8;

    private final String text;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private int at;

    private TomlTables(String text) {
        this.text = text;
    }

    /** Values by dotted key, or empty when the text is not understood. */
    static Optional<Map<String, Object>> read(String text) {
        TomlTables tables = new TomlTables(text.replace("\r\n", "\n"));
        try {
            tables.run();
            return Optional.of(tables.values);
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private void run() {
        String table = "";
        while (true) {
            blank(true);
            if (at >= text.length()) {
                return;
            }
            if (peek() == '[') {
                boolean many = text.startsWith("[[", at);
                at += many ? 2 : 1;
                table = key() + (many ? "[]" : "");
                expect(many ? "]]" : "]");
            } else {
                String key = key();
                expect("=");
                Object value = value(0);
                values.put(table.isEmpty() ? key : table + "." + key, value);
            }
            blank(false);
            if (at < text.length() && peek() != '\n') {
                throw new IllegalStateException("more on a line than one entry");
            }
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw new IllegalStateException("the text ends too early");
        }
        return text.charAt(at);
    }

    private void blank(boolean lines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (c == ' ' || c == '\t' || (lines && c == '\n')) {
                at++;
            } else {
                return;
            }
        }
    }

    private void expect(String sign) {
        blank(false);
        if (!text.startsWith(sign, at)) {
            throw new IllegalStateException("expected " + sign);
        }
        at += sign.length();
    }

    private String key() {
        StringBuilder all = new StringBuilder();
        while (true) {
            blank(false);
            char c = peek();
            if (c == '"' || c == '\'') {
                all.append(string());
            } else {
                int start = at;
                while (at < text.length()
                        && (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-')) {
                    at++;
                }
                if (at == start) {
                    throw new IllegalStateException("no key");
                }
                all.append(text, start, at);
            }
            blank(false);
            if (at >= text.length() || peek() != '.') {
                return all.toString();
            }
            at++;
            all.append('.');
        }
    }

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalStateException("nested too deep");
        }
        blank(false);
        char c = peek();
        if (c == '"' || c == '\'') {
            return string();
        }
        if (c == '[') {
            at++;
            List<Object> items = new ArrayList<>();
            blank(true);
            while (peek() != ']') {
                items.add(value(depth + 1));
                blank(true);
                if (peek() == ',') {
                    at++;
                    blank(true);
                } else if (peek() != ']') {
                    throw new IllegalStateException("expected a comma");
                }
            }
            at++;
            return items;
        }
        if (c == '{') {
            at++;
            Map<String, Object> items = new LinkedHashMap<>();
            blank(true);
            while (peek() != '}') {
                String key = key();
                expect("=");
                items.put(key, value(depth + 1));
                blank(true);
                if (peek() == ',') {
                    at++;
                    blank(true);
                } else if (peek() != '}') {
                    throw new IllegalStateException("expected a comma");
                }
            }
            at++;
            return items;
        }
        int start = at;
        while (at < text.length() && ",]}#\n".indexOf(peek()) < 0) {
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String string() {
        char quote = peek();
        String three = String.valueOf(quote).repeat(3);
        boolean literal = quote == '\'';
        if (text.startsWith(three, at)) {
            int end = text.indexOf(three, at + 3);
            while (!literal && end > 0 && text.charAt(end - 1) == '\\') {
                end = text.indexOf(three, end + 1);
            }
            if (end < 0) {
                throw new IllegalStateException("an open string");
            }
            int start = at + 3 + (text.startsWith("\n", at + 3) ? 1 : 0);
            at = end + 3;
            String inside = text.substring(Math.min(start, end), end);
            return literal ? inside : unescaped(inside);
        }
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            if (text.charAt(end) == '\n') {
                throw new IllegalStateException("an open string");
            }
            end += !literal && text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw new IllegalStateException("an open string");
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        return literal ? inside : unescaped(inside);
    }

    private static String unescaped(String inside) {
        if (inside.indexOf('\\') < 0) {
            return inside;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c != '\\' || i + 1 >= inside.length()) {
                out.append(c);
                continue;
            }
            char next = inside.charAt(++i);
            switch (next) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '"', '\\' -> out.append(next);
                case '\n', ' ', '\t' -> {
                    while (i + 1 < inside.length()
                            && Character.isWhitespace(inside.charAt(i + 1))) {
                        i++;
                    }
                }
                default -> throw new IllegalStateException("an escape that is not read");
            }
        }
        return out.toString();
    }
}
