package dev.countersign.notify.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.Undelivered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Slack's Web API: the few calls that are needed, as JSON. */
final class SlackApi implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int LARGEST = 1 << 20;

    /** Nothing can be said by this channel while it answers so. */
    private static final Set<String> OF_THE_CHANNEL =
            Set.of(
                    "invalid_auth",
                    "not_authed",
                    "account_inactive",
                    "token_revoked",
                    "token_expired",
                    "missing_scope",
                    "no_permission",
                    "channel_not_found",
                    "not_in_channel",
                    "is_archived",
                    "restricted_action",
                    "service_unavailable",
                    "internal_error",
                    "fatal_error",
                    "request_timeout");

    private static final Set<String> FOR_GOOD =
            Set.of("msg_too_long", "invalid_blocks", "invalid_arguments", "no_text");

    private final ObjectMapper json = new ObjectMapper();
    private final URI base;
    private final String token;
    private final Addresses addresses;
    private @Nullable HttpClient client;

    SlackApi(URI base, String token, Addresses addresses) {
        this.base = base;
        this.token = token;
        this.addresses = addresses;
    }

    /** Slack said no, and to what it said it. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String error) {
            super(error, null, false, false);
        }

        String error() {
            return String.valueOf(getMessage());
        }
    }

    /** Made when it is needed first. */
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

    /** The token goes to Slack alone, and to an address that the settings allow. */
    private void check(URI to, String secure) throws Undelivered {
        String host = String.valueOf(to.getHost());
        boolean slack =
                secure.equals(to.getScheme())
                        && (host.equals("slack.com")
                                || host.endsWith(".slack.com")
                                || host.equals("slack-gov.com"));
        // A name could lead elsewhere the next time it is asked for.
        boolean literal = host.matches("[0-9.]+|\\[[0-9a-fA-F:.]+\\]");
        if (!slack && !literal) {
            throw Undelivered.thisOne("`" + host + "` is not an address of Slack");
        }
        if (literal) {
            InetAddress judged = addresses.judged(host.replaceAll("[\\[\\]]", ""));
            if (!secure.equals(to.getScheme()) && !judged.isLoopbackAddress()) {
                throw Undelivered.thisOne("`http` is for this machine alone");
            }
        }
    }

    /**
     * Makes a call whose answer is good.
     *
     * @throws Refused with an error that is about what was asked for
     */
    JsonNode call(String method, ObjectNode body)
            throws Undelivered, Refused, InterruptedException {
        check(base, "https");
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve(method))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json; charset=utf-8")
                        .POST(BodyPublishers.ofString(body.toString()))
                        .build();
        HttpResponse<byte[]> answer = exchange(request);
        if (answer.statusCode() == 429) {
            throw later(answer);
        }
        if (answer.statusCode() / 100 != 2) {
            throw Undelivered.down("Slack answers with status " + answer.statusCode());
        }
        JsonNode said = read(answer.body());
        if (said.path("ok").asBoolean()) {
            return said;
        }
        String error = said.path("error").asText("no error");
        if (error.equals("ratelimited") || error.equals("rate_limited")) {
            throw later(answer);
        }
        if (OF_THE_CHANNEL.contains(error)) {
            throw Undelivered.down("Slack says `" + error + "`");
        }
        if (FOR_GOOD.contains(error)) {
            throw Undelivered.never("Slack says `" + error + "`");
        }
        throw new Refused(error);
    }

    /** Connects to where Slack says that it talks. */
    WebSocket connect(URI to, WebSocket.Listener listener)
            throws Undelivered, InterruptedException {
        check(to, "wss");
        CompletableFuture<WebSocket> coming =
                client().newWebSocketBuilder().connectTimeout(CONNECT).buildAsync(to, listener);
        try {
            return coming.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Undelivered.down("no answer within " + ANSWER.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            throw Undelivered.down("Slack takes no connection: " + e.getCause());
        } finally {
            coming.cancel(true);
        }
    }

    private static Undelivered later(HttpResponse<byte[]> answer) {
        long seconds =
                answer.headers()
                        .firstValue("Retry-After")
                        .filter(text -> text.matches("\\d{1,5}"))
                        .map(Long::parseLong)
                        .orElse(30L);
        return Undelivered.notBefore("Slack wants fewer messages", Duration.ofSeconds(seconds));
    }

    private JsonNode read(byte[] body) throws Undelivered {
        try {
            return json.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw Undelivered.down("Slack's answer is no JSON");
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest request)
            throws Undelivered, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> coming =
                client().sendAsync(
                                request,
                                BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        try {
            return coming.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Undelivered.down("no answer within " + ANSWER.toSeconds() + " seconds");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof IOException io ? io : e;
            String why = cause.getMessage();
            throw Undelivered.down(why == null ? "no connection" : why);
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
