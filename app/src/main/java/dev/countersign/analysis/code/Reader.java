package dev.countersign.analysis.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the readers of the languages share: brackets, arguments, constants and the table of calls
 * that do something.
 *
 * <p>A program is taken for understood when every name in it is on a list of names that only
 * compute, is bound by the program itself, or belongs to a call whose effect was recorded. No
 * grammar is needed for that: what is not mentioned cannot be reached, and text that does not parse
 * does not run.
 */
abstract class Reader {
    /** More effects than this are not told apart. */
    private static final int MOST = 200;

    private static final int LONGEST = 4096;
    private static final int DEEPEST = 24;

    /** A stretch of tokens: one argument. */
    record Range(int from, int to) {
        boolean empty() {
            return from >= to;
        }
    }

    final List<Token> tokens;
    final List<String> arguments;
    final List<Effect> effects = new ArrayList<>();

    /** Names that stand once for one text. */
    final Map<String, Range> constants = new HashMap<>();

    /** Names the program binds. */
    final Set<String> bound = new HashSet<>();

    /** Tokens at which an effect was recorded whole. */
    final Set<Integer> resolved = new HashSet<>();

    /** Stands for the home folder at the start of a path. */
    static final char HOME = '\u0001';

    /** Stands behind a path that is a pattern: one of the files it matches is meant. */
    public static final char FILES = '\u0002';

    boolean moves;

    /** How many more operands of constants are looked at. */
    private int fuel = 20_000;

    private final int[] pair;
    private final int[] around;
    private @Nullable String unread;

    Reader(Lexer lexer, List<String> arguments) {
        lexer.run(lexer.text.length(), 0);
        this.tokens = lexer.tokens;
        this.unread = lexer.unread;
        this.arguments = arguments;
        this.pair = pairs(tokens);
        this.around = around(pair);
    }

    Program program() {
        return new Program(effects, unread, moves);
    }

    void unread(String reason) {
        if (unread == null) {
            unread = reason;
        }
    }

    void unread(Token token) {
        unread(
                "`"
                        + (token.text().length() > 40
                                ? token.text().substring(0, 40)
                                : token.text())
                        + "`");
    }

    private static int[] pairs(List<Token> tokens) {
        int[] pair = new int[tokens.size()];
        Arrays.fill(pair, -1);
        int[] open = new int[tokens.size() + 1];
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (!token.sign() || token.text().isEmpty()) {
                continue;
            }
            String text = token.text();
            char c = text.charAt(text.length() - 1);
            if (c == '(' || c == '[' || c == '{') {
                open[depth++] = i;
            } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
                int start = open[--depth];
                pair[start] = i;
                pair[i] = start;
            }
        }
        return pair;
    }

    private static int[] around(int[] pair) {
        int[] around = new int[pair.length];
        int inside = -1;
        for (int i = 0; i < pair.length; i++) {
            boolean closes = pair[i] >= 0 && pair[i] < i;
            inside = closes ? around[pair[i]] : inside;
            around[i] = inside;
            inside = pair[i] > i ? i : inside;
        }
        return around;
    }

    /** The innermost open bracket a token stands in, or -1. */
    int around(int i) {
        return i >= 0 && i < around.length ? around[i] : -1;
    }

    /** The bracket that belongs to this one, or -1. */
    int pair(int i) {
        return i >= 0 && i < pair.length ? pair[i] : -1;
    }

    boolean is(int i, String text) {
        return i >= 0 && i < tokens.size() && tokens.get(i).is(text);
    }

    boolean isName(int i) {
        return i >= 0 && i < tokens.size() && tokens.get(i).name();
    }

    boolean isKind(int i, Token.Kind kind) {
        return i >= 0 && i < tokens.size() && tokens.get(i).kind() == kind;
    }

    String text(int i) {
        return i >= 0 && i < tokens.size() ? tokens.get(i).text() : "";
    }

    /** The first token from {@code i} on that is no end of a line. */
    int skipLines(int i) {
        int next = i;
        while (isKind(next, Token.Kind.LINE)) {
            next++;
        }
        return next;
    }

    /** The parts between the bracket at {@code open} and its partner, split at commas. */
    List<Range> split(int open) {
        int close = pair(open);
        return close < 0 ? List.of() : split(open + 1, close);
    }

    List<Range> split(int from, int to) {
        List<Range> parts = new ArrayList<>();
        int start = skipLines(from);
        int i = start;
        while (i < to) {
            if (is(i, ",")) {
                parts.add(trimmed(start, i));
                start = skipLines(i + 1);
                i = start;
                continue;
            }
            int close = pair(i);
            i = close > i && close < to ? close + 1 : i + 1;
        }
        if (start < to) {
            parts.add(trimmed(start, to));
        }
        return parts;
    }

    private Range trimmed(int from, int to) {
        int end = to;
        while (end > from && isKind(end - 1, Token.Kind.LINE)) {
            end--;
        }
        return new Range(from, end);
    }

    // ---- constants

    @Nullable String constant(Range range) {
        return constant(range, 0);
    }

    private @Nullable String constant(Range range, int depth) {
        if (range.empty() || depth > DEEPEST) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        int i = range.from();
        boolean more = true;
        while (more) {
            int start = out.length();
            int next = operand(i, range.to(), out, depth);
            boolean whole = start > 0 && next > 0 && out.charAt(start - 1) == '/' && is(i - 1, "/");
            if (whole && out.length() > start && isAbsolute(out.charAt(start))) {
                out.delete(0, start);
            }
            if (next < 0 || out.length() > LONGEST) {
                return null;
            }
            next = skipLines(next);
            more = next < range.to();
            if (more) {
                if (glued(next)) {
                    i = next;
                } else if (joins(next)) {
                    if (text(next).equals("/")) {
                        out.append('/');
                    }
                    i = skipLines(next + 1);
                } else {
                    return null;
                }
            }
        }
        return out.toString();
    }

    private static boolean isAbsolute(char first) {
        return first == '/' || first == HOME;
    }

    /** Whether the sign joins two texts. */
    boolean joins(int i) {
        return is(i, "+");
    }

    /** Whether a text may follow another without a sign. */
    boolean glued(int i) {
        return false;
    }

    /** Appends one operand and returns the token behind it, or -1. */
    private int operand(int i, int to, StringBuilder out, int depth) {
        if (i >= to || --fuel < 0) {
            return -1;
        }
        Token token = tokens.get(i);
        if (token.kind() == Token.Kind.STRING) {
            if (token.value() == null) {
                return -1;
            }
            out.append(token.value());
            return i + 1;
        }
        if (token.is("(") && pair(i) > i && pair(i) < to) {
            String inside = constant(new Range(i + 1, pair(i)), depth + 1);
            if (inside == null) {
                return -1;
            }
            out.append(inside);
            return pair(i) + 1;
        }
        if (token.name() && constants.containsKey(token.text()) && !endsMore(i + 1, to)) {
            String value = constant(constants.get(token.text()), depth + 1);
            if (value == null) {
                return -1;
            }
            out.append(value);
            return i + 1;
        }
        return special(i, to, out, depth + 1);
    }

    private boolean endsMore(int i, int to) {
        return i < to && (is(i, ".") || is(i, "(") || is(i, "["));
    }

    /** Constants only this language has, such as a path of the home folder. */
    int special(int i, int to, StringBuilder out, int depth) {
        return -1;
    }

    final @Nullable String inner(Range range, int depth) {
        return constant(range, depth);
    }

    /** A list of constants, an unknown one null; or null when it is no list in brackets. */
    @Nullable List<@Nullable String> list(Range range) {
        if (range.empty() || pair(range.from()) != range.to() - 1) {
            return null;
        }
        if (!is(range.from(), "[") && !is(range.from(), "(")) {
            return null;
        }
        List<@Nullable String> values = new ArrayList<>();
        for (Range part : split(range.from())) {
            values.add(constant(part));
        }
        return values;
    }

    // ---- effects

    /** Whether no more effects are told apart, so that looking for them is of no use. */
    boolean full() {
        if (effects.size() >= MOST) {
            unread("more effects than are told apart");
        }
        return effects.size() >= MOST;
    }

    void record(Effect effect) {
        if (effects.size() >= MOST) {
            unread("more effects than are told apart");
            return;
        }
        effects.add(effect);
    }

    /**
     * Records what a call does.
     *
     * @param spec what it does, with {@code $0} for its first argument and {@code $*} for all
     * @param call the token its name begins at
     * @param given its arguments
     * @param clear whether no argument changes what it does
     */
    void apply(String spec, int call, List<Range> given, boolean clear) {
        int at = tokens.get(call).from();
        String[] words = spec.split(" ", -1);
        int wanted = 0;
        for (String word : words) {
            wanted =
                    word.equals("$*")
                            ? given.size()
                            : word.startsWith("$")
                                    ? Math.max(wanted, word.charAt(1) - '0' + 1)
                                    : wanted;
        }
        boolean known =
                clear
                        && (wanted == 0
                                || given.size() <= wanted
                                || words[0].equals("read")
                                || words[0].equals("write"));
        switch (words[0]) {
            case "read", "write" -> {
                String path = path(argument(given, words[1]));
                record(new Effect.Open(words[0].equals("write"), path, at));
                known &= path != null;
            }
            case "shell" -> {
                String text = shell(argument(given, words[1]));
                record(new Effect.Shell(text, at));
                known &= text != null;
            }
            case "env" -> record(new Effect.Environment(at));
            case "move" -> {
                moves = true;
                known = false;
            }
            case "run" -> {
                List<@Nullable String> argv = new ArrayList<>();
                for (String word : Arrays.asList(words).subList(1, words.length)) {
                    if (word.equals("$*")) {
                        for (Range one : given) {
                            List<@Nullable String> many = list(one);
                            if (many == null) {
                                argv.add(path(constant(one)));
                            } else {
                                many.forEach(value -> argv.add(path(value)));
                            }
                        }
                    } else {
                        argv.add(word.startsWith("$") ? path(argument(given, word)) : word);
                    }
                }
                known &= !argv.contains(null) && !given.isEmpty();
                record(new Effect.Run(argv, at));
            }
            case "argv" -> known &= argv(call, given);
            default -> throw new IllegalStateException("no effect `" + spec + "` (this is a bug)");
        }
        if (known) {
            resolved.add(call);
        }
    }

    /** A program that runs with the words of the first argument, or with all arguments. */
    boolean argv(int call, List<Range> given) {
        int at = tokens.get(call).from();
        if (given.isEmpty()) {
            record(new Effect.Shell(null, at));
            return false;
        }
        List<@Nullable String> words = list(given.getFirst());
        if (words == null) {
            words = new ArrayList<>();
            words.add(constant(given.getFirst()));
            if (given.size() > 1) {
                List<@Nullable String> rest = list(given.get(1));
                if (rest != null) {
                    words.addAll(rest);
                }
            }
        }
        words.replaceAll(Reader::word);
        record(new Effect.Run(words, at));
        return !words.isEmpty() && !words.contains(null);
    }

    @Nullable String argument(List<Range> given, String word) {
        int index = word.charAt(1) - '0';
        return index < given.size() ? constant(given.get(index)) : null;
    }

    /** A path as a shell would be given it: nothing but the home folder is special in it. */
    static @Nullable String path(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return value;
        }
        char first = value.charAt(0);
        if (first == HOME) {
            return "~" + value.substring(1).replace(String.valueOf(HOME), "~");
        }
        return first == '-' || first == '~' ? "./" + value : value;
    }

    private static @Nullable String word(@Nullable String value) {
        return value != null && value.indexOf(HOME) == 0 ? path(value) : value;
    }

    private static @Nullable String shell(@Nullable String value) {
        return value == null ? null : value.replace(String.valueOf(HOME), "$HOME");
    }

    /** A table of calls: a line is {@code name name = spec}. */
    static Map<String, String> table(String text) {
        Map<String, String> table = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf(" = ");
            if (equals > 0) {
                for (String name : line.substring(0, equals).strip().split(" +", -1)) {
                    table.put(name, line.substring(equals + 3).strip());
                }
            }
        }
        return Map.copyOf(table);
    }

    static Set<String> words(String text) {
        return Set.copyOf(Arrays.asList(text.strip().split("\\s+", -1)));
    }
}
