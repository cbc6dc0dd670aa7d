package dev.countersign.audit.export;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Lines of a file as its bytes have them, whatever its form makes of them. */
final class PhysicalLines {
    /** The most bytes one line, or one row, takes. */
    static final int LONGEST = 64 << 20;

    private PhysicalLines() {}

    /**
     * How a file ends.
     *
     * @param last its last line
     * @param sha256 of all bytes before that line, in hexadecimal digits
     */
    record End(String last, String sha256) {}

    /**
     * Reads a file once.
     *
     * @throws IllegalArgumentException when a line is longer than any of an export
     */
    static End end(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256 (this is a bug)", e);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean ended = false;
        byte[] part = new byte[1 << 16];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                int from = 0;
                for (int i = 0; i < read; i++) {
                    if (ended) {
                        digest.update(line.toByteArray());
                        line.reset();
                    }
                    ended = part[i] == '\n';
                    if (ended) {
                        line.write(part, from, i + 1 - from);
                        from = i + 1;
                    }
                }
                line.write(part, from, read - from);
                if (line.size() > LONGEST) {
                    throw new IllegalArgumentException("`" + file + "` is no export of a ledger");
                }
            }
        }
        return new End(
                line.toString(StandardCharsets.UTF_8), HexFormat.of().formatHex(digest.digest()));
    }
}
