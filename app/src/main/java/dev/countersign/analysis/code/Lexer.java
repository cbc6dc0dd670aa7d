package dev.countersign.analysis.code;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the lexers share: a cursor and the list of tokens. After something it cannot read a lexer
 * says so and goes on with the next character, so that effects behind it are still found.
 */
abstract class Lexer {
    static final int DEEPEST = 12;
    private static final int MOST_FAILURES = 16;

    final String text;
    final List<Token> tokens;
    int at;
    int end;
    @Nullable String unread;
    private int failures;

    Lexer(String text) {
        this.text = text;
        this.end = text.length();
        this.tokens = new ArrayList<>();
    }

    /** Something without end; after many of them the rest is left unread. */
    void broken(String reason) {
        unread(reason);
        at = ++failures > MOST_FAILURES ? end : at + 1;
    }

    void unread(String reason) {
        if (unread == null) {
            unread = reason;
        }
    }

    /** Reads up to {@code to}. */
    abstract void run(int to, int depth);

    char peek(int ahead) {
        return at + ahead < end ? text.charAt(at + ahead) : '\0';
    }

    boolean looking(String word) {
        return at + word.length() <= end && text.startsWith(word, at);
    }

    static boolean letter(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    static boolean word(char c) {
        return letter(c) || digit(c);
    }

    @Nullable Token last() {
        return tokens.isEmpty() ? null : tokens.getLast();
    }

    void add(Token.Kind kind, int from) {
        tokens.add(new Token(kind, text.substring(from, at), null, from, at));
    }

    void add(Token.Kind kind, int from, @Nullable String value) {
        tokens.add(new Token(kind, text.substring(from, at), value, from, at));
    }

    void mark(String sign) {
        tokens.add(new Token(Token.Kind.SIGN, sign, null, at, at));
    }

    void name() {
        int from = at;
        while (at < end && word(text.charAt(at))) {
            at++;
        }
        add(Token.Kind.NAME, from);
    }

    /** A number; letters glued to it (`0x1f`, `1e5`, `10n`) belong to it. */
    void number() {
        int from = at;
        while (at < end) {
            char c = text.charAt(at);
            boolean exponent =
                    (c == '+' || c == '-')
                            && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E')
                            && !text.startsWith("0x", from)
                            && digit(peek(1));
            boolean point = c == '.' && digit(peek(1));
            if (!word(c) && !exponent && !point) {
                break;
            }
            at++;
        }
        add(Token.Kind.NUMBER, from);
    }

    void sign(String... longer) {
        int from = at;
        char first = text.charAt(at);
        for (String sign : longer) {
            if (sign.charAt(0) == first && looking(sign)) {
                at += sign.length();
                add(Token.Kind.SIGN, from);
                return;
            }
        }
        at++;
        add(Token.Kind.SIGN, from);
    }

    /** Whether a character may not stand outside strings and comments. */
    static boolean strange(char c) {
        return c > 126 || (c < ' ' && c != '\n' && c != '\t');
    }

    void strangeSign() {
        unread("a character that is no plain ASCII");
        at++;
        tokens.add(new Token(Token.Kind.SIGN, "?!", null, at - 1, at));
    }

    /** The character a backslash sequence at {@code i} stands for, or null when it is not read. */
    static int escape(String text, int i, StringBuilder out) {
        if (i + 1 >= text.length()) {
            return -1;
        }
        char c = text.charAt(i + 1);
        switch (c) {
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'r' -> out.append('\r');
            case '0' -> {
                if (i + 2 < text.length() && digit(text.charAt(i + 2))) {
                    return -1;
                }
                out.append('\0');
            }
            case 'x' -> {
                return hex(text, i + 2, 2, out);
            }
            case 'u' -> {
                if (i + 2 < text.length() && text.charAt(i + 2) == '{') {
                    int close = text.indexOf('}', i);
                    return close < 0 || close > i + 9
                            ? -1
                            : hex(text, i + 3, close - i - 3, out) < 0 ? -1 : close + 1;
                }
                return hex(text, i + 2, 4, out);
            }
            case '\\', '\'', '"', '/', '`', '$', '@', '#', ' ', '.', '-', '~' -> out.append(c);
            case '\n' -> {}
            default -> {
                return -1;
            }
        }
        return i + 2;
    }

    private static int hex(String text, int from, int length, StringBuilder out) {
        if (length < 1 || from + length > text.length()) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + length; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            return -1;
        }
        out.appendCodePoint(value);
        return from + length;
    }

    /** A string whose escapes are taken out, or null when one of them is not read. */
    static @Nullable String unescaped(String inside) {
        if (inside.indexOf('\\') < 0) {
            return inside;
        }
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < inside.length()) {
            if (inside.charAt(i) != '\\') {
                out.append(inside.charAt(i++));
                continue;
            }
            i = escape(inside, i, out);
            if (i < 0) {
                return null;
            }
        }
        return out.toString();
    }
}
