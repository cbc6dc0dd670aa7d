package dev.countersign.cli;

import dev.countersign.config.SettingsProblem;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command line. Exit codes everywhere: 0 done, 1 failed, 2 wrong usage or unreadable policy;
 * {@code check} answers 0 allow, 10 ask, 20 deny, 30 defer.
 */
public final class Cli {
    /** The version of the program. */
    public static final String VERSION = "0.1.0";

    /** Every command, in the order the help shows; each makes its part of the tree when needed. */
    private static final Map<String, Function<Tools, CommandLine>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", tools -> new CommandLine(new Serve(tools)));
    }

    private final Tools tools;

    public Cli(Tools tools) {
        this.tools = tools;
    }

    /** Runs one command and returns its exit code. */
    public int run(String... arguments) {
        CommandLine root = new CommandLine(new Root());
        // Reading the options of all commands by reflection costs more than running one.
        Function<Tools, CommandLine> named =
                arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (named == null) {
            COMMANDS.forEach((name, command) -> root.addSubcommand(name, command.apply(tools)));
        } else {
            root.addSubcommand(arguments[0], named.apply(tools));
        }
        root.setOut(tools.terminal().out());
        root.setErr(tools.terminal().err());
        root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        root.setUsageHelpWidth(Math.clamp(tools.terminal().width(), 60, 100));
        root.setParameterExceptionHandler(this::wrongUsage);
        root.setExecutionExceptionHandler((e, command, parsed) -> ended(e));
        root.setExecutionStrategy(Cli::runLast);
        try {
            return root.execute(arguments);
        } finally {
            tools.terminal().out().flush();
            tools.terminal().err().flush();
        }
    }

    /** A group without a command shows its help; that is wrong usage. */
    private static int runLast(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        if (last.commandSpec().userObject() instanceof Group
                && !last.isUsageHelpRequested()
                && !last.isVersionHelpRequested()) {
            command.usage(command.getErr());
            return 2;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        say(plain(String.valueOf(e.getMessage())));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr()
                .println("usage: " + command.getCommandSpec().qualifiedName(" ") + " --help");
        return 2;
    }

    private int ended(Exception e) {
        return switch (e) {
            case Failure failure -> {
                say(failure.text());
                yield failure.exitCode();
            }
            case SettingsProblem problem -> {
                say(String.valueOf(problem.getMessage()));
                yield 2;
            }
            default -> {
                say("something went wrong inside Countersign (this is a bug): " + e);
                yield 1;
            }
        };
    }

    private void say(String text) {
        tools.terminal().err().println("countersign: " + text);
    }

    /** The library's sentence in our form: lower case, no full stop, backticks. */
    private static String plain(String message) {
        String text = message.replace('\'', '`');
        if (text.endsWith(".")) {
            text = text.substring(0, text.length() - 1);
        }
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }

    /** Puts commands below a group. */
    static CommandLine group(Group group, Map<String, Object> commands) {
        CommandLine line = new CommandLine(group);
        commands.forEach(line::addSubcommand);
        return line;
    }

    /** A command that only holds others. */
    abstract static class Group {}

    @Command(
            name = "countersign",
            version = "countersign " + VERSION,
            mixinStandardHelpOptions = true,
            description = "An authority that AI coding agents ask before they act.",
            commandListHeading = "%nCommands:%n",
            footer = {"", "Start here: countersign serve"})
    private static final class Root extends Group {}
}
