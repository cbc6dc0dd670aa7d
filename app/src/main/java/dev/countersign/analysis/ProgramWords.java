package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a command line that name what is run, told by what their options are called: {@code
 * --pager=x}, {@code --compress-program x}, {@code -o ProxyCommand=x}. It serves for programs and
 * options no catalogue lists; only what must not run makes a difference.
 */
final class ProgramWords {
    private static final DataFile DATA = DataFile.read("program-options.yaml");
    private static final List<String> NAMES = DATA.texts("names");
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
            String text = option != null && names(option, NAMES) ? value : assigned(value);
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
        if (names(name, NAMES) || isSetting(name)) {
            return unquoted(value);
        }
        // An option whose value is a setting: --config=ui.ssh=x.
        return name.startsWith("-") ? assigned(value) : null;
    }

    private static boolean isSetting(String name) {
        int last = Math.max(name.lastIndexOf('.'), name.lastIndexOf(':'));
        return last > 0 && SETTINGS.contains(LowerCase.of(name.substring(last + 1)));
    }

    /** Whether an option or key ends with one of these, whatever joins its parts. */
    private static boolean names(String written, List<String> ends) {
        StringBuilder name = new StringBuilder(written.length());
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                name.append(Character.toLowerCase(c));
            }
        }
        String plain = name.toString();
        for (String end : ends) {
            if (plain.endsWith(end)) {
                return true;
            }
        }
        return false;
    }

    private static String unquoted(String value) {
        boolean quoted =
                value.length() > 1
                        && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                        && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
