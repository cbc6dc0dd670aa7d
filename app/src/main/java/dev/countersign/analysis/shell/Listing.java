package dev.countersign.analysis.shell;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a command that lists files prints, as a pattern every line of it matches: {@code find src
 * -name '*.c' | sort} prints {@code src/**}{@code /*.c}. Only options known to leave the lines
 * paths are accepted; anything else prints nobody knows what.
 *
 * @param pattern relative to the directory the words are used in, or absolute
 * @param first position of the command that lists
 */
public record Listing(String pattern, int first) {
    private static final int LONGEST_CHAIN = 8;
    private static final String ALL = "**";

    /** What the command at {@code last} prints, filters in front of it followed back. */
    public static @Nullable Listing of(List<Invocation> all, int last) {
        int index = last;
        for (int hops = 0; hops < LONGEST_CHAIN; hops++) {
            if (index < 0 || index >= all.size()) {
                return null;
            }
            Invocation source = all.get(index);
            List<String> words = constants(source);
            if (words == null || words.isEmpty() || source.local()) {
                return null;
            }
            String program = words.getFirst();
            String name = program.substring(program.lastIndexOf('/') + 1);
            Reader reader = new Reader(words);
            if (source.input() instanceof Invocation.Input.Pipe(List<Integer> from)
                    && filters(name, reader)) {
                if (from.size() != 1) {
                    return null;
                }
                index = from.getFirst();
                continue;
            }
            String pattern = pattern(name, source, new Reader(words));
            return pattern == null ? null : new Listing(pattern, index);
        }
        return null;
    }

    private static @Nullable List<String> constants(Invocation source) {
        List<String> words = new ArrayList<>();
        for (Argument word : source.argv()) {
            String value = word.value();
            if (value == null) {
                return null;
            }
            words.add(value);
        }
        return words;
    }

    /** Whether it passes whole lines on, or leaves some out. */
    private static boolean filters(String name, Reader words) {
        return switch (name) {
            case "cat" -> words.read("", "") && words.operands.isEmpty();
            case "head", "tail" -> words.read("q", "n") && words.operands.isEmpty();
            case "sort" -> words.read("urnVfhzRbdg", "kt") && words.operands.isEmpty();
            case "uniq" -> words.read("cduiz", "") && words.operands.isEmpty();
            case "shuf" -> words.read("zr", "n") && words.operands.isEmpty();
            case "grep" -> words.read("viEFGPwxazn", "m") && words.operands.size() == 1;
            case "tr" ->
                    words.operandsOnly()
                            && words.operands.size() == 2
                            && Set.of("\n", "\\n").contains(words.operands.getFirst())
                            && Set.of(" ", "\0", "\\0", "\\000").contains(words.operands.getLast());
            default -> false;
        };
    }

    private static @Nullable String pattern(String name, Invocation source, Reader words) {
        return switch (name) {
            case "find" -> found(source.argv());
            case "ls" ->
                    words.read("1AtrSRhFpdLUXvcG", "")
                                    && words.operands.stream().noneMatch(Listing::leads)
                            ? ALL
                            : null;
            case "fd", "fdfind" ->
                    words.read(
                                    "HIuUgFisp0L1",
                                    "etdEcjS",
                                    "--extension",
                                    "--type",
                                    "--exclude",
                                    "--max-depth",
                                    "--min-depth",
                                    "--hidden=",
                                    "--no-ignore=",
                                    "--glob=",
                                    "--follow=")
                            ? below(words.operands, 1)
                            : null;
            case "rg" -> ripgrep(words);
            case "grep" -> {
                boolean read =
                        words.read(
                                "rRlLiEFGPwxsnHIqvaZz",
                                "ABCem",
                                "--include",
                                "--exclude",
                                "--exclude-dir",
                                "--files-with-matches=",
                                "--files-without-match=",
                                "--recursive=");
                boolean names =
                        words.has("l", "--files-with-matches")
                                || words.has("L", "--files-without-match");
                yield read && names ? below(words.operands, words.has("e", "-e") ? 0 : 1) : null;
            }
            case "git" -> git(words.all);
            default -> null;
        };
    }

    private static @Nullable String ripgrep(Reader words) {
        boolean read =
                words.read(
                        "lisSwxFUnNPv0uL.",
                        "egtTmdjEABC",
                        "--files=",
                        "--files-with-matches=",
                        "--files-without-match=",
                        "--hidden=",
                        "--no-ignore=",
                        "--follow=",
                        "--ignore-case=",
                        "--smart-case=",
                        "--fixed-strings=",
                        "--word-regexp=",
                        "--no-messages=",
                        "--null=",
                        "--glob",
                        "--iglob",
                        "--type",
                        "--type-not",
                        "--max-depth",
                        "--sort",
                        "--regexp");
        if (!read) {
            return null;
        }
        if (words.has("", "--files")) {
            return below(words.operands, 0);
        }
        boolean names =
                words.has("l", "--files-with-matches") || words.has("", "--files-without-match");
        return names ? below(words.operands, words.has("e", "--regexp") ? 0 : 1) : null;
    }

    /** Everything below the places given behind the first {@code skip} words. */
    private static @Nullable String below(List<String> operands, int skip) {
        if (operands.size() <= skip) {
            return ALL;
        }
        List<String> starts = operands.subList(skip, operands.size());
        if (starts.stream().anyMatch(Listing::hidden)) {
            return null;
        }
        if (starts.size() == 1) {
            return start(starts.getFirst(), ALL);
        }
        return starts.stream().anyMatch(Listing::leads) ? null : ALL;
    }

    private static String start(String folder, String tail) {
        return folder.endsWith("/") ? folder + tail : folder + "/" + tail;
    }

    /** Whether a path may leave the directory it is used in. */
    private static boolean leads(String path) {
        return path.startsWith("/")
                || path.startsWith("~")
                || path.equals("..")
                || path.startsWith("../")
                || path.contains("/..")
                || hidden(path);
    }

    /** A pattern such as {@code .*}, which older shells expand to {@code ..} as well. */
    private static boolean hidden(String path) {
        return path.matches("(.*/)?\\.{1,2}[*?\\[].*");
    }

    private static @Nullable String git(List<String> words) {
        if (words.size() < 2) {
            return null;
        }
        List<String> rest = words.subList(2, words.size());
        for (String word : rest) {
            boolean listed =
                    switch (words.get(1)) {
                        case "ls-files" ->
                                LS_FILES.contains(word)
                                        || word.startsWith("--exclude=")
                                        || (!word.startsWith("-") && stays(word));
                        case "diff" ->
                                DIFF.contains(word)
                                        || word.startsWith("--diff-filter=")
                                        || (!word.startsWith("-") && staysOrRange(word));
                        case "grep" ->
                                GREP.contains(word) || (!word.startsWith("-") && stays(word));
                        default -> false;
                    };
            if (!listed) {
                return null;
            }
        }
        boolean names =
                switch (words.get(1)) {
                    case "ls-files" -> true;
                    case "diff" -> rest.contains("--name-only");
                    case "grep" -> rest.stream().anyMatch(GREP_NAMES::contains);
                    default -> false;
                };
        List<String> picked = rest.stream().filter(word -> !word.startsWith("-")).toList();
        boolean one =
                words.get(1).equals("ls-files")
                        && picked.size() == 1
                        && picked.getFirst().matches("\\*\\.[A-Za-z0-9]+");
        return names ? (one ? ALL + "/" + picked.getFirst() : ALL) : null;
    }

    /** A pathspec that starts with a colon may lead to the top of the repository. */
    private static boolean stays(String path) {
        return !leads(path) && !path.startsWith(":");
    }

    /** The same where {@code main..topic} may stand. */
    private static boolean staysOrRange(String word) {
        return !word.startsWith(":")
                && !word.startsWith("/")
                && !word.startsWith("~")
                && !word.startsWith("../")
                && !word.contains("/../")
                && !word.endsWith("/..");
    }

    private static final Set<String> LS_FILES =
            Set.of(
                    "-c",
                    "-m",
                    "-d",
                    "-o",
                    "-z",
                    "-u",
                    "--cached",
                    "--modified",
                    "--deleted",
                    "--others",
                    "--exclude-standard",
                    "--full-name",
                    "--error-unmatch",
                    "--");
    private static final Set<String> DIFF =
            Set.of("--name-only", "--cached", "--staged", "-z", "--relative", "--no-renames", "--");
    private static final Set<String> GREP_NAMES =
            Set.of("-l", "--files-with-matches", "--name-only");
    private static final Set<String> GREP =
            Set.of("-l", "--files-with-matches", "--name-only", "-i", "-w", "-E", "-F", "-z", "--");

    private static final Set<String> FIND_FLAGS =
            Set.of(
                    "(",
                    ")",
                    "!",
                    "-not",
                    "-a",
                    "-and",
                    "-o",
                    "-or",
                    "-print",
                    "-print0",
                    "-prune",
                    "-quit",
                    "-depth",
                    "-empty",
                    "-mount",
                    "-xdev",
                    "-true",
                    "-false",
                    "-readable",
                    "-writable",
                    "-executable");
    private static final Set<String> FIND_VALUED =
            Set.of(
                    "-name",
                    "-iname",
                    "-path",
                    "-ipath",
                    "-wholename",
                    "-regex",
                    "-iregex",
                    "-regextype",
                    "-type",
                    "-maxdepth",
                    "-mindepth",
                    "-size",
                    "-mtime",
                    "-mmin",
                    "-ctime",
                    "-cmin",
                    "-atime",
                    "-amin",
                    "-newer",
                    "-newermt",
                    "-perm",
                    "-user",
                    "-group",
                    "-links");

    /** One starting point, tests, and nothing that prints other than paths. */
    private static @Nullable String found(List<Argument> argv) {
        String start = null;
        String name = null;
        boolean choice = false;
        boolean tests = false;
        boolean negated = false;
        for (int i = 1; i < argv.size(); i++) {
            String word = String.valueOf(argv.get(i).value());
            if (FIND_VALUED.contains(word)) {
                tests = true;
                i++;
                if (i >= argv.size()) {
                    return null;
                }
                if (word.equals("-name") && !negated) {
                    name = argv.get(i).value();
                }
                negated = false;
            } else if (FIND_FLAGS.contains(word)) {
                tests = true;
                String next = i + 1 < argv.size() ? argv.get(i + 1).value() : null;
                negated = word.equals("!") || word.equals("-not");
                boolean narrows =
                        word.startsWith("-print")
                                || word.equals("-a")
                                || word.equals("-and")
                                || (negated && next != null && FIND_VALUED.contains(next));
                choice |= !narrows;
            } else if (tests || word.startsWith("-") || start != null || argv.get(i).glob()) {
                return null;
            } else {
                start = word;
            }
        }
        boolean narrow = name != null && !choice && name.indexOf('/') < 0;
        return start(start == null ? "." : start, narrow ? ALL + "/" + name : ALL);
    }

    /** Words taken apart into letters and long names that are known, and operands. */
    private static final class Reader {
        final List<String> all;
        final List<String> operands = new ArrayList<>();
        private final StringBuilder letters = new StringBuilder();
        private final List<String> names = new ArrayList<>();

        Reader(List<String> all) {
            this.all = all;
        }

        boolean operandsOnly() {
            operands.addAll(all.subList(1, all.size()));
            return true;
        }

        /**
         * Reads the words, or says that one of them is not known.
         *
         * @param flags letters without a value
         * @param valued letters with one
         * @param longs long options with a value, or ending in {@code =} without one
         */
        boolean read(String flags, String valued, String... longs) {
            Set<String> known = Set.of(longs);
            boolean options = true;
            for (int i = 1; i < all.size(); i++) {
                String word = all.get(i);
                if (!options || !word.startsWith("-") || word.length() == 1) {
                    operands.add(word);
                } else if (word.equals("--")) {
                    options = false;
                } else if (word.startsWith("--")) {
                    int equals = word.indexOf('=');
                    String name = equals < 0 ? word : word.substring(0, equals);
                    if (equals < 0 && known.contains(name + "=")) {
                        names.add(name);
                    } else if (known.contains(name)) {
                        names.add(name);
                        i += equals < 0 ? 1 : 0;
                    } else {
                        return false;
                    }
                } else if (Character.isDigit(word.charAt(1)) && valued.indexOf('n') >= 0) {
                    // With a letter behind it, as in -5c, it may cut a line in two.
                    if (!word.substring(1).chars().allMatch(Character::isDigit)) {
                        return false;
                    }
                    letters.append('n');
                } else {
                    int next = cluster(word, flags, valued);
                    if (next < 0) {
                        return false;
                    }
                    i += next;
                }
            }
            return true;
        }

        /** How many words its value takes, or -1 when a letter is not known. */
        private int cluster(String word, String flags, String valued) {
            for (int k = 1; k < word.length(); k++) {
                char letter = word.charAt(k);
                letters.append(letter);
                if (valued.indexOf(letter) >= 0) {
                    return k == word.length() - 1 ? 1 : 0;
                }
                if (flags.indexOf(letter) < 0) {
                    return -1;
                }
            }
            return 0;
        }

        boolean has(String letter, String name) {
            return names.contains(name) || (!letter.isEmpty() && letters.indexOf(letter) >= 0);
        }
    }
}
