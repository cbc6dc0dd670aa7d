package dev.countersign.analysis.code;

import dev.countersign.call.LowerCase;
import org.jspecify.annotations.Nullable;

/** Words of Python. What is computed within an f-string becomes tokens like any other. */
final class PythonLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {
        "**=", "//=", ">>=", "<<=", "...", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
        "^=", "@=", "==", "!=", "<=", ">=", "**", "//", "<<", ">>"
    };

    PythonLexer(String text) {
        super(text);
        if (text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0 || text.indexOf('\f') >= 0) {
            unread("a control character");
        }
    }

    @Override
    void run(int to, int depth) {
        int outer = end;
        end = to;
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
                comment();
            } else if (letter(c)) {
                nameOrString(depth);
            } else if (digit(c) || (c == '.' && digit(peek(1)))) {
                number();
            } else if (c == '"' || c == '\'') {
                string("", at, depth);
            } else if (strange(c) || ("$?!`\\".indexOf(c) >= 0 && !looking("!="))) {
                strangeSign();
            } else {
                sign(SIGNS);
            }
        }
        end = outer;
    }

    private void comment() {
        int line = text.indexOf('\n', at);
        int stop = line < 0 || line > end ? end : line;
        if (text.substring(at, stop).contains("coding")) {
            unread("a comment that may change the encoding");
        }
        at = stop;
    }

    private void nameOrString(int depth) {
        int from = at;
        int i = at;
        while (i < end && word(text.charAt(i))) {
            i++;
        }
        char next = i < end ? text.charAt(i) : '\0';
        String prefix = LowerCase.of(text.substring(from, i));
        boolean string =
                (next == '"' || next == '\'')
                        && switch (prefix) {
                            case "r", "b", "u", "f", "t", "rb", "br", "rf", "fr", "rt", "tr" ->
                                    true;
                            default -> false;
                        };
        if (string) {
            at = i;
            string(prefix, from, depth);
            return;
        }
        name();
    }

    private void string(String prefix, int from, int depth) {
        char quote = text.charAt(at);
        String three = String.valueOf(quote).repeat(3);
        boolean longer = looking(three);
        int open = at + (longer ? 3 : 1);
        int close = close(open, quote, longer ? three : null);
        if (close < 0) {
            broken("a string without end");
            return;
        }
        int behind = close + (longer ? 3 : 1);
        String inside = text.substring(open, close);
        boolean raw = prefix.indexOf('r') >= 0;
        if (prefix.indexOf('f') < 0 && prefix.indexOf('t') < 0) {
            at = behind;
            add(Token.Kind.STRING, from, raw ? inside : unescaped(inside));
            return;
        }
        if (inside.indexOf('{') < 0 && inside.indexOf('}') < 0) {
            at = behind;
            add(Token.Kind.STRING, from, raw ? inside : unescaped(inside));
            return;
        }
        at = behind;
        add(Token.Kind.TEMPLATE, from);
        at = open;
        fields(close, depth, false);
        at = behind;
    }

    private int close(int open, char quote, @Nullable String three) {
        int i = open;
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\\') {
                i += 2;
                continue;
            }
            if (three == null) {
                if (c == '\n') {
                    return -1;
                }
                if (c == quote) {
                    return i;
                }
            } else if (text.startsWith(three, i) && i + 3 <= end) {
                return i;
            }
            i++;
        }
        return -1;
    }

    /** What stands in the braces of an f-string, or of the format of one of its fields. */
    private void fields(int to, int depth, boolean format) {
        if (depth > DEEPEST) {
            unread("strings within strings");
            return;
        }
        while (at < to) {
            char c = text.charAt(at);
            if (c != '{') {
                at++;
                continue;
            }
            if (!format && at + 1 < to && text.charAt(at + 1) == '{') {
                at += 2;
                continue;
            }
            at++;
            int level = 0;
            int stop = -1;
            int spec = -1;
            for (int i = at; i < to && stop < 0; i++) {
                char d = text.charAt(i);
                if (d == '\\' || d == '"' || d == '\'' || d == '#') {
                    int past = d == '"' || d == '\'' ? close(i + 1, d, null) : -1;
                    if (past < 0 || past >= to) {
                        unread("quotes within an f-string");
                        stop = to;
                    } else {
                        i = past;
                    }
                } else if (d == '(' || d == '[' || d == '{') {
                    level++;
                } else if (level > 0 && (d == ')' || d == ']' || d == '}')) {
                    level--;
                } else if (level == 0 && d == '}') {
                    stop = i;
                } else if (level == 0 && spec < 0 && d == ':') {
                    spec = i;
                }
            }
            if (stop < 0) {
                unread("an f-string without end");
                at = to;
                return;
            }
            int expression = spec < 0 ? stop : spec;
            if (expression - 2 >= at
                    && text.charAt(expression - 2) == '!'
                    && "rsa".indexOf(text.charAt(expression - 1)) >= 0) {
                expression -= 2;
            }
            mark("(");
            run(expression, depth + 1);
            at = Math.max(at, expression);
            mark(")");
            if (spec >= 0) {
                at = spec;
                fields(stop, depth + 1, true);
            }
            at = stop < to ? stop + 1 : to;
        }
    }
}
