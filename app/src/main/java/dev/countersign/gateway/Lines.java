package dev.countersign.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The lines of a stream, as the bytes they are, none longer than is wanted in memory. */
final class Lines {
    /** Bytes of one line. */
    static final int LONGEST = 16 << 20;

    private final InputStream in;
    private final int longest;

    Lines(InputStream in) {
        this(in, LONGEST);
    }

    Lines(InputStream in, int longest) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.longest = longest;
    }

    /** A line, or one that was too long to keep. */
    sealed interface Line {
        /** Its bytes, without what ended it. */
        @SuppressWarnings("ArrayRecordComponent") // read once, never compared
        record Whole(byte[] bytes) implements Line {
            boolean blank() {
                for (byte each : bytes) {
                    if (each != ' ' && each != '\t' && each != '\r') {
                        return false;
                    }
                }
                return true;
            }
        }

        record TooLong() implements Line {}
    }

    /** The next one; empty at the end. A last line that was never ended counts as none. */
    Optional<Line> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        boolean tooLong = false;
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read == '\n') {
                return Optional.of(
                        tooLong ? new Line.TooLong() : new Line.Whole(line.toByteArray()));
            }
            if (line.size() < longest) {
                line.write(read);
            } else {
                tooLong = true;
            }
        }
        return Optional.empty();
    }
}
