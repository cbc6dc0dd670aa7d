package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The words of a command line that name what is run, told by what their options are called: {@code
 * --pager=x}, {@code --compress-program x}, {@code -o ProxyCommand=x}. It serves for programs and
 * options no catalogue lists; only what must not run makes a difference.
 */
final class ProgramWords {
    private static final DataFile DATA = DataFile.read("program-options.yaml");
    private static final Map<Character, List<String>> NAMES =
            DATA.texts("names").stream()
                    .collect(Collectors.groupingBy(name -> name.charAt(name.length() - 1)));
    private static final List<String> SETTINGS = DATA.texts("settings");
    private static final int LONGEST = 1000;

    /** Such commands within such commands are followed so far. */
    private static final int DEEPEST = 4;

    private final Judge judge;

    /** How many values lie around the words that are looked at just now. */
    private int within;

    ProgramWords(Judge judge) {
        this.judge = judge;
    }

    /**
     * Adds what the values of one command would run, where that must not be.
     *
     * @param before how many operations there were in front of it
     */
    void add(Job job, int before) {
        if (within >= DEEPEST) {
            return;
        }
        String option = null;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.length() > LONGEST) {
                option = null;
                continue;
            }
            String text = option != null && namesProgram(option) ? value : assigned(value);
            if (text != null && text.indexOf(' ') > 0) {
                within++;
                int from = judge.call.drafts.size();
                judge.worst(() -> judge.nested(text, job));
                judge.dropCovered(before, from);
                within--;
            }
            option = value.startsWith("-") && value.indexOf('=') < 0 ? value : null;
        }
    }

    /** What stands behind {@code NAME=}, where the name says that it is run. */
    private static @Nullable String assigned(String word) {
        int equals = word.indexOf('=');
        if (equals <= 0 || equals + 1 >= word.length()) {
            return null;
        }
        String name = word.substring(0, equals);
        String value = word.substring(equals + 1);
        if (namesProgram(name) || isSetting(name)) {
            return unquoted(value);
        }
        // An option whose value is a setting: --config=ui.ssh=x.
        return name.startsWith("-") ? assigned(value) : null;
    }

    private static boolean isSetting(String name) {
        int last = Math.max(name.lastIndexOf('.'), name.lastIndexOf(':'));
        return last > 0 && SETTINGS.contains(LowerCase.of(name.substring(last + 1)));
    }

    /** Whether an option or key ends with one of the names, whatever joins its parts. */
    private static boolean namesProgram(String written) {
        int last = written.length() - 1;
        while (last >= 0 && !Character.isLetterOrDigit(written.charAt(last))) {
            last--;
        }
        List<String> ends =
                last < 0 ? null : NAMES.get(Character.toLowerCase(written.charAt(last)));
        if (ends == null) {
            return false;
        }
        for (String end : ends) {
            if (endsWith(written, last, end)) {
                return true;
            }
        }
        return false;
    }

    /** Compares the letters and digits up to {@code last}, from the end. */
    private static boolean endsWith(String written, int last, String end) {
        int left = end.length();
        for (int i = last; i >= 0 && left > 0; i--) {
            char c = written.charAt(i);
            if (Character.isLetterOrDigit(c) && Character.toLowerCase(c) != end.charAt(--left)) {
                return false;
            }
        }
        return left == 0;
    }

    private static String unquoted(String value) {
        boolean quoted =
                value.length() > 1
                        && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                        && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
