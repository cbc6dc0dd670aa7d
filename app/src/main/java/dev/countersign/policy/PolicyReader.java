package dev.countersign.policy;

import dev.countersign.call.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads policy documents. Every problem says where it stands, what was expected and which valid
 * word is nearest; several are reported at once, and a document with an error is not used at all.
 */
public final class PolicyReader {
    /** How long a document may be, in characters. */
    public static final int MAX_LENGTH = 256 * 1024;

    private PolicyReader() {}

    /** Turns the command of an example into its operations, as the analyser sees them. */
    @FunctionalInterface
    public interface Examples {
        /** The operations, or empty when they cannot be told here. */
        Optional<List<Operation>> operations(String command);

        /** Whether the operations have their true actions, risk and tags. */
        default boolean full() {
            return true;
        }

        /** Knows plain commands only: words without anything of a shell. */
        Examples PLAIN =
                new Examples() {
                    @Override
                    public Optional<List<Operation>> operations(String command) {
                        return PlainCommand.operations(command);
                    }

                    @Override
                    public boolean full() {
                        return false;
                    }
                };
    }

    /**
     * What came of a document.
     *
     * @param policy the document, or empty when there is an error
     * @param problems errors and warnings in the order of the text
     */
    public record Result(Optional<Policy> policy, List<PolicyProblem> problems) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Reads one document.
     *
     * @param file its name as the person knows it; {@code .json} is read as JSON
     * @param text its content
     * @param level where it stands when it does not say so itself
     * @param trusted whether a person accepted this very content
     */
    public static Result read(String file, String text, Level level, boolean trusted) {
        return read(file, text, level, trusted, Examples.PLAIN, MAX_LENGTH);
    }

    /**
     * Reads one document.
     *
     * @param file its name as the person knows it; {@code .json} is read as JSON
     * @param text its content
     * @param level where it stands when it does not say so itself
     * @param trusted whether a person accepted this very content
     * @param examples analyses the examples of command rules
     * @param maxLength how long it may be, in characters
     */
    public static Result read(
            String file,
            String text,
            Level level,
            boolean trusted,
            Examples examples,
            int maxLength) {
        TreeReader.Result read = TreeReader.read(file, text, maxLength);
        if (!read.problems().isEmpty()) {
            return new Result(Optional.empty(), sorted(read.problems()));
        }
        Tree tree = read.tree();
        if (tree == null || (tree instanceof Tree.Text t && t.absent())) {
            return new Result(
                    Optional.empty(),
                    List.of(
                            new PolicyProblem(
                                    file,
                                    1,
                                    1,
                                    "the document is empty; expected at least `policy: NAME`",
                                    true)));
        }
        DocumentReader reader = new DocumentReader(file, level, trusted, Hash.of(text), examples);
        Policy policy = reader.read(tree);
        List<PolicyProblem> problems = sorted(reader.problems());
        return new Result(
                problems.stream().anyMatch(PolicyProblem::error)
                        ? Optional.empty()
                        : Optional.of(policy),
                problems);
    }

    private static List<PolicyProblem> sorted(List<PolicyProblem> problems) {
        List<PolicyProblem> sorted = new ArrayList<>(problems);
        sorted.sort(
                Comparator.comparingInt(PolicyProblem::line)
                        .thenComparingInt(PolicyProblem::column));
        return sorted;
    }
}
