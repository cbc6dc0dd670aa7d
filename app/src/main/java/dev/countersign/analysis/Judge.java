package dev.countersign.analysis;

import dev.countersign.analysis.cmd.CmdText;
import dev.countersign.analysis.powershell.PowerShellText;
import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Folders;
import dev.countersign.analysis.shell.Guess;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns shell text into what it would do. */
final class Judge {
    /** Wrappers and nested texts around one command; more are not followed. */
    private static final int DEEPEST = 16;

    /**
     * Why a call beyond the bounds is denied: more text must never turn a denial into a question.
     */
    static final String BEYOND =
            "what is too long to judge to its end is not permitted: split it into smaller calls";

    /** How deep and how often an unknown program's words are tried as a command. */
    private static final int DEEPEST_GUESS = 6;

    private static final int MOST_GUESSES = 4;
    private static final int LONGEST_GUESS = 1000;

    /** Variables that hold code, or change what the words of a shell mean. */
    private static final Set<String> RUNS_OR_REDEFINES =
            Set.of("PS0", "PS4", "PROMPT_COMMAND", "GLOBIGNORE", "SHELLOPTS", "BASHOPTS");

    /** Variables that name a file a shell reads before it begins. */
    private static final Set<String> READ_BY_SHELLS = Set.of("BASH_ENV", "ENV");

    /** Stands for a working directory nobody knows; nothing can lie below it. */
    private static final String UNKNOWN_DIRECTORY = "/dev/null/unknown";

    /** Programs that open what is in a folder they are given. */
    private static final Set<String> OPENS_FOLDERS =
            Set.of("zip", "7z", "7za", "7zz", "rar", "diff");

    /** Programs that choose for themselves which hidden files they open. */
    private static final Set<String> FILTERS_HIDDEN =
            Set.of("grep", "egrep", "fgrep", "zgrep", "rg", "ag", "ack", "ugrep");

    /** Those of them that leave out hidden folders unless told otherwise. */
    private static final Set<String> PASSES_BY_HIDDEN = Set.of("rg", "ag", "ack", "ugrep");

    private static final Set<String> LISTERS = Set.of("fd", "fdfind", "ls", "rg", "git");

    /** Programs that show names and sizes, whatever they are given. */
    private static final Set<String> NAMES_ONLY =
            Set.of("find", "fd", "ls", "dir", "vdir", "tree", "du", "stat", "Get-ChildItem");

    private static final Pattern SEPARATORS = Pattern.compile("[\\s=:,;'\"()<>|]+");

    private static final int LONGEST_TEXT = 256 * 1024;
    private static final int STEPS_A_COMMAND = 16;

    /** All that is asked of a command looks at each of its words. */
    private static final int STEPS_A_WORD = 10;

    /** To begin with a text within the command, which is read and evaluated by itself. */
    private static final int STEPS_A_TEXT = 1500;

    /** To read a text within the command once more. */
    private static final int STEPS_A_LETTER = 4;

    /** To follow links, by the length of the path. */
    private static final int STEPS_A_CHARACTER = 12;

    private static final int LONGEST_DIRECTORY = 1024;

    final Call call;
    final Catalogue catalogue = Catalogue.shipped();
    private final Set<String> recursive = new HashSet<>();

    /** How many programs nobody knows lie around the words that are tried just now. */
    private int guesses;

    /** What says no more than another one does; counts until all of the text was judged. */
    private final Set<Draft> doubles = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Calls of functions whose words are also judged as a program, by number. */
    private final Set<Integer> alsoPrograms = new HashSet<>();

    private final WrapperCommands wrappers = new WrapperCommands(this);
    private final CodeCommands code = new CodeCommands(this);
    private final FileCommands files = new FileCommands(this);
    private final GitCommands git = new GitCommands(this);
    private final NetCommands net = new NetCommands(this);
    private final ServiceCommands services = new ServiceCommands(this);
    private final ProcessCommands processes = new ProcessCommands(this);
    private final BuildCommands builds = new BuildCommands(this);
    private final PowerShellCommands powerShell = new PowerShellCommands(this);
    private final CmdCommands cmd = new CmdCommands(this);
    private final HandedSecrets handed = new HandedSecrets(this);
    private final AddressWords addresses = new AddressWords(this);
    private final LocalPorts ports = new LocalPorts(this);
    private final ProgramWords programs = new ProgramWords(this);
    private final CarriedPrograms carried = new CarriedPrograms(this);
    private final ListedNames listedNames = new ListedNames(this);
    private final CopiedTrees copies = new CopiedTrees(this);
    private final Besides besides = new Besides(this);
    private final HandedWords handedWords = new HandedWords(this);
    private final BroughtCode broughtCode = new BroughtCode(this);
    private final LooseWords looseWords = new LooseWords(this);
    private final OddWords oddWords = new OddWords(this);
    private final Certificates certificates = new Certificates(this);
    private final ValueRoles values = new ValueRoles(this);
    private final ForeignShells foreign = new ForeignShells(this);
    private final WrittenFiles writtenFiles = new WrittenFiles(this);
    private final NetworkCode networkCode = new NetworkCode(this);

    /** Bundles of short options of those that list, with one that names hidden files too. */
    private static final Pattern HIDDEN_TOO = Pattern.compile("-[A-Za-z.0-9]*[aAHuo.].*");

    /** By text, since each of its commands may ask what the others list. */
    private final IdentityHashMap<Evaluation, Boolean> hiddenLists = new IdentityHashMap<>();

    private final IdentityHashMap<Evaluation, Boolean> secretLists = new IdentityHashMap<>();

    /** From so many words on it is kept what was found among them. */
    private static final int MANY_WORDS = 16;

    /** Whether not all words are constant; a long command is asked for each of them. */
    private final IdentityHashMap<List<Argument>, Boolean> unknown = new IdentityHashMap<>();

    private @Nullable List<Argument> prodIn;
    private boolean prod;
    private @Nullable List<Argument> followsIn;
    private boolean follows;
    private @Nullable List<Argument> descendsIn;
    private boolean descends;

    /** By variable; what is exported once is set for every command that follows. */
    private final Map<String, Boolean> assignmentMatters = new HashMap<>();

    Judge(Call call) {
        this.call = call;
    }

    WrapperCommands wrappers() {
        return wrappers;
    }

    CodeCommands code() {
        return code;
    }

    BuildCommands builds() {
        return builds;
    }

    CopiedTrees copies() {
        return copies;
    }

    Besides besides() {
        return besides;
    }

    HandedSecrets handed() {
        return handed;
    }

    NetCommands net() {
        return net;
    }

    /** Judges a text of its own: the command of a call. */
    void text(String text, Context context) {
        text(text, context, 0);
    }

    void text(String text, Context context, int depth) {
        text(text, context, null, null, depth, null);
        call.drafts.removeIf(doubles::remove);
    }

    /** The same for a text that is a part of the input: its operations stand at {@code place}. */
    void text(String text, Context context, Span place) {
        text(text, context, null, place, 0, null);
        call.drafts.removeIf(doubles::remove);
    }

    /**
     * Judges a text that stands in a word of another command.
     *
     * @param parent the command that runs it
     */
    void nested(String text, Job parent) {
        nested(text, parent, parent.directory());
    }

    void nested(String text, Job parent, @Nullable String directory) {
        nested(text, parent, directory, parent.context().shell());
    }

    void nested(String text, Job parent, @Nullable String directory, Shell shell) {
        Context context = parent.context();
        Context start =
                new Context(
                        directory == null ? UNKNOWN_DIRECTORY : directory,
                        context.workspace(),
                        context.home(),
                        shell,
                        context.platform(),
                        context.environment(),
                        context.machine());
        text(text, start, parent.line(), parent.source(), parent.depth() + 1, parent);
    }

    private void text(
            String text,
            Context context,
            @Nullable CommandLine wrapper,
            @Nullable Span outer,
            int depth,
            @Nullable Job parent) {
        Span whole = outer == null ? new Span(0, text.length()) : outer;
        if (depth > DEEPEST) {
            beyond("commands are nested deeper than " + DEEPEST + " times", wrapper, whole);
            return;
        }
        if (text.length() > LONGEST_TEXT) {
            beyond("the command is longer than " + LONGEST_TEXT + " characters", wrapper, whole);
            return;
        }
        call.reads(text.length());
        if (depth > 0) {
            call.works(STEPS_A_TEXT + STEPS_A_LETTER * text.length());
        }
        Evaluation evaluation =
                switch (context.shell()) {
                    case PWSH -> PowerShellText.evaluate(text, context);
                    case CMD -> CmdText.evaluate(text, context);
                    case BASH, ZSH, SH -> ShellText.evaluate(text, context, new Disk(call.facts));
                };
        int first = numbers(evaluation);
        int before = call.drafts.size();
        boolean noUnixShell = context.shell() == Shell.PWSH || context.shell() == Shell.CMD;
        for (Evaluation.Unknown unknown : evaluation.unknowns()) {
            Span place = outer == null ? unknown.source() : outer;
            Draft draft =
                    unknown.beyond()
                            ? beyond(unknown.reason(), unnamed(wrapper), place)
                            : opaque(unknown.reason(), unnamed(wrapper), place);
            if (noUnixShell) {
                powerShell.unread(text, context, draft);
            }
        }
        recursive.addAll(evaluation.recursive());
        if (evaluation.invocations().stream().anyMatch(Invocation::local)) {
            recursive.addAll(Recursion.of(text, evaluation));
        }
        int began = call.drafts.size();
        Text whereItStands = new Text(text, context, wrapper, outer, depth, parent);
        invocations(whereItStands, evaluation, List.of(), first);
        if (evaluation.unsure()) {
            guessed(whereItStands, evaluation, first, began);
        }
        if (noUnixShell && !evaluation.unknowns().isEmpty()) {
            int read = call.drafts.size();
            int doubt = evaluation.unknowns().getFirst().source().from();
            int end = text.lastIndexOf(';', doubt);
            if (evaluation.invocations().isEmpty() && end > 0) {
                // What ends in front of the doubt is one text, with its folders.
                String front = text.substring(0, end);
                worst(() -> text(front, context, unnamed(wrapper), whole, depth + 1, parent));
            }
            for (String piece : UnreadPieces.of(text, context.shell())) {
                text(piece, context, unnamed(wrapper), whole, depth + 1, parent);
            }
            dropCovered(began, read);
            // That something is not understood is said already.
            call.drafts
                    .subList(read, call.drafts.size())
                    .removeIf(draft ->
                            draft.opaque
                                    && draft.floor == null
                                    && draft.tags.isEmpty()
                                    && !draft.risk.atLeast(RiskTier.HIGH)
                                    && draft.resource.equals(new Resource.Program(null)));
            powerShell.sendsRead(text, call.drafts.subList(before, call.drafts.size()));
        }
        if (noUnixShell) {
            List<String> guesses =
                    context.shell() == Shell.CMD
                            ? CmdText.guesses(text)
                            : PowerShellText.guesses(text);
            for (String guess : guesses) {
                worst(() -> text(guess, context, unnamed(wrapper), whole, depth + 1, parent));
            }
        }
    }

    /** A text and where it stands, for the commands in it. */
    private record Text(
            String text,
            Context context,
            @Nullable CommandLine wrapper,
            @Nullable Span outer,
            int depth,
            @Nullable Job parent) {}

    private int numbers(Evaluation evaluation) {
        int first = call.number(evaluation.invocations().size());
        if (call.tooMany()) {
            throw new Call.TooMuch("there are more commands than can be judged");
        }
        return first;
    }

    /**
     * Judges what else a text does if a working directory that is not certain is the one a guess
     * takes it for: what is worse there counts.
     */
    private void guessed(Text text, Evaluation certain, int first, int began) {
        for (Guess guess : List.of(Guess.ARRIVED, Guess.STAYED)) {
            int from = call.drafts.size();
            Evaluation evaluation =
                    ShellText.evaluate(
                            text.text(),
                            text.context(),
                            new Disk(call.facts),
                            guess,
                            call.context.cwd());
            boolean alike = evaluation.invocations().size() == certain.invocations().size();
            recursive.addAll(evaluation.recursive());
            invocations(
                    text,
                    evaluation,
                    alike ? certain.invocations() : List.of(),
                    alike ? first : numbers(evaluation));
            dropCovered(began, from);
        }
    }

    /**
     * Judges the commands of a text.
     *
     * @param judged what was judged before of the same text, command by command
     * @param first the number of the first command
     */
    private void invocations(Text text, Evaluation evaluation, List<Invocation> judged, int first) {
        Context context = text.context();
        Span outer = text.outer();
        Job parent = text.parent();
        int count = evaluation.invocations().size();
        List<Invocation.Assignment> handed = List.of();
        Context handing = context;
        Map<Integer, Job> printing = new HashMap<>();
        boolean traced = false;
        for (int i = 0; i < count; i++) {
            Invocation invocation = evaluation.invocations().get(i);
            if (!judged.isEmpty() && judged.get(i).equals(invocation)) {
                continue;
            }
            int number = first + i;
            if (i + 1 < count && isAlsoProgram(invocation, evaluation.invocations().get(i + 1))) {
                alsoPrograms.add(number);
            }
            if (invocation.input() instanceof Invocation.Input.Pipe pipe) {
                pipe.from().forEach(from -> call.flows.pipes(first + from, number));
            }
            if (parent != null) {
                call.flows.nests(parent.number(), number);
            }
            Set<String> credentials = Credentials.in(invocation, text.text());
            if (!credentials.isEmpty()) {
                call.credentials.put(number, credentials);
            }
            String directory = invocation.directory();
            if (directory != null && directory.startsWith(UNKNOWN_DIRECTORY)) {
                directory = null;
            }
            boolean inherits =
                    parent != null && invocation.input() instanceof Invocation.Input.Inherited;
            if (!invocation.assignments().equals(handed)) {
                handed = invocation.assignments();
                handing = passingOn(context, handed);
            }
            Job job =
                    new Job(
                            invocation.argv(),
                            new CommandLine(
                                    invocation.argv(),
                                    text.wrapper(),
                                    !invocation.assignments().isEmpty()),
                            invocation,
                            evaluation,
                            parent != null && inherits ? parent.text() : evaluation,
                            directory,
                            parent != null && inherits ? parent.input() : invocation.input(),
                            handing,
                            outer == null ? invocation.source() : outer,
                            text.depth(),
                            number);
            int before = call.drafts.size();
            simple(job, outer);
            if (directory == null) {
                whereItBegan(job, outer, before);
            }
            for (String other : invocation.elsewhere()) {
                simple(job.in(other.startsWith(UNKNOWN_DIRECTORY) ? null : other), outer);
            }
            boolean held = !credentials.isEmpty() || Credentials.holdsUnnamed(invocation);
            if (held && Credentials.isShown(invocation)) {
                showsVariable(job);
            } else if (held && (traced || Credentials.isPrinted(invocation, context.shell()))) {
                printing.put(i, job);
            }
            traced |= Credentials.traces(invocation);
        }
        if (!printing.isEmpty()) {
            Credentials.shownBy(evaluation.invocations(), printing.keySet(), context.shell())
                    .forEach(i -> showsVariable(Objects.requireNonNull(printing.get(i))));
        }
    }

    /** A well-known variable with a credential, printed for whoever reads the answer. */
    private void showsVariable(Job job) {
        for (String name : call.credentials.getOrDefault(job.number(), Set.of())) {
            secret(job, "shows the variable `" + name + "`", name).ofVariable = true;
        }
        if (Credentials.holdsUnnamed(job.invocation())) {
            secret(job, "shows a variable whose name is not known", "a variable").ofVariable = true;
        }
    }

    /** What a command hands to the shells it starts. */
    private static Context passingOn(Context context, List<Invocation.Assignment> assignments) {
        if (assignments.isEmpty()) {
            return context;
        }
        Map<String, String> variables = new HashMap<>(context.environment());
        for (Invocation.Assignment assignment : assignments) {
            // Every shell begins with separators and a folder of its own.
            if (!assignment.name().equals("IFS") && !assignment.name().equals("PWD")) {
                String value = assignment.value();
                variables.put(assignment.name(), value == null ? ShellText.UNSURE : value);
            }
        }
        return context.with(variables);
    }

    /** A command of no known name in another one: a restrictive rule on any command touches it. */
    private static @Nullable CommandLine unnamed(@Nullable CommandLine wrapper) {
        return wrapper == null
                ? null
                : new CommandLine(
                        List.of(new Argument(null, "", false, new Span(0, 0))), wrapper, false);
    }

    /** Whether the same words come again, this time as the program of that name. */
    private static boolean isAlsoProgram(Invocation local, Invocation next) {
        return local.local()
                && !next.local()
                && next.source().equals(local.source())
                && next.argv().equals(local.argv());
    }

    /** The folders of the disk the facts tell of. */
    private record Disk(Facts facts) implements Folders {
        private static final int MOST = 16;

        @Override
        public boolean test(String path) {
            return facts.kind(path) == Facts.Kind.DIRECTORY;
        }

        @Override
        public List<String> matching(String pattern) {
            List<String> found = List.of("");
            for (String part : pattern.split("/", -1)) {
                if (part.isEmpty()) {
                    continue;
                }
                List<String> next = new ArrayList<>();
                for (String folder : found) {
                    if (!Patterns.isGlob(part)) {
                        next.add(folder + "/" + part);
                        continue;
                    }
                    for (String name :
                            facts.list(folder.isEmpty() ? "/" : folder).orElse(List.of())) {
                        boolean shown = part.startsWith(".") || !name.startsWith(".");
                        if (shown && Patterns.glob(part, name) && test(folder + "/" + name)) {
                            next.add(folder + "/" + name);
                        }
                    }
                }
                found = next;
                if (found.size() > MOST) {
                    return List.of();
                }
            }
            return found.stream().filter(this).toList();
        }

        @Override
        public String resolved(String folder) {
            return facts.resolve(folder);
        }

        @Override
        public @Nullable String toplevel(String folder) {
            Worktree tree = Worktree.at(facts, folder).orElse(null);
            boolean plain =
                    tree != null
                            && !tree.bare()
                            && !facts.text(tree.git() + "/config")
                                    .orElse("worktree")
                                    .contains("worktree");
            return tree != null && plain ? tree.root() : null;
        }
    }

    /** A directory nobody knows may be the one the call began in: what is worse there counts. */
    private void whereItBegan(Job job, @Nullable Span outer, int before) {
        int first = call.drafts.size();
        simple(job.in(call.context.cwd()), outer);
        Set<@Nullable CommandLine> judged = new HashSet<>();
        call.drafts.subList(before, first).forEach(draft -> judged.add(draft.command));
        // What a script found there runs is named by rules on commands, however mild it is.
        // A secret that lies there counts for what the same command sends.
        dropCovered(
                before,
                first,
                draft ->
                        judged.contains(draft.command)
                                && !(draft.action == Action.FILE_READ
                                        && draft.tags.contains("secret")));
    }

    /** What was found from {@code first} on counts only where it is worse than what was before. */
    void dropCovered(int before, int first) {
        dropCovered(before, first, _ -> true);
    }

    private void dropCovered(int before, int first, Predicate<Draft> may) {
        if (first == call.drafts.size()) {
            return;
        }
        call.works(2 * STEPS_A_COMMAND * (call.drafts.size() - before));
        Set<Draft.Weight> found = new HashSet<>();
        call.drafts.subList(before, first).forEach(draft -> found.add(draft.weight()));
        for (Draft there : call.drafts.subList(first, call.drafts.size())) {
            if (may.test(there)
                    && found.stream().anyMatch(weight -> weight.covers(there.weight()))) {
                doubles.add(there);
            }
        }
    }

    private void simple(Job job, @Nullable Span outer) {
        int before = call.drafts.size();
        boolean afterWriting = call.facts.anyWritten();
        List<Invocation.Redirection> redirections = job.invocation().redirections();
        // Once for all of them: there may be thousands.
        boolean writes = !redirections.isEmpty() && !job.words().isEmpty() && writesSomething(job);
        for (Invocation.Redirection redirection : redirections) {
            redirection(job, redirection, writes);
        }
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            if (assignment.name().equals("IFS") && reads(job)) {
                continue;
            }
            assignment(
                    job,
                    assignment.name(),
                    assignment.value(),
                    outer == null ? assignment.source() : outer);
        }
        if (!job.words().isEmpty()) {
            command(job);
            if (afterWriting) {
                obeysWritten(job);
            }
            namesProtected(job, before);
            migrates(job, before);
        } else if (call.drafts.size() == before) {
            fact(job, "sets shell variables");
        }
        call.carry(before, job.number());
        if (!job.words().isEmpty()) {
            networkCode.add(job, before);
        }
        writtenFiles.note(job, before);
    }

    /** A task is called after what it does, and what it does is not seen. */
    private void migrates(Job job, int before) {
        String program = programName(job.words().getFirst().value());
        List<Draft> unseen = new ArrayList<>(0);
        for (int i = before; i < call.drafts.size(); i++) {
            Draft draft = call.drafts.get(i);
            if (draft.number == job.number()
                    && draft.action == Action.SHELL_RUN
                    && draft.risk.atLeast(RiskTier.MEDIUM)) {
                unseen.add(draft);
            }
        }
        if (program == null || unseen.isEmpty() || isClient(program)) {
            return;
        }
        List<String> words = new ArrayList<>(job.constants());
        words.addFirst(program);
        Set<String> tags = TaskNames.tags(words, catalogue.tool(program).isEmpty());
        unseen.forEach(draft -> draft.tags.addAll(tags));
        if (Migrations.run(words, this::isClient)) {
            unseen.forEach(draft -> draft.tag("database"));
        }
    }

    private boolean isClient(String program) {
        return catalogue.tool(program).filter(tool -> tool.kind().equals("db")).isPresent();
    }

    /** Judges once more what may obey files the call has written before. */
    private void obeysWritten(Job job) {
        int looked = 0;
        boolean obeys = false;
        for (Argument word : job.words()) {
            String name = programName(word.value());
            obeys |= name != null && OBEYS_FILES.contains(name);
            if (obeys || ++looked > MANY_WORDS) {
                break;
            }
        }
        if (obeys) {
            int first = call.drafts.size();
            call.facts.asWritten(() -> command(job));
            // They are written by then, if they are at all.
            call.drafts.subList(first, call.drafts.size()).forEach(draft -> draft.noted = true);
            writtenFiles.gitHooks(job);
        }
    }

    /** Programs that run what stands in files of the project. */
    private static final Set<String> OBEYS_FILES =
            Set.of(
                    ("make gmake npm pnpm yarn bun npx bunx pnpx just task go-task composer deno"
                                    + " poe pdm hatch rye pipenv tox nox turbo nx lerna git node cargo mise"
                                    + " run-s run-p npm-run-all concurrently")
                            .split(" ", -1));

    /** A file whose content goes and that stays; of a pattern also what its links lead to. */
    @Nullable Draft emptied(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        String written = place.written();
        boolean known = call.facts.kind(call.paths.workspace()) == Facts.Kind.DIRECTORY;
        if (known
                && written != null
                && place.pattern() == null
                && !place.outside()
                && written.equals(place.resolved())
                && call.facts.kind(written) == Facts.Kind.MISSING) {
            return file(job, Places.Touch.WRITE, word, false);
        }
        Draft draft = file(job, Places.Touch.DELETE, word, false);
        for (Paths.Place link : call.paths.place(word, job.directory()).links()) {
            file(job, Places.Touch.DELETE, link, false, word.written());
        }
        return draft;
    }

    /** What the options of a command name as output, where it must not be written. */
    void outputs(Job job) {
        for (Argument word : OutputWords.of(job.arguments())) {
            outputIfGuarded(job, word);
        }
    }

    /** The same for one word, which may or may not be a path. */
    private void outputIfGuarded(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        String written = place.written();
        if (written == null || place.stream()) {
            return;
        }
        Places.Verdict verdict = call.places.judge(Places.Touch.WRITE, place, false);
        boolean matters =
                verdict.floor() != null
                        || verdict.risk().atLeast(RiskTier.HIGH)
                        || guardsTree(place, written);
        if (matters) {
            output(job, word);
        }
    }

    /**
     * What a program writes or deletes as its everyday work, so that rules on the path see it.
     *
     * @param cell what is asked about: the program, not each of its files
     */
    void changed(Job job, Places.Touch touch, Paths.Place place, Action cell) {
        boolean whole = call.facts.kind(String.valueOf(place.written())) != Facts.Kind.FILE;
        Action action = action(touch);
        String verb = touch == Places.Touch.DELETE ? "deletes " : "writes ";
        add(
                                job,
                                action,
                                place.resource(whole),
                                action.risk(),
                                verb + place.shown(call.paths.workspace()))
                        .cell =
                cell;
    }

    /** A file handed to a tool that writes what it is given, where it is a protected one. */
    void editsGuarded(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        String written = place.written();
        if (written == null || place.stream()) {
            return;
        }
        Places.Verdict verdict = call.places.judge(Places.Touch.WRITE, place, false);
        if (verdict.floor() != null || guardsTree(place, written)) {
            output(job, word);
        }
    }

    /**
     * What a program makes beside the file it was given, such as a backup: nothing is said of it in
     * an everyday place.
     */
    void beside(Job job, Argument made) {
        Draft draft = file(job, Places.Touch.WRITE, made, false);
        if (draft != null && draft.floor == null && !draft.risk.atLeast(RiskTier.MEDIUM)) {
            call.drafts.remove(draft);
        }
    }

    private Places.Verdict written(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        return call.places.judge(Places.Touch.WRITE, place, false);
    }

    /** The backup of a file that is written, if an option gives its ending. */
    void backup(Job job, Argument file, @Nullable Argument suffix) {
        Argument made = suffix == null ? null : Backup.of(file, suffix);
        if (made == null) {
            return;
        }
        Places.Verdict own = written(job, file);
        Places.Verdict other = written(job, made);
        boolean worse = other.floor() != null || other.risk().compareTo(own.risk()) > 0;
        if (own.floor() == null && worse) {
            beside(job, made);
        }
    }

    /** {@code IN:OUT}, or a file by itself, which is read or written. */
    private void pair(Job job, String role, Argument word) {
        int colon = Quiet.pairSign(word.value());
        if (colon < 0) {
            boolean reads = role.equals("read-pair");
            file(job, reads ? Places.Touch.READ : Places.Touch.WRITE, word, false);
        } else {
            file(job, Places.Touch.READ, Quiet.pairIn(word, colon), false);
            output(job, Quiet.pairOut(word, colon));
        }
    }

    /** What an option names as output: a file, or a folder and all a program puts into it. */
    @Nullable Draft output(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        return file(job, Places.Touch.WRITE, place, isTree(place), word.written());
    }

    /** The same where it may well be a folder: rules on what lies below it are asked too. */
    @Nullable Draft outputBelow(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        String written = place.written();
        boolean below = false;
        if (written != null && !place.outside()) {
            Places.Verdict verdict = call.places.judge(Places.Touch.WRITE, place, false);
            below =
                    !verdict.risk().atLeast(RiskTier.MEDIUM)
                            && call.facts.kind(written) != Facts.Kind.FILE;
        }
        return file(job, Places.Touch.WRITE, place, isTree(place), below, word.written());
    }

    private boolean isTree(Paths.Place place) {
        String written = place.written();
        return written != null
                && call.places.judge(Places.Touch.WRITE, place, false).floor() == null
                && guardsTree(place, written);
    }

    /** Whether this is a protected file, or a folder of such files or with some in it. */
    boolean guardsAt(Paths.Place place) {
        String written = place.written();
        return written != null && guardsTree(place, written);
    }

    /** Whether hook, policy or our own files may lie below a folder that is not the project. */
    private boolean guardsTree(Paths.Place place, String written) {
        return !Paths.below(call.paths.workspace(), written)
                && (call.places.guards(place) != null || call.places.holdsProtected(place));
    }

    /** Whether another program starts it: what the outer one is named says nothing of it. */
    private static boolean isWrapped(Job job) {
        List<Argument> argv = job.invocation().argv();
        return !argv.isEmpty() && !job.words().getFirst().equals(argv.getFirst());
    }

    /** The files given to a program that is named for writing what it is given. */
    private void editsNamed(Job job, String name, int before) {
        boolean may = false;
        for (Draft draft : call.drafts.subList(before, call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            may |= draft.action == Action.SHELL_RUN && draft.risk.atLeast(RiskTier.MEDIUM);
        }
        if (may && OutputWords.edits(name, job.constants())) {
            job.arguments().forEach(word -> editsGuarded(job, word));
        }
    }

    /**
     * A program that is not known to read only, and is given the place of a hook or policy file in
     * whatever word, may write it.
     */
    private void namesProtected(Job job, int before) {
        boolean may = false;
        boolean told = false;
        for (Draft draft : call.drafts.subList(before, call.drafts.size())) {
            if (draft.floor != null) {
                return;
            }
            told |= draft.opaque;
            may |= draft.action == Action.SHELL_RUN && draft.risk.atLeast(RiskTier.MEDIUM);
            may |= draft.unnamed && draft.action == Action.FILE_WRITE;
        }
        if (!may) {
            return;
        }
        int first = call.drafts.size();
        outputs(job);
        String name = programName(job.words().getFirst().value());
        if (name != null && OutputWords.edits(name, job.constants())) {
            for (Argument word : job.arguments()) {
                editsGuarded(job, word);
            }
        }
        told |=
                call.drafts.subList(first, call.drafts.size()).stream()
                        .anyMatch(draft -> draft.floor != null);
        if (told) {
            return;
        }
        int looked = 0;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.length() > 2000 || !mayBePath(value)) {
                continue;
            }
            for (String part : SEPARATORS.split(value, 50)) {
                String text = part.startsWith("+") ? part.substring(1) : part;
                if (mayBePath(text) && ++looked <= 50 && protects(job, text)) {
                    opaque(
                            job,
                            "`"
                                    + cut(text)
                                    + "`, which agents may not write, is given to `"
                                    + cut(String.valueOf(job.words().getFirst().value()))
                                    + "`");
                    return;
                }
            }
        }
    }

    private static boolean mayBePath(String text) {
        return text.indexOf('/') >= 0 || text.indexOf('.') >= 0;
    }

    /** Whether a program that is given a folder looks into files, not at their names only. */
    private static boolean opensFiles(Job job) {
        String name = job.words().isEmpty() ? null : programName(job.words().getFirst().value());
        return name == null || !NAMES_ONLY.contains(name);
    }

    /** Whether a program leaves hidden folders out unless it is told otherwise. */
    private static boolean mayPassByHidden(Job job) {
        String name = job.words().isEmpty() ? null : programName(job.words().getFirst().value());
        return name != null && PASSES_BY_HIDDEN.contains(name);
    }

    private boolean protects(Job job, String text) {
        Paths.Place place = call.paths.place(text, false, job.directory());
        String written = place.written();
        boolean above =
                written == null
                        || Paths.below(call.paths.workspace(), written)
                        || Paths.below(call.paths.home(), written);
        return !above && call.places.guards(place) != null;
    }

    /** In front of {@code read} the separators only matter to it. */
    private static boolean reads(Job job) {
        return !job.words().isEmpty() && "read".equals(job.words().getFirst().value());
    }

    /**
     * Judges one redirection of a command.
     *
     * @param writes whether the command puts anything where it is sent
     */
    private void redirection(Job job, Invocation.Redirection redirection, boolean writes) {
        int before = call.drafts.size();
        Argument target = redirection.target();
        String text = target.value();
        if (text != null && (text.startsWith("/dev/tcp/") || text.startsWith("/dev/udp/"))) {
            String[] parts = text.split("/", -1);
            String host = parts.length > 3 ? parts[3] : "";
            String port = parts.length > 4 ? parts[4] : "";
            net.connection(job, call.network.of(null, host, port), true);
        } else {
            boolean program = !job.words().isEmpty();
            switch (redirection.direction()) {
                case READ -> file(job, Places.Touch.READ, target, false);
                case TRUNCATE -> {
                    if (writes || (program && opensAnew(job, target))) {
                        file(job, Places.Touch.WRITE, target, false);
                    } else {
                        emptied(job, target);
                    }
                }
                case APPEND, OVERWRITE -> file(job, Places.Touch.WRITE, target, false);
                case READ_WRITE -> {
                    file(job, Places.Touch.READ, target, false);
                    file(job, Places.Touch.WRITE, target, false);
                }
            }
        }
        for (int i = before; i < call.drafts.size(); i++) {
            call.drafts.get(i).origin = Operation.Origin.REDIRECTION;
        }
        writtenFiles.redirected(job, redirection, before);
    }

    /** Whether a command that is sent into a file puts anything there. */
    private boolean writesSomething(Job job) {
        List<Argument> command = behindWrapper(job);
        String name = command.isEmpty() ? "exec" : programName(command.getFirst().value());
        if (name == null) {
            return true;
        }
        List<Argument> arguments = command.subList(Math.min(1, command.size()), command.size());
        List<String> words =
                arguments.stream().map(Argument::value).filter(Objects::nonNull).toList();
        boolean constant = words.size() == arguments.size();
        return switch (name) {
            case ":", "true", "false" -> false;
            case "rem", "break", "cls" -> job.context().shell() != Shell.CMD;
            case "type" ->
                    job.context().shell() != Shell.CMD
                            || !words.stream().allMatch("nul"::equalsIgnoreCase);
            case "cd" -> job.context().shell() != Shell.CMD || !words.equals(List.of("."));
            case "exec" -> !arguments.isEmpty();
            case "cat" ->
                    !constant
                            || !words.stream().allMatch(word -> word.equals("/dev/null"))
                            || (words.isEmpty() && !readsNothing(job));
            case "printf" -> !words.equals(List.of("")) || !constant;
            case "echo" ->
                    !constant
                            || !words.stream().allMatch(word -> word.isEmpty() || word.equals("-n"))
                            || !(words.contains("-n") || words.equals(List.of("")));
            case "head" ->
                    !constant || words.isEmpty() || !NOTHING.contains(String.join(" ", words));
            default -> true;
        };
    }

    /**
     * Whether {@code exec} opens a file for what follows that the disk does not show to be there.
     */
    private boolean opensAnew(Job job, Argument target) {
        String written = call.paths.place(target, job.directory()).written();
        return job.words().size() == 1
                && "exec".equals(job.words().getFirst().value())
                && written != null
                && call.facts.kind(written) != Facts.Kind.FILE;
    }

    /**
     * The words of a command, those of a wrapper in front of one that may write nothing left out.
     */
    private List<Argument> behindWrapper(Job job) {
        List<Argument> words = job.words();
        String first = programName(words.getFirst().value());
        boolean wraps =
                first != null
                        && (first.equals("exec")
                                || first.equals("command")
                                || first.equals("builtin")
                                || first.equals("busybox")
                                || catalogue
                                        .tool(first)
                                        .filter(tool -> tool.kind().equals("wrapper"))
                                        .isPresent());
        for (int i = 1; wraps && i < words.size(); i++) {
            String name = programName(words.get(i).value());
            if (name != null && MAY_WRITE_NOTHING.contains(name)) {
                return words.subList(i, words.size());
            }
        }
        return words;
    }

    private static final Set<String> MAY_WRITE_NOTHING =
            Set.of(":", "true", "false", "cat", "printf", "echo", "head");

    private static final Set<String> NOTHING = Set.of("-c 0", "-c0", "-n 0", "-n0");

    /** Whether a command finds nothing on its input. */
    static boolean readsNothing(Job job) {
        return switch (job.input()) {
            case Invocation.Input.File file -> "/dev/null".equals(file.target().value());
            case Invocation.Input.Text text -> text.value() != null && text.value().isBlank();
            case Invocation.Input.Inherited _, Invocation.Input.Pipe _ -> false;
        };
    }

    /** One of the form {@code NAME=value}, in a word of its own. */
    void assignment(Job job, String word) {
        int equals = word.indexOf('=');
        if (!Reading.isAssignment(word)) {
            shell(job, RiskTier.MEDIUM, "sets a variable whose name no shell can");
        }
        assignment(job, word.substring(0, equals), word.substring(equals + 1), job.source());
    }

    /** Whether it was judged already what setting this variable does. */
    boolean judges(String name) {
        return name.equals("PWD")
                || name.equals("OLDPWD")
                || assignmentMatters.computeIfAbsent(name, this::assignmentMatters);
    }

    private boolean assignmentMatters(String name) {
        return Places.floorTexts("variables").contains(name)
                || catalogue.changesWhatRuns(name, null)
                || catalogue.namesOutput(name)
                || catalogue.takesOptions(name) != null;
    }

    /** Whether a variable moves what a build makes to another place for such things. */
    private boolean isBuildOutput(Job job, String name, @Nullable String value) {
        if (!name.equals("CARGO_TARGET_DIR") || value == null) {
            return false;
        }
        Paths.Place place = call.paths.place(value, false, job.directory());
        return call.places.judge(Places.Touch.DELETE, place, true).cell() == Action.FILE_WRITE;
    }

    /** The file a trace is written to, where that is a guarded one. */
    private void tracesInto(Job job, @Nullable String value) {
        if (value == null) {
            return;
        }
        Paths.Place place = call.paths.place(value, false, job.directory());
        boolean guarded =
                place.written() != null
                        && (call.places.judge(Places.Touch.WRITE, place, false).floor() != null
                                || guardsAt(place));
        Draft draft = guarded ? output(job, Argument.of(value)) : null;
        if (draft != null) {
            draft.origin = Operation.Origin.ASSIGNMENT;
        }
    }

    /** Whether a folder that looks like one of the project is a link to somewhere else. */
    private boolean leadsOut(Job job, @Nullable String value) {
        for (String part : value == null ? new String[0] : value.split(":", -1)) {
            boolean relative = !part.isEmpty() && part.charAt(0) != '/' && part.charAt(0) != '-';
            if (relative && call.paths.place(part, false, job.directory()).outside()) {
                return true;
            }
        }
        return false;
    }

    void assignment(Job job, String name, @Nullable String value, Span source) {
        if (!assignmentMatters.computeIfAbsent(name, this::assignmentMatters)) {
            return;
        }
        int before = call.drafts.size();
        if (Places.floorTexts("variables").contains(name)) {
            Draft draft =
                    shell(
                                    job,
                                    RiskTier.HIGH,
                                    "sets `" + name + "`, which moves a client's settings")
                            .floor(
                                    "variables that take the hooks away from a client are out of"
                                            + " reach");
            draft.origin = Operation.Origin.ASSIGNMENT;
            return;
        }
        boolean traces = name.startsWith("GIT_TRACE") || name.startsWith("GIT_REDIRECT_");
        if (traces && (value == null || !value.matches("|[0-9]|true|false"))) {
            Draft draft =
                    add(
                                    job,
                                    Action.SHELL_RUN,
                                    new Resource.Program(name),
                                    RiskTier.MEDIUM,
                                    "sets `" + name + "`, which may name a file to write",
                                    source)
                            .opaque();
            draft.origin = Operation.Origin.ASSIGNMENT;
            tracesInto(job, value);
            return;
        }
        if (catalogue.namesOutput(name) && !"".equals(value)) {
            written(job, name, value, source);
        }
        boolean changes =
                catalogue.changesWhatRuns(name, value)
                        ? !isBuildOutput(job, name, value)
                        : catalogue.choosesWhatRuns(name) && leadsOut(job, value);
        if (changes) {
            Draft draft =
                    add(
                            job,
                            Action.SHELL_RUN,
                            new Resource.Program(name),
                            RiskTier.MEDIUM,
                            "sets `" + name + "`, which changes what programs run",
                            source);
            draft.origin = Operation.Origin.ASSIGNMENT;
            if (name.startsWith("BASH_FUNC_") || RUNS_OR_REDEFINES.contains(name)) {
                draft.opaque();
            }
            if (value != null) {
                runsValue(job, name, value, draft);
                draft.perhaps(hosts(job, name, value, source));
            }
            if (READ_BY_SHELLS.contains(name)) {
                draft.perhaps(lesser(() -> code.sourced(job, value, source)));
            }
        }
        String program = catalogue.takesOptions(name);
        if (program != null && value != null) {
            int first = call.drafts.size();
            worst(() -> nested(program + " " + value, job));
            dropCovered(before, first);
        }
    }

    /** The file, or the folder and all in it, that programs write which find a variable set. */
    private void written(Job job, String name, @Nullable String value, Span source) {
        int before = call.drafts.size();
        String path = value == null ? null : value.replaceAll("%[0-9]*[A-Za-z]", "*");
        boolean filled = value != null && value.indexOf('%') >= 0;
        output(job.at(source), new Argument(path, name + "=…", filled, source));
        for (Draft draft : call.drafts.subList(before, call.drafts.size())) {
            draft.origin = Operation.Origin.ASSIGNMENT;
        }
    }

    /** The hosts a variable sends programs to. */
    private List<Operation> hosts(Job job, String name, String value, Span source) {
        List<Operation> hosts = new ArrayList<>(0);
        for (String part : value.split("[,|\\s]+", 50)) {
            boolean place = part.contains("://") || name.endsWith("_HOST");
            if (place && !part.isEmpty()) {
                String summary = "sets `" + name + "`, which names `" + cut(part) + "`";
                hosts.add(Besides.host(call.network.target(part), job.line(), summary, source));
            }
        }
        return hosts;
    }

    /** What programs run, or load, that find a variable set. */
    private void runsValue(Job job, String name, String value, Draft draft) {
        if (catalogue.holdsCommand(name)) {
            String command = value.startsWith("|") ? value.substring(1) : value;
            List<Operation> lesser = lesser(() -> nested(command, job));
            draft.perhaps(lesser);
        }
        for (String part : value.split("[\\s:=,;]+", 50)) {
            if (!part.isEmpty() && call.brought(call.paths.place(part, false, job.directory()))) {
                draft.tag("network").atLeast(RiskTier.CRITICAL);
                draft.summary = draft.summary + ", to what the same call brought from the network";
                return;
            }
        }
    }

    /** Adds of what may run only what is never let through: its lesser effects are not claimed. */
    void worst(Runnable guess) {
        int before = call.drafts.size();
        guess.run();
        call.drafts.subList(before, call.drafts.size()).removeIf(Judge::isLesser);
    }

    /** The same, with what is not claimed, for rules that restrict it. */
    List<Operation> lesser(Runnable guess) {
        int before = call.drafts.size();
        guess.run();
        List<Draft> guessed = call.drafts.subList(before, call.drafts.size());
        List<Operation> lesser =
                guessed.stream().filter(Judge::isLesser).map(Draft::operation).toList();
        guessed.removeIf(Judge::isLesser);
        return lesser;
    }

    private static boolean isLesser(Draft draft) {
        return draft.floor == null && !draft.risk.atLeast(RiskTier.CRITICAL);
    }

    static @Nullable String programName(@Nullable String word) {
        return word == null ? null : word.substring(word.lastIndexOf('/') + 1);
    }

    /** Judges one command, wrappers or not. */
    void command(Job job) {
        call.works(STEPS_A_COMMAND + STEPS_A_WORD * job.words().size());
        int before = call.drafts.size();
        if (job.depth() > DEEPEST) {
            opaque(job, "commands are nested deeper than " + DEEPEST + " times").floor(BEYOND);
            return;
        }
        String word = job.words().isEmpty() ? null : job.words().getFirst().value();
        String name = programName(word);
        if (name == null || word == null) {
            Draft draft = opaque(job, "the command is not constant");
            if (!job.words().isEmpty() && net.feeds(job, job.words().getFirst())) {
                draft.atLeast(RiskTier.CRITICAL).tag("network");
                draft.summary = "runs what comes from the network as a command";
            }
            return;
        }
        if (job.words().getFirst().glob()) {
            opaque(job, "the command word is a pattern");
            return;
        }
        if (name.isEmpty()) {
            opaque(job, "the command word is empty or a folder");
            return;
        }
        if (job.invocation().local() && sameWord(job, word)) {
            if (catalogue.tool(name).isPresent() || !call.programs.of(name).isEmpty()) {
                opaque(job, "`" + name + "` was redefined in this text");
                if (alsoPrograms.add(job.number())) {
                    // Else a definition in front would make a rule on the program ask where it
                    // denies.
                    command(job.asProgram());
                }
            } else if (recursive.contains(name)) {
                opaque(job, "`" + name + "` calls itself without end").atLeast(RiskTier.HIGH);
            } else if (call.drafts.size() == before) {
                fact(job, "runs a function of this text");
            }
            return;
        }
        if (ownProgram(job, name)) {
            return;
        }
        Job git = asGit(job, word, name);
        if (git != null) {
            command(git);
            return;
        }
        described(job, name);
        if (job.context().shell() == Shell.PWSH) {
            powerShell.judge(job, lastName(word));
            return;
        }
        if (job.context().shell() == Shell.CMD) {
            cmd.judge(job, lastName(word));
            return;
        }
        boolean own =
                (projectWrapper(job, word, name) || builds.isProjectTool(job, word, name))
                        && !writtenFiles.has(job, job.words().getFirst());
        if (call.madePrograms.contains(name) && !(word.indexOf('/') >= 0 && trusted(word))) {
            opaque(job, "the same call has written a program of the name `" + name + "`");
        }
        if (word.indexOf('/') >= 0 && !trusted(word) && !own) {
            code.scriptFile(job, job.words().getFirst());
            code.written(job, job.words().getFirst(), "");
            if (catalogue.tool(name).isEmpty()) {
                files.pathsAmongArguments(job);
                asWrapper(job);
                programs.add(job, before);
                addresses.add(job, name, before);
                return;
            }
        }
        known(job, name);
        if (job.depth() > 0 || isWrapped(job)) {
            editsNamed(job, name, before);
        }
        programs.add(job, before);
        carried.add(job, name, before);
        addresses.add(job, name, before);
        ports.add(job, name);
        handed.add(job, name, before);
        broughtCode.add(job, name, before);
        looseWords.add(job, name, before);
        listedNames.add(job, name);
        if (call.drafts.size() == before) {
            fact(job, "runs `" + name + "`");
        }
    }

    /** {@code git-push}, by itself or where git keeps its programs, as {@code git push}. */
    private @Nullable Job asGit(Job job, String word, String name) {
        String sub = name.startsWith("git-") ? name.substring(4) : "";
        boolean known =
                !sub.isEmpty()
                        && catalogue.tool(name).isEmpty()
                        && catalogue.tool("git").orElseThrow().subs().containsKey(sub);
        boolean gits = word.indexOf('/') < 0 || trusted(word) || word.endsWith("/git-core/" + name);
        if (!known || !gits || call.madePrograms.contains(name)) {
            return null;
        }
        Argument first = job.words().getFirst();
        List<Argument> words = new ArrayList<>();
        words.add(new Argument("git", first.written(), false, first.source()));
        words.add(new Argument(sub, first.written(), false, first.source()));
        words.addAll(job.arguments());
        return job.inner(words, List.of(first));
    }

    private static boolean sameWord(Job job, String word) {
        List<Argument> argv = job.invocation().argv();
        return !argv.isEmpty() && word.equals(argv.getFirst().value());
    }

    private static boolean trusted(String word) {
        String folder = word.substring(0, word.lastIndexOf('/'));
        return switch (folder) {
            case "/bin",
                    "/usr/bin",
                    "/usr/local/bin",
                    "/sbin",
                    "/usr/sbin",
                    "/usr/local/sbin",
                    "/opt/homebrew/bin",
                    "/snap/bin" ->
                    true;
            default -> false;
        };
    }

    /** A build's own starter script in the project. */
    private boolean projectWrapper(Job job, String word, String name) {
        if (!name.equals("gradlew") && !name.equals("mvnw")) {
            return false;
        }
        return !call.paths.place(word, false, job.directory()).outside();
    }

    private boolean ownProgram(Job job, String name) {
        if (!name.equals("countersign") && !name.equals("countersign.cmd")) {
            return false;
        }
        ownCommand(job, job.arguments());
        return true;
    }

    /** Our own command line tool, however it was started. */
    void ownCommand(Job job, List<Argument> arguments) {
        String word = null;
        for (Argument argument : arguments) {
            String value = argument.value();
            if (value == null || !value.startsWith("-")) {
                word = value;
                break;
            }
        }
        boolean here = arguments.stream().noneMatch(Judge::mayNameServer);
        if (here && word != null && Places.floorTexts("cli").contains(word)) {
            shell(job, RiskTier.LOW, "asks Countersign what it would decide");
            return;
        }
        shell(job, RiskTier.HIGH, "runs Countersign's own command line tool")
                .floor(
                        "agents may run `countersign check`, `analyze` and `doctor` only; the rest"
                                + " is for people");
    }

    /** With {@code --server} a question goes to an address, with a person's token. */
    private static boolean mayNameServer(Argument argument) {
        String value = argument.value();
        if (value == null) {
            String written = argument.written().replace("\"", "");
            return written.startsWith("$") || written.startsWith("`") || written.startsWith("--s");
        }
        int equals = value.indexOf('=');
        String name = equals < 0 ? value : value.substring(0, equals);
        return name.length() > 2 && "--server".startsWith(name);
    }

    /** What policies say of a program counts beside what is known of it. */
    private void described(Job job, String name) {
        if (isVersionQuestion(job)) {
            return;
        }
        for (Tool tool : call.programs.of(name)) {
            if (Reading.of(tool, job.arguments()).deeds().isEmpty()) {
                shell(job, RiskTier.MEDIUM, "runs `" + name + "` in a way no policy describes");
            }
            if (!services.described(job, name, tool)) {
                generic(job, name, tool);
            }
        }
    }

    /** The name of a program on a system that writes paths either way. */
    static String lastName(String word) {
        return word.substring(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
    }

    /** A command that does what this program would do, with nothing of its own to be found. */
    void likeProgram(Job job) {
        known(job, String.valueOf(job.words().getFirst().value()));
    }

    private void known(Job job, String name) {
        knownAs(job, name);
        Tool tool = catalogue.tool(name).orElse(null);
        List<Argument> flags = tool == null ? null : EitherWay.withoutFlags(tool, job.words());
        if (flags != null) {
            knownAs(job.as(flags, job.line(), job.context()), name);
        }
    }

    private void knownAs(Job job, String name) {
        if (asksForHelp(job, name)) {
            fact(job, "asks `" + name + "` about itself");
            return;
        }
        if (isVersionQuestion(job) && isProgram(name)) {
            fact(job, "asks `" + name + "` for its version");
            return;
        }
        builds.namedScripts(job, name);
        oddWords.add(job, name);
        if (certificates.judge(job, name)
                || foreign.judge(job, name)
                || processes.judge(job, name)
                || wrappers.judge(job, name)
                || code.judge(job, name)
                || files.judge(job, name)
                || git.judge(job, name)
                || net.judge(job, name)
                || services.judge(job, name)
                || builds.judge(job, name)) {
            return;
        }
        Tool tool = catalogue.tool(name).orElse(null);
        if (tool == null) {
            if (isVersionQuestion(job)) {
                fact(job, "asks `" + name + "` for its version");
                return;
            }
            String word = String.valueOf(job.words().getFirst().value());
            if (call.programs.accepted(name) && (word.equals(name) || trusted(word))) {
                return;
            }
            shell(job, RiskTier.MEDIUM, "runs `" + name + "`, which the catalogue does not know")
                            .unseen =
                    true;
            files.pathsAmongArguments(job);
            asWrapper(job);
            return;
        }
        generic(job, name, tool);
    }

    /**
     * A program nobody knows may run the command among its words. What that would do at worst
     * counts; its lesser effects are not claimed.
     */
    private void asWrapper(Job job) {
        if (guesses >= DEEPEST_GUESS) {
            return;
        }
        guesses++;
        tryWords(job);
        guesses--;
    }

    private void tryWords(Job job) {
        int tried = 0;
        for (int i = 1; i < job.words().size() && tried < MOST_GUESSES; i++) {
            String word = job.words().get(i).value();
            String name = programName(word);
            boolean runs =
                    word != null
                            && name != null
                            && (catalogue.tool(name).isPresent() || name.equals("countersign"))
                            && (name.equals(word) || trusted(word));
            if (word != null && isLine(job.words().get(i)) && word.length() < LONGEST_GUESS) {
                line(job, word);
                tried++;
            }
            if (!runs || name == null) {
                continue;
            }
            tried++;
            int before = call.drafts.size();
            List<Argument> command = job.words().subList(i, job.words().size());
            worst(() -> command(job.inner(command, before(job, command))));
            if (name.equals(word)) {
                boolean certain = isShellText(job, i, name);
                List<Draft> guessed = call.drafts.subList(before, call.drafts.size());
                for (Draft draft : guessed) {
                    certain |= draft.floor != null || draft.resource instanceof Resource.Path;
                }
                if (!certain) {
                    guessed.forEach(draft -> perhaps(draft, job));
                }
            }
        }
    }

    /** A word that may be a whole command line: {@code mytool --run 'rm -rf x'}. */
    private void line(Job job, String text) {
        String first = text.strip().split("\\s", 2)[0];
        if (catalogue.tool(String.valueOf(programName(first))).isEmpty()) {
            return;
        }
        int before = call.drafts.size();
        worst(() -> nested(text, job));
        for (Draft draft : call.drafts.subList(before, call.drafts.size())) {
            // It may as well be a sentence about what must not be done.
            draft.floor = BEYOND.equals(draft.floor) ? BEYOND : null;
            perhaps(draft, job);
        }
    }

    /** {@code sh -c} and the like mean one thing wherever they stand. */
    private boolean isShellText(Job job, int at, String name) {
        String option = job.argument(at);
        boolean text = option != null && option.startsWith("-") && option.endsWith("c");
        return text
                && catalogue
                        .tool(name)
                        .map(tool -> tool.kind().equals("interpreter"))
                        .orElse(false);
    }

    /**
     * A word such as {@code kill} or {@code sudo} is often a sub-command. Unless a path or the full
     * name of a program says that harm is meant, a person tells which it is.
     */
    private static void perhaps(Draft draft, Job job) {
        draft.risk = RiskTier.HIGH;
        draft.cell = Action.SHELL_RUN;
        draft.opaque();
        draft.summary =
                "`"
                        + cut(String.valueOf(job.words().getFirst().value()))
                        + "` may run: "
                        + draft.summary;
    }

    /** {@code X --version} alone. */
    static boolean isVersionQuestion(Job job) {
        String only = job.words().size() == 2 ? job.argument(0) : null;
        return "--version".equals(only) || "--help".equals(only);
    }

    /** Clients and builds that hand what they do not know on to tasks, or obey it all the same. */
    private static final Set<String> IGNORES_HELP =
            Set.of(
                    "yarn", "pnpm", "mix", "lein", "rebar3", "clojure", "boot", "rails", "rake",
                    "grunt", "gulp", "ant", "phing", "cap", "fab", "invoke", "sbt", "zig");

    /** {@code X sub --help}, where nothing but listed sub-commands stands in front. */
    private boolean asksForHelp(Job job, String name) {
        List<Argument> words = job.arguments();
        Tool tool = catalogue.tool(name).orElse(null);
        if (tool == null || words.size() < 2 || IGNORES_HELP.contains(name)) {
            return false;
        }
        boolean answers =
                switch (tool.kind()) {
                    case "build", "pkg", "container", "cloud", "service" -> true;
                    default -> name.equals("gh") || name.equals("glab") || name.equals("bun");
                };
        String last = words.getLast().value();
        boolean help = "--help".equals(last) || (name.equals("go") && "-h".equals(last));
        if (!answers || !help) {
            return false;
        }
        for (Argument word : words.subList(0, words.size() - 1)) {
            tool = tool == null ? null : tool.subs().get(String.valueOf(word.value()));
        }
        return tool != null;
    }

    /** Whether a catalogued name is that of a program, which answers questions about itself. */
    private boolean isProgram(String name) {
        Tool tool = catalogue.tool(name).orElse(null);
        if (tool == null) {
            return Quiet.knows(name);
        }
        return switch (tool.kind()) {
            case "builtin", "keyword", "wrapper", "vcs" -> false;
            default -> true;
        };
    }

    static boolean isVersionWord(Invocation invocation) {
        return invocation.argv().size() == 2
                && "--version".equals(invocation.argv().getLast().value());
    }

    /** A catalogued program without special knowledge. */
    void generic(Job job, String name, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        generic(job, name, reading);
    }

    void generic(Job job, String name, Reading reading) {
        unproven(job, name, reading);
        roles(job, reading, effectiveDirectory(job, reading));
        deeds(job, name, reading);
        if (name.equals("zip") && reading.has("-m", "--move")) {
            reading.positionals.stream()
                    .skip(1)
                    .forEach(word -> file(job, Places.Touch.DELETE, word, true));
        }
    }

    /** Says so when an option or sub-command is not listed. */
    boolean unproven(Job job, String name, Reading reading) {
        if (!reading.unknown.isEmpty()) {
            Argument word = reading.unknown.getFirst();
            opaque(
                    job,
                    "`"
                            + word.written()
                            + "` is not constant and may be an option of `"
                            + name
                            + "`");
            return true;
        }
        if (!reading.unlisted.isEmpty()) {
            if (isVersionQuestion(job)) {
                return false;
            }
            shell(job, RiskTier.MEDIUM, "runs `" + name + "`: " + reading.unlisted.getFirst());
            return true;
        }
        return false;
    }

    /** Where relative paths start after an option such as {@code -C} was obeyed. */
    @Nullable String effectiveDirectory(Job job, Reading reading) {
        String directory = job.directory();
        Map<String, Boolean> otherwise = new HashMap<>();
        for (Reading.Given given : reading.given) {
            boolean changes =
                    switch (given.name()) {
                        case "-C",
                                "--directory",
                                "--chdir",
                                "--cwd",
                                "--dir",
                                "-chdir",
                                "--working-directory",
                                "--working-dir",
                                "--prefix" ->
                                given.value() != null
                                        && !otherwise.computeIfAbsent(
                                                given.name(),
                                                name -> reading.boundOtherwise(name, "dir"));
                        default -> false;
                    };
            if (changes) {
                directory = moved(directory, given.value());
            }
        }
        return directory;
    }

    /** The folder an option chooses, or the one it already is. */
    @Nullable String searched(Job job, @Nullable Argument folder) {
        return folder == null ? job.directory() : moved(job.directory(), folder);
    }

    @Nullable String moved(@Nullable String directory, @Nullable Argument to) {
        if (to == null || to.value() == null || to.glob()) {
            return null;
        }
        if (directory != null && directory.length() > LONGEST_DIRECTORY) {
            return null;
        }
        // Links are followed along the whole of it.
        call.works(
                STEPS_A_COMMAND + (directory == null ? 0 : STEPS_A_CHARACTER * directory.length()));
        return call.paths.place(to, directory).written();
    }

    /** Judges the words of a command by their roles. */
    void roles(Job job, Reading reading, @Nullable String directory) {
        Job place = job.in(directory);
        for (Reading.Bound bound : reading.bound) {
            boolean written = bound.option() != null && bound.role().startsWith("write");
            String value = bound.word().value();
            if (value != null
                    && bound.role().equals("write-or-pipe")
                    && value.matches("(?s)[|!].*")) {
                script(place, word(bound.word(), value.substring(1)), Shell.SH);
            } else if (written
                    && (value == null || !(value.equals("-") || value.contains("://")))) {
                output(place, bound.word());
            } else if (bound.option() != null && bound.role().equals("delete")) {
                emptiesFolder(place, bound.word());
            } else {
                role(place, bound.role(), bound.word());
            }
        }
        boolean runs = reading.deeds().contains(Deed.EXEC) || reading.deeds().contains(Deed.CODE);
        if (reading.command.size() == 1 && runs && isLine(reading.command.getFirst())) {
            script(place, reading.command.getFirst(), Shell.SH);
        } else if (!reading.command.isEmpty() && runs) {
            command(place.inner(reading.command, before(job, reading.command)));
        }
    }

    /** A place an option has a program empty: rules on what lies below it are asked too. */
    private void emptiesFolder(Job job, Argument word) {
        Paths.Place place = call.paths.place(word, job.directory());
        boolean below = call.facts.kind(String.valueOf(place.written())) != Facts.Kind.FILE;
        file(job, Places.Touch.DELETE, place, false, below, word.written());
    }

    /** Whether the one word a wrapper is given is a whole command line, for a shell if at all. */
    private static boolean isLine(Argument word) {
        String value = word.value();
        return value != null && value.strip().indexOf(' ') > 0;
    }

    /** The words of a wrapper in front of the command it runs. */
    static List<Argument> before(Job job, List<Argument> command) {
        return job.words().subList(0, job.words().size() - command.size());
    }

    private static Argument word(Argument word, String value) {
        return new Argument(value, word.written(), word.glob(), word.source());
    }

    /** Whether a program puts a tree of files where it is told to write. */
    private boolean fillsFolders(Job job) {
        String name = programName(job.words().getFirst().value());
        Tool tool = name == null ? null : catalogue.tool(name).orElse(null);
        return tool != null
                && switch (tool.kind()) {
                    case "cloud", "pkg", "build", "container", "service" -> true;
                    default -> false;
                };
    }

    void role(Job job, String role, Argument word) {
        switch (role) {
            case "page" -> {
                if (word.value() == null || word.value().indexOf('/') >= 0) {
                    file(job, Places.Touch.READ, word, false);
                }
            }
            case "scratch" -> {
                if (word.value() == null) {
                    opaque(job, "where `" + cut(word.written()) + "` is, it puts files");
                } else {
                    outputIfGuarded(job, word);
                }
            }
            case "read-or-pipe" -> {
                String value = word.value();
                if (value != null && value.startsWith("|")) {
                    shell(job, RiskTier.MEDIUM, "runs a command for its input");
                    script(job, word(word, value.substring(1)), Shell.SH);
                } else {
                    fileOrAddress(job, Places.Touch.READ, word);
                }
            }
            case "list" -> {
                file(job, Places.Touch.READ, word, false);
                if (!"-".equals(word.value()) || !wrappers.hasListing(job)) {
                    opaque(job, "the files that `" + cut(word.written()) + "` lists are read");
                }
            }
            case "repository" -> {
                if (!Set.of("git", "svn", "auto", "").contains(String.valueOf(word.value()))) {
                    script(job, word, Shell.SH);
                }
            }
            case "read" -> fileOrAddress(job, Places.Touch.READ, word);
            case "text-or-read" -> {
                if (!"-".equals(word.value())) {
                    file(job, Places.Touch.READ, word, false);
                }
            }
            case "folder" -> file(job, Places.Touch.FOLDER, word, false);
            case "read-pair", "write-pair" -> pair(job, role, word);
            case "write", "write-or-read" -> {
                if (!"-".equals(word.value())) {
                    if (fillsFolders(job)) {
                        output(job, word);
                    } else {
                        file(job, Places.Touch.WRITE, word, false);
                    }
                }
            }
            case "read-or-url" -> fileOrAddress(job, Places.Touch.READ, word);
            case "write-or-url" -> fileOrAddress(job, Places.Touch.WRITE, word);
            case "delete" -> file(job, Places.Touch.DELETE, word, false);
            case "codefile" -> {
                if (!"-".equals(word.value())) {
                    code.scriptFile(job, word);
                    code.writtenFor(job, word);
                }
            }
            // The login shell, or sh: what only bash reads is not sure.
            case "script" -> script(job, word, Shell.SH);
            case "exec1" -> {
                String value = word.value();
                if (value == null) {
                    opaque(job, "the program `" + word.written() + "` is not constant");
                } else {
                    nested(value, job);
                }
            }
            case "ruleset" -> {
                if (namesRegistry(word.value())) {
                    shell(job, RiskTier.HIGH, "fetches rules").tag("network");
                } else {
                    file(job, Places.Touch.READ, word, false);
                }
            }
            case "name-or-codefile" -> {
                String value = word.value();
                if (value == null || value.matches(".*[/\\\\].*|.*\\.[A-Za-z]+")) {
                    code.scriptFile(job, word);
                    code.writtenFor(job, word);
                }
            }
            case "name-or-script" -> {
                if (!String.valueOf(word.value()).matches("[a-z]+")) {
                    shell(job, RiskTier.MEDIUM, "runs what an option names");
                    script(job, word, Shell.SH);
                }
            }
            case "name-or-url" -> {
                if (String.valueOf(word.value()).contains("://")) {
                    fileOrAddress(job, Places.Touch.READ, word);
                }
            }
            case "formats" -> {
                for (String part : String.valueOf(word.value()).split(",", -1)) {
                    String path = part.substring(part.indexOf(':') + 1);
                    if (!path.equals("stdout")) {
                        output(job, new Argument(path, word.written(), false, word.source()));
                    }
                }
            }
            case "filters" -> {
                if (!FilterGraph.plain(word.value())) {
                    opaque(job, "filters of `" + job.shown() + "` may open files");
                }
            }
            case "host", "url" -> net.connection(job, call.network.target(word.value()), false);
            case "hostpath" -> net.hostPath(job, word, Places.Touch.READ);
            case "hostpath-to" -> net.hostPath(job, word, Places.Touch.WRITE);
            case "unknown" -> {
                opaque(
                        job,
                        "what `"
                                + Judge.cut(word.written())
                                + "` does to `"
                                + job.shown()
                                + "` is not known");
                file(job, Places.Touch.READ, word, false);
            }
            default -> {
                if (role.startsWith("code:")) {
                    code.programText(job, role.substring(5), word);
                } else {
                    values.judge(job, role, word);
                }
            }
        }
    }

    /** Rules by the name a registry has for them, or by an address. */
    private static boolean namesRegistry(@Nullable String value) {
        return value == null
                || value.contains("://")
                || value.matches("auto|policy|supply-chain|secrets|code|[a-z]/.*");
    }

    private void fileOrAddress(Job job, Places.Touch touch, Argument word) {
        String value = word.value();
        if (AddressWords.isUrl(word)) {
            net.connection(
                    job, AddressWords.target(call.network, word), touch == Places.Touch.WRITE);
        } else if (!"-".equals(value)) {
            file(job, touch, word, false);
        }
    }

    static String cut(String text) {
        boolean longer = text.length() > 60;
        String start = longer ? text.substring(0, 57) + "…" : text;
        return start.replace('\n', ' ').replace('`', '\'');
    }

    void script(Job job, Argument word) {
        script(job, word, job.context().shell());
    }

    private void script(Job job, Argument word, Shell dialect) {
        String value = word.value();
        if (value == null) {
            if (net.feeds(job, word) || net.feedsWords(job)) {
                shell(job, RiskTier.CRITICAL, "runs code straight from the network")
                        .opaque()
                        .tag("network");
            } else {
                opaque(job, "the text it runs, `" + cut(word.written()) + "`, is not constant");
            }
            return;
        }
        nested(value, job, job.directory(), dialect);
    }

    /** Adds what a command does beside what its words name, as {@code effects.csv} weighs it. */
    void deeds(Job job, String name, Reading reading) {
        deeds(job, name, reading, reading.deeds());
    }

    /** The same for some of its effects. */
    void deeds(Job job, String name, Reading reading, Set<Deed> deeds) {
        String what = describe(name, reading);
        for (Deed deed : deeds) {
            Deed.Weight weight = deed.weight();
            if (weight.silent(deeds)) {
                continue;
            }
            switch (weight.refinement()) {
                case WORDS -> {}
                case PLAIN -> counts(job, weight, what, reading);
                case MACHINE -> {
                    Draft draft = counts(job, weight, what, reading);
                    if (deeds.contains(Deed.SYSTEM)) {
                        draft.atLeast(RiskTier.CRITICAL);
                    }
                }
                case PLACE -> {
                    Places.Touch touch = touch(weight.action());
                    if (!names(reading, touch)) {
                        here(job, touch, what + " " + weight.says());
                    }
                }
                case CARRIES -> {
                    Draft draft = counts(job, weight, what, reading);
                    draft.sends = true;
                    draft.sendsUnknown = hasUnknown(job);
                }
                case SENDS -> {
                    Draft draft = counts(job, weight, what, reading);
                    draft.sends = true;
                    draft.sendsUnknown = true;
                }
                case COMMAND -> {
                    if (reading.command.isEmpty() && !named(reading, "script")) {
                        counts(job, weight, what, reading);
                    }
                }
                case PROJECT -> counts(job, weight, what, reading).ownCode = reading.proven();
                case CREDENTIALS -> {
                    Draft draft =
                            add(
                                    job,
                                    weight.action(),
                                    new Resource.Named("secret", name),
                                    weight.risk(),
                                    what + " " + weight.says());
                    draft.tags.addAll(weight.tags());
                    draft.fetched = true;
                }
            }
        }
    }

    private Draft counts(Job job, Deed.Weight weight, String what, Reading reading) {
        Draft draft = shell(job, weight.risk(), what + " " + weight.says());
        draft.tags.addAll(weight.tags());
        draft.tags.addAll(reading.tags());
        return draft;
    }

    private static Places.Touch touch(Action action) {
        return action == Action.FILE_DELETE ? Places.Touch.DELETE : Places.Touch.WRITE;
    }

    /** Whether words say which files are written or deleted. */
    private static boolean names(Reading reading, Places.Touch touch) {
        boolean writes =
                named(reading, "write")
                        || named(reading, "folder")
                        || named(reading, "write-pair")
                        || named(reading, "write-or-read")
                        || named(reading, "write-or-url");
        List<String> words = reading.tool.positionals();
        return touch == Places.Touch.DELETE
                ? writes || named(reading, "delete") || words.contains("delete*")
                : writes || words.contains("write*") || words.contains("folder*");
    }

    /** Whether a word that may be a database or a host names production. */
    @SuppressWarnings("ReferenceEquality") // only whether it is the list last asked for
    boolean namesProd(Job job) {
        if (prodIn != job.words()) {
            prodIn = job.words();
            prod = ServiceCommands.namesProd(job);
        }
        return prod;
    }

    boolean hasUnknown(Job job) {
        return job.words().size() < MANY_WORDS
                ? hasUnknown(job.words())
                : unknown.computeIfAbsent(job.words(), Judge::hasUnknown);
    }

    static boolean hasUnknown(List<Argument> words) {
        for (Argument word : words) {
            if (word.value() == null) {
                return true;
            }
        }
        return false;
    }

    /** The same with the text it reads from its input. */
    private boolean handsUnknown(Job job) {
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            // Who wrote a commit goes into it.
            if (assignment.value() == null && assignment.name().startsWith("GIT_")) {
                return true;
            }
        }
        return hasUnknown(job)
                || (job.input() instanceof Invocation.Input.Text text && text.value() == null);
    }

    private static boolean named(Reading reading, String role) {
        for (Reading.Bound bound : reading.bound) {
            if (bound.role().equals(role)) {
                return true;
            }
        }
        return false;
    }

    static String describe(String name, Reading reading) {
        return reading.path.isEmpty()
                ? "`" + name + "`"
                : "`" + name + " " + String.join(" ", reading.path) + "`";
    }

    // ---- adding operations

    Draft add(
            Job job, Action action, Resource resource, RiskTier risk, String summary, Span source) {
        Draft draft = new Draft(action, resource, risk, summary, job.line(), source);
        draft.number = job.number();
        draft.unknownWords = handsUnknown(job);
        if (mayRead(job, action, resource)) {
            draft.perhaps(besides.reads(job));
        }
        call.add(draft);
        return draft;
    }

    /**
     * Whether an operation is that of a program whose words are not looked at one by one. Git is
     * read with its pathspecs.
     */
    private static boolean mayRead(Job job, Action action, Resource resource) {
        return switch (resource) {
            case Resource.Path _ -> false;
            case Resource.Named named -> named.kind().equals("secret");
            case Resource.Repository _ -> action == Action.GIT_CREATE_PR;
            case Resource.Program _, Resource.Web _, Resource.Tool _ ->
                    !job.words().isEmpty()
                            && !"git".equals(programName(job.words().getFirst().value()));
        };
    }

    Draft add(Job job, Action action, Resource resource, RiskTier risk, String summary) {
        return add(job, action, resource, risk, summary, job.source());
    }

    /** A program that runs. */
    Draft shell(Job job, RiskTier risk, String summary) {
        String name = job.words().isEmpty() ? null : programName(job.words().getFirst().value());
        Draft draft = add(job, Action.SHELL_RUN, new Resource.Program(name), risk, summary);
        draft.handed = handedWords.of(job);
        return draft;
    }

    Draft opaque(Job job, String reason) {
        return shell(job, RiskTier.MEDIUM, reason).opaque();
    }

    /** A bound was reached: what was not looked at may be anything. */
    private Draft beyond(String reason, @Nullable CommandLine line, Span source) {
        return opaque(reason, line, source).floor(BEYOND);
    }

    private Draft opaque(String reason, @Nullable CommandLine line, Span source) {
        Draft draft =
                new Draft(
                        Action.SHELL_RUN,
                        new Resource.Program(null),
                        RiskTier.MEDIUM,
                        reason,
                        line,
                        source);
        call.add(draft.opaque());
        return draft;
    }

    /** Something about the machine or the shell that is only looked at. */
    Draft fact(Job job, String summary) {
        String name = job.words().isEmpty() ? "shell" : programName(job.words().getFirst().value());
        return add(job, Action.FILE_READ, new Resource.Named("host", name), RiskTier.NONE, summary);
    }

    Draft secret(Job job, String summary, String name) {
        return add(
                        job,
                        Action.FILE_READ,
                        new Resource.Named("secret", name),
                        RiskTier.HIGH,
                        summary)
                .tag("secret");
    }

    /** The working directory as the place of an effect no word names. */
    void here(Job job, Places.Touch touch, String summary) {
        Paths.Place place = call.paths.place(".", false, job.directory());
        Places.Verdict verdict = call.places.judge(touch, place, false);
        Draft draft =
                add(
                        job,
                        verdict.cell() == Action.FILE_WRITE && touch == Places.Touch.DELETE
                                ? Action.FILE_DELETE
                                : action(touch),
                        place.resource(true),
                        place.written() == null
                                ? RiskTier.HIGH
                                : place.outside() ? RiskTier.HIGH : action(touch).risk(),
                        summary);
        draft.unnamed = true;
        if (place.written() == null) {
            draft.opaque();
        }
    }

    static Action action(Places.Touch touch) {
        return switch (touch) {
            case READ, LOOK -> Action.FILE_READ;
            case WRITE, FOLDER -> Action.FILE_WRITE;
            case DELETE -> Action.FILE_DELETE;
        };
    }

    /** A file or folder that is read, written or deleted. */
    @Nullable Draft file(Job job, Places.Touch touch, Argument word, boolean whole) {
        Paths.Place place = call.paths.place(word, job.directory());
        String value = word.value();
        if (word.glob() && place.written() == null && value != null && value.contains("/../")) {
            // But for links, a folder that a pattern matches and `..` cancel out.
            String start = value.startsWith("/") ? value : job.directory() + "/" + value;
            String path = start.startsWith("/") ? Paths.normalise(start) : start;
            Argument plain = new Argument(path, word.written(), true, word.source());
            if (!path.contains("/..")) {
                worst(() -> file(job, touch, plain, whole));
            }
        }
        int before = call.drafts.size();
        Draft draft = file(job, touch, place, whole, word.written());
        if (touch == Places.Touch.DELETE && whole && value != null && followed(place, value)) {
            // What lies where a link leads, not the link.
            int first = call.drafts.size();
            Argument all = new Argument(value + "*", word.written(), true, word.source());
            file(job, touch, call.paths.place(all, job.directory()), true, word.written());
            dropCovered(before, first);
        }
        return draft;
    }

    /** Whether a path ends in a slash, behind the name of a link. */
    private static boolean followed(Paths.Place place, String value) {
        return value.endsWith("/")
                && place.pattern() == null
                && (!Objects.equals(place.written(), place.resolved())
                        || !Places.reached(Places.Touch.READ, place).isEmpty());
    }

    @Nullable Draft file(
            Job job, Places.Touch touch, Paths.Place place, boolean whole, String written) {
        return file(job, touch, place, whole, whole, written);
    }

    /**
     * @param whole whether all that lies below counts
     * @param below whether rules on what lies below are asked, even where nothing there counts
     */
    private @Nullable Draft file(
            Job job,
            Places.Touch touch,
            Paths.Place place,
            boolean whole,
            boolean below,
            String written) {
        if (place.stream()) {
            return null;
        }
        Places.Verdict verdict = call.places.judge(touch, place, whole);
        String verb =
                switch (touch) {
                    case READ -> "reads ";
                    case LOOK -> "looks at ";
                    case WRITE -> "writes ";
                    case FOLDER -> "makes the folder ";
                    case DELETE -> "deletes ";
                };
        String what =
                place.written() == null
                        ? "`" + cut(written) + "`"
                        : place.shown(call.paths.workspace());
        boolean reaches =
                touch == Places.Touch.WRITE
                        && (whole || place.pattern() != null)
                        && call.places.holdsProtected(place);
        String note = reaches ? "which may reach hook or policy files" : verdict.note();
        Draft draft =
                add(
                                job,
                                action(touch),
                                place.resource(
                                        whole
                                                || below
                                                || (touch == Places.Touch.READ
                                                        && descends(job, place))),
                                verdict.risk(),
                                verb + what + (note == null ? "" : ", " + note))
                        .tag(verdict.tags().toArray(String[]::new));
        draft.cell = verdict.cell();
        draft.pattern = place.pattern();
        String floor = verdict.floor();
        if (floor != null) {
            draft.floor(floor);
        }
        boolean opens =
                touch == Places.Touch.READ
                        && (whole || opensAll(job, place))
                        && floor == null
                        && opensFiles(job);
        if (opens && call.places.holdsOurs(place)) {
            draft.opaque();
            draft.summary = draft.summary + ", which holds Countersign's own data";
            if (!mayPassByHidden(job)) {
                draft.floor(Places.OURS);
            }
        }
        if (place.written() == null || reaches) {
            draft.opaque();
        }
        if (touch == Places.Touch.READ && floor == null && opensBelow(job, place, whole)) {
            draft.tag("secret").atLeast(RiskTier.HIGH);
            draft.summary = draft.summary + ", with secrets below it";
        }
        if (touch == Places.Touch.READ && whole) {
            followed(job, place);
        }
        // Rules on paths speak of the place a link leads to, so it is an operation of its own.
        for (Paths.Place led : Places.reached(touch, place)) {
            file(job, touch, led, whole, String.valueOf(led.written()));
        }
        return draft;
    }

    /**
     * What is written where a file or folder is moved to.
     *
     * @param left what takes it from where it was, when that is no operation of its own; or null
     */
    void moved(Job job, @Nullable Draft left, Argument to) {
        Draft draft = file(job, Places.Touch.WRITE, to, true);
        if (draft != null && left != null) {
            draft.movedFrom(left, isFile(left) && !to.glob(), call.paths.workspace());
            boolean kept = left.cell != Action.FILE_WRITE;
            if (kept
                    && left.resource instanceof Resource.Path from
                    && from.written() != null
                    && call.places.isBuried(
                            from.written(), call.paths.place(to, job.directory()))) {
                draft.atLeast(RiskTier.MEDIUM);
                draft.summary = draft.summary + ", where a clean-up takes it away";
            }
        }
    }

    private boolean isFile(Draft draft) {
        return draft.resource instanceof Resource.Path path
                && path.written() != null
                && call.facts.kind(path.written()) == Facts.Kind.FILE;
    }

    /** What a program reads that follows the links below the folder it is given. */
    private void followed(Job job, Paths.Place folder) {
        String written = folder.written();
        if (written != null && folder.pattern() == null && followsLinks(job)) {
            Paths.Place all = call.paths.place(written + "/**", true, null);
            for (Paths.Place led : Places.reached(Places.Touch.READ, all)) {
                file(job, Places.Touch.READ, led, false, String.valueOf(led.written()));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // only whether it is the list last asked for
    private boolean followsLinks(Job job) {
        if (followsIn != job.words()) {
            followsIn = job.words();
            String name =
                    job.words().isEmpty() ? null : programName(job.words().getFirst().value());
            follows = name != null && FollowedLinks.by(catalogue.canonical(name), job.constants());
        }
        return follows;
    }

    /** Whether what is given a folder, or each file that was found below one, opens them all. */
    private boolean opensAll(Job job, Paths.Place place) {
        String name = job.words().isEmpty() ? null : programName(job.words().getFirst().value());
        String pattern = place.pattern();
        return OPENS_FOLDERS.contains(String.valueOf(name))
                || (pattern != null && pattern.endsWith("/**") && listsHidden(job));
    }

    /** Whether what packs or compares a folder goes through all of it. */
    @SuppressWarnings("ReferenceEquality") // only whether it is the list last asked for
    private boolean descends(Job job, Paths.Place place) {
        if (descendsIn != job.words()) {
            descendsIn = job.words();
            String name =
                    job.words().isEmpty() ? null : programName(job.words().getFirst().value());
            boolean asks = "diff".equals(name) || "zip".equals(name);
            descends =
                    name != null
                            && OPENS_FOLDERS.contains(name)
                            && (!asks || job.constants().stream().anyMatch(Judge::isRecursive));
        }
        return descends && call.facts.kind(String.valueOf(place.written())) != Facts.Kind.FILE;
    }

    private static boolean isRecursive(String word) {
        boolean letters = word.startsWith("-") && !word.startsWith("--");
        return word.startsWith("--rec")
                || (letters && (word.indexOf('r') > 0 || word.indexOf('R') > 0));
    }

    /** Whether all that lies below a place is opened, and a secret is there. */
    private boolean opensBelow(Job job, Paths.Place place, boolean whole) {
        String name = job.words().isEmpty() ? null : programName(job.words().getFirst().value());
        boolean listed = place.pattern() != null && place.pattern().contains("/**");
        boolean all = whole || listed || OPENS_FOLDERS.contains(String.valueOf(name));
        if (name == null || !all || !opensFiles(job)) {
            return false;
        }
        if (listed) {
            return listsSecret(job) || call.places.listHoldsSecret(place, listsHidden(job));
        }
        return !FILTERS_HIDDEN.contains(name) && call.places.holdsSecret(place, true);
    }

    /** Whether what lists the files it is given, in this text, is given a secret. */
    private boolean listsSecret(Job job) {
        return listsSecret(job.text()) || listsSecret(job.beside());
    }

    private boolean listsSecret(Evaluation text) {
        return secretLists.computeIfAbsent(text, this::looksForListedSecret);
    }

    private boolean looksForListedSecret(Evaluation text) {
        for (Invocation invocation : text.invocations()) {
            List<Argument> words = invocation.argv();
            String name = words.isEmpty() ? null : programName(words.getFirst().value());
            boolean lists =
                    "ls".equals(name)
                            || ("git".equals(name)
                                    && words.stream().anyMatch(w -> "ls-files".equals(w.value())));
            String there = invocation.directory();
            boolean known = there != null && !there.startsWith(UNKNOWN_DIRECTORY);
            for (int i = 1; lists && i < words.size(); i++) {
                Paths.Place place =
                        call.paths.place(words.get(i), known ? there : call.paths.workspace());
                if (call.places.judge(Places.Touch.READ, place, false).tags().contains("secret")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether what lists files in this text also names those that begin with a dot. */
    private boolean listsHidden(Job job) {
        return listsHidden(job.text()) || listsHidden(job.beside());
    }

    private boolean listsHidden(Evaluation text) {
        return hiddenLists.computeIfAbsent(text, Judge::looksForListedHidden);
    }

    private static boolean looksForListedHidden(Evaluation text) {
        for (Invocation invocation : text.invocations()) {
            List<Argument> words = invocation.argv();
            String name = words.isEmpty() ? null : programName(words.getFirst().value());
            for (int i = 0; i < Math.min(words.size(), MANY_WORDS); i++) {
                // Behind wrappers too.
                if ("find".equals(programName(words.get(i).value()))) {
                    return true;
                }
            }
            boolean lister = name != null && LISTERS.contains(name);
            for (int i = 1; lister && i < words.size(); i++) {
                String word = String.valueOf(words.get(i).value());
                if (word.equals("--hidden") || word.equals("--others") || word.equals("--all")) {
                    return true;
                }
                if (word.equals("--almost-all") || HIDDEN_TOO.matcher(word).matches()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A change of a folder that opens or closes what is in it: a link to it, its mode. */
    void guard(@Nullable Draft draft, Job job, Argument word) {
        if (draft == null || draft.floor != null) {
            return;
        }
        String floor = call.places.guards(call.paths.place(word, job.directory()));
        if (floor != null) {
            draft.floor(floor);
        }
    }
}
