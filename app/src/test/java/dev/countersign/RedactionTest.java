package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.Product;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rule leaves out is nowhere afterwards: in no answer, no event, no export and no file. */
@SuppressWarnings("NullAway.Init")
final class RedactionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARK = "zebraquartz";
    private static final String POLICY =
            """
            policy: silent
            rules:
              - match: {risk: none}
                redact: [content, old_string, new_string, new_source, edits, patch, body, text,
                         title, prompt_text, output]
              - ask: {file_write: "./asked/*"}
              - ask: {tool: "mcp__mail__send"}
              - deny: {file_write: "./denied/*"}
            """;

    private @TempDir Path folder;
    private Path data;
    private Path work;
    private Product.Server server;
    private HttpClient http;
    private String owner;
    private String agent;
    private String person;
    private final List<String> answers = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        work = Files.createDirectories(home.resolve("work"));
        data = folder.resolve("data");
        server =
                new App(
                                new Surroundings(
                                        Map.of("SHELL", "/bin/bash"),
                                        home,
                                        home,
                                        "linux",
                                        Clock.systemUTC()))
                        .start(
                                new ServerSettings.Given(
                                                Optional.of(data),
                                                Optional.empty(),
                                                Optional.of(new Listen("127.0.0.1", 0)),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.of(true),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty())
                                        .complete(data));
        http = HttpClient.newHttpClient();
        owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
        agent = token("{\"kind\":\"agent\",\"name\":\"claude\",\"person\":\"owner@localhost\"}");
        person = token("{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"owner@localhost\"}");
        String put = JSON.createObjectNode().put("file", "p.yaml").put("text", POLICY).toString();
        assertThat(send("PUT", "/v1/policies/tenant", person, put)).contains("\"stored\":true");
    }

    @AfterEach
    void stop() {
        http.close();
    }

    private String token(String body) throws Exception {
        return JSON.readTree(send("POST", "/v1/tokens", owner, body)).path("token").asText();
    }

    private String send(String method, String path, String token, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(server.url() + path))
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private JsonNode decide(String tool, ObjectNode input) throws Exception {
        ObjectNode call = JSON.createObjectNode();
        call.put("client", "claude-code").put("tool", tool).put("cwd", work.toString());
        call.put("workspace", work.toString()).set("input", input);
        String answer = send("POST", "/v1/decisions", agent, call.toString());
        answers.add(answer);
        return JSON.readTree(answer);
    }

    private ObjectNode write(String place) {
        return JSON.createObjectNode()
                .put("file_path", work.resolve(place).toString())
                .put("content", MARK + " " + place);
    }

    private void outcome(JsonNode decision) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        body.put("decision", decision.path("id").asText()).put("status", "success");
        body.put("output", "it wrote " + MARK);
        answers.add(send("POST", "/v1/outcomes", agent, body.toString()));
    }

    private void vote(JsonNode decision, String answer) throws Exception {
        String id = decision.path("approval").path("id").asText();
        answers.add(
                send(
                        "POST",
                        "/v1/approvals/" + id + "/votes",
                        person,
                        "{\"answer\":\"" + answer + "\"}"));
    }

    private void watch() {
        var _ =
                http.sendAsync(
                                HttpRequest.newBuilder(URI.create(server.url() + "/events"))
                                        .header("Authorization", "Bearer " + person)
                                        .build(),
                                BodyHandlers.ofLines())
                        .thenAccept(response -> response.body().forEach(events::add));
        while (events.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsLeftOutIsNowhereOnceTheCallIsOver() throws Exception {
        watch();
        JsonNode allowed = decide("Write", write("notes/a.md"));
        assertThat(allowed.path("effect").asText()).isEqualTo("allow");
        outcome(allowed);
        JsonNode denied = decide("Write", write("denied/a.md"));
        assertThat(denied.path("effect").asText()).isEqualTo("deny");
        ObjectNode edit =
                JSON.createObjectNode()
                        .put("file_path", work.resolve("notes/a.md").toString())
                        .put("old_string", "old " + MARK)
                        .put("new_string", "new " + MARK);
        outcome(decide("Edit", edit));
        vote(decide("Write", write("package.json")), "deny");

        JsonNode refused = decide("Write", write("asked/a.md"));
        assertThat(refused.path("effect").asText()).isEqualTo("ask");
        assertThat(
                        send(
                                "GET",
                                "/v1/approvals/" + refused.path("approval").path("id").asText(),
                                person,
                                ""))
                .contains(MARK);
        vote(refused, "deny");
        JsonNode approved = decide("Write", write("asked/b.md"));
        vote(approved, "approve");
        JsonNode used = decide("Write", write("asked/b.md"));
        assertThat(used.path("effect").asText()).as(used.toString()).isEqualTo("allow");
        outcome(used);
        ObjectNode mail = JSON.createObjectNode().put("to", "li@example.com");
        mail.put("title", "about " + MARK).putObject("message").put("body", "so " + MARK);
        JsonNode sent = decide("mcp__mail__send", mail);
        assertThat(sent.path("effect").asText()).isEqualTo("ask");
        vote(sent, "deny");

        for (JsonNode decision : List.of(allowed, denied, refused, approved, sent)) {
            String id = decision.path("id").asText();
            answers.add(send("GET", "/v1/decisions/" + id, agent, ""));
            String approval = decision.path("approval").path("id").asText();
            if (!approval.isEmpty()) {
                answers.add(send("GET", "/v1/approvals/" + approval, person, ""));
            }
        }
        answers.add(send("GET", "/v1/approvals", person, ""));
        answers.add(send("GET", "/v1/audit", person, ""));
        answers.add(send("GET", "/v1/audit?q=" + MARK, person, ""));
        answers.add(send("GET", "/metrics", person, ""));
        answers.addAll(events);
        server.close();
        assertThat(answers).noneMatch(answer -> answer.contains(MARK) && !open(answer));
        assertThat(String.join("\n", answers)).contains("asked/a.md", "left out by policy");
        try (Stream<Path> files = Files.walk(data)) {
            assertThat(files.filter(Files::isRegularFile).filter(RedactionTest::marked)).isEmpty();
        }
    }

    /** An approval that is not over: who is asked must see what it is about. */
    private static boolean open(String answer) {
        return answer.matches(
                "(data:)?\\{\"id\":\"APR-[0-9]+\",\"status\":\"(pending|approved)\".*");
    }

    private static boolean marked(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(MARK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
