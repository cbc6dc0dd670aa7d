package dev.countersign.notify.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.notify.Undelivered;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Slack over which it says what people press, so that it need not reach this
 * server. That it is Slack rests on TLS and on the token it was opened with.
 */
final class SlackSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SlackSocket.class.getName());
    private static final int LARGEST = 1 << 20;
    private static final int MOST_SEEN = 10_000;
    private static final Duration BEAT = Duration.ofSeconds(20);
    private static final Duration SILENT = Duration.ofSeconds(70);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final ObjectMapper json = new ObjectMapper();
    private final SlackApi api;
    private final Consumer<JsonNode> taken;
    private final Thread thread;

    /** What was taken before: Slack says again what it thinks was not heard. */
    private final Map<String, Boolean> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MOST_SEEN;
                }
            };

    private volatile Optional<String> trouble = Optional.of("not connected to Slack yet");
    private volatile @Nullable Connection open;
    private volatile boolean closing;

    /**
     * Connects, and again whenever that ends.
     *
     * @param api with the token of the app
     * @param taken gets what people press, once
     */
    SlackSocket(String name, SlackApi api, Consumer<JsonNode> taken) {
        this.api = api;
        this.taken = taken;
        thread = Thread.ofVirtual().name("slack of " + name).start(this::run);
    }

    /** Why nothing that people press comes here now. */
    Optional<String> trouble() {
        return trouble;
    }

    private void run() {
        int failures = 0;
        try {
            while (!closing) {
                Connection connection = new Connection();
                try {
                    connection.begin();
                    connection.await();
                } catch (Undelivered e) {
                    trouble = Optional.ofNullable(e.getMessage());
                } catch (SlackApi.Refused e) {
                    trouble = Optional.of("Slack says `" + e.error() + "`");
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "error in the connection to Slack", e);
                    trouble = Optional.of("an error of ours (this is a bug)");
                } finally {
                    connection.end();
                }
                failures = connection.welcome ? 0 : failures + 1;
                if (!closing) {
                    Thread.sleep(pause(failures));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Never all at the same moment. */
    private static Duration pause(int failures) {
        Duration doubled = Duration.ofMillis(250L << Math.clamp(failures, 0, 10));
        Duration most = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        return most.plusMillis(ThreadLocalRandom.current().nextLong(most.toMillis() / 4 + 1));
    }

    private boolean fresh(String envelope) {
        synchronized (seen) {
            return seen.put(envelope, true) == null;
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        Connection connection = open;
        if (connection != null) {
            connection.end();
        }
    }

    /** One connection, from its beginning to its end. */
    private final class Connection implements WebSocket.Listener {
        private final CountDownLatch over = new CountDownLatch(1);
        private final StringBuilder text = new StringBuilder();
        private volatile long heard = System.nanoTime();
        private volatile boolean welcome;
        private @Nullable WebSocket socket;
        private CompletableFuture<?> said = CompletableFuture.completedFuture(null);

        void begin() throws Undelivered, SlackApi.Refused, InterruptedException {
            JsonNode answer =
                    api.call("apps.connections.open", JsonNodeFactory.instance.objectNode());
            open = this;
            socket = api.connect(URI.create(answer.path("url").asText()), this);
        }

        /** Waits for its end, which may be that nothing is heard any more. */
        void await() throws InterruptedException {
            while (!over.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - heard > SILENT.toNanos()) {
                    trouble = Optional.of("nothing is heard from Slack");
                    return;
                }
                say(each -> each.sendPing(ByteBuffer.allocate(0)));
            }
        }

        void end() {
            over.countDown();
            WebSocket now = socket;
            if (now != null) {
                now.abort();
            }
        }

        /** One after the other, as a connection wants it. */
        private synchronized void say(
                java.util.function.Function<WebSocket, CompletableFuture<WebSocket>> what) {
            WebSocket now = socket;
            if (now != null) {
                said = said.handle((_, _) -> null).thenCompose(_ -> what.apply(now));
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            heard = System.nanoTime();
            socket = from;
            if (text.length() + part.length() > LARGEST) {
                end();
                return CompletableFuture.completedFuture(null);
            }
            text.append(part);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                took(whole);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void took(String whole) {
            JsonNode message;
            try {
                message = json.readTree(whole);
            } catch (JsonProcessingException e) {
                return;
            }
            String envelope = message.path("envelope_id").asText();
            if (!envelope.isEmpty()) {
                // Slack wants to hear at once; what is done is done afterwards.
                String heardIt =
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("envelope_id", envelope)
                                .toString();
                say(each -> each.sendText(heardIt, true));
            }
            switch (message.path("type").asText()) {
                case "hello" -> {
                    welcome = true;
                    trouble = Optional.empty();
                }
                case "disconnect" -> over.countDown();
                case "interactive" -> {
                    if (!envelope.isEmpty() && fresh(envelope)) {
                        taken.accept(message.path("payload"));
                    }
                }
                default -> {}
            }
        }

        @Override
        public CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
            heard = System.nanoTime();
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
            return onPing(from, message);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            trouble = Optional.of("the connection to Slack was closed");
            over.countDown();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            trouble = Optional.of("the connection to Slack broke off");
            over.countDown();
        }
    }
}
