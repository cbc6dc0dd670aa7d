package dev.countersign.cli;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Words as a shell reads them back, each exactly as it is. */
final class ShellWords {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

    /** Words that are syntax where a command begins; a program may be called so all the same. */
    private static final Set<String> RESERVED =
            Set.of(
                    ("if then elif else fi for in do done while until case esac select function"
                                    + " time coproc repeat foreach end nocorrect noglob")
                            .split(" "));

    private ShellWords() {}

    /** The command line of a program and its arguments. */
    static String joined(String program, List<String> arguments) {
        StringBuilder line = new StringBuilder();
        line.append(RESERVED.contains(program) ? quoted(program) : word(program));
        arguments.forEach(argument -> line.append(' ').append(word(argument)));
        return line.toString();
    }

    private static String word(String text) {
        return PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
