package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Where the paths of a call lead, as written and on the machine. */
final class Paths {

    /**
     * A path that was looked at.
     *
     * @param written absolute, {@code .} and {@code ..} taken out; of a glob the folder it looks
     *     in; null when it is not constant
     * @param resolved the same with links followed
     * @param pattern the absolute path with its glob characters, or null when it is no glob
     * @param outside whether either spelling is not below the workspace
     * @param stream whether it is a standard stream, a descriptor or {@code /dev/null}: no file
     * @param broken why it cannot be judged, or null
     * @param led of a glob what it matches below a link, which leads elsewhere
     * @param links of a glob the links it matches
     */
    record Place(
            @Nullable String written,
            @Nullable String resolved,
            @Nullable String pattern,
            boolean outside,
            boolean stream,
            @Nullable String broken,
            List<Place> led,
            List<Place> links) {
        private Place(
                @Nullable String written,
                @Nullable String resolved,
                @Nullable String pattern,
                boolean outside,
                boolean stream,
                @Nullable String broken) {
            this(written, resolved, pattern, outside, stream, broken, List.of(), List.of());
        }

        Resource.Path resource(boolean whole) {
            return new Resource.Path(written, resolved, outside, whole || pattern != null);
        }

        /** Whether it surely is a file or folder of the workspace. */
        boolean inside() {
            return written != null && !outside && !stream;
        }

        /** What a person would call it: relative to {@code workspace} where it lies inside. */
        String shown(String workspace) {
            String path = pattern == null ? written : pattern;
            return path == null ? "a path that is not known" : Paths.shown(path, workspace);
        }
    }

    /** A path without slashes at its end. */
    static String withoutEndingSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** The same of a path without links and dots. */
    static String shown(String path, String workspace) {
        String inside =
                path.startsWith(workspace + "/") ? path.substring(workspace.length() + 1) : path;
        return "`" + (path.equals(workspace) ? "." : inside) + "`";
    }

    private static final int LONGEST = 4096;
    private static final int DEEPEST_LEAD = 4;

    /** So many characters of a path are looked at for nothing. */
    private static final int FREE = 256;

    private static final int STEPS_A_CHARACTER = 32;

    /** Each is compared with all sets of files: a call that names files by so many hides some. */
    private static final int MOST_PATTERNS = 500;

    private final Facts facts;
    private final IntConsumer cost;
    private final Context context;
    private final String home;
    private final String workspace;
    private final String workspaceResolved;
    private final boolean windows;
    private final GlobLinks globLinks;
    private final Leads leads = new Leads();

    /**
     * @param cost is told the steps that a long path takes
     */
    Paths(Facts facts, Context context, IntConsumer cost) {
        this.facts = facts;
        this.cost = cost;
        this.context = context;
        this.globLinks = new GlobLinks(facts);
        this.windows = context.platform().equals("windows");
        this.home = normalise(slashed(context.home()));
        this.workspace = normalise(slashed(context.workspace()));
        this.workspaceResolved = normalise(slashed(facts.resolve(workspace)));
    }

    String workspace() {
        return workspace;
    }

    String home() {
        return home;
    }

    Place place(Argument word, @Nullable String directory) {
        return place(word.value(), word.glob(), directory);
    }

    /** The places of this call, by how they are named: the same words come again and again. */
    private final Map<Named, Place> places = new HashMap<>();

    private int patterns;

    private record Named(String text, boolean glob, @Nullable String directory) {
        @Override
        public int hashCode() {
            return 31 * text.hashCode() + Objects.hashCode(directory);
        }
    }

    Place place(@Nullable String text, boolean glob, @Nullable String directory) {
        if (text == null) {
            return unknown("the path is not constant");
        }
        Named named = new Named(text, glob, directory);
        Place known = places.get(named);
        if (known == null) {
            known = led(placeAnew(text, glob, directory), 0);
            patterns += known.pattern() == null ? 0 : 1;
            if (patterns > MOST_PATTERNS) {
                throw new Call.TooMuch("there are more patterns of files than can be judged");
            }
            places.put(named, known);
        }
        return known;
    }

    /**
     * Notes that the call makes a name that leads elsewhere.
     *
     * @param moved whether what was at {@code to} is now there; otherwise it is a link
     * @return whether that could be kept
     */
    boolean leads(Place from, Place to, boolean moved) {
        String name = from.written();
        String target = to.resolved();
        if (name == null || target == null || from.stream() || to.stream()) {
            return true;
        }
        places.clear();
        boolean kept = leads.add(name, target, moved);
        String real = from.resolved();
        return kept && (real == null || leads.add(real, target, moved));
    }

    /**
     * Notes that links nobody has seen may have come to stand below a folder: where a path there
     * leads is not known any more.
     */
    void unsure(String folder) {
        unsure.add(folder);
    }

    private final Set<String> unsure = new HashSet<>();

    /** Whether a link that nobody has seen may stand in front of a place. */
    boolean isUnsure(Place place) {
        String written = place.written();
        if (unsure.isEmpty() || written == null || place.stream()) {
            return false;
        }
        for (String folder : unsure) {
            boolean below = Paths.below(written, folder) && !written.equals(folder);
            if (below || (written.equals(folder) && place.pattern() != null)) {
                return true;
            }
        }
        return false;
    }

    /** The same place, with what the names of this call make of it. */
    private Place led(Place place, int depth) {
        String written = place.written();
        if (leads.isEmpty() || written == null || place.stream() || depth > DEEPEST_LEAD) {
            return place;
        }
        String pattern = place.pattern();
        String rest = pattern == null ? "" : pattern.substring(written.length());
        Leads.Reached reached = leads.of(written, rest);
        String resolved = place.resolved();
        if (resolved != null && !resolved.equals(written)) {
            Leads.Reached more = leads.of(resolved, rest);
            reached =
                    new Leads.Reached(
                            both(reached.through(), more.through()),
                            both(reached.links(), more.links()));
        }
        if (reached.through().isEmpty() && reached.links().isEmpty()) {
            return place;
        }
        return new Place(
                written,
                resolved,
                pattern,
                place.outside(),
                false,
                place.broken(),
                both(place.led(), there(reached.through(), depth)),
                both(place.links(), there(reached.links(), depth)));
    }

    private List<Place> there(List<String> paths, int depth) {
        List<Place> places = new ArrayList<>();
        for (String path : paths) {
            Place place = led(place(path, path, Patterns.isGlob(path), null), depth + 1);
            places.add(place);
        }
        return places;
    }

    private static <T> List<T> both(List<T> one, List<T> other) {
        List<T> all = new ArrayList<>(one);
        other.stream().filter(each -> !all.contains(each)).forEach(all::add);
        return List.copyOf(all);
    }

    private Place placeAnew(String text, boolean glob, @Nullable String directory) {
        if (text.isEmpty()) {
            return unknown("the path is empty");
        }
        if (text.indexOf('\0') >= 0) {
            return unknown("the path holds a NUL character");
        }
        if (text.length() > LONGEST) {
            return unknown("the path is longer than " + LONGEST + " characters");
        }
        String absolute;
        if (windows) {
            WindowsPath path = WindowsPath.of(text, directory, context);
            if (path.stream()) {
                return new Place("/dev/null", "/dev/null", null, false, true, null);
            }
            if (path.absolute() == null) {
                return unknown(String.valueOf(path.broken()));
            }
            absolute = path.absolute();
        } else if (text.charAt(0) == '/') {
            absolute = text;
        } else if (text.charAt(0) == '~') {
            String home = home(text);
            if (home == null && !mayBeName(text)) {
                return unknown("whose home `" + text + "` means is not known");
            }
            if (home == null && directory == null) {
                return unknown("`" + text + "` is relative and the directory is not known");
            }
            absolute = home == null ? directory + "/" + text : home;
        } else if (directory == null) {
            return unknown("`" + text + "` is relative and the working directory is not known");
        } else {
            absolute = directory + "/" + text;
        }
        cost.accept(STEPS_A_CHARACTER * Math.max(0, absolute.length() - FREE));
        if (absolute.length() > 2 * LONGEST) {
            return unknown("the path is longer than " + LONGEST + " characters");
        }
        return place(text, absolute, glob, directory);
    }

    private Place place(String text, String raw, boolean glob, @Nullable String directory) {
        if (glob && climbsOutOfGlob(raw)) {
            return unknown("where `" + text + "` leads depends on what its pattern matches");
        }
        String absolute = windows ? normalise(raw) : ProcessFolder.leave(raw, directory);
        if (absolute == null) {
            return unknown("`" + text + "` leads through a process that is not known");
        }
        if (isStream(absolute)) {
            return new Place(absolute, absolute, null, false, true, null);
        }
        String pattern = null;
        String looked = absolute;
        if (glob) {
            int star = firstGlob(absolute);
            if (star >= 0) {
                pattern = absolute;
                int slash = absolute.lastIndexOf('/', star);
                looked = slash <= 0 ? "/" : absolute.substring(0, slash);
            }
        }
        // The system follows a link before it goes up; a name taken out beforehand is not looked
        // at.
        boolean climbs = pattern == null && raw.contains("/..") && absolute.equals(normalise(raw));
        String followed = normalise(slashed(facts.resolve(climbs ? raw : looked)));
        String resolved = windows ? followed : ProcessFolder.leave(followed, null);
        if (resolved == null) {
            return unknown("`" + text + "` leads through a process that is not known");
        }
        if (isStream(resolved)) {
            return new Place(resolved, resolved, null, false, true, null);
        }
        if (windows && WindowsPath.isShort(resolved)) {
            return unknown("`" + text + "` holds a short name that stands for another");
        }
        boolean outside = !inside(looked, workspace) || !inside(resolved, workspaceResolved);
        if (pattern == null) {
            return new Place(looked, resolved, null, outside, false, null);
        }
        // With a slash at its end a match that is a link stands for what it leads to: `rm -r x/*/`.
        GlobLinks.Answer links = globLinks.of(pattern, looked, resolved);
        if (!links.whole()) {
            return unknown("`" + text + "` may match more than can be looked at");
        }
        return new Place(
                looked,
                resolved,
                pattern,
                outside,
                false,
                null,
                elsewhere(raw.endsWith("/") ? both(links.led(), links.links()) : links.led()),
                elsewhere(links.links()));
    }

    private List<Place> elsewhere(List<String> paths) {
        List<Place> places = new ArrayList<>();
        for (String path : paths) {
            Place place = place(path, path, Patterns.isGlob(path), null);
            if (!place.stream() && !isPackage(place)) {
                places.add(place);
            }
        }
        return List.copyOf(places);
    }

    /** What package managers link inside {@code node_modules} is as good as a part of it. */
    private boolean isPackage(Place place) {
        String resolved = place.resolved();
        return !place.outside() && resolved != null && resolved.contains("/node_modules/");
    }

    private String slashed(String path) {
        return windows ? path.replace('\\', '/') : path;
    }

    /** Below a folder, case aside where the file system never tells it. */
    private boolean inside(String path, String root) {
        return windows ? below(LowerCase.of(path), LowerCase.of(root)) : below(path, root);
    }

    /** The path a text with a tilde means, or null when the tilde names nobody we know. */
    private @Nullable String home(String text) {
        int slash = text.indexOf('/');
        String user = text.substring(1, slash < 0 ? text.length() : slash);
        String rest = slash < 0 ? "" : text.substring(slash);
        String own = home();
        if (user.isEmpty() || user.equals(name(own))) {
            return own + rest;
        }
        if (!user.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
            return null;
        }
        if (user.equals("root")) {
            return (context.platform().equals("linux") ? "/root" : "/var/root") + rest;
        }
        return (context.platform().equals("linux") ? "/home/" : "/Users/") + user + rest;
    }

    /** A name that only begins with a tilde, as editors and office programs make them. */
    private static boolean mayBeName(String text) {
        return text.length() > 1 && "$#~".indexOf(text.charAt(1)) >= 0;
    }

    private static boolean climbsOutOfGlob(String raw) {
        int star = firstGlob(raw);
        return star >= 0 && raw.indexOf("/..", star) >= 0;
    }

    private static Place unknown(String why) {
        return new Place(null, null, null, true, false, why);
    }

    private static int firstGlob(String path) {
        for (int i = 0; i < path.length(); i++) {
            if ("*?[{(".indexOf(path.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isStream(String path) {
        return switch (path) {
            case "/dev/null", "/dev/zero", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty" ->
                    true;
            case "/dev/random", "/dev/urandom", "/dev/full" -> true;
            default -> isDescriptor(path, "/dev/fd/") || isDescriptor(path, "/proc/self/fd/");
        };
    }

    /** A descriptor of the program's own; what lies below one that is a folder is not known. */
    private static boolean isDescriptor(String path, String folder) {
        return path.startsWith(folder) && path.indexOf('/', folder.length()) < 0;
    }

    static boolean below(String path, String root) {
        return root.equals("/")
                || path.equals(root)
                || (path.length() > root.length()
                        && path.startsWith(root)
                        && path.charAt(root.length()) == '/');
    }

    /** An absolute path without empty parts, {@code .} and {@code ..}; a drive stays in front. */
    static String normalise(String absolute) {
        if (isNormal(absolute)) {
            return absolute;
        }
        if (WindowsPath.hasDrive(absolute)) {
            String rest = normalise("/" + absolute.substring(2));
            return Character.toUpperCase(absolute.charAt(0)) + ":" + rest;
        }
        StringBuilder normal = new StringBuilder(absolute.length());
        for (int from = 0, end; from <= absolute.length(); from = end + 1) {
            int slash = absolute.indexOf('/', from);
            end = slash < 0 ? absolute.length() : slash;
            int size = end - from;
            if (size == 2 && absolute.startsWith("..", from)) {
                normal.setLength(Math.max(0, normal.lastIndexOf("/")));
            } else if (size > 1 || (size == 1 && absolute.charAt(from) != '.')) {
                normal.append('/').append(absolute, from, end);
            }
        }
        return normal.isEmpty() ? "/" : normal.toString();
    }

    private static boolean isNormal(String path) {
        int length = path.length();
        if (length < 2 || path.charAt(0) != '/' || path.charAt(length - 1) == '/') {
            return path.equals("/");
        }
        for (int i = 0; i < length - 1; i++) {
            if (path.charAt(i) == '/') {
                char next = path.charAt(i + 1);
                if (next == '/' || next == '.') {
                    return false;
                }
            }
        }
        return true;
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
