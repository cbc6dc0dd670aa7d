package dev.countersign.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.analysis.UserPrograms;
import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
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

    /** Turns an example into its operations, as the analyser sees them. */
    @FunctionalInterface
    public interface Examples {
        /**
         * The operations, or empty when they cannot be told here.
         *
         * @param call in a workspace that is made up: nothing is looked at on a disk
         * @param programs those the document describes
         */
        Optional<List<Operation>> operations(ToolCall call, UserPrograms programs);

        /** Whether the operations have their true actions, risk and tags. */
        default boolean full() {
            return true;
        }

        /** Knows plain commands only: words without anything of a shell. */
        Examples PLAIN =
                new Examples() {
                    @Override
                    public Optional<List<Operation>> operations(
                            ToolCall call, UserPrograms programs) {
                        JsonNode command = call.input().get("command");
                        return command == null
                                ? Optional.empty()
                                : PlainCommand.operations(command.asText());
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
     * @param defines the names it gives to rules for others to use; then it says nothing itself
     */
    public record Result(
            Optional<Policy> policy, List<PolicyProblem> problems, List<String> defines) {
        public Result {
            problems = List.copyOf(problems);
            defines = List.copyOf(defines);
        }

        public Result(Optional<Policy> policy, List<PolicyProblem> problems) {
            this(policy, problems, List.of());
        }
    }

    /**
     * Whether a text gives names to rules for others to use, as a template does, and so says
     * nothing itself.
     */
    public static boolean defines(String file, String text) {
        TreeReader.Result read = TreeReader.read(file, text, MAX_LENGTH);
        return read.tree() != null && DefinitionReader.isDefinition(read.tree());
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
        return read(List.of(new Text(file, text, level, trusted)), examples, maxLength).getFirst();
    }

    /**
     * A document before it is read.
     *
     * @param file its name as the person knows it; {@code .json} is read as JSON
     * @param text its content
     * @param level where it stands when it does not say so itself
     * @param trusted whether a person accepted this very content
     */
    public record Text(String file, String text, Level level, boolean trusted) {}

    /** What a text calls itself, also where it has errors; its file's name when it does not say. */
    public static String name(String file, String text) {
        TreeReader.Result read = TreeReader.read(file, text, MAX_LENGTH);
        return read.problems().isEmpty() && read.tree() != null
                ? DocumentReader.name(read.tree(), file)
                : file;
    }

    /**
     * Reads documents that are given together: each may use what the others define, a trusted one
     * only what trusted ones define.
     *
     * @param examples analyses the examples of command rules
     * @param maxLength how long each may be, in characters
     * @return as many results, in the same order
     */
    public static List<Result> read(List<Text> texts, Examples examples, int maxLength) {
        return read(texts, Library.builtIn(), examples, maxLength);
    }

    /**
     * As above, where more is defined than what the texts themselves define.
     *
     * @param known what they may use besides
     */
    public static List<Result> read(
            List<Text> texts, Library known, Examples examples, int maxLength) {
        List<TreeReader.Result> trees = new ArrayList<>();
        List<Definition> trusted = new ArrayList<>();
        List<Definition> others = new ArrayList<>();
        for (Text text : texts) {
            TreeReader.Result read = TreeReader.read(text.file(), text.text(), maxLength);
            trees.add(read);
            if (read.problems().isEmpty() && read.tree() != null) {
                (text.trusted() ? trusted : others)
                        .addAll(DocumentReader.definitions(read.tree(), text.file()));
            }
        }
        Library library = known.with(trusted);
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            Text text = texts.get(i);
            Library seen = text.trusted() || others.isEmpty() ? library : library.with(others);
            List<Definition> there = new ArrayList<>(known.all());
            there.addAll(trusted);
            if (!text.trusted()) {
                there.addAll(others);
            }
            results.add(read(text, trees.get(i), seen, there, examples));
        }
        List<Policy> together = results.stream().flatMap(r -> r.policy().stream()).toList();
        return results.stream().map(result -> withErrors(result, together, known)).toList();
    }

    private static Result withErrors(Result result, List<Policy> together, Library known) {
        List<PolicyProblem> errors =
                result.policy()
                        .map(policy -> PolicyLint.errors(policy, together, known.tags()))
                        .orElse(List.of());
        if (errors.isEmpty()) {
            return result;
        }
        List<PolicyProblem> all = new ArrayList<>(result.problems());
        all.addAll(errors);
        return new Result(Optional.empty(), sorted(all));
    }

    /** Reads one; {@code there} is everything defined that it sees, what it defines included. */
    private static Result read(
            Text given,
            TreeReader.Result read,
            Library library,
            List<Definition> there,
            Examples examples) {
        if (!read.problems().isEmpty()) {
            return new Result(Optional.empty(), sorted(read.problems()));
        }
        Tree tree = read.tree();
        if (tree == null || (tree instanceof Tree.Text t && t.absent())) {
            return new Result(
                    Optional.empty(),
                    List.of(
                            new PolicyProblem(
                                    given.file(),
                                    1,
                                    1,
                                    "the document is empty; expected at least `policy: NAME`",
                                    true)));
        }
        Source source = new Source(given.file());
        Policy policy =
                new DocumentReader(
                                source,
                                given.level(),
                                given.trusted(),
                                Hash.of(given.text()),
                                library,
                                examples)
                        .read(tree);
        List<Definition> defines = DocumentReader.definitions(tree, given.file());
        for (Definition definition : defines) {
            there.stream()
                    .filter(definition::contradicts)
                    .findFirst()
                    .ifPresent(other -> definedTwice(source, definition, other));
        }
        List<PolicyProblem> problems = sorted(source.problems());
        return new Result(
                problems.stream().anyMatch(PolicyProblem::error)
                        ? Optional.empty()
                        : Optional.of(policy),
                problems,
                defines.stream().map(Definition::name).toList());
    }

    private static void definedTwice(Source source, Definition here, Definition there) {
        source.error(
                here.tree(),
                "`"
                        + here.name()
                        + "` is also defined at "
                        + there.file()
                        + ":"
                        + there.tree().line()
                        + ":"
                        + there.tree().column()
                        + ", and says something else there; expected one definition, or another"
                        + " name");
    }

    private static List<PolicyProblem> sorted(List<PolicyProblem> problems) {
        List<PolicyProblem> sorted = new ArrayList<>(problems);
        sorted.sort(
                Comparator.comparingInt(PolicyProblem::line)
                        .thenComparingInt(PolicyProblem::column));
        return sorted;
    }
}
