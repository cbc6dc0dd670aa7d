package dev.countersign.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a binding of {@code fzf} gives to a shell: {@code KEY:ACTION(TEXT)}, with any pair of signs
 * around the text, or {@code KEY:ACTION:TEXT} to the end.
 */
final class FzfBindings {
    private static final Pattern RUNS =
            Pattern.compile(
                    "(?:execute(?:-silent|-multi)?|become|reload(?:-sync)?|preview|change-preview"
                            + "|(?:bg-)?transform(?:-[a-z-]+)?)([^A-Za-z0-9\\s+,-])");

    /** Stands for an entry of the list, quoted. */
    private static final Pattern ENTRY = Pattern.compile("\\{[^{}\\s]*}");

    private static final int MOST = 20;

    private FzfBindings() {}

    /** Command lines, in order. */
    static List<String> commands(String binding) {
        List<String> commands = new ArrayList<>();
        Matcher action = RUNS.matcher(binding);
        int from = 0;
        while (commands.size() < MOST && from < binding.length() && action.find(from)) {
            int start = action.end();
            int end = end(binding, action.group(1).charAt(0), start);
            commands.add(command(binding.substring(start, end)));
            from = end;
        }
        return commands;
    }

    /** The text of a command with what nobody knows in place of entries. */
    static String command(String text) {
        return ENTRY.matcher(text).replaceAll("\"\\$unknown_of_entry\"");
    }

    /**
     * Where the text of an action ends: at the sign that closes it, in front of more or no more.
     */
    private static int end(String binding, char open, int from) {
        if (open == ':') {
            return binding.length();
        }
        int pair = "([{<".indexOf(open);
        char close = pair < 0 ? open : ")]}>".charAt(pair);
        for (int i = binding.indexOf(close, from); i >= 0; i = binding.indexOf(close, i + 1)) {
            if (i + 1 == binding.length() || "+,".indexOf(binding.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return binding.length();
    }
}
