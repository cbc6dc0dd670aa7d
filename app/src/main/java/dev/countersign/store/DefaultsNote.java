package dev.countersign.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A file of a data folder that names the version of the built-in defaults in force: who judges with
 * no server need not open the database to find that they are its own.
 */
public final class DefaultsNote {
    private static final System.Logger LOG = System.getLogger(DefaultsNote.class.getName());
    private static final String FILE = "defaults";
    private static final int LONGEST = 200;

    private DefaultsNote() {}

    /** The version, or empty where none was noted. */
    public static Optional<String> read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return Files.isRegularFile(file) && Files.size(file) <= LONGEST
                    ? Optional.of(Files.readString(file).strip())
                    : Optional.empty();
        } catch (IOException e) {
            // It cannot be told, so whoever asks has to look.
            return Optional.of("");
        }
    }

    static void write(Path folder, String version) {
        if (read(folder).equals(Optional.of(version))) {
            return;
        }
        Path fresh = folder.resolve("." + FILE + ".new");
        try {
            Files.deleteIfExists(fresh);
            DataFolder.createFile(fresh);
            Files.writeString(fresh, version + "\n");
            Files.move(
                    fresh,
                    folder.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the version of the built-in defaults could not be noted: " + e.getMessage());
        }
    }
}
