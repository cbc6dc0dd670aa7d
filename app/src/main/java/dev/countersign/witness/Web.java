package dev.countersign.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Small requests to another machine: bounded in time and size, and never sent on to where an answer
 * points.
 */
final class Web implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int LARGEST = 1 << 20;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Optional<String> token;
    private @Nullable HttpClient client;

    /**
     * A client.
     *
     * @param token shown as a bearer token
     */
    Web(Optional<String> token) {
        this.token = token;
    }

    /** An answer, whatever its status. */
    static final class Answer {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        int status() {
            return status;
        }

        byte[] body() {
            return body.clone();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        boolean good() {
            return status / 100 == 2;
        }
    }

    /** Made when it is needed first: most servers have nothing to send. */
    private synchronized HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .connectTimeout(CONNECT)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .build();
        }
        return client;
    }

    Answer get(URI address) throws IOException, InterruptedException {
        return exchange(HttpRequest.newBuilder(address).GET());
    }

    Answer post(URI address, String text) throws IOException, InterruptedException {
        return exchange(
                HttpRequest.newBuilder(address)
                        .header("Content-Type", TEXT)
                        .POST(BodyPublishers.ofString(text)));
    }

    private Answer exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        CompletableFuture<HttpResponse<byte[]>> coming =
                client().sendAsync(
                                request.build(),
                                BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        try {
            HttpResponse<byte[]> answer = coming.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(answer.statusCode(), answer.body());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + ANSWER.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = cause.getMessage();
            throw new IOException(why == null ? "no connection" : why, cause);
        } finally {
            coming.cancel(true);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
