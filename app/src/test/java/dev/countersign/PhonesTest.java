package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Phones (ntfy) and Microsoft Teams are told in their own forms, which refuse what is not theirs.
 */
@SuppressWarnings("NullAway.Init")
final class PhonesTest {
    private static final String POLICY =
            """
            policy: story
            rules:
              - ask: {shell_run: "git push"}
                approvers: [ana@example.com]
              - ask: {file_write: "./kept/*"}
                approvers: [ana@example.com]
                redact: [content]
            """;

    private @TempDir Path folder;
    private HttpServer receiver;
    private final ConcurrentLinkedQueue<JsonNode> phones = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<JsonNode> cards = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean limited;

    @BeforeEach
    void receive() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.createContext("/ntfy/", this::ntfy);
        receiver.createContext("/workflows/", this::teams);
        receiver.start();
        String base = "http://127.0.0.1:" + receiver.getAddress().getPort();
        Files.writeString(folder.resolve("ntfy"), base + "/ntfy/approvals-of-ours");
        Files.writeString(folder.resolve("ntfy.token"), "tk_secret");
        Files.writeString(folder.resolve("teams"), base + "/workflows/x/triggers/manual?sig=abc");
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    /** As ntfy's documentation of publishing as JSON says it. */
    private void ntfy(HttpExchange exchange) throws IOException {
        JsonNode body = NotifiedServer.JSON.readTree(exchange.getRequestBody());
        int status = 200;
        if (!"Bearer tk_secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            status = 403;
        } else if (limited) {
            limited = false;
            status = 429;
            exchange.getResponseHeaders().add("Retry-After", "1");
        } else if (!exchange.getRequestURI().getPath().equals("/ntfy/")
                || !body.path("topic").asText().equals("approvals-of-ours")
                || body.path("message").asText().length() > 4_096
                || body.path("title").asText().length() > 250
                || (body.has("priority")
                        && (body.path("priority").asInt() < 1 || body.path("priority").asInt() > 5))
                || (body.has("click") && !body.path("click").asText().startsWith("http"))) {
            wrong.add(exchange.getRequestURI() + " " + body);
            status = 400;
        } else {
            phones.add(body);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** As a workflow that posts cards takes them: an adaptive card of at most 28 kB. */
    private void teams(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        JsonNode body = NotifiedServer.JSON.readTree(bytes);
        JsonNode attachment = body.at("/attachments/0");
        JsonNode card = attachment.path("content");
        boolean good =
                bytes.length <= 28 * 1024
                        && "sig=abc".equals(exchange.getRequestURI().getQuery())
                        && body.path("type").asText().equals("message")
                        && attachment
                                .path("contentType")
                                .asText()
                                .equals("application/vnd.microsoft.card.adaptive")
                        && card.path("type").asText().equals("AdaptiveCard")
                        && Set.of("1.2", "1.3", "1.4").contains(card.path("version").asText())
                        && card.path("body").size() > 0;
        for (JsonNode block : card.path("body")) {
            good &= block.path("type").asText().equals("TextBlock");
        }
        for (JsonNode action : card.path("actions")) {
            good &= action.path("type").asText().equals("Action.OpenUrl");
        }
        if (good) {
            cards.add(card);
        } else {
            wrong.add(body.toString());
        }
        exchange.sendResponseHeaders(good ? 202 : 400, -1);
        exchange.close();
    }

    private NotifiedServer started() throws Exception {
        NotifiedServer server =
                new NotifiedServer(
                        folder,
                        """
                        notify:
                          allow_private: [127.0.0.1]
                          channels:
                            - {name: phone, kind: ntfy, url_file: ntfy, token_file: ntfy.token}
                            - {name: teams, kind: teams, url_file: teams}
                        """);
        String _ = server.person(ANA, "maintainer");
        server.policy(POLICY);
        return server;
    }

    private static List<String> texts(JsonNode card) {
        return card.path("body").findValuesAsText("text");
    }

    @Test
    void aQuestionAndItsEndAreToldInTheirForms() throws Exception {
        try (NotifiedServer server = started()) {
            // Markup, links and a fence of an agent's are text.
            String id = server.ask("git push origin 'ma*in*[x](https://evil.example)'");
            until("both", () -> phones.size() == 1 && cards.size() == 1);
            JsonNode phone = phones.peek();
            assertThat(phone.path("title").asText())
                    .isEqualTo("high risk: builder asks in payments");
            assertThat(phone.path("priority").asInt()).isEqualTo(4);
            assertThat(phone.path("click").asText()).endsWith("/approvals/" + id);
            assertThat(phone.has("markdown")).isFalse();
            assertThat(texts(cards.peek()))
                    .anyMatch(text -> text.contains("ma\\*in\\*\\[x\\]\\(https"))
                    .noneMatch(text -> text.contains("[x]("));
            assertThat(cards.peek().at("/actions/0/url").asText()).endsWith("/approvals/" + id);

            server.vote(id, server.token(token()), "deny");
            until("the end", () -> phones.size() == 2 && cards.size() == 2);
            assertThat(phones.toArray(JsonNode[]::new)[1].path("message").asText())
                    .contains(id, "denied");
            assertThat(wrong).isEmpty();
        }
    }

    private static String token() {
        return "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + ANA + "\"}";
    }

    /** What is very long, or left out by a rule, fits and stays out; a limit is waited for. */
    @Test
    void whateverAnAgentWritesFits() throws Exception {
        try (NotifiedServer server = started()) {
            limited = true;
            ObjectNode write = NotifiedServer.JSON.createObjectNode();
            write.put("file_path", server.work.resolve("kept/a.txt").toString());
            write.put("content", "hunter2 ".repeat(20_000));
            String _ = server.ask("Write", write);
            String _ = server.ask("git push origin '" + "\u202e*_~".repeat(1_000) + "'");
            until("all", () -> phones.size() == 2 && cards.size() == 2);
            assertThat(wrong).isEmpty();
            assertThat(phones.toString() + cards).doesNotContain("hunter2", "\u202e");
        }
    }

    /** Whoever adds a channel sees at once whether it works. */
    @Test
    void aTestMessageSaysWhetherItArrived() throws Exception {
        Files.writeString(folder.resolve("ntfy.token"), "tk_wrong");
        try (NotifiedServer server = started()) {
            assertThat(test(server, "teams").path("arrived").asBoolean()).isTrue();
            assertThat(test(server, "phone").path("error").asText()).isEqualTo("status 403");
            assertThat(cards).hasSize(1);
            assertThat(phones).isEmpty();
        }
    }

    private static JsonNode test(NotifiedServer server, String channel) throws Exception {
        return server.call("POST", "/v1/channels/" + channel + "/test", server.owner, "");
    }
}
