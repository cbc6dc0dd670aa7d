package dev.countersign.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * HTTP on the loopback as it is written, under any host name: the usual clients choose their own.
 */
public final class RawHttp {
    private final int port;

    public RawHttp(int port) {
        this.port = port;
    }

    /**
     * What came back.
     *
     * @param lines the header as it was sent
     */
    public record Answer(int status, List<String> lines, String body) {
        public Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return lines.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .findFirst()
                    .map(line -> line.substring(start.length()).strip());
        }
    }

    public static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json");
    }

    /** With a token, at the loopback's own name. */
    public Answer call(String method, String path, String token, @Nullable String body) {
        return send(method, path, "127.0.0.1:" + port, bearer(token), body);
    }

    public Answer send(
            String method,
            String path,
            String host,
            Map<String, String> headers,
            @Nullable String body) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host);
        headers.forEach((name, value) -> head.append("\r\n" + name + ": " + value));
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        head.append("\r\nContent-Length: " + content.length + "\r\nConnection: close\r\n\r\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(content);
            socket.getOutputStream().flush();
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        }
    }

    private static Answer read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            lines.add(line);
        }
        int status =
                Integer.parseInt(
                        lines.getFirst().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
        boolean chunked =
                lines.stream().anyMatch(l -> l.equalsIgnoreCase("Transfer-Encoding: chunked"));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (chunked) {
            for (int size = Integer.parseInt(line(in), 16);
                    size > 0;
                    size = Integer.parseInt(line(in), 16)) {
                body.write(in.readNBytes(size));
                String _ = line(in);
            }
        } else {
            body.write(
                    in.readNBytes(
                            new Answer(status, lines, "")
                                    .header("Content-Length")
                                    .map(Integer::parseInt)
                                    .orElse(0)));
        }
        return new Answer(status, List.copyOf(lines), body.toString(StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
