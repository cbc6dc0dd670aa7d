package dev.countersign.analysis.powershell;

import dev.countersign.call.LowerCase;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts PowerShell text into tokens; anything it is not sure of is {@link Unclear}. */
final class Lexer {
    /** Quotation marks and dashes PowerShell takes for the plain ones. */
    private static final String LOOKALIKES =
            "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2013\u2014\u2015";

    private static final Pattern NAME =
            Pattern.compile("\\{([^{}]*)\\}|([A-Za-z_]\\w*(?::[A-Za-z_]\\w*)?)");

    /** Nobody gives longer ones, and each is looked at from its beginning. */
    private static final int LONGEST_NAME = 500;

    private static final Pattern PROPERTY = Pattern.compile("\\.[A-Za-z]+");

    private final String text;
    private final @Nullable Variables variables;
    private int at;

    Lexer(String text) {
        this(text, null);
    }

    /**
     * @param variables those whose value is known
     */
    Lexer(String text, @Nullable Variables variables) {
        this.text = text;
        this.variables = variables;
    }

    List<Token> tokens() throws Unclear {
        unseen();
        List<Token> tokens = new ArrayList<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t') {
                at++;
            } else if (c == '`' && isLineEnd(at + 1)) {
                at += text.startsWith("\r\n", at + 1) ? 3 : 2;
            } else if (c == '#') {
                while (at < text.length() && !isLineEnd(at)) {
                    at++;
                }
            } else if (text.startsWith("<#", at)) {
                int end = text.indexOf("#>", at + 2);
                if (end < 0) {
                    throw unclear("a comment without an end", at, text.length());
                }
                at = end + 2;
            } else {
                tokens.add(token(c));
            }
        }
        return tokens;
    }

    /** Letters that look like others, or like nothing, may end a quotation where no one sees it. */
    private void unseen() throws Unclear {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                    throw unclear("a control character", i, i + 1);
                }
                continue;
            }
            int type = Character.getType(c);
            boolean odd =
                    LOOKALIKES.indexOf(c) >= 0
                            || type == Character.FORMAT
                            || type == Character.CONTROL
                            || Character.isSpaceChar(c)
                            || Character.isWhitespace(c);
            if (odd) {
                throw unclear("a letter PowerShell takes for another", i, i + 1);
            }
        }
    }

    private boolean isLineEnd(int index) {
        return index < text.length() && (text.charAt(index) == '\n' || text.charAt(index) == '\r');
    }

    private static Unclear unclear(String reason, int from, int to) {
        return new Unclear(reason, new Span(from, to));
    }

    private Token token(char c) throws Unclear {
        int from = at;
        return switch (c) {
            case '\n', '\r', ';' -> mark(";", 1);
            case '|', '&' -> {
                String twice = "" + c + c;
                yield text.startsWith(twice, at) ? mark(twice, 2) : mark(String.valueOf(c), 1);
            }
            case ',' -> mark(",", 1);
            case '>' -> redirect(from);
            case '(', ')' -> throw unclear("an expression in parentheses", from, from + 1);
            case '}' -> throw unclear("a `}` without its `{`", from, from + 1);
            case '<' -> throw unclear("`<`, which PowerShell does not know", from, from + 1);
            case '{' -> block();
            case '@' -> hereString();
            default -> {
                boolean stream = (c >= '1' && c <= '6') || c == '*';
                if (stream && at + 1 < text.length() && text.charAt(at + 1) == '>') {
                    at++;
                    yield redirect(from);
                }
                yield word();
            }
        };
    }

    private Token mark(String shown, int length) {
        at += length;
        return new Token.Mark(shown, new Span(at - length, at));
    }

    private Token redirect(int from) {
        at++;
        boolean append = at < text.length() && text.charAt(at) == '>';
        if (append) {
            at++;
        }
        boolean copies =
                !append
                        && at + 1 < text.length()
                        && text.charAt(at) == '&'
                        && (text.charAt(at + 1) == '1' || text.charAt(at + 1) == '2');
        if (copies) {
            at += 2;
        }
        return new Token.Redirect(append, copies, new Span(from, at));
    }

    /** A script block, as it stands; nothing in it is read here. */
    private Token block() throws Unclear {
        int from = at;
        int end = text.indexOf('}', from);
        int inner = text.indexOf('{', from + 1);
        if (end < 0 || (inner >= 0 && inner < end)) {
            throw unclear("a script block", from, Math.max(from + 1, end));
        }
        at = end + 1;
        return new Token.Word(null, text.substring(from, at), false, new Span(from, at));
    }

    private Token hereString() throws Unclear {
        int from = at;
        char quote = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if ((quote != '\'' && quote != '"') || !isLineEnd(at + 2)) {
            throw unclear("`@`: a table, an array or words from a variable", from, from + 1);
        }
        int start = from + (text.startsWith("\r\n", from + 2) ? 4 : 3);
        int end = text.indexOf("\n" + quote + "@", start - 1);
        if (end < 0) {
            throw unclear("a text block without an end", from, text.length());
        }
        at = end + 3;
        ended(from);
        String body = end < start ? "" : text.substring(start, end);
        if (body.endsWith("\r")) {
            body = body.substring(0, body.length() - 1);
        }
        if (quote == '"' && body.contains("$(")) {
            throw unclear("a command inside a text", from, at);
        }
        for (int i = body.indexOf('$'); quote == '"' && i >= 0; i = body.indexOf('$', i + 1)) {
            noDrive(body, i);
        }
        boolean constant = quote == '\'' || (body.indexOf('$') < 0 && body.indexOf('`') < 0);
        return new Token.Word(
                constant ? body : null, text.substring(from, at), false, new Span(from, at));
    }

    private Token word() throws Unclear {
        int from = at;
        char first = text.charAt(at);
        StringBuilder value = new StringBuilder();
        boolean constant = true;
        boolean glob = false;
        if (first == '\'' || first == '"') {
            constant = quoted(value);
            ended(from);
        } else {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (" \t\n\r;|&,(){}<>".indexOf(c) >= 0) {
                    if (c == '(' || c == '{') {
                        throw unclear("an expression inside a word", from, at + 1);
                    }
                    break;
                }
                if (c == '\'' || c == '"') {
                    constant &= quoted(value);
                } else if (c == '`') {
                    if (at + 1 >= text.length() || isLineEnd(at + 1)) {
                        throw unclear("a backtick inside a word at the end of a line", from, at);
                    }
                    at++;
                    escape(value);
                } else if (c == '$') {
                    if (at + 1 < text.length() && text.charAt(at + 1) == '(') {
                        throw unclear("a command inside a word", from, at + 2);
                    }
                    String known = known(false);
                    if (known == null) {
                        constant = false;
                        variable();
                    } else {
                        value.append(known);
                    }
                } else {
                    glob |= c == '*' || c == '?' || c == '[';
                    value.append(c);
                    at++;
                }
            }
        }
        return new Token.Word(
                constant ? value.toString() : null,
                text.substring(from, at),
                glob,
                new Span(from, at));
    }

    /** After a quotation the word has to end: what follows may read a property or call a method. */
    private void ended(int from) throws Unclear {
        if (at < text.length() && " \t\n\r;|&,)}>".indexOf(text.charAt(at)) < 0) {
            throw unclear("letters right after a quotation", from, at + 1);
        }
    }

    /**
     * Steps over a variable whose value is known; null, and no step, at any other.
     *
     * @param quoted whether it stands in a text, where no property is read
     */
    private @Nullable String known(boolean quoted) {
        Matcher name = NAME.matcher(text).region(at + 1, text.length());
        if (variables == null || !name.lookingAt()) {
            return null;
        }
        String called = name.group(1) == null ? name.group(2) : name.group(1);
        int end = name.end();
        Matcher property = PROPERTY.matcher(text).region(end, text.length());
        if (!quoted && property.lookingAt()) {
            called += property.group();
            end = property.end();
        }
        boolean more = end < text.length() && "[.(:".indexOf(text.charAt(end)) >= 0;
        String value = more && !quoted ? null : variables.get(called);
        if (value != null) {
            at = end;
        }
        return value;
    }

    /** Those in front of the colon of a name that name no drive; of others a file is read. */
    private static final Set<String> SCOPES =
            Set.of(
                    "env",
                    "global",
                    "local",
                    "private",
                    "script",
                    "using",
                    "workflow",
                    "variable",
                    "function",
                    "alias");

    /** {@code ${c:/x}} is what is in the file, and {@code $c:x} too. */
    private void noDrive(String text, int dollar) throws Unclear {
        int most = Math.min(text.length(), dollar + 1 + LONGEST_NAME);
        Matcher name = NAME.matcher(text).region(dollar + 1, most);
        if (!name.lookingAt()) {
            if (most < text.length() && text.charAt(dollar + 1) == '{') {
                throw unclear("a variable of a long name");
            }
            return;
        }
        String called = name.group(1) == null ? name.group(2) : name.group(1);
        int colon = called.indexOf(':');
        boolean drive = colon >= 0 && !SCOPES.contains(LowerCase.of(called.substring(0, colon)));
        if (drive || called.indexOf('`') >= 0) {
            throw unclear("a variable that may be a file");
        }
    }

    /** What is here is not understood; at the end of the text that is its last letter. */
    private Unclear unclear(String why) {
        int here = Math.max(0, Math.min(at, text.length() - 1));
        return unclear(why, here, here + 1);
    }

    private void variable() throws Unclear {
        noDrive(text, at);
        at++;
        if (at < text.length() && text.charAt(at) == '{') {
            int end = text.indexOf('}', at);
            if (end < 0) {
                throw unclear("a variable name without an end", at, text.length());
            }
            at = end + 1;
        }
    }

    /** Reads one quotation; whether it is constant. */
    private boolean quoted(StringBuilder value) throws Unclear {
        int from = at;
        char quote = text.charAt(at++);
        boolean constant = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == quote) {
                boolean twice = at + 1 < text.length() && text.charAt(at + 1) == quote;
                at += twice ? 2 : 1;
                if (!twice) {
                    return constant;
                }
                value.append(quote);
            } else if (quote == '"' && c == '`' && at + 1 < text.length()) {
                at++;
                escape(value);
            } else if (quote == '"' && c == '$' && at + 1 < text.length()) {
                char next = text.charAt(at + 1);
                if (next == '(') {
                    throw unclear("a command inside a text", at, at + 2);
                }
                String known = known(true);
                if (known != null) {
                    value.append(known);
                    continue;
                }
                noDrive(text, at);
                constant &= !Character.isLetterOrDigit(next) && "_{:?^$".indexOf(next) < 0;
                value.append(c);
                at++;
            } else {
                value.append(c);
                at++;
            }
        }
        throw unclear("a quotation without an end", from, text.length());
    }

    private void escape(StringBuilder value) throws Unclear {
        char c = text.charAt(at++);
        String control = controls(c);
        if (control != null) {
            value.append(control);
        } else if (c == 'u' && at < text.length() && text.charAt(at) == '{') {
            throw unclear("a letter given by number", at - 2, at + 1);
        } else {
            value.append(c);
        }
    }

    private static @Nullable String controls(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '0' -> "\0";
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'v' -> "\u000b";
            case 'e' -> "\u001b";
            default -> null;
        };
    }
}
