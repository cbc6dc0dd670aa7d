package dev.countersign.analysis.code;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Awk: what it writes, reads and runs beside its input. */
final class AwkReader extends Reader {
    private static final Set<String> WORDS =
            words(
                    """
                    BEGIN END BEGINFILE ENDFILE break case continue default delete do else exit for
                    func function if in next nextfile print printf return switch while getline
                    and asort asorti atan2 close compl cos exp fflush gensub gsub index int isarray
                    length log lshift match mkbool mktime or patsplit rand rshift sin split sprintf
                    sqrt srand strftime strtonum sub substr systime tolower toupper typeof xor
                    """);

    /** Variables that change what awk reads or which functions there are. */
    private static final Set<String> POWERFUL =
            words(
                    "ARGV ARGC SYMTAB FUNCTAB system extension ENVIRON PROCINFO dcgettext bindtextdomain");

    private static final Set<String> QUIET_NAMES =
            words("HOME PATH USER PWD SHELL LANG TERM TMPDIR CI EDITOR HOSTNAME");

    /** Whether it starts other programs, which the environment would steer. */
    private boolean runs;

    AwkReader(String text) {
        super(new AwkLexer(text), List.of());
        for (int i = 0; i < tokens.size(); i++) {
            if (is(i, "function") || is(i, "func")) {
                bound.add(text(i + 1));
            }
        }
        for (Token token : tokens) {
            runs |= token.is("system") || token.text().startsWith("|");
        }
        for (int i = 0; i < tokens.size(); i++) {
            check(i);
        }
    }

    private void check(int i) {
        Token token = tokens.get(i);
        if (token.name()) {
            name(i, token);
        } else if (token.sign()) {
            switch (token.text()) {
                case "|" -> pipe(i);
                case "|&" -> {
                    record(new Effect.Fed(null, token.from()));
                    unread(token);
                }
                case ">", ">>" -> redirection(i);
                case "<" -> input(i);
                case "@", "?!" -> unread(token);
                default -> {}
            }
        }
    }

    private void name(int i, Token token) {
        String name = token.text();
        if (name.equals("system")) {
            List<Range> given = is(i + 1, "(") ? split(i + 1) : List.of();
            apply("shell $0", i, given, true);
            if (!resolved.contains(i)) {
                unread(token);
            }
            return;
        }
        if (name.equals("ENVIRON") || name.equals("PROCINFO")) {
            boolean one =
                    is(i + 1, "[") && pair(i + 1) == i + 3 && isKind(i + 2, Token.Kind.STRING);
            String key = one ? String.valueOf(tokens.get(i + 2).value()) : "";
            boolean quiet =
                    name.equals("ENVIRON") ? QUIET_NAMES.contains(key) : key.equals("sorted_in");
            boolean changed = name.equals("ENVIRON") && runs;
            if (!quiet) {
                record(new Effect.Environment(token.from()));
            }
            if (changed) {
                unread(token);
            }
            return;
        }
        boolean called = is(i + 1, "(") && tokens.get(i + 1).from() == token.to();
        boolean fine =
                WORDS.contains(name)
                        || (!POWERFUL.contains(name) && (!called || bound.contains(name)));
        if (!fine) {
            unread(token);
        }
    }

    private boolean ends(int i) {
        return i >= tokens.size()
                || isKind(i, Token.Kind.LINE)
                || is(i, ";")
                || is(i, "}")
                || is(i, ")");
    }

    private @Nullable String only(int i) {
        return isKind(i, Token.Kind.STRING) && ends(i + 1) ? tokens.get(i).value() : null;
    }

    private void pipe(int i) {
        int at = tokens.get(i).from();
        if (is(i + 1, "getline")) {
            boolean alone =
                    i < 2
                            || is(i - 2, "{")
                            || is(i - 2, "(")
                            || is(i - 2, ";")
                            || is(i - 2, "!")
                            || is(i - 2, "&&")
                            || isKind(i - 2, Token.Kind.LINE);
            boolean constant = alone && isKind(i - 1, Token.Kind.STRING);
            String text = constant ? tokens.get(i - 1).value() : null;
            record(new Effect.Shell(text, at));
            if (text == null) {
                unread("`| getline`");
            }
            return;
        }
        String text = only(i + 1);
        record(new Effect.Fed(text, at));
        if (text == null) {
            unread("`|`");
        }
    }

    /** The last {@code >} that belongs to a print, or -1. */
    private int redirects = -1;

    /** Whether a {@code >} belongs to a print, so that it redirects. */
    private boolean prints(int i) {
        boolean prints = looksBack(i);
        redirects = prints ? i : redirects;
        return prints;
    }

    private boolean looksBack(int i) {
        for (int k = i - 1; k >= 0; k--) {
            if (i - k > 400 || (k == redirects && around(k) == around(i))) {
                return true;
            }
            if (k == around(i)) {
                return false;
            }
            if (is(k, "print") || is(k, "printf")) {
                return true;
            }
            boolean goesOn = is(k - 1, ",") || is(k - 1, "&&") || is(k - 1, "||");
            boolean line = isKind(k, Token.Kind.LINE) && !goesOn && !isKind(k - 1, Token.Kind.LINE);
            if (is(k, ";") || is(k, "{") || is(k, "}") || line) {
                return false;
            }
            if (pair(k) >= 0 && pair(k) < k) {
                k = pair(k);
            }
        }
        return false;
    }

    private void redirection(int i) {
        if (!prints(i)) {
            return;
        }
        file(i, only(i + 1), true);
        if (isKind(i + 1, Token.Kind.STRING) && isKind(i + 2, Token.Kind.STRING)) {
            // Several texts are one name, or the first of them is; that is said above.
            StringBuilder name = new StringBuilder();
            for (int k = i + 1; isKind(k, Token.Kind.STRING); k++) {
                name.append(tokens.get(k).value());
            }
            file(i, name.toString(), true);
        }
    }

    private void input(int i) {
        boolean reads = false;
        for (int k = i - 1; k >= 0 && k > i - 8; k--) {
            reads |= is(k, "getline");
        }
        if (reads) {
            file(i, isKind(i + 1, Token.Kind.STRING) ? tokens.get(i + 1).value() : null, false);
        }
    }

    private void file(int i, @Nullable String path, boolean write) {
        if (path != null && path.equals("-") && !write) {
            return;
        }
        record(new Effect.Open(write, path(path), tokens.get(i).from()));
        if (path == null || path.startsWith("/inet")) {
            unread("`" + text(i) + "`");
        }
    }
}
