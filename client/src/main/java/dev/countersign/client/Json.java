package dev.countersign.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists, texts, numbers, truths and null; strict, and no deeper than 100. */
final class Json {
    private static final int DEEPEST = 100;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** What was read is no JSON, or what is to be written cannot be. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message, null, false, false);
        }
    }

    /** Reads an object. */
    static Map<String, @Nullable Object> object(String text) throws Broken {
        Json json = new Json(text);
        json.space();
        if (json.at >= text.length() || text.charAt(json.at) != '{') {
            throw json.broken("an object");
        }
        Map<String, @Nullable Object> object = json.members(0);
        json.space();
        if (json.at != text.length()) {
            throw json.broken("the end");
        }
        return object;
    }

    private Broken broken(String wanted) {
        return new Broken("expected " + wanted + " at character " + at);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean took(char wanted) {
        space();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void need(char wanted) throws Broken {
        if (!took(wanted)) {
            throw broken("`" + wanted + "`");
        }
    }

    private @Nullable Object value(int depth) throws Broken {
        if (depth > DEEPEST) {
            throw new Broken("nested deeper than " + DEEPEST);
        }
        space();
        if (at >= text.length()) {
            throw broken("a value");
        }
        return switch (text.charAt(at)) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private @Nullable Object word(String word, @Nullable Object meaning) throws Broken {
        if (!text.startsWith(word, at)) {
            throw broken("a value");
        }
        at += word.length();
        return meaning;
    }

    private Map<String, @Nullable Object> members(int depth) throws Broken {
        need('{');
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (took('}')) {
            return members;
        }
        do {
            space();
            String name = string();
            need(':');
            if (members.containsKey(name)) {
                throw new Broken("`" + name + "` is there twice");
            }
            members.put(name, value(depth + 1));
        } while (took(','));
        need('}');
        return members;
    }

    private List<@Nullable Object> elements(int depth) throws Broken {
        need('[');
        List<@Nullable Object> elements = new ArrayList<>();
        if (took(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
        } while (took(','));
        need(']');
        return elements;
    }

    private Object number() throws Broken {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String written = text.substring(start, at);
        if (!written.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            at = start;
            throw broken("a value");
        }
        if (written.length() < 19 && written.matches("-?[0-9]+")) {
            return Long.valueOf(written);
        }
        return Double.valueOf(written);
    }

    private String string() throws Broken {
        need('"');
        StringBuilder read = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return read.toString();
            }
            if (c < ' ') {
                break;
            }
            read.append(c == '\\' ? escaped() : c);
        }
        throw broken("the end of a text");
    }

    private char escaped() throws Broken {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        int known = "\"\\/bfnrt".indexOf(c);
        if (known >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(known);
        }
        if (c == 'u' && at + 4 <= text.length()) {
            String digits = text.substring(at, at + 4);
            if (digits.matches("[0-9a-fA-F]{4}")) {
                at += 4;
                return (char) Integer.parseInt(digits, 16);
            }
        }
        throw broken("an escape");
    }

    static String write(@Nullable Object value) throws Broken {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out, int depth) throws Broken {
        if (depth > DEEPEST) {
            throw new Broken("nested deeper than " + DEEPEST);
        }
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number number) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new Broken("`" + number + "` is no number of JSON");
            }
            out.append(number);
        } else if (value instanceof CharSequence text) {
            quote(text.toString(), out);
        } else if (value instanceof Map<?, ?> map) {
            char before = '{';
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(before);
                quote(String.valueOf(entry.getKey()), out);
                out.append(':');
                write(entry.getValue(), out, depth + 1);
                before = ',';
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> list) {
            out.append('[');
            String before = "";
            for (Object each : list) {
                out.append(before);
                write(each, out, depth + 1);
                before = ",";
            }
            out.append(']');
        } else {
            throw new Broken("a " + value.getClass().getName() + " cannot be sent");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c == 0x2028 || c == 0x2029) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
