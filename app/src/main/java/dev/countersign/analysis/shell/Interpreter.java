package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Evaluation.Unknown;
import dev.countersign.analysis.shell.Expander.Field;
import dev.countersign.analysis.shell.Invocation.Assignment;
import dev.countersign.analysis.shell.Invocation.Direction;
import dev.countersign.analysis.shell.Invocation.Input;
import dev.countersign.analysis.shell.Invocation.Redirection;
import dev.countersign.analysis.shell.Word.Part;
import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks the program as the shell would, but through every branch, and lists what it would run.
 * Where branches meet, the state keeps only what holds in all of them.
 */
final class Interpreter {
    private static final int MAX_STEPS = 60_000;
    private static final int MAX_NESTING = 250;
    private static final int MAX_TEXTS = 16;
    private static final int MAX_EXPORTS = 200;
    private static final int MAX_UNROLLED = 16;

    /** Commands that leave every folder where it is. */
    private static final Set<String> KEEPERS =
            Set.of(
                    "cd", "pushd", "popd", "pwd", "echo", "printf", "export", "set", "unset",
                    "local", "declare", "true", ":", "test", "[", "ls", "cat", "grep", "mkdir",
                    "exit", "return");

    private static final Set<String> ALWAYS_THERE = Set.of("/", "/tmp", "/usr", "/etc", "/var");
    private static final Span NOWHERE = new Span(0, 0);
    private static final Input INHERITED = new Input.Inherited();

    /** The walk has gone on for too long; what was found so far stands. */
    static final class Exhausted extends RuntimeException {
        Exhausted(String reason) {
            super(reason, null, false, false);
        }
    }

    /** A loop or function body under way, with the states its jumps leave it in. */
    private static final class Frame {
        private final int mark;
        private @Nullable Map<String, @Nullable Object> left;

        Frame(int mark) {
            this.mark = mark;
        }
    }

    /** Redirections after expansion. */
    private record Opened(List<Redirection> files, @Nullable Input input, boolean output) {}

    /**
     * @param functions those it may call, which a subshell keeps to itself
     */
    private record Deferred(String code, Span source, Map<String, Object> functions) {}

    private final Context context;
    private final Predicate<String> folders;
    private final Parser.Shared shared;
    private final State state = new State();
    private final Held held = new Held();
    private final Expander expander;
    private final Builtins builtins;
    private final List<Invocation> out = new ArrayList<>();
    private final Set<Unknown> unknowns = new java.util.LinkedHashSet<>();
    private final Set<Integer> called = new HashSet<>();
    private final Map<Integer, Command.Function> defined = new HashMap<>();
    private final Set<Integer> listed = new HashSet<>();
    private final List<Integer> order = new ArrayList<>();
    private final Map<Integer, Integer> active = new HashMap<>();
    private final List<Deferred> traps = new ArrayList<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Set<String> recursive = new HashSet<>();
    private final Set<String> exported = new java.util.LinkedHashSet<>();
    private List<Assignment> exports = List.of();
    private int exportsAt = -1;
    private @Nullable Map<String, @Nullable Object> locals;
    private Input input = INHERITED;
    private int steps;
    private int nesting;
    private int texts;
    private int muted;
    private int loops;
    private int calls;
    private int unrolled = 1;

    /** Parameters by which zsh finds, names or runs something. */
    private static final Set<String> SPECIAL_OF_ZSH =
            Set.of(
                    "path",
                    "cdpath",
                    "fpath",
                    "module_path",
                    "NULLCMD",
                    "READNULLCMD",
                    "options",
                    "galiases",
                    "saliases",
                    "dis_aliases",
                    "dis_galiases",
                    "dis_saliases",
                    "dis_functions",
                    "builtins",
                    "modules",
                    "nameddirs",
                    "histchars",
                    "HISTCHARS",
                    "STTY",
                    "ENV");

    private final boolean readsLast;
    private final Guess guess;
    private final State.Directory began;
    private boolean unsure;
    private boolean dead;
    private boolean lastPipe;
    private boolean touched;

    Interpreter(
            Context context,
            Parser.Shared shared,
            Predicate<String> folders,
            Guess guess,
            String began,
            boolean readsLast) {
        this.context = context;
        this.readsLast = readsLast;
        this.guess = guess;
        this.began = new State.Directory(Directories.normal(began));
        this.folders = folders;
        this.shared = shared;
        this.expander = new Expander(this, state, context);
        this.builtins = new Builtins(this, state, expander, context);
        this.lastPipe = context.shell() == Shell.ZSH;
        state.put(State.DIRECTORY, new State.Directory(Directories.normal(context.cwd())));
        state.put(State.STACK, new State.Stack(List.of()));
        state.begins();
    }

    List<Invocation> invocations() {
        return out;
    }

    Set<Unknown> unknowns() {
        return unknowns;
    }

    /** The functions that were called from within themselves. */
    Set<String> recursive() {
        return recursive;
    }

    /** Runs the program, then what it defined but did not call. */
    void program(List<Command> items) {
        for (Command item : items) {
            run(item);
        }
        int traced = 0;
        boolean more = true;
        while (more) {
            more = false;
            // Traps first: a function that only a trap calls is then known by that call.
            for (; traced < traps.size(); traced++) {
                more = true;
                Deferred trap = traps.get(traced);
                anyhow(() -> unsettle(trap), () -> text(trap.code(), trap.source(), "trap"));
            }
            for (int i = 0; i < order.size(); i++) {
                Command.Function function = defined.get(order.get(i));
                if (function != null && called.add(function.id())) {
                    more = true;
                    anyhow(this::havoc, () -> body(function));
                }
            }
        }
    }

    private void anyhow(Runnable forget, Runnable code) {
        int mark = state.mark();
        boolean before = dead;
        forget.run();
        frames.push(new Frame(state.mark()));
        calls++;
        code.run();
        calls--;
        frames.pop();
        dead = before;
        state.rollback(mark);
    }

    // ── what is found ──

    void step(int cost) {
        // Rounds within rounds look at more of the state each time.
        steps += loops > 2 ? 2 * cost : cost;
        if (steps > MAX_STEPS) {
            throw new Exhausted("the text does too much to be followed to its end");
        }
    }

    Held held() {
        return held;
    }

    void unknown(String reason, Span source) {
        if (muted == 0 && unknowns.size() < 1000) {
            unknowns.add(new Unknown(reason, source));
        }
    }

    private void emit(Invocation invocation) {
        if (!invocation.argv().isEmpty()) {
            String name = invocation.argv().getFirst().value();
            touched |= name == null || !KEEPERS.contains(name);
        }
        if (muted == 0) {
            step(1 + invocation.argv().size());
            out.add(invocation.holding(held.now()));
        }
    }

    private List<Assignment> exports() {
        if (exportsAt != state.exportChanges()) {
            exportsAt = state.exportChanges();
            List<Assignment> list = new ArrayList<>();
            for (String name : exported) {
                step(1);
                if (state.get(State.EXPORT + name) instanceof Assignment assignment) {
                    list.add(assignment);
                }
            }
            exports = List.copyOf(list);
        }
        return exports;
    }

    // ── state ──

    Context context() {
        return context;
    }

    boolean unsure() {
        return unsure;
    }

    /** A directory nobody knows, as far as it is guessed at. */
    State.Directory unknownDirectory() {
        return guess == Guess.NONE ? State.Directory.UNKNOWN : began;
    }

    /** The name of a directory, or null when it is not certain and not guessed at either. */
    @Nullable String name(State.Directory directory) {
        String only = directory.only();
        if (only != null) {
            return only;
        }
        unsure = true;
        if (directory.path() == null) {
            return unknownDirectory().path();
        }
        return switch (guess) {
            case NONE -> null;
            case ARRIVED -> directory.path();
            case STAYED -> directory.others().getLast();
        };
    }

    /** The process that runs the text, as the system names it, where it is guessed at. */
    Piece ownProcess() {
        unsure = true;
        return guess == Guess.NONE ? Piece.NUMBER : Piece.of("self");
    }

    boolean inFunction() {
        return calls > 0;
    }

    @Nullable String directory() {
        return where().path();
    }

    private State.Directory where() {
        return state.get(State.DIRECTORY) instanceof State.Directory directory
                ? directory
                : State.Directory.UNKNOWN;
    }

    /**
     * Whether a folder surely exists, so that a {@code cd} to it does not fail. Once a program has
     * run that may take folders away, nothing is sure.
     */
    boolean exists(String path) {
        if (ALWAYS_THERE.contains(path)) {
            return true;
        }
        if (touched || Directories.holds("/dev/null", path)) {
            return false;
        }
        return Directories.holds(path, context.cwd())
                || Directories.holds(path, context.workspace())
                || Directories.holds(path, context.home())
                || folders.test(path);
    }

    /** Variables a shell makes integers of its own accord: it computes what they are given. */
    private boolean computes(String name) {
        return switch (name) {
            case "RANDOM", "SRANDOM", "OPTIND", "HISTCMD" -> true;
            case "SECONDS",
                    "LINENO",
                    "HISTSIZE",
                    "SAVEHIST",
                    "COLUMNS",
                    "LINES",
                    "KEYTIMEOUT",
                    "LISTMAX",
                    "MAILCHECK",
                    "LOGCHECK",
                    "FUNCNEST",
                    "SHLVL",
                    "TMOUT",
                    "UID",
                    "EUID",
                    "GID",
                    "EGID",
                    "TRY_BLOCK_ERROR" ->
                    context.shell() == Shell.ZSH;
            default -> false;
        };
    }

    void assign(String name, Value given, Span source) {
        Value value = given;
        String text = value instanceof Value.Text(String known) ? known : null;
        if (state.get(State.INTEGER + name) != null || computes(name)) {
            if (text != null) {
                expander.evaluated(text, source, 0);
            } else if (!value.equals(Value.NUMBER)) {
                unknown("`" + name + "` takes an expression that is not constant", source);
            }
            value = text != null && Value.number(text) ? value : Value.NUMBER;
        }
        if (state.get(State.READONLY + name) != null) {
            value = Value.ANY;
        }
        if (name.equals("PS4") && (text == null || Expander.code(text))) {
            unknown("`PS4` holds code that runs while commands are traced", source);
        }
        if (name.equals("BASH_ALIASES")
                || name.equals("BASH_CMDS")
                || name.equals("aliases")
                || name.equals("functions")
                || name.equals("commands")) {
            unknown("`" + name + "` changes what later commands mean", source);
        }
        if (context.shell() == Shell.ZSH
                && (SPECIAL_OF_ZSH.contains(name) || name.endsWith("_functions"))) {
            unknown("`" + name + "` of zsh changes what later commands mean", source);
        }
        if (!(value instanceof Value.Text)) {
            held.into(name);
        }
        state.put(State.VARIABLE + name, value);
        if (state.get(State.EXPORT + name) != null
                || state.get(State.ALL_EXPORT) != null
                || Exported.maybe(name, context)) {
            export(name, source);
        }
        step(1);
    }

    /** Hands the variable on to the commands that follow. */
    void export(String name, Span source) {
        String text = expander.value(name) instanceof Value.Text(String known) ? known : null;
        if (exported.size() >= MAX_EXPORTS && !exported.contains(name)) {
            throw new Exhausted("more than " + MAX_EXPORTS + " variables are exported");
        }
        exported.add(name);
        Assignment assignment = new Assignment(name, text, source);
        if (!assignment.equals(state.get(State.EXPORT + name))) {
            state.put(State.EXPORT + name, assignment);
        }
    }

    /** Notes that a variable may change at any time, for the commands that see it as well. */
    void unsettle(String name) {
        state.put(State.VOLATILE + name, true);
        if (state.get(State.EXPORT + name) instanceof Assignment before) {
            export(name, before.source());
        }
    }

    /** Remembers what a function must put back when it ends. */
    void localize(String name) {
        Map<String, @Nullable Object> saved = locals;
        if (saved == null) {
            return;
        }
        for (char kind :
                new char[] {
                    State.VARIABLE, State.EXPORT, State.READONLY, State.INTEGER, State.VOLATILE
                }) {
            String key = kind + name;
            if (!saved.containsKey(key)) {
                saved.put(key, state.get(key));
            }
        }
    }

    /** Forgets every variable, the directory and the parameters. */
    void havoc() {
        forgetVariables();
        state.put(State.DIRECTORY, unknownDirectory());
        state.put(State.PREVIOUS, unknownDirectory());
        state.put(State.STACK, new State.Stack(null));
        state.put(State.POSITIONAL, new State.Positional(null));
    }

    private void unsettle(Deferred trap) {
        unsettle();
        trap.functions.forEach((key, functions) -> {
            if (state.get(key) == null) {
                state.put(key, functions);
            }
        });
    }

    /**
     * Forgets what the text changes anywhere: when a trap runs nobody knows, but what never changes
     * is as it was.
     */
    private void unsettle() {
        Set<String> written = state.written();
        if (written.contains(State.HAVOC)) {
            havoc();
            return;
        }
        step(1 + written.size());
        for (String key : written) {
            if (key.charAt(0) == State.VARIABLE) {
                state.put(key, Value.ANY);
            }
        }
        if (written.contains(State.DIRECTORY)) {
            state.put(State.DIRECTORY, unknownDirectory());
        }
        state.put(State.PREVIOUS, unknownDirectory());
        state.put(State.STACK, new State.Stack(null));
        state.put(State.POSITIONAL, new State.Positional(null));
        state.put(State.LAST, Value.ANY);
    }

    /** Forgets every variable. */
    void forgetVariables() {
        step(1 + state.size());
        for (String key : state.variables()) {
            state.put(key, Value.ANY);
        }
        state.put(State.HAVOC, true);
    }

    void lastPipe() {
        lastPipe = true;
    }

    void standardInput(Input from) {
        state.put(State.STDIN, from);
    }

    void defer(String code, Span source) {
        if (muted == 0) {
            Map<String, Object> functions = new HashMap<>();
            for (Command.Function function : defined.values()) {
                String key = State.FUNCTION + function.name();
                if (state.get(key) instanceof State.Functions known) {
                    functions.put(key, known);
                }
            }
            step(1 + defined.size());
            traps.add(new Deferred(code, source, functions));
        }
    }

    void uncall(String name) {
        if (muted == 0 && state.get(State.FUNCTION + name) instanceof State.Functions functions) {
            called.removeAll(functions.ids());
        }
    }

    /** What running {@code code} would write to the state. */
    Set<String> writes(String code, Span source) {
        int mark = state.mark();
        boolean before = dead;
        muted++;
        frames.push(new Frame(mark));
        text(code, source, "trap");
        frames.pop();
        muted--;
        dead = before;
        Set<String> keys = new HashSet<>(state.changes(mark).keySet());
        Object parameters = state.get(State.POSITIONAL);
        state.rollback(mark);
        if (isSame(parameters, state.get(State.POSITIONAL))) {
            // A function it calls leaves behind what it found.
            keys.remove(State.POSITIONAL);
        }
        return keys;
    }

    @SuppressWarnings("ReferenceEquality") // equal parameters may have been set anew
    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return one == other;
    }

    /** The command leaves the loop, the function or the shell here. */
    void jump() {
        for (Frame frame : frames) {
            Map<String, @Nullable Object> now = state.changes(frame.mark);
            step(1 + now.size());
            Map<String, @Nullable Object> left = frame.left;
            if (left == null) {
                frame.left = now;
            } else {
                for (Map.Entry<String, @Nullable Object> entry : now.entrySet()) {
                    String key = entry.getKey();
                    left.put(
                            key,
                            left.containsKey(key)
                                    ? State.join(key, left.get(key), entry.getValue())
                                    : entry.getValue());
                }
            }
        }
        dead = true;
    }

    boolean inLoop() {
        return loops > 0;
    }

    // ── commands ──

    /** Runs a command and answers what it prints, as far as that is known. */
    Piece run(Command command) {
        step(1);
        if (++nesting > MAX_NESTING) {
            throw new Exhausted("calls and substitutions are nested too deep");
        }
        Piece printed =
                switch (command) {
                    case Command.Simple simple -> simple(simple);
                    case Command.Pipeline pipeline -> pipeline(pipeline);
                    case Command.Chain chain -> chain(chain);
                    case Command.Sequence sequence -> sequence(sequence.items());
                    case Command.Background background -> {
                        apart(background.body());
                        yield Piece.ANY;
                    }
                    case Command.Subshell subshell -> apart(subshell.body());
                    case Command.Group group -> run(group.body());
                    case Command.Redirected redirected -> redirected(redirected);
                    case Command.If conditional -> conditional(conditional);
                    case Command.For loop -> forLoop(loop);
                    case Command.Counting counting -> counting(counting);
                    case Command.While loop -> {
                        loop(() -> {
                            run(loop.condition());
                            run(loop.body());
                        });
                        yield Piece.ANY;
                    }
                    case Command.Case choice -> choice(choice);
                    case Command.Function function -> define(function);
                    case Command.Test test -> test(test);
                    case Command.Arithmetic arithmetic -> {
                        expander.arithmetic(arithmetic.text(), arithmetic.source());
                        yield Piece.EMPTY;
                    }
                    case Command.Coprocess coprocess -> {
                        apart(coprocess.body());
                        String name = coprocess.name() == null ? "COPROC" : coprocess.name();
                        assign(name, Value.NUMBER, coprocess.source());
                        yield Piece.ANY;
                    }
                };
        nesting--;
        return printed;
    }

    private Piece sequence(List<Command> items) {
        StringBuilder constant = new StringBuilder();
        Piece all = null;
        for (Command item : items) {
            Piece printed = run(item);
            if (all == null && printed.text() != null) {
                constant.append(printed.text());
            } else {
                all = (all == null ? Piece.of(constant.toString()) : all).then(printed);
            }
        }
        return all == null ? Piece.of(constant.toString()) : all;
    }

    /** Runs it in a shell of its own. */
    private Piece apart(Command body) {
        int mark = state.mark();
        boolean before = dead;
        Piece printed = run(body);
        dead = before;
        state.rollback(mark);
        last(Value.ANY);
        return printed;
    }

    private Piece pipeline(Command.Pipeline pipeline) {
        List<Command> stages = pipeline.stages();
        if (stages.size() == 1) {
            run(stages.getFirst());
            return Piece.ANY;
        }
        Input before = input;
        Piece printed = Piece.ANY;
        for (int i = 0; i < stages.size(); i++) {
            int from = out.size();
            boolean last = i == stages.size() - 1;
            int mark = state.mark();
            boolean alive = dead;
            state.put(State.STDIN, null);
            printed = run(stages.get(i));
            dead = alive;
            Map<String, @Nullable Object> after = last && lastPipe ? state.changes(mark) : Map.of();
            state.rollback(mark);
            if (last && lastPipe) {
                step(after.size());
                state.join(after);
            }
            if (!last) {
                List<Integer> indexes = new ArrayList<>();
                for (int at = from; at < out.size(); at++) {
                    indexes.add(at);
                }
                input = new Input.Pipe(indexes);
            }
        }
        input = before;
        last(Value.ANY);
        return printed.text() == null ? printed : Piece.ANY;
    }

    private Piece chain(Command.Chain chain) {
        return chain.and().contains(false) ? mixed(chain) : conjunction(chain);
    }

    /** {@code a && b && c}: when the chain stops early, only the first of the writes are done. */
    private Piece conjunction(Command.Chain chain) {
        Piece all = Piece.EMPTY;
        int mark = -1;
        boolean before = dead;
        boolean died = false;
        for (int i = 0; i < chain.items().size(); i++) {
            Command item = chain.items().get(i);
            boolean more = i < chain.items().size() - 1;
            int start = state.mark();
            all = all.then(run(item));
            if (more && moves(item)) {
                boolean certain = builtins.arrives();
                if (mark < 0 && !(certain && succeeds(item))) {
                    mark = start;
                    died = dead;
                }
            } else if (more && mark < 0 && !succeeds(item)) {
                mark = state.mark();
                died = dead;
            }
        }
        if (mark >= 0 && !died) {
            Map<String, @Nullable Object> history = state.history(mark);
            step(history.size());
            state.apply(history);
            dead = before;
        }
        return all;
    }

    /** Any order of {@code &&} and {@code ||}, with one state for success and one for failure. */
    private Piece mixed(Command.Chain chain) {
        int mark = state.mark();
        boolean before = dead;
        Map<String, @Nullable Object> good = new LinkedHashMap<>();
        Map<String, @Nullable Object> bad = new LinkedHashMap<>();
        boolean goodLives = true;
        boolean badLives = true;
        for (int i = 0; i < chain.items().size(); i++) {
            Command item = chain.items().get(i);
            boolean and = chain.and().get(i);
            dead = before;
            if (i > 0) {
                state.apply(and ? good : bad);
            }
            int start = state.mark();
            run(item);
            boolean moves = moves(item);
            boolean certain = moves && builtins.arrives();
            Map<String, @Nullable Object> after = state.changes(mark);
            boolean lives = !dead || before;
            Map<String, @Nullable Object> failed = after;
            if (moves) {
                state.rollback(start);
                failed = state.changes(mark);
            }
            state.rollback(mark);
            step(1 + after.size());
            boolean fails = lives && ((moves && !certain) || !succeeds(item));
            if (i == 0) {
                good = after;
                goodLives = lives;
                bad = failed;
                badLives = fails;
            } else if (and) {
                Map<String, @Nullable Object> left = bad;
                bad = fails ? (badLives ? joined(left, failed) : failed) : left;
                badLives |= fails;
                good = after;
                goodLives = lives;
            } else {
                Map<String, @Nullable Object> right = good;
                good = lives ? (goodLives ? joined(right, after) : after) : right;
                goodLives |= lives;
                bad = failed;
                badLives = fails;
            }
        }
        dead = before;
        if (goodLives && badLives) {
            state.apply(joined(good, bad));
        } else if (goodLives) {
            state.apply(good);
        } else if (badLives) {
            state.apply(bad);
        } else {
            state.apply(joined(good, bad));
            dead = true;
        }
        return Piece.ANY;
    }

    /** The join of two sets of changes to the present state. */
    private Map<String, @Nullable Object> joined(
            Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
        step(1 + one.size() + other.size());
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> entry : one.entrySet()) {
            String key = entry.getKey();
            Object right = other.containsKey(key) ? other.get(key) : state.get(key);
            all.put(key, State.join(key, entry.getValue(), right));
        }
        for (Map.Entry<String, @Nullable Object> entry : other.entrySet()) {
            String key = entry.getKey();
            if (!one.containsKey(key)) {
                all.put(key, State.join(key, state.get(key), entry.getValue()));
            }
        }
        return all;
    }

    /** Whether it succeeds; a {@code cd} that may fail is for the caller to see. */
    private static boolean succeeds(Command command) {
        if (!(command instanceof Command.Simple simple)) {
            return false;
        }
        if (simple.words().isEmpty()) {
            return simple.redirects().isEmpty()
                    && simple.assigns().stream()
                            .allMatch(each ->
                                    each.value().parts().stream()
                                            .allMatch(part -> part instanceof Part.Literal));
        }
        String name = simple.words().getFirst().plain();
        return name != null
                && switch (name) {
                    case "cd", "pushd", ":", "true" -> simple.redirects().isEmpty();
                    default -> false;
                };
    }

    private static boolean moves(Command command) {
        if (!(command instanceof Command.Simple simple) || simple.words().isEmpty()) {
            return false;
        }
        String name = simple.words().getFirst().plain();
        return name != null && (name.equals("cd") || name.equals("pushd") || name.equals("popd"));
    }

    private Piece redirected(Command.Redirected redirected) {
        Set<String> outer = held.begin();
        Opened opened = open(redirected.redirects());
        Set<String> reading = held.input(held.end(outer));
        int place = out.size();
        if (!opened.files().isEmpty()) {
            emit(
                    new Invocation(
                            List.of(),
                            exports(),
                            opened.files(),
                            directory(),
                            where().others(),
                            opened.input() == null ? standardInput() : opened.input(),
                            false,
                            redirected.source()));
        }
        boolean emitted = out.size() > place;
        Input before = input;
        Object shellInput = state.get(State.STDIN);
        if (opened.input() != null) {
            input = opened.input();
            state.put(State.STDIN, null);
        }
        Piece printed = run(redirected.body());
        held.inputWas(reading);
        input = before;
        if (opened.input() != null) {
            state.put(State.STDIN, shellInput);
        }
        if (emitted && !Piece.EMPTY.equals(printed)) {
            out.set(place, overwriting(out.get(place)));
        }
        return opened.output() ? Piece.ANY : printed;
    }

    private static Invocation overwriting(Invocation compound) {
        List<Redirection> files = new ArrayList<>();
        for (Redirection file : compound.redirections()) {
            boolean output = file.direction() == Direction.TRUNCATE;
            files.add(
                    output
                            ? new Redirection(Direction.OVERWRITE, file.target(), file.source())
                            : file);
        }
        return new Invocation(
                compound.argv(),
                compound.assignments(),
                files,
                compound.directory(),
                compound.elsewhere(),
                compound.input(),
                compound.local(),
                compound.held(),
                compound.source());
    }

    private Piece conditional(Command.If conditional) {
        int mark = state.mark();
        boolean before = dead;
        List<Map<String, @Nullable Object>> ends = new ArrayList<>();
        for (Command.Clause clause : conditional.clauses()) {
            run(clause.condition());
            int branch = state.mark();
            dead = before;
            run(clause.body());
            end(ends, mark, before);
            state.rollback(branch);
            dead = before;
        }
        if (conditional.otherwise() != null) {
            run(conditional.otherwise());
        }
        end(ends, mark, before);
        meet(ends, mark, before);
        return Piece.ANY;
    }

    private void end(List<Map<String, @Nullable Object>> ends, int mark, boolean before) {
        if (!dead || before) {
            Map<String, @Nullable Object> changes = state.changes(mark);
            step(1 + changes.size());
            ends.add(changes);
        }
    }

    private void meet(List<Map<String, @Nullable Object>> ends, int mark, boolean before) {
        if (ends.isEmpty()) {
            dead = true;
            return;
        }
        dead = before;
        state.rollback(mark);
        Map<String, @Nullable Object> all = ends.getFirst();
        for (int i = 1; i < ends.size(); i++) {
            all = joined(all, ends.get(i));
        }
        state.apply(all);
    }

    private Piece choice(Command.Case choice) {
        expander.single(choice.subject());
        int mark = state.mark();
        boolean before = dead;
        List<Map<String, @Nullable Object>> ends = new ArrayList<>();
        Map<String, @Nullable Object> falling = null;
        for (Command.Branch branch : choice.branches()) {
            branch.patterns().forEach(expander::single);
        }
        end(ends, mark, before);
        for (Command.Branch branch : choice.branches()) {
            if (falling != null) {
                state.join(falling);
            }
            run(branch.body());
            falling = branch.through() ? state.changes(mark) : null;
            end(ends, mark, before);
            state.rollback(mark);
            dead = before;
        }
        meet(ends, mark, before);
        return Piece.ANY;
    }

    private Piece test(Command.Test test) {
        for (Command.Comparison comparison : test.comparisons()) {
            Word left = comparison.left();
            switch (comparison.operator()) {
                case "-eq", "-ne", "-lt", "-le", "-gt", "-ge" -> {
                    if (left != null) {
                        expander.arithmetic(left, left.source());
                    }
                    expander.arithmetic(comparison.right(), comparison.right().source());
                }
                case "-v", "-R" ->
                        expander.subscripted(
                                expander.single(comparison.right()).text(),
                                comparison.right().source());
                default -> {
                    if (left != null) {
                        expander.single(left);
                    }
                    expander.single(comparison.right());
                }
            }
        }
        return Piece.EMPTY;
    }

    private Piece define(Command.Function function) {
        state.put(
                State.FUNCTION + function.name(),
                new State.Functions(List.of(function.id()), true));
        defined.put(function.id(), function);
        if (muted == 0 && listed.add(function.id())) {
            order.add(function.id());
        }
        return Piece.EMPTY;
    }

    // ── loops ──

    private Piece counting(Command.Counting counting) {
        expander.arithmetic(counting.first(), counting.source());
        loop(() -> {
            expander.arithmetic(counting.condition(), counting.source());
            run(counting.body());
            expander.arithmetic(counting.step(), counting.source());
        });
        return Piece.ANY;
    }

    private Piece forLoop(Command.For loop) {
        List<Word> words = loop.words();
        List<Field> fields = new ArrayList<>();
        if (words == null) {
            if (state.get(State.POSITIONAL) instanceof State.Positional(List<String> parameters)
                    && parameters != null) {
                parameters.forEach(each -> fields.add(new Field(each, false)));
            } else {
                fields.add(new Field(null, false));
            }
        } else {
            Set<String> outer = held.begin();
            for (Word word : words) {
                fields.addAll(expander.fields(word));
            }
            held.into(loop.name(), held.end(outer));
        }
        boolean constant = !loop.select() && fields.size() <= MAX_UNROLLED;
        boolean numbers = !fields.isEmpty();
        boolean patterns = false;
        for (Field field : fields) {
            constant &= field.value() != null;
            patterns |= field.glob();
            numbers &= field.value() != null && Value.number(field.value());
        }
        numbers |= words != null && words.size() == 1 && numeric(words.getFirst());
        Value any = numbers ? Value.NUMBER : Value.ANY;
        Runnable unknown =
                () -> {
                    assign(loop.name(), any, loop.source());
                    run(loop.body());
                };
        int factor = Math.max(1, fields.size());
        if (!constant || muted > 0 || (long) unrolled * factor > 256) {
            if (loop.select()) {
                assign("REPLY", Value.ANY, loop.source());
            }
            loop(unknown);
            return Piece.ANY;
        }
        if (fields.isEmpty()) {
            loop(unknown);
            return Piece.ANY;
        }
        Frame probe = probe(unknown);
        unrolled *= factor;
        if (probe.left == null && !patterns) {
            for (Field field : fields) {
                String value = field.value();
                assign(loop.name(), new Value.Text(value == null ? "" : value), loop.source());
                run(loop.body());
            }
        } else {
            loopOver(unknown, loop, fields);
        }
        unrolled /= factor;
        return Piece.ANY;
    }

    private boolean numeric(Word word) {
        return word.parts().size() == 1
                && word.parts().getFirst() instanceof Part.Substitution(Command body, Span _)
                && prints(body);
    }

    /** Runs a body once without a trace, to see whether it jumps. */
    private Frame probe(Runnable body) {
        int mark = state.mark();
        boolean before = dead;
        Frame frame = new Frame(mark);
        muted++;
        loops++;
        frames.push(frame);
        body.run();
        frames.pop();
        loops--;
        muted--;
        dead = before;
        state.rollback(mark);
        return frame;
    }

    private void loopOver(Runnable unknown, Command.For loop, List<Field> fields) {
        int mark = widen(unknown).start();
        boolean before = dead;
        Frame frame = new Frame(mark);
        frames.push(frame);
        loops++;
        int base = state.mark();
        List<Map<String, @Nullable Object>> ends = new ArrayList<>();
        for (Field field : fields) {
            String value = field.value() == null ? "" : field.value();
            assign(
                    loop.name(),
                    field.glob() ? new Value.Matching(value) : new Value.Text(value),
                    loop.source());
            run(loop.body());
            dead = before;
            ends.add(state.changes(base));
            state.rollback(base);
        }
        loops--;
        frames.pop();
        for (Map<String, @Nullable Object> end : ends) {
            step(1 + end.size());
            state.join(end);
        }
        if (frame.left != null) {
            state.join(frame.left);
        }
        dead = before;
    }

    /** A body that runs any number of times. */
    private void loop(Runnable body) {
        Widened widened = widen(body);
        if (muted > 0 && widened.known()) {
            // Another round would do again what the last one did, and nobody listens.
            state.join(widened.changes());
            if (widened.left() != null) {
                state.join(widened.left());
            }
            return;
        }
        int mark = widened.start();
        boolean before = dead;
        Frame frame = new Frame(mark);
        frames.push(frame);
        loops++;
        int base = state.mark();
        body.run();
        loops--;
        frames.pop();
        dead = before;
        Map<String, @Nullable Object> after = state.changes(base);
        step(1 + after.size());
        state.rollback(base);
        state.join(after);
        if (frame.left != null) {
            state.join(frame.left);
        }
    }

    /**
     * What the rounds of a body come to.
     *
     * @param start mark of the state in front of the loop
     * @param changes what the last round changed
     * @param left what holds where it was left early, or null
     * @param known whether the state holds at the start of every round and held before the last one
     */
    private record Widened(
            int start,
            Map<String, @Nullable Object> changes,
            @Nullable Map<String, @Nullable Object> left,
            boolean known) {}

    /**
     * Forgets what a body changes until another round changes no more, so that the state holds at
     * the start of every round.
     */
    private Widened widen(Runnable body) {
        int start = state.mark();
        boolean before = dead;
        for (int round = 0; ; round++) {
            int mark = state.mark();
            Frame frame = new Frame(mark);
            muted++;
            loops++;
            frames.push(frame);
            body.run();
            frames.pop();
            loops--;
            muted--;
            dead = before;
            Map<String, @Nullable Object> changes = state.changes(mark);
            step(1 + changes.size());
            state.rollback(mark);
            Map<String, @Nullable Object> widened = new LinkedHashMap<>();
            boolean settle = muted > 0 || round >= 3;
            Map<String, @Nullable Object> left = frame.left == null ? Map.of() : frame.left;
            for (Map.Entry<String, @Nullable Object> entry : changes.entrySet()) {
                String key = entry.getKey();
                Object joined =
                        settle
                                ? State.top(key, entry.getValue())
                                : State.join(key, state.get(key), entry.getValue());
                if (left.containsKey(key)) {
                    joined = State.join(key, joined, left.get(key));
                }
                widened.put(key, joined);
            }
            int changed = state.mark();
            state.apply(widened);
            boolean known = state.mark() == changed;
            if (settle || known) {
                return new Widened(start, changes, frame.left, known);
            }
        }
    }

    // ── functions, substitutions, nested text ──

    private void call(State.Functions functions, List<Argument> argv) {
        List<String> words = new ArrayList<>();
        boolean constant = true;
        for (Argument argument : argv.subList(1, argv.size())) {
            if (argument.value() == null || argument.glob()) {
                constant = false;
            } else {
                words.add(argument.value());
            }
        }
        State.Positional parameters = new State.Positional(constant ? List.copyOf(words) : null);
        if (!constant) {
            held.intoParameters();
        }
        int mark = state.mark();
        List<Map<String, @Nullable Object>> ends = new ArrayList<>();
        boolean before = dead;
        for (int id : functions.ids()) {
            Command.Function function = defined.get(id);
            if (function == null) {
                continue;
            }
            int depth = active.getOrDefault(id, 0);
            if (muted == 0) {
                called.add(id);
            }
            if (depth > 0) {
                recursive.add(function.name());
            }
            if (depth >= 2) {
                havoc();
            } else {
                active.put(id, depth + 1);
                Object around = state.get(State.POSITIONAL);
                if (depth == 1) {
                    havoc();
                } else {
                    state.put(State.POSITIONAL, parameters);
                }
                body(function);
                state.put(State.POSITIONAL, depth == 1 ? new State.Positional(null) : around);
                if (depth == 1) {
                    havoc();
                }
                active.put(id, depth);
            }
            dead = before;
            ends.add(state.changes(mark));
            if (functions.ids().size() > 1) {
                state.rollback(mark);
            }
        }
        if (functions.ids().size() > 1) {
            meet(ends, mark, before);
        }
    }

    private void body(Command.Function function) {
        Map<String, @Nullable Object> around = locals;
        int outerLoops = loops;
        Map<String, @Nullable Object> mine = new LinkedHashMap<>();
        locals = mine;
        loops = 0;
        calls++;
        Frame frame = new Frame(state.mark());
        frames.push(frame);
        run(function.body());
        frames.pop();
        calls--;
        loops = outerLoops;
        locals = around;
        Map<String, @Nullable Object> left = frame.left;
        if (left != null) {
            step(1 + left.size());
            Map<String, @Nullable Object> now = state.changes(frame.mark);
            state.rollback(frame.mark);
            state.apply(joined(now, left));
        }
        mine.forEach(state::put);
    }

    /** What a command substitution puts in its place. */
    Piece substitution(Command body) {
        int from = out.size();
        Piece printed = apart(body);
        String text = printed.text();
        if (text == null) {
            if (prints(body)) {
                return Piece.NUMBER;
            }
            if (muted == 0 && out.size() == from + 1 && namesCommit(out.get(from))) {
                return Piece.matching("[0-9a-f]*");
            }
            String top = muted == 0 && out.size() == from + 1 ? toplevel(out.get(from)) : null;
            if (top != null) {
                return Piece.of(top);
            }
            Listing listing = muted > 0 ? null : Listing.of(out, out.size() - 1);
            if (listing == null || listing.first() != from || isBareLs(from)) {
                return Piece.ANY;
            }
            return Piece.matching(listing.pattern());
        }
        int length = text.length();
        while (length > 0 && text.charAt(length - 1) == '\n') {
            length--;
        }
        return Piece.of(text.substring(0, length));
    }

    /**
     * Whether it prints the name of a commit or nothing: {@code git merge-base A B}, {@code git
     * rev-parse HEAD}, {@code git log -1 --format=%H}, {@code git rev-list -1 HEAD}. What rev-parse
     * cannot find it prints as it was given, so only names every repository has are taken.
     */
    private static boolean namesCommit(Invocation only) {
        List<String> words = new ArrayList<>();
        for (Argument word : only.argv()) {
            String value = word.value();
            if (value == null || word.glob()) {
                return false;
            }
            words.add(value);
        }
        if (words.size() < 3 || only.local() || !words.getFirst().equals("git")) {
            return false;
        }
        List<String> rest = words.subList(2, words.size());
        return switch (words.get(1)) {
            case "merge-base" ->
                    rest.stream().noneMatch(w -> w.startsWith("-") && !w.equals("--fork-point"));
            case "rev-parse" ->
                    rest.stream().allMatch(w -> COMMIT_OPTION.matcher(w).matches() || isHead(w))
                            && rest.stream().filter(Interpreter::isHead).count() == 1;
            case "log" -> isOneName(rest);
            case "rev-list" ->
                    rest.stream()
                            .allMatch(w -> !w.startsWith("-") || LIST_OPTION.matcher(w).matches());
            default -> false;
        };
    }

    /** {@code $(ls)} on its own names whatever is here, without as much as a folder in front. */
    private boolean isBareLs(int from) {
        Invocation only = out.get(from);
        return out.size() == from + 1
                && only.argv().size() == 1
                && "ls".equals(only.argv().getFirst().value());
    }

    /** {@code git rev-parse --show-toplevel}: the folder the repository around this one is in. */
    private @Nullable String toplevel(Invocation only) {
        List<String> words = new ArrayList<>();
        only.argv().forEach(word -> words.add(String.valueOf(word.value())));
        String directory = only.directory();
        boolean asked =
                words.equals(List.of("git", "rev-parse", "--show-toplevel"))
                        && !only.local()
                        && only.assignments().isEmpty()
                        && directory != null
                        && only.elsewhere().isEmpty()
                        && state.get(State.VARIABLE + "GIT_DIR") == null
                        && state.get(State.VARIABLE + "GIT_WORK_TREE") == null
                        && !context.environment().containsKey("GIT_DIR")
                        && !context.environment().containsKey("GIT_WORK_TREE");
        return asked && directory != null && folders instanceof Folders disk
                ? disk.toplevel(directory)
                : null;
    }

    /** The absolute name of a folder with links followed, as far as the disk is seen. */
    String resolved(String folder) {
        return folders instanceof Folders disk ? disk.resolved(folder) : folder;
    }

    /** The folders a pattern means, or none when that is not known. */
    List<String> matching(String pattern) {
        return folders instanceof Folders disk ? disk.matching(pattern) : List.of();
    }

    private static final Pattern COMMIT_OPTION =
            Pattern.compile("-q|--quiet|--verify|--short(=[0-9]+)?");
    private static final Pattern LIST_OPTION =
            Pattern.compile("-n|-n?[0-9]+|--max-count(=[0-9]+)?|--all|--|--max-parents=0");
    private static final Pattern HEAD =
            Pattern.compile(
                    "(HEAD|@|(origin/)?(main|master|develop|HEAD))([~^][0-9]*|\\^\\{commit\\})*");
    private static final Pattern NAME_FORMAT =
            Pattern.compile("--(format|pretty)=(format:|tformat:)?%[hH]");

    private static boolean isHead(String word) {
        return HEAD.matcher(word).matches();
    }

    /** Whether a log shows one commit, and of it the name alone. */
    private static boolean isOneName(List<String> words) {
        boolean one = false;
        boolean name = false;
        int i = 0;
        while (i < words.size() && !words.get(i).equals("--")) {
            String word = words.get(i);
            boolean count = word.equals("-n") || word.equals("--max-count");
            if (count) {
                i++;
                one |= i < words.size() && words.get(i).equals("1");
            } else if (word.equals("-1") || word.equals("-n1") || word.equals("--max-count=1")) {
                one = true;
            } else if (NAME_FORMAT.matcher(word).matches()) {
                name = true;
            } else if (word.startsWith("-")) {
                return false;
            }
            i++;
        }
        return one && name;
    }

    /** Whether the output can only be whole numbers. */
    private boolean prints(Command body) {
        Command last = body;
        while (true) {
            if (last instanceof Command.Sequence sequence && sequence.items().size() == 1) {
                last = sequence.items().getFirst();
            } else if (last instanceof Command.Pipeline pipeline && !pipeline.negated()) {
                last = pipeline.stages().getLast();
            } else {
                break;
            }
        }
        if (!(last instanceof Command.Simple simple) || simple.words().isEmpty()) {
            return false;
        }
        List<String> words = new ArrayList<>();
        for (Word word : simple.words()) {
            String text = literal(word);
            if (text == null) {
                return false;
            }
            words.add(text);
        }
        if (state.get(State.FUNCTION + words.getFirst()) != null
                || state.get(State.ALIAS + words.getFirst()) != null) {
            return false;
        }
        return switch (words.getFirst()) {
            case "nproc" -> words.size() == 1;
            case "wc" -> words.size() == 2 && words.get(1).matches("-[lwcm]");
            case "date" -> words.size() == 2 && words.get(1).matches("\\+%[sNYmdHMSjyu]+");
            case "seq" -> words.stream().skip(1).allMatch(Value::number);
            case "grep" ->
                    words.size() > 2
                            && words.get(1).equals("-c")
                            && !words.get(2).startsWith("-")
                            && (words.size() == 3
                                    // Of one file; of several the names come first.
                                    || (words.size() == 4
                                            && words.get(3)
                                                    .matches("[A-Za-z0-9_./][A-Za-z0-9_./-]*")));
            default -> false;
        };
    }

    private static @Nullable String literal(Word word) {
        StringBuilder text = new StringBuilder();
        for (Part part : word.parts()) {
            switch (part) {
                case Part.Literal(String characters, boolean _) -> text.append(characters);
                case Part.Quoted(List<Part> inner) -> {
                    for (Part each : inner) {
                        if (!(each instanceof Part.Literal(String characters, boolean _))) {
                            return null;
                        }
                        text.append(characters);
                    }
                }
                default -> {
                    return null;
                }
            }
        }
        return text.toString();
    }

    /** The commands of a process substitution. */
    List<Integer> process(Part.Piped process) {
        int from = out.size();
        Input before = input;
        if (process.output()) {
            input = new Input.Text(null, process.source());
        }
        apart(process.body());
        input = before;
        List<Integer> indexes = new ArrayList<>();
        for (int i = from; i < out.size(); i++) {
            indexes.add(i);
        }
        return indexes;
    }

    void readsFile(Part.FileText file) {
        Opened opened = open(List.of(file.file()));
        emit(
                new Invocation(
                        List.of(),
                        exports(),
                        opened.files(),
                        directory(),
                        where().others(),
                        opened.input() == null ? standardInput() : opened.input(),
                        false,
                        file.source()));
    }

    /** Runs text the program made, in the present state. */
    Piece text(String code, Span source, String what) {
        List<Command> items = new ArrayList<>();
        step(1 + code.length());
        if (++texts > MAX_TEXTS) {
            throw new Exhausted("text that makes text is nested more than " + MAX_TEXTS + " deep");
        }
        Parser.Shared inner = shared.nested();
        try {
            new Parser(new Chars(code, null, source), inner, nesting / 4).program(items);
        } catch (SyntaxException e) {
            String reason = "the text given to `" + what + "` cannot be read: " + e.reason();
            if (e.beyond()) {
                throw new Exhausted(reason);
            }
            unknown(reason, source);
        }
        inner.notes().forEach(note -> unknown(note.reason(), note.source()));
        Piece printed = sequence(items);
        texts--;
        return printed;
    }

    // ── redirections ──

    private Input standardInput() {
        return state.get(State.STDIN) instanceof Input replaced ? replaced : input;
    }

    private Opened open(List<Redirect> redirects) {
        if (redirects.isEmpty()) {
            return new Opened(List.of(), null, false);
        }
        List<Redirection> files = new ArrayList<>(redirects.size());
        Input from = null;
        boolean output = false;
        for (Redirect redirect : redirects) {
            String operator = redirect.operator();
            Redirect.Document document = redirect.document();
            if (redirect.variable() != null) {
                assign(redirect.variable(), Value.NUMBER, redirect.source());
            }
            if (document != null) {
                Word body = document.body();
                if (body != null) {
                    Piece text = expander.single(body);
                    if (redirect.feedsInput()) {
                        from = new Input.Text(text.text(), body.source());
                    }
                }
                continue;
            }
            if (operator.equals("<<<")) {
                Piece text = expander.single(redirect.target());
                if (redirect.feedsInput()) {
                    from =
                            new Input.Text(
                                    text.text() == null ? null : text.text() + "\n",
                                    redirect.target().source());
                }
                continue;
            }
            output |=
                    redirect.descriptor() == 1
                            || (redirect.descriptor() == -1 && !operator.startsWith("<"))
                            || operator.startsWith("&>");
            if (operator.equals("<")
                    && redirect.target().parts().size() == 1
                    && redirect.target().parts().getFirst() instanceof Part.Piped process) {
                List<Integer> indexes = process(process);
                if (redirect.feedsInput()) {
                    from = new Input.Pipe(indexes);
                }
                continue;
            }
            Argument target = target(redirect.target());
            boolean duplicates =
                    operator.endsWith("&")
                            && target.value() != null
                            && target.value().matches("-|[0-9]+-?");
            if (operator.equals("<&")) {
                if (redirect.feedsInput() && !"0".equals(target.value())) {
                    from = new Input.Text(null, redirect.source());
                }
                continue;
            }
            if (duplicates) {
                if (redirect.descriptor() == 0) {
                    from = new Input.Text(null, redirect.source());
                }
                continue;
            }
            Direction direction =
                    switch (operator) {
                        case "<" -> Direction.READ;
                        case "<>" -> Direction.READ_WRITE;
                        case ">>", "&>>" -> Direction.APPEND;
                        default -> Direction.TRUNCATE;
                    };
            files.add(new Redirection(direction, target, redirect.source()));
            if (redirect.feedsInput()) {
                from = new Input.File(target);
            }
        }
        return new Opened(files, from, output);
    }

    private Argument target(Word word) {
        List<Field> fields = expander.fields(word);
        Field field = fields.size() == 1 ? fields.getFirst() : new Field(null, false);
        return new Argument(field.value(), word.written(), field.glob(), word.source());
    }

    // ── simple commands ──

    private Piece simple(Command.Simple simple) {
        Set<String> outer = held.begin();
        Piece printed = simpleCommand(simple);
        held.end(outer);
        return printed;
    }

    private Piece simpleCommand(Command.Simple simple) {
        List<Argument> argv = words(simple);
        List<Assignment> own = List.of();
        List<Value> values = List.of();
        if (!simple.assigns().isEmpty()) {
            own = new ArrayList<>();
            values = new ArrayList<>();
            for (Command.Assign assign : simple.assigns()) {
                Value value = assigned(assign, argv.isEmpty());
                values.add(value);
                own.add(
                        new Assignment(
                                assign.name(),
                                value instanceof Value.Text(String text) ? text : null,
                                assign.source()));
            }
        }
        Opened opened = open(simple.redirects());
        if (argv.isEmpty()) {
            if (!own.isEmpty() || !opened.files().isEmpty()) {
                emit(
                        new Invocation(
                                argv,
                                own,
                                opened.files(),
                                directory(),
                                where().others(),
                                opened.input() == null ? standardInput() : opened.input(),
                                false,
                                simple.source()));
            }
            last(Value.ANY);
            return opened.output() ? Piece.ANY : Piece.EMPTY;
        }
        Value last = lastWord(argv);
        Piece printed = command(simple, argv, own, values, opened);
        last(last);
        return printed;
    }

    /** What {@code $_} is behind a command: its last word, where that is constant. */
    private Value lastWord(List<Argument> argv) {
        Argument last = argv.getLast();
        String name = argv.getFirst().value();
        boolean runsMore =
                name == null
                        || Builtins.RUNS_TEXT.contains(name)
                        || Builtins.DECLARES.contains(name)
                        || state.get(State.FUNCTION + name) != null
                        || state.get(State.ALIAS + name) != null;
        return runsMore || last.value() == null || last.glob() || context.shell() == Shell.SH
                ? Value.ANY
                : new Value.Text(last.value());
    }

    /** Only where the text reads it: every command changes it. */
    private void last(Value word) {
        if (readsLast) {
            state.put(State.LAST, word);
        }
    }

    private List<Argument> words(Command.Simple simple) {
        List<Argument> argv = new ArrayList<>(simple.words().size());
        boolean declares = false;
        for (Word word : simple.words()) {
            if (declares && declaration(word, argv)) {
                continue;
            }
            List<Field> fields = expander.fields(word);
            for (Field field : fields) {
                step(1);
                argv.add(new Argument(field.value(), word.written(), field.glob(), word.source()));
            }
            if (argv.size() == 1) {
                String first = word.plain();
                declares = first != null && Builtins.DECLARES.contains(first);
            }
        }
        return argv;
    }

    /** {@code name=value} after {@code export} and its kin, which is not split. */
    private boolean declaration(Word word, List<Argument> argv) {
        if (word.parts().isEmpty()
                || !(word.parts().getFirst() instanceof Part.Literal literal)
                || literal.quoted()
                || Braces.in(word.parts())) {
            return false;
        }
        int equals = literal.text().indexOf('=');
        if (equals <= 0) {
            return false;
        }
        int nameEnd = literal.text().charAt(equals - 1) == '+' ? equals - 1 : equals;
        if (!Parser.isName(literal.text().substring(0, nameEnd))) {
            return false;
        }
        String name = literal.text().substring(0, equals + 1);
        List<Part> value = new ArrayList<>(word.parts());
        String rest = literal.text().substring(equals + 1);
        if (rest.isEmpty()) {
            value.removeFirst();
        } else {
            value.set(0, new Part.Literal(rest, false));
        }
        if (value.size() == 1 && value.getFirst() instanceof Part.Elements elements) {
            subscripts(elements, argv);
        }
        Piece piece = expander.assigned(new Word(value, word.written(), word.source()));
        String text = piece.text();
        if (text != null && context.shell() == Shell.SH && text.matches("(?s).*\\s.*")) {
            text = null;
        }
        argv.add(
                new Argument(
                        text == null ? null : name + text, word.written(), false, word.source()));
        return true;
    }

    /** {@code declare -a x=([SUBSCRIPT]=…)}: computed, unless the array is one of names. */
    private void subscripts(Part.Elements elements, List<Argument> before) {
        for (Argument option : before.subList(1, before.size())) {
            String letters = option.value();
            if (letters != null && letters.startsWith("-") && letters.indexOf('A') > 0) {
                return;
            }
        }
        for (Word word : elements.words()) {
            if (word.written().startsWith("[")) {
                expander.arithmetic(word, word.source());
            }
        }
    }

    private Value assigned(Command.Assign assign, boolean lasting) {
        Value value;
        if (assign.subscript() != null) {
            expander.arithmetic(assign.subscript(), assign.source());
            expander.assigned(assign.value());
            value = Value.ANY;
        } else if (assign.value().parts().size() == 1
                && assign.value().parts().getFirst() instanceof Part.Elements elements) {
            value = elements(elements, assign.append());
        } else {
            Piece piece = expander.assigned(assign.value());
            value = piece.value();
            if (assign.append() && context.shell() == Shell.SH) {
                value = Value.ANY;
            } else if (assign.append()) {
                value =
                        switch (expander.value(assign.name())) {
                            case Value.Text(String before) ->
                                    piece.text() != null && before.length() < 65_536
                                            ? Piece.of(before).then(piece).value()
                                            : Value.join(Value.OUTSIDE, value);
                            case Value.Unset _ -> value;
                            case Value.Unknown(Value.Kind kind) ->
                                    Piece.unknown(kind).then(piece).value();
                            case Value.Items _, Value.Matching _ -> Value.ANY;
                        };
            }
        }
        if (lasting) {
            assign(assign.name(), value, assign.source());
        }
        return value;
    }

    private Value elements(Part.Elements elements, boolean append) {
        List<String> items = new ArrayList<>();
        boolean constant = !append;
        for (Word word : elements.words()) {
            if (word.written().startsWith("[")) {
                constant = false;
                expander.arithmetic(
                        new Word(word.parts(), word.written(), word.source()), word.source());
                continue;
            }
            for (Field field : expander.fields(word)) {
                step(1);
                if (field.value() == null || field.glob()) {
                    constant = false;
                } else {
                    items.add(field.value());
                }
            }
        }
        return constant && context.shell() != Shell.ZSH ? new Value.Items(items) : Value.ANY;
    }

    private Invocation invocation(
            List<Argument> argv, List<Assignment> own, Opened opened, boolean local, Span source) {
        List<Assignment> assignments = exports();
        if (!own.isEmpty()) {
            List<Assignment> all = new ArrayList<>(assignments);
            all.addAll(own);
            step(all.size());
            assignments = all;
        }
        Input from = opened.input();
        return new Invocation(
                argv,
                assignments,
                opened.files(),
                directory(),
                where().others(),
                from == null ? standardInput() : from,
                local,
                source);
    }

    private Piece command(
            Command.Simple simple,
            List<Argument> argv,
            List<Assignment> own,
            List<Value> values,
            Opened opened) {
        Argument first = argv.getFirst();
        String name = first.glob() ? null : first.value();
        if (name == null) {
            argv.set(0, new Argument(null, first.written(), first.glob(), first.source()));
            unknown(
                    "`"
                            + shortened(first.written())
                            + "` is not constant, so the command is not known",
                    first.source());
            emit(invocation(argv, own, opened, false, simple.source()));
            return Piece.ANY;
        }
        State.Functions functions =
                state.get(State.FUNCTION + name) instanceof State.Functions found ? found : null;
        State.Alias alias =
                state.get(State.ALIAS + name) instanceof State.Alias found ? found : null;
        if (functions == null && alias == null) {
            return program(simple, argv, own, values, opened);
        }
        emit(invocation(argv, own, opened, true, simple.source()));
        if (Builtins.STATEFUL.contains(name)) {
            unknown("`" + name + "` is redefined, so what follows is not known", first.source());
        }
        int from = state.mark();
        persist(own, values);
        Input before = input;
        Object shellInput = state.get(State.STDIN);
        if (opened.input() != null) {
            input = opened.input();
            state.put(State.STDIN, null);
        }
        if (alias != null) {
            // Only interactive shells expand aliases unless told to.
            emit(invocation(argv, own, opened, false, simple.source()));
            alias(name, alias, simple);
        }
        if (functions != null) {
            if (!functions.certain()) {
                emit(invocation(argv, own, opened, false, simple.source()));
            }
            call(functions, argv);
        }
        input = before;
        if (opened.input() != null) {
            state.put(State.STDIN, shellInput);
        }
        forget(own, from);
        return Piece.ANY;
    }

    /** What {@code read NAME} finds when every line is a path somebody listed. */
    Value line(Command.Simple simple, @Nullable Input given) {
        boolean blanks = state.get(State.VARIABLE + "IFS") == null;
        for (Command.Assign assign : simple.assigns()) {
            if (assign.name().equals("IFS")) {
                blanks = assign.value().parts().isEmpty() && !assign.append();
            }
        }
        Input from = given == null ? standardInput() : given;
        if (!blanks || muted > 0 || !(from instanceof Input.Pipe(List<Integer> pipe))) {
            return Value.ANY;
        }
        Listing listing = pipe.size() == 1 ? Listing.of(out, pipe.getFirst()) : null;
        return listing == null ? Value.ANY : new Value.Matching(listing.pattern());
    }

    private static String shortened(String written) {
        return written.length() <= 60 ? written : written.substring(0, 57) + "...";
    }

    /** Assignments in front of what runs in this shell are seen by it. */
    private void persist(List<Assignment> own, List<Value> values) {
        for (int i = 0; i < own.size(); i++) {
            assign(own.get(i).name(), values.get(i), own.get(i).source());
        }
    }

    /** Shells differ in whether such assignments stay. */
    private void forget(List<Assignment> own, int from) {
        if (own.isEmpty()) {
            return;
        }
        Map<String, @Nullable Object> history = state.history(from);
        for (Assignment assignment : own) {
            for (char kind : new char[] {State.VARIABLE, State.EXPORT}) {
                String key = kind + assignment.name();
                if (history.containsKey(key)) {
                    state.apply(Collections.singletonMap(key, history.get(key)));
                }
            }
        }
    }

    private void alias(String name, State.Alias alias, Command.Simple simple) {
        String text = alias.text();
        if (text == null) {
            unknown("the alias `" + name + "` is not constant", simple.source());
            return;
        }
        if (text.endsWith(" ")
                || text.endsWith("\t")
                || text.indexOf('\n') >= 0
                || text.contains("<<")) {
            unknown("the alias `" + name + "` changes how its arguments are read", simple.source());
        }
        StringBuilder code = new StringBuilder(text);
        for (Word word :
                simple.words().subList(Math.min(1, simple.words().size()), simple.words().size())) {
            code.append(' ').append(word.written());
        }
        Object hidden = state.get(State.ALIAS + name);
        state.put(State.ALIAS + name, null);
        text(code.toString(), simple.source(), "alias");
        state.put(State.ALIAS + name, hidden);
    }

    private Piece program(
            Command.Simple simple,
            List<Argument> argv,
            List<Assignment> own,
            List<Value> values,
            Opened opened) {
        int skip = Builtins.prefixes(argv);
        String name = argv.get(skip).value();
        if (context.shell() == Shell.SH
                && argv.subList(0, skip).stream().anyMatch(a -> "builtin".equals(a.value()))) {
            unknown("not every sh has `builtin`", simple.source());
        }
        if (name == null || argv.get(skip).glob()) {
            if (skip > 0) {
                unknown(
                        "`"
                                + shortened(argv.get(skip).written())
                                + "` is not constant, so the command is not known",
                        argv.get(skip).source());
            }
            emit(invocation(argv, own, opened, false, simple.source()));
            return Piece.ANY;
        }
        if (name.equals("eval")) {
            return eval(simple, argv.subList(skip, argv.size()), own, values, opened);
        }
        Invocation invocation = invocation(argv, own, opened, false, simple.source());
        emit(invocation);
        int from = state.mark();
        // Where `CDPATH` and `HOME` lead counts for the one move they stand in front of.
        boolean special =
                !own.isEmpty()
                        && (Builtins.SPECIAL.contains(name)
                                || name.equals("cd")
                                || name.equals("pushd"));
        if (special) {
            persist(own, values);
        }
        builtins.run(
                name,
                argv.subList(skip, argv.size()),
                simple,
                opened.input(),
                opened.files().isEmpty());
        if (special) {
            forget(own, from);
        }
        if (opened.output()) {
            return Piece.ANY;
        }
        String printed =
                Printed.isFolder(argv.subList(skip, argv.size()))
                        ? folder(invocation)
                        : Printed.by(invocation, context.shell());
        return printed == null
                ? Builtins.SILENT.contains(name) ? Piece.EMPTY : Piece.ANY
                : Piece.of(printed);
    }

    /** The line that names the folder a command runs in. */
    private @Nullable String folder(Invocation invocation) {
        String path = invocation.directory();
        String name =
                name(
                        path == null
                                ? State.Directory.UNKNOWN
                                : new State.Directory(path, invocation.elsewhere()));
        return name == null ? null : name + "\n";
    }

    private Piece eval(
            Command.Simple simple,
            List<Argument> argv,
            List<Assignment> own,
            List<Value> values,
            Opened opened) {
        StringBuilder code = new StringBuilder();
        boolean constant = true;
        Span source = simple.source();
        int from = 1;
        if (argv.size() > 1 && "--".equals(argv.get(1).value())) {
            from = 2;
        }
        for (int i = from; i < argv.size(); i++) {
            Argument argument = argv.get(i);
            if (argument.value() == null || argument.glob()) {
                constant = false;
            } else {
                code.append(i > from ? " " : "").append(argument.value());
            }
            source = i == from ? argument.source() : source.union(argument.source());
        }
        if (!constant) {
            unknown("`eval` runs text that is not constant", simple.source());
            emit(invocation(argv, own, opened, false, simple.source()));
            havoc();
            return Piece.ANY;
        }
        if (!opened.files().isEmpty()) {
            emit(invocation(List.of(), List.of(), opened, false, simple.source()));
        }
        int mark = state.mark();
        persist(own, values);
        Input before = input;
        Object shellInput = state.get(State.STDIN);
        if (opened.input() != null) {
            input = opened.input();
            state.put(State.STDIN, null);
        }
        Piece printed = text(code.toString(), source, "eval");
        input = before;
        if (opened.input() != null) {
            state.put(State.STDIN, shellInput);
        }
        forget(own, mark);
        return opened.output() ? Piece.ANY : printed;
    }

    Span nowhere() {
        return NOWHERE;
    }
}
