package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names on the disk that a program takes for something else when a pattern or a listing gives them
 * to it: one that begins with a dash is an option, and one with a blank in it is several words
 * where nothing quotes it.
 */
final class ListedNames {
    private static final int MOST_FOLDERS = 200;
    private static final int MOST_NAMES = 5_000;
    private static final int STEPS_A_FOLDER = 40;

    private static final Set<String> PASSED_BY = Set.of("node_modules", ".git");

    /** Programs that only print their words, or compare them. */
    private static final Set<String> SAYS = Set.of("echo", "printf", "test", "[", "[[", "export");

    private static final Pattern BLANKS = Pattern.compile("[ \\t\\n]+");
    private static final Pattern UNQUOTED = Pattern.compile("[^\"']*[$`].*", Pattern.DOTALL);

    /** What stands for the lines that a program is fed as words, blank by blank. */
    static final String SPLIT = "files that were listed, as words";

    private final Judge judge;

    ListedNames(Judge judge) {
        this.judge = judge;
    }

    void add(Job job, String name) {
        String folder = job.directory();
        if (folder == null || SAYS.contains(name)) {
            return;
        }
        for (Argument word : job.arguments()) {
            String value = word.value();
            if ("--".equals(value)) {
                return;
            }
            if (!word.glob() || value == null || value.isEmpty()) {
                continue;
            }
            String option = option(value, folder);
            if (option != null) {
                judge.opaque(
                        job,
                        "`"
                                + Judge.cut(option)
                                + "`, which `"
                                + Judge.cut(value)
                                + "` matches, is an option for `"
                                + name
                                + "`");
                return;
            }
            boolean splits =
                    word.written().equals(SPLIT) || UNQUOTED.matcher(word.written()).matches();
            String path = splits ? severalWords(value, folder) : null;
            if (path != null) {
                judge.opaque(
                        job,
                        "the blank in `" + Judge.cut(path) + "` makes several words of that name");
                return;
            }
        }
    }

    /** A name in the folder that the pattern matches and that begins with a dash. */
    private @Nullable String option(String pattern, String folder) {
        int slash = pattern.indexOf('/');
        String first = slash < 0 ? pattern : pattern.substring(0, slash);
        if (!Patterns.isGlob(first) || "*?[{(".indexOf(first.charAt(0)) < 0) {
            return null;
        }
        List<String> names = judge.call.facts.list(folder).orElse(List.of());
        judge.call.works(names.size());
        for (String name : names) {
            boolean deeper = slash >= 0 && !first.equals("**");
            if (name.startsWith("-") && !deeper && Patterns.glob(first, name)) {
                return name;
            }
        }
        return null;
    }

    /** A path below a listed folder that is several words, one of which is there by itself. */
    private @Nullable String severalWords(String pattern, String folder) {
        int star = firstGlob(pattern);
        int slash = pattern.lastIndexOf('/', star);
        String base = slash < 0 ? "" : pattern.substring(0, slash);
        String start = base.startsWith("/") ? base : base.isEmpty() ? folder : folder + "/" + base;
        String last = Paths.name(pattern);
        Deque<String> folders = new ArrayDeque<>(List.of(""));
        int looked = 0;
        int seen = 0;
        while (!folders.isEmpty() && looked++ < MOST_FOLDERS && seen < MOST_NAMES) {
            String below = folders.removeFirst();
            List<String> names = judge.call.facts.list(start + below).orElse(List.of());
            seen += names.size();
            judge.call.works(STEPS_A_FOLDER + names.size());
            for (String name : names) {
                String path = base + below + "/" + name;
                boolean blank = path.indexOf(' ') >= 0 || path.indexOf('\t') >= 0;
                boolean matches =
                        blank && (last.equals("**") || pattern.endsWith("/") || glob(last, name));
                if (matches && anyWordThere(path, start, folder)) {
                    return path;
                }
                if (!PASSED_BY.contains(name)
                        && judge.call.facts.kind(start + below + "/" + name)
                                == Facts.Kind.DIRECTORY) {
                    folders.addLast(below + "/" + name);
                }
            }
        }
        return null;
    }

    private static boolean glob(String pattern, String name) {
        return !Patterns.isGlob(pattern) || Patterns.glob(pattern, name);
    }

    private boolean anyWordThere(String path, String start, String folder) {
        String[] words = BLANKS.split(path.startsWith("/") ? path.substring(1) : path, -1);
        for (int i = 1; i < words.length; i++) {
            if (words[i].isEmpty()) {
                continue;
            }
            if (words[i].startsWith("-")) {
                return true;
            }
            String written = judge.call.paths.place(words[i], false, folder).written();
            boolean there = written == null || judge.call.facts.kind(written) != Facts.Kind.MISSING;
            if (there
                    && !(written != null && Paths.below(written, start) && !start.equals(folder))) {
                return true;
            }
        }
        return false;
    }

    private static int firstGlob(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if ("*?[{(".indexOf(pattern.charAt(i)) >= 0) {
                return i;
            }
        }
        return pattern.length();
    }
}
