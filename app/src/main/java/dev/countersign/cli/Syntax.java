package dev.countersign.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a command is written: its name, options and arguments. Made by chaining; every step gives a
 * new one.
 *
 * @param name one word, or two in a group: {@code policy lint}
 * @param summary one sentence for listings
 * @param notes more lines for its help
 * @param options in the order the help shows
 * @param arguments what stands without an option, in order
 * @param hidden whether listings leave it out
 */
public record Syntax(
        String name,
        String summary,
        List<String> notes,
        List<Option> options,
        List<Argument> arguments,
        boolean hidden) {

    /**
     * An option.
     *
     * @param name with its hyphens
     * @param value what its value is called, or null for a flag
     * @param repeatable whether it may be given several times
     * @param help one sentence without full stop
     */
    public record Option(String name, @Nullable String value, boolean repeatable, String help) {
        String left() {
            return value == null ? name : name + " " + value;
        }
    }

    /**
     * A word without an option.
     *
     * @param name what the help calls it
     * @param optional whether it may be left out
     * @param many whether more of the kind may follow; the last only
     */
    public record Argument(String name, boolean optional, boolean many) {}

    public Syntax {
        notes = List.copyOf(notes);
        options = List.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /** A command with the options every command takes. */
    public static Syntax of(String name, String summary) {
        return new Syntax(name, summary, List.of(), List.of(), List.of(), false)
                .option(
                        "--data",
                        "DIR",
                        "data folder (default: the platform's folder for the user)")
                .option(
                        "--database-url",
                        "URL",
                        "PostgreSQL database instead of the one in the data folder (default:"
                                + " COUNTERSIGN_DATABASE_URL)")
                .option(
                        "--server",
                        "URL",
                        "server to talk to (default: COUNTERSIGN_URL, or the data folder's own)");
    }

    public Syntax note(String line) {
        return new Syntax(name, summary, plus(notes, line), options, arguments, hidden);
    }

    public Syntax flag(String option, String help) {
        return with(new Option(option, null, false, help));
    }

    public Syntax option(String option, String value, String help) {
        return with(new Option(option, value, false, help));
    }

    public Syntax options(String option, String value, String help) {
        return with(new Option(option, value, true, help + "; may be given several times"));
    }

    public Syntax argument(String argument) {
        return new Syntax(
                name,
                summary,
                notes,
                options,
                plus(arguments, new Argument(argument, false, false)),
                hidden);
    }

    public Syntax optionalArgument(String argument) {
        return new Syntax(
                name,
                summary,
                notes,
                options,
                plus(arguments, new Argument(argument, true, false)),
                hidden);
    }

    /** One word at least, and as many more of the kind as are wanted. */
    public Syntax arguments(String argument) {
        return new Syntax(
                name,
                summary,
                notes,
                options,
                plus(arguments, new Argument(argument, false, true)),
                hidden);
    }

    public Syntax unlisted() {
        return new Syntax(name, summary, notes, options, arguments, true);
    }

    private Syntax with(Option option) {
        return new Syntax(name, summary, notes, plus(options, option), arguments, hidden);
    }

    private static <T> List<T> plus(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list);
        longer.add(more);
        return longer;
    }

    Optional<Option> find(String option) {
        return options.stream().filter(o -> o.name().equals(option)).findFirst();
    }

    /** The line that shows how it is written. */
    String usage() {
        StringBuilder line = new StringBuilder(Program.command(name)).append(" [options]");
        for (Argument argument : arguments) {
            line.append(argument.optional() ? " [" + argument.name() + "]" : " " + argument.name());
            line.append(argument.many() ? "..." : "");
        }
        return line.toString();
    }

    /** Its whole help. */
    List<String> help(int width) {
        List<String> lines = new ArrayList<>();
        lines.add("usage: " + usage());
        lines.add("");
        lines.addAll(Text.wrap(summary, width));
        notes.forEach(note -> lines.addAll(Text.wrap(note, width)));
        lines.add("");
        int left = options.stream().mapToInt(o -> o.left().length()).max().orElse(0);
        for (Option option : options) {
            lines.addAll(Text.beside("  " + option.left(), left + 4, option.help(), width));
        }
        return lines;
    }
}
