package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Evaluation.Unknown;
import dev.countersign.analysis.shell.Word.Part;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A recursive-descent parser over characters for what bash accepts. A backslash before a newline
 * vanishes in {@link #peek}, so before any token is cut, everywhere but in single quotes, comments
 * and quoted here-documents.
 */
final class Parser {
    static final int MAX_DEPTH = 100;
    static final int MAX_NODES = 150_000;

    /** How many times over a text may be read as arithmetic in vain. */
    private static final int MOST_RETRIED = 16;

    private static final int END = -1;
    private static final Set<String> CLOSERS =
            Set.of("then", "elif", "else", "fi", "do", "done", "esac", "}");
    private static final int LONGEST_KEYWORD = 10;

    private static final Set<String> KEYWORDS =
            Set.of(
                    "if",
                    "then",
                    "elif",
                    "else",
                    "fi",
                    "for",
                    "while",
                    "until",
                    "do",
                    "done",
                    "case",
                    "esac",
                    "in",
                    "select",
                    "function",
                    "coproc",
                    "time",
                    "{",
                    "}",
                    "!",
                    "[[");
    private static final Set<String> DECLARES =
            Set.of("declare", "typeset", "local", "export", "readonly");
    private static final Set<String> BINARY =
            Set.of(
                    "=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot",
                    "-ef");
    private static final String UNARY = "abcdefghknoprstuvwxzGLNORS";

    private enum Mode {
        NORMAL,
        REGEX,
        PATTERN
    }

    /** What is counted over a text and all texts inside it. */
    static final class Shared {
        private final Shell shell;
        private final List<Unknown> notes = new ArrayList<>();
        private final int[] ids;
        private int nodes;

        Shared(Shell shell) {
            this(shell, new int[1]);
        }

        private Shared(Shell shell, int[] ids) {
            this.shell = shell;
            this.ids = ids;
        }

        /** For text that the program makes. */
        Shared nested() {
            return new Shared(shell, ids);
        }

        List<Unknown> notes() {
            return notes;
        }
    }

    private final Chars chars;
    private final String text;
    private final int end;
    private final int lastParenthesis;
    private final Shared shared;
    private final List<Command> loose = new ArrayList<>();
    private final Set<Integer> notArithmetic = new HashSet<>(4);
    private final Set<Integer> notAssignment = new HashSet<>(4);
    private List<Redirect.Document> pending = new ArrayList<>();
    private boolean outerPending;
    private boolean inside;
    private boolean documentInside;
    private int pos;
    private int depth;
    private int retried;

    Parser(Chars chars, Shared shared, int depth) {
        this.chars = chars;
        this.text = chars.text();
        this.end = text.length();
        this.lastParenthesis = text.lastIndexOf(')');
        this.shared = shared;
        this.depth = depth;
    }

    /**
     * Parses the whole text into {@code items}. When it throws, {@code items} holds what stood
     * before the line of the error, and the simple commands found since.
     */
    void program(List<Command> items) throws SyntaxException {
        try {
            sequence(items, true);
            if (peek() != END) {
                throw unexpected();
            }
            for (Redirect.Document document : pending) {
                document.read(new Word(List.of(), "", chars.span(end, end)));
                note("here-document `" + document.delimiter() + "` has no end", end, end);
            }
        } catch (SyntaxException e) {
            items.addAll(loose);
            throw e;
        }
    }

    // ── characters ──

    private int peek() {
        while (pos + 1 < end && text.charAt(pos) == '\\' && text.charAt(pos + 1) == '\n') {
            pos += 2;
        }
        return pos < end ? text.charAt(pos) : END;
    }

    private int look(int ahead) {
        int at = pos;
        for (int left = ahead; ; left--) {
            while (at + 1 < end && text.charAt(at) == '\\' && text.charAt(at + 1) == '\n') {
                at += 2;
            }
            if (at >= end) {
                return END;
            }
            if (left == 0) {
                return text.charAt(at);
            }
            at++;
        }
    }

    private void skip(int count) {
        for (int i = 0; i < count; i++) {
            peek();
            pos++;
        }
    }

    private void blanks() {
        while (true) {
            int c = peek();
            if (c == ' ' || c == '\t') {
                pos++;
            } else if (c == '#') {
                while (pos < end && text.charAt(pos) != '\n') {
                    pos++;
                }
                return;
            } else {
                return;
            }
        }
    }

    private void newlines() throws SyntaxException {
        blanks();
        while (peek() == '\n') {
            newline();
            blanks();
        }
    }

    private void newline() throws SyntaxException {
        if (outerPending) {
            throw error("a here-document is announced around a newline in a substitution");
        }
        pos++;
        if (!pending.isEmpty()) {
            List<Redirect.Document> documents = pending;
            pending = new ArrayList<>();
            for (Redirect.Document document : documents) {
                read(document);
            }
            documentInside = inside;
        }
    }

    private static boolean meta(int c) {
        return switch (c) {
            case END, ' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')' -> true;
            default -> false;
        };
    }

    private static boolean nameStart(int c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean nameChar(int c) {
        return nameStart(c) || digit(c);
    }

    static boolean isName(String word) {
        if (word.isEmpty() || !nameStart(word.charAt(0))) {
            return false;
        }
        for (int i = 1; i < word.length(); i++) {
            if (!nameChar(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void count() throws SyntaxException {
        if (++shared.nodes > MAX_NODES) {
            throw beyond("the text is too long to be analysed");
        }
    }

    private void enter() throws SyntaxException {
        if (++depth > MAX_DEPTH) {
            throw beyond("the text is nested more than " + MAX_DEPTH + " deep");
        }
    }

    private SyntaxException error(String reason) {
        return exception(reason, false);
    }

    private SyntaxException beyond(String reason) {
        return exception(reason, true);
    }

    private SyntaxException exception(String reason, boolean beyond) {
        int at = Math.min(pos, end);
        return new SyntaxException(reason, chars.span(at, Math.min(at + 1, end)), beyond);
    }

    private SyntaxException unexpected() {
        int c = peek();
        if (c == END) {
            return error("the text ends too early");
        }
        return error("unexpected `" + (c == '\n' ? "newline" : Character.toString(c)) + "`");
    }

    private void note(String reason, int from, int to) {
        if (shared.notes.size() < 100) {
            shared.notes.add(new Unknown(reason, chars.span(from, to)));
        }
    }

    /** What a POSIX shell reads as something else, such as commands in {@code [[ a && b ]]}. */
    private void notInSh(String what, int from) {
        if (shared.shell == Shell.SH) {
            note("`" + what + "` is not read alike by every sh", from, pos);
        }
    }

    private void expect(char wanted) throws SyntaxException {
        blanks();
        if (peek() != wanted) {
            throw peek() == END ? error("`" + wanted + "` is missing") : unexpected();
        }
        pos++;
    }

    private void suspicious(int c) {
        boolean odd =
                (c < ' ' && c != '\t' && c != '\n')
                        || c == 0x7f
                        || (c >= 0x80 && oddBeyondAscii(c));
        if (odd) {
            note(
                    "character U+"
                            + String.format("%04X", c)
                            + " outside quotes may not be read as it looks",
                    pos,
                    pos + 1);
        }
    }

    private static boolean oddBeyondAscii(int c) {
        return c == 0xFEFF
                || switch (Character.getType(c)) {
                    case Character.SPACE_SEPARATOR,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.CONTROL,
                            Character.FORMAT ->
                            true;
                    default -> false;
                };
    }

    // ── lists ──

    private Command block() throws SyntaxException {
        peek();
        int from = pos;
        List<Command> items = new ArrayList<>();
        sequence(items, false);
        return new Command.Sequence(items, chars.span(from, Math.max(from, pos)));
    }

    private Command full() throws SyntaxException {
        Command block = block();
        if (block instanceof Command.Sequence sequence && sequence.items().isEmpty()) {
            throw unexpected();
        }
        return block;
    }

    private void sequence(List<Command> items, boolean top) throws SyntaxException {
        while (true) {
            newlines();
            if (stop()) {
                return;
            }
            Command command = chain();
            blanks();
            int c = peek();
            if (c == '&' && look(1) != '&') {
                if (shared.shell == Shell.ZSH && (look(1) == '!' || look(1) == '|')) {
                    note("`&!` of zsh is not analysed", pos, pos + 1);
                }
                skip(1);
                command = new Command.Background(command, command.source());
            } else if (c == ';' && look(1) != ';' && look(1) != '&') {
                if (documentInside) {
                    note(
                            "bash 5.2 may lose this `;`: it comes after a here-document in a substitution",
                            pos,
                            pos + 1);
                }
                skip(1);
            } else if (c != '\n') {
                items.add(command);
                done(top);
                return;
            }
            items.add(command);
            done(top);
        }
    }

    private void done(boolean top) {
        if (top) {
            loose.clear();
        }
    }

    private boolean stop() {
        int c = peek();
        if (c == END || c == ')') {
            return true;
        }
        if (c == ';') {
            return look(1) == ';' || look(1) == '&';
        }
        return CLOSERS.contains(keyword());
    }

    /** Where the last keyword was looked for: it is asked for at a command more than once. */
    private int keywordAt = -1;

    private String keyword = "";

    private String keyword() {
        int c = peek();
        if (!keywordLetter(c)) {
            return "";
        }
        if (pos != keywordAt) {
            keyword = keywordHere();
            keywordAt = pos;
        }
        return keyword;
    }

    private String keywordHere() {
        StringBuilder word = new StringBuilder(LONGEST_KEYWORD);
        int at = pos;
        while (word.length() < LONGEST_KEYWORD) {
            while (at + 1 < end && text.charAt(at) == '\\' && text.charAt(at + 1) == '\n') {
                at += 2;
            }
            int next = at < end ? text.charAt(at) : END;
            at++;
            if (meta(next)) {
                String found = word.toString();
                return KEYWORDS.contains(found) ? found : "";
            }
            if (!keywordLetter(next)) {
                return "";
            }
            word.append((char) next);
        }
        return "";
    }

    private static boolean keywordLetter(int c) {
        return (c >= 'a' && c <= 'z') || c == '{' || c == '}' || c == '!' || c == '[';
    }

    private void need(String word) throws SyntaxException {
        newlines();
        if (!keyword().equals(word)) {
            throw peek() == END ? error("`" + word + "` is missing") : unexpected();
        }
        skip(word.length());
    }

    private Command chain() throws SyntaxException {
        Command first = pipeline();
        List<Command> items = null;
        List<Boolean> and = null;
        while (true) {
            blanks();
            int c = peek();
            if ((c != '&' && c != '|') || look(1) != c) {
                break;
            }
            skip(2);
            newlines();
            if (items == null || and == null) {
                items = new ArrayList<>();
                and = new ArrayList<>();
                items.add(first);
                and.add(true);
            }
            items.add(pipeline());
            and.add(c == '&');
        }
        return items == null || and == null
                ? first
                : new Command.Chain(
                        items, and, items.getFirst().source().union(items.getLast().source()));
    }

    private Command pipeline() throws SyntaxException {
        blanks();
        int from = pos;
        boolean negated = false;
        boolean prefixed = false;
        while (true) {
            String word = keyword();
            if (word.equals("!")) {
                negated = true;
                skip(1);
            } else if (word.equals("time") && !timeProgram()) {
                skip(4);
                blanks();
                if (peek() == '-' && look(1) == 'p' && meta(look(2))) {
                    skip(2);
                    blanks();
                }
                if (peek() == '-' && look(1) == '-' && meta(look(2))) {
                    skip(2);
                }
            } else {
                break;
            }
            prefixed = true;
            blanks();
        }
        int c = peek();
        if (prefixed && (c == END || c == '\n' || (c == ';' && look(1) != ';' && look(1) != '&'))) {
            return new Command.Simple(List.of(), List.of(), List.of(), chars.span(from, pos));
        }
        int mark = loose.size();
        List<Command> stages = new ArrayList<>(2);
        stages.add(command());
        while (true) {
            blanks();
            if (peek() != '|' || look(1) == '|') {
                break;
            }
            skip(1);
            if (peek() == '&') {
                skip(1);
            }
            newlines();
            try {
                stages.add(command());
            } catch (SyntaxException e) {
                broken(mark, stages, chars.span(from, pos));
                throw e;
            }
        }
        if (stages.size() == 1 && !negated) {
            return stages.getFirst();
        }
        Command pipeline =
                new Command.Pipeline(
                        stages, negated, chars.span(from, from).union(stages.getLast().source()));
        keep(mark, pipeline);
        return pipeline;
    }

    /** Whether {@code time} is the program of that name, as in a POSIX shell before plain words. */
    private boolean timeProgram() throws SyntaxException {
        if (shared.shell != Shell.SH) {
            return false;
        }
        int from = pos;
        skip(4);
        blanks();
        boolean plain = !meta(peek()) && keyword().isEmpty();
        pos = from;
        return plain;
    }

    // ── commands ──

    private Command command() throws SyntaxException {
        count();
        enter();
        blanks();
        int from = pos;
        int mark = loose.size();
        String word = keyword();
        Command command;
        if (word.isEmpty()) {
            command = peek() == '(' ? parenthesis(from) : simple();
        } else {
            command =
                    switch (word) {
                        case "if" -> conditional(from);
                        case "for", "select" -> forLoop(from, word);
                        case "while", "until" -> whileLoop(from, word);
                        case "case" -> choice(from);
                        case "{" -> group(from);
                        case "[[" -> test(from);
                        case "function" -> function(from);
                        case "coproc" -> coprocess(from);
                        case "in", "time" -> simple();
                        default -> throw unexpected();
                    };
        }
        if (!(command instanceof Command.Simple)) {
            command = redirected(command);
        }
        keep(mark, command);
        depth--;
        return command;
    }

    private Command redirected(Command command) throws SyntaxException {
        List<Redirect> redirects = new ArrayList<>(0);
        while (true) {
            blanks();
            Redirect redirect = redirect();
            if (redirect == null) {
                break;
            }
            redirects.add(redirect);
        }
        if (redirects.isEmpty()) {
            return command;
        }
        return new Command.Redirected(
                command, redirects, command.source().union(redirects.getLast().source()));
    }

    private Command parenthesis(int from) throws SyntaxException {
        if (look(1) == '(' && !notArithmetic.contains(pos)) {
            int start = pos;
            skip(2);
            Word text = arithmetic();
            if (text != null) {
                notInSh("((", from);
                return new Command.Arithmetic(text, chars.span(from, pos));
            }
            notArithmetic.add(start);
            pos = start;
        }
        skip(1);
        Command body = full();
        expect(')');
        return new Command.Subshell(body, chars.span(from, pos));
    }

    private Command group(int from) throws SyntaxException {
        skip(1);
        Command body = full();
        need("}");
        return new Command.Group(body, chars.span(from, pos));
    }

    private Command conditional(int from) throws SyntaxException {
        skip(2);
        List<Command.Clause> clauses = new ArrayList<>(1);
        Command otherwise = null;
        while (true) {
            Command condition = full();
            need("then");
            clauses.add(new Command.Clause(condition, full()));
            String word = keyword();
            if (word.equals("elif")) {
                skip(4);
                continue;
            }
            if (word.equals("else")) {
                skip(4);
                otherwise = full();
            }
            need("fi");
            return new Command.If(clauses, otherwise, chars.span(from, pos));
        }
    }

    private Command whileLoop(int from, String word) throws SyntaxException {
        skip(word.length());
        Command condition = full();
        need("do");
        Command body = full();
        need("done");
        return new Command.While(condition, body, chars.span(from, pos));
    }

    private Command forLoop(int from, String word) throws SyntaxException {
        skip(word.length());
        blanks();
        if (word.equals("for") && peek() == '(' && look(1) == '(') {
            return counting(from);
        }
        String name = word(Mode.NORMAL).plain();
        if (name == null || !isName(name)) {
            throw error("`" + word + "` needs a name");
        }
        newlines();
        List<Word> words = null;
        if (keyword().equals("in")) {
            skip(2);
            words = new ArrayList<>();
            while (true) {
                blanks();
                int c = peek();
                if (c == ';' || c == '\n' || c == END) {
                    break;
                }
                words.add(some());
            }
            if (peek() == ';') {
                skip(1);
            } else if (peek() == END) {
                throw unexpected();
            }
        } else if (peek() == ';') {
            skip(1);
        }
        Command body = loopBody();
        return new Command.For(name, words, body, word.equals("select"), chars.span(from, pos));
    }

    private Command loopBody() throws SyntaxException {
        newlines();
        boolean braces = keyword().equals("{");
        need(braces ? "{" : "do");
        Command body = full();
        need(braces ? "}" : "done");
        return body;
    }

    private Command counting(int from) throws SyntaxException {
        skip(2);
        Word first = section(';');
        Word condition = section(';');
        Word step = section(')');
        if (peek() != ')') {
            throw unexpected();
        }
        skip(1);
        blanks();
        if (peek() == ';') {
            skip(1);
        }
        return new Command.Counting(first, condition, step, loopBody(), chars.span(from, pos));
    }

    private Word section(char close) throws SyntaxException {
        int from = pos;
        int nested = 0;
        Pieces pieces = new Pieces();
        while (true) {
            int c = peek();
            if (c == END) {
                throw error("`))` is missing");
            }
            if (c == close && nested == 0) {
                Word word = pieces.word(from, pos);
                skip(1);
                return word;
            }
            nested += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (nested < 0) {
                throw unexpected();
            }
            arithmeticPiece(pieces, c);
        }
    }

    private Command choice(int from) throws SyntaxException {
        skip(4);
        blanks();
        Word subject = some();
        need("in");
        List<Command.Branch> branches = new ArrayList<>();
        while (true) {
            newlines();
            if (keyword().equals("esac")) {
                break;
            }
            if (peek() == '(') {
                skip(1);
                blanks();
            }
            List<Word> patterns = new ArrayList<>(1);
            while (true) {
                blanks();
                patterns.add(some());
                blanks();
                if (peek() != '|') {
                    break;
                }
                skip(1);
            }
            expect(')');
            Command body = block();
            blanks();
            boolean through = false;
            if (peek() == ';') {
                if (look(1) == '&') {
                    through = true;
                    skip(2);
                } else if (look(1) == ';') {
                    skip(2);
                    if (peek() == '&') {
                        through = true;
                        skip(1);
                    }
                } else {
                    throw unexpected();
                }
                branches.add(new Command.Branch(patterns, body, through));
            } else {
                branches.add(new Command.Branch(patterns, body, false));
                newlines();
                break;
            }
        }
        need("esac");
        return new Command.Case(subject, branches, chars.span(from, pos));
    }

    private Command function(int from) throws SyntaxException {
        skip("function".length());
        blanks();
        Word word = some();
        String name = word.plain();
        if (name == null) {
            throw error("`function` needs a plain name");
        }
        blanks();
        if (peek() == '(') {
            skip(1);
            expect(')');
        }
        return functionBody(name, from);
    }

    private Command functionBody(String name, int from) throws SyntaxException {
        newlines();
        String word = keyword();
        boolean compound =
                peek() == '('
                        || switch (word) {
                            case "if", "for", "select", "while", "until", "case", "{", "[[" -> true;
                            default -> false;
                        };
        if (!compound) {
            throw unexpected();
        }
        Command body = command();
        return new Command.Function(shared.ids[0]++, name, body, chars.span(from, pos));
    }

    private Command coprocess(int from) throws SyntaxException {
        skip("coproc".length());
        blanks();
        String name = null;
        if (keyword().isEmpty() && nameStart(peek())) {
            int start = pos;
            int letters = 0;
            while (nameChar(look(letters)) && letters < 200) {
                letters++;
            }
            if (look(letters) == ' ' || look(letters) == '\t') {
                StringBuilder candidate = new StringBuilder();
                for (int i = 0; i < letters; i++) {
                    candidate.append((char) look(i));
                }
                skip(letters);
                blanks();
                boolean compound =
                        peek() == '('
                                || switch (keyword()) {
                                    case "if",
                                            "for",
                                            "select",
                                            "while",
                                            "until",
                                            "case",
                                            "{",
                                            "[[" ->
                                            true;
                                    default -> false;
                                };
                if (compound) {
                    name = candidate.toString();
                } else {
                    pos = start;
                }
            }
        }
        Command body = command();
        return new Command.Coprocess(name, body, chars.span(from, pos));
    }

    // ── simple commands ──

    private Command simple() throws SyntaxException {
        peek();
        int from = pos;
        int to = pos;
        List<Command.Assign> assigns = new ArrayList<>(0);
        List<Word> words = new ArrayList<>();
        List<Redirect> redirects = new ArrayList<>(0);
        boolean declares = false;
        try {
            while (true) {
                blanks();
                Redirect redirect = redirect();
                if (redirect != null) {
                    redirects.add(redirect);
                    to = pos;
                    continue;
                }
                int c = peek();
                if (c == '(' && words.size() == 1 && assigns.isEmpty() && redirects.isEmpty()) {
                    String name = words.getFirst().plain();
                    if (name == null) {
                        throw unexpected();
                    }
                    skip(1);
                    expect(')');
                    return functionBody(name, from);
                }
                if (meta(c) && !((c == '<' || c == '>') && look(1) == '(')) {
                    break;
                }
                if (words.isEmpty()) {
                    Command.Assign assign = assignment();
                    if (assign != null) {
                        assigns.add(assign);
                        to = pos;
                        continue;
                    }
                }
                Word word = declares ? declared() : some();
                if (words.isEmpty()) {
                    String plain = word.plain();
                    if (inside
                            && !redirects.isEmpty()
                            && plain != null
                            && KEYWORDS.contains(plain)) {
                        note(
                                "bash 5.2 takes `" + plain + "` for a keyword in a substitution",
                                from,
                                pos);
                    }
                    declares = plain != null && DECLARES.contains(plain);
                    if (shared.shell == Shell.ZSH && plain != null) {
                        zshCommand(plain, word);
                    }
                }
                words.add(word);
                to = pos;
            }
        } catch (SyntaxException e) {
            if (!words.isEmpty() || !assigns.isEmpty() || !redirects.isEmpty()) {
                loose.add(
                        new Command.Simple(
                                assigns, words, complete(redirects), chars.span(from, to)));
            }
            throw e;
        }
        if (words.isEmpty() && assigns.isEmpty() && redirects.isEmpty()) {
            throw unexpected();
        }
        Command.Simple simple = new Command.Simple(assigns, words, redirects, chars.span(from, to));
        return simple;
    }

    /** A pipeline with an error in a later stage still is one. */
    private void broken(int mark, List<Command> whole, Span span) {
        List<Command> rest = List.copyOf(loose.subList(mark + whole.size(), loose.size()));
        List<Command> stages = new ArrayList<>(whole);
        if (!rest.isEmpty()) {
            stages.add(new Command.Sequence(rest, span));
        }
        if (stages.size() > 1) {
            keep(mark, new Command.Pipeline(stages, false, span));
        }
    }

    /** Should an error follow, what is whole stands for its parts. */
    private void keep(int mark, Command whole) {
        loose.subList(mark, loose.size()).clear();
        loose.add(whole);
    }

    private static List<Redirect> complete(List<Redirect> redirects) {
        return redirects.stream()
                .filter(each -> each.document() == null || each.document().body() != null)
                .toList();
    }

    private void zshCommand(String plain, Word word) {
        switch (plain) {
            case "repeat",
                    "foreach",
                    "nocorrect",
                    "noglob",
                    "zmodload",
                    "autoload",
                    "zle",
                    "functions",
                    "aliases",
                    "emulate",
                    "disable",
                    "sched",
                    "zcompile",
                    "always",
                    "-" ->
                    shared.notes.add(
                            new Unknown("`" + plain + "` of zsh is not analysed", word.source()));
            default -> {
                if (plain.startsWith("=")) {
                    shared.notes.add(new Unknown("`=name` of zsh is not analysed", word.source()));
                }
            }
        }
    }

    private Command.@Nullable Assign assignment() throws SyntaxException {
        int from = pos;
        if (!nameStart(peek()) || notAssignment.contains(from)) {
            return null;
        }
        StringBuilder name = new StringBuilder();
        while (nameChar(peek())) {
            name.append(text.charAt(pos++));
        }
        Word subscript = null;
        if (peek() == '[') {
            skip(1);
            subscript = brackets(']');
        }
        boolean append = peek() == '+' && look(1) == '=';
        if (peek() != '=' && !append) {
            if (subscript != null && subscript.written().matches("(?s).*\\s.*")) {
                throw error("a subscript with blanks needs `=` behind it");
            }
            notAssignment.add(from);
            pos = from;
            return null;
        }
        skip(append ? 2 : 1);
        Word value = value();
        return new Command.Assign(name.toString(), subscript, append, value, chars.span(from, pos));
    }

    private Word value() throws SyntaxException {
        int c = peek();
        if (c == '(') {
            int from = pos;
            Part elements = elements();
            return new Word(List.of(elements), text.substring(from, pos), chars.span(from, pos));
        }
        if (meta(c) && !((c == '<' || c == '>') && look(1) == '(')) {
            return new Word(List.of(), "", chars.span(pos, pos));
        }
        return word(Mode.NORMAL);
    }

    private Part elements() throws SyntaxException {
        int from = pos;
        skip(1);
        enter();
        List<Word> words = new ArrayList<>();
        while (true) {
            newlines();
            if (peek() == ')') {
                skip(1);
                break;
            }
            words.add(some());
        }
        depth--;
        return new Part.Elements(words, chars.span(from, pos));
    }

    /** An argument of {@code declare} and its kin, which may be an array assignment. */
    private Word declared() throws SyntaxException {
        int from = pos;
        if (nameStart(peek())) {
            StringBuilder name = new StringBuilder();
            while (nameChar(peek())) {
                name.append(text.charAt(pos++));
            }
            int equals = peek() == '=' ? 1 : peek() == '+' && look(1) == '=' ? 2 : 0;
            if (equals > 0 && look(equals) == '(') {
                skip(equals);
                peek();
                Part elements = elements();
                return new Word(
                        List.of(
                                new Part.Literal(name + (equals == 2 ? "+=" : "="), false),
                                elements),
                        text.substring(from, pos),
                        chars.span(from, pos));
            }
            pos = from;
        }
        return some();
    }

    private Word some() throws SyntaxException {
        int c = peek();
        if (meta(c) && !((c == '<' || c == '>') && look(1) == '(')) {
            throw unexpected();
        }
        return word(Mode.NORMAL);
    }

    // ── redirections ──

    private @Nullable Redirect redirect() throws SyntaxException {
        int c = peek();
        if (c != '<' && c != '>' && c != '&' && c != '{' && !digit(c)) {
            return null;
        }
        int from = pos;
        int descriptor = -1;
        String variable = null;
        if (digit(c)) {
            int digits = 0;
            while (digit(look(digits)) && digits < 12) {
                digits++;
            }
            int after = look(digits);
            if (after != '<' && after != '>') {
                return null;
            }
            int number = 0;
            for (int i = 0; i < digits; i++) {
                number = Math.min(100_000, number * 10 + (look(i) - '0'));
            }
            descriptor = number;
            skip(digits);
        } else if (c == '{') {
            int letters = 1;
            while (nameChar(look(letters)) && letters < 100) {
                letters++;
            }
            int after = look(letters + 1);
            if (letters == 1 || look(letters) != '}' || (after != '<' && after != '>')) {
                return null;
            }
            StringBuilder name = new StringBuilder();
            for (int i = 1; i < letters; i++) {
                name.append((char) look(i));
            }
            variable = name.toString();
            descriptor = -2;
            skip(letters + 1);
        }
        String operator = operator();
        if (operator == null) {
            pos = from;
            return null;
        }
        if (operator.startsWith("&")) {
            notInSh(operator, from);
        }
        skip(operator.length());
        boolean writes = operator.startsWith(">") || operator.startsWith("&>");
        if (shared.shell == Shell.ZSH && writes && (peek() == '!' || peek() == '|')) {
            note("`>!` of zsh is not analysed", from, pos);
        }
        blanks();
        if (operator.equals("<<") || operator.equals("<<-")) {
            return document(descriptor, variable, operator, from);
        }
        Word target = some();
        return new Redirect(descriptor, variable, operator, target, null, chars.span(from, pos));
    }

    private @Nullable String operator() {
        int c = peek();
        int second = look(1);
        if (c == '&') {
            return second != '>' ? null : look(2) == '>' ? "&>>" : "&>";
        }
        if (c == '<') {
            return switch (second) {
                case '<' -> look(2) == '<' ? "<<<" : look(2) == '-' ? "<<-" : "<<";
                case '&' -> "<&";
                case '>' -> "<>";
                case '(' -> null;
                default -> "<";
            };
        }
        if (c == '>') {
            return switch (second) {
                case '>' -> ">>";
                case '&' -> ">&";
                case '|' -> ">|";
                case '(' -> null;
                default -> ">";
            };
        }
        return null;
    }

    private Redirect document(int descriptor, @Nullable String variable, String operator, int from)
            throws SyntaxException {
        peek();
        int start = pos;
        StringBuilder delimiter = new StringBuilder();
        boolean quoted = false;
        while (true) {
            int c = peek();
            if (meta(c)) {
                break;
            }
            switch (c) {
                case '\\' -> {
                    quoted = true;
                    pos++;
                    if (pos < end) {
                        delimiter.append(text.charAt(pos++));
                    }
                }
                case '\'' -> {
                    quoted = true;
                    delimiter.append(single());
                }
                case '"' -> {
                    quoted = true;
                    pos++;
                    while (peek() != '"') {
                        if (peek() == END) {
                            throw error("`\"` is missing");
                        }
                        if (peek() == '\\' && pos + 1 < end && "\\\"$`".indexOf(look(1)) >= 0) {
                            pos++;
                        }
                        delimiter.append(text.charAt(pos++));
                    }
                    pos++;
                }
                case '`' -> throw error("a substitution cannot end a here-document");
                case '$' -> {
                    int next = look(1);
                    if (next == '(' || next == '{' || next == '\'' || next == '"') {
                        throw error("an expansion cannot end a here-document");
                    }
                    delimiter.append('$');
                    pos++;
                }
                default -> {
                    suspicious(c);
                    delimiter.append((char) c);
                    pos++;
                }
            }
        }
        if (pos == start) {
            throw unexpected();
        }
        Redirect.Document document =
                new Redirect.Document(delimiter.toString(), quoted, operator.equals("<<-"));
        pending.add(document);
        Span span = chars.span(start, pos);
        Word target =
                new Word(
                        List.of(new Part.Literal(delimiter.toString(), true)),
                        text.substring(start, pos),
                        span);
        return new Redirect(
                descriptor, variable, operator, target, document, chars.span(from, pos));
    }

    private void read(Redirect.Document document) throws SyntaxException {
        int from = pos;
        StringBuilder body = new StringBuilder();
        int[] map = new int[64];
        while (true) {
            if (pos >= end && inside) {
                throw error("here-document `" + document.delimiter() + "` has no end");
            }
            int bodyLength = body.length();
            int lineStart = pos;
            while (document.tabs() && pos < end && text.charAt(pos) == '\t') {
                pos++;
            }
            while (pos < end && text.charAt(pos) != '\n') {
                char c = text.charAt(pos);
                if (c == '\\' && !document.quoted() && pos + 1 < end) {
                    if (text.charAt(pos + 1) == '\n') {
                        pos += 2;
                        continue;
                    }
                    map = put(map, body, c);
                    pos++;
                    c = text.charAt(pos);
                }
                map = put(map, body, c);
                pos++;
            }
            boolean last = pos >= end;
            if (body.length() - bodyLength == document.delimiter().length()
                    && body.indexOf(document.delimiter(), bodyLength) == bodyLength) {
                body.setLength(bodyLength);
                if (!last) {
                    pos++;
                }
                document.read(contents(document, body.toString(), map, from, lineStart));
                return;
            }
            if (last) {
                if (inside) {
                    throw error("here-document `" + document.delimiter() + "` has no end");
                }
                // The shell warns, and takes all that is left. A call that was cut short looks so.
                document.read(contents(document, body.toString(), map, from, end));
                note("here-document `" + document.delimiter() + "` has no end", from, end);
                return;
            }
            map = put(map, body, '\n');
            pos++;
        }
    }

    private int[] put(int[] map, StringBuilder body, char c) {
        int[] grown =
                body.length() < map.length ? map : java.util.Arrays.copyOf(map, map.length * 2);
        grown[body.length()] = chars.originOf(pos);
        body.append(c);
        return grown;
    }

    private Word contents(Redirect.Document document, String body, int[] map, int from, int to)
            throws SyntaxException {
        Span span = chars.span(from, Math.max(from, to));
        if (document.quoted()) {
            return new Word(List.of(new Part.Literal(body, true)), body, span);
        }
        Parser inner =
                new Parser(
                        new Chars(body, java.util.Arrays.copyOf(map, body.length()), chars.whole()),
                        shared,
                        depth);
        return new Word(inner.quoted(END), body, span);
    }

    // ── words ──

    /** Collects parts, joining neighbouring characters of the same kind. */
    private final class Pieces {
        private final List<Part> parts = new ArrayList<>(2);
        private final StringBuilder literal = new StringBuilder();
        private boolean literalQuoted;

        void add(char c, boolean quoted) {
            if (literal.length() > 0 && literalQuoted != quoted) {
                flush();
            }
            literalQuoted = quoted;
            literal.append(c);
        }

        void add(String text, boolean quoted) {
            if (literal.length() > 0 && literalQuoted != quoted) {
                flush();
            }
            literalQuoted = quoted;
            literal.append(text);
            if (quoted && text.isEmpty()) {
                flush();
                parts.add(new Part.Literal("", true));
            }
        }

        void add(Part part) throws SyntaxException {
            count();
            flush();
            parts.add(part);
        }

        private void flush() {
            if (literal.length() > 0) {
                parts.add(new Part.Literal(literal.toString(), literalQuoted));
                literal.setLength(0);
            }
        }

        List<Part> parts() {
            flush();
            return parts;
        }

        Word word(int from, int to) {
            flush();
            int stop = Math.max(from, to);
            return new Word(parts, text.substring(from, stop), chars.span(from, stop));
        }
    }

    private Word word(Mode mode) throws SyntaxException {
        count();
        peek();
        int from = pos;
        int to = pos;
        int nested = 0;
        char before = ' ';
        boolean wild = false;
        Pieces pieces = new Pieces();
        while (true) {
            int c = peek();
            if (c == END) {
                break;
            }
            if (nested > 0 && (c == '(' || c == ')' || meta(c))) {
                if (!((c == '<' || c == '>') && look(1) == '(')) {
                    nested += c == '(' ? 1 : c == ')' ? -1 : 0;
                    pieces.add((char) c, false);
                    before = (char) c;
                    pos++;
                    to = pos;
                    continue;
                }
            } else if (mode != Mode.NORMAL && c == '(') {
                if (mode == Mode.REGEX || "?*+@!".indexOf(before) >= 0) {
                    nested = 1;
                    pieces.add('(', false);
                    pos++;
                    to = pos;
                    continue;
                }
                break;
            } else if (mode == Mode.REGEX && c == '|' && look(1) != '|') {
                pieces.add('|', false);
                pos++;
                to = pos;
                continue;
            }
            wild |= "*?]".indexOf(before) >= 0;
            if (c == '(' && mode == Mode.NORMAL && wild) {
                pos += qualifiers();
                to = pos;
                break;
            }
            if (meta(c) && !((c == '<' || c == '>') && look(1) == '(')) {
                break;
            }
            before = (char) c;
            unquotedPiece(pieces, c);
            to = pos;
        }
        if (nested > 0) {
            throw error("`)` is missing");
        }
        return pieces.word(from, to);
    }

    /**
     * What zsh takes of the files behind a pattern: of one kind, so old, in an order, some of them.
     * None that runs something ({@code e}, {@code +}) or takes more files ({@code D}).
     */
    private static final Pattern QUALIFIERS =
            Pattern.compile(
                    "\\((?=[^)])[-./@=*^N]{0,8}(?:[Lamc][kmpMwhsd]?[-+]?[0-9]{1,9})?"
                            + "(?:[oO][nLmacd]){0,4}(?:\\[-?[0-9]{1,6}(?:,-?[0-9]{1,6})?\\])?\\)"
                            + "(?=[\\s;&|<>()]|$)");

    /** How long the qualifiers are that stand here; 0 in another shell, and for any other. */
    private int qualifiers() {
        Matcher found = QUALIFIERS.matcher(text).region(pos, end);
        return shared.shell == Shell.ZSH && found.lookingAt() ? found.end() - pos : 0;
    }

    /** One piece where no quotes are open. */
    private void unquotedPiece(Pieces pieces, int c) throws SyntaxException {
        switch (c) {
            case '\\' -> {
                pos++;
                if (pos < end) {
                    pieces.add(text.charAt(pos), true);
                    pos++;
                } else {
                    pieces.add('\\', true);
                }
            }
            case '\'' -> pieces.add(single(), true);
            case '"' -> pieces.add(doubled());
            case '$' -> dollar(pieces, false);
            case '`' -> pieces.add(backtick(false));
            case '<', '>' -> {
                if (look(1) == '(') {
                    pieces.add(process());
                } else {
                    pieces.add((char) c, false);
                    pos++;
                }
            }
            default -> {
                suspicious(c);
                pieces.add((char) c, false);
                pos++;
            }
        }
    }

    private String single() throws SyntaxException {
        int close = text.indexOf('\'', pos + 1);
        if (close < 0 || close >= end) {
            throw error("`'` is missing");
        }
        String inside = text.substring(pos + 1, close);
        pos = close + 1;
        return inside;
    }

    private Part doubled() throws SyntaxException {
        enter();
        int from = pos;
        pos++;
        List<Part> parts = quoted('"');
        if (peek() != '"') {
            pos = from;
            throw error("`\"` is missing");
        }
        pos++;
        depth--;
        return new Part.Quoted(parts);
    }

    /**
     * Parts as in double quotes, up to {@code close}, which is left to read.
     *
     * @param close a quote, or {@link #END} for a here-document
     */
    private List<Part> quoted(int close) throws SyntaxException {
        Pieces pieces = new Pieces();
        while (true) {
            int c = peek();
            if (c == END || c == close) {
                return pieces.parts();
            }
            quotedPiece(pieces, c, close == '"');
        }
    }

    private void quotedPiece(Pieces pieces, int c, boolean escapesQuote) throws SyntaxException {
        switch (c) {
            case '\\' -> {
                int next = pos + 1 < end ? text.charAt(pos + 1) : END;
                if (next == '$' || next == '`' || next == '\\' || (next == '"' && escapesQuote)) {
                    pieces.add((char) next, true);
                    pos += 2;
                } else {
                    pieces.add('\\', true);
                    pos++;
                }
            }
            case '$' -> dollar(pieces, true);
            case '`' -> pieces.add(backtick(escapesQuote));
            default -> {
                pieces.add((char) c, true);
                pos++;
            }
        }
    }

    private void dollar(Pieces pieces, boolean inQuotes) throws SyntaxException {
        int from = pos;
        int next = look(1);
        if (next == '(') {
            if (look(2) == '(' && !notArithmetic.contains(from)) {
                skip(3);
                enter();
                Word inside = arithmetic();
                depth--;
                if (inside != null) {
                    pieces.add(new Part.Arithmetic(inside, chars.span(from, pos)));
                    return;
                }
                notArithmetic.add(from);
                pos = from;
            }
            skip(2);
            Command body = enclosed();
            pieces.add(substitution(body, from));
        } else if (next == '{') {
            enter();
            pieces.add(parameter(inQuotes));
            depth--;
        } else if (next == '[') {
            notInSh("$[", from);
            skip(2);
            enter();
            Word inside = brackets(']');
            depth--;
            pieces.add(new Part.Arithmetic(inside, chars.span(from, pos)));
        } else if (next == '\'' && !inQuotes) {
            skip(1);
            pieces.add(new Part.Ansi(ansi()));
        } else if (next == '"' && !inQuotes) {
            notInSh("$\"", from);
            skip(1);
            peek();
            pieces.add(doubled());
        } else if (nameStart(next)) {
            skip(1);
            StringBuilder name = new StringBuilder();
            while (nameChar(peek())) {
                name.append(text.charAt(pos++));
            }
            if (shared.shell == Shell.ZSH
                    && (peek() == '[' || (peek() == ':' && nameStart(look(1))))) {
                note("a subscript or modifier of zsh is not analysed", from, pos);
            }
            pieces.add(plainParameter(name.toString(), from));
        } else if (next != END && (digit(next) || "@*#?$!-".indexOf(next) >= 0)) {
            skip(2);
            pieces.add(plainParameter(Character.toString(next), from));
        } else {
            if (shared.shell == Shell.ZSH
                    && (next == '=' || next == '~' || next == '^' || next == '+')) {
                note("`$" + (char) next + "` of zsh is not analysed", from, from + 1);
            }
            pieces.add('$', inQuotes);
            skip(1);
        }
    }

    private Part plainParameter(String name, int from) {
        return new Part.Parameter(name, false, false, null, "", null, null, chars.span(from, pos));
    }

    /** The commands of {@code $(..)} or {@code <(..)}, after its parenthesis. */
    private Command enclosed() throws SyntaxException {
        enter();
        List<Redirect.Document> around = pending;
        boolean aroundOuter = outerPending;
        boolean aroundInside = inside;
        boolean aroundDocument = documentInside;
        inside = true;
        documentInside = false;
        outerPending = outerPending || !around.isEmpty();
        if (aroundInside && !around.isEmpty()) {
            // bash 5.2 gives `x=$(cat <<E; v=$(printf a); …)` an empty `v`.
            note("a substitution between a here-document and its body is not read", pos, pos);
        }
        pending = new ArrayList<>();
        Command body = block();
        newlines();
        if (!pending.isEmpty()) {
            throw error("here-document `" + pending.getFirst().delimiter() + "` has no end");
        }
        if (peek() != ')') {
            throw peek() == END ? error("`)` is missing") : unexpected();
        }
        pos++;
        pending = around;
        outerPending = aroundOuter;
        inside = aroundInside;
        documentInside = aroundDocument;
        depth--;
        return body;
    }

    private Part substitution(Command body, int from) {
        Span span = chars.span(from, pos);
        if (body instanceof Command.Sequence sequence
                && sequence.items().size() == 1
                && sequence.items().getFirst() instanceof Command.Simple simple
                && simple.words().isEmpty()
                && simple.assigns().isEmpty()
                && simple.redirects().size() == 1
                && simple.redirects().getFirst().operator().equals("<")) {
            return new Part.FileText(simple.redirects().getFirst(), span);
        }
        return new Part.Substitution(body, span);
    }

    private Part process() throws SyntaxException {
        int from = pos;
        boolean output = peek() == '>';
        skip(2);
        Command body = enclosed();
        return new Part.Piped(body, output, chars.span(from, pos));
    }

    private Part backtick(boolean inQuotes) throws SyntaxException {
        int from = pos;
        pos++;
        StringBuilder inside = new StringBuilder();
        int[] map = new int[32];
        while (true) {
            if (pos >= end) {
                pos = from;
                throw error("a closing backtick is missing");
            }
            char c = text.charAt(pos);
            if (c == '`') {
                break;
            }
            if (c == '\\' && pos + 1 < end) {
                char next = text.charAt(pos + 1);
                if (next == '\n') {
                    // Gone even between single quotes in here.
                    pos += 2;
                    continue;
                }
                if (next == '`' || next == '\\' || next == '$' || (next == '"' && inQuotes)) {
                    pos++;
                } else {
                    map = put(map, inside, c);
                    pos++;
                }
            }
            map = put(map, inside, text.charAt(pos));
            pos++;
        }
        pos++;
        if (inQuotes && bracesBetweenQuotes(inside)) {
            note("bash expands braces between quotes in backticks early", from, pos);
        }
        enter();
        Parser inner =
                new Parser(
                        new Chars(
                                inside.toString(),
                                java.util.Arrays.copyOf(map, inside.length()),
                                chars.whole()),
                        shared,
                        depth);
        List<Command> items = new ArrayList<>();
        try {
            inner.program(items);
        } catch (SyntaxException e) {
            loose.addAll(items);
            throw e;
        }
        depth--;
        return substitution(new Command.Sequence(items, chars.span(from, pos)), from);
    }

    private static boolean bracesBetweenQuotes(StringBuilder inside) {
        return inside.indexOf("\"") >= 0
                && inside.indexOf("{") >= 0
                && (inside.indexOf(",") >= 0 || inside.indexOf("..") >= 0);
    }

    private String ansi() throws SyntaxException {
        int from = pos;
        peek();
        pos++;
        StringBuilder out = new StringBuilder();
        boolean cut = false;
        while (true) {
            if (pos >= end) {
                pos = from;
                throw error("`'` is missing");
            }
            char c = text.charAt(pos++);
            if (c == '\'') {
                return out.toString();
            }
            if (c != '\\' || pos >= end) {
                if (!cut) {
                    out.append(c);
                }
                continue;
            }
            c = text.charAt(pos++);
            if (c == '\'' && shared.shell == Shell.SH) {
                note("`$'..'` is not read alike by every sh", from, pos);
            }
            String decoded =
                    switch (c) {
                        case 'n' -> "\n";
                        case 't' -> "\t";
                        case 'r' -> "\r";
                        case 'a' -> "\u0007";
                        case 'b' -> "\b";
                        case 'e', 'E' -> "\u001b";
                        case 'f' -> "\f";
                        case 'v' -> "\u000b";
                        case '\\', '\'', '"', '?' -> Character.toString(c);
                        case 'x' -> code(16, 2);
                        case 'u' -> code(16, 4);
                        case 'U' -> code(16, 8);
                        case 'c' ->
                                pos < end ? Character.toString(text.charAt(pos++) & 0x1f) : "\\c";
                        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                            pos--;
                            yield code(8, 3);
                        }
                        default -> "\\" + c;
                    };
            if (decoded.equals("\0")) {
                cut = true;
            } else if (!cut) {
                out.append(decoded);
            }
        }
    }

    private String code(int radix, int most) {
        int value = 0;
        int digits = 0;
        boolean braces = false;
        if (radix == 16 && most == 2 && pos < end && text.charAt(pos) == '{') {
            note("`\\x{..}` is not read alike by every shell", pos, pos + 1);
            braces = true;
        }
        while (!braces && digits < most && pos < end) {
            int digit = Character.digit(text.charAt(pos), radix);
            if (digit < 0 || text.charAt(pos) > 'f') {
                break;
            }
            value = value * radix + digit;
            digits++;
            pos++;
        }
        if (digits == 0) {
            return radix == 16 ? most == 2 ? "\\x" : most == 4 ? "\\u" : "\\U" : "";
        }
        if (radix == 8 || most == 2) {
            value &= 0xff;
            if (value >= 0x80) {
                note("a byte above 127 is not analysed", pos - digits, pos);
            }
        }
        return Character.isValidCodePoint(value) ? Character.toString(value) : "\uFFFD";
    }

    // ── ${..} ──

    private Part parameter(boolean inQuotes) throws SyntaxException {
        int from = pos;
        skip(2);
        boolean length = false;
        boolean indirect = false;
        int c = peek();
        if (c == '#' && look(1) != '}') {
            int next = look(1);
            if (nameChar(next)) {
                length = true;
            } else if (next != END && "@*#?$!-".indexOf(next) >= 0 && look(2) == '}') {
                length = true;
            }
        } else if (c == '!' && (nameChar(look(1)) || (look(1) == '#' && look(2) == '}'))) {
            indirect = true;
        } else if (c == '!' && (look(1) == '@' || look(1) == '*')) {
            indirect = true;
        }
        if (length || indirect) {
            skip(1);
        }
        c = peek();
        StringBuilder name = new StringBuilder();
        if (nameStart(c)) {
            while (nameChar(peek())) {
                name.append(text.charAt(pos++));
            }
        } else if (digit(c)) {
            while (digit(peek())) {
                name.append(text.charAt(pos++));
            }
        } else if (c != END && "@*#?$!-".indexOf(c) >= 0) {
            name.append((char) c);
            skip(1);
        } else {
            throw error("`${` is not followed by a name");
        }
        Word subscript = null;
        if (peek() == '[') {
            skip(1);
            subscript = brackets(']');
        }
        String operator = parameterOperator(indirect);
        Word operand = null;
        Word other = null;
        if (!operator.isEmpty()) {
            boolean pattern = "#%/^,".indexOf(operator.charAt(0)) >= 0;
            boolean substring = operator.equals(":");
            boolean replace = operator.startsWith("/");
            operand =
                    operand(inQuotes, replace ? '/' : substring ? ':' : END, !inQuotes || pattern);
            if ((replace && peek() == '/') || (substring && peek() == ':')) {
                skip(1);
                other = operand(inQuotes, END, !inQuotes || pattern);
            }
        }
        if (peek() != '}') {
            throw peek() == END ? error("`}` is missing") : unexpected();
        }
        skip(1);
        return new Part.Parameter(
                name.toString(),
                indirect,
                length,
                subscript,
                operator,
                operand,
                other,
                chars.span(from, pos));
    }

    private String parameterOperator(boolean indirect) throws SyntaxException {
        int c = peek();
        int next = look(1);
        String operator =
                switch (c) {
                    case '}' -> "";
                    case ':' ->
                            next == '-' || next == '=' || next == '?' || next == '+'
                                    ? ":" + (char) next
                                    : ":";
                    case '-', '=', '?', '+' -> Character.toString(c);
                    case '#', '%', '^', ',' ->
                            next == c ? "" + (char) c + (char) c : Character.toString(c);
                    case '/' -> next == '/' || next == '#' || next == '%' ? "/" + (char) next : "/";
                    case '@' -> {
                        if (indirect && next == '}') {
                            yield "@";
                        }
                        if (next != END && nameStart(next)) {
                            yield "@" + (char) next;
                        }
                        throw unexpected();
                    }
                    case '*' -> {
                        if (indirect && next == '}') {
                            yield "*";
                        }
                        throw unexpected();
                    }
                    default -> throw c == END ? error("`}` is missing") : unexpected();
                };
        skip(operator.length());
        return operator;
    }

    private Word operand(boolean inQuotes, int close, boolean singleQuotes) throws SyntaxException {
        peek();
        int from = pos;
        Pieces pieces = new Pieces();
        int nested = 0;
        while (true) {
            int c = peek();
            if (c == END) {
                throw error("`}` is missing");
            }
            if (c == '}' || (c == close && nested == 0)) {
                return pieces.word(from, pos);
            }
            if (close == ':') {
                nested += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
            if (!inQuotes) {
                unquotedPiece(pieces, c);
            } else if (c == '"') {
                pieces.add(doubled());
            } else if (c == '\'' && singleQuotes) {
                pieces.add(single(), true);
            } else if (c == '\\' && pos + 1 < end && text.charAt(pos + 1) == '}') {
                pieces.add('}', true);
                pos += 2;
            } else {
                quotedPiece(pieces, c, true);
            }
        }
    }

    // ── arithmetic ──

    /** The text up to {@code ))}, or null when what was opened is no arithmetic. */
    private @Nullable Word arithmetic() throws SyntaxException {
        if (lastParenthesis < pos) {
            return null;
        }
        int from = pos;
        int nested = 0;
        int notes = shared.notes.size();
        List<Redirect.Document> around = pending;
        pending = new ArrayList<>();
        Pieces pieces = new Pieces();
        while (true) {
            int c = peek();
            boolean closes = c == ')' && nested == 0;
            if (c == END || (closes && look(1) != ')')) {
                while (shared.notes.size() > notes) {
                    shared.notes.removeLast();
                }
                pending = around;
                retried += pos - from;
                if (retried > MOST_RETRIED * (end + 100)) {
                    throw beyond("too many parentheses may or may not be arithmetic");
                }
                return null;
            }
            if (closes) {
                Word word = pieces.word(from, pos);
                skip(2);
                pending = around;
                return word;
            }
            nested += c == '(' ? 1 : c == ')' ? -1 : 0;
            arithmeticPiece(pieces, c);
        }
    }

    private void arithmeticPiece(Pieces pieces, int c) throws SyntaxException {
        if (c == '"') {
            pieces.add(doubled());
        } else {
            if (c == '\'') {
                note("a quote in arithmetic is not analysed", pos, pos + 1);
            }
            quotedPiece(pieces, c, true);
        }
    }

    private Word brackets(char close) throws SyntaxException {
        int from = pos;
        int nested = 0;
        Pieces pieces = new Pieces();
        while (true) {
            int c = peek();
            if (c == END) {
                throw error("`" + close + "` is missing");
            }
            if (c == close && nested == 0) {
                Word word = pieces.word(from, pos);
                skip(1);
                return word;
            }
            nested += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == '\'') {
                pieces.add(single(), true);
            } else if (c == '"') {
                pieces.add(doubled());
            } else {
                quotedPiece(pieces, c, true);
            }
        }
    }

    // ── [[ ]] ──

    private Command test(int from) throws SyntaxException {
        notInSh("[[", from);
        skip(2);
        List<Command.Comparison> found = new ArrayList<>();
        disjunction(found);
        newlines();
        if (!closesTest()) {
            throw peek() == END ? error("`]]` is missing") : unexpected();
        }
        skip(2);
        return new Command.Test(found, chars.span(from, pos));
    }

    private boolean closesTest() {
        return peek() == ']' && look(1) == ']' && meta(look(2));
    }

    private void disjunction(List<Command.Comparison> found) throws SyntaxException {
        enter();
        while (true) {
            term(found);
            newlines();
            int c = peek();
            if ((c != '&' && c != '|') || look(1) != c) {
                depth--;
                return;
            }
            skip(2);
        }
    }

    private void term(List<Command.Comparison> found) throws SyntaxException {
        newlines();
        while (peek() == '!' && meta(look(1))) {
            skip(1);
            newlines();
        }
        if (peek() == '(') {
            skip(1);
            disjunction(found);
            newlines();
            expect(')');
            return;
        }
        if (closesTest()) {
            throw unexpected();
        }
        Word first = some();
        blanks();
        String plain = first.plain();
        boolean unary =
                plain != null
                        && plain.length() == 2
                        && plain.charAt(0) == '-'
                        && UNARY.indexOf(plain.charAt(1)) >= 0;
        int c = peek();
        boolean alone = closesTest() || c == ')' || c == '\n' || (c == '&' || c == '|');
        if (alone) {
            found.add(new Command.Comparison(null, "", first));
        } else if (c == '<' || c == '>') {
            skip(1);
            newlines();
            found.add(new Command.Comparison(first, Character.toString(c), some()));
        } else if (unary && plain != null) {
            found.add(new Command.Comparison(null, plain, some()));
        } else {
            String operator = some().plain();
            if (operator == null || !BINARY.contains(operator)) {
                throw error("`[[` needs an operator such as `==` here");
            }
            blanks();
            Mode mode =
                    switch (operator) {
                        case "=~" -> Mode.REGEX;
                        case "=", "==", "!=" -> Mode.PATTERN;
                        default -> Mode.NORMAL;
                    };
            if (closesTest()) {
                throw unexpected();
            }
            Word right = word(mode);
            if (right.parts().isEmpty()) {
                throw unexpected();
            }
            found.add(new Command.Comparison(first, operator, right));
        }
    }
}
