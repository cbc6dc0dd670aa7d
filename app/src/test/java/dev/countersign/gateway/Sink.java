package dev.countersign.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one side gets, line by line. */
final class Sink extends OutputStream {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
        if (b == '\n') {
            lines.add(line.toString(UTF_8));
            line.reset();
        } else {
            line.write(b);
        }
    }

    String next() throws InterruptedException {
        @Nullable String next = lines.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a message").isNotNull();
        return Objects.requireNonNull(next);
    }

    JsonNode json() throws InterruptedException, IOException {
        return JSON.readTree(next());
    }

    void nothing() {
        assertThat(lines).isEmpty();
    }
}
