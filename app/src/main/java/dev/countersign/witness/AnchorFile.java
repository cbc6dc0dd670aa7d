package dev.countersign.witness;

import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that checkpoints are added to, one after the other with an empty line between them. */
public final class AnchorFile {
    private AnchorFile() {}

    /** Adds a checkpoint; it is on the disk when this returns, or not in the file. */
    public static void append(Path file, SignedNote note) throws IOException {
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            long before = out.size();
            String text = (before == 0 ? "" : "\n") + note;
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            } catch (IOException e) {
                // Half a note would make the whole file unreadable.
                out.truncate(before);
                throw e;
            }
        }
    }
}
