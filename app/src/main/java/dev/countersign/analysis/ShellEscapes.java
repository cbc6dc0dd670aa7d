package dev.countersign.analysis;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What text of a language nobody reads here would give to a shell, as editors, debuggers and
 * consoles write it: {@code !cmd}, {@code shell cmd}, {@code system("cmd")}, {@code exec cmd}.
 */
final class ShellEscapes {
    private static final Pattern COMMAND =
            Pattern.compile(
                    "(?im)(?:^|[\\s;:|+(])(?:!+|\\.?(?:platform\\s+)?(?:shell|system|syscmd|esyscmd|spawn|exec|run)\\b)"
                            + "[\\s({\\[]*+([^\\n]{3,500})");

    private static final Pattern QUOTED =
            Pattern.compile("\"([^\"\\n]{3,500})\"|'([^'\\n]{3,500})'|`([^`\\n]{3,500})`");

    private static final int MOST = 8;

    private ShellEscapes() {}

    /** The candidates, the first few. */
    static Set<String> in(String text) {
        Set<String> found = new LinkedHashSet<>();
        Matcher command = COMMAND.matcher(text);
        while (found.size() < MOST && command.find()) {
            found.add(command.group(1).replaceFirst("[)\\]}\"'`;]+\\s*$", ""));
        }
        Matcher quoted = QUOTED.matcher(text);
        while (found.size() < MOST && quoted.find()) {
            for (int group = 1; group <= 3; group++) {
                if (quoted.group(group) != null) {
                    found.add(quoted.group(group));
                }
            }
        }
        return found;
    }
}
