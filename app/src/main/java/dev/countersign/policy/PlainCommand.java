package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Span;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads an example command that holds nothing but words. */
final class PlainCommand {
    private static final String SHELL = ";|&<>$`(){}\\\n*?[]!#=";

    private PlainCommand() {}

    static Optional<List<Operation>> operations(String command) {
        if (command.chars().anyMatch(c -> SHELL.indexOf(c) >= 0)) {
            return Optional.empty();
        }
        return CommandPattern.split(command)
                .filter(words -> !words.isEmpty())
                .map(words ->
                        List.of(
                                operation(
                                        new CommandLine(
                                                words.stream().map(Argument::of).toList(),
                                                null,
                                                false),
                                        words.getFirst())));
    }

    private static Operation operation(CommandLine command, String program) {
        return new Operation(
                Action.SHELL_RUN,
                new Resource.Program(program),
                RiskTier.MEDIUM,
                Set.of(),
                false,
                Action.SHELL_RUN,
                Operation.Origin.PROGRAM,
                command,
                null,
                "an example",
                new Span(0, 0));
    }
}
