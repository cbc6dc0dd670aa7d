package dev.countersign.analysis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files a patch changes: a unified diff, or the form clients call {@code apply_patch}.
 *
 * @param changes in source order
 * @param broken why it may change more than that, or null
 */
record PatchText(List<Change> changes, @Nullable String broken) {
    private static final String BEGIN = "*** Begin Patch";
    private static final String END = "*** End Patch";

    /**
     * One file of a patch.
     *
     * @param path as written
     * @param deletes whether the patch takes the file away
     * @param from where the file was before, if the patch moves it
     */
    record Change(String path, boolean deletes, @Nullable String from) {
        Change(String path, boolean deletes) {
            this(path, deletes, null);
        }
    }

    /** Where a reader of the client form stands. */
    private enum Section {
        NONE,
        ADD,
        DELETE,
        UPDATE
    }

    static List<String> paths(String text) {
        List<String> paths = new ArrayList<>();
        for (Change change : changes(text)) {
            if (change.from != null) {
                paths.add(change.from);
            }
            paths.add(change.path);
        }
        return paths;
    }

    /**
     * Every name a patch gives to a file, old, new or in an index, one of which {@code patch}
     * takes.
     *
     * @param cut how many parts are cut off the front of each, or less than none for all but the
     *     last
     */
    static Set<String> names(String text, int cut) {
        Set<String> names = new LinkedHashSet<>();
        for (String line : lines(text)) {
            for (String mark : MARKS) {
                if (line.startsWith(mark)) {
                    String rest = line.substring(mark.length());
                    int tab = rest.indexOf('\t');
                    String name = unquoted(tab < 0 ? rest : rest.substring(0, tab));
                    String left = cut(name, cut);
                    if (!left.isEmpty() && !name.equals("/dev/null")) {
                        names.add(left);
                    }
                }
            }
        }
        return names;
    }

    private static final List<String> MARKS =
            List.of(
                    "--- ",
                    "+++ ",
                    "*** ",
                    "Index: ",
                    "rename from ",
                    "rename to ",
                    "copy from ",
                    "copy to ");

    private static String cut(String name, int parts) {
        String left = name;
        int slash = left.indexOf('/');
        for (int i = 0; slash >= 0 && (parts < 0 || i < parts); i++) {
            left = left.substring(slash).replaceFirst("^/+", "");
            slash = left.indexOf('/');
        }
        return left;
    }

    /** In source order, in whatever form; empty when the text is no patch. */
    static List<Change> changes(String text) {
        List<String> lines = lines(text);
        List<Change> changes = new ArrayList<>(unified(lines).changes);
        if (isOfClient(lines)) {
            changes.addAll(ofClient(lines).changes);
        }
        return changes;
    }

    static PatchText read(String text) {
        List<String> lines = lines(text);
        return isOfClient(lines) ? ofClient(lines) : unified(lines);
    }

    private static boolean isOfClient(List<String> lines) {
        for (String line : lines) {
            boolean heading =
                    line.strip().equals(BEGIN)
                            || line.startsWith("*** Add File:")
                            || line.startsWith("*** Delete File:")
                            || line.startsWith("*** Update File:");
            if (heading) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }
        return lines;
    }

    /**
     * The form between {@code *** Begin Patch} and {@code *** End Patch}. Readers differ in how
     * much white space they forgive in front of a heading, so a heading counts with it.
     */
    private static PatchText ofClient(List<String> lines) {
        List<Change> changes = new ArrayList<>();
        String broken = null;
        Section section = Section.NONE;
        boolean begun = false;
        boolean ended = false;
        for (String line : lines) {
            String bare = line.strip();
            if (bare.startsWith("*** ") || bare.equals("***")) {
                if (bare.equals(BEGIN)) {
                    broken = begun ? or(broken, "it begins twice") : broken;
                    begun = true;
                    section = Section.NONE;
                } else if (bare.equals(END)) {
                    ended = true;
                    section = Section.NONE;
                } else if (bare.startsWith("*** Add File:")) {
                    section = Section.ADD;
                    changes.add(new Change(bare.substring(13).strip(), false));
                } else if (bare.startsWith("*** Delete File:")) {
                    section = Section.DELETE;
                    changes.add(new Change(bare.substring(16).strip(), true));
                } else if (bare.startsWith("*** Update File:")) {
                    section = Section.UPDATE;
                    changes.add(new Change(bare.substring(16).strip(), false));
                } else if (bare.startsWith("*** Move to:")) {
                    String to = bare.substring(12).strip();
                    if (section == Section.UPDATE && changes.getLast().from == null) {
                        changes.add(new Change(to, false, changes.removeLast().path));
                    } else {
                        broken = or(broken, "a move that belongs to no update");
                        changes.add(new Change(to, false));
                    }
                } else if (!bare.equals("*** End of File")) {
                    broken = or(broken, "a heading that is not known: `" + Judge.cut(bare) + "`");
                }
                continue;
            }
            boolean outside = !begun || ended;
            boolean fits =
                    switch (section) {
                        case NONE, DELETE -> bare.isEmpty() || outside;
                        case ADD -> line.startsWith("+") || bare.isEmpty();
                        case UPDATE -> bare.isEmpty() || " +-@".indexOf(line.charAt(0)) >= 0;
                    };
            if (!fits) {
                broken = or(broken, "a line that belongs to no file");
            }
        }
        if (!begun || !ended) {
            broken = or(broken, "no `" + (begun ? END : BEGIN) + "`");
        }
        return of(changes, broken);
    }

    private static PatchText unified(List<String> lines) {
        List<Change> changes = new ArrayList<>();
        String from = null;
        String header = null;
        String moved = null;
        boolean named = true;
        boolean gone = false;
        String broken = null;
        for (String line : lines) {
            if (ODD_MODE.matcher(line).matches()) {
                broken = "it makes a link, or a file that runs with other rights";
            }
            if (line.startsWith("diff --git ")) {
                if (!named && header != null) {
                    changes.add(new Change(header, gone));
                }
                header = second(line.substring(11));
                named = header == null;
                gone = false;
                moved = null;
            } else if (line.startsWith("deleted file mode")) {
                gone = true;
            } else if (line.startsWith("--- ")) {
                from = file(line.substring(4), "a/");
            } else if (line.startsWith("+++ ")) {
                String to = file(line.substring(4), "b/");
                boolean deletes = to.equals("/dev/null");
                named = true;
                boolean said = !changes.isEmpty() && isMovedTo(changes.getLast(), to);
                if (!said && (!deletes || from != null)) {
                    changes.add(new Change(deletes ? String.valueOf(from) : to, deletes));
                }
            } else if (line.startsWith("copy to ")) {
                named = true;
                broken = or(broken, "it copies a file that is not shown");
                changes.add(new Change(unquoted(line.substring(8)), false));
            } else if (line.startsWith("rename from ")) {
                named = true;
                moved = unquoted(line.substring(12));
                changes.add(new Change(moved, true));
            } else if (line.startsWith("rename to ")) {
                named = true;
                if (moved != null) {
                    changes.removeLast();
                }
                changes.add(new Change(unquoted(line.substring(10)), false, moved));
                moved = null;
            }
        }
        if (!named && header != null) {
            changes.add(new Change(header, gone));
        }
        return of(changes, broken);
    }

    /** Git's mode of what is no plain file. */
    private static final Pattern ODD_MODE =
            Pattern.compile("(?:new file|new) mode (?!100(?:644|755|664|600|775)\\s*$).*");

    private static boolean isMovedTo(Change change, String path) {
        return change.from != null && change.path.equals(path);
    }

    private static PatchText of(List<Change> changes, @Nullable String broken) {
        boolean nameless = changes.stream().anyMatch(change -> change.path.isEmpty());
        return new PatchText(
                List.copyOf(changes),
                changes.isEmpty()
                        ? "it names no file"
                        : nameless ? or(broken, "a file without a name") : broken);
    }

    private static String or(@Nullable String first, String second) {
        return first == null ? second : first;
    }

    /** The later of the two names in {@code a/x b/x}. */
    private static @Nullable String second(String names) {
        if (names.endsWith("\"")) {
            int open = names.lastIndexOf('"', names.length() - 2);
            return open < 0 ? null : file(names.substring(open), "b/");
        }
        int middle = names.length() / 2;
        boolean twice =
                names.length() % 2 == 1
                        && names.charAt(middle) == ' '
                        && names.startsWith("a/")
                        && names.startsWith("b/", middle + 1)
                        && names.substring(2, middle).equals(names.substring(middle + 3));
        int space = twice ? middle : names.lastIndexOf(' ');
        return space < 0 ? null : file(names.substring(space + 1), "b/");
    }

    private static String file(String rest, String prefix) {
        int tab = rest.indexOf('\t');
        String path = unquoted((tab < 0 ? rest : rest.substring(0, tab)).strip());
        return path.startsWith(prefix) ? path.substring(2) : path;
    }

    /** A name git wrote in quotation marks, with its octal bytes turned into letters. */
    private static String unquoted(String name) {
        String path = name.strip();
        if (path.length() < 2 || !path.startsWith("\"") || !path.endsWith("\"")) {
            return path;
        }
        String inside = path.substring(1, path.length() - 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < inside.length()) {
            int point = inside.codePointAt(i);
            i += Character.charCount(point);
            if (point != '\\' || i == inside.length()) {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            } else if (isOctal(inside.charAt(i))) {
                int value = 0;
                for (int end = Math.min(i + 3, inside.length());
                        i < end && isOctal(inside.charAt(i));
                        i++) {
                    value = value * 8 + inside.charAt(i) - '0';
                }
                bytes.write(value);
            } else {
                char escaped = inside.charAt(i++);
                bytes.write(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }
}
