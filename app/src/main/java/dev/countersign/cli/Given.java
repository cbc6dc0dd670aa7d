package dev.countersign.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a person wrote after a command, checked against its syntax. */
public final class Given {
    private final Syntax syntax;
    private final Map<String, List<String>> options = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();

    private Given(Syntax syntax) {
        this.syntax = syntax;
    }

    /**
     * Reads the words after the command's name.
     *
     * @throws Failure when they do not fit
     */
    public static Given read(Syntax syntax, List<String> words) {
        Given given = new Given(syntax);
        boolean literal = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!literal && word.equals("--")) {
                literal = true;
            } else if (!literal && word.startsWith("-") && word.length() > 1) {
                i = given.option(words, i);
            } else {
                given.arguments.add(word);
            }
        }
        given.checkArguments();
        return given;
    }

    private int option(List<String> words, int at) {
        String word = words.get(at);
        int equals = word.indexOf('=');
        String name = word.startsWith("--") && equals > 0 ? word.substring(0, equals) : word;
        Syntax.Option option = syntax.find(name).orElseThrow(() -> unknown(name));
        boolean attached = name.length() < word.length();
        List<String> values = options.computeIfAbsent(name, _ -> new ArrayList<>());
        if (option.value() == null) {
            if (attached) {
                throw Failure.usage("`" + name + "` takes no value");
            }
            values.add("");
            return at;
        }
        if (!values.isEmpty() && !option.repeatable()) {
            throw Failure.usage("`" + name + "` can be given once");
        }
        if (!attached && at + 1 == words.size()) {
            throw Failure.usage("`" + name + "` needs a value: " + option.left());
        }
        values.add(attached ? word.substring(equals + 1) : words.get(at + 1));
        return attached ? at : at + 1;
    }

    private Failure unknown(String name) {
        List<String> known =
                Stream.concat(
                                Stream.of("--help"),
                                syntax.options().stream().map(Syntax.Option::name))
                        .toList();
        return Failure.usage(
                "unknown option `"
                        + Visible.line(name)
                        + "`"
                        + Closest.hint(name, known)
                        + "; see `"
                        + Program.command(syntax.name())
                        + " --help`");
    }

    private void checkArguments() {
        long needed = syntax.arguments().stream().filter(a -> !a.optional()).count();
        if (arguments.size() < needed) {
            throw Failure.usage(
                    "`"
                            + syntax.arguments().get(arguments.size()).name()
                            + "` is missing: "
                            + syntax.usage());
        }
        boolean many = needed > 0 && syntax.arguments().getLast().many();
        if (!many && arguments.size() > syntax.arguments().size()) {
            throw Failure.usage(
                    "`"
                            + Visible.line(arguments.get(syntax.arguments().size()))
                            + "` is one too many: "
                            + syntax.usage());
        }
    }

    public boolean has(String flag) {
        return options.containsKey(known(flag));
    }

    public Optional<String> value(String option) {
        return values(option).stream().findFirst();
    }

    /** In the order they were written. */
    public List<String> values(String option) {
        return List.copyOf(options.getOrDefault(known(option), List.of()));
    }

    /** The argument at a place from 0; the syntax makes sure that one that is needed is there. */
    public String argument(int place) {
        return arguments.get(place);
    }

    /** All of them, in the order they were written. */
    public List<String> arguments() {
        return List.copyOf(arguments);
    }

    public Optional<String> optionalArgument(int place) {
        return place < arguments.size() ? Optional.of(arguments.get(place)) : Optional.empty();
    }

    private String known(String option) {
        if (syntax.find(option).isEmpty()) {
            throw new IllegalArgumentException(
                    syntax.name() + " has no option " + option + " (this is a bug)");
        }
        return option;
    }
}
