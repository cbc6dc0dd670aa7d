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
        int answer = status;
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
            JsonNode made = server.call("PUT", "/v1/channels/mine", server.owner, body.toString());
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
            JsonNode made = server.call("PUT", "/v1/channels/ops", server.owner, body.toString());
            assertThat(made.has("secret")).isFalse();
            body.remove("secrets");
            // Elsewhere its secret does not go along.
            body.withObject("/settings").put("url", url() + "/elsewhere");
            secret =
                    server.call("PUT", "/v1/channels/ops", server.owner, body.toString())
                            .path("secret")
                            .asText();
            assertThat(secret).startsWith("whsec_").isNotEqualTo(SECRET);
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
            JsonNode _ = server.call("DELETE", "/v1/channels/ops", server.owner, "");
            server.ask(ASKED + " again");
            assertThat(server.call("GET", "/v1/channels", server.owner, "").path("channels"))
                    .isEmpty();
        }
    }
}
