package dev.countersign.analysis.code;

import dev.countersign.call.LowerCase;

/**
 * Words of SQL. The dialects differ in what ends a text or a comment; where they do, the text is
 * not read any further.
 */
final class SqlLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {"::", ":=", "<=", ">=", "<>", "!=", "||"};

    private final SqlScript.Dialect dialect;
    private boolean fresh;

    SqlLexer(String text, SqlScript.Dialect dialect) {
        super(text);
        this.dialect = dialect;
    }

    private boolean mysql() {
        return dialect == SqlScript.Dialect.MYSQL || dialect == SqlScript.Dialect.OTHER;
    }

    private boolean dollars() {
        return dialect == SqlScript.Dialect.POSTGRES || dialect == SqlScript.Dialect.DUCKDB;
    }

    @Override
    void run(int to, int depth) {
        while (at < end && unread == null) {
            char c = text.charAt(at);
            if (c == '\0') {
                unread("a NUL character");
            } else if (c == '\n') {
                at++;
                fresh = true;
            } else if (c <= ' ') {
                at++;
            } else if (looking("--")) {
                lineComment();
            } else if (looking("/*")) {
                comment();
            } else if (c == '#' && mysql()) {
                unread("what may be a comment");
            } else if (c == '`' && dollars()) {
                unread("a backquote");
            } else if (c == '\'' || c == '"' || c == '`') {
                quoted(c);
            } else if (c == '$' && dollars()) {
                dollar();
            } else if (c == '[' && !dollars()) {
                unread("square brackets");
            } else if (c == '\\' || (c == '.' && startsLine())) {
                command();
            } else if (letter(c) || c > 127) {
                word();
            } else if (digit(c)) {
                number();
            } else {
                sign(SIGNS);
            }
        }
    }

    /** Whether a line begins here, and no statement is open. */
    private boolean startsLine() {
        boolean dots = dialect == SqlScript.Dialect.SQLITE || dialect == SqlScript.Dialect.DUCKDB;
        Token last = last();
        boolean line = last == null || (fresh && text.lastIndexOf('\n', at) >= last.to());
        return dots && line && (last == null || last.is(";") || last.kind() == Token.Kind.TEMPLATE);
    }

    /** A command of the client: the rest of the line. */
    private void command() {
        int from = at;
        int line = text.indexOf('\n', at);
        at = line < 0 ? end : line;
        add(Token.Kind.TEMPLATE, from);
    }

    private void lineComment() {
        boolean real = at + 2 >= end || text.charAt(at + 2) <= ' ';
        if (mysql() && !real) {
            unread("what may be a comment");
            return;
        }
        int line = text.indexOf('\n', at);
        at = line < 0 ? end : line;
    }

    private void comment() {
        int close = text.indexOf("*/", at + 2);
        boolean special = at + 2 < end && "!+M".indexOf(text.charAt(at + 2)) >= 0;
        if (close < 0 || special || text.substring(at + 2, close).contains("/*")) {
            unread("a comment that may hold code");
            return;
        }
        at = close + 2;
    }

    private void quoted(char quote) {
        int from = at;
        int i = at + 1;
        boolean escapes = mysql() || escapePrefix();
        StringBuilder value = new StringBuilder();
        while (i < end) {
            char c = text.charAt(i);
            if (c == '\\' && escapes) {
                unread("a backslash in quotes");
                return;
            }
            if (c == quote) {
                if (i + 1 < end && text.charAt(i + 1) == quote) {
                    i++;
                } else {
                    break;
                }
            }
            value.append(c);
            i++;
        }
        if (i >= end) {
            unread("a text without end");
            return;
        }
        at = i + 1;
        if (quote == '\'') {
            add(Token.Kind.STRING, from, value.toString());
        } else {
            add(Token.Kind.REGEX, from, value.toString());
        }
    }

    /** {@code E'…'} knows escapes. */
    private boolean escapePrefix() {
        Token last = last();
        return last != null && last.to() == at && last.name();
    }

    private void dollar() {
        int close = text.indexOf('$', at + 1);
        boolean tagged = close > 0;
        for (int i = at + 1; tagged && i < close; i++) {
            char c = text.charAt(i);
            tagged = word(c) && !(i == at + 1 && digit(c));
        }
        if (!tagged) {
            sign();
            return;
        }
        String tag = text.substring(at, close + 1);
        int stop = text.indexOf(tag, close + 1);
        if (stop < 0) {
            unread("a text without end");
            return;
        }
        int from = at;
        at = stop + tag.length();
        add(Token.Kind.STRING, from, text.substring(close + 1, stop));
    }

    private void word() {
        int from = at;
        while (at < end
                && (word(text.charAt(at)) || text.charAt(at) > 127 || text.charAt(at) == '$')) {
            at++;
        }
        String word = LowerCase.of(text.substring(from, at));
        tokens.add(new Token(Token.Kind.NAME, word, null, from, at));
    }
}
