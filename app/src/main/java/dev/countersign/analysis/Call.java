package dev.countersign.analysis;

import dev.countersign.analysis.code.Program;
import dev.countersign.analysis.code.ProgramText;
import dev.countersign.call.Action;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that was found in one call so far, and how data flows between its commands. */
final class Call {
    private static final int MOST_COMMANDS = 1000;
    private static final int MOST_OPERATIONS = 1000;
    private static final int LONGEST_NAMES = 256 * 1024;
    private static final int LONGEST_TEXTS = 16 * 1024;

    /** Steps of some nanoseconds each. Not by length: more text must not buy more of them. */
    private static final int MOST_STEPS = 400_000;

    /** More operations than a call may have. */
    static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMuch(String reason) {
            super(reason, null, false, false);
        }
    }

    final RememberedFacts facts;
    final Guarded guarded;
    final Context context;
    final UserPrograms programs;
    final Paths paths;
    final Places places;
    final Network network;
    final List<Draft> drafts = new ArrayList<>();

    private record ProgramKey(String language, String text, List<String> arguments) {}

    /** Files the network filled in this call, as normal absolute paths. */
    private final Set<String> downloaded = new HashSet<>();

    /** Folders whose content came from the network in this call. */
    private final Set<String> downloadedFolders = new HashSet<>();

    /** Whether a command of the call looks for our process or port. */
    boolean looksForUs;

    /** Well-known variables the commands hand on, by the command's number. */
    final Map<Integer, Set<String>> credentials = new LinkedHashMap<>();

    /** How what a command writes reaches others. */
    final Flows flows = new Flows();

    private boolean web;

    /** Names of programs of the project that the call writes. */
    final Set<String> madePrograms = new HashSet<>();

    /** Whether any of the operations writes a file. */
    boolean writes;

    private int commands;
    private int named;
    private int read;
    private int readCode;
    private int mostRead;
    private final Map<ProgramKey, Optional<Program>> programTexts = new HashMap<>();
    private int[] steps = new int[1];

    Call(Facts facts, Guarded guarded, Context context, UserPrograms programs) {
        this.facts = new RememberedFacts(facts);
        this.programs = programs;
        this.guarded = guarded;
        this.context = context;
        this.paths = new Paths(this.facts, context, this::works);
        this.places = new Places(this.facts, guarded, paths);
        this.network = new Network(guarded);
    }

    /** What a text does on another machine, counted against this call. */
    Call elsewhere(Context there) {
        Call other = new Call(Facts.NONE, guarded, there, programs);
        other.steps = steps;
        return other;
    }

    void add(Draft draft) {
        if (drafts.size() >= MOST_OPERATIONS) {
            throw new TooMuch("there are more operations than can be judged");
        }
        if (draft.resource instanceof Resource.Path path && path.written() != null) {
            named += path.written().length();
        }
        if (named > LONGEST_NAMES) {
            throw new TooMuch("the paths are longer than can be judged");
        }
        web |= isWeb(draft);
        if (draft.action == Action.FILE_WRITE) {
            writes = true;
            makesProgram(draft);
        }
        drafts.add(draft);
    }

    /** Notes a file among those a project has for programs: what is run by its name may be it. */
    private void makesProgram(Draft draft) {
        String path = draft.resource instanceof Resource.Path to ? to.written() : null;
        if (path == null) {
            return;
        }
        String name = Paths.name(path);
        boolean among =
                path.endsWith("/bin/" + name)
                        || path.endsWith("/.bin/" + name)
                        || path.endsWith("/Scripts/" + name);
        if (among || name.equals("gradlew") || name.equals("mvnw")) {
            madePrograms.add(name);
        }
    }

    private static boolean isWeb(Draft draft) {
        return draft.action == Action.WEB_FETCH || draft.action == Action.WEB_SEND;
    }

    /**
     * Allows for what stands in a call of so many characters, whole, in parts and once more within.
     */
    void mayRead(int characters) {
        mostRead += LONGEST_TEXTS + 3 * Math.min(characters, LONGEST_NAMES);
    }

    /** Notes that a shell reads so much: the command of the call, or a text within it. */
    void reads(int characters) {
        read += characters;
        if (read > mostRead) {
            throw new TooMuch("there are more texts for shells than can be judged");
        }
    }

    /**
     * Notes so many steps of work: whoever looks at all words of a command for each command or text
     * found in it counts them here, so that no nesting of readers multiplies without end.
     */
    void works(int count) {
        steps[0] += count;
        if (steps[0] > MOST_STEPS) {
            throw new TooMuch("judging it takes more steps than are given to a call");
        }
    }

    /**
     * What the text of a program does; the same text is read once.
     *
     * @param language as the catalogue names it
     * @param arguments the constant words the program is given
     */
    Optional<Program> read(String language, String text, List<String> arguments) {
        return programTexts.computeIfAbsent(
                new ProgramKey(language, text, arguments),
                key -> {
                    readsCode(key.text.length());
                    return ProgramText.read(key.language, key.text, key.arguments);
                });
    }

    /** Notes that a text of so many characters is read as a program that is no shell's. */
    void readsCode(int characters) {
        readCode += characters;
        if (readCode > mostRead) {
            throw new TooMuch("there are more program texts than can be judged");
        }
    }

    /** Allows for text that comes from a file of the project and not from the call. */
    void readsFile(int characters) {
        mostRead += characters;
    }

    /** Takes {@code count} numbers for simple commands and returns the first. */
    int number(int count) {
        int first = commands;
        commands += count;
        return first;
    }

    boolean tooMany() {
        return commands > MOST_COMMANDS;
    }

    /** Notes what a place holds after the call. */
    void writes(Paths.Place place, String text, boolean more) {
        for (String path : names(place)) {
            if (more) {
                facts.appends(path, text);
            } else {
                facts.writes(path, text);
            }
        }
    }

    /** Notes that a place holds what nobody has read. */
    void writesUnknown(Paths.Place place) {
        names(place).forEach(facts::writesUnknown);
    }

    private static Set<String> names(Paths.Place place) {
        Set<String> names = new LinkedHashSet<>();
        for (String path : new String[] {place.written(), place.resolved()}) {
            if (path != null && place.pattern() == null && !place.stream()) {
                names.add(path);
            }
        }
        return names;
    }

    /** What the call may have written to this place, as far as that is known. */
    Set<String> written(Paths.Place place) {
        Set<String> texts = new LinkedHashSet<>();
        for (String path : names(place)) {
            texts.addAll(facts.written(path));
        }
        for (Paths.Place led : Places.reached(Places.Touch.READ, place)) {
            texts.addAll(written(led));
        }
        return texts;
    }

    /** Whether the call may have written to this place what nobody has read. */
    boolean isUnread(Paths.Place place) {
        return names(place).stream().anyMatch(facts::isUnread)
                || Places.reached(Places.Touch.READ, place).stream().anyMatch(this::isUnread);
    }

    /** Folders where the network put files in this call that no word names. */
    private final Set<String> downloadedSome = new HashSet<>();

    /** Notes that a folder holds files that the network sent, beside those that were there. */
    void bringsSome(String folder) {
        downloadedSome.add(folder);
    }

    /** Notes that a place holds what the network sent. */
    void brings(Paths.Place place, boolean whole) {
        for (String path : new String[] {place.written(), place.resolved()}) {
            if (path != null) {
                boolean folder = whole || place.pattern() != null;
                (folder ? downloadedFolders : downloaded).add(path);
            }
        }
    }

    /** Whether this place, or something below it, came from the network in this call. */
    boolean brought(Paths.Place place) {
        return brought(place.written())
                || brought(place.resolved())
                || Places.reached(Places.Touch.READ, place).stream().anyMatch(this::brought);
    }

    private boolean brought(@Nullable String path) {
        if (path == null
                || (downloaded.isEmpty()
                        && downloadedFolders.isEmpty()
                        && downloadedSome.isEmpty())) {
            return false;
        }
        boolean fresh =
                !downloadedSome.isEmpty()
                        && facts.kind(path) != Facts.Kind.FILE
                        && facts.written(path).isEmpty()
                        && downloadedSome.stream().anyMatch(folder -> Paths.below(path, folder));
        return fresh
                || downloaded.contains(path)
                || downloadedFolders.stream().anyMatch(folder -> Paths.below(path, folder))
                || downloaded.stream().anyMatch(file -> Paths.below(file, path));
    }

    /** Whether any folder came from the network in this call. */
    boolean broughtFolders() {
        return !downloadedFolders.isEmpty();
    }

    /** Whether anything came from the network in this call. */
    boolean broughtAny() {
        return !downloaded.isEmpty() || !downloadedFolders.isEmpty() || !downloadedSome.isEmpty();
    }

    /** Whether a place is, or lies in, a folder that came from the network in this call. */
    boolean inBroughtFolder(Paths.Place place) {
        String path = place.written();
        return path != null
                && (downloadedFolders.stream().anyMatch(folder -> Paths.below(path, folder))
                        || Places.reached(Places.Touch.READ, place).stream()
                                .anyMatch(this::inBroughtFolder));
    }

    /** Whether a build here obeys what came from the network in this call. */
    boolean broughtBuild(Paths.Place directory) {
        String folder = directory.written();
        return folder != null
                && (Places.reached(Places.Touch.READ, directory).stream()
                                .anyMatch(this::broughtBuild)
                        || downloadedFolders.stream().anyMatch(from -> Paths.below(folder, from))
                        || downloaded.stream()
                                .anyMatch(file ->
                                        Paths.below(file, folder)
                                                && (isCode(file)
                                                        || Places.isDefinition(
                                                                Patterns.parts(file)))));
    }

    /** Whether a file is program text by its name, which a build or a test may run. */
    private static boolean isCode(String file) {
        String suffix = MakeText.suffix(file);
        return !suffix.isEmpty() && CODE.contains(suffix.substring(1));
    }

    private static final Set<String> CODE =
            Set.of(
                    ("js mjs cjs jsx ts mts cts tsx py rb pl php sh bash zsh go rs java kt kts groovy"
                                    + " scala c cc cpp cxx h hpp cs fs swift ex exs lua mk gradle")
                            .split(" ", -1));

    /** What a command writes came from the network when what reaches it did. */
    void carry(int before, int number) {
        boolean writes = false;
        for (int i = before; i < drafts.size(); i++) {
            writes |= drafts.get(i).action == Action.FILE_WRITE;
        }
        if (!writes || !comesFromNetwork(number)) {
            return;
        }
        for (int i = before; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            if (draft.action == Action.FILE_WRITE && draft.resource instanceof Resource.Path path) {
                for (String one : new String[] {path.written(), path.resolved()}) {
                    if (one != null) {
                        (path.whole() ? downloadedFolders : downloaded).add(one);
                    }
                }
            }
        }
    }

    private boolean comesFromNetwork(int number) {
        if (!web && downloaded.isEmpty() && downloadedFolders.isEmpty()) {
            return false;
        }
        Set<Integer> upstream = null;
        for (Draft draft : drafts) {
            boolean fetched = draft.number != number && isWeb(draft);
            boolean file =
                    (draft.action == Action.FILE_READ || draft.action == Action.FILE_DELETE)
                            && draft.resource instanceof Resource.Path path
                            && (brought(path.written()) || brought(path.resolved()));
            if (fetched || file) {
                upstream = upstream == null ? flows.into(Set.of(number)) : upstream;
                if (upstream.contains(draft.number)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What was found, after secrets were followed to the network. */
    List<Operation> operations() {
        Leaks.follow(this);
        List<Draft> kept = new ArrayList<>(drafts.size());
        CommandLines lines = new CommandLines();
        Map<Seen, Draft> seen = new HashMap<>(2 * drafts.size());
        Set<Again> again = new HashSet<>();
        for (Draft draft : drafts) {
            Seen key = new Seen(draft.operation());
            Draft like = seen.putIfAbsent(key, draft);
            if (like != null) {
                again.add(new Again(key, lines.number(like.command)));
            }
            if (like == null || again.add(new Again(key, lines.number(draft.command)))) {
                kept.add(draft);
            } else {
                // The same in another folder names other files.
                like.perhapsAlso(draft);
            }
        }
        List<Operation> operations = new ArrayList<>(kept.size());
        kept.forEach(draft -> operations.add(draft.operation()));
        return operations;
    }

    /**
     * An operation of which there are several that differ at most in the command, which goes by its
     * number: a long command has many operations.
     */
    private record Again(Seen operation, int command) {}

    /** An operation without its command. */
    private record Seen(
            Action action,
            Resource resource,
            RiskTier risk,
            Set<String> tags,
            boolean opaque,
            Action cell,
            Operation.Origin origin,
            @Nullable String floor,
            String summary,
            Span source) {
        Seen(Operation operation) {
            this(
                    operation.action(),
                    operation.resource(),
                    operation.risk(),
                    operation.tags(),
                    operation.opaque(),
                    operation.cell(),
                    operation.origin(),
                    operation.floor(),
                    operation.summary(),
                    operation.source());
        }

        /** Of what seldom is the same: a long command has many operations. */
        @Override
        public int hashCode() {
            int what = 31 * resource.hashCode() + summary.hashCode();
            return 31 * (31 * what + source.from()) + source.to();
        }
    }
}
