package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The words of a command line that name what is written, told by what their options are called:
 * {@code --outDir x}, {@code --report-file=x}, {@code -o x}. It serves for programs and options no
 * catalogue lists, where only a place that must not be written makes a difference.
 */
final class OutputWords {
    private static final WordSearch NAMES_OUTPUT =
            WordSearch.of(
                    "out",
                    "dest",
                    "report",
                    "log",
                    "xml",
                    "temp",
                    "tmp",
                    "cov",
                    "save",
                    "dump",
                    "cache",
                    "html",
                    "junit",
                    "backup",
                    "store",
                    "export",
                    "emit",
                    "artifact",
                    "result",
                    "declarationdir");

    private static final Pattern NAMES_OUTPUT_FOLDER =
            Pattern.compile("target.?dir|build.?(path|dir)|site.?dir|top.?level");

    private static final WordSearch NAMES_INPUT =
            WordSearch.of(
                    "without",
                    "timeout",
                    "layout",
                    "logo",
                    "logi",
                    "catalog",
                    "template",
                    "restore",
                    "stdout",
                    "method",
                    "reporter",
                    "logger");

    /** Folders an option may name to be written, unless it says that they are looked into. */
    private static final Pattern NAMES_FOLDER = Pattern.compile("dir(ectory)?$|folder$");

    private static final Pattern NAMES_SOURCE =
            Pattern.compile(
                    "root|conf|src|source|input|include|work|project|base|cwd|setting|^-*dir");

    /** Words that always make a formatter or linter write what it is given. */
    private static final Set<String> WRITING =
            Set.of(
                    "--write",
                    "--fix",
                    "--apply",
                    "--in-place",
                    "--inplace",
                    "--write-changes",
                    "--autocorrect",
                    "--overwrite",
                    "inplace",
                    "fmt",
                    "format",
                    "fix");

    private static final Set<String> WRITERS =
            Set.of("black", "isort", "rustfmt", "autopep8", "dprint", "taplo", "pyupgrade");

    private static final Set<String> LOOKING =
            Set.of("--check", "--diff", "-c", "--dry-run", "--lint");

    private OutputWords() {}

    /** The values of options that name output. */
    static List<Argument> of(List<Argument> words) {
        List<Argument> found = new ArrayList<>();
        boolean awaited = false;
        for (Argument word : words) {
            String text = word.value();
            if (text == null) {
                awaited = false;
            } else if (!text.startsWith("-") || text.length() == 1) {
                if (awaited) {
                    add(found, word, text);
                }
                awaited = false;
            } else {
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                boolean output = namesOutput(name);
                awaited = output && equals < 0;
                if (output && equals > 0) {
                    add(found, word, text.substring(equals + 1));
                } else if (!output && isAttached(text)) {
                    add(found, word, text.substring(2));
                }
            }
        }
        return found;
    }

    /** Whether the program writes the files it is given. */
    static boolean edits(String name, List<String> words) {
        boolean writes = WRITERS.contains(name) || name.endsWith("fmt") || name.endsWith("format");
        for (String word : words) {
            if (LOOKING.contains(word)) {
                return false;
            }
            writes |= WRITING.contains(word);
        }
        return writes;
    }

    /** {@code -o.claude/x}: the value of a short option in the same word. */
    private static boolean isAttached(String text) {
        return text.length() > 2
                && (text.charAt(1) == 'o' || text.charAt(1) == 'd')
                && (text.indexOf('/') > 0 || text.charAt(2) == '.');
    }

    private static boolean namesOutput(String option) {
        if (option.equals("-o") || option.equals("-O")) {
            return true;
        }
        String name = LowerCase.of(option);
        if (name.length() < 4 || NAMES_INPUT.findsIn(name)) {
            return false;
        }
        return NAMES_OUTPUT.findsIn(name)
                || NAMES_OUTPUT_FOLDER.matcher(name).find()
                || (NAMES_FOLDER.matcher(name).find() && !NAMES_SOURCE.matcher(name).find());
    }

    /** A value as it is, and where it has a format in front, what stands behind that. */
    private static void add(List<Argument> found, Argument word, String value) {
        if (value.isEmpty() || value.equals("-") || value.contains("://")) {
            return;
        }
        found.add(new Argument(value, word.written(), word.glob(), word.source()));
        int colon = value.lastIndexOf(':');
        int equals = value.lastIndexOf('=');
        int behind = Math.max(colon, equals) + 1;
        if (behind > 1 && behind < value.length()) {
            found.add(
                    new Argument(
                            value.substring(behind), word.written(), word.glob(), word.source()));
        }
    }
}
