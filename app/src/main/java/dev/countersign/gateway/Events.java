package dev.countersign.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Server-sent events, each as the bytes it came as, with what it carries. */
final class Events {
    private final Lines lines;

    Events(InputStream in) {
        this.lines = new Lines(in);
    }

    /**
     * An event.
     *
     * @param raw all of its lines
     * @param data what it carries; empty where that is nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on as they are, never compared
    record Event(byte[] raw, byte[] data) {}

    /** The next one; empty at the end. One that was never ended counts as none. */
    Optional<Event> next() throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Optional<Lines.Line> next = lines.next(); next.isPresent(); next = lines.next()) {
            if (!(next.get() instanceof Lines.Line.Whole(byte[] bytes))
                    || raw.size() > Lines.LONGEST) {
                throw new IOException("an event is longer than " + Lines.LONGEST + " bytes");
            }
            String line = new String(bytes, StandardCharsets.UTF_8);
            raw.write(bytes);
            raw.write('\n');
            String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (text.indexOf('\r') >= 0) {
                // A line may end there, too: what follows it would be read as one of its own.
                throw new IOException("an event has a carriage return inside a line");
            }
            if (text.isEmpty()) {
                return Optional.of(new Event(raw.toByteArray(), data.toByteArray()));
            }
            if (text.equals("data") || text.startsWith("data:")) {
                if (data.size() > 0) {
                    data.write('\n');
                }
                String value = text.length() > 5 ? text.substring(5) : "";
                data.write(
                        (value.startsWith(" ") ? value.substring(1) : value)
                                .getBytes(StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    /** Writes a message as an event. */
    static void write(OutputStream out, byte[] message) throws IOException {
        out.write("event: message\ndata: ".getBytes(StandardCharsets.UTF_8));
        out.write(message);
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
