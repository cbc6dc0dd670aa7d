package dev.countersign.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A remote MCP server. It gets our own token for it, and nothing that a client showed us.
 *
 * @param name as rules and records name it
 * @param url where it answers
 * @param token our own token for it, read anew for each question; empty where it needs none
 */
public record RemoteServer(String name, URI url, Supplier<Optional<String>> token) {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Longer than tools run that anybody waits for. */
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    /** Sends something on. */
    HttpResponse<InputStream> send(String method, Map<String, String> headers, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(ANSWER)
                        .method(
                                method,
                                body.length == 0
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        Optional<String> ours;
        try {
            ours = token.get();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        ours.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return CLIENT.send(request.build(), BodyHandlers.ofInputStream());
    }
}
