package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A set of path patterns of the data files. A pattern without a start matches at any depth, {@code
 * ~/} stands for the home of any user, {@code /} for the root, a final {@code **} for all below.
 * Case never matters: these sets only ever make a verdict stricter.
 */
final class Patterns {
    private enum Start {
        ANYWHERE,
        HOME,
        ROOT
    }

    /** A pattern taken apart; {@code open} when it ends in {@code **}. */
    private record Pattern(Start start, List<String> parts, List<String> bare, boolean open) {
        Pattern(Start start, List<String> parts, boolean open) {
            this(start, parts, parts.stream().map(Patterns::withoutStars).toList(), open);
        }
    }

    /** A path that is compared with many patterns: what is asked of its parts is found once. */
    private static final class Seen {
        private final String[] path;
        private final boolean[] globs;
        private final boolean[] stars;
        private final @Nullable String[] bare;

        /** Whether a part begins with a wildcard, so that it may be any name. */
        private final boolean wild;

        Seen(List<String> path) {
            this.path = path.toArray(String[]::new);
            globs = new boolean[this.path.length];
            stars = new boolean[this.path.length];
            bare = new String[this.path.length];
            boolean any = false;
            for (int i = 0; i < globs.length; i++) {
                globs[i] = isGlob(this.path[i]);
                stars[i] = globs[i] && isBare(this.path[i]);
                any |= isWild(this.path[i].charAt(0));
            }
            wild = any;
        }

        static Seen of(List<String> path) {
            return path instanceof Parts parts ? parts.seen() : new Seen(path);
        }

        String bare(int i) {
            String known = bare[i];
            if (known == null) {
                known = withoutStars(path[i]);
                bare[i] = known;
            }
            return known;
        }
    }

    /** The parts of a path that is compared with several sets. */
    private static final class Parts extends AbstractList<String> implements RandomAccess {
        private final List<String> parts;
        private @Nullable Seen seen;

        Parts(List<String> parts) {
            this.parts = parts;
        }

        @Override
        public String get(int index) {
            return parts.get(index);
        }

        @Override
        public int size() {
            return parts.size();
        }

        Seen seen() {
            Seen known = seen;
            if (known == null) {
                known = new Seen(parts);
                seen = known;
            }
            return known;
        }
    }

    private static String withoutStars(String part) {
        return part.replace("*", "");
    }

    private final List<Pattern> patterns = new ArrayList<>();

    /**
     * Those with a part that is plain text, by that part: no other path without globs meets them.
     */
    private final Map<String, List<Pattern>> named = new HashMap<>();

    /** The same by the first character of that part, for globs that begin with one. */
    private final Map<Character, Map<String, List<Pattern>>> initials = new HashMap<>();

    /** The others, by the last character of their last part, as {@code *.pem} has one. */
    private final Map<Character, List<Pattern>> finals = new HashMap<>();

    private final List<Pattern> allFinals;
    private final List<String> anywhere;

    /**
     * Those of the others that a glob may meet beyond its own end, by the first character of their
     * last part without stars; {@code *} where that is no plain one.
     */
    private final Map<Character, List<Pattern>> finalStarts = new HashMap<>();

    private final List<Pattern> nameless = new ArrayList<>();

    /** Those of them whose last part begins with a plain character, as {@code .env.*}, by that. */
    private final Map<Character, List<Pattern>> firsts = new HashMap<>();

    private final List<Pattern> neither = new ArrayList<>();

    /** The beginning of a pattern, of so many parts: a folder the pattern may look into. */
    private record Beginning(Pattern pattern, int known) {}

    /** Beginnings by their last part, or by its first character, or any with a glob there. */
    private final Map<String, List<Beginning>> folders = new HashMap<>();

    private final Map<Character, List<Beginning>> folderInitials = new HashMap<>();
    private final List<Beginning> folderGlobs = new ArrayList<>();

    Patterns(List<String> written) {
        for (String text : written) {
            String pattern = LowerCase.of(text);
            Start start = Start.ANYWHERE;
            if (pattern.startsWith("~/")) {
                start = Start.HOME;
                pattern = pattern.substring(2);
            } else if (pattern.startsWith("/")) {
                start = Start.ROOT;
                pattern = pattern.substring(1);
            }
            boolean open = pattern.endsWith("/**");
            if (open) {
                pattern = pattern.substring(0, pattern.length() - 3);
            }
            Pattern made = new Pattern(start, parts(pattern), open);
            patterns.add(made);
            folders(made);
            String name = plainPart(made);
            if (name == null) {
                char end = made.parts.isEmpty() ? '*' : lastOf(made.parts.getLast());
                boolean last = start == Start.ANYWHERE && !open && !made.parts.isEmpty();
                if (last && !isGlobSign(end)) {
                    finals.computeIfAbsent(end, _ -> new ArrayList<>()).add(made);
                } else {
                    nameless.add(made);
                    char first = last ? made.parts.getLast().charAt(0) : '*';
                    (isWild(first)
                                    ? neither
                                    : firsts.computeIfAbsent(first, _ -> new ArrayList<>()))
                            .add(made);
                }
            } else {
                named.computeIfAbsent(name, _ -> new ArrayList<>()).add(made);
                initials.computeIfAbsent(name.charAt(0), _ -> new HashMap<>())
                        .put(name, named.get(name));
            }
        }
        anywhere = plainAnywhere();
        allFinals = finals.values().stream().flatMap(List::stream).toList();
        for (Pattern pattern : allFinals) {
            String bare = pattern.bare.getLast();
            boolean stars = pattern.parts.getLast().indexOf('*') >= 0;
            boolean plain = stars && !bare.isEmpty() && !isWild(bare.charAt(0));
            finalStarts
                    .computeIfAbsent(plain ? bare.charAt(0) : '*', _ -> new ArrayList<>())
                    .add(pattern);
        }
    }

    private void folders(Pattern pattern) {
        int most = pattern.open ? pattern.parts.size() : pattern.parts.size() - 1;
        for (int known = 1; known <= most; known++) {
            String last = pattern.parts.get(known - 1);
            Beginning beginning = new Beginning(pattern, known);
            if (isGlob(last)) {
                folderGlobs.add(beginning);
            } else {
                folders.computeIfAbsent(last, _ -> new ArrayList<>()).add(beginning);
                folderInitials
                        .computeIfAbsent(last.charAt(0), _ -> new ArrayList<>())
                        .add(beginning);
            }
        }
    }

    private static char lastOf(String part) {
        return part.charAt(part.length() - 1);
    }

    private static boolean isGlobSign(char c) {
        return isWild(c) || c == ']' || c == ')';
    }

    private static @Nullable String plainPart(Pattern pattern) {
        for (int i = pattern.parts.size() - 1; i >= 0; i--) {
            if (!isGlob(pattern.parts.get(i))) {
                return pattern.parts.get(i);
            }
        }
        return null;
    }

    /** The parts of an absolute path as {@link FoldedName} has them, without a drive. */
    static List<String> parts(String path) {
        List<String> parts = new ArrayList<>(8);
        String lower = FoldedName.of(path);
        int from = WindowsPath.hasDrive(lower) ? 2 : 0;
        while (from <= lower.length()) {
            int slash = lower.indexOf('/', from);
            int end = slash < 0 ? lower.length() : slash;
            if (end > from) {
                parts.add(FoldedName.trimmed(lower.substring(from, end)));
            }
            from = end + 1;
        }
        return new Parts(parts);
    }

    /**
     * Whether a path, or something a glob may match, is in the set.
     *
     * @param path its parts
     * @param home how many parts the home folder in front has, or 0 when it is below none
     */
    boolean holds(List<String> path, int home) {
        Seen seen = Seen.of(path);
        if (seen.wild) {
            return holds(patterns, seen, home);
        }
        int size = seen.path.length;
        for (int i = 0; i < size; i++) {
            String part = seen.path[i];
            if (seen.globs[i]) {
                if (holdsOneThatStarts(part, seen, home)) {
                    return true;
                }
                continue;
            }
            List<Pattern> some = named.get(part);
            if (some != null && holds(some, seen, home)) {
                return true;
            }
        }
        if (size == 0 || seen.globs[size - 1]) {
            return (size > 0 && holdsOneThatEnds(seen, home)) || holds(nameless, seen, home);
        }
        String last = seen.path[size - 1];
        return holds(finals.getOrDefault(lastOf(last), List.of()), seen, home)
                || holds(firsts.getOrDefault(last.charAt(0), List.of()), seen, home)
                || holds(neither, seen, home);
    }

    /** Asks those whose plain part begins as a glob does up to its first wildcard. */
    private boolean holdsOneThatStarts(String glob, Seen path, int home) {
        Map<String, List<Pattern>> some = initials.get(glob.charAt(0));
        if (some == null) {
            return false;
        }
        int wild = 0;
        while (!isWild(glob.charAt(wild))) {
            wild++;
        }
        for (Map.Entry<String, List<Pattern>> one : some.entrySet()) {
            if (one.getKey().regionMatches(0, glob, 0, wild) && holds(one.getValue(), path, home)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Asks those that end as a glob does, and those whose own text the glob may be. The glob begins
     * with a plain character here.
     */
    private boolean holdsOneThatEnds(Seen path, int home) {
        int last = path.path.length - 1;
        return holds(finals.getOrDefault(lastOf(path.bare(last)), List.of()), path, home)
                || holds(finalStarts.getOrDefault(path.path[last].charAt(0), List.of()), path, home)
                || holds(finalStarts.getOrDefault('*', List.of()), path, home);
    }

    /** The nameless patterns whose last character the last part of a path has. */
    private List<Pattern> finals(List<String> path) {
        if (path.isEmpty() || finals.isEmpty()) {
            return List.of();
        }
        return isGlob(path.getLast())
                ? allFinals
                : finals.getOrDefault(lastOf(path.getLast()), List.of());
    }

    private static boolean holds(List<Pattern> patterns, Seen path, int home) {
        for (Pattern pattern : patterns) {
            if (holds(pattern, path, home)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Pattern pattern, Seen path, int home) {
        int wanted = pattern.parts.size();
        int have = path.path.length;
        return switch (pattern.start) {
            case ROOT ->
                    pattern.open
                            ? have > wanted && matches(pattern, path, 0)
                            : have == wanted && matches(pattern, path, 0);
            case HOME ->
                    home > 0
                            && (pattern.open
                                    ? have > home + wanted && matches(pattern, path, home)
                                    : have == home + wanted && matches(pattern, path, home));
            case ANYWHERE -> {
                if (!pattern.open) {
                    yield have >= wanted && matches(pattern, path, have - wanted);
                }
                for (int at = 0; at + wanted < have; at++) {
                    if (matches(pattern, path, at)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    /**
     * Whether a folder is one that the set looks into: taking it away takes away what the set
     * names.
     */
    boolean looksInto(List<String> folder, int home) {
        if (folder.isEmpty()) {
            return false;
        }
        String last = folder.getLast();
        if (isWild(last.charAt(0))) {
            return looksInto(folderGlobs, folder, home)
                    || folders.values().stream().anyMatch(some -> looksInto(some, folder, home));
        }
        List<Beginning> some =
                isGlob(last)
                        ? folderInitials.getOrDefault(last.charAt(0), List.of())
                        : folders.getOrDefault(last, List.of());
        return looksInto(some, folder, home) || looksInto(folderGlobs, folder, home);
    }

    private static boolean looksInto(List<Beginning> some, List<String> folder, int home) {
        if (some.isEmpty()) {
            return false;
        }
        Seen seen = Seen.of(folder);
        int have = seen.path.length;
        for (Beginning beginning : some) {
            int known = beginning.known;
            int at =
                    switch (beginning.pattern.start) {
                        case ROOT -> 0;
                        case HOME -> home > 0 ? home : -1;
                        case ANYWHERE -> have - known;
                    };
            if (at >= 0 && have == at + known && starts(beginning.pattern, seen, at, known)) {
                return true;
            }
        }
        return false;
    }

    /** The patterns that could stand directly below any folder, as relative paths without globs. */
    List<String> anywhere() {
        return anywhere;
    }

    private List<String> plainAnywhere() {
        List<String> paths = new ArrayList<>();
        for (Pattern pattern : patterns) {
            if (pattern.start == Start.ANYWHERE) {
                String path = String.join("/", pattern.parts);
                if (path.indexOf('*') < 0) {
                    paths.add(path);
                }
            }
        }
        return List.copyOf(paths);
    }

    /**
     * Whether everything a path stands for is in the set: a glob in it is taken as text, so {@code
     * a*.o} is covered by {@code *.o} and {@code *} is not. For sets that make a verdict milder.
     */
    boolean covers(List<String> path, int home) {
        for (String part : path) {
            List<Pattern> some = named.get(part);
            if (some != null && covers(some, path, home)) {
                return true;
            }
        }
        return covers(finals(path), path, home) || covers(nameless, path, home);
    }

    private static boolean covers(List<Pattern> patterns, List<String> path, int home) {
        for (Pattern pattern : patterns) {
            if (covers(pattern, path, home)) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(Pattern pattern, List<String> path, int home) {
        int wanted = pattern.parts.size();
        int at =
                switch (pattern.start) {
                    case ROOT -> 0;
                    case HOME -> home > 0 ? home : -1;
                    case ANYWHERE -> pattern.open ? -1 : path.size() - wanted;
                };
        boolean fits =
                at >= 0 && (pattern.open ? path.size() > at + wanted : path.size() == at + wanted);
        if (!fits) {
            return false;
        }
        for (int i = 0; i < wanted; i++) {
            if (!glob(pattern.parts.get(i), path.get(at + i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Pattern pattern, Seen path, int at) {
        return starts(pattern, path, at, pattern.parts.size());
    }

    private static boolean starts(Pattern pattern, Seen path, int at, int count) {
        for (int i = count - 1; i >= 0; i--) {
            boolean fits =
                    path.globs[at + i]
                            ? meets(pattern, i, path, at + i, count > 1)
                            : meets(pattern.parts.get(i), path.path[at + i]);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** Whether one part of a pattern matches one part of a path that is no glob. */
    private static boolean meets(String pattern, String part) {
        return pattern.equals(part) || (pattern.indexOf('*') >= 0 && glob(pattern, part));
    }

    /** Whether one part of a pattern and one part of a path, which is a glob, can be the same. */
    private static boolean meets(Pattern of, int i, Seen path, int at, boolean several) {
        String pattern = of.parts.get(i);
        String part = path.path[at];
        if (differ(pattern.charAt(0), part.charAt(0))) {
            return false;
        }
        if (pattern.equals("**")) {
            return true;
        }
        if (part.equals("**")) {
            return several;
        }
        if (path.stars[at]) {
            return several && !pattern.startsWith(".");
        }
        if (pattern.indexOf('*') < 0) {
            return (part.startsWith(".") || !pattern.startsWith(".")) && glob(part, pattern);
        }
        String bare = of.bare.get(i);
        boolean starts = bare.isEmpty() || !differ(part.charAt(0), bare.charAt(0));
        if (starts && glob(part, bare)) {
            return true;
        }
        String text = path.bare(at);
        // Most are one star and an ending, as in `*.pem`.
        boolean ending = pattern.length() == bare.length() + 1 && pattern.charAt(0) == '*';
        return (ending && !isGlob(bare)) ? text.endsWith(bare) : glob(pattern, text);
    }

    /** Whether two first characters are plain and not the same. */
    private static boolean differ(char one, char other) {
        return one != other && !isWild(one) && !isWild(other);
    }

    private static boolean isWild(char c) {
        return c == '*' || c == '?' || c == '[' || c == '(';
    }

    private static boolean isBare(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) != '*' && part.charAt(i) != '?') {
                return false;
            }
        }
        return true;
    }

    static boolean isGlob(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (isWild(part.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text matches a pattern of {@code *}, {@code ?} and {@code [..]}. */
    static boolean glob(String pattern, String text) {
        return endsFit(pattern, text) && wholeFits(pattern, text);
    }

    /** Most do not match, and most of these differ at an end. */
    private static boolean endsFit(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        char first = pattern.charAt(0);
        char last = pattern.charAt(pattern.length() - 1);
        boolean starts = first == '*' || first == '?' || first == '[';
        boolean ends = last == '*' || last == '?' || last == ']';
        return text.isEmpty()
                ? starts && ends
                : (starts || text.charAt(0) == first)
                        && (ends || text.charAt(text.length() - 1) == last);
    }

    private static boolean wholeFits(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            int next = p < pattern.length() ? one(pattern, p, text.charAt(t)) : -1;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (next >= 0) {
                p = next;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** The position after the one-character pattern at {@code p} if it matches, or -1. */
    private static int one(String pattern, int p, char c) {
        char wanted = pattern.charAt(p);
        if (wanted == '?') {
            return p + 1;
        }
        if (wanted == '[') {
            int end = pattern.indexOf(']', p + 2);
            if (end > 0) {
                boolean not = pattern.charAt(p + 1) == '!' || pattern.charAt(p + 1) == '^';
                boolean in = inside(pattern, p + (not ? 2 : 1), end, c);
                return in != not ? end + 1 : -1;
            }
        }
        return wanted == c ? p + 1 : -1;
    }

    private static boolean inside(String pattern, int from, int end, char c) {
        for (int i = from; i < end; i++) {
            if (i + 2 < end && pattern.charAt(i + 1) == '-') {
                if (c >= pattern.charAt(i) && c <= pattern.charAt(i + 2)) {
                    return true;
                }
                i += 2;
            } else if (pattern.charAt(i) == c) {
                return true;
            }
        }
        return false;
    }
}
