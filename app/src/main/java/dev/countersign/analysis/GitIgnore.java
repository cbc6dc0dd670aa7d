package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which paths the ignore files of a repository leave out, as far as that is certain. A pattern that
 * is not understood ignores nothing, and one that takes paths back takes back everything.
 */
final class GitIgnore {
    private static final int MOST_LINES = 4_000;
    private static final int MOST_PARTS = 40;

    private enum Fit {
        IGNORED,
        KEPT,
        SILENT
    }

    /** One line of an ignore file; {@code parts} is null where the line is not understood. */
    private record Line(
            @Nullable List<String> parts, boolean negated, boolean foldersOnly, boolean anchored) {}

    /** One ignore file, and how many parts of a path lie above it. */
    private record Source(List<Line> lines, int depth) {}

    private GitIgnore() {}

    /**
     * Whether git ignores a path, by itself or by a folder above it.
     *
     * @param path relative to the worktree; the last part may be a shell pattern
     * @param folder whether it is a folder
     */
    static boolean ignores(Facts facts, Worktree tree, String path, boolean folder) {
        List<String> parts = List.of(path.split("/", -1));
        if (tree.bare() || path.isEmpty() || parts.size() > MOST_PARTS) {
            return false;
        }
        List<Source> sources = new ArrayList<>();
        Source own = source(facts, tree.common() + "/info/exclude", 0);
        if (own == null) {
            return false;
        }
        sources.add(own);
        StringBuilder above = new StringBuilder(tree.root().equals("/") ? "" : tree.root());
        for (int count = 1; count <= parts.size(); count++) {
            Source here = source(facts, above + "/.gitignore", count - 1);
            if (here == null) {
                return false;
            }
            sources.addFirst(here);
            boolean isFolder = count < parts.size() || folder;
            if (fit(sources, parts.subList(0, count), isFolder) == Fit.IGNORED) {
                return true;
            }
            above.append('/').append(parts.get(count - 1));
        }
        return false;
    }

    private static Fit fit(List<Source> sources, List<String> path, boolean folder) {
        for (Source source : sources) {
            List<String> below = path.subList(source.depth, path.size());
            for (int i = source.lines.size() - 1; i >= 0; i--) {
                Line line = source.lines.get(i);
                if (line.negated ? mayFit(line, below) : fits(line, below, folder)) {
                    return line.negated ? Fit.KEPT : Fit.IGNORED;
                }
            }
        }
        return Fit.SILENT;
    }

    private static boolean fits(Line line, List<String> path, boolean folder) {
        List<String> parts = line.parts;
        return parts != null
                && (folder || !line.foldersOnly)
                && (line.anchored ? meets(parts, path) : covers(parts.getFirst(), path.getLast()));
    }

    private static boolean mayFit(Line line, List<String> path) {
        List<String> parts = line.parts;
        if (parts == null || path.stream().anyMatch(Patterns::isGlob)) {
            return true;
        }
        List<String> lower = path.stream().map(LowerCase::of).toList();
        return line.anchored
                ? meets(parts.stream().map(LowerCase::of).toList(), lower)
                : Patterns.glob(LowerCase.of(parts.getFirst()), lower.getLast());
    }

    /** A shell pattern in a path is covered by a star only. */
    private static boolean covers(String pattern, String part) {
        return Patterns.isGlob(part)
                ? pattern.indexOf('?') < 0
                        && pattern.indexOf('[') < 0
                        && part.indexOf('(') < 0
                        && part.indexOf('{') < 0
                        && Patterns.glob(pattern, part)
                : Patterns.glob(pattern, part);
    }

    /** Whether a pattern with {@code **} for any number of parts is the whole path. */
    private static boolean meets(List<String> pattern, List<String> path) {
        boolean[] open = new boolean[path.size() + 1];
        open[0] = true;
        for (int p = 0; p < pattern.size(); p++) {
            boolean[] next = new boolean[path.size() + 1];
            String part = pattern.get(p);
            boolean any = part.equals("**");
            boolean last = p == pattern.size() - 1;
            for (int at = 0; at <= path.size(); at++) {
                if (any) {
                    // At the end it stands for all that is inside, not for the folder itself.
                    next[at] =
                            (at > 0 && (next[at - 1] || (last && open[at - 1])))
                                    || (!last && open[at]);
                } else if (at > 0) {
                    next[at] = open[at - 1] && covers(part, path.get(at - 1));
                }
            }
            open = next;
        }
        return open[path.size()];
    }

    /** The lines of an ignore file, none if there is none, or null when it cannot be judged. */
    private static @Nullable Source source(Facts facts, String file, int depth) {
        Facts.Kind kind = facts.kind(file);
        if (kind == Facts.Kind.MISSING) {
            return new Source(List.of(), depth);
        }
        Optional<String> text = facts.text(file);
        // Git reads no ignore file through a link.
        if (kind != Facts.Kind.FILE || text.isEmpty() || isLink(facts, file)) {
            return null;
        }
        String[] lines = text.get().split("\n", -1);
        if (lines.length > MOST_LINES) {
            return null;
        }
        List<Line> read = new ArrayList<>();
        for (String line : lines) {
            Line one = line(line);
            if (one != null) {
                read.add(one);
            }
        }
        return new Source(read, depth);
    }

    private static boolean isLink(Facts facts, String file) {
        int slash = file.lastIndexOf('/');
        return !facts.resolve(file)
                .equals(facts.resolve(file.substring(0, slash)) + file.substring(slash));
    }

    private static @Nullable Line line(String written) {
        String text = written.endsWith("\r") ? written.substring(0, written.length() - 1) : written;
        if (text.isBlank() || text.charAt(0) == '#') {
            return null;
        }
        boolean negated = text.charAt(0) == '!';
        if (negated) {
            text = text.substring(1);
        }
        if (text.indexOf('\\') >= 0 || text.contains("[:") || text.startsWith("\uFEFF")) {
            return new Line(null, negated, false, false);
        }
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        text = text.substring(0, end);
        boolean foldersOnly = text.endsWith("/");
        if (foldersOnly) {
            text = text.substring(0, text.length() - 1);
        }
        boolean anchored = text.indexOf('/') >= 0;
        if (text.startsWith("/")) {
            text = text.substring(1);
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            if (part.isEmpty() || parts.size() >= MOST_PARTS) {
                return new Line(null, negated, false, false);
            }
            parts.add(part);
        }
        if (!anchored && parts.getFirst().contains("**")) {
            parts.set(0, parts.getFirst().replaceAll("\\*+", "*"));
        }
        return new Line(parts, negated, foldersOnly, anchored);
    }
}
