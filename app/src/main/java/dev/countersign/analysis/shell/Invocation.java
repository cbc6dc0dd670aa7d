package dev.countersign.analysis.shell;

import dev.countersign.call.Argument;
import dev.countersign.call.Span;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One simple command as the shell would run it, after every expansion that is constant.
 *
 * @param argv the words; the first is the command word; empty when only assignments or redirections
 *     stand there
 * @param assignments variables set in front, or exported earlier in the same text and seen by this
 *     command
 * @param redirections in source order
 * @param directory absolute effective working directory, or null when it is not known
 * @param elsewhere where it runs instead when a {@code cd} in front of it fails
 * @param input where standard input comes from
 * @param local whether the first word names a function or alias defined in the same text (its body
 *     was followed on its own)
 * @param held variables of unknown value that its words, assignments and input come from, by
 *     whatever way; {@link #SOME_VARIABLE} and {@link #SHOWN} are no names
 * @param source from the first to the last character
 */
public record Invocation(
        List<Argument> argv,
        List<Assignment> assignments,
        List<Redirection> redirections,
        @Nullable String directory,
        List<String> elsewhere,
        Input input,
        boolean local,
        Set<String> held,
        Span source) {
    /** Stands for a variable whose name is not known. */
    public static final String SOME_VARIABLE = "some variable";

    /** Stands for text that a command printed, or that was read from somewhere. */
    public static final String PRINTED = "printed text";

    /** Says that the shell itself may print what is held. */
    public static final String SHOWN = "shown in a message";

    public Invocation {
        held = Set.copyOf(held);
        argv = List.copyOf(argv);
        assignments = List.copyOf(assignments);
        redirections = List.copyOf(redirections);
        elsewhere = List.copyOf(elsewhere);
    }

    public Invocation(
            List<Argument> argv,
            List<Assignment> assignments,
            List<Redirection> redirections,
            @Nullable String directory,
            List<String> elsewhere,
            Input input,
            boolean local,
            Span source) {
        this(argv, assignments, redirections, directory, elsewhere, input, local, Set.of(), source);
    }

    Invocation holding(Set<String> names) {
        return names.isEmpty()
                ? this
                : new Invocation(
                        argv,
                        assignments,
                        redirections,
                        directory,
                        elsewhere,
                        input,
                        local,
                        names,
                        source);
    }

    /**
     * A variable given a value for this command.
     *
     * @param name the variable
     * @param value its value, or null when it is not constant
     * @param source where it stands
     */
    public record Assignment(String name, @Nullable String value, Span source) {}

    /** What a redirection does to its target. */
    public enum Direction {
        READ,
        /** {@code >}, {@code >|}, {@code &>}: what was there is lost. */
        TRUNCATE,
        /** The same around a compound command that prints something. */
        OVERWRITE,
        APPEND,
        READ_WRITE
    }

    /**
     * A file opened by the shell itself. Descriptor copies, closings and here-documents are none.
     *
     * @param direction what happens to the target
     * @param target the file
     * @param source where operator and target stand
     */
    public record Redirection(Direction direction, Argument target, Span source) {}

    /** Where standard input comes from. */
    public sealed interface Input {
        /** The shell's own. */
        record Inherited() implements Input {}

        /**
         * The output of other commands, by their position in {@link Evaluation#invocations}.
         *
         * @param from positions of the commands that write into the pipe
         */
        record Pipe(List<Integer> from) implements Input {
            public Pipe {
                from = List.copyOf(from);
            }
        }

        /**
         * A here-document or here-string.
         *
         * @param value its text, or null when it is not constant
         * @param source where the body stands
         */
        record Text(@Nullable String value, Span source) implements Input {}

        /**
         * A file.
         *
         * @param target its name
         */
        record File(Argument target) implements Input {}
    }
}
