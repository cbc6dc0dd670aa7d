package dev.countersign.policy;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Scripts that are given to the program that runs them, as in {@code bash -x deploy.sh prod}. */
final class ScriptRun {
    private static final Set<String> INTERPRETERS =
            Set.of(
                    ".", "source", "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "ksh93",
                    "mksh", "fish", "python", "pypy", "node", "nodejs", "ruby", "perl", "php");

    private ScriptRun() {}

    /** Whether this program, named without its folder, runs the script it is given. */
    static boolean interpreter(String program) {
        String name = LowerCase.of(program);
        int end = name.length();
        // python3, python3.12 and perl5.36 are further names of them.
        while (end > 1 && "0123456789.".indexOf(name.charAt(end - 1)) >= 0) {
            end--;
        }
        return INTERPRETERS.contains(name) || INTERPRETERS.contains(name.substring(0, end));
    }

    /**
     * The commands that may be meant by the arguments of an interpreter: the script with its own
     * arguments. A word behind an option may be its value, or the script.
     */
    static List<List<Argument>> scripts(List<Argument> command) {
        List<List<Argument>> scripts = new ArrayList<>(2);
        boolean ended = false;
        boolean afterOption = false;
        for (int i = 1; i < command.size(); i++) {
            String value = command.get(i).value();
            boolean option =
                    !ended
                            && value != null
                            && value.length() > 1
                            && (value.startsWith("-") || value.startsWith("+"));
            if (option) {
                ended = value.equals("--");
                afterOption = !ended;
                continue;
            }
            scripts.add(command.subList(i, command.size()));
            if (!afterOption) {
                break;
            }
            afterOption = false;
        }
        return scripts;
    }
}
