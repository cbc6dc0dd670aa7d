package dev.countersign.analysis.code;

import java.util.ArrayDeque;
import java.util.Deque;

/** Words of JavaScript. What is computed within a template becomes tokens like any other. */
final class JavaScriptLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {
        "...", "===", "!==", "**=", "<<=", ">>>=", ">>=", "&&=", "||=", "??=", "=>", "==", "!=",
        "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
        "^=", "**", ">>>", ">>", "<<"
    };

    /** For every open round bracket whether it is the head of a statement. */
    private final Deque<Boolean> heads = new ArrayDeque<>();

    private boolean afterHead;

    JavaScriptLexer(String text) {
        super(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\0' || c == '\u2028' || c == '\u2029' || c == '\ufeff') {
                unread("a control character");
            }
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
            } else if (looking("//")) {
                int line = text.indexOf('\n', at);
                at = line < 0 || line > end ? end : line;
            } else if (looking("/*")) {
                comment();
            } else if (looking("<!--") || looking("-->") || looking("#")) {
                unread("what may be a comment");
                at++;
            } else if (letter(c) || c == '$') {
                identifier();
            } else if (digit(c) || (c == '.' && digit(peek(1)))) {
                number();
            } else if (c == '"' || c == '\'') {
                string(c);
            } else if (c == '`') {
                template(depth);
            } else if (c == '/' && startsRegex()) {
                regex();
            } else if (strange(c) || c == '\\' || c == '@') {
                strangeSign();
            } else {
                brackets(c);
                sign(SIGNS);
            }
        }
        end = outer;
    }

    private void brackets(char c) {
        if (c == '(') {
            Token last = last();
            heads.push(
                    last != null
                            && (last.is("if") || last.is("while") || last.is("for"))
                            && !afterDot());
        } else if (c == ')') {
            afterHead = !heads.isEmpty() && heads.pop();
        }
    }

    private boolean afterDot() {
        return tokens.size() > 1
                && (tokens.get(tokens.size() - 2).is(".")
                        || tokens.get(tokens.size() - 2).is("?."));
    }

    private void comment() {
        int close = text.indexOf("*/", at + 2);
        if (close < 0 || close + 2 > end) {
            unread("a comment without end");
            at = end;
            return;
        }
        boolean line = text.substring(at, close).indexOf('\n') >= 0;
        at = close + 2;
        if (line) {
            add(Token.Kind.LINE, at);
        }
    }

    private void identifier() {
        int from = at;
        while (at < end && (word(text.charAt(at)) || text.charAt(at) == '$')) {
            at++;
        }
        add(Token.Kind.NAME, from);
    }

    private void string(char quote) {
        int from = at;
        int i = at + 1;
        while (i < end && text.charAt(i) != quote && text.charAt(i) != '\n') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= end || text.charAt(i) != quote) {
            broken("a string without end");
            return;
        }
        at = i + 1;
        add(Token.Kind.STRING, from, unescaped(text.substring(from + 1, i)));
    }

    private void template(int depth) {
        int from = at;
        int i = at + 1;
        if (depth > DEEPEST) {
            unread("templates within templates");
            at++;
            return;
        }
        at++;
        int header = tokens.size();
        boolean computed = false;
        while (i < end && text.charAt(i) != '`') {
            if (text.charAt(i) == '\\') {
                i += 2;
            } else if (text.charAt(i) == '$' && i + 1 < end && text.charAt(i + 1) == '{') {
                computed = true;
                at = i + 2;
                mark("(");
                i = expression(depth);
                mark(")");
            } else {
                i++;
            }
        }
        if (i >= end) {
            unread("a template without end");
            at = end;
            return;
        }
        at = i + 1;
        String written = text.substring(from, at);
        String value = computed ? null : unescaped(text.substring(from + 1, i));
        Token.Kind kind = computed ? Token.Kind.TEMPLATE : Token.Kind.STRING;
        tokens.add(header, new Token(kind, written, value, from, at));
    }

    /** Reads one computed part and returns where its closing brace ends. */
    private int expression(int depth) {
        int level = 0;
        int start = at;
        while (at < end) {
            int before = tokens.size();
            int position = at;
            int stop = step(depth + 1);
            if (stop == 0) {
                return end;
            }
            if (tokens.size() > before && tokens.getLast().from() >= position) {
                Token token = tokens.getLast();
                if (token.is("{")) {
                    level++;
                } else if (token.is("}")) {
                    if (level == 0) {
                        tokens.removeLast();
                        return token.to();
                    }
                    level--;
                }
            }
        }
        unread("a template without end at " + start);
        return end;
    }

    /** Reads one token; returns 0 at the end. */
    private int step(int depth) {
        char c = text.charAt(at);
        if (c == '`') {
            template(depth);
            return 1;
        }
        int next = at + 1;
        if (letter(c) || c == '$' || digit(c)) {
            while (next < end && (word(text.charAt(next)) || text.charAt(next) == '$')) {
                next++;
            }
        } else if (c == '"' || c == '\'') {
            while (next < end && text.charAt(next) != c) {
                next += text.charAt(next) == '\\' ? 2 : 1;
            }
            next = Math.min(end, next + 1);
        } else if (c == '/') {
            unread("a slash within a template");
        }
        run(next, depth);
        return at < end ? 1 : 0;
    }

    private boolean startsRegex() {
        Token last = last();
        if (last == null || last.from() == last.to()) {
            return last == null || last.is("(");
        }
        return switch (last.kind()) {
            case LINE -> startsRegexAfterLine();
            case NUMBER, STRING, TEMPLATE, REGEX -> false;
            case NAME ->
                    !afterDot()
                            && switch (last.text()) {
                                case "return",
                                        "typeof",
                                        "case",
                                        "in",
                                        "delete",
                                        "void",
                                        "instanceof",
                                        "new",
                                        "do",
                                        "else",
                                        "throw" ->
                                        true;
                                case "of", "yield", "await" -> {
                                    unread("a slash after `" + last.text() + "`");
                                    yield false;
                                }
                                default -> false;
                            };
            case SIGN ->
                    switch (last.text()) {
                        case "]" -> false;
                        case ")" -> afterHead;
                        case "}", "++", "--" -> {
                            unread("a slash after `" + last.text() + "`");
                            yield false;
                        }
                        default -> true;
                    };
        };
    }

    private boolean startsRegexAfterLine() {
        int i = tokens.size() - 1;
        while (i >= 0 && tokens.get(i).kind() == Token.Kind.LINE) {
            i--;
        }
        if (i < 0) {
            return true;
        }
        Token before = tokens.get(i);
        if (before.sign() && !before.is(")") && !before.is("]") && !before.is("}")) {
            return true;
        }
        unread("a slash at the start of a line");
        return false;
    }

    private void regex() {
        int from = at;
        int i = at + 1;
        boolean set = false;
        while (i < end && text.charAt(i) != '\n' && (set || text.charAt(i) != '/')) {
            char c = text.charAt(i);
            set = c == '[' || (set && c != ']');
            i += c == '\\' ? 2 : 1;
        }
        if (i >= end || text.charAt(i) != '/') {
            broken("a pattern without end");
            return;
        }
        i++;
        while (i < end && letter(text.charAt(i))) {
            i++;
        }
        at = i;
        add(Token.Kind.REGEX, from);
    }
}
