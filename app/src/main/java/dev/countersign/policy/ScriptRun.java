package dev.countersign.policy;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Scripts that are given to the program that runs them, as in {@code bash -x deploy.sh prod}. */
final class ScriptRun {
    private static final Set<String> INTERPRETERS =
            Set.of(
                    ".",
                    "source",
                    "sh",
                    "bash",
                    "rbash",
                    "dash",
                    "ash",
                    "zsh",
                    "ksh",
                    "ksh93",
                    "mksh",
                    "fish",
                    "python",
                    "pypy",
                    "node",
                    "nodejs",
                    "ruby",
                    "perl",
                    "php",
                    "pwsh",
                    "powershell",
                    "lua",
                    "luajit",
                    "rscript",
                    "tclsh",
                    "wish",
                    "expect",
                    "osascript",
                    "julia",
                    "groovy",
                    "elixir",
                    "tsx",
                    "ts-node");

    private static final Pattern SHELL_TEXT = Pattern.compile("-[abefhiklmnprstuvx]*c");
    private static final Pattern PYTHON_TEXT = Pattern.compile("-[bBdEiIOPqsSuvx]*c");
    private static final Pattern NODE_TEXT = Pattern.compile("-p?e");
    private static final Pattern PERL_TEXT = Pattern.compile("-[anlpw]*e");
    private static final Pattern PHP_TEXT = Pattern.compile("-r");

    /** Any beginning will do for these, in whatever case. */
    private static final Pattern POWERSHELL_TEXT =
            Pattern.compile("(?i)-(c|co|com|comm[a-z]*|cwa|e|ec|en[a-z]*)");

    private ScriptRun() {}

    /** Whether this program, named without its folder, runs the script it is given. */
    static boolean interpreter(String program) {
        String name = LowerCase.of(program);
        int end = name.length();
        // python3, python3.12 and perl5.36 are further names of them.
        while (end > 1 && "0123456789.".indexOf(name.charAt(end - 1)) >= 0) {
            end--;
        }
        return INTERPRETERS.contains(name)
                || (end < name.length() && INTERPRETERS.contains(name.substring(0, end)));
    }

    /**
     * The commands that may be meant by the arguments of an interpreter: the script with its own
     * arguments. A word behind an option may be its value, or the script.
     */
    static List<List<Argument>> scripts(List<Argument> command) {
        List<List<Argument>> scripts = new ArrayList<>(2);
        Pattern text = textOption(command.getFirst().value());
        boolean ended = false;
        String option = null;
        for (int i = 1; i < command.size(); i++) {
            String value = command.get(i).value();
            if (!ended && value != null && isOption(value)) {
                ended = value.equals("--");
                option = ended ? null : value;
                if (text.matcher(value).matches()) {
                    // What follows is the program itself, judged by what it runs.
                    break;
                }
                continue;
            }
            scripts.add(command.subList(i, command.size()));
            if (option == null) {
                break;
            }
            option = null;
        }
        return scripts;
    }

    private static boolean isOption(String word) {
        return word.length() > 1 && (word.startsWith("-") || word.startsWith("+"));
    }

    private static String name(@Nullable String program) {
        String name = program == null ? "" : LowerCase.of(program);
        name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return name.endsWith(".exe") ? name.substring(0, name.length() - 4) : name;
    }

    /** Options behind which the program stands as text, bundled only with such as have no value. */
    private static Pattern textOption(@Nullable String program) {
        String name = name(program);
        return name.startsWith("python") || name.startsWith("pypy")
                ? PYTHON_TEXT
                : switch (name) {
                    case "node", "nodejs" -> NODE_TEXT;
                    case "ruby", "perl" -> PERL_TEXT;
                    case "php" -> PHP_TEXT;
                    case "pwsh", "powershell" -> POWERSHELL_TEXT;
                    default -> SHELL_TEXT;
                };
    }
}
