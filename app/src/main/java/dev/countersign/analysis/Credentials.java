package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Shell;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables that hold credentials by common agreement, {@code credentials.yaml} beside
 * this class, and to whom they may go.
 */
final class Credentials {
    /** Read when the first variable is met, which most calls do not have. */
    private static final class Owners {
        static final DataFile OF = DataFile.read("credentials.yaml");
    }

    /** A variable that is expanded; what only asks whether it is set shows nothing of it. */
    private static final Pattern EXPANDED =
            Pattern.compile(
                    "\\$(?:(?i:env):)?([A-Za-z_][A-Za-z0-9_]*)"
                            + "|\\$\\{(?:(?i:env):)?([A-Za-z_][A-Za-z0-9_]*)(?!:?\\+|[A-Za-z0-9_])"
                            + "|%([A-Za-z_][A-Za-z0-9_]*)%");

    /** An address whose host is written out; a user in front may only be a credential itself. */
    private static final Pattern ADDRESS =
            Pattern.compile(
                    "\"?[a-z][a-z0-9+]*://"
                            + "(?:(?:[A-Za-z0-9_.-]*:)?\\$\\{?([A-Za-z_][A-Za-z0-9_]*)}?@)?"
                            + "([A-Za-z0-9.-]+)(?::[0-9]+)?(?:[/\"].*)?",
                    Pattern.DOTALL);

    private Credentials() {}

    /**
     * The well-known variables a command hands on.
     *
     * @param text the text its assignments and its input stand in
     */
    static Set<String> in(Invocation command, String text) {
        Set<String> found = new HashSet<>();
        String program =
                command.argv().isEmpty() ? "" : String.valueOf(command.argv().getFirst().value());
        if (isTest(program) ? !comparesNumbers(command) : program.equals("unset")) {
            return found;
        }
        command.held().stream().filter(Credentials::isCredential).forEach(found::add);
        for (Argument word : command.argv()) {
            if (word.value() == null) {
                expanded(word.written(), found);
            }
        }
        for (Invocation.Assignment assignment : command.assignments()) {
            if (assignment.value() == null) {
                expanded(cut(text, assignment.source().from(), assignment.source().to()), found);
            }
        }
        if (command.input() instanceof Invocation.Input.Text input && input.value() == null) {
            expanded(cut(text, input.source().from(), input.source().to()), found);
        }
        return found;
    }

    private static boolean isTest(String program) {
        return switch (program) {
            case "[", "test", "[[" -> true;
            default -> false;
        };
    }

    /** What is no number is named in the message that says so. */
    private static boolean comparesNumbers(Invocation test) {
        for (Argument word : test.argv()) {
            String operator = word.value();
            if (operator != null && NUMERIC.contains(operator)) {
                return true;
            }
        }
        return false;
    }

    private static final Set<String> NUMERIC = Set.of("-eq", "-ne", "-lt", "-le", "-gt", "-ge");

    /**
     * Whether it holds the value of a variable whose name is computed, or of more than are told.
     */
    static boolean holdsUnnamed(Invocation command) {
        return command.held().contains(Invocation.SOME_VARIABLE);
    }

    /** Whether the shell itself may print what is held, wherever the command's output goes. */
    static boolean isShown(Invocation command) {
        String program =
                command.argv().isEmpty() ? "" : String.valueOf(command.argv().getFirst().value());
        return command.held().contains(Invocation.SHOWN) || isTest(program);
    }

    /** Whether the shell shows from then on each command with the values in it. */
    static boolean traces(Invocation command) {
        if (command.argv().size() < 2 || !"set".equals(command.argv().getFirst().value())) {
            return false;
        }
        for (Argument word : command.argv()) {
            String option = word.value();
            if (option != null && option.matches("-[a-z]*x[a-z]*|xtrace")) {
                return true;
            }
        }
        return false;
    }

    private static final Set<String> PRINTS =
            Set.of(
                    ("echo printf print cat tee base64 xxd od hexdump rev head tail cut tr sed awk fold"
                                    + " nl tac")
                            .split(" ", -1));

    /**
     * Whether a command prints the words or the text it is given.
     *
     * @param shell in which a name may be that of a cmdlet
     */
    static boolean isPrinted(Invocation command, Shell shell) {
        String program = command.argv().isEmpty() ? null : command.argv().getFirst().value();
        return program != null
                && (PRINTS.contains(program) || (shell == Shell.PWSH && printsAsCmdlet(program)));
    }

    /** Whether a cmdlet shows what it is given, or keeps it in a file. */
    private static boolean printsAsCmdlet(String program) {
        String does = Cmdlet.find(program).map(Cmdlet::does).orElse("");
        return switch (does) {
            case "fact", "files", "make" -> true;
            default -> false;
        };
    }

    /** Whether a command takes what it is given into variables, which others may show. */
    private static boolean isKept(Invocation command) {
        String program =
                command.argv().isEmpty() ? "" : String.valueOf(command.argv().getFirst().value());
        return switch (program) {
            case "read", "mapfile", "readarray" -> true;
            default -> false;
        };
    }

    /**
     * Which of some commands print for whoever reads the answer: what goes on into another program
     * is shown by that one, if it prints.
     *
     * @param printing positions in the list
     * @param shell in which they run
     */
    static Set<Integer> shownBy(List<Invocation> commands, Set<Integer> printing, Shell shell) {
        Set<Integer> shown = new HashSet<>(printing);
        Set<Integer> taken = new HashSet<>();
        for (int i = commands.size() - 1; i >= 0; i--) {
            Invocation command = commands.get(i);
            if (command.input() instanceof Invocation.Input.Pipe pipe
                    && (taken.contains(i) || !(isPrinted(command, shell) || isKept(command)))) {
                taken.addAll(pipe.from());
            }
        }
        shown.removeAll(taken);
        return shown;
    }

    private static String cut(String text, int from, int to) {
        return from < 0 || to > text.length() || from > to ? "" : text.substring(from, to);
    }

    private static void expanded(String written, Set<String> into) {
        Matcher variable = null;
        int end = 0;
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (i < end || (c != '$' && c != '%')) {
                continue;
            }
            char next = i + 1 < written.length() ? written.charAt(i + 1) : ' ';
            if (next != '{' && next != '_' && !Character.isLetter(next)) {
                continue;
            }
            variable = variable == null ? EXPANDED.matcher(written) : variable;
            if (!variable.region(i, written.length()).lookingAt()) {
                continue;
            }
            end = variable.end();
            for (int group = 1; group <= 3; group++) {
                String name = variable.group(group);
                if (name != null && isCredential(name)) {
                    into.add(name);
                } else if (name != null && (group == 3 || variable.group().contains(":"))) {
                    // Windows does not tell the letters of a name apart.
                    String upper = name.toUpperCase(Locale.ROOT);
                    if (isCredential(upper)) {
                        into.add(upper);
                    }
                }
            }
        }
    }

    /** Whether the name of a variable says that it holds a secret. */
    static boolean looksLike(String name) {
        if (isCredential(name)) {
            return true;
        }
        String lower = LowerCase.of(name);
        return lower.contains("token")
                || lower.contains("secret")
                || lower.contains("passw")
                || lower.contains("api_key")
                || lower.contains("apikey")
                || lower.contains("private_key")
                || lower.contains("access_key")
                || lower.contains("credential");
    }

    private static boolean isCredential(String name) {
        return Owners.OF.entries().containsKey(name);
    }

    /** Whether a program is one of those the credential is made for. */
    static boolean belongsTo(String variable, @Nullable String program) {
        return program != null && Owners.OF.texts(variable).contains(program);
    }

    /**
     * Whether a word that is not constant is the place of somebody's bucket, whose owner sees what
     * is asked for.
     */
    static boolean namesBucket(List<Argument> words) {
        for (Argument word : words) {
            if (word.value() == null
                    && (word.written().contains("s3://") || word.written().contains("gs://"))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a host is one of its owner's. */
    static boolean mayGoTo(String variable, String host) {
        String lower = LowerCase.of(host);
        for (String owner : Owners.OF.texts(variable)) {
            if (owner.indexOf('.') > 0 && (lower.equals(owner) || lower.endsWith("." + owner))) {
                return true;
            }
        }
        return false;
    }

    /** The same for every address among the words of a command, of which there must be one. */
    static boolean mayGoTo(String variable, List<Argument> words) {
        boolean any = false;
        for (Argument word : words) {
            if (!word.written().contains("://")) {
                continue;
            }
            Matcher address = ADDRESS.matcher(word.written());
            boolean plain =
                    address.matches()
                            && (address.group(1) == null || isCredential(address.group(1)))
                            && mayGoTo(variable, address.group(2));
            if (!plain) {
                return false;
            }
            any = true;
        }
        return any;
    }
}
