package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Approvals with a change. */
@SuppressWarnings("NullAway.Init")
final class EditedTest extends AgentAtServer {
    private static final String ASKED = "git push origin main";
    private static final String INSTEAD = "git push origin next";

    private String li;

    @BeforeEach
    void startLi() throws NotRecorded {
        li = server.personal(TestServer.LI, true);
    }

    private ObjectNode decide(String command) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("client", "x").put("tool", "Bash").put("session", "s");
        call.put("cwd", "/home/dev/payments");
        call.putObject("input").put("command", command).put("description", "work");
        Reply reply = server.post("/v1/decisions", agent, call.toString());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private static ObjectNode input(String command) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("command", command)
                .put("description", "work");
    }

    private Reply edit(String id, String who, JsonNode input) {
        ObjectNode vote = JsonNodeFactory.instance.objectNode();
        vote.put("answer", "approve").set("edited_input", input);
        return server.post("/v1/approvals/" + id + "/votes", who, vote.toString());
    }

    private String asked() {
        ObjectNode answer = decide(ASKED);
        assertThat(answer.path("effect").asText()).as(answer.toString()).isEqualTo("ask");
        return answer.at("/approval/id").asText();
    }

    private void put(String text) {
        server.putPolicy(ana, "rules.yaml", text);
    }

    private State state(String id) {
        return server.approvals.find(id).orElseThrow().state();
    }

    @Test
    void whoCannotRewriteIsToldWhatToRunAndThatRuns() {
        String id = asked();
        Reply voted = edit(id, ana, input(INSTEAD));
        assertThat(voted.status()).as(voted.body()).isEqualTo(200);
        assertThat(voted.json().path("edited_by").asText()).isEqualTo(TestServer.ANA);
        assertThat(voted.json().at("/asked_input/command").asText()).isEqualTo(ASKED);

        ObjectNode told = decide(ASKED);
        assertThat(told.path("effect").asText()).isEqualTo("deny");
        assertThat(told.at("/decider/kind").asText()).isEqualTo("person");
        assertThat(told.path("reason").asText())
                .isEqualTo(
                        "ana@example.com approved this with a change as "
                                + id
                                + ". Call it again with exactly this: `"
                                + INSTEAD
                                + "`");
        assertThat(told.at("/approval/edited_input/command").asText()).isEqualTo(INSTEAD);
        assertThat(state(id)).isEqualTo(State.APPROVED);

        ObjectNode allowed = decide(INSTEAD);
        assertThat(allowed.path("effect").asText()).as(allowed.toString()).isEqualTo("allow");
        assertThat(allowed.path("reason").asText()).contains("with a change as " + id);
        assertThat(state(id)).isEqualTo(State.USED);
        assertThat(decide(INSTEAD).path("effect").asText()).isEqualTo("ask");
        assertThat(decide(ASKED).path("effect").asText()).isEqualTo("ask");
    }

    @Test
    void theDecisionItselfTellsWhatToRun() {
        ObjectNode pending = decide(ASKED);
        edit(pending.at("/approval/id").asText(), ana, input(INSTEAD));
        Reply later = server.get("/v1/decisions/" + pending.path("id").asText(), agent);
        assertThat(later.json().path("effect").asText()).isEqualTo("deny");
        assertThat(later.json().path("reason").asText()).contains(INSTEAD);
        assertThat(decide(INSTEAD).path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void aClientThatRewritesRunsExactlyThat() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::claude);
        String id = changed().id();
        ObjectNode instead = input(INSTEAD).put("timeout", 60_000);
        assertThat(edit(id, ana, instead).status()).isEqualTo(200);
        JsonNode specific = held.get(10, TimeUnit.SECONDS).json().path("hookSpecificOutput");
        assertThat(specific.path("permissionDecision").asText()).isEqualTo("allow");
        assertThat(specific.path("updatedInput")).isEqualTo(instead);
        assertThat(specific.path("additionalContext").asText()).contains("with a change", INSTEAD);
        assertThat(state(id)).isEqualTo(State.USED);

        // What ran is what the ledger says was allowed.
        Recorded last = server.ledger.list(Map.of("effect", "allow"), Long.MAX_VALUE, 1).getFirst();
        assertThat(last.body().at("/body/call/input/command").asText()).isEqualTo(INSTEAD);

        // The client's own rules ask about what runs now, and it is the same call.
        Reply again =
                server.post(
                        "/hooks/claude-code/PermissionRequest",
                        agent,
                        "{\"session_id\":\"s\",\"hook_event_name\":\"PermissionRequest\","
                                + "\"tool_name\":\"Bash\",\"tool_input\":"
                                + instead
                                + ",\"cwd\":\"/home/dev/payments\"}");
        assertThat(again.json().at("/hookSpecificOutput/decision/behavior").asText())
                .isEqualTo("allow");
    }

    private Reply claude() {
        return server.post(
                "/hooks/claude-code/PreToolUse",
                agent,
                "{\"session_id\":\"s\",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"t\","
                        + "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\""
                        + ASKED
                        + "\"},\"cwd\":\"/home/dev/payments\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"git push --force origin main", "rm -rf /", "rm -rf ~"})
    void whatPolicyDeniesIsNotApproved(String command) {
        String id = asked();
        Reply refused = edit(id, ana, input(command));
        assertThat(refused.status()).as(refused.body()).isEqualTo(403);
        assertThat(refused.body()).contains("policy does not let people approve that");
        assertThat(state(id)).isEqualTo(State.PENDING);
        assertThat(server.approvals.find(id).orElseThrow().votes()).isEmpty();
    }

    @Test
    void whatIsRiskierIsNotApproved() {
        ObjectNode answer = decide("git commit -m x");
        assertThat(answer.path("risk").asText()).isEqualTo("medium");
        String id = answer.at("/approval/id").asText();
        Reply refused = edit(id, ana, input(ASKED));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("riskier", "high instead of medium");
    }

    @Test
    void aSecretCannotBeTypedIn() {
        Reply refused =
                edit(asked(), ana, input(INSTEAD + " # ghp_0123456789abcdefABCDEF0123456789abcd"));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("secret");
    }

    @Test
    void onlyWhoMayApproveMayChange() {
        String id = asked();
        assertThat(edit(id, li, input(INSTEAD)).status()).isEqualTo(403);
        assertThat(edit(id, agent, input(INSTEAD)).status()).isEqualTo(403);
        assertThat(
                        server.post(
                                        "/v1/approvals/" + id + "/votes",
                                        ana,
                                        "{\"answer\":\"deny\",\"edited_input\":{}}")
                                .status())
                .isEqualTo(400);
        assertThat(edit(id, ana, JsonNodeFactory.instance.textNode("x")).status()).isEqualTo(400);
        assertThat(state(id)).isEqualTo(State.PENDING);
    }

    @Test
    void theRequirementsOfTheChangedCallCountToo() {
        put(
                """
                policy: next
                rules:
                  - ask: {git_push: {branch: next}}
                    approvers: [li@example.com]
                """);
        assertThat(edit(asked(), ana, input(INSTEAD)).status()).isEqualTo(200);
        assertThat(decide(ASKED).path("effect").asText()).isEqualTo("ask");
        assertThat(
                        server.post("/v1/approvals/APR-1/votes", li, "{\"answer\":\"approve\"}")
                                .status())
                .isEqualTo(200);
        assertThat(decide(INSTEAD).path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void whoAgreedToTheOtherCallHasNotAgreedToThisOne() {
        put(
                """
                policy: two
                rules:
                  - ask: git_push
                    approvers: [ana@example.com, li@example.com]
                    at_least: 2
                """);
        String id = asked();
        server.post("/v1/approvals/" + id + "/votes", ana, "{\"answer\":\"approve\"}");
        Reply changed = edit(id, li, input(INSTEAD));
        assertThat(changed.json().path("given").asInt()).isEqualTo(1);
        assertThat(state(id)).isEqualTo(State.PENDING);
        server.post("/v1/approvals/" + id + "/votes", ana, "{\"answer\":\"approve\"}");
        assertThat(state(id)).isEqualTo(State.APPROVED);
    }

    @Test
    void anAnswerInBetweenIsNoticed() {
        put(
                """
                policy: two
                rules:
                  - ask: git_push
                    approvers: [ana@example.com, li@example.com]
                    at_least: 2
                """);
        String id = asked();
        server.post("/v1/approvals/" + id + "/votes", ana, "{\"answer\":\"approve\"}");
        ObjectNode vote = JsonNodeFactory.instance.objectNode();
        vote.put("answer", "approve").put("version", 0).set("edited_input", input(INSTEAD));
        assertThat(server.post("/v1/approvals/" + id + "/votes", li, vote.toString()).status())
                .isEqualTo(409);
    }

    @Test
    void policyHasTheLastWord() {
        String id = asked();
        edit(id, ana, input(INSTEAD));
        put("policy: no\nrules:\n  - deny: {git_push: {branch: next}}\n");
        assertThat(decide(ASKED).path("effect").asText()).isEqualTo("deny");
        assertThat(state(id)).isEqualTo(State.SUPERSEDED);
    }

    @Test
    void whatPolicyAllowsByItselfRunsToo() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::claude);
        String id = changed().id();
        assertThat(
                        edit(
                                        id,
                                        ana,
                                        JsonNodeFactory.instance
                                                .objectNode()
                                                .put("command", "git status"))
                                .status())
                .isEqualTo(200);
        JsonNode specific = held.get(10, TimeUnit.SECONDS).json().path("hookSpecificOutput");
        assertThat(specific.path("permissionDecision").asText()).isEqualTo("allow");
        assertThat(specific.at("/updatedInput/command").asText()).isEqualTo("git status");
        assertThat(state(id)).isEqualTo(State.USED);
    }

    @Test
    void theLedgerKeepsBothAndWhatDiffers() {
        edit(asked(), ana, input(INSTEAD));
        List<Recorded> votes = server.ledger.list(Map.of("kind", "vote"), Long.MAX_VALUE, 10);
        JsonNode body = votes.getFirst().body().path("body");
        assertThat(body.at("/asked_input/command").asText()).isEqualTo(ASKED);
        assertThat(body.at("/edited_input/command").asText()).isEqualTo(INSTEAD);
        assertThat(body.path("diff"))
                .hasToString(
                        "[{\"field\":\"command\",\"from\":\""
                                + ASKED
                                + "\",\"to\":\""
                                + INSTEAD
                                + "\"}]");
        assertThat(body.path("edited_digest").asText()).hasSize(64);
    }
}
