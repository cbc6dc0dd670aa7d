package dev.countersign.cli;

import dev.countersign.analysis.Analyzer;
import dev.countersign.config.DataPlace;
import dev.countersign.decision.Documents;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Policy documents as a command line names them. */
final class PolicyFiles {
    private final Tools tools;
    private final Documents documents;

    PolicyFiles(Tools tools, DataPlace data, Analyzer analyzer) {
        this.tools = tools;
        documents =
                new Documents(
                        analyzer, (path, sha256) -> tools.product().accepted(data, path, sha256));
    }

    /** How examples in documents are judged. */
    PolicyReader.Examples examples() {
        return documents.examples();
    }

    /** A document somebody named: trusted by that. */
    Documents.Found named(String written) {
        return documents.named(Where.path(written, tools.around()), written);
    }

    /** Documents somebody named together. */
    List<Documents.Found> named(List<String> written) {
        return documents.named(
                written.stream()
                        .map(name -> new Documents.Name(Where.path(name, tools.around()), name))
                        .toList());
    }

    /** The documents of a workspace, each as trusted as somebody made it. */
    List<Documents.Found> ofWorkspace(String workspace) {
        try {
            Path root = Path.of(workspace);
            return root.isAbsolute() ? documents.ofWorkspace(root) : List.of();
        } catch (InvalidPathException notAPathHere) {
            return List.of();
        }
    }

    /**
     * What a file says that was just read as a document.
     *
     * @param written how it was named
     */
    static String text(Path file, String written) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw Failure.usage("`" + Visible.line(written) + "` cannot be read");
        }
    }

    /** The document, or the end of the command with every error. */
    static Policy usable(Documents.Found found) {
        return found.result()
                .policy()
                .orElseThrow(() -> {
                    List<String> errors =
                            found.errors(Integer.MAX_VALUE).stream().map(Visible::line).toList();
                    return Failure.usage(String.join("\ncountersign: ", errors));
                });
    }
}
