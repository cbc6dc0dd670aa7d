package dev.countersign.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Server-sent events: what they carry, and nothing that readers may differ on. */
final class Events {
    private final Lines lines;

    Events(InputStream in) {
        this.lines = new Lines(in);
    }

    /**
     * An event, without what nobody needs of it.
     *
     * @param id where a client goes on after it, or empty text
     * @param retry how long a client waits before it comes back, or empty text
     * @param data what it carries; empty where that is nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Event(String id, String retry, byte[] data) {

        /** Writes it anew, so that no reader finds other lines in it than we did. */
        void write(OutputStream out) throws IOException {
            StringBuilder text = new StringBuilder();
            if (!id.isEmpty()) {
                text.append("id: ").append(id).append('\n');
            }
            if (!retry.isEmpty()) {
                text.append("retry: ").append(retry).append('\n');
            }
            if (data.length > 0) {
                text.append("event: message\n");
            }
            if (data.length > 0 || text.length() > 0) {
                text.append("data: ").append(line(data)).append("\n\n");
            } else {
                // Only to say that it is alive.
                text.append(":\n\n");
            }
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** JSON on one line for every reader of lines there is. */
        private static String line(byte[] json) {
            return new String(json, StandardCharsets.UTF_8)
                    .replace('\n', ' ')
                    .replace('\r', ' ')
                    .replace("\u0085", "\\u0085")
                    .replace("\u2028", "\\u2028")
                    .replace("\u2029", "\\u2029");
        }
    }

    /** The next one; empty at the end. One that was never ended counts as none. */
    Optional<Event> next() throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        String id = "";
        String retry = "";
        for (Optional<Lines.Line> next = lines.next(); next.isPresent(); next = lines.next()) {
            if (!(next.get() instanceof Lines.Line.Whole(byte[] bytes))
                    || data.size() > Lines.LONGEST) {
                throw new IOException("an event is longer than " + Lines.LONGEST + " bytes");
            }
            String line = new String(bytes, StandardCharsets.UTF_8);
            String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (text.indexOf('\r') >= 0) {
                // A line may end there, too: what follows it would be read as one of its own.
                throw new IOException("an event has a carriage return inside a line");
            }
            if (text.isEmpty()) {
                return Optional.of(new Event(id, retry, data.toByteArray()));
            }
            int colon = text.indexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (name) {
                case "data" -> {
                    if (data.size() > 0) {
                        data.write('\n');
                    }
                    data.write(value.getBytes(StandardCharsets.UTF_8));
                }
                case "id" -> id = value.matches("[\\x21-\\x7e]{1,1000}") ? value : "";
                case "retry" -> retry = value.matches("[0-9]{1,9}") ? value : "";
                default -> {}
            }
        }
        return Optional.empty();
    }
}
