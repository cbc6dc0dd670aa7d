package dev.countersign;

import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs are told of questions by signed requests, whatever their receiver does. */
@SuppressWarnings("NullAway.Init")
final class WebhookTest {
    private static final String SECRET =
            "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
    private static final String ASKED = "git push origin main";

    private @TempDir Path folder;
    private HttpServer receiver;
    private final ConcurrentLinkedQueue<Taken> taken = new ConcurrentLinkedQueue<>();
    private volatile int status = 200;
    private volatile String location = "";
    private volatile String refused = "";
    private final AtomicInteger tries = new AtomicInteger();
    private volatile boolean slow;

    /** A request as it came. */
    private record Taken(String id, long timestamp, String signature, String body, JsonNode json) {
        String type() {
            return json.path("type").asText();
        }

        String approval() {
            return json.at("/data/approval").asText();
        }
    }

    @BeforeEach
    void receive() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.createContext("/hook", this::take);
        receiver.start();
        Files.writeString(folder.resolve("secret"), SECRET + "\n");
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (slow) {
            LockSupport.parkNanos(20_000_000);
        }
        int answer =
                !refused.isEmpty()
                                && NotifiedServer.JSON.readTree(body).toString().contains(refused)
                        ? 500
                        : status;
        if (answer == 500) {
            tries.incrementAndGet();
        }
        if (answer == 200) {
            taken.add(
                    new Taken(
                            exchange.getRequestHeaders().getFirst("webhook-id"),
                            Long.parseLong(
                                    exchange.getRequestHeaders().getFirst("webhook-timestamp")),
                            exchange.getRequestHeaders().getFirst("webhook-signature"),
                            new String(body, StandardCharsets.UTF_8),
                            NotifiedServer.JSON.readTree(body)));
        }
        if (!location.isEmpty()) {
            exchange.getResponseHeaders().add("Location", location);
        }
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }

    private String settings() {
        return """
        notify:
          allow_private: [127.0.0.1]
          channels:
            - {name: ops, kind: webhook, url: "%s", secret_file: secret}
        """
                .formatted(url());
    }

    private static String signed(Taken request) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
        mac.update(
                (request.id() + "." + request.timestamp() + ".").getBytes(StandardCharsets.UTF_8));
        return "v1,"
                + Base64.getEncoder()
                        .encodeToString(
                                mac.doFinal(request.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void eachChangeOfAQuestionIsToldInOrderAndSigned() throws Exception {
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            String id = server.ask(ASKED);
            until("the question", () -> taken.size() == 1);
            server.vote(id, server.person(NotifiedServer.ANA, "owner"), "approve");
            until("its end", () -> taken.size() == 2);
            List<Taken> all = new ArrayList<>(taken);
            assertThat(all)
                    .extracting(Taken::type)
                    .containsExactly("approval.requested", "approval.decided");
            for (Taken each : all) {
                assertThat(each.approval()).isEqualTo(id);
                assertThat(each.signature()).isEqualTo(signed(each));
                assertThat(each.json().toString()).doesNotContain("git push");
            }
            assertThat(all.getLast().json().at("/data/vote/person").asText())
                    .isEqualTo(NotifiedServer.ANA);
            assertThat(all.getLast().json().at("/data/status").asText()).isEqualTo("approved");
        }
    }

    /** The outage of the measure: a thousand wait, and none is lost or told twice. */
    @Test
    void whatWaitsWhileTheReceiverIsAwayIsToldOnceItIsBack() throws Exception {
        status = 503;
        int questions = 250;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            String ana = server.person(NotifiedServer.ANA, "owner");
            Set<String> asked = new HashSet<>();
            for (int i = 0; i < questions; i++) {
                String id = server.ask(ASKED + i);
                server.vote(id, ana, "deny");
                asked.add(id);
            }
            assertThat(taken).isEmpty();
            assertThat(server.channel("ops").path("waiting").asInt()).isPositive();
            status = 200;
            until("all of them", () -> taken.size() >= 2 * questions);
            until("none waits", () -> server.channel("ops").path("waiting").asInt() == 0);
            Map<String, List<String>> told = new HashMap<>();
            Set<String> ids = new HashSet<>();
            for (Taken each : taken) {
                assertThat(ids.add(each.id())).isTrue();
                told.computeIfAbsent(each.approval(), _ -> new ArrayList<>()).add(each.type());
            }
            assertThat(told.keySet()).isEqualTo(asked);
            assertThat(told.values())
                    .allMatch(List.of("approval.requested", "approval.decided")::equals);
            assertThat(server.channel("ops").path("state").asText()).isEqualTo("working");
        }
    }

    /** One message that makes the receiver fail is neither hurried by the others nor given up. */
    @Test
    void whatAlwaysFailsKeepsItsOwnTimeWhileOthersArrive() throws Exception {
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            refused = "\"APR-1\"";
            assertThat(server.ask(ASKED)).isEqualTo("APR-1");
            for (int i = 0; i < 60; i++) {
                server.ask(ASKED + i);
                int wanted = i + 1;
                until("the others", () -> taken.size() == wanted);
            }
            assertThat(tries).hasValueLessThan(8);
            JsonNode ops = server.channel("ops");
            assertThat(ops.path("failed").asInt()).isZero();
            assertThat(ops.path("waiting").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatStopsInBetweenTellsAfterwards() throws Exception {
        status = 503;
        String id;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            id = server.ask(ASKED);
        }
        status = 200;
        try (NotifiedServer _ = new NotifiedServer(folder, settings())) {
            until("the question", () -> taken.size() == 1);
            assertThat(taken.peek().approval()).isEqualTo(id);
        }
    }

    @Test
    void whatIsGivenUpIsSeenAndTriedAgain() throws Exception {
        status = 410;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            String id = server.ask(ASKED);
            until("it is given up", () -> server.channel("ops").path("failed").asInt() == 1);
            // Its receiver wants no more: nothing else is sent there, and everybody sees that.
            until(
                    "it has ended",
                    () -> server.channel("ops").path("state").asText().equals("ended"));
            assertThat(server.channel("ops").path("error").asText())
                    .isEqualTo("its receiver wants no more messages: status 410");
            String _ = server.ask(ASKED + " while it has ended");
            assertThat(server.call("GET", "/v1/audit?kind=channel", server.owner, "").toString())
                    .contains("was ended by its receiver, which says status 410");
            JsonNode failed =
                    server.call("GET", "/v1/notifications", server.owner, "")
                            .path("notifications")
                            .path(0);
            assertThat(failed.path("approval").asText()).isEqualTo(id);
            assertThat(failed.path("error").asText()).isEqualTo("status 410");
            status = 200;
            ObjectNode which =
                    NotifiedServer.JSON.createObjectNode().put("id", failed.path("id").asText());
            assertThat(
                            server.call(
                                            "POST",
                                            "/v1/notifications/replay",
                                            server.owner,
                                            which.toString())
                                    .path("again")
                                    .asInt())
                    .isEqualTo(1);
            until("it came", () -> taken.size() == 1);
            assertThat(taken.peek().id()).isEqualTo(failed.path("id").asText());
            assertThat(server.channel("ops").path("state").asText()).isEqualTo("working");
            assertThat(server.channel("ops").path("waiting").asInt()).isZero();
        }
    }

    @Test
    void nothingIsSentOnToWhereAnAnswerPoints() throws Exception {
        status = 302;
        location = url();
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            JsonNode tried = server.call("POST", "/v1/channels/ops/test", server.owner, "");
            assertThat(tried.path("arrived").asBoolean()).isFalse();
            assertThat(tried.path("error").asText()).isEqualTo("status 302");
        }
    }

    /** Whoever may add a channel must not make the server talk to what only it can reach. */
    @Test
    void privateAddressesAreRefusedUnlessTheSettingsAllowThem() throws Exception {
        try (NotifiedServer server = new NotifiedServer(folder, "hold: 0s\n")) {
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "webhook");
            body.putObject("settings").put("url", url());
            JsonNode made =
                    server.call("PUT", "/v1/channels/mine", server.ownPerson(), body.toString());
            assertThat(made.path("secret").asText()).startsWith("whsec_");
            JsonNode tried = server.call("POST", "/v1/channels/mine/test", server.owner, "");
            assertThat(tried.path("error").asText()).contains("private network");
            assertThat(taken).isEmpty();
            JsonNode listed = server.call("GET", "/v1/channels", server.owner, "");
            assertThat(listed.toString()).doesNotContain(made.path("secret").asText());
        }
    }

    @Test
    void aChannelThatPeopleAddedIsThereAfterAStartWithItsSecret() throws Exception {
        String allow = "notify: {allow_private: [127.0.0.1]}\n";
        String secret;
        try (NotifiedServer server = new NotifiedServer(folder, allow)) {
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "webhook");
            body.putObject("settings").put("url", url()).put("risk", "low");
            body.putObject("secrets").put("secret", SECRET);
            String person = server.ownPerson();
            JsonNode made = server.call("PUT", "/v1/channels/ops", person, body.toString());
            assertThat(made.has("secret")).isFalse();
            body.remove("secrets");
            // Elsewhere its secret does not go along.
            body.withObject("/settings").put("url", url() + "/elsewhere");
            secret =
                    server.call("PUT", "/v1/channels/ops", person, body.toString())
                            .path("secret")
                            .asText();
            assertThat(secret).startsWith("whsec_").isNotEqualTo(SECRET);
            // Whoever knows all of an address may often post there: records name its host.
            assertThat(server.call("GET", "/v1/audit?kind=channel", server.owner, "").toString())
                    .contains("127.0.0.1 sha256:")
                    .doesNotContain("elsewhere");
        }
        try (var files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret)
                        .doesNotContain(SECRET);
            }
        }
        try (NotifiedServer server = new NotifiedServer(folder, allow)) {
            server.ask(ASKED);
            until("the question", () -> taken.size() == 1);
            JsonNode _ = server.call("DELETE", "/v1/channels/ops", server.ownPerson(), "");
            server.ask(ASKED + " again");
            assertThat(server.call("GET", "/v1/channels", server.owner, "").path("channels"))
                    .isEmpty();
        }
    }

    /** A channel that has ended stays so over a start, until somebody takes it up again. */
    @Test
    void anEndOutlastsAStart() throws Exception {
        status = 410;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            String _ = server.ask(ASKED);
            until(
                    "it has ended",
                    () -> server.channel("ops").path("state").asText().equals("ended"));
        }
        status = 200;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            assertThat(server.channel("ops").path("state").asText()).isEqualTo("ended");
            String _ = server.ask(ASKED + " more");
            assertThat(
                            server.call("POST", "/v1/channels/ops/test", server.owner, "")
                                    .path("arrived")
                                    .asBoolean())
                    .isTrue();
            assertThat(server.channel("ops").path("state").asText()).isEqualTo("working");
            String _ = server.ask(ASKED + " again");
            until("the test and the question", () -> taken.size() == 2);
        }
        // One that leads elsewhere is another.
        status = 410;
        try (NotifiedServer server = new NotifiedServer(folder, settings())) {
            String _ = server.ask(ASKED + " once more");
            until(
                    "it has ended",
                    () -> server.channel("ops").path("state").asText().equals("ended"));
        }
        String elsewhere = settings().replace("/hook", "/hook/elsewhere");
        try (NotifiedServer server = new NotifiedServer(folder, elsewhere)) {
            assertThat(server.channel("ops").path("state").asText()).isEqualTo("working");
        }
    }

    /** Changes that come quickly: what one lane has under way no other sends, and none is lost. */
    @Test
    void quickChangesOfAChannelSendNothingTwice() throws Exception {
        try (NotifiedServer server =
                new NotifiedServer(folder, "notify: {allow_private: [127.0.0.1]}\n")) {
            String person = server.ownPerson();
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "webhook");
            body.putObject("settings").put("url", url());
            body.putObject("secrets").put("secret", SECRET);
            slow = true;
            Set<String> asked = new HashSet<>();
            for (int i = 0; i < 30; i++) {
                body.withObject("/settings").put("risk", i % 2 == 0 ? "none" : "low");
                if (i % 7 == 6) {
                    JsonNode _ = server.call("DELETE", "/v1/channels/ops", person, "");
                }
                assertThat(
                                server.send("PUT", "/v1/channels/ops", person, body.toString())
                                        .statusCode())
                        .isEqualTo(200);
                asked.add(server.ask(ASKED + i));
            }
            until("nothing waits", () -> server.channel("ops").path("waiting").asInt() == 0);
            Set<String> ids = new HashSet<>();
            assertThat(taken).allMatch(each -> ids.add(each.id()));
            assertThat(taken).allMatch(each -> asked.contains(each.approval()));
        }
    }

    /** Two people change it at once: one of them is told, and no secret of the other is lost. */
    @Test
    void twoChangesAtOnceAreNotMixed() throws Exception {
        try (NotifiedServer server =
                new NotifiedServer(folder, "notify: {allow_private: [127.0.0.1]}\n")) {
            String person = server.ownPerson();
            ObjectNode body = NotifiedServer.JSON.createObjectNode().put("kind", "webhook");
            body.putObject("settings").put("url", url());
            List<Integer> answers =
                    java.util.stream.IntStream.range(0, 40)
                            .parallel()
                            .mapToObj(i -> {
                                ObjectNode mine = body.deepCopy();
                                mine.withObject("/settings")
                                        .put("risk", i % 2 == 0 ? "none" : "low");
                                mine.putObject("secrets")
                                        .put(
                                                "secret",
                                                "whsec_"
                                                        + Base64.getEncoder()
                                                                .encodeToString(
                                                                        ("secret number "
                                                                                        + (100 + i)
                                                                                        + " of twenty-four")
                                                                                .getBytes(
                                                                                        StandardCharsets
                                                                                                .UTF_8)));
                                try {
                                    return server.send(
                                                    "PUT",
                                                    "/v1/channels/ops",
                                                    person,
                                                    mine.toString())
                                            .statusCode();
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            })
                            .toList();
            assertThat(answers).contains(200).allMatch(each -> each == 200 || each == 409);
        }
    }
}
