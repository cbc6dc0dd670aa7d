package dev.countersign.policy;

import dev.countersign.call.CommandLine;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What command patterns say about the commands of one call. A command with thousands of words has
 * as many operations, and is compared once. Not for use by several threads.
 */
final class Matches {
    private @Nullable IdentityHashMap<CommandLine, Answers> known;

    private static final class Answers {
        private final IdentityHashMap<CommandPattern, Boolean> touches = new IdentityHashMap<>();
        private final IdentityHashMap<CommandPattern, Boolean> covers = new IdentityHashMap<>();
        private final IdentityHashMap<CommandPattern, Boolean> coversFurther =
                new IdentityHashMap<>();
    }

    boolean touches(CommandPattern pattern, CommandLine command) {
        return isShort(command)
                ? pattern.touches(command)
                : of(command).touches.computeIfAbsent(pattern, p -> p.touches(command));
    }

    boolean covers(CommandPattern pattern, CommandLine command, boolean further) {
        if (isShort(command)) {
            return pattern.covers(command, further);
        }
        IdentityHashMap<CommandPattern, Boolean> answers =
                further ? of(command).coversFurther : of(command).covers;
        return answers.computeIfAbsent(pattern, p -> p.covers(command, further));
    }

    /** Looking one up would cost as much as comparing it. */
    private static boolean isShort(CommandLine command) {
        return command.words().size() < 16
                && (command.wrapper() == null || isShort(command.wrapper()));
    }

    private Answers of(CommandLine command) {
        if (known == null) {
            known = new IdentityHashMap<>();
        }
        return known.computeIfAbsent(command, _ -> new Answers());
    }
}
