package dev.countersign.analysis.code;

import java.util.Set;

/** Words of a small part of Perl; what may be read in two ways is not read. */
final class PerlLexer extends Lexer {
    /** Of several characters, those first that others begin. */
    private static final String[] SIGNS = {
        "<=>", "**=", "||=", "&&=", "//=", "...", "->", "=>", "++", "--", "**", "=~", "!~", "==",
        "!=", "<=", ">=", "&&", "||", "//", "..", "::", "+=", "-=", "*=", "/=", ".=", "%=", "x=",
        "&=", "|=", "^=", "<<", ">>"
    };

    /** Words behind which an operand stands. */
    private static final Set<String> BEFORE_OPERAND =
            Set.of(
                    "if", "unless", "while", "until", "and", "or", "not", "xor", "return", "print",
                    "split", "join", "grep", "push", "x", "lt", "gt", "le", "ge", "eq", "ne",
                    "cmp");

    /** Words behind which a percent sign begins the name of a hash. */
    private static final Set<String> BEFORE_HASH =
            Set.of(
                    "keys", "values", "each", "my", "our", "local", "exists", "delete", "scalar",
                    "sort", "reverse", "map", "in");

    PerlLexer(String text) {
        super(text);
    }

    @Override
    void run(int to, int depth) {
        int outer = end;
        end = to;
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\n') {
                at++;
                if (at < end && text.charAt(at) == '=' && letter(peek(1))) {
                    unread("documentation");
                }
            } else if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '#') {
                int line = text.indexOf('\n', at);
                at = line < 0 || line > end ? end : line;
            } else if (c == '=' && at == 0 && letter(peek(1))) {
                unread("documentation");
                at++;
            } else if (c == '$'
                    || c == '@'
                    || (c == '%'
                            && (operand() || beforeHash())
                            && (letter(peek(1)) || peek(1) == '$' || peek(1) == '+'))) {
                variable();
            } else if (letter(c)) {
                word();
            } else if (digit(c) || (c == '.' && digit(peek(1)))) {
                number();
            } else if (c == '\'' || c == '"' || c == '`') {
                quoted(c, at, c == '`' ? "`" : c == '"' ? "\"" : "'");
            } else if (c == '/' && operand()) {
                quoted('/', at, "m");
            } else if (c == '/' && uncertain()) {
                unread("a slash that may begin a pattern");
                at++;
            } else if (c == '<' && operand()) {
                reading();
            } else if ((c == '&' && peek(1) != '&' && !andAssigns())
                    || ((c == '*' || c == '?') && operand())
                    || ((c == '*' || c == '<' || c == '%') && afterBlock())) {
                unread("`" + c + "`");
                at++;
            } else if (strange(c)) {
                strangeSign();
            } else {
                sign(SIGNS);
            }
        }
        end = outer;
    }

    private boolean andAssigns() {
        return at > 0 && text.charAt(at - 1) == '&';
    }

    private boolean beforeHash() {
        Token last = last();
        return last != null && last.name() && BEFORE_HASH.contains(last.text());
    }

    private boolean afterBlock() {
        Token last = last();
        return last != null && last.is("}");
    }

    /** Whether an operand is due, as far as that is certain. */
    private boolean operand() {
        Token last = last();
        if (last == null) {
            return true;
        }
        return switch (last.kind()) {
            case NUMBER, STRING, TEMPLATE, REGEX -> false;
            case LINE -> true;
            case NAME -> BEFORE_OPERAND.contains(last.text());
            case SIGN ->
                    switch (last.text()) {
                        case ")", "]", "}", "++", "--", "$" -> false;
                        default -> last.from() < last.to() || last.is("(");
                    };
        };
    }

    private boolean uncertain() {
        Token last = last();
        boolean variable = last != null && last.name() && "$@%".indexOf(last.text().charAt(0)) >= 0;
        boolean certain =
                last != null
                        && (variable
                                || last.kind() == Token.Kind.NUMBER
                                || last.is(")")
                                || last.is("]"));
        return !certain;
    }

    private void variable() {
        int from = at;
        char sigil = text.charAt(at);
        at++;
        if (sigil == '$'
                && peek(0) == '#'
                && (peek(1) == '{' || peek(1) == '$' || letter(peek(1)))) {
            at++;
        }
        while (peek(0) == '$' && (letter(peek(1)) || peek(1) == '$' || peek(1) == '{')) {
            unread("a reference by name");
            at++;
        }
        char c = peek(0);
        if (letter(c)) {
            while (at < end && (word(text.charAt(at)) || (looking("::") && letter(peek(2))))) {
                at += looking("::") ? 2 : 1;
            }
        } else if (digit(c)) {
            while (digit(peek(0))) {
                at++;
            }
        } else if (c == '{') {
            unread("a reference by name");
            at++;
            add(Token.Kind.SIGN, from);
            return;
        } else if (sigil == '$' && "_&.,/\\;!0@+-|\"".indexOf(c) >= 0 && c != '\0') {
            at++;
        } else {
            unread("the variable `" + text.substring(from, Math.min(end, at + 1)) + "`");
        }
        add(Token.Kind.NAME, from);
    }

    private void word() {
        int from = at;
        int i = at;
        while (i < end && word(text.charAt(i))) {
            i++;
        }
        String word = text.substring(from, i);
        int open = i;
        while (open < end && (text.charAt(open) == ' ' || text.charAt(open) == '\t')) {
            open++;
        }
        char next = open < end ? text.charAt(open) : '\0';
        boolean key = next == '=' && open + 1 < end && text.charAt(open + 1) == '>';
        Token last = last();
        boolean odd =
                (last != null && last.is("{") && next == '}')
                        || (from > 0 && text.charAt(from - 1) == '-');
        boolean arrow = last != null && last.is("->");
        boolean variable = last != null && last.is("$") && last.to() == from;
        boolean quote =
                switch (word) {
                    case "q", "qq", "qw", "qx", "m", "qr", "s", "tr", "y" -> true;
                    default -> false;
                };
        if (quote
                && !key
                && !arrow
                && !variable
                && next != '\0'
                && next != ','
                && next != ';'
                && next != ')'
                && !(next == '=')) {
            if (odd || (open > i && (next == '#' || word(next)))) {
                unread("quotes that are letters");
            }
            if (word(next)) {
                at = i;
                add(Token.Kind.NAME, from);
                return;
            }
            at = open;
            quoted(next, from, word);
            return;
        }
        if (quote && next == '=' && !key) {
            unread("`" + word + "=`");
        }
        at = i;
        add(Token.Kind.NAME, from);
    }

    private static char partner(char open) {
        return switch (open) {
            case '(' -> ')';
            case '[' -> ']';
            case '{' -> '}';
            case '<' -> '>';
            default -> open;
        };
    }

    /** The position of the delimiter that ends what begins at {@code i}, or -1. */
    private int close(int i, char open) {
        char close = partner(open);
        int level = 0;
        int k = i;
        while (k < end) {
            char c = text.charAt(k);
            if (c == '\\') {
                k += 2;
                continue;
            }
            if (c == close && level == 0) {
                return k;
            }
            if (close != open) {
                level += c == open ? 1 : c == close ? -1 : 0;
            }
            k++;
        }
        return -1;
    }

    private void quoted(char open, int from, String kind) {
        int start = at + 1;
        int stop = close(start, open);
        if (stop < 0) {
            broken("quotes without end");
            return;
        }
        String first = text.substring(start, stop);
        boolean two = kind.equals("s") || kind.equals("tr") || kind.equals("y");
        String second = "";
        int behind = stop + 1;
        if (two) {
            int again = stop + 1;
            char open2 = open;
            if (partner(open) != open) {
                while (again < end && text.charAt(again) <= ' ') {
                    again++;
                }
                open2 = again < end ? text.charAt(again) : '\0';
                again++;
                if (open2 == '#') {
                    unread("a comment within a substitution");
                }
            }
            int stop2 = close(again, open2);
            if (stop2 < 0) {
                broken("a substitution without end");
                return;
            }
            second = text.substring(again, stop2);
            behind = stop2 + 1;
        }
        int flags = behind;
        boolean pattern = two || kind.equals("m") || kind.equals("qr");
        while (pattern && behind < end && letter(text.charAt(behind))) {
            behind++;
        }
        String modifiers = text.substring(flags, behind);
        at = behind;
        switch (kind) {
            case "'", "q" -> add(Token.Kind.STRING, from, single(first));
            case "\"", "qq" -> {
                boolean computed = interpolates(first);
                add(
                        computed ? Token.Kind.TEMPLATE : Token.Kind.STRING,
                        from,
                        computed ? null : unescaped(first));
            }
            case "`", "qx" -> {
                boolean computed = open != '\'' && interpolates(first);
                tokens.add(new Token(Token.Kind.TEMPLATE, "`", computed ? null : first, from, at));
            }
            case "qw" -> add(Token.Kind.TEMPLATE, from);
            default -> {
                if (!kind.equals("tr") && !kind.equals("y")) {
                    interpolates(first);
                    if (first.contains("(?{") || first.contains("(??{")) {
                        unread("code within a pattern");
                    }
                    interpolates(second);
                }
                if (modifiers.indexOf('e') >= 0 && !kind.equals("tr")) {
                    unread("a substitution that runs code");
                }
                add(Token.Kind.REGEX, from);
            }
        }
    }

    private static String single(String inside) {
        return inside.replace("\\'", "'").replace("\\\\", "\\");
    }

    /** Whether variables are put in; code that is put in is not read. */
    private boolean interpolates(String inside) {
        boolean found = false;
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c == '\\') {
                i++;
                continue;
            }
            char next = i + 1 < inside.length() ? inside.charAt(i + 1) : '\0';
            if (c == '@' && (letter(next) || next == '$' || next == '{' || next == '_')) {
                found = true;
                if (!letter(next)) {
                    unread("code within quotes");
                }
            } else if (c == '$'
                    && (letter(next)
                            || next == '{'
                            || next == '$'
                            || next == '#'
                            || digit(next)
                            || next == '&')) {
                found = true;
                if (next == '{' || next == '$' || next == '#') {
                    unread("code within quotes");
                }
            } else {
                continue;
            }
            int k = i + 1;
            while (k < inside.length() && (word(inside.charAt(k)) || inside.charAt(k) == ':')) {
                k++;
            }
            while (k < inside.length()
                    && (inside.charAt(k) == '['
                            || inside.charAt(k) == '{'
                            || inside.startsWith("->", k))) {
                if (inside.startsWith("->", k)) {
                    k += 2;
                    continue;
                }
                char close = partner(inside.charAt(k));
                int stop = inside.indexOf(close, k);
                String part = stop < 0 ? "?" : inside.substring(k + 1, stop);
                boolean index = part.matches("-?[0-9]+|\\$[a-z_]+");
                boolean plainKey = close == '}' && part.matches("[A-Za-z_]+|\\$[a-z_]+|[0-9,]+");
                if (!index && !plainKey) {
                    unread("code within quotes");
                    break;
                }
                k = stop + 1;
            }
        }
        return found;
    }

    private void reading() {
        if (looking("<STDIN>")) {
            at += 7;
            add(Token.Kind.TEMPLATE, at - 7);
            return;
        }
        unread("`<`");
        at++;
    }
}
