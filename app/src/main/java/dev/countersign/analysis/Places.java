package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What it means to read, write or delete at a place: risk, tags and the floor. */
final class Places {

    /** What is done to a file. */
    enum Touch {
        READ,
        /** Shows its name, size or state, and nothing of what is in it. */
        LOOK,
        WRITE,
        /** Makes a folder that is empty, if there is none. */
        FOLDER,
        DELETE;

        /** Whether it leaves the file as it is. */
        boolean reads() {
            return this == READ || this == LOOK;
        }
    }

    /**
     * The outcome for one touch of one place.
     *
     * @param risk after refinement
     * @param tags what rules can speak about
     * @param floor why no policy can permit it, or null
     * @param cell whose profile cell counts
     * @param note what is special about the place, in words, or null
     */
    record Verdict(
            RiskTier risk,
            Set<String> tags,
            @Nullable String floor,
            Action cell,
            @Nullable String note) {

        /** Both at once, as a pattern that also matches links is. */
        private Verdict and(Verdict other) {
            boolean worse = other.risk.compareTo(risk) > 0;
            Set<String> both = new TreeSet<>(tags);
            both.addAll(other.tags);
            return new Verdict(
                    risk.max(other.risk),
                    both,
                    floor == null ? other.floor : floor,
                    worse ? other.cell : cell,
                    worse && other.note != null ? other.note + " by a link" : note);
        }
    }

    private static final class Data {
        static final DataFile PLACES = DataFile.read("places.yaml");
        static final DataFile FLOOR = DataFile.read("protected.yaml");
        static final Patterns STARTUP = new Patterns(withFolders(PLACES.texts("startup")));
        static final Patterns SYSTEM = new Patterns(PLACES.texts("system"));
        static final Patterns NOT_SYSTEM = new Patterns(PLACES.texts("not_system"));
        static final Patterns HOME_RUNS = new Patterns(withFolders(PLACES.texts("home_runs")));
        static final Patterns NOT_SECRET = new Patterns(PLACES.texts("not_secret"));
        static final Patterns SECRET = new Patterns(secrets());
        static final Patterns PLACED_SECRET = new Patterns(PLACES.texts("placed_secrets"));
        static final Patterns FILLED_SECRET = new Patterns(PLACES.texts("filled_secrets"));
        static final Patterns UNASKED = new Patterns(PLACES.texts("unasked"));
        static final Patterns UNASKED_FOLDERS = new Patterns(folders(PLACES.texts("unasked")));
        static final Patterns DEFINITIONS = new Patterns(PLACES.texts("definitions"));
        static final Patterns DEFINED_FOLDERS = new Patterns(folders(PLACES.texts("definitions")));
        static final Set<String> OUTPUTS = Set.copyOf(PLACES.texts("build_outputs"));
        static final Patterns OUTPUT_FILES = new Patterns(PLACES.texts("build_output_files"));
        static final Patterns OWN = new Patterns(FLOOR.texts("own"));
        static final Patterns POLICY = new Patterns(FLOOR.texts("policy"));
        static final Patterns POLICY_FOLDERS = new Patterns(folders(FLOOR.texts("policy")));
        static final Patterns CLIENTS = new Patterns(withContent(FLOOR.texts("clients")));

        /** Hook and policy files of which no part of the path is hidden. */
        static final Set<String> VISIBLE =
                Stream.concat(CLIENTS.anywhere().stream(), POLICY.anywhere().stream())
                        .filter(path -> !path.startsWith("."))
                        .map(Paths::name)
                        .collect(Collectors.toSet());

        /** Files, and what would lie below them: a tree put there takes their place. */
        private static List<String> withContent(List<String> patterns) {
            List<String> all = new ArrayList<>(patterns);
            for (String pattern : patterns) {
                if (!pattern.endsWith("/**")) {
                    all.add(pattern + "/**");
                }
            }
            return all;
        }

        /** What lies below a folder, and the folder, in whose place something else may be put. */
        private static List<String> withFolders(List<String> patterns) {
            List<String> all = new ArrayList<>(patterns);
            all.addAll(folders(patterns));
            return all;
        }

        /** The folders of which patterns take all that lies below. */
        private static List<String> folders(List<String> patterns) {
            return patterns.stream()
                    .filter(pattern -> pattern.endsWith("/**"))
                    .map(pattern -> pattern.substring(0, pattern.length() - 3))
                    .toList();
        }

        private static List<String> secrets() {
            List<String> all = new ArrayList<>(Catalogue.shipped().secrets());
            all.addAll(PLACES.texts("more_secrets"));
            return all;
        }
    }

    /** Folders at the root that anybody may write into. */
    private static final Set<String> SHARED = Set.of("tmp", "mnt", "media");

    /** Names looked at below an ignored folder; what holds more is not known to be disposable. */
    private static final int MOST_LOOKED_AT = 2_000;

    private static final int MOST_SEARCHED = 5_000;

    /** Names looked at below a working tree for hook files that git does not keep. */
    private static final int MOST_WALKED = 20_000;

    /** What is said of a file that tells builds what to run. */
    static final String DEFINITION = "a build definition";

    static final String OURS = "Countersign's own files are out of reach for agents";
    private static final String HOLDS_OURS =
            "it holds Countersign's own data, which is out of reach for agents";
    private static final String POLICY_FILE =
            "policy files of a workspace are changed by people, not by agents";
    private static final String CLIENT_FILE =
            "hook and permission files of a client are changed by people, not by agents";

    private final Facts facts;
    private final List<List<String>> ownFolders;
    private final Paths paths;
    private final List<String> homeParts;

    /** What was judged in this call already: the same places come again and again. */
    private final Map<Asked, Verdict> judged = new HashMap<>();

    /** Folders that were looked through, by name: which hold secrets, or hook or policy files. */
    private static final int MOST_HIDDEN = 50;

    private final Map<String, Boolean> withSecret = new HashMap<>();

    private final Map<String, Boolean> withProtected = new HashMap<>();
    private final Map<String, List<String>> protectedIn = new HashMap<>();

    private record Asked(Touch touch, Paths.Place place, boolean whole) {
        /** Of the texts only, which keep theirs: a call may ask about thousands. */
        @Override
        public int hashCode() {
            int text = 31 * Objects.hashCode(place.written()) + Objects.hashCode(place.pattern());
            return 31 * text + touch.hashCode();
        }
    }

    /** What the floor said of a path already, empty where it says nothing. */
    private final Map<AskedFloor, Optional<String>> floors = new HashMap<>();

    private record AskedFloor(Touch touch, String path, boolean whole) {}

    private @Nullable List<List<String>> usualFolders;

    Places(Facts facts, Guarded guarded, Paths paths) {
        this.facts = facts;
        this.ownFolders =
                guarded.folders().stream()
                        .map(folder -> Patterns.parts(Paths.normalise(folder.replace('\\', '/'))))
                        .toList();
        this.paths = paths;
        this.homeParts = Patterns.parts(paths.home());
    }

    private @Nullable String partsOf;
    private List<String> parts = List.of();

    Verdict judge(Touch touch, Paths.Place place, boolean whole) {
        Asked asked = new Asked(touch, place, whole);
        Verdict known = paths.isUnsure(place) ? null : judged.get(asked);
        if (known == null) {
            known = judgeAnew(touch, place, whole);
            for (Paths.Place led : reached(touch, place)) {
                known = known.and(judge(touch, led, whole));
            }
            judged.put(asked, known);
        }
        return known;
    }

    /**
     * The places elsewhere that a pattern reaches by links. What deletes its matches takes away the
     * links among them, and leaves what they lead to.
     */
    static List<Paths.Place> reached(Touch touch, Paths.Place place) {
        if (touch == Touch.DELETE || place.links().isEmpty()) {
            return place.led();
        }
        List<Paths.Place> all = new ArrayList<>(place.led());
        all.addAll(place.links());
        return all;
    }

    private Verdict judgeAnew(Touch touch, Paths.Place place, boolean whole) {
        Action action =
                switch (touch) {
                    case READ, LOOK -> Action.FILE_READ;
                    case WRITE, FOLDER -> Action.FILE_WRITE;
                    case DELETE -> Action.FILE_DELETE;
                };
        Set<String> tags = new TreeSet<>();
        String written = place.written();
        String resolved = place.resolved();
        if (written == null || resolved == null) {
            tags.add("escape");
            if (touch == Touch.DELETE) {
                tags.add("destructive");
            }
            RiskTier risk = touch == Touch.DELETE ? RiskTier.HIGH : RiskTier.MEDIUM;
            return new Verdict(risk, tags, null, action, place.broken());
        }
        String asked = place.pattern() == null ? written : place.pattern();
        boolean all = whole || place.pattern() != null;
        String floor = floor(touch, asked, all);
        if (floor == null && !resolved.equals(written)) {
            floor = floor(touch, resolved, all);
        }
        Verdict verdict = judge(touch, action, place, asked, resolved, all, tags);
        if (floor == null) {
            return verdict;
        }
        return new Verdict(
                verdict.risk.max(RiskTier.HIGH), verdict.tags, floor, action, verdict.note);
    }

    private static final Pattern MISLEADING =
            Pattern.compile("(^|/)-[^/]|\\s/|\\s-[^\\s/]+(/|$)|\\s\\.\\.(/|$)|[\\n\\r]");

    /**
     * Whether a program that is given the path by a pattern or a listing may take a part of it for
     * an option or for another path.
     */
    private static boolean misleads(String path) {
        boolean odd = path.indexOf('-') >= 0 || path.indexOf(' ') >= 0 || path.indexOf('\n') >= 0;
        return odd && MISLEADING.matcher(path).find();
    }

    /** Whether a word behind a blank of the name is a path of its own, where nothing quotes it. */
    private boolean holdsOther(String path) {
        String shown = Paths.shown(path, paths.workspace());
        if (shown.indexOf(' ') < 0 || shown.length() > 500) {
            return false;
        }
        String[] words = shown.substring(1, shown.length() - 1).split(" +", -1);
        for (int i = 1; i < words.length; i++) {
            String other = Paths.normalise(paths.workspace() + "/" + words[i]);
            boolean itself = other.equals(paths.workspace()) || Paths.below(path, other);
            if (!words[i].isEmpty()
                    && !itself
                    && (Patterns.isGlob(words[i])
                            || facts.kind(other) == Facts.Kind.FILE
                            || facts.kind(other) == Facts.Kind.DIRECTORY)) {
                return true;
            }
        }
        return false;
    }

    private Verdict judge(
            Touch touch,
            Action action,
            Paths.Place place,
            String asked,
            String resolved,
            boolean whole,
            Set<String> tags) {
        RiskTier risk = action.risk();
        String note = null;
        List<String> parts = parts(asked);
        boolean same = resolved.equals(asked);
        List<String> real = same ? parts : Patterns.parts(resolved);
        boolean secret = secret(parts) || (!same && place.pattern() == null && secret(real));
        secret |= touch == Touch.READ && place.pattern() == null && isFilled(real, resolved);
        if (touch == Touch.READ && place.pattern() != null && (!secret || byChance(place))) {
            secret = globOpensSecret(place);
        }
        // Elsewhere it is told where the secrets of this person lie.
        secret &= touch != Touch.LOOK || place.outside();
        if (secret) {
            tags.add("secret");
            note = "a secret";
        }
        boolean unsure = !place.outside() && paths.isUnsure(place);
        if (place.outside() || unsure) {
            risk = risk.max(touch.reads() ? RiskTier.MEDIUM : RiskTier.HIGH);
            tags.add("escape");
            String where = unsure ? "where links of the same call may lead" : "outside the project";
            note = note == null ? where : note;
        }
        if (touch.reads()) {
            risk = secret ? risk.max(RiskTier.HIGH) : risk;
        } else {
            String critical = critical(touch, parts, place.outside(), whole, asked);
            if (critical == null && !resolved.equals(asked)) {
                critical = critical(touch, real, place.outside(), whole, resolved);
            }
            if (critical != null) {
                risk = RiskTier.CRITICAL;
                note = critical;
            } else if (Data.UNASKED.holds(parts, 0)
                    || (!same && Data.UNASKED.holds(real, 0))
                    || putsFolder(touch, place, whole, Data.UNASKED_FOLDERS, parts, real)
                    || isIncludedByGit(asked)
                    || (!same && isIncludedByGit(resolved))
                    || steersBare(asked)
                    || (!same && steersBare(resolved))) {
                risk = risk.max(RiskTier.HIGH);
                note = "run by other programs unasked";
            } else if ((Data.DEFINITIONS.holds(parts, 0) && !onlyByChance(place, parts))
                    || (!same && place.pattern() == null && Data.DEFINITIONS.holds(real, 0))
                    || putsFolder(touch, place, whole, Data.DEFINED_FOLDERS, parts, real)
                    || isBazel(asked)) {
                risk = risk.max(RiskTier.MEDIUM);
                note = DEFINITION;
            } else if (secret) {
                risk = risk.max(RiskTier.MEDIUM);
            }
            boolean makes = touch == Touch.WRITE || touch == Touch.FOLDER;
            if (makes && place.pattern() == null && (misleads(asked) || holdsOther(asked))) {
                risk = risk.max(RiskTier.MEDIUM);
                note = note == null ? "whose name may be taken for other words" : note;
            }
        }
        Action cell = action;
        if (touch == Touch.DELETE) {
            if (!unsure
                    && remade(place, asked, resolved, secret, whole)
                    && !risk.atLeast(RiskTier.CRITICAL)) {
                risk = RiskTier.LOW;
                cell = Action.FILE_WRITE;
                note = "made again by the build";
            } else if (whole) {
                tags.add("destructive");
                if (Paths.below(paths.workspace(), strippedStar(asked))) {
                    risk = risk.max(RiskTier.HIGH);
                    note = note == null ? "the whole project" : note;
                }
            }
        }
        if (isProd(place, asked)) {
            tags.add("prod");
            risk = risk.raised();
        }
        return new Verdict(risk, tags, null, cell, note);
    }

    /**
     * Whether a folder of the set is put there, or filled, as a tree, a link or a file that takes
     * its name: what is in it then counts as written.
     */
    private boolean putsFolder(
            Touch touch,
            Paths.Place place,
            boolean whole,
            Patterns folders,
            List<String> parts,
            List<String> real) {
        String resolved = place.resolved();
        return touch == Touch.WRITE
                && (folders.holds(parts, 0) || folders.holds(real, 0))
                && (whole || resolved == null || facts.kind(resolved) != Facts.Kind.DIRECTORY);
    }

    /**
     * Whether the settings of the workspace's repository take in a file, which may name programs.
     */
    private boolean isIncludedByGit(String path) {
        if (includedByGit == null) {
            includedByGit =
                    Worktree.at(facts, facts.resolve(paths.workspace()))
                            .map(tree -> GitConfig.local(facts, tree, paths.home()).included())
                            .orElse(Set.of());
        }
        return includedByGit.contains(path);
    }

    private @Nullable Set<String> includedByGit;

    private static final Pattern OF_REPOSITORY =
            Pattern.compile(
                    "(.*)/(?:config|config\\.worktree|commondir|hooks(?:/.*)?|info/attributes)");

    /** Whether git obeys a file that lies in a repository without a working tree. */
    private boolean steersBare(String path) {
        Matcher matcher = OF_REPOSITORY.matcher(path);
        if (!matcher.matches()) {
            return false;
        }
        String folder = matcher.group(1);
        return facts.opened(folder + "/HEAD") == Facts.Kind.FILE
                && facts.opened(folder + "/objects") == Facts.Kind.DIRECTORY
                && facts.opened(folder + "/refs") == Facts.Kind.DIRECTORY;
    }

    static boolean isDefinition(List<String> parts) {
        return Data.DEFINITIONS.holds(parts, 0);
    }

    /** Names that mean something to Bazel in capitals only. */
    private static boolean isBazel(String path) {
        String name = Paths.name(path);
        return name.equals("BUILD") || name.equals("WORKSPACE") || name.equals("BUCK");
    }

    private static String strippedStar(String path) {
        return path.endsWith("/*") || path.endsWith("/**")
                ? path.substring(0, Math.max(1, path.lastIndexOf('/')))
                : path;
    }

    private int home(List<String> parts) {
        if (parts.isEmpty()) {
            return 0;
        }
        int own = homeParts.size();
        if (own > 0 && parts.size() > own && parts.subList(0, own).equals(homeParts)) {
            return own;
        }
        if (parts.size() > 2 && (parts.get(0).equals("home") || parts.get(0).equals("users"))) {
            return 2;
        }
        return parts.size() > 1 && parts.get(0).equals("root") ? 1 : 0;
    }

    /** Whether the parts name a home folder as a whole, or one above it. */
    private boolean isHome(List<String> parts, boolean whole) {
        List<String> own = homeParts;
        List<String> folder = parts;
        if (whole && !parts.isEmpty() && isBareGlob(parts.getLast())) {
            folder = parts.subList(0, parts.size() - 1);
        }
        if (folder.size() <= own.size() && own.subList(0, folder.size()).equals(folder)) {
            return true;
        }
        if (folder.isEmpty()) {
            return true;
        }
        String first = folder.getFirst();
        return (folder.size() <= 2 && (first.equals("home") || first.equals("users")))
                || (folder.size() == 1 && first.equals("root"));
    }

    private static boolean isBareGlob(String part) {
        return part.equals("*")
                || part.equals("**")
                || part.equals(".*")
                || part.equals(".[!.]*")
                || part.equals("..?*")
                || part.equals("?*")
                || part.equals("*.*");
    }

    private @Nullable String critical(
            Touch touch, List<String> parts, boolean outside, boolean whole, String path) {
        int home = home(parts);
        if (Data.STARTUP.holds(parts, home)) {
            return "a start-up file of the shell or an ssh folder";
        }
        if (!outside) {
            return null;
        }
        if (isHome(parts, whole) && (touch == Touch.DELETE || whole)) {
            boolean everything =
                    parts.isEmpty() || (parts.size() == 1 && parts.getFirst().contains("*"));
            return everything ? "the whole file system" : "the home folder as a whole";
        }
        boolean shared = parts.size() == 1 && SHARED.contains(parts.getFirst());
        boolean system =
                Data.SYSTEM.holds(parts, home)
                        && (touch == Touch.DELETE || !shared)
                        && !Data.NOT_SYSTEM.covers(parts, home);
        if (system) {
            return "a path of the system";
        }
        if (touch == Touch.DELETE && home == 0 && parts.size() == 1 && whole) {
            return "a folder at the root of the file system";
        }
        if (touch == Touch.DELETE && whole && !parts.isEmpty() && isBareGlob(parts.getLast())) {
            return "everything in a folder outside the project";
        }
        if (touch == Touch.DELETE && Paths.below(paths.workspace(), strippedStar(path))) {
            return "a folder that holds the whole project";
        }
        if (Data.HOME_RUNS.holds(parts, home) && touch == Touch.DELETE && whole) {
            return "credentials or programs of the home folder";
        }
        return null;
    }

    /** Whether reading here reveals credentials. */
    boolean secret(List<String> parts) {
        int home = home(parts);
        // Two stars match any hidden folder; whether there is such a one, a listing tells.
        boolean placed = !parts.contains("**") && Data.PLACED_SECRET.holds(parts, home);
        return (placed || Data.SECRET.holds(parts, home)) && !Data.NOT_SECRET.covers(parts, home);
    }

    /** Whether reading this very file reveals credentials, by its name or by what is in it. */
    boolean secretFile(String path) {
        List<String> parts = Patterns.parts(path);
        return secret(parts) || isFilled(parts, path);
    }

    /** A key or password written out in settings; {@code ${NAME}} takes it from elsewhere. */
    private static final Pattern WRITTEN_SECRET =
            Pattern.compile(
                    "(?i)(_auth|_authToken|_password|npmAuthToken|npmAuthIdent)\"?\\s*[=:]\\s*\"?[^\\s\"$]"
                            + "|cleartextpassword|://[^/\\s:@$]*:[^/\\s@$]+@");

    private boolean isFilled(List<String> parts, String path) {
        if (!Data.FILLED_SECRET.holds(parts, 0)) {
            return false;
        }
        return switch (facts.kind(path)) {
            case UNKNOWN -> true;
            case MISSING, DIRECTORY -> false;
            case FILE ->
                    facts.text(path).map(text -> WRITTEN_SECRET.matcher(text).find()).orElse(true);
        };
    }

    /**
     * Whether a glob meets a kind of secret only because it says so little of the name, as {@code
     * *.json} does: then what stands in its folder tells. One of which every match would be a
     * secret ({@code *.pem}), or in a folder where secrets are kept, does not.
     */
    private boolean byChance(Paths.Place place) {
        String pattern = place.pattern();
        String name = pattern == null ? "" : Paths.name(pattern);
        boolean wide = !name.isEmpty() && "*?[".indexOf(name.charAt(0)) >= 0;
        if (!wide || pattern == null || !pattern.equals(inPlace(place, name))) {
            return false;
        }
        List<String> parts = Patterns.parts(pattern);
        List<String> folder = parts.subList(0, parts.size() - 1);
        int home = home(parts);
        List<String> any = new ArrayList<>(folder);
        any.add("x");
        return !Data.SECRET.covers(parts, home)
                && !Data.SECRET.looksInto(folder, home)
                && !Data.PLACED_SECRET.covers(parts, home)
                && !Data.PLACED_SECRET.looksInto(folder, home)
                && !secret(any);
    }

    /**
     * Whether a glob such as {@code *.md} meets the name of a build definition although nothing it
     * matches is one, as the disk says.
     */
    private boolean onlyByChance(Paths.Place place, List<String> parts) {
        String pattern = place.pattern();
        String folder = place.resolved();
        String name = pattern == null ? "" : Paths.name(pattern);
        boolean wide = !name.isEmpty() && "*?[".indexOf(name.charAt(0)) >= 0;
        if (!wide || pattern == null || folder == null || Data.DEFINITIONS.covers(parts, 0)) {
            return false;
        }
        boolean below = pattern.equals(inPlace(place, "**/" + name)) && isPlainGlob(name);
        if (!below && !pattern.equals(inPlace(place, name))) {
            return false;
        }
        return facts.list(folder).isPresent()
                && !meetsDefinition(folder, name, below, new int[] {MOST_SEARCHED});
    }

    private boolean meetsDefinition(String folder, String pattern, boolean below, int[] left) {
        for (String name : facts.list(folder).orElse(List.of())) {
            String path = folder + "/" + name;
            boolean deeper =
                    below && !name.equals(".git") && facts.kind(path) == Facts.Kind.DIRECTORY;
            if (--left[0] < 0
                    || (Patterns.glob(pattern, name)
                            && Data.DEFINITIONS.holds(Patterns.parts(path), 0))
                    || (deeper && meetsDefinition(path, pattern, true, left))) {
                return true;
            }
        }
        return false;
    }

    private static String inPlace(Paths.Place place, String name) {
        return (place.written() + "/" + name).replace("//", "/");
    }

    private boolean globOpensSecret(Paths.Place place) {
        String pattern = place.pattern();
        String folder = place.resolved();
        if (pattern == null || folder == null) {
            return false;
        }
        String rest = Paths.name(pattern);
        if (!pattern.equals(inPlace(place, rest))) {
            return false;
        }
        Optional<List<String>> names = facts.list(folder);
        if (names.isEmpty()) {
            return false;
        }
        boolean dots = rest.startsWith(".");
        for (String name : names.get()) {
            boolean reached = dots || !name.startsWith(".");
            if (reached && Patterns.glob(rest, name) && secretFile(folder + "/" + name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a tool that reads all below this folder would open a secret there. */
    boolean holdsSecret(Paths.Place place, boolean hidden) {
        String folder = place.resolved();
        if (folder == null) {
            return false;
        }
        List<String> parts = Patterns.parts(folder);
        if (hidden && isHome(parts, true)) {
            return true;
        }
        int home = home(parts);
        boolean unseen = facts.kind(folder) == Facts.Kind.UNKNOWN;
        if (hidden && unseen && Data.PLACED_SECRET.looksInto(parts, home)) {
            return true;
        }
        if (hidden && Data.SECRET.looksInto(parts, home) && home > 0) {
            return true;
        }
        return withSecret.computeIfAbsent(
                (hidden ? "hidden " : "shown ") + folder,
                _ -> holdsSecret(folder, hidden, 0, new int[] {400}));
    }

    /**
     * The same for a search that opens, hidden or not, the files whose names are chosen. Of a
     * pattern in the last part those below what it matches.
     */
    boolean holdsSecret(Paths.Place place, Predicate<String> opened) {
        String folder = place.resolved();
        String pattern = place.pattern();
        if (folder == null) {
            return false;
        }
        List<String> parts = Patterns.parts(folder);
        int home = home(parts);
        boolean keeps = isHome(parts, true) || (home > 0 && Data.SECRET.looksInto(parts, home));
        if (facts.kind(folder) != Facts.Kind.DIRECTORY || keeps) {
            return holdsSecret(place, true);
        }
        int[] left = {1_000};
        if (pattern == null || !pattern.equals(inPlace(place, Paths.name(pattern)))) {
            return opensSecret(folder, opened, 0, left);
        }
        String last = Paths.name(pattern);
        for (String name : facts.list(folder).orElse(List.of())) {
            String path = folder + "/" + name;
            boolean matched =
                    (last.startsWith(".") || !name.startsWith(".")) && Patterns.glob(last, name);
            if (matched
                    && (secretFile(path)
                            || (facts.kind(path) == Facts.Kind.DIRECTORY
                                    && opensSecret(path, opened, 1, left)))) {
                return true;
            }
        }
        return false;
    }

    private boolean opensSecret(String folder, Predicate<String> opened, int depth, int[] left) {
        for (String name : facts.list(folder).orElse(List.of())) {
            if (--left[0] < 0) {
                return false;
            }
            if (name.equals(".git")) {
                continue;
            }
            String path = folder + "/" + name;
            if (opened.test(name) && secretFile(path)) {
                return true;
            }
            if (depth < 2
                    && name.indexOf('.') < 0
                    && facts.kind(path) == Facts.Kind.DIRECTORY
                    && opensSecret(path, opened, depth + 1, left)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same for a search that opens hidden files, but none that git ignores. Where the disk is
     * not seen nothing is known of any.
     */
    boolean searchHoldsSecret(Paths.Place place) {
        String folder = place.resolved();
        if (folder == null || facts.kind(folder) != Facts.Kind.DIRECTORY) {
            return false;
        }
        Worktree tree = Worktree.at(facts, folder).orElse(null);
        return withSecret.computeIfAbsent(
                "search " + folder, _ -> searchHoldsSecret(tree, folder, 0, new int[] {400}));
    }

    private boolean searchHoldsSecret(
            @Nullable Worktree tree, String folder, int depth, int[] left) {
        for (String name : facts.list(folder).orElse(List.of())) {
            if (--left[0] < 0) {
                return false;
            }
            if (name.equals(".git") || name.equals("node_modules")) {
                continue;
            }
            String path = folder + "/" + name;
            boolean below = facts.kind(path) == Facts.Kind.DIRECTORY;
            boolean found =
                    secretFile(path)
                            || (depth < 2
                                    && below
                                    && name.lastIndexOf('.') <= 0
                                    && searchHoldsSecret(tree, path, depth + 1, left));
            if (found && !isIgnored(tree, path, below)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The hidden files and folders such a search opens, as far as 400 names tell: none where the
     * disk is not seen.
     *
     * @return absolute, not more than {@value #MOST_HIDDEN}
     */
    List<String> searchedHidden(Paths.Place place) {
        String folder = place.resolved();
        if (folder == null || facts.kind(folder) != Facts.Kind.DIRECTORY) {
            return List.of();
        }
        List<String> hidden = new ArrayList<>();
        Worktree tree = Worktree.at(facts, folder).orElse(null);
        searchedHidden(tree, folder, 0, new int[] {400}, hidden);
        return hidden;
    }

    private void searchedHidden(
            @Nullable Worktree tree, String folder, int depth, int[] left, List<String> into) {
        for (String name : facts.list(folder).orElse(List.of())) {
            if (--left[0] < 0 || into.size() >= MOST_HIDDEN) {
                return;
            }
            if (name.equals(".git") || name.equals("node_modules")) {
                continue;
            }
            String path = folder + "/" + name;
            boolean hidden = name.startsWith(".");
            if (!hidden && (depth >= 2 || name.lastIndexOf('.') > 0)) {
                continue;
            }
            boolean below = facts.kind(path) == Facts.Kind.DIRECTORY;
            if ((hidden || below) && isIgnored(tree, path, below)) {
                continue;
            }
            if (hidden) {
                into.add(path);
            } else if (below) {
                searchedHidden(tree, path, depth + 1, left, into);
            }
        }
    }

    private boolean isIgnored(@Nullable Worktree tree, String path, boolean folder) {
        boolean inside = tree != null && path.startsWith(tree.root() + "/");
        return tree != null
                && inside
                && GitIgnore.ignores(facts, tree, path.substring(tree.root().length() + 1), folder);
    }

    /**
     * The same for a list of all files below a folder whose names match the pattern's last part.
     */
    boolean listHoldsSecret(Paths.Place place, boolean hidden) {
        String folder = place.resolved();
        String pattern = place.pattern();
        if (folder == null || pattern == null) {
            return false;
        }
        String wanted = Paths.name(pattern);
        return withSecret.computeIfAbsent(
                (hidden ? "all " : "list ") + wanted + "/" + folder,
                _ -> listHoldsSecret(folder, wanted, hidden, 0, new int[] {400}));
    }

    /**
     * The same for a glob over all files below a folder, hidden ones too. Where the disk is not
     * seen, its name tells.
     */
    boolean globHoldsSecret(Paths.Place folder, String glob) {
        String start = folder.resolved();
        String name = Paths.name(glob);
        if (start == null || facts.kind(start) == Facts.Kind.UNKNOWN) {
            return secret(Patterns.parts("/x/" + LowerCase.of(name))) && !name.startsWith("*");
        }
        String wanted = LowerCase.of(name);
        return withSecret.computeIfAbsent(
                "all " + wanted + "/" + start,
                _ -> listHoldsSecret(start, wanted, true, 0, new int[] {400}));
    }

    private boolean listHoldsSecret(
            String folder, String wanted, boolean hidden, int depth, int[] left) {
        for (String name : facts.list(folder).orElse(List.of())) {
            if (--left[0] < 0) {
                return false;
            }
            boolean passed = (!hidden && name.startsWith(".")) || name.equals(".git");
            if (passed || name.equals("node_modules")) {
                continue;
            }
            String path = folder + "/" + name;
            boolean matches = wanted.equals("*") || wanted.equals("**");
            if ((matches || Patterns.glob(wanted, name)) && secretFile(path)) {
                return true;
            }
            if (depth < 2
                    && name.indexOf('.') < 0
                    && facts.kind(path) == Facts.Kind.DIRECTORY
                    && listHoldsSecret(path, wanted, hidden, depth + 1, left)) {
                return true;
            }
        }
        return false;
    }

    private boolean holdsSecret(String folder, boolean hidden, int depth, int[] left) {
        Optional<List<String>> names = facts.list(folder);
        if (names.isEmpty()) {
            return false;
        }
        for (String name : names.get()) {
            if (--left[0] < 0) {
                return false;
            }
            if ((!hidden && name.startsWith(".")) || name.equals(".git")) {
                continue;
            }
            if (!hidden && name.equals("node_modules")) {
                continue;
            }
            String path = folder + "/" + name;
            if (secretFile(path)) {
                return true;
            }
            if (depth < 2
                    && name.indexOf('.') < 0
                    && facts.kind(path) == Facts.Kind.DIRECTORY
                    && holdsSecret(path, hidden, depth + 1, left)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether what is deleted here a build makes again: it lies below a build-output folder or git
     * ignores it, as written and as resolved, and it holds no secret and nothing tracked.
     */
    private boolean remade(
            Paths.Place place, String asked, String resolved, boolean secret, boolean whole) {
        if (place.outside() || secret) {
            return false;
        }
        String written = place.written();
        String real =
                place.pattern() == null || written == null
                        ? resolved
                        : resolved + asked.substring(Math.min(asked.length(), written.length()));
        boolean output = isOutput(asked, paths.workspace()) && isOutput(real, resolvedRoot(place));
        if (facts.kind(paths.workspace()) == Facts.Kind.UNKNOWN) {
            // Nothing can be looked at: the names are all there is.
            return output;
        }
        return disposable(asked, output, whole, place.pattern() != null)
                && (real.equals(asked) || disposable(real, output, whole, place.pattern() != null));
    }

    /**
     * Whether a tool may take everything out of this place: nothing is there, or a build makes it
     * again, or it bears one of the tool's own names and holds nothing tracked.
     *
     * @param usual names the tool itself gives to what it writes
     */
    boolean mayBeEmptied(Paths.Place place, List<String> usual) {
        String written = place.written();
        boolean known = facts.kind(paths.workspace()) != Facts.Kind.UNKNOWN;
        if (written != null && known && facts.kind(written) == Facts.Kind.MISSING) {
            return true;
        }
        if (written == null || place.outside()) {
            return false;
        }
        if (judge(Touch.DELETE, place, true).cell() == Action.FILE_WRITE) {
            return true;
        }
        return usual.contains(Paths.name(written)) && !(known && holdsTracked(written));
    }

    /**
     * Whether what stands at {@code from} and is kept would lie among what builds make, where the
     * next clean-up takes it away unasked: a folder, or a file that git tracks.
     */
    boolean isBuried(String from, Paths.Place to) {
        if (judge(Touch.DELETE, to, true).cell() != Action.FILE_WRITE) {
            return false;
        }
        return facts.kind(from) == Facts.Kind.DIRECTORY || holdsTracked(from);
    }

    private boolean holdsTracked(String path) {
        Worktree tree = Worktree.at(facts, path.substring(0, path.lastIndexOf('/'))).orElse(null);
        GitIndex index = tree == null ? null : tree.index(facts).orElse(null);
        return tree != null
                && index != null
                && Paths.below(path, tree.root())
                && path.length() > tree.root().length()
                && index.tracks(path.substring(tree.root().length() + 1));
    }

    /** Whether the repository around a path confirms that nothing of it has to be kept. */
    private boolean disposable(String path, boolean output, boolean whole, boolean glob) {
        if (glob && isSameNameInSeveral(path)) {
            List<String> matches =
                    FilesOfPattern.of(facts, path).stream()
                            .filter(one -> facts.kind(one) != Facts.Kind.MISSING)
                            .toList();
            if (!matches.isEmpty() && matches.size() < MOST_MATCHES) {
                return matches.stream().allMatch(one -> disposable(one, output, whole, false));
            }
        }
        int slash = path.lastIndexOf('/');
        String above = slash <= 0 ? "/" : path.substring(0, slash);
        Optional<Worktree> found = Worktree.at(facts, glob ? plainFolder(path) : above);
        if (found.isEmpty()) {
            return output && !holdsKept(path, glob);
        }
        Worktree tree = found.get();
        Optional<GitIndex> index = tree.index(facts);
        if (index.isEmpty()
                || tree.bare()
                || !Paths.below(path, tree.root())
                || path.length() <= tree.root().length() + 1) {
            return false;
        }
        String relative = path.substring(tree.root().equals("/") ? 1 : tree.root().length() + 1);
        if (tracked(index.get(), relative, glob)) {
            return false;
        }
        if (output) {
            return !holdsKept(path, glob);
        }
        String inside = glob ? plainFolder(path) : path;
        if (glob && inside.length() > tree.root().length() + 1) {
            String below = inside.substring(path.length() - relative.length());
            if (GitIgnore.ignores(facts, tree, below, true) && !index.get().tracks(below)) {
                return facts.kind(inside) == Facts.Kind.MISSING || holdsNothingKept(inside);
            }
        }
        boolean folder = facts.kind(path) == Facts.Kind.DIRECTORY;
        return GitIgnore.ignores(facts, tree, relative, folder || (whole && glob))
                && (glob ? !isGlobAbove(relative) : !folder || holdsNothingKept(path));
    }

    private static final int MOST_MATCHES = 100;

    /** A name in each of some folders, as in {@code packages/*}{@code /dist}. */
    private static boolean isSameNameInSeveral(String pattern) {
        return !pattern.contains("**")
                && !pattern.contains("/.")
                && pattern.indexOf('(') < 0
                && pattern.indexOf('{') < 0
                && !Patterns.isGlob(Paths.name(pattern))
                && isGlobAbove(pattern);
    }

    private static boolean isGlobAbove(String relative) {
        int slash = relative.lastIndexOf('/');
        return slash > 0 && Patterns.isGlob(relative.substring(0, slash));
    }

    /** The folder a pattern looks in. */
    private static String plainFolder(String pattern) {
        String folder = pattern;
        while (Patterns.isGlob(folder) || folder.equals(pattern)) {
            int slash = folder.lastIndexOf('/');
            if (slash <= 0) {
                return "/";
            }
            folder = folder.substring(0, slash);
        }
        return folder;
    }

    private static boolean tracked(GitIndex index, String relative, boolean glob) {
        if (!glob) {
            return index.tracks(relative);
        }
        List<String> parts = List.of(relative.split("/", -1));
        int at = 0;
        while (at < parts.size() && !Patterns.isGlob(parts.get(at))) {
            at++;
        }
        String folder = String.join("/", parts.subList(0, at));
        String pattern = at < parts.size() ? parts.get(at) : "*";
        if (pattern.equals("**") && at == parts.size() - 2 && isPlainGlob(parts.getLast())) {
            return index.tracksBelow(folder, parts.getLast());
        }
        boolean plain = pattern.indexOf('(') < 0 && pattern.indexOf('{') < 0;
        return index.tracks(folder, plain ? pattern : "*");
    }

    /** Whether what goes with a build folder holds, near its top, a secret or a repository. */
    private boolean holdsKept(String path, boolean glob) {
        if (!glob) {
            return holdsKept(path);
        }
        String folder = plainFolder(path);
        String pattern = path.substring(folder.length()).replaceFirst("^/", "");
        if (pattern.startsWith("**/") && isPlainGlob(pattern.substring(3))) {
            return holdsKeptBelow(folder, pattern.substring(3), new int[] {MOST_SEARCHED});
        }
        if (!isPlainGlob(pattern)) {
            return holdsKept(folder);
        }
        for (String name : facts.list(folder).orElse(List.of())) {
            String one = folder + "/" + name;
            if (Patterns.glob(pattern, name)
                    && (secret(Patterns.parts(one)) || name.equals(".git") || holdsKept(one))) {
                return true;
            }
        }
        return false;
    }

    /** One part, of which {@link Patterns#glob} says what it matches. */
    private static boolean isPlainGlob(String pattern) {
        return pattern.indexOf('/') < 0 && pattern.indexOf('(') < 0 && pattern.indexOf('{') < 0;
    }

    /**
     * Whether anything called so, at any depth, is a secret or holds what has to be kept, or there
     * is too much to look through. What builds made is not searched, since it is made again as a
     * whole.
     */
    private boolean holdsKeptBelow(String folder, String pattern, int[] left) {
        for (String name : facts.list(folder).orElse(List.of())) {
            String path = folder + "/" + name;
            if (--left[0] < 0) {
                return true;
            }
            boolean meant = Patterns.glob(pattern, name);
            if (meant && (name.equals(".git") || secret(Patterns.parts(path)) || holdsKept(path))) {
                return true;
            }
            boolean searched = !meant && !name.equals(".git") && !Data.OUTPUTS.contains(name);
            if (searched
                    && facts.kind(path) == Facts.Kind.DIRECTORY
                    && facts.resolve(path).equals(path)
                    && holdsKeptBelow(path, pattern, left)) {
                return true;
            }
        }
        return false;
    }

    private boolean holdsKept(String folder) {
        return facts.kind(folder) == Facts.Kind.DIRECTORY
                && (holdsSecret(folder, true, 0, new int[] {400})
                        || exists(folder + "/.git")
                        || exists(folder + "/HEAD"));
    }

    /** Whether all of an ignored folder was looked through and nothing in it has to be kept. */
    private boolean holdsNothingKept(String folder) {
        return holdsNothingKept(folder, 0, new int[] {MOST_LOOKED_AT});
    }

    private boolean holdsNothingKept(String folder, int depth, int[] left) {
        Optional<List<String>> names = facts.list(folder);
        if (names.isEmpty() || depth > 20) {
            return false;
        }
        for (String name : names.get()) {
            String path = folder + "/" + name;
            if (--left[0] < 0 || name.equals(".git") || secret(Patterns.parts(path))) {
                return false;
            }
            if (facts.kind(path) == Facts.Kind.DIRECTORY
                    && facts.resolve(path).equals(path)
                    && !holdsNothingKept(path, depth + 1, left)) {
                return false;
            }
        }
        return true;
    }

    /** What is resolved lies below the resolved workspace; only the part below it counts. */
    private String resolvedRoot(Paths.Place place) {
        String resolved = String.valueOf(place.resolved());
        return Paths.below(resolved, paths.workspace())
                ? paths.workspace()
                : facts.resolve(paths.workspace());
    }

    /** Whether a path is, or lies below, a folder that builds write into. */
    private boolean isOutput(String path, String root) {
        if (!Paths.below(path, root) || path.length() <= root.length() + 1) {
            return false;
        }
        String below = path.substring(root.equals("/") ? 1 : root.length() + 1);
        for (String part : below.split("/", -1)) {
            if (part.equals(".git")) {
                return false;
            }
            if (Data.OUTPUTS.contains(part) || part.endsWith(".egg-info")) {
                return true;
            }
        }
        List<String> parts = Patterns.parts(below);
        return Data.OUTPUT_FILES.covers(parts, 0);
    }

    private boolean isProd(Paths.Place place, String asked) {
        String root = paths.workspace();
        String below =
                !place.outside() && Paths.below(asked, root) && asked.length() > root.length()
                        ? asked.substring(root.length())
                        : place.outside() ? asked : "";
        return Labels.prodPath(below);
    }

    private static boolean startsWith(List<String> path, List<String> folder) {
        if (path.size() < folder.size()) {
            return false;
        }
        // From the end: paths differ there rather than at their root.
        for (int i = folder.size() - 1; i >= 0; i--) {
            if (!path.get(i).equals(folder.get(i))) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String floor(Touch touch, String path, boolean whole) {
        if (path.indexOf('*') >= 0) {
            // Seldom asked twice, and long lists of them are.
            return floorAnew(touch, path, whole);
        }
        return floors.computeIfAbsent(
                        new AskedFloor(touch, path, whole),
                        _ -> Optional.ofNullable(floorAnew(touch, path, whole)))
                .orElse(null);
    }

    /** The parts of the path that is looked at, which is asked for more than once in a row. */
    private List<String> parts(String path) {
        if (!path.equals(partsOf)) {
            parts = Patterns.parts(path);
            partsOf = path;
        }
        return parts;
    }

    private @Nullable String floorAnew(Touch touch, String path, boolean whole) {
        List<String> parts = parts(path);
        String stripped = strippedStar(path);
        List<String> folder = stripped.equals(path) ? parts : Patterns.parts(stripped);
        for (List<String> own : ownFolders) {
            if (startsWith(parts, own)) {
                return OURS;
            }
            if (!touch.reads() && whole && startsWith(own, folder)) {
                return HOLDS_OURS;
            }
        }
        if (!touch.reads() && whole) {
            for (List<String> own : usualFolders()) {
                if (startsWith(own, folder)) {
                    return HOLDS_OURS;
                }
            }
        }
        int home = home(parts);
        if (Data.OWN.holds(parts, home)
                || (home > 0
                        && Data.OWN.looksInto(parts, home)
                        && parts.getLast().contains("countersign"))) {
            return OURS;
        }
        if (touch.reads()) {
            return null;
        }
        if (Data.POLICY.holds(parts, home)
                || (touch != Touch.FOLDER && Data.POLICY_FOLDERS.holds(parts, home))) {
            return POLICY_FILE;
        }
        if (Data.CLIENTS.holds(parts, home)) {
            return CLIENT_FILE;
        }
        if (touch == Touch.DELETE || whole) {
            if (Data.CLIENTS.looksInto(parts, home) && touches(parts, path)) {
                return CLIENT_FILE;
            }
            if (touch == Touch.DELETE && whole && holdsProtected(strippedStar(path))) {
                return CLIENT_FILE;
            }
        }
        return null;
    }

    /** A folder only some clients know ({@code .github}) counts if it really holds such a file. */
    private boolean touches(List<String> parts, String path) {
        String name = parts.isEmpty() ? "" : parts.getLast();
        boolean shared =
                name.equals(".github")
                        || name.equals("documents")
                        || name.equals(".config")
                        || name.equals(".agents")
                        || name.equals("etc")
                        || name.equals("library")
                        || name.equals("application support")
                        || name.equals("program files");
        return !shared || holdsProtected(path);
    }

    /**
     * Whether hook or policy files lie in this folder or below this pattern's, as written or as it
     * resolves.
     */
    boolean holdsProtected(Paths.Place place) {
        String pattern = place.pattern();
        String written = pattern == null ? place.written() : pattern;
        if (written == null || place.resolved() == null) {
            return false;
        }
        boolean everything = pattern == null || !strippedStar(pattern).equals(pattern);
        return holdsProtected(strippedStar(written))
                || (everything && holdsProtected(strippedStar(place.resolved())));
    }

    /** Whether our own data lies below a folder. */
    boolean holdsOurs(Paths.Place place) {
        String written = place.written();
        String resolved = place.resolved();
        if (written == null || resolved == null) {
            return false;
        }
        List<String> one = Patterns.parts(written);
        List<String> two = Patterns.parts(resolved);
        return ownFolders.stream().anyMatch(own -> startsWith(own, one) || startsWith(own, two))
                || usualFolders().stream()
                        .anyMatch(own -> startsWith(own, one) || startsWith(own, two));
    }

    /** Where our data usually is, as far as it is there. */
    private List<List<String>> usualFolders() {
        List<List<String>> known = usualFolders;
        if (known == null) {
            known =
                    Data.FLOOR.texts("own").stream()
                            .map(own -> own.substring(0, own.length() - 3))
                            .map(own -> own.startsWith("~") ? paths.home() + own.substring(1) : own)
                            .filter(own -> facts.kind(own) == Facts.Kind.DIRECTORY)
                            .map(Patterns::parts)
                            .toList();
            usualFolders = known;
        }
        return known;
    }

    /** Why nobody may link to this folder or close it, or null. */
    @Nullable String guards(Paths.Place place) {
        if (place.written() == null || place.resolved() == null) {
            return null;
        }
        String floor = floor(Touch.DELETE, place.written(), true);
        return floor != null || place.resolved().equals(place.written())
                ? floor
                : floor(Touch.DELETE, place.resolved(), true);
    }

    private boolean holdsProtected(String folder) {
        return facts.kind(folder) == Facts.Kind.DIRECTORY
                && withProtected.computeIfAbsent(folder, f -> lookBelow(f).findAny().isPresent());
    }

    /**
     * The hook and policy files in this folder or any below it, or empty when there is too much to
     * look through.
     *
     * @param passed folders that are passed by
     */
    Optional<List<String>> protectedBelow(String folder, Predicate<String> passed) {
        List<String> found = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>(List.of(folder));
        int looked = 0;
        while (!open.isEmpty()) {
            String next = open.poll();
            found.addAll(protectedIn.computeIfAbsent(next, f -> lookBelow(f).toList()));
            Set<String> links = Set.copyOf(facts.links(next).orElse(List.of()));
            for (String name : facts.list(next).orElse(List.of())) {
                if (++looked > MOST_WALKED) {
                    return Optional.empty();
                }
                String path = next + "/" + name;
                boolean walked = !name.equals(".git") && !links.contains(name);
                if (walked && facts.kind(path) == Facts.Kind.DIRECTORY && !passed.test(path)) {
                    open.add(path);
                }
            }
        }
        return Optional.of(found.stream().distinct().toList());
    }

    /** Whether a path below a working tree, in small letters, is a hook or policy file. */
    static boolean isProtected(String relative) {
        if (relative.indexOf("/.") < 0 && relative.charAt(0) != '.') {
            String name = Paths.name(relative);
            if (!Data.VISIBLE.contains(name)) {
                return false;
            }
        }
        List<String> parts = Patterns.parts("/" + relative);
        return Data.CLIENTS.holds(parts, 0) || Data.POLICY.holds(parts, 0);
    }

    private Stream<String> lookBelow(String folder) {
        if (facts.kind(folder) != Facts.Kind.DIRECTORY) {
            return Stream.empty();
        }
        boolean github = folder.endsWith("/.github");
        return Stream.concat(Data.CLIENTS.anywhere().stream(), Data.POLICY.anywhere().stream())
                .flatMap(relative ->
                        github && relative.startsWith(".github/")
                                ? Stream.of(relative, relative.substring(8))
                                : Stream.of(relative))
                .map(relative -> folder + "/" + relative)
                .filter(this::exists);
    }

    private boolean exists(String path) {
        Facts.Kind kind = facts.kind(path);
        return kind == Facts.Kind.FILE || kind == Facts.Kind.DIRECTORY;
    }

    /** The ports that are ours on every loopback address. */
    static List<String> ownPorts() {
        return Data.FLOOR.texts("ports");
    }

    static List<String> floorTexts(String key) {
        return Data.FLOOR.texts(key);
    }
}
