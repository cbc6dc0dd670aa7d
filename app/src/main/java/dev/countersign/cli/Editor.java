package dev.countersign.cli;

import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The editor a person set in their environment. */
final class Editor {
    private final Surroundings around;

    Editor(Surroundings around) {
        this.around = around;
    }

    /** Its command, or empty when none is set. */
    Optional<String> command() {
        return around.variable("VISUAL")
                .or(() -> around.variable("EDITOR"))
                .map(String::strip)
                .filter(command -> !command.isEmpty());
    }

    /**
     * Lets the person change a text, in a file that only they can read and that is gone afterwards.
     *
     * @throws Failure when the editor did not end well; nothing was changed then
     */
    String edit(String text) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of(command().orElseThrow().split("\\s+")));
        try {
            Path file = Files.createTempFile("countersign-", ".txt");
            try {
                Files.writeString(file, text);
                words.add(file.toString());
                Process editor = new ProcessBuilder(words).inheritIO().start();
                if (editor.waitFor() != 0) {
                    throw Failure.failed(
                            "the editor `" + Visible.line(words.getFirst()) + "` did not end well");
                }
                String changed = Files.readString(file);
                // Editors end a file with a line end that nobody typed.
                return changed.endsWith("\n") && !text.endsWith("\n")
                        ? changed.substring(0, changed.length() - 1)
                        : changed;
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw Failure.failed("the editor cannot be used: " + e.getMessage());
        }
    }
}
