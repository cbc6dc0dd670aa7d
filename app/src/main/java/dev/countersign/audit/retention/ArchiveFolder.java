package dev.countersign.audit.retention;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.export.ArchiveFile;
import dev.countersign.ledger.NoteKey;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Where archives are written: each has its name only when all of it is on the disk and good. */
public final class ArchiveFolder {
    private ArchiveFolder() {}

    /** Writes an archive to a stream. */
    @FunctionalInterface
    public interface Content {
        void to(OutputStream out) throws IOException, NotRecorded;
    }

    /**
     * Writes a file that only its owner may read, and reads it again.
     *
     * @throws Refused when a file of this name is there, or what was written does not verify
     */
    public static void write(Path folder, String name, NoteKey key, Content content)
            throws IOException, NotRecorded, Refused {
        if (!Files.isDirectory(folder)) {
            throw new Refused("there is no folder `" + folder + "`");
        }
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            throw new Refused("`" + file + "` is there already and is not what was recorded of it");
        }
        // A temporary file is its owner's alone.
        Path part = Files.createTempFile(folder, ".countersign-", ".part");
        try {
            try (OutputStream out =
                    new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                content.to(out);
            }
            ArchiveFile _ = ArchiveFile.checked(part, key);
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (ArchiveFile.Broken e) {
            throw new Refused(String.valueOf(e.getMessage()), e);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
