package dev.countersign.analysis.code;

import java.util.ArrayDeque;
import java.util.Deque;

/** Words of awk. */
final class AwkLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {
        "|&", "||", "&&", ">>", "==", "!=", "<=", ">=", "++", "--", "**=", "**", "+=", "-=", "*=",
        "%=", "^="
    };

    private final Deque<Boolean> heads = new ArrayDeque<>();
    private boolean afterHead;

    AwkLexer(String text) {
        super(text);
    }

    @Override
    void run(int to, int depth) {
        while (at < end) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '\n') {
                at++;
                add(Token.Kind.LINE, at - 1);
            } else if (c == '\\' && peek(1) == '\n') {
                at += 2;
            } else if (c == '#') {
                int line = text.indexOf('\n', at);
                at = line < 0 ? end : line;
            } else if (letter(c)) {
                name();
            } else if (digit(c) || (c == '.' && digit(peek(1)))) {
                number();
            } else if (c == '"') {
                quoted();
            } else if (c == '/' && startsRegex()) {
                regex();
            } else if (strange(c) || c == '\\' || c == '\'' || c == '`') {
                strangeSign();
            } else {
                if (c == '(') {
                    Token last = last();
                    heads.push(
                            last != null && (last.is("if") || last.is("while") || last.is("for")));
                } else if (c == ')') {
                    afterHead = !heads.isEmpty() && heads.pop();
                }
                sign(SIGNS);
            }
        }
    }

    private void quoted() {
        int from = at;
        int i = at + 1;
        while (i < end && text.charAt(i) != '"' && text.charAt(i) != '\n') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= end || text.charAt(i) != '"') {
            broken("a string without end");
            return;
        }
        at = i + 1;
        add(Token.Kind.STRING, from, unescaped(text.substring(from + 1, i)));
    }

    private boolean startsRegex() {
        Token last = last();
        if (last == null) {
            return true;
        }
        return switch (last.kind()) {
            case LINE -> true;
            case NUMBER, STRING, TEMPLATE, REGEX -> false;
            case NAME ->
                    switch (last.text()) {
                        case "in", "print", "printf", "return", "else", "do", "exit", "case" ->
                                true;
                        case "getline" -> {
                            unread("a slash after `getline`");
                            yield false;
                        }
                        default -> false;
                    };
            case SIGN ->
                    switch (last.text()) {
                        case "]", "$" -> false;
                        case ")" -> afterHead;
                        case "++", "--" -> {
                            unread("a slash after `" + last.text() + "`");
                            yield false;
                        }
                        default -> true;
                    };
        };
    }

    /** A pattern; awks differ on a slash within square brackets. */
    private void regex() {
        int from = at;
        int i = at + 1;
        boolean set = false;
        while (i < end && text.charAt(i) != '\n' && text.charAt(i) != '/') {
            char c = text.charAt(i);
            set = c == '[' || (set && c != ']');
            i += c == '\\' ? 2 : 1;
        }
        if (i >= end || text.charAt(i) != '/') {
            broken("a pattern without end");
            return;
        }
        if (set) {
            unread("a slash in square brackets");
        }
        at = i + 1;
        add(Token.Kind.REGEX, from);
    }
}
