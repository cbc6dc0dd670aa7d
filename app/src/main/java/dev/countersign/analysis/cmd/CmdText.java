package dev.countersign.analysis.cmd;

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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns text for cmd.exe into the simple commands it would run. Lists and pipes of commands are
 * followed; blocks, loops and labels are not, and what stands between percent signs is unknown.
 */
public final class CmdText {
    private static final int MAX_LENGTH = 8_191;
    private static final int MOST_COMMANDS = 200;

    private static final Set<String> NOT_FOLLOWED =
            Set.of("for", "if", "goto", "call", "setlocal", "endlocal", "shift", "start");

    /** Commands of cmd.exe itself; their words may begin right after the name. */
    private static final Pattern BUILTIN =
            Pattern.compile(
                    "(?i)(echo|cd|chdir|dir|del|erase|rd|rmdir|md|mkdir|type|copy|move|ren|rename"
                            + "|set|cls|ver|vol|date|time|pushd|popd|exit|title|color|path|prompt"
                            + "|assoc|ftype|mklink|break|verify)([^A-Za-z0-9_-].*)");

    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Span span;
        private final boolean beyond;

        Broken(String reason, int from, int to) {
            this(reason, from, to, false);
        }

        /**
         * @param beyond whether a bound was reached
         */
        Broken(String reason, int from, int to, boolean beyond) {
            super(reason, null, false, false);
            this.span = new Span(from, to);
            this.beyond = beyond;
        }
    }

    private static final Pattern VARIABLE = Pattern.compile("%([A-Za-z_()]\\w*)%");
    private static final Pattern SETS =
            Pattern.compile("(?i)(?:^|[\\s&|(@])set\\s+(?:/[ap]\\s+)?\"?([A-Za-z_]\\w*)=");

    private final String text;
    private final Context context;

    /** Variables whose value is known, by name in small letters. */
    private final Map<String, String> variables = new HashMap<>();

    /** Where {@code pushd} came from. */
    private final Deque<String> stack = new ArrayDeque<>();

    private final List<Invocation> invocations = new ArrayList<>();
    private @Nullable String directory;

    /** Where a command runs instead when a move before it failed. */
    private final Set<String> elsewhere = new LinkedHashSet<>();

    /** Places that were left by moves which may turn out to have failed. */
    private final Set<String> left = new LinkedHashSet<>();

    private int at;

    private CmdText(String text, Context context) {
        this.text = text;
        this.context = context;
        this.directory = context.cwd();
        String home = context.home();
        boolean drive = home.length() > 1 && home.charAt(1) == ':';
        variables.put("userprofile", home);
        variables.put("homedrive", drive ? home.substring(0, 2) : "");
        variables.put("homepath", drive ? home.substring(2) : home);
        variables.put("appdata", home + "/AppData/Roaming");
        variables.put("localappdata", home + "/AppData/Local");
        if (isWindows()) {
            variables.put("programdata", "C:/ProgramData");
            variables.put("allusersprofile", "C:/ProgramData");
            variables.put("systemdrive", "C:");
            variables.put("systemroot", "C:/Windows");
            variables.put("windir", "C:/Windows");
            variables.put("programfiles", "C:/Program Files");
        }
        Matcher set = SETS.matcher(text);
        while (set.find()) {
            variables.remove(LowerCase.of(set.group(1)));
        }
    }

    private boolean isWindows() {
        return context.platform().equals("windows");
    }

    private static final int MOST_GUESSES = 3;
    private static final Pattern SET =
            Pattern.compile(
                    "(?i)(?:^|[\\s&|(@])set\\s+\"?([A-Za-z_]\\w*)=([\\w./\\\\:~*-]{1,300})");

    /**
     * The text with its variables as they may be when they are used: each holds a word the text
     * sets it to somewhere. On one line cmd.exe takes what was set before, in a file of commands
     * what the line above set.
     */
    public static List<String> guesses(String text) {
        Map<String, List<String>> words = new HashMap<>();
        Matcher set = SET.matcher(text.length() > MAX_LENGTH ? "" : text);
        while (set.find()) {
            words.computeIfAbsent(LowerCase.of(set.group(1)), _ -> new ArrayList<>())
                    .add(set.group(2));
        }
        Set<String> guesses = new LinkedHashSet<>();
        for (int i = 0; i < MOST_GUESSES && !words.isEmpty(); i++) {
            int turn = i;
            guesses.add(
                    VARIABLE.matcher(text)
                            .replaceAll(found -> {
                                List<String> all = words.get(LowerCase.of(found.group(1)));
                                String word =
                                        all == null
                                                ? found.group()
                                                : all.get(Math.min(turn, all.size() - 1));
                                return Matcher.quoteReplacement(word);
                            }));
        }
        guesses.remove(text);
        return List.copyOf(guesses);
    }

    /** Starts in {@code context.cwd()}. Never throws; linear in the length of the text. */
    public static Evaluation evaluate(String text, Context context) {
        CmdText reader = new CmdText(text, context);
        try {
            if (text.length() > MAX_LENGTH) {
                throw new Broken("more than " + MAX_LENGTH + " characters", 0, text.length(), true);
            }
            reader.unseen();
            reader.list();
            return new Evaluation(reader.invocations, List.of());
        } catch (Broken e) {
            return new Evaluation(
                    reader.invocations,
                    List.of(
                            new Unknown(
                                    "beyond what is followed of cmd: " + e.getMessage(),
                                    e.span,
                                    e.beyond)));
        }
    }

    private void unseen() throws Broken {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean control = c < ' ' && c != '\n' && c != '\r' && c != '\t';
            boolean odd = c >= 0x80 && (Character.isSpaceChar(c) || format(c));
            if (control || odd) {
                throw new Broken("a letter that cannot be seen", i, i + 1);
            }
        }
    }

    private static boolean format(char c) {
        int type = Character.getType(c);
        return type == Character.FORMAT || type == Character.CONTROL;
    }

    private void list() throws Broken {
        Invocation.Input input = new Invocation.Input.Inherited();
        while (true) {
            blanks();
            if (at >= text.length()) {
                return;
            }
            char c = text.charAt(at);
            if (c == '\n' || c == '\r') {
                at++;
                input = new Invocation.Input.Inherited();
                continue;
            }
            int before = invocations.size();
            command(input);
            input = new Invocation.Input.Inherited();
            if (at >= text.length()) {
                return;
            }
            boolean onSuccess = text.startsWith("&&", at);
            if (!onSuccess) {
                elsewhere.addAll(left);
                left.clear();
            }
            boolean twice = at + 1 < text.length() && text.charAt(at + 1) == text.charAt(at);
            switch (text.charAt(at)) {
                case '&' -> at += twice ? 2 : 1;
                case '|' -> {
                    if (twice) {
                        directory = null;
                    } else if (invocations.size() > before) {
                        input = new Invocation.Input.Pipe(List.of(invocations.size() - 1));
                    }
                    at += twice ? 2 : 1;
                }
                default -> {
                    // A line end.
                }
            }
        }
    }

    private void blanks() {
        while (at < text.length() && " \t,;=".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void command(Invocation.Input input) throws Broken {
        while (at < text.length() && text.charAt(at) == '@') {
            at++;
            blanks();
        }
        if (invocations.size() >= MOST_COMMANDS) {
            throw new Broken("so many commands", at, at, true);
        }
        int from = at;
        List<Argument> words = new ArrayList<>();
        List<Invocation.Redirection> redirections = new ArrayList<>();
        int to = from;
        while (true) {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
            if (at >= text.length() || "&|\n\r".indexOf(text.charAt(at)) >= 0) {
                break;
            }
            char c = text.charAt(at);
            if (c == '(' || c == ')') {
                throw new Broken("blocks in parentheses", at, at + 1);
            }
            boolean handle =
                    c >= '0'
                            && c <= '9'
                            && at + 1 < text.length()
                            && "<>".indexOf(text.charAt(at + 1)) >= 0;
            if (c == '<' || c == '>' || handle) {
                redirection(handle, redirections);
            } else {
                words.add(word());
                if (words.size() == 1) {
                    first(words);
                }
            }
            to = at;
        }
        if (words.isEmpty() && redirections.isEmpty()) {
            throw new Broken("a place where a command is missing", from, Math.max(from, at));
        }
        invocations.add(
                new Invocation(
                        words,
                        List.of(),
                        redirections,
                        directory,
                        List.copyOf(elsewhere),
                        input,
                        false,
                        new Span(from, Math.max(from, to))));
        move(words);
    }

    private void first(List<Argument> words) throws Broken {
        Argument word = words.getFirst();
        String value = word.value();
        if (value == null) {
            return;
        }
        String lower = LowerCase.of(value);
        if (NOT_FOLLOWED.contains(lower) || value.startsWith(":")) {
            throw new Broken("`" + value + "`", word.source().from(), word.source().to());
        }
        Matcher builtin = BUILTIN.matcher(value);
        boolean plain = !word.written().startsWith("\"") && builtin.matches();
        if (plain) {
            String rest = builtin.group(2);
            words.set(0, new Argument(builtin.group(1), builtin.group(1), false, word.source()));
            words.add(new Argument(rest, rest, false, word.source()));
        }
    }

    private Argument word() throws Broken {
        int from = at;
        StringBuilder value = new StringBuilder();
        boolean constant = true;
        boolean quoted = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n' || c == '\r') {
                break;
            }
            if (c == '"') {
                quoted = !quoted;
                // What a program makes of a backslash in front of it differs.
                constant &= value.isEmpty() || value.charAt(value.length() - 1) != '\\';
                at++;
                continue;
            }
            if (!quoted && " \t&|<>".indexOf(c) >= 0) {
                break;
            }
            if (!quoted && (c == '(' || c == ')')) {
                throw new Broken("blocks in parentheses", at, at + 1);
            }
            if (!quoted && c == '^') {
                if (at + 1 >= text.length() || "\r\n".indexOf(text.charAt(at + 1)) >= 0) {
                    throw new Broken("a line that goes on", at, at + 1);
                }
                at++;
                c = text.charAt(at);
            }
            String known = c == '%' ? known() : null;
            if (known != null) {
                value.append(known);
                continue;
            }
            constant &= c != '%' && c != '!';
            value.append(c);
            at++;
        }
        boolean glob = value.indexOf("*") >= 0 || value.indexOf("?") >= 0;
        return new Argument(
                constant ? value.toString() : null,
                text.substring(from, at),
                glob,
                new Span(from, at));
    }

    /** Steps over a variable whose value is known; null, and no step, at any other. */
    private @Nullable String known() {
        Matcher variable = VARIABLE.matcher(text).region(at, text.length());
        if (!variable.lookingAt()) {
            return null;
        }
        String name = LowerCase.of(variable.group(1));
        String value = name.equals("cd") ? directory : variables.get(name);
        if (value != null) {
            at = variable.end();
        }
        return value;
    }

    private void redirection(boolean handle, List<Invocation.Redirection> redirections)
            throws Broken {
        int from = at;
        at += handle ? 1 : 0;
        boolean reads = text.charAt(at) == '<';
        at++;
        boolean append = at < text.length() && text.charAt(at) == '>';
        at += append ? 1 : 0;
        boolean copies = at + 1 < text.length() && text.charAt(at) == '&';
        if (copies) {
            at += 2;
            return;
        }
        while (at < text.length() && " \t,;=".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        Argument target = word();
        if (target.written().isEmpty()) {
            throw new Broken("a redirection without its file", from, at);
        }
        String name = target.value();
        if (name != null && name.equalsIgnoreCase("nul")) {
            return;
        }
        redirections.add(
                new Invocation.Redirection(
                        reads
                                ? Invocation.Direction.READ
                                : append
                                        ? Invocation.Direction.APPEND
                                        : Invocation.Direction.TRUNCATE,
                        slashes(target, context),
                        new Span(from, at)));
    }

    /**
     * The same path with slashes; one that names a device, a share or, where there are none, a
     * drive is unknown.
     */
    public static Argument slashes(Argument word, Context context) {
        String value = word.value();
        if (value == null) {
            return word;
        }
        String path = value.replace('\\', '/');
        boolean drive =
                context.platform().equals("windows")
                        && path.length() > 1
                        && path.charAt(1) == ':'
                        && Character.isLetter(path.charAt(0));
        boolean elsewhere = path.startsWith("//") || path.indexOf(':', drive ? 2 : 0) >= 0;
        return new Argument(elsewhere ? null : path, word.written(), word.glob(), word.source());
    }

    private void move(List<Argument> words) {
        String name = words.isEmpty() ? null : words.getFirst().value();
        if (name == null) {
            return;
        }
        switch (LowerCase.of(name)) {
            case "cd", "chdir" -> goTo(words);
            case "pushd" -> {
                stack.push(directory == null ? "" : directory);
                goTo(words);
            }
            case "popd" -> {
                String back = stack.poll();
                directory = back == null || back.isEmpty() ? null : back;
            }
            default -> {}
        }
    }

    private void goTo(List<Argument> words) {
        List<Argument> to = new ArrayList<>(words.subList(1, words.size()));
        to.removeIf(word -> "/d".equalsIgnoreCase(word.value()));
        if (to.isEmpty()) {
            return;
        }
        Argument place = slashes(to.getFirst(), context);
        String path = place.value();
        boolean plain = to.size() == 1 && path != null && !place.glob() && !path.startsWith("/");
        if (directory != null) {
            left.add(directory);
        }
        boolean drive = path != null && path.length() > 2 && path.startsWith(":/", 1);
        boolean elsewhere = path != null && path.indexOf(':') >= 0;
        directory =
                !plain || directory == null
                        ? null
                        : drive ? path : elsewhere ? null : directory + "/" + path;
    }
}
