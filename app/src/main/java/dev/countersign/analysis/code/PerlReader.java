package dev.countersign.analysis.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Perl, as far as one-liners go. */
final class PerlReader extends Reader {
    private static final Set<String> WORDS =
            words(
                    """
                    my our local if elsif else unless while until for foreach last next redo return and or
                    not xor x lt gt le ge eq ne cmp print printf say sprintf join split map grep sort
                    reverse keys values each exists delete defined undef scalar wantarray push pop shift
                    unshift splice length substr index rindex uc lc ucfirst lcfirst chomp chop chr ord
                    abs int sqrt sin cos exp log hex oct rand srand time localtime gmtime die warn exit
                    ref pack unpack pos quotemeta lcfirst eof STDIN STDOUT STDERR END strict warnings
                    utf8 sum
                    """);

    private static final Map<String, String> CALLS =
            table(
                    """
                    unlink = run rm -f $*
                    rmdir = run rmdir $*
                    mkdir = run mkdir $0
                    rename move = run mv $0 $1
                    copy cp = run cp $0 $1
                    symlink = run ln -s $0 $1
                    link = run ln $0 $1
                    chmod = run chmod u+s $1
                    truncate = run truncate -s 0 $0
                    rmtree remove_tree = run rm -rf $*
                    mkpath make_path = run mkdir -p $*
                    kill = run kill $1
                    chdir = move
                    exec = process
                    system = process
                    open = open
                    sysopen = write $1
                    opendir = read $1
                    """);

    private static final Set<String> QUIET_NAMES =
            words("HOME PATH USER PWD SHELL LANG TERM TMPDIR CI EDITOR HOSTNAME");

    PerlReader(String text, List<String> arguments) {
        super(new PerlLexer(text), arguments);
        for (int i = 0; i < tokens.size(); i++) {
            if (is(i, "=") && isName(i - 1) && text(i - 1).startsWith("$")) {
                int end = i + 1;
                while (end < tokens.size() && !is(end, ";") && end < i + 60) {
                    end++;
                }
                if (bound.add(text(i - 1)) && end < i + 60) {
                    constants.put(text(i - 1), new Range(i + 1, end));
                } else {
                    constants.remove(text(i - 1));
                }
            }
        }
        // A variable may be changed in more ways than are told apart.
        for (int i = 0; i < tokens.size(); i++) {
            boolean declared = is(i - 1, "my") && is(i + 1, "=");
            if (isName(i)
                    && text(i).startsWith("$")
                    && bound.contains(text(i))
                    && !declared
                    && !isRead(i)) {
                constants.remove(text(i));
            }
        }
        for (int i = 0; i < tokens.size(); i++) {
            check(i);
        }
    }

    private boolean isRead(int i) {
        return (is(i + 1, ";")
                        || is(i + 1, ")")
                        || is(i + 1, ",")
                        || is(i + 1, ".")
                        || i + 1 == tokens.size())
                && !is(i - 1, "chomp")
                && !is(i - 1, "my");
    }

    @Override
    boolean joins(int i) {
        return is(i, ".");
    }

    @Override
    int special(int i, int to, StringBuilder out, int depth) {
        boolean home =
                is(i, "$ENV")
                        && is(i + 1, "{")
                        && pair(i + 1) == i + 3
                        && text(i + 2).replaceAll("['\"]", "").equals("HOME");
        if (home) {
            out.append(HOME);
            return i + 4;
        }
        boolean argument =
                is(i, "$ARGV")
                        && is(i + 1, "[")
                        && pair(i + 1) == i + 3
                        && text(i + 2).length() == 1;
        if (argument) {
            int index = text(i + 2).charAt(0) - '0';
            if (index >= 0 && index < arguments.size()) {
                out.append(arguments.get(index));
                return i + 4;
            }
        }
        return -1;
    }

    /** The arguments behind a name, with or without brackets. */
    private List<Range> given(int i) {
        if (is(i + 1, "(") && pair(i + 1) > 0) {
            return split(i + 1);
        }
        int end = i + 1;
        while (end < tokens.size()
                && !is(end, ";")
                && !is(end, "}")
                && !is(end, ")")
                && !is(end, "or")
                && !is(end, "and")
                && !is(end, "if")
                && !is(end, "unless")
                && !is(end, "for")
                && !is(end, "||")) {
            int close = pair(end);
            end = close > end ? close + 1 : end + 1;
        }
        return split(i + 1, end);
    }

    private void check(int i) {
        Token token = tokens.get(i);
        switch (token.kind()) {
            case NAME -> name(i, token);
            case SIGN -> {
                boolean call =
                        is(i, "(")
                                && (is(i - 1, "->")
                                        || is(i - 1, "]")
                                        || (is(i - 1, "}") && !isBlock(pair(i - 1) - 1)));
                boolean method =
                        is(i, "->")
                                && ((!is(i + 1, "[") && !is(i + 1, "{"))
                                        || is(pair(i + 1) + 1, "="));
                boolean odd =
                        token.text().equals("?!")
                                || token.text().equals("::")
                                || is(i, "<<")
                                || is(i, "`");
                if (call || method || odd) {
                    unread(token);
                }
            }
            case TEMPLATE -> {
                if (token.text().equals("`")) {
                    record(new Effect.Shell(token.value(), token.from()));
                    if (token.value() == null) {
                        unread(token);
                    }
                }
            }
            case NUMBER, STRING, REGEX, LINE -> {}
        }
    }

    /** Whether a word takes a block in front of its arguments. */
    private boolean isBlock(int word) {
        return is(word, "map") || is(word, "grep") || is(word, "sort");
    }

    private void name(int i, Token token) {
        String name = token.text();
        char sigil = name.charAt(0);
        if (sigil == '$' || sigil == '@' || sigil == '%') {
            variable(i, token);
            return;
        }
        boolean key = (is(i - 1, "{") && is(i + 1, "}")) || is(i + 1, "=>");
        int before = is(i - 2, "}") && pair(i - 2) > 0 ? pair(i - 2) - 1 : i - 2;
        boolean variable = isName(before) && text(before).startsWith("$");
        if (key && (is(i + 1, "=>") || variable || is(i - 2, "->"))) {
            return;
        }
        if (is(i - 1, "->") || is(i - 1, "::") || is(i + 1, "::")) {
            unread(token);
        }
        String spec = CALLS.get(name);
        if (spec != null) {
            call(i, name, spec);
            if (!resolved.contains(i)) {
                unread(token);
            }
            return;
        }
        if (name.equals("use")
                && (is(i + 1, "strict") || is(i + 1, "warnings") || is(i + 1, "utf8"))
                && (is(i + 2, ";") || i + 2 == tokens.size())) {
            return;
        }
        if (!WORDS.contains(name) || name.equals("sum")) {
            unread(token);
        }
    }

    private void variable(int i, Token token) {
        String name = token.text().replaceFirst("^[$@%#]+", "");
        switch (name) {
            case "ENV" -> {
                String key = text(i + 2).replaceAll("['\"]", "");
                boolean one = is(i + 1, "{") && pair(i + 1) == i + 3;
                boolean changed = !token.text().equals("%ENV") && is(i + 4, "=");
                if (changed || (one && !is(i - 1, "local") && is(i + 4, "=~"))) {
                    unread(token);
                }
                if (!one || !QUIET_NAMES.contains(key)) {
                    record(new Effect.Environment(token.from()));
                    if (!one && !token.text().startsWith("%")) {
                        unread(token);
                    }
                }
            }
            case "ARGV" -> {
                boolean element =
                        token.text().equals("$ARGV")
                                && is(i + 1, "[")
                                && pair(i + 1) == i + 3
                                && !is(i + 4, "=")
                                && !is(i + 4, "=~");
                boolean printed = is(i - 1, "print") || is(i - 1, "scalar") || is(i - 1, ",");
                if (!element
                        && !(printed
                                && (is(i + 1, ";") || i + 1 == tokens.size() || is(i + 1, ")")))) {
                    unread(token);
                }
            }
            case "INC",
                    "SIG",
                    "ISA",
                    "ARGVOUT",
                    "STDIN",
                    "DATA",
                    "EXPORT",
                    "AUTOLOAD",
                    "INIT",
                    "main" ->
                    unread(token);
            default -> {
                if (token.text().contains("::")) {
                    unread(token);
                }
            }
        }
    }

    private void call(int i, String name, String spec) {
        if (full()) {
            return;
        }
        List<Range> given = given(i);
        switch (spec) {
            case "open" -> open(i, given);
            case "process" -> process(i, name, given);
            default ->
                    apply(
                            spec,
                            i,
                            given,
                            !is(i + 1, "{")
                                    && !spec.startsWith("run chmod")
                                    && !spec.startsWith("run kill"));
        }
    }

    private void process(int i, String name, List<Range> given) {
        boolean lone = given.size() == 1;
        if (lone) {
            apply("shell $0", i, given, !is(i + 1, "{") && name.equals("system"));
            return;
        }
        List<@Nullable String> words = new ArrayList<>();
        for (Range part : given) {
            words.add(constant(part));
        }
        if (words.isEmpty()) {
            words.add(null);
        }
        record(new Effect.Run(words, tokens.get(i).from()));
        if (!words.contains(null) && name.equals("system")) {
            resolved.add(i);
        }
    }

    private void open(int i, List<Range> given) {
        int at = tokens.get(i).from();
        String mode = given.size() > 1 ? constant(given.get(1)) : null;
        if (given.size() == 3 && mode != null) {
            String file = path(constant(given.get(2)));
            String kind = mode.strip();
            if (kind.startsWith("|") || kind.endsWith("|") || kind.startsWith("-|")) {
                record(new Effect.Fed(constant(given.get(2)), at));
                return;
            }
            boolean read = kind.equals("<") || kind.startsWith("<:");
            record(new Effect.Open(!read, file, at));
            if (file != null) {
                resolved.add(i);
            }
            return;
        }
        if (given.size() == 2 && mode != null) {
            String text = mode.strip();
            if (text.startsWith("|") || text.endsWith("|")) {
                record(
                        new Effect.Fed(
                                text.startsWith("|")
                                        ? text.substring(1)
                                        : text.substring(0, text.length() - 1),
                                at));
            } else if (text.startsWith(">") || text.startsWith("+")) {
                record(new Effect.Open(true, path(text.replaceFirst("^[+<>]+", "").strip()), at));
            } else {
                record(new Effect.Open(false, path(text.replaceFirst("^<", "").strip()), at));
            }
            return;
        }
        boolean runs = mode != null && mode.indexOf('|') >= 0;
        if (runs) {
            List<@Nullable String> words = new ArrayList<>();
            for (Range part : given.subList(2, given.size())) {
                words.add(constant(part));
            }
            record(new Effect.Run(words, at));
            return;
        }
        record(new Effect.Open(true, null, at));
    }
}
