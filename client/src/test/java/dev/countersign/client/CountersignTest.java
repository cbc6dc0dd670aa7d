package dev.countersign.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server of a few fixed answers. */
@SuppressWarnings("NullAway.Init")
final class CountersignTest {
    private static final Call CALL = Call.command("rm -r build", "/home/ana/shop");
    private static final String ALLOW =
            "{\"id\":\"01K\",\"effect\":\"allow\",\"reason\":\"why not\","
                    + "\"receipt\":{\"index\":3,\"hash\":\"ab\"}}";
    private static final String ASK =
            "{\"id\":\"01K\",\"effect\":\"ask\",\"reason\":\"people decide\","
                    + "\"approval\":{\"id\":\"APR-1\",\"url\":\"http://x/approvals/APR-1\"}}";

    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private Countersign countersign;

    private record Answer(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization")
                                    + " "
                                    + body);
                    Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
                    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(
                            answer.status(), bytes.length == 0 ? -1 : bytes.length);
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(bytes);
                    }
                });
        server.start();
        countersign = Countersign.at("http://127.0.0.1:" + server.getAddress().getPort(), "csa_x");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void anAllowHasItsReceipt() {
        answers.add(new Answer(200, ALLOW));
        Decision decision =
                countersign.decide(CALL.because("it is \"old\"\n").by("tidy").inSession("s"));
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        assertThat(decision.allowed()).isTrue();
        assertThat(((Decision.Allow) decision).receipt()).isEqualTo("ab");
        assertThat(asked.get(0))
                .startsWith("POST /v1/decisions Bearer csa_x {\"client\":\"tidy\",")
                .contains("\"description\":\"it is \\\"old\\\"\\u000a\"")
                .endsWith("\"cwd\":\"/home/ana/shop\",\"session\":\"s\"}");
    }

    @Test
    void aQuestionIsLeftOpenOrWaitedFor() {
        answers.add(new Answer(200, ASK));
        answers.add(new Answer(200, ASK));
        answers.add(new Answer(503, ""));
        answers.add(new Answer(200, ASK));
        answers.add(new Answer(200, ALLOW));
        Decision open = countersign.decide(CALL);
        assertThat(open).isInstanceOf(Decision.Ask.class);
        assertThat(((Decision.Ask) open).approval()).isEqualTo("APR-1");
        assertThat(countersign.decide(CALL, Duration.ofMinutes(1)).allowed()).isTrue();
        assertThat(asked.get(4)).startsWith("GET /v1/decisions/01K?wait=20000ms");
    }

    @Test
    void whoeverWaitsNoLongerHasTheQuestion() {
        answers.add(new Answer(200, ASK));
        assertThat(countersign.decide(CALL, Duration.ofMillis(1)).allowed()).isFalse();
    }

    /** Waiting goes on for as long as was said, without a request after the other. */
    @Test
    void aServerThatDoesNotWaitIsNotAskedAllTheTime() {
        answers.add(new Answer(200, ASK));
        long start = System.nanoTime();
        assertThat(countersign.decide(CALL, Duration.ofMillis(1_500)).allowed()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThan(Duration.ofMillis(1_400));
        assertThat(asked).hasSizeBetween(2, 5);
    }

    @Test
    void whoeverWaitsForEverWaits() {
        answers.add(new Answer(200, ASK));
        answers.add(new Answer(200, ALLOW));
        assertThat(countersign.decide(CALL, Duration.ofSeconds(Long.MAX_VALUE)).allowed()).isTrue();
    }

    @Test
    void aRefusalSaysWhatWouldBeAllowedAndALaterTimeWhen() {
        answers.add(
                new Answer(
                        200,
                        "{\"id\":\"1\",\"effect\":\"deny\",\"reason\":\"r\",\"instead\":\"i\"}"));
        answers.add(
                new Answer(
                        200,
                        "{\"id\":\"1\",\"effect\":\"defer\",\"reason\":\"r\","
                                + "\"until\":\"2026-03-29T10:00:00Z\"}"));
        Decision deny = countersign.decide(CALL);
        assertThat(deny).isInstanceOf(Decision.Deny.class);
        assertThat(((Decision.Deny) deny).instead()).isEqualTo("i");
        Decision defer = countersign.decide(CALL);
        assertThat(((Decision.Defer) defer).until())
                .isEqualTo(Instant.parse("2026-03-29T10:00:00Z"));
        assertThat(deny.allowed() || defer.allowed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yes",
                "{}",
                "[]",
                "null",
                "{\"effect\":\"allow\"}",
                "{\"effect\":\"allow\",\"id\":\"1\",\"receipt\":null}",
                "{\"effect\":\"allow\",\"id\":\"1\",\"receipt\":{\"hash\":7}}",
                "{\"effect\":true,\"id\":\"1\",\"receipt\":{\"hash\":\"a\"}}",
                "{\"effect\":\"ALLOW\",\"id\":\"1\",\"receipt\":{\"hash\":\"a\"}}",
                "{\"effect\":\"deny\",\"effect\":\"allow\",\"id\":\"1\",\"receipt\":{\"hash\":\"a\"}}",
                "{\"effect\":\"allow\",\"id\":\"1\",\"receipt\":{\"hash\":\"a\"}} more",
                "{\"effect\":\"allow\",\"id\":\"1\",\"receipt\":{\"hash\":\"a\"}"
            })
    void whatIsNoAllowIsNoPermission(String body) {
        answers.add(new Answer(200, body));
        Decision decision = countersign.decide(CALL);
        assertThat(decision).isInstanceOf(Decision.Failed.class);
        assertThat(decision.reason()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 400, 401, 403, 404, 429, 500, 503})
    void otherStatusesAreNoPermissionEither(int status) {
        answers.add(new Answer(status, status == 204 ? "" : ALLOW));
        assertThat(countersign.decide(CALL)).isInstanceOf(Decision.Failed.class);
    }

    @Test
    void anErrorSaysWhatTheServerSaid() {
        answers.add(new Answer(400, "{\"detail\":\"`cwd` must be absolute\"}"));
        assertThat(countersign.decide(CALL).reason()).contains("400", "`cwd` must be absolute");
    }

    @Test
    void noServerIsNoPermission() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Countersign nobody = Countersign.at("http://127.0.0.1:" + port + "/", "csa_x");
        Decision decision = nobody.decide(CALL, Duration.ofMinutes(5));
        assertThat(decision).isInstanceOf(Decision.Failed.class);
        assertThat(decision.reason()).startsWith("Countersign could not be asked: ");
        assertThat(nobody.report(decision, true, "")).isFalse();
    }

    @Test
    void anInterruptionEndsTheWaitAndStays() {
        answers.add(new Answer(200, ASK));
        Decision.Ask ask = (Decision.Ask) countersign.decide(CALL);
        Thread.currentThread().interrupt();
        assertThat(countersign.await(ask, Duration.ofMinutes(5)))
                .isInstanceOf(Decision.Failed.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatCannotBeSentIsNoPermission() {
        Call odd = Call.tool("Write", Map.of("at", Double.NaN), "/");
        assertThat(countersign.decide(odd)).isInstanceOf(Decision.Failed.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void anOutcomeIsReported() {
        answers.add(new Answer(200, ALLOW));
        answers.add(new Answer(201, "{}"));
        Decision decision = countersign.decide(CALL);
        assertThat(countersign.report(decision, false, Duration.ofMillis(12), "no space")).isTrue();
        assertThat(asked.get(1))
                .endsWith(
                        "{\"decision\":\"01K\",\"status\":\"failure\",\"duration_ms\":12,"
                                + "\"output\":\"no space\"}");
    }

    @Test
    void anAddressOrTokenThatIsNoneIsSaidAtOnce() {
        assertThatThrownBy(() -> Countersign.at("ftp://x", "t"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Countersign.at("http://x", "a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void jsonIsReadAsItIsWritten() throws Json.Broken {
        String text = "{\"a\":[1,-2.5,1e3,true,null,{\"é\\n\":\"\\ud83d\\ude00\"}]}";
        Map<String, ?> read = Json.object(text);
        assertThat(Json.object(Json.write(read))).isEqualTo(read);
        assertThatThrownBy(() -> Json.object("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"))
                .hasMessageContaining("deeper");
    }
}
