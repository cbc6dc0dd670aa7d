package dev.countersign.analysis.shell;

import dev.countersign.call.Argument;
import dev.countersign.call.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a command that only prints writes to its output, when that is constant. */
public final class Printed {
    private static final Pattern FLAGS = Pattern.compile("-[neE]+");
    private static final Set<String> FOLDER =
            Set.of(
                    "pwd",
                    "pwd -P",
                    "pwd -L",
                    "/bin/pwd",
                    "/usr/bin/pwd",
                    "realpath .",
                    "readlink -f .");

    private Printed() {}

    /**
     * The output of {@code echo}, {@code printf}, {@code cat} of a here-document, {@code true} and
     * {@code pwd}; null when it is not constant or the command is another.
     */
    public static @Nullable String by(Invocation invocation, Shell shell) {
        List<String> words = new ArrayList<>();
        for (Argument argument : invocation.argv()) {
            if (argument.value() == null || argument.glob()) {
                return null;
            }
            words.add(argument.value());
        }
        if (words.isEmpty() || invocation.local()) {
            return null;
        }
        return switch (words.getFirst()) {
            case "echo" -> echo(words.subList(1, words.size()), shell);
            case "printf" -> printf(words.subList(1, words.size()));
            case "cat" ->
                    words.size() == 1 && invocation.input() instanceof Invocation.Input.Text text
                            ? text.value()
                            : null;
            case "pwd" ->
                    words.size() == 1
                                    && invocation.directory() != null
                                    && invocation.elsewhere().isEmpty()
                            ? invocation.directory() + "\n"
                            : null;
            case "seq" -> sequence(words.subList(1, words.size()));
            case "true", ":" -> "";
            default -> null;
        };
    }

    /** Whether a command prints the name of the folder it runs in, with links followed or not. */
    static boolean isFolder(List<Argument> words) {
        String name = words.getFirst().value();
        if (name == null || words.size() > 3) {
            return false;
        }
        return switch (name) {
            case "pwd", "/bin/pwd", "/usr/bin/pwd", "realpath", "readlink" ->
                    FOLDER.contains(
                            words.stream()
                                    .map(word -> String.valueOf(word.value()))
                                    .collect(Collectors.joining(" ")));
            default -> false;
        };
    }

    private static @Nullable String echo(List<String> words, Shell shell) {
        boolean newline = true;
        int from = 0;
        while (from < words.size() && isFlags(words.get(from))) {
            if (!words.get(from).equals("-n") || shell == Shell.SH) {
                return null;
            }
            newline = false;
            from++;
        }
        String text = String.join(" ", words.subList(from, words.size()));
        if (shell != Shell.BASH && text.indexOf('\\') >= 0) {
            return null;
        }
        return newline ? text + "\n" : text;
    }

    private static boolean isFlags(String word) {
        return word.startsWith("-") && FLAGS.matcher(word).matches();
    }

    /** A line for each number, where there are few. */
    private static @Nullable String sequence(List<String> words) {
        if (words.isEmpty()
                || words.size() > 2
                || !words.stream().allMatch(word -> word.matches("[0-9]{1,6}"))) {
            return null;
        }
        int first = words.size() == 1 ? 1 : Integer.parseInt(words.getFirst());
        int last = Integer.parseInt(words.getLast());
        StringBuilder out = new StringBuilder();
        for (int i = first; i <= last; i++) {
            if (i - first > 30) {
                return null;
            }
            out.append(i).append('\n');
        }
        return out.toString();
    }

    static @Nullable String printf(List<String> words) {
        int from = !words.isEmpty() && words.getFirst().equals("--") ? 1 : 0;
        if (words.size() <= from || (from == 0 && words.getFirst().startsWith("-"))) {
            return null;
        }
        String format = words.get(from);
        List<String> arguments = words.subList(from + 1, words.size());
        StringBuilder out = new StringBuilder();
        int next = 0;
        do {
            int before = next;
            for (int i = 0; i < format.length(); i++) {
                char c = format.charAt(i);
                if ((c == '%' || c == '\\') && i + 1 >= format.length()) {
                    return null;
                }
                if (c == '%') {
                    char kind = format.charAt(++i);
                    if (kind == '%') {
                        out.append('%');
                    } else if (kind == 's') {
                        out.append(next < arguments.size() ? arguments.get(next++) : "");
                    } else if (kind == 'd'
                            && next < arguments.size()
                            && arguments.get(next).matches("0|-?[1-9][0-9]{0,17}")) {
                        out.append(arguments.get(next++));
                    } else {
                        return null;
                    }
                } else if (c == '\\') {
                    switch (format.charAt(++i)) {
                        case 'n' -> out.append('\n');
                        case 't' -> out.append('\t');
                        case '\\' -> out.append('\\');
                        case '"' -> out.append('"');
                        default -> {
                            return null;
                        }
                    }
                } else {
                    out.append(c);
                }
                if (out.length() > 65_536) {
                    return null;
                }
            }
            if (next == before) {
                break;
            }
        } while (next < arguments.size());
        return out.toString();
    }
}
