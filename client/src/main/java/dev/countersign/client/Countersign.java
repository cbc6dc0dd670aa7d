package dev.countersign.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Countersign server, asked before something is done. Safe for use by many threads.
 *
 * <pre>{@code
 * Countersign countersign = Countersign.fromEnvironment();
 * Decision decision = countersign.decide(Call.command("rm -r build", "/home/ana/shop"), Duration.ofMinutes(30));
 * if (decision.allowed()) {
 *     // do it, and then:
 *     countersign.report(decision, true, "removed");
 * }
 * }</pre>
 *
 * <p>No method throws because of the server or the network: what is not an allow with a receipt is
 * no permission, and says why.
 */
public final class Countersign {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration ONE_WAIT = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** A server that is started anew is back by then. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final URI base;
    private final String token;
    private final HttpClient http;

    private Countersign(URI base, String token) {
        this.base = base;
        this.token = token;
        http =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    /**
     * A server.
     *
     * @param server its address, such as {@code http://127.0.0.1:7373}
     * @param token of an agent
     * @throws IllegalArgumentException when it is no such address, or no token
     */
    public static Countersign at(String server, String token) {
        URI base = URI.create(server.endsWith("/") ? server : server + "/");
        boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
        if (!web || base.getHost() == null) {
            throw new IllegalArgumentException("`" + server + "` is no server address");
        }
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("the token is empty or none");
        }
        return new Countersign(base, token);
    }

    /**
     * The server that {@code COUNTERSIGN_URL} names (else the one of this machine), with the token
     * in {@code COUNTERSIGN_TOKEN}.
     *
     * @throws IllegalArgumentException when there is no token, or no address
     */
    public static Countersign fromEnvironment() {
        String server = System.getenv("COUNTERSIGN_URL");
        String token = System.getenv("COUNTERSIGN_TOKEN");
        return at(
                server == null || server.isEmpty() ? "http://127.0.0.1:7373" : server,
                token == null ? "" : token);
    }

    /** Asks, and waits for nobody: an {@link Decision.Ask} is a question that is open. */
    public Decision decide(Call call) {
        return decide(call, Duration.ZERO);
    }

    /**
     * Asks, and waits while people are asked.
     *
     * @param atMost how long; the question itself may end before
     */
    public Decision decide(Call call, Duration atMost) {
        Decision decision;
        try {
            decision = decision(exchange("POST", "v1/decisions", Json.write(call.body())));
        } catch (Json.Broken | IOException e) {
            return failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Decision.Failed("interrupted before the server answered");
        }
        return decision instanceof Decision.Ask ask ? await(ask, atMost) : decision;
    }

    /**
     * Waits for people's answer to an open question.
     *
     * @param atMost how long
     * @return the answer, or the same question while there is none
     */
    public Decision await(Decision.Ask ask, Duration atMost) {
        long end = System.nanoTime() + (atMost.compareTo(LONGEST) < 0 ? atMost : LONGEST).toNanos();
        long heard = System.nanoTime();
        Decision decision = ask;
        while (decision instanceof Decision.Ask && end - System.nanoTime() > 0) {
            long asked = System.nanoTime();
            long left = Math.min(end - asked, ONE_WAIT.toNanos());
            try {
                decision =
                        decision(
                                exchange(
                                        "GET",
                                        "v1/decisions/"
                                                + URLEncoder.encode(
                                                        ask.id(), StandardCharsets.UTF_8)
                                                + "?wait="
                                                + left / 1_000_000
                                                + "ms",
                                        null));
                // A server that does not wait must not be asked all the time.
                heard = System.nanoTime();
                long early = Math.min(AGAIN.toNanos() - (heard - asked), end - heard);
                if (early > 0 && decision instanceof Decision.Ask && !rested(early)) {
                    return interrupted(ask);
                }
            } catch (IOException e) {
                if (System.nanoTime() - heard > SILENCE.toNanos()) {
                    return failed(e);
                }
                if (!rested(AGAIN.toNanos())) {
                    return interrupted(ask);
                }
            } catch (Json.Broken e) {
                return failed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return interrupted(ask);
            }
        }
        return decision;
    }

    private static boolean rested(long nanos) {
        try {
            Thread.sleep(Duration.ofNanos(nanos).toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Decision interrupted(Decision.Ask ask) {
        return new Decision.Failed("interrupted while waiting for " + ask.approval());
    }

    /**
     * Tells what came of an allowed call.
     *
     * @param success whether it did what it should
     * @param output what it said; the server keeps a summary, secrets masked
     * @return whether the server has it
     */
    public boolean report(Decision decision, boolean success, String output) {
        return report(decision, success, null, output);
    }

    /** The same with how long it took. */
    public boolean report(
            Decision decision, boolean success, @Nullable Duration took, String output) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("decision", decision.id());
        body.put("status", success ? "success" : "failure");
        if (took != null) {
            body.put("duration_ms", took.toMillis());
        }
        body.put("output", output);
        try {
            return exchange("POST", "v1/outcomes", Json.write(body)).statusCode() / 100 == 2;
        } catch (Json.Broken | IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private HttpResponse<String> exchange(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve(path))
                        .timeout(ANSWER)
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private static Decision failed(Exception e) {
        String why = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        return new Decision.Failed("Countersign could not be asked: " + why);
    }

    private static Decision decision(HttpResponse<String> answer) throws Json.Broken, IOException {
        if (answer.statusCode() >= 502 && answer.statusCode() <= 504) {
            throw new IOException("status " + answer.statusCode());
        }
        if (answer.statusCode() != 200) {
            return new Decision.Failed(
                    "Countersign answered with status " + answer.statusCode() + detail(answer));
        }
        Map<String, @Nullable Object> read = Json.object(answer.body());
        Map<String, Object> json = present(read);
        String id = text(json, "id");
        String reason = text(json, "reason");
        return switch (text(json, "effect")) {
            case "allow" -> {
                String receipt = text(object(json, "receipt"), "hash");
                yield receipt.isEmpty() || id.isEmpty()
                        ? new Decision.Failed("the server allowed it without a receipt")
                        : new Decision.Allow(id, reason, receipt, json);
            }
            case "ask" -> {
                Map<String, Object> approval = object(json, "approval");
                yield new Decision.Ask(
                        id, reason, text(approval, "id"), text(approval, "url"), json);
            }
            case "deny" -> new Decision.Deny(id, reason, text(json, "instead"), json);
            case "defer" -> new Decision.Defer(id, reason, time(text(json, "until")), json);
            default -> new Decision.Failed("the server's answer is no effect this client knows");
        };
    }

    private static String detail(HttpResponse<String> answer) {
        try {
            String detail = text(present(Json.object(answer.body())), "detail");
            return detail.isEmpty() ? "" : ": " + detail;
        } catch (Json.Broken e) {
            return "";
        }
    }

    /** Without members that are null. */
    private static Map<String, Object> present(Map<String, @Nullable Object> read) {
        Map<String, Object> present = new LinkedHashMap<>();
        read.forEach((name, value) -> {
            if (value != null) {
                present.put(name, value);
            }
        });
        return present;
    }

    private static String text(Map<String, Object> json, String name) {
        return json.get(name) instanceof String text ? text : "";
    }

    private static Map<String, Object> object(Map<String, Object> json, String name) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (json.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value != null) {
                    object.put(String.valueOf(key), value);
                }
            });
        }
        return object;
    }

    private static @Nullable Instant time(String written) {
        try {
            return written.isEmpty() ? null : Instant.parse(written);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
