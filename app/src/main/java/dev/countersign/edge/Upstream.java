package dev.countersign.edge;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The server that judges, over a connection that stays open. */
final class Upstream implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LIVE = Duration.ofSeconds(5);

    /** A server that says nothing for so long is looked after. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final int MOST_MISSED = 2;

    /** Shorter than the keep-alive of usual proxies and of our own server. */
    private static final Duration WARM = Duration.ofSeconds(20);

    private static final int LARGEST_ANSWER = 4 << 20;

    private final URI server;
    private final String token;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpClient http;

    /** The server did not answer, in words for people. */
    static final class Unreachable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreachable(String message) {
            super(message, null, false, false);
        }
    }

    /** An answer as it came. */
    record Answer(int status, String type, String body) {
        boolean json() {
            return type.startsWith("application/json");
        }
    }

    /**
     * Wires it; {@link #warm} begins.
     *
     * @param tls whom to believe, where the server is spoken to so
     */
    Upstream(URI server, String token, Supplier<SSLContext> tls) {
        this.server = server;
        this.token = token;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(threads);
        if ("https".equals(server.getScheme())) {
            builder.sslContext(tls.get());
        }
        http = builder.build();
    }

    URI server() {
        return server;
    }

    /** Keeps a connection open between the calls, from now on. */
    void warm() {
        Thread.ofVirtual()
                .name("warm")
                .start(() -> {
                    try {
                        do {
                            boolean _ = live();
                        } while (!closing.await(WARM.toMillis(), TimeUnit.MILLISECONDS));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private boolean live() throws InterruptedException {
        try {
            return http.send(
                                    HttpRequest.newBuilder(server.resolve("health/live"))
                                            .timeout(LIVE)
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Asks the server.
     *
     * @param path without a slash in front
     * @param body or null for a GET
     * @param deadline how long at most; an answer after that would help nobody
     */
    Answer ask(String path, byte @Nullable [] body, Duration deadline)
            throws Unreachable, InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json");
        if (body != null) {
            request.header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(body));
        }
        try {
            return once(request.build(), end, deadline);
        } catch (Broken e) {
            // A connection that was kept may be gone when the server was started anew. What is
            // asked a second time is the same question, and finds the same approval.
            try {
                return once(request.build(), end, deadline);
            } catch (Broken again) {
                throw new Unreachable(broken(again));
            }
        }
    }

    private String broken(Broken e) {
        return "the server at " + server + " broke off: " + e.getMessage();
    }

    /** The connection ended before there was an answer. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message, null, false, false);
        }
    }

    private Answer once(HttpRequest request, long end, Duration deadline)
            throws Unreachable, Broken, InterruptedException {
        Future<Answer> asked = threads.submit(() -> answer(request));
        int missed = 0;
        try {
            while (true) {
                long left = end - System.nanoTime();
                try {
                    return asked.get(
                            Math.max(0, Math.min(left, SILENCE.toNanos())), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (left <= SILENCE.toNanos()) {
                        throw new Unreachable(
                                "the server at "
                                        + server
                                        + " did not answer within "
                                        + told(deadline));
                    }
                    missed = live() ? 0 : missed + 1;
                    if (missed == MOST_MISSED) {
                        throw new Unreachable("the server at " + server + " stopped answering");
                    }
                }
            }
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } finally {
            asked.cancel(true);
        }
    }

    private static String told(Duration deadline) {
        return deadline.toSeconds() > 0 ? deadline.toSeconds() + " s" : deadline.toMillis() + " ms";
    }

    private Broken failed(@Nullable Throwable cause) throws Unreachable {
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            throw new Unreachable("the server at " + server + " cannot be reached");
        }
        if (cause instanceof SSLException) {
            throw new Unreachable(
                    isUntrusted(cause)
                            ? "nobody whom this machine believes vouches for the certificate of the"
                                    + " server at "
                                    + server
                            : "the server at " + server + " does not speak TLS as it should");
        }
        if (cause instanceof IOException) {
            return new Broken(String.valueOf(cause.getMessage()));
        }
        throw new Unreachable(
                "an error inside Countersign ("
                        + (cause == null ? "none" : cause.getClass().getSimpleName())
                        + ")");
    }

    private static boolean isUntrusted(Throwable failure) {
        for (@Nullable Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] body = in.readNBytes(LARGEST_ANSWER + 1);
            if (body.length > LARGEST_ANSWER) {
                throw new IOException("its answer is larger than " + LARGEST_ANSWER + " bytes");
            }
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    new String(body, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        http.shutdownNow();
        threads.shutdownNow();
    }
}
