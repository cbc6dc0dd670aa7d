package dev.countersign.cli;

import dev.countersign.analysis.Analyzer;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Policy documents on this machine: named ones, trusted, and a workspace's own, untrusted. */
final class PolicyFiles {
    /** What is looked for at the root of a workspace. */
    static final List<String> OF_A_WORKSPACE =
            List.of("countersign.yaml", "codeflow.json", "opencode.json");

    /** A character may take four bytes. */
    private static final long MOST_BYTES = 4L * PolicyReader.MAX_LENGTH;

    private final Tools tools;
    private final Path data;
    private final PolicyReader.Examples examples;

    PolicyFiles(Tools tools, Path data, Analyzer analyzer) {
        this.tools = tools;
        this.data = data;
        examples = command -> Optional.of(operations(analyzer, command));
    }

    /**
     * A document as it was found.
     *
     * @param path absolute
     * @param result what came of reading it
     */
    record Found(Path path, PolicyReader.Result result) {
        /** The document, or the end of the command with every error. */
        Policy usable() {
            return result.policy()
                    .orElseThrow(() -> {
                        List<String> errors =
                                result.problems().stream()
                                        .filter(PolicyProblem::error)
                                        .map(PolicyProblem::toString)
                                        .map(Visible::line)
                                        .toList();
                        return Failure.usage(String.join("\ncountersign: ", errors));
                    });
        }
    }

    /** A document somebody named: trusted by that. */
    Found named(String written) {
        Path file = Where.path(written, tools.around());
        return read(file, written, true);
    }

    /** The documents of a workspace, each as trusted as somebody made it. */
    List<Found> ofWorkspace(String workspace) {
        Path root;
        try {
            root = Path.of(workspace);
        } catch (InvalidPathException e) {
            return List.of();
        }
        if (!root.isAbsolute()) {
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        for (String name : OF_A_WORKSPACE) {
            Path file = root.resolve(name);
            if (Files.exists(file)) {
                found.add(read(file, name, false));
            }
        }
        return found;
    }

    private Found read(Path file, String shown, boolean trusted) {
        String text = text(file, shown);
        PolicyReader.Result result =
                PolicyReader.read(
                        shown, text, Level.PROJECT, trusted, examples, PolicyReader.MAX_LENGTH);
        boolean accepted =
                !trusted
                        && result.policy().isPresent()
                        && tools.product()
                                .accepted(data, file.toString(), digest(result.policy().get()));
        return new Found(
                file,
                accepted
                        ? new PolicyReader.Result(
                                result.policy().map(policy -> policy.withTrust(true)),
                                result.problems())
                        : result);
    }

    /** The 64 digits a person accepts. */
    static String digest(Policy policy) {
        return policy.hash().substring(policy.hash().indexOf(':') + 1);
    }

    private static String text(Path file, String shown) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw Failure.usage(
                        Visible.line(shown) + ":1:1: larger than a policy document may be");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw Failure.usage(Visible.line(shown) + ":1:1: it is not UTF-8 text");
        } catch (IOException e) {
            throw Failure.usage("cannot read `" + Visible.line(shown) + "`: " + Reading.why(e));
        }
    }

    /** The examples of a rule are judged as commands in some workspace. */
    private static List<Operation> operations(Analyzer analyzer, String command) {
        Context context =
                new Context(
                        "/home/example/workspace",
                        "/home/example/workspace",
                        "/home/example",
                        Shell.BASH,
                        "linux",
                        Map.of());
        ToolCall call =
                new ToolCall(
                        CallReader.CLIENT,
                        CallReader.SHELL_TOOL,
                        Json.object().put("command", command),
                        context,
                        Subject.local(CallReader.CLIENT),
                        null,
                        null,
                        null);
        return analyzer.analyze(call).operations();
    }
}
