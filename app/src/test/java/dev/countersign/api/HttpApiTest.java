package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the interface does for those who may use it. */
@SuppressWarnings("NullAway.Init")
final class HttpApiTest {
    private TestServer server;
    private String agent;
    private String ana;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        agent = server.agent("builder");
        ana = server.personal(TestServer.ANA, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void peopleSeeANewQuestionWithinASecondAndItsAnswerToo() throws Exception {
        BlockingQueue<String> seen = server.events(ana);
        assertThat(seen.poll(5, TimeUnit.SECONDS)).contains("watching");

        ApprovalRequest request = server.ask("git push", "high");
        assertThat(seen.poll(1, TimeUnit.SECONDS)).isEqualTo("event:approval");
        assertThat(seen.poll(1, TimeUnit.SECONDS))
                .contains("\"" + request.id() + "\"", "\"pending\"");

        Reply vote =
                server.post(
                        "/v1/approvals/" + request.id() + "/votes",
                        ana,
                        "{\"answer\":\"deny\",\"guidance\":\"open a pull request\"}");
        assertThat(vote.status()).isEqualTo(200);
        assertThat(vote.json().path("status").asText()).isEqualTo("denied");
        assertThat(seen.poll(1, TimeUnit.SECONDS)).isEqualTo("event:approval");
        assertThat(seen.poll(1, TimeUnit.SECONDS)).contains("\"denied\"", "open a pull request");
    }

    @Test
    void anAgentHearsOfItsOwnQuestionsOnly() throws Exception {
        BlockingQueue<String> mine = server.events(agent);
        BlockingQueue<String> others = server.events(server.agent("other"));
        assertThat(mine.poll(5, TimeUnit.SECONDS)).contains("watching");
        assertThat(others.poll(5, TimeUnit.SECONDS)).contains("watching");

        ApprovalRequest request = server.ask("git push", "high");
        assertThat(mine.poll(1, TimeUnit.SECONDS)).isEqualTo("event:approval");
        assertThat(others.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(server.get("/v1/approvals/" + request.id(), agent).status()).isEqualTo(200);
        assertThat(server.get("/v1/approvals/" + request.id(), server.agent("third")).status())
                .isEqualTo(404);
    }

    @Test
    void theSecondAnswerIsToldOfTheFirst() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        String votes = "/v1/approvals/" + request.id() + "/votes";
        assertThat(server.post(votes, ana, "{\"answer\":\"approve\"}").status()).isEqualTo(200);
        Reply late = server.post(votes, ana, "{\"answer\":\"deny\"}");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.json().path("detail").asText()).contains("approved");
    }

    @Test
    void whoIsNotAmongTheApproversIsToldWhoIs() throws NotRecorded {
        ApprovalRequest request =
                server.ask(
                        "git push",
                        "high",
                        new Requirement(
                                "rule",
                                List.of("role:maintainer"),
                                new Requirement.Quorum.AtLeast(2),
                                true));
        Reply vote =
                server.post(
                        "/v1/approvals/" + request.id() + "/votes",
                        ana,
                        "{\"answer\":\"approve\"}");
        assertThat(vote.status()).isEqualTo(403);
        assertThat(server.get("/v1/approvals?lane=mine", ana).json().path("approvals")).isEmpty();
        assertThat(server.get("/v1/approvals?lane=others", ana).json().path("approvals"))
                .hasSize(1);
        assertThat(server.get("/v1/approvals?lane=sideways", ana).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"answer\":\"maybe\"}",
                "{}",
                "{\"answer\":\"approve\",\"scope\":\"project\"}",
                "{\"answer\":\"approve\",\"scope\":\"everything\"}",
                "{\"answer\":true}"
            })
    void aVoteThatIsNotUnderstoodIsNoVote(String body) throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        assertThat(server.post("/v1/approvals/" + request.id() + "/votes", ana, body).status())
                .isEqualTo(400);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.PENDING);
    }

    /** All that is open is reached, none of it twice, whoever answers in between. */
    @Test
    void whatIsOpenIsListedPageByPage() throws Exception {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            asked.add(server.ask("git push origin b" + i, "high").id());
        }
        List<String> listed = new ArrayList<>();
        String next = "";
        do {
            JsonNode page =
                    server.get("/v1/approvals" + (next.isEmpty() ? "" : "?from=" + next), ana)
                            .json();
            assertThat(page.path("approvals").size()).isLessThan(700);
            page.path("approvals").forEach(each -> listed.add(each.path("id").asText()));
            assertThat(page.path("pending").asInt()).isEqualTo(1_100);
            next = page.path("next").asText("");
        } while (!next.isEmpty());
        assertThat(listed).containsExactlyInAnyOrderElementsOf(asked);
        assertThat(server.status("GET", "/v1/approvals?from=soon", ana, null)).isEqualTo(400);
    }

    @Test
    void agentsDoNotVote() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        assertThat(
                        server.post(
                                        "/v1/approvals/" + request.id() + "/votes",
                                        agent,
                                        "{\"answer\":\"approve\"}")
                                .status())
                .isEqualTo(403);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.PENDING);
    }

    @Test
    void theLedgerIsReadPageByPage() {
        for (int i = 0; i < 5; i++) {
            Reply _ = server.post("/v1/decisions", agent, "{}");
        }
        Reply first = server.get("/v1/audit?kind=failure&limit=2", ana);
        assertThat(first.json().path("records")).hasSize(2);
        long newest = first.json().at("/records/0/index").asLong();
        String next = first.json().path("next").asText();
        assertThat(first.json().at("/records/0/hash").asText()).hasSize(64);
        assertThat(first.json().at("/records/0/record/kind").asText()).isEqualTo("failure");
        Reply second = server.get("/v1/audit?kind=failure&limit=2&cursor=" + next, ana);
        assertThat(second.json().at("/records/0/index").asLong()).isEqualTo(newest - 2);
        assertThat(server.get("/v1/audit?colour=red", ana).status()).isEqualTo(400);
        assertThat(server.get("/v1/audit?effect=perhaps", ana).status()).isEqualTo(400);
        assertThat(server.get("/v1/audit?from=yesterday", ana).status()).isEqualTo(400);
        assertThat(server.get("/v1/audit?limit=-1", ana).status()).isEqualTo(400);
    }

    @Test
    void aProgramSignsInByACodeThatAPersonConfirms() {
        Reply started =
                server.send(
                        "POST",
                        "/v1/login/device",
                        null,
                        "client_id=countersign-cli",
                        Map.of("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(started.status()).isEqualTo(200);
        String secret = started.json().path("device_code").asText();
        String code = started.json().path("user_code").asText();
        assertThat(started.json().path("verification_uri").asText()).endsWith("/device");
        String poll = "{\"device_code\":\"" + secret + "\"}";
        Reply waiting = server.post("/v1/login/token", null, poll);
        assertThat(waiting.status()).isEqualTo(400);
        assertThat(waiting.json().path("error").asText()).isEqualTo("authorization_pending");

        assertThat(server.logins.answer(code, TestServer.ANA, "session", true)).isTrue();
        Reply done = server.post("/v1/login/token", null, poll);
        String token = done.json().path("access_token").asText();
        assertThat(server.get("/v1/approvals", token).status()).isEqualTo(200);
        assertThat(server.post("/v1/login/token", null, poll).json().path("error").asText())
                .isEqualTo("expired_token");
    }

    @Test
    void whatWasConfirmedBeforeAllSessionsEndedSignsNobodyIn() throws NotRecorded {
        Reply started = server.post("/v1/login/device", null, "{}");
        String poll = "{\"device_code\":\"" + started.json().path("device_code").asText() + "\"}";
        String code = started.json().path("user_code").asText();
        assertThat(server.logins.answer(code, TestServer.ANA, "session", true)).isTrue();
        String token = server.personal(TestServer.ANA, true);
        assertThat(server.status("DELETE", "/v1/sessions", token, null)).isEqualTo(200);
        assertThat(server.post("/v1/login/token", null, poll).json().path("error").asText())
                .isEqualTo("expired_token");
    }

    @Test
    void aRefusedSignInSaysSo() {
        Reply started = server.post("/v1/login/device", null, "{}");
        String poll = "{\"device_code\":\"" + started.json().path("device_code").asText() + "\"}";
        assertThat(
                        server.logins.answer(
                                started.json().path("user_code").asText(),
                                TestServer.ANA,
                                "session",
                                false))
                .isTrue();
        assertThat(server.post("/v1/login/token", null, poll).json().path("error").asText())
                .isEqualTo("access_denied");
    }

    @Test
    void aHookOfEveryKindIsAnsweredAndNoted() {
        String session = "{\"session_id\":\"s\",\"cwd\":\"/w\",\"hook_event_name\":\"";
        for (String event :
                List.of(
                        "SessionStart",
                        "UserPromptSubmit",
                        "SubagentStart",
                        "SubagentStop",
                        "Stop",
                        "SessionEnd")) {
            int before = server.ledger.all().size();
            Reply reply =
                    server.post("/hooks/claude-code/" + event, agent, session + event + "\"}");
            assertThat(reply.status()).as(event).isEqualTo(200);
            assertThat(server.ledger.all()).as(event).hasSize(before + 1);
            assertThat(server.ledger.all().getLast().body().path("kind").asText())
                    .as(event)
                    .isEqualTo("session");
        }
    }

    @Test
    void theEndOfASessionEndsItsQuestions() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        Reply _ =
                server.post(
                        "/hooks/claude-code/SessionEnd",
                        agent,
                        "{\"session_id\":\"s-1\",\"cwd\":\"/w\",\"reason\":\"exit\"}");
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.WITHDRAWN);
    }

    @Test
    void aCanaryIsRefusedWithItsOwnWords() {
        Reply reply =
                server.post(
                        "/hooks/claude-code/PreToolUse",
                        agent,
                        "{\"session_id\":\"s\",\"cwd\":\"/w\",\"tool_name\":\"CountersignCanary\","
                                + "\"tool_input\":{\"nonce\":\"abc-1\"}}");
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecision").asText())
                .isEqualTo("deny");
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecisionReason").asText())
                .contains("abc-1");
        assertThat(server.ledger.all().getLast().body().path("summary").asText())
                .contains("canary");
    }

    @Test
    void aSettingsChangeThatWeakensTheHooksIsBlockedWithAnAlarm() {
        server.settingsProblems.add("the PreToolUse hook is gone");
        String body =
                "{\"session_id\":\"s\",\"cwd\":\"/w\",\"file_path\":\"/w/.claude/settings.json\"}";
        Reply reply = server.post("/hooks/claude-code/ConfigChange", agent, body);
        assertThat(reply.json().path("decision").asText()).isEqualTo("block");
        assertThat(server.ledger.all().getLast().body().path("kind").asText()).isEqualTo("alarm");
    }

    @Test
    void aResultWithoutADecisionIsAnAlarm() {
        Reply reply =
                server.post(
                        "/hooks/claude-code/PostToolUse",
                        agent,
                        "{\"session_id\":\"s\",\"cwd\":\"/w\",\"tool_name\":\"Bash\","
                                + "\"tool_use_id\":\"t1\",\"tool_response\":\"done\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.ledger.all().getLast().body().path("kind").asText()).isEqualTo("alarm");
    }

    @Test
    void nothingIsAllowedWhenNothingCanBeRecorded() {
        server.ledger.fill();
        Reply decision =
                server.post(
                        "/v1/decisions",
                        agent,
                        "{\"client\":\"x\",\"tool\":\"Bash\",\"input\":{},\"cwd\":\"/w\"}");
        assertThat(decision.json().path("effect").asText()).isEqualTo("deny");
        assertThat(decision.json().path("reason").asText()).contains("could not judge");
        Reply deny =
                server.post(
                        "/v1/decisions",
                        agent,
                        "{\"client\":\"x\",\"tool\":\"Bash\",\"input\":{\"command\":\"sudo rm -rf /\"},"
                                + "\"cwd\":\"/w\"}");
        assertThat(deny.json().path("effect").asText()).isEqualTo("deny");
        assertThat(deny.json().path("receipt").isMissingNode()).isTrue();
        assertThat(deny.json().path("reason").asText())
                .contains("this could not be recorded: the disk is full")
                .doesNotContain("could not judge");
        assertThat(
                        server.post(
                                        "/v1/tokens",
                                        server.identity.ownerSecret(),
                                        "{\"kind\":\"agent\",\"name\":\"a\"}")
                                .status())
                .isEqualTo(503);
    }

    /** A process below an agent finds the owner's secret, or has the agent's: people hear of it. */
    @Test
    void whoTriesWhatOnlyPeopleMayIsRefusedWithAnAlarm() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        String vote = "/v1/approvals/" + request.id() + "/votes";
        for (String secret : List.of(server.identity.ownerSecret(), agent)) {
            assertThat(server.post(vote, secret, "{\"answer\":\"approve\"}").status())
                    .isEqualTo(403);
        }
        assertThat(server.approvals.find(request.id()).orElseThrow().votes()).isEmpty();
        assertThat(server.post("/v1/decisions", server.identity.ownerSecret(), "{}").status())
                .isEqualTo(403);
        assertThat(
                        server.ledger.all().stream()
                                .filter(r -> r.body().path("kind").asText().equals("alarm"))
                                .map(r -> r.body().path("summary").asText()))
                .containsExactly(
                        "owner shortcut tried what only signed-in people may do: POST"
                                + " /v1/approvals/{id}/votes",
                        "builder tried what only signed-in people may do: POST"
                                + " /v1/approvals/{id}/votes");
    }

    @Test
    void aHeldCallAndAnOpenStreamEndWithTheServer() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        BlockingQueue<String> seen = server.events(ana);
        assertThat(seen.poll(5, TimeUnit.SECONDS)).contains("watching");
        long from = System.nanoTime();
        server.api.stop();
        ApprovalRequest still =
                server.approvals.await(request.id(), java.time.Duration.ofMinutes(5));
        assertThat(seen.poll(2, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from)).isLessThan(2_000);
        assertThat(still.state()).isEqualTo(State.PENDING);
        assertThat(server.get("/health/ready", null).status()).isEqualTo(503);
    }

    @Test
    void onlyAFileThatWaitsIsAccepted() {
        String hash = "a".repeat(64);
        String body = "{\"path\":\"/w/countersign.yaml\",\"sha256\":\"" + hash + "\"}";
        assertThat(server.post("/v1/policies/accept", ana, body).status()).isEqualTo(404);
        server.waitingFiles.add(
                new dev.countersign.decision.WaitingFiles.WaitingFile(
                        "/w/countersign.yaml", hash, List.of("allows git push")));
        assertThat(server.get("/v1/policies/waiting", ana).json().path("files")).hasSize(1);
        assertThat(server.post("/v1/policies/accept", ana, body).status()).isEqualTo(204);
        assertThat(server.people.accepted("/w/countersign.yaml", hash)).isTrue();
    }

    @Test
    void aPolicyIsTriedPutListedShownAndRemoved() {
        String text =
                "policy: team-rules\nautonomy: full\nprofile: full-access\nrules:\n  - deny: git_push\n";
        String body =
                new ObjectMapper()
                        .createObjectNode()
                        .put("file", "t.yaml")
                        .put("text", text)
                        .toString();
        Reply tried =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        ana,
                        body.replace("}", ",\"dry_run\":true}"),
                        Map.of());
        assertThat(tried.status()).isEqualTo(200);
        assertThat(tried.json().path("stored").asBoolean(true)).isFalse();
        JsonNode widened = tried.json().path("newly_allowed");
        assertThat(widened.path("count").asInt()).isPositive();
        assertThat(widened.path("examples").asInt()).isPositive();
        assertThat(widened.path("calls").path(0).path("before").asText()).isIn("ask", "deny");
        assertThat(server.get("/v1/policies", ana).json().path("policies")).isEmpty();

        assertThat(server.send("PUT", "/v1/policies/tenant", ana, body, Map.of()).status())
                .isEqualTo(200);
        JsonNode listed = server.get("/v1/policies", ana).json().path("policies");
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).path("text").asText()).isEqualTo(text);
        JsonNode effective = server.get("/v1/policies/effective?agent=ci", ana).json();
        assertThat(effective.path("agent").asText()).isEqualTo("ci");
        assertThat(effective.path("lines").toString())
                .contains(
                        "{\"subject\":\"rule\",\"says\":\"deny git_push\",\"document\":\"tenant/team-rules\",\"at\":\"t.yaml:5:5\"}",
                        "\"subject\":\"autonomy high\",\"says\":\"allow\"");
        assertThat(server.get("/v1/policies/effective?workspace=here", ana).status())
                .isEqualTo(400);
        String work = "/v1/policies/effective?workspace=/work";
        assertThat(server.get(work, ana).body()).doesNotContain("another machine");
        assertThat(
                        server.send("GET", work, ana, null, Map.of("X-Forwarded-For", "192.0.2.1"))
                                .json()
                                .path("lines")
                                .path(0)
                                .path("says")
                                .asText())
                .isEqualTo("not shown: they are on another machine than the server");

        Reply broken =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        ana,
                        "{\"file\":\"t.yaml\",\"text\":\"policy: team-rules\\nrulez: 1\\n\"}",
                        Map.of());
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.json().path("detail").asText()).contains("t.yaml:2:1", "`rules`");
        assertThat(server.get("/v1/policies", ana).json().path("policies").path(0).path("text"))
                .as("the last good one stays in force")
                .isEqualTo(listed.path(0).path("text"));

        assertThat(
                        server.send(
                                        "DELETE",
                                        "/v1/policies/tenant?name=team-rules",
                                        ana,
                                        null,
                                        Map.of())
                                .status())
                .isEqualTo(200);
        assertThat(server.get("/v1/policies", ana).json().path("policies")).isEmpty();
    }

    @Test
    void figuresAreInTheFormatOfPrometheus() {
        Reply _ = server.post("/v1/decisions", agent, "{}");
        Reply reply = server.get("/metrics", ana);
        assertThat(reply.type()).startsWith("text/plain");
        assertThat(reply.body())
                .contains("# TYPE countersign_decisions_total counter")
                .contains("countersign_failures_total 1");
    }

    @Test
    void theDescriptionNamesEveryRoute() throws IOException {
        Reply reply = server.get("/openapi.json", null);
        assertThat(reply.status()).isEqualTo(200);
        JsonNode paths = new ObjectMapper().readTree(reply.body()).path("paths");
        for (Route route : Route.values()) {
            if (route.path().startsWith("/v1/")
                    || route.path().startsWith("/access/")
                    || route.path().startsWith("/hooks/")) {
                assertThat(paths.path(route.path()).has(route.method().toLowerCase(Locale.ROOT)))
                        .as(route.path() + " " + route.method())
                        .isTrue();
            }
        }
        paths.properties()
                .forEach(path ->
                        assertThat(Route.values())
                                .anyMatch(route -> route.path().equals(path.getKey())));
    }
}
