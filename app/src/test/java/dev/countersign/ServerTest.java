package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The whole product in one process: real server, real database, real HTTP. */
@SuppressWarnings("NullAway.Init")
final class ServerTest {
    private static final Path PAYLOADS = Path.of("src/test/resources/clients/claude-code/payloads");
    private static final ObjectMapper JSON = new ObjectMapper();

    private @TempDir Path folder;
    private App app;
    private Path data;
    private Product.Server server;
    private HttpClient http;
    private String owner;
    private String agent;
    private String person;

    @BeforeEach
    void start() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        data = folder.resolve("data");
        app =
                new App(
                        new Surroundings(
                                Map.of("SHELL", "/bin/bash"),
                                home,
                                home,
                                "linux",
                                Clock.systemUTC()));
        http = HttpClient.newHttpClient();
        run();
    }

    private void run() throws Exception {
        run(Optional.empty());
    }

    private void run(Optional<Duration> expiry) throws Exception {
        server = app.start(settings(expiry));
        owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
        agent = token("{\"kind\":\"agent\",\"name\":\"claude\",\"person\":\"owner@localhost\"}");
        person = token("{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"owner@localhost\"}");
    }

    private ServerSettings settings(Optional<Duration> expiry) {
        return new ServerSettings.Given(
                        Optional.of(data),
                        Optional.empty(),
                        Optional.of(new Listen("127.0.0.1", 0)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(true),
                        expiry,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .complete(data);
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    @TestFactory
    Stream<DynamicTest> everyRecordedPayloadIsAnsweredInTheClientsForm() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(PAYLOADS)) {
            files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(40);
        return files.stream()
                .map(file ->
                        DynamicTest.dynamicTest(
                                String.valueOf(file.getFileName()), () -> answered(file)));
    }

    private void answered(Path file) throws Exception {
        String event = String.valueOf(file.getFileName()).split("\\.", 2)[0];
        CompletableFuture<HttpResponse<String>> answer =
                send("POST", "/hooks/claude-code/" + event, agent, Files.readString(file));
        while (!answer.isDone()) {
            denyWhatIsAsked();
        }
        assertThat(answer.get().statusCode()).isEqualTo(200);
        JsonNode body = JSON.readTree(answer.get().body());
        if (event.equals("PreToolUse")) {
            JsonNode said = body.path("hookSpecificOutput");
            assertThat(said.path("hookEventName").asText()).isEqualTo("PreToolUse");
            assertThat(said.path("permissionDecision").asText()).isIn("allow", "deny");
            if (said.path("permissionDecision").asText().equals("deny")) {
                assertThat(said.path("permissionDecisionReason").asText()).contains("Countersign");
            }
        } else if (event.equals("PermissionRequest")) {
            assertThat(body.path("hookSpecificOutput").path("decision").path("behavior").asText())
                    .isIn("allow", "deny");
        } else {
            assertThat(body.isObject()).isTrue();
        }
    }

    private void denyWhatIsAsked() throws Exception {
        JsonNode list = get("/v1/approvals", person);
        for (JsonNode each : list.path("approvals")) {
            if (each.path("status").asText().equals("pending")) {
                vote(each.path("id").asText(), "deny", "not in a test");
            }
        }
    }

    @Test
    void aHeldCallIsApprovedRunsOnceAndIsWrittenDown() throws Exception {
        CompletableFuture<HttpResponse<String>> held =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String id = pending();
        assertThat(held).isNotDone();
        vote(id, "approve", "");
        assertThat(held.get(10, TimeUnit.SECONDS).body()).contains("\"allow\"");

        JsonNode records = get("/v1/audit?kind=decision", owner).path("records");
        assertThat(records.get(0).path("record").path("effect").asText()).isEqualTo("allow");
        assertThat(records.get(0).path("record").path("decider").asText()).isEqualTo("person");
        assertThat(records.get(1).path("record").path("effect").asText()).isEqualTo("ask");

        // An approval is for one call: the same again is a new question.
        CompletableFuture<HttpResponse<String>> again =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String second = pending();
        assertThat(second).isNotEqualTo(id);
        vote(second, "deny", "not twice");
        assertThat(again.get(10, TimeUnit.SECONDS).body())
                .contains("\"deny\"")
                .contains("not twice");
    }

    @Test
    void twoOfTheSameCallAtOnceShareOneApprovalAndOnlyOneRuns() throws Exception {
        CompletableFuture<HttpResponse<String>> one =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String id = pending();
        CompletableFuture<HttpResponse<String>> other =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        vote(id, "approve", "");
        long allowed = 0;
        long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (CompletableFuture<HttpResponse<String>> call : List.of(one, other)) {
            while (!call.isDone()) {
                assertThat(System.nanoTime()).as("nobody answers").isLessThan(late);
                denyWhatIsAsked();
            }
            allowed += call.get().body().contains("\"allow\"") ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(1);
    }

    @Test
    void nobodyAnsweringIsADenySaidAsSuch() throws Exception {
        server.close();
        run(Optional.of(Duration.ofSeconds(1)));
        HttpResponse<String> answer =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"))
                        .get(20, TimeUnit.SECONDS);
        assertThat(answer.body()).contains("\"deny\"").contains("nobody answered");
    }

    /** The running server itself looks every second what time has done. */
    @Test
    void aQuestionEscalatesWhileItsCallIsHeld() throws Exception {
        ObjectNode policy = JSON.createObjectNode().put("file", "away.yaml");
        policy.put(
                "text",
                """
                policy: away
                rules:
                  - ask: git_push
                    approvers: [{role: maintainer}]
                    escalate: {after: 1s, to: [{role: owner}]}
                    unanswered: wait
                """);
        HttpResponse<String> put =
                send("PUT", "/v1/policies/tenant", person, policy.toString())
                        .get(10, TimeUnit.SECONDS);
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> held =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String id = pending();
        while (get("/v1/approvals/" + id, person).path("notices").isEmpty()) {
            assertThat(held).isNotDone();
        }
        assertThat(get("/v1/audit?kind=escalation", owner).path("records").toString())
                .contains(id + " escalated to one of role:owner");
        vote(id, "approve", "");
        assertThat(held.get(10, TimeUnit.SECONDS).body()).contains("\"allow\"");
    }

    @Test
    void anApprovalNobodyUsesInTimeIsNoLongerOne() throws Exception {
        server.close();
        run(Optional.of(Duration.ofSeconds(1)));
        String first =
                post("/v1/decisions", agent, decision("git push origin x"))
                        .path("approval")
                        .path("id")
                        .asText();
        vote(first, "approve", "");
        Instant approved = Instant.now();
        JsonNode again;
        do {
            again = get("/v1/approvals/" + first, person);
        } while (Instant.now().isBefore(approved.plus(Duration.ofMillis(1_100))));
        assertThat(again.path("status").asText()).isEqualTo("approved");
        JsonNode late = post("/v1/decisions", agent, decision("git push origin x"));
        assertThat(late.path("effect").asText()).isEqualTo("ask");
        assertThat(late.path("approval").path("id").asText()).isNotEqualTo(first);
    }

    @Test
    void anApprovalIsVoidWhenPolicyForbidsTheCallMeanwhile() throws Exception {
        Path work = workspace();
        JsonNode asked =
                post("/v1/decisions", agent, decision("git push origin x", work.toString()));
        vote(asked.path("approval").path("id").asText(), "approve", "");
        Files.writeString(
                work.resolve("countersign.yaml"), "policy: x\nrules:\n  - deny: git_push\n");
        JsonNode later = get("/v1/decisions/" + asked.path("id").asText() + "?wait=1s", agent);
        assertThat(later.path("effect").asText()).as(later.toString()).isEqualTo("deny");
        assertThat(later.path("approval").path("status").asText()).isEqualTo("superseded");
    }

    @Test
    void aResultNobodyDecidedAboutIsAnAlarm() throws Exception {
        String payload = Files.readString(PAYLOADS.resolve("PostToolUse.Bash.json"));
        assertThat(
                        send("POST", "/hooks/claude-code/PostToolUse", agent, payload)
                                .get()
                                .statusCode())
                .isEqualTo(200);
        JsonNode alarms = get("/v1/audit?kind=alarm", owner).path("records");
        assertThat(alarms).hasSize(1);
        assertThat(alarms.get(0).path("record").path("summary").asText()).contains("unmediated");
    }

    @Test
    void nobodyButAPersonVotes() throws Exception {
        CompletableFuture<HttpResponse<String>> held =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String id = pending();
        for (String token : List.of(agent, owner)) {
            HttpResponse<String> refused =
                    send(
                                    "POST",
                                    "/v1/approvals/" + id + "/votes",
                                    token,
                                    "{\"answer\":\"approve\"}")
                            .get();
            assertThat(refused.statusCode()).isEqualTo(403);
        }
        assertThat(held).isNotDone();
        vote(id, "deny", "");
        assertThat(held.get(10, TimeUnit.SECONDS).body()).contains("\"deny\"");
    }

    @Test
    void stoppingAnswersWhatIsHeldWithinTwoSeconds() throws Exception {
        CompletableFuture<HttpResponse<String>> held =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        pending();
        long from = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
        assertThat(held.get(2, TimeUnit.SECONDS).body())
                .contains("\"deny\"")
                .contains("could not judge");
    }

    @Test
    void whatWasAskedIsStillAskedAfterARestart() throws Exception {
        String first =
                post("/v1/decisions", agent, decision("git push origin x"))
                        .path("approval")
                        .path("id")
                        .asText();
        server.close();
        run();
        vote(first, "approve", "");
        JsonNode retry = post("/v1/decisions", agent, decision("git push origin x"));
        // Another token of the same agent and driver: the same requester.
        assertThat(retry.path("effect").asText()).isEqualTo("allow");
        assertThat(retry.path("approval").path("id").asText()).isEqualTo(first);
        assertThat(retry.path("receipt").path("hash").asText()).hasSize(64);
    }

    @Test
    void aBrokenPolicyFileIsNamedAndNeverReadsAsPolicy() throws Exception {
        Path work = workspace();
        Files.writeString(
                work.resolve("countersign.yaml"), "policy: x\nrulez:\n  - deny: git_push\n");
        JsonNode answer = post("/v1/decisions", agent, decision("ls", work.toString()));
        assertThat(answer.path("effect").asText()).isEqualTo("deny");
        assertThat(answer.path("decider").path("kind").asText()).isEqualTo("failure");
        assertThat(answer.path("reason").asText())
                .startsWith("Countersign could not judge this: ")
                .contains("countersign.yaml:2:1")
                .contains("rules");
    }

    @Test
    void aClonedRepositoryThatAllowsEverythingOpensNothingUntilAPersonAcceptsIt() throws Exception {
        Path work = workspace();
        Path file = work.resolve("countersign.yaml");
        Files.writeString(file, "policy: open\nprofile: full-access\nautonomy: full\n");
        assertThat(effect("git push origin x", work)).isEqualTo("ask");

        String sha = sha256(file);
        String acceptance =
                JSON.createObjectNode().put("path", file.toString()).put("sha256", sha).toString();
        assertThat(send("POST", "/v1/policies/accept", owner, acceptance).get().statusCode())
                .isEqualTo(403);
        String dry = acceptance.replace("}", ",\"dry_run\":true}");
        JsonNode widened =
                JSON.readTree(send("POST", "/v1/policies/accept", person, dry).get().body())
                        .path("newly_allowed");
        assertThat(widened.path("records").asInt()).as("those of this workspace").isOne();
        assertThat(widened.path("calls").toString())
                .contains("{\"call\":\"git push origin x\",\"agent\":")
                .contains("\"recorded\":1");
        assertThat(send("GET", "/v1/policies/waiting", person, "").get().body())
                .contains(file.toString(), "newly_allowed");
        String inForce = "/v1/policies/effective?workspace=" + work;
        assertThat(send("GET", inForce, person, "").get().body()).contains("standard/git_push");
        assertThat(send("POST", "/v1/policies/accept", person, acceptance).get().statusCode())
                .isLessThan(300);
        assertThat(effect("git push origin x", work)).isEqualTo("allow");
        assertThat(send("GET", inForce, person, "").get().body()).contains("full-access/git_push");
        RawHttp.Answer elsewhere =
                new RawHttp(server.url().getPort())
                        .send(
                                "GET",
                                inForce,
                                server.url().getAuthority(),
                                Map.of(
                                        "Authorization",
                                        "Bearer " + person,
                                        "X-Forwarded-For",
                                        "192.0.2.1"),
                                null);
        assertThat(elsewhere.status()).as(elsewhere.body()).isEqualTo(200);
        assertThat(elsewhere.body())
                .as("what is on this machine's disk is nobody's elsewhere")
                .contains("standard/git_push")
                .doesNotContain("full-access");

        Files.writeString(file, "policy: open\nprofile: full-access\nautonomy: full\n# changed\n");
        assertThat(effect("git push origin x", work)).isEqualTo("ask");
    }

    @Test
    void aPipeInPlaceOfAPolicyFileHoldsNobodyUp() throws Exception {
        Path work = workspace();
        Path pipe = work.resolve("countersign.yaml");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        JsonNode answer = post("/v1/decisions", agent, decision("ls", work.toString()));
        assertThat(answer.path("effect").asText()).isEqualTo("deny");
        assertThat(answer.path("reason").asText()).contains("not a regular file");
    }

    @Test
    void aTakenPortIsRefusedAndNothingIsAnnounced() {
        ServerSettings taken =
                new ServerSettings.Given(
                                Optional.of(folder.resolve("other")),
                                Optional.empty(),
                                Optional.of(new Listen("127.0.0.1", server.url().getPort())),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())
                        .complete(data);
        assertThatThrownBy(() -> app.start(taken))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("cannot listen on");
        assertThat(folder.resolve("other/owner.json")).doesNotExist();
    }

    @Test
    void anotherSessionsSameCallIsAQuestionOfItsOwn() throws Exception {
        CompletableFuture<HttpResponse<String>> held =
                send("POST", "/hooks/claude-code/PreToolUse", agent, bash("git push origin x"));
        String first = pending();
        ObjectNode other = (ObjectNode) JSON.readTree(bash("git push origin x"));
        other.put("session_id", "22222222-2222-4333-8444-555555555555");
        CompletableFuture<HttpResponse<String>> second =
                send("POST", "/hooks/claude-code/PreToolUse", agent, other.toString());
        while (get("/v1/approvals", person).path("approvals").size() < 2) {
            assertThat(second).isNotDone();
        }
        vote(first, "approve", "");
        assertThat(held.get(10, TimeUnit.SECONDS).body()).contains("\"allow\"");
        assertThat(second).isNotDone();
        denyWhatIsAsked();
        assertThat(second.get(10, TimeUnit.SECONDS).body()).contains("\"deny\"");
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefused() {
        assertThatThrownBy(() -> app.start(settings(Optional.empty())))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(data.toString());
    }

    private Path workspace() throws IOException {
        Files.createDirectories(folder.resolve("home/work/.git"));
        return folder.resolve("home/work");
    }

    private String effect(String command, Path workspace) throws Exception {
        return post("/v1/decisions", agent, decision(command, workspace.toString()))
                .path("effect")
                .asText();
    }

    private String bash(String command) throws Exception {
        JsonNode payload = JSON.readTree(PAYLOADS.resolve("PreToolUse.Bash.json").toFile());
        ((ObjectNode) payload.path("tool_input")).put("command", command);
        return payload.toString();
    }

    private static String decision(String command) {
        return decision(command, "/home/dev/project");
    }

    private static String decision(String command, String workspace) {
        ObjectNode body = JSON.createObjectNode();
        body.put("client", "claude-code").put("tool", "Bash");
        body.putObject("input").put("command", command);
        body.put("cwd", workspace).put("workspace", workspace);
        return body.toString();
    }

    /** The id of the one open question, waiting until there is one. */
    private String pending() throws Exception {
        while (true) {
            for (JsonNode each : get("/v1/approvals", person).path("approvals")) {
                if (each.path("status").asText().equals("pending")) {
                    return each.path("id").asText();
                }
            }
        }
    }

    private void vote(String id, String answer, String guidance) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("answer", answer);
        if (!guidance.isEmpty()) {
            body.put("guidance", guidance);
        }
        HttpResponse<String> response =
                send("POST", "/v1/approvals/" + id + "/votes", person, body.toString()).get();
        assertThat(response.statusCode()).as(response.body()).isIn(200, 409);
    }

    private String token(String body) throws Exception {
        return post("/v1/tokens", owner, body).path("token").asText();
    }

    private JsonNode get(String path, String token) throws Exception {
        return JSON.readTree(send("GET", path, token, "").get().body());
    }

    private JsonNode post(String path, String token, String body) throws Exception {
        return JSON.readTree(send("POST", path, token, body).get().body());
    }

    private CompletableFuture<HttpResponse<String>> send(
            String method, String path, String token, String body) {
        URI url = URI.create(server.url() + path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token);
        if (!method.equals("GET")) {
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body));
        }
        return http.sendAsync(request.build(), BodyHandlers.ofString());
    }

    private static String sha256(Path file) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(
                        java.security.MessageDigest.getInstance("SHA-256")
                                .digest(Files.readAllBytes(file)));
    }
}
