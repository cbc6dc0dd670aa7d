package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that people stop. */
@SuppressWarnings("NullAway.Init")
final class StopsTest extends AgentAtServer {
    private Reply hook(String event, String more) {
        return server.post(
                "/hooks/claude-code/" + event,
                agent,
                "{\"session_id\":\"s\",\"hook_event_name\":\""
                        + event
                        + "\","
                        + more
                        + ",\"cwd\":\"/home/dev/payments\"}");
    }

    private Reply stopWork(String what) {
        Reply reply =
                server.post("/v1/stops", ana, "{" + what + ",\"reason\":\"the build is broken\"}");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
        return reply;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"task\":\"s\"",
                "\"agent\":\"builder\"",
                "\"project\":\"payments\"",
                "\"project\":\"/home/dev/payments\"",
                "\"all\":true"
            })
    void whatIsStoppedIsRefusedUntilItMayGoOn(String what) {
        assertThat(decide("git status", "s").json().path("effect").asText()).isEqualTo("allow");
        String id = stopWork(what).json().path("id").asText();
        Reply refused = decide("git status", "s");
        assertThat(refused.json().path("effect").asText()).isEqualTo("deny");
        assertThat(refused.json().at("/decider/kind").asText()).isEqualTo("stop");
        assertThat(refused.json().at("/decider/id").asText()).isEqualTo(id);
        assertThat(refused.json().path("reason").asText())
                .contains(TestServer.ANA, "the build is broken");

        assertThat(server.delete("/v1/stops/" + id, ana).status()).isEqualTo(200);
        assertThat(decide("git status", "s").json().path("effect").asText()).isEqualTo("allow");
        assertThat(server.delete("/v1/stops/" + id, ana).status()).isEqualTo(404);
        assertThat(server.ledger.all().stream().map(r -> r.body().path("kind").asText()))
                .contains("stop", "resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"task\":\"other\"", "\"agent\":\"docs\"", "\"project\":\"payment\""})
    void otherWorkGoesOn(String what) {
        stopWork(what);
        assertThat(decide("git status", "s").json().path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void whoIsHeldIsToldAndTheQuestionEnds() throws Exception {
        CompletableFuture<Reply> held =
                CompletableFuture.supplyAsync(
                        () -> decide("git push origin main", "s", agent, "60s"));
        ApprovalRequest request = changed();
        stopWork("\"task\":\"s\"");
        Reply reply = held.get(5, TimeUnit.SECONDS);
        assertThat(reply.json().path("effect").asText()).isEqualTo("deny");
        assertThat(reply.json().at("/decider/kind").asText()).isEqualTo("stop");
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.WITHDRAWN);
    }

    /** Nobody waits for an answer to a question that was put in the moment of the stop. */
    @ParameterizedTest
    @ValueSource(strings = {"0s", "60s"})
    void aStopInTheMomentOfTheQuestionEndsItToo(String wait) throws Exception {
        server.approvalStore.beforeOpen = this::stopBuilder;
        Reply reply =
                CompletableFuture.supplyAsync(
                                () -> decide("git push origin main", "s", agent, wait))
                        .get(10, TimeUnit.SECONDS);
        assertThat(reply.json().path("effect").asText()).isEqualTo("deny");
        assertThat(reply.json().at("/decider/kind").asText()).isEqualTo("stop");
        assertThat(server.approvals.pending()).isEmpty();
    }

    private void stopBuilder() {
        try {
            server.stops.stop(Stop.Kind.AGENT, "builder", "enough", TestServer.ANA);
        } catch (NotRecorded e) {
            throw new IllegalStateException(e);
        }
    }

    /** An approval that came a moment before the stop opens nothing. */
    @Test
    void anApprovalDoesNotOutliveAStop() throws Exception {
        Reply pending = decide("git push origin main", "s");
        ApprovalRequest request = changed();
        assertThat(
                        server.post(
                                        "/v1/approvals/" + request.id() + "/votes",
                                        ana,
                                        "{\"answer\":\"approve\"}")
                                .status())
                .isEqualTo(200);
        stopWork("\"agent\":\"builder\"");
        Reply later = server.get("/v1/decisions/" + pending.json().path("id").asText(), agent);
        assertThat(later.json().path("effect").asText()).isEqualTo("deny");
    }

    @Test
    void theClientIsToldToHalt() {
        stopWork("\"task\":\"s\"");
        Reply use =
                hook(
                        "PreToolUse",
                        "\"tool_use_id\":\"t\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\"}");
        assertThat(use.json().at("/hookSpecificOutput/permissionDecision").asText())
                .isEqualTo("deny");
        assertThat(use.json().path("continue").asBoolean(true)).isFalse();
        assertThat(use.json().at("/hookSpecificOutput/permissionDecisionReason").asText())
                .startsWith("Stopped by Countersign: ")
                .contains("the build is broken");
        Reply ran =
                hook(
                        "PostToolUse",
                        "\"tool_use_id\":\"t\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\"},"
                                + "\"tool_response\":{\"stdout\":\"\"}");
        assertThat(ran.json().path("continue").asBoolean(true)).isFalse();
        Reply prompt = hook("UserPromptSubmit", "\"prompt\":\"go on\"");
        assertThat(prompt.json().path("decision").asText()).isEqualTo("block");
    }

    @Test
    void onlyPeopleStopAndOnlySignedInOnesLetGoOn() throws Exception {
        assertThat(server.post("/v1/stops", agent, "{\"all\":true}").status()).isEqualTo(403);
        Stop stop = server.stops.stop(Stop.Kind.ALL, "", "", "x");
        assertThat(server.delete("/v1/stops/" + stop.id(), agent).status()).isEqualTo(403);
        String unconfirmed = server.personal(TestServer.ANA, false);
        assertThat(server.delete("/v1/stops/" + stop.id(), unconfirmed).status()).isEqualTo(403);
        assertThat(server.get("/v1/stops", ana).json().at("/stops/0/stops").asText())
                .isEqualTo("all");
    }

    @Test
    void aStopNamesOneThing() {
        for (String body :
                List.of(
                        "{}",
                        "{\"task\":\"\"}",
                        "{\"task\":\"a\",\"agent\":\"b\"}",
                        "{\"all\":false}",
                        "{\"everything\":true}")) {
            Reply reply = server.post("/v1/stops", ana, body);
            assertThat(reply.status()).as(body).isEqualTo(400);
        }
        assertThat(server.stops.holding()).isEmpty();
    }
}
