package dev.countersign.analysis.code;

/** Words of the plain parts that Ruby and PHP have; what may be read in two ways is not read. */
final class ScriptLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {
        "<=>", "===", "!==", "**", "==", "!=", ">=", "<=", "&&", "||", "->", "=>", "::", "+=", "-=",
        "*=", ".=", "||=", "&.", "...", "..", "++", "--", "??", "?->", "=~", "<<"
    };

    private final boolean ruby;

    ScriptLexer(String text, boolean ruby) {
        super(text);
        this.ruby = ruby;
        if (text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0) {
            unread("a control character");
        }
    }

    @Override
    void run(int to, int depth) {
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                add(Token.Kind.LINE, at - 1);
            } else if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '#' || (!ruby && looking("//"))) {
                comment();
            } else if (!ruby && looking("/*")) {
                int close = text.indexOf("*/", at + 2);
                at = close < 0 ? end : close + 2;
            } else if (letter(c)) {
                word();
            } else if (digit(c)) {
                number();
            } else if (c == '$' || (ruby && c == '@')) {
                variable();
            } else if (c == '\'' || c == '"' || c == '`') {
                quoted(c);
            } else if (strange(c) || c == '\\') {
                strangeSign();
            } else {
                doubtful(c);
                sign(SIGNS);
            }
        }
    }

    private void comment() {
        int line = text.indexOf('\n', at);
        int stop = line < 0 ? end : line;
        boolean code = text.startsWith("#[", at) || text.substring(at, stop).contains("?>");
        if (!ruby && code) {
            unread("what may be no comment");
        }
        at = stop;
    }

    /** Signs that begin quotes, patterns or other languages, depending on what stands before. */
    private void doubtful(char c) {
        Token last = last();
        boolean line = last == null || last.kind() == Token.Kind.LINE;
        boolean operator =
                last != null
                        && (last.kind() == Token.Kind.NUMBER || last.is(")") || last.is("]"))
                        && (peek(1) == ' ' || digit(peek(1)));
        boolean here = looking("<<") && !(operator || peek(2) == ' ');
        boolean odd =
                (ruby && (c == '/' || c == '%') && !operator)
                        || (ruby && c == '?' && peek(1) != ' ')
                        || (ruby && c == '=' && line)
                        || (!ruby && (looking("?>") || looking("<?")))
                        || here;
        if (odd) {
            unread("`" + c + "`, which may begin a quotation");
        }
    }

    private void word() {
        int from = at;
        while (at < end && word(text.charAt(at))) {
            at++;
        }
        boolean mark =
                ruby
                        && (peek(0) == '?' || peek(0) == '!')
                        && peek(1) != '='
                        && (peek(0) == '!' || !word(peek(1)));
        at += mark ? 1 : 0;
        add(Token.Kind.NAME, from);
    }

    private void variable() {
        int from = at;
        at++;
        if (ruby && from + 1 < end && text.charAt(from) == '@' && peek(0) == '@') {
            at++;
        }
        if (word(peek(0))) {
            while (word(peek(0))) {
                at++;
            }
        } else {
            unread("the variable `" + text.charAt(from) + peek(0) + "`");
        }
        add(Token.Kind.NAME, from);
    }

    private void quoted(char quote) {
        int from = at;
        int i = at + 1;
        while (i < end && text.charAt(i) != quote) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= end) {
            broken("a string without end");
            return;
        }
        String inside = text.substring(from + 1, i);
        boolean computed =
                quote != '\'' && (ruby ? inside.indexOf('#') >= 0 : inside.indexOf('$') >= 0);
        boolean hidden =
                ruby
                        ? inside.contains("#{") || inside.contains("#$") || inside.contains("#@")
                        : computed;
        at = i + 1;
        if (quote == '`') {
            boolean plain = !computed && inside.indexOf('\\') < 0;
            tokens.add(new Token(Token.Kind.TEMPLATE, "`", plain ? inside : null, from, at));
            return;
        }
        if (computed && hidden) {
            if (ruby || !inside.matches("[^{$]*(\\$[a-z]\\w*([^{$\\[\\w>-][^{$]*|$))*")) {
                unread("code within quotes");
            }
            add(Token.Kind.TEMPLATE, from);
            return;
        }
        boolean single = quote == '\'';
        add(
                Token.Kind.STRING,
                from,
                single ? inside.replace("\\'", "'").replace("\\\\", "\\") : unescaped(inside));
    }
}
