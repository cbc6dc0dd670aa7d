package dev.countersign.analysis.powershell;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Evaluation.Unknown;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns PowerShell text into the simple commands it would run. Pipelines of commands with plain
 * arguments are followed; at the first thing beyond that the rest is unknown, with its reason.
 */
public final class PowerShellText {
    private static final int MAX_LENGTH = 65_536;
    private static final int MOST_COMMANDS = 200;

    private static final Set<String> KEYWORDS =
            Set.of(
                    "begin",
                    "break",
                    "catch",
                    "class",
                    "clean",
                    "configuration",
                    "continue",
                    "data",
                    "define",
                    "do",
                    "dynamicparam",
                    "else",
                    "elseif",
                    "end",
                    "enum",
                    "exit",
                    "filter",
                    "finally",
                    "for",
                    "foreach",
                    "from",
                    "function",
                    "hidden",
                    "if",
                    "in",
                    "inlinescript",
                    "parallel",
                    "param",
                    "process",
                    "return",
                    "sequence",
                    "static",
                    "switch",
                    "throw",
                    "trap",
                    "try",
                    "until",
                    "using",
                    "var",
                    "while",
                    "workflow");

    /** Variables that only tell something, which shows what they hold. */
    private static final Pattern SHOWN =
            Pattern.compile(
                    "(?i)\\$(pwd|home|pshome|psversiontable|pid|profile|true|false|null|iswindows"
                            + "|islinux|ismacos|lastexitcode|\\?)(\\.[A-Za-z]+)*");

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:/[^:*?\\[]*");

    private final Context context;
    private final List<Invocation> invocations = new ArrayList<>();
    private final List<Unknown> unknowns = new ArrayList<>();
    private final List<Token> tokens;
    private final String text;
    private @Nullable String directory;

    /** Where a command runs instead when a move before it failed. */
    private final Set<String> elsewhere = new LinkedHashSet<>();

    /** Places that were left by moves which may turn out to have failed. */
    private final Set<String> left = new LinkedHashSet<>();

    /** Where {@code Push-Location} came from. */
    private final Deque<String> stack = new ArrayDeque<>();

    private int at;

    private PowerShellText(String text, Context context, List<Token> tokens) {
        this.text = text;
        this.context = context;
        this.tokens = tokens;
        this.directory = context.cwd();
    }

    /** Starts in {@code context.cwd()}. Never throws; linear in the length of the text. */
    public static Evaluation evaluate(String text, Context context) {
        Span whole = new Span(0, text.length());
        if (text.length() > MAX_LENGTH) {
            return new Evaluation(
                    List.of(),
                    List.of(
                            new Unknown(
                                    "the text is longer than " + MAX_LENGTH + " characters",
                                    whole,
                                    true)));
        }
        PowerShellText reader;
        try {
            Variables sure = Variables.sure(text, context);
            reader = new PowerShellText(text, context, new Lexer(text, sure).tokens());
        } catch (Unclear e) {
            return new Evaluation(List.of(), List.of(unknown(e)));
        }
        reader.statements();
        return new Evaluation(reader.invocations, reader.unknowns);
    }

    /**
     * The text with its variables as they may be when they are used: each holds a word that is
     * assigned to it somewhere. None when nothing is assigned.
     */
    public static List<String> guesses(String text) {
        return text.length() > MAX_LENGTH ? List.of() : Variables.guesses(text);
    }

    /** A text with its home and working directory as a Unix shell writes them. */
    public static String withFolders(String text, Context context) {
        Variables sure = Variables.sure(text, context);
        return FOLDER.matcher(text)
                .replaceAll(found -> {
                    String value = sure.get(found.group(1));
                    String home = context.home();
                    String shown =
                            value == null
                                    ? found.group()
                                    : value.startsWith(home)
                                            ? "~" + value.substring(home.length())
                                            : value.equals(context.cwd()) ? "." : value;
                    return Matcher.quoteReplacement(shown);
                });
    }

    private static final Pattern FOLDER =
            Pattern.compile("\\$\\{?((?:env:)?[A-Za-z]+)\\}?(?=[/\\\\])");

    private static Unknown unknown(Unclear e) {
        return new Unknown(
                "beyond the PowerShell that is followed: " + e.reason(), e.span(), e.beyond());
    }

    /** The parts of an argument that may be a list ({@code a, 'b c'}); none when unreadable. */
    public static List<Argument> list(Argument argument) {
        if (argument.value() != null) {
            return List.of(argument);
        }
        try {
            List<Argument> parts = new ArrayList<>();
            for (Token token : new Lexer(argument.written()).tokens()) {
                if (token instanceof Token.Word word) {
                    parts.add(
                            new Argument(
                                    word.value(), word.written(), word.glob(), argument.source()));
                }
            }
            return parts;
        } catch (Unclear e) {
            return List.of(argument);
        }
    }

    private void statements() {
        while (at < tokens.size()) {
            try {
                statement();
            } catch (Unclear e) {
                unknowns.add(unknown(e));
                if (e.beyond()) {
                    // One doubt for all that follows.
                    return;
                }
                directory = null;
                while (at < tokens.size() && !mark(";")) {
                    at++;
                }
                if (unknowns.size() >= MOST_COMMANDS) {
                    return;
                }
            }
        }
    }

    private void statement() throws Unclear {
        if (mark(";")) {
            return;
        }
        pipeline();
        if (at == tokens.size() || mark("&&")) {
            return;
        }
        elsewhere.addAll(left);
        left.clear();
        if (mark(";")) {
            return;
        }
        if (!mark("||")) {
            throw new Unclear("what stands here", tokens.get(at).span());
        }
        // Runs where the command before it failed, so a move may not have happened.
        directory = null;
    }

    private boolean mark(String wanted) {
        boolean found =
                at < tokens.size()
                        && tokens.get(at) instanceof Token.Mark mark
                        && mark.text().equals(wanted);
        at += found ? 1 : 0;
        return found;
    }

    private void pipeline() throws Unclear {
        Invocation.Input input = new Invocation.Input.Inherited();
        do {
            while (input instanceof Invocation.Input.Pipe && mark(";")) {
                // A line may end after a bar.
            }
            if (invocations.size() >= MOST_COMMANDS) {
                Span rest = new Span(span(at).from(), text.length());
                throw new Unclear("so many commands", rest, true);
            }
            command(input);
            input = new Invocation.Input.Pipe(List.of(invocations.size() - 1));
        } while (mark("|"));
    }

    private Span span(int index) {
        return index < tokens.size()
                ? tokens.get(index).span()
                : new Span(text.length(), text.length());
    }

    private void command(Invocation.Input input) throws Unclear {
        int from = span(at).from();
        boolean called = mark("&");
        if (at >= tokens.size() || !(tokens.get(at) instanceof Token.Word name)) {
            throw new Unclear("a place where a command is missing", span(at));
        }
        List<Argument> words = new ArrayList<>();
        boolean shows = name.isQuoted() || SHOWN.matcher(name.written()).matches();
        boolean text = shows && !called && isEnd(at + 1);
        if (text) {
            // A text alone is what it says.
            words.add(new Argument("Write-Output", "", false, name.span()));
        } else {
            commandWord(name, called);
        }
        List<Invocation.Redirection> redirections = new ArrayList<>();
        int to = name.span().to();
        while (at < tokens.size()) {
            Token token = tokens.get(at);
            if (token instanceof Token.Mark mark && !mark.text().equals(",")) {
                if (mark.text().equals("&")) {
                    throw new Unclear("commands in the background", token.span());
                }
                break;
            }
            if (token instanceof Token.Redirect redirect) {
                at++;
                if (!redirect.copies()) {
                    redirections.addAll(target(redirect));
                }
                to = span(at - 1).to();
                continue;
            }
            Argument word = argument(words.isEmpty());
            if (word.written().equals("--%")) {
                throw new Unclear("what follows `--%`", word.source());
            }
            words.add(word);
            to = word.source().to();
        }
        Invocation invocation =
                new Invocation(
                        words,
                        List.of(),
                        redirections,
                        directory,
                        List.copyOf(elsewhere),
                        input,
                        false,
                        new Span(from, to));
        invocations.add(invocation);
        move(words);
    }

    private boolean isEnd(int index) {
        return index >= tokens.size()
                || (tokens.get(index) instanceof Token.Mark mark
                        && (mark.text().equals("|") || mark.text().equals(";")));
    }

    private static void commandWord(Token.Word name, boolean called) throws Unclear {
        String written = name.written();
        if (name.isBlock()) {
            throw new Unclear("a script block", name.span());
        }
        if (called) {
            return;
        }
        boolean expression =
                name.isQuoted()
                        || (!Character.isLetter(written.charAt(0))
                                && "%?./\\~_".indexOf(written.charAt(0)) < 0);
        if (expression) {
            throw new Unclear("an expression", name.span());
        }
        if (written.equals(".")) {
            throw new Unclear("a script read into the session", name.span());
        }
        if (KEYWORDS.contains(LowerCase.of(written)) && !written.equalsIgnoreCase("foreach")) {
            throw new Unclear("`" + written + "`", name.span());
        }
    }

    private Argument argument(boolean first) throws Unclear {
        Token token = tokens.get(at);
        if (!(token instanceof Token.Word word)) {
            throw new Unclear("what stands here", token.span());
        }
        at++;
        if (first && word.written().equalsIgnoreCase("foreach") && !afterBar(at - 2)) {
            throw new Unclear("`foreach`", word.span());
        }
        boolean more =
                at < tokens.size()
                        && tokens.get(at) instanceof Token.Mark mark
                        && mark.text().equals(",");
        if (!more) {
            return new Argument(word.value(), word.written(), word.glob(), word.span());
        }
        int end = word.span().to();
        while (mark(",")) {
            if (at >= tokens.size() || !(tokens.get(at) instanceof Token.Word next)) {
                throw new Unclear("a list without an end", span(at));
            }
            at++;
            end = next.span().to();
        }
        Span whole = new Span(word.span().from(), end);
        return new Argument(null, text.substring(whole.from(), whole.to()), false, whole);
    }

    private boolean afterBar(int index) {
        return index >= 0
                && tokens.get(index) instanceof Token.Mark mark
                && mark.text().equals("|");
    }

    private List<Invocation.Redirection> target(Token.Redirect redirect) throws Unclear {
        if (at >= tokens.size() || !(tokens.get(at) instanceof Token.Word word)) {
            throw new Unclear("a redirection without its file", redirect.span());
        }
        at++;
        if (word.written().equalsIgnoreCase("$null")) {
            return List.of();
        }
        return List.of(
                new Invocation.Redirection(
                        redirect.append()
                                ? Invocation.Direction.APPEND
                                : Invocation.Direction.TRUNCATE,
                        new Argument(
                                inPath(word.value()), word.written(), word.glob(), word.span()),
                        new Span(redirect.span().from(), word.span().to())));
    }

    /** A path as the system writes it: the shell takes either slash everywhere. */
    private @Nullable String inPath(@Nullable String value) {
        boolean windows = context.platform().equals("windows");
        return value == null || windows ? value : value.replace('\\', '/');
    }

    /** Follows {@code Set-Location} to a plain place. */
    private void move(List<Argument> words) {
        String name = words.getFirst().value();
        if (name == null) {
            return;
        }
        switch (LowerCase.of(name)) {
            case "cd", "chdir", "sl", "set-location" -> goTo(words);
            case "pushd", "push-location" -> {
                stack.push(directory == null ? "" : directory);
                goTo(words);
            }
            case "popd", "pop-location" -> {
                String back = words.size() == 1 ? stack.poll() : null;
                directory = back == null || back.isEmpty() ? null : back;
            }
            default -> {}
        }
    }

    private void goTo(List<Argument> words) {
        Argument to = words.size() == 2 ? words.get(1) : null;
        String place = to == null ? null : to.value();
        if (directory != null) {
            left.add(directory);
        }
        directory = to == null || place == null ? null : moved(place, to);
    }

    private @Nullable String moved(String place, Argument to) {
        String path = place.replace('\\', '/');
        String base = directory;
        boolean windows = context.platform().equals("windows");
        if (windows && !to.glob() && DRIVE.matcher(path).matches()) {
            return path;
        }
        boolean plain =
                !to.glob()
                        && !path.isEmpty()
                        && path.chars().noneMatch(c -> ":*?[\0".indexOf(c) >= 0)
                        && !path.startsWith("-")
                        && !path.startsWith("+")
                        && !path.startsWith("//");
        if (!plain) {
            return null;
        }
        if (path.startsWith("/")) {
            return windows ? null : path;
        }
        if (path.equals("~") || path.startsWith("~/")) {
            return context.home() + path.substring(1);
        }
        return base == null || path.startsWith("~") ? null : base + "/" + path;
    }
}
