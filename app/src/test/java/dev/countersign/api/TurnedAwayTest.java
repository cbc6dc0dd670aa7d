package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client hears that is not held, or that cannot run what a person made of its call. */
@SuppressWarnings("NullAway.Init")
final class TurnedAwayTest {
    private TestServer server;
    private String agent;
    private String ana;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(false, Clock.systemUTC(), Duration.ZERO);
        agent = server.agent("builder");
        ana = server.personal(TestServer.ANA, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode hook(String event, String command) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("session_id", "s").put("hook_event_name", event).put("tool_use_id", "t");
        body.put("tool_name", "Bash").put("cwd", "/home/dev/payments");
        body.putObject("tool_input").put("command", command);
        Reply reply = server.post("/hooks/claude-code/" + event, agent, body.toString());
        assertThat(reply.status()).isEqualTo(200);
        return reply.json();
    }

    private String told(String command) {
        return hook("PreToolUse", command)
                .at("/hookSpecificOutput/permissionDecisionReason")
                .asText();
    }

    private ApprovalRequest open() {
        return server.approvals.pending().getFirst();
    }

    private void vote(ApprovalRequest request, ObjectNode vote) {
        Reply reply = server.post("/v1/approvals/" + request.id() + "/votes", ana, vote.toString());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private static ObjectNode approve() {
        return JsonNodeFactory.instance.objectNode().put("answer", "approve");
    }

    /** A push that was approved as another command. */
    private void approvedAs(String command) {
        assertThat(told("git push origin main")).contains("pending");
        ObjectNode vote = approve();
        vote.putObject("edited_input").put("command", command);
        vote(open(), vote);
    }

    private static String deadline(ApprovalRequest request) {
        return request.expires().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Test
    void theDeadlineAndTheProgressAreTold() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                rules:
                  - ask: git_push
                    approvers: [{role: owner}, li@example.com]
                    at_least: 2
                """);
        String first = told("git push origin main");
        ApprovalRequest request = open();
        String pending = "; pending as " + request.id() + " (%s of 2 have agreed, ";
        String until = "it expires at " + deadline(request) + "), so go on with other work";
        assertThat(first).contains(pending.formatted(0) + until);
        vote(request, approve());
        assertThat(told("git push origin main")).contains(pending.formatted(1) + until);
    }

    @Test
    void whatNeverExpiresSaysSo() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                rules:
                  - ask: git_push
                    unanswered: wait
                """);
        assertThat(told("git push origin main"))
                .contains(" (0 of 1 has agreed, it stays open), so go on with other work");
    }

    @Test
    void whatIsPutOffSaysUntilWhen() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                rules:
                  - ask: git_push
                    unanswered: defer
                    until: "02:00 UTC"
                """);
        String told = told("git push origin main");
        assertThat(told)
                .contains(
                        "it is put off at "
                                + deadline(open())
                                + " until "
                                + open().absence().again());
    }

    /** However long: the client can only send what it was told in full. */
    @Test
    void aChangedCommandIsToldWhole() {
        String changed = "git commit -m '" + "word ".repeat(600) + "'";
        approvedAs(changed);
        String told =
                hook("PermissionRequest", "git push origin main")
                        .at("/hookSpecificOutput/decision/message")
                        .asText();
        assertThat(told).contains("Call it again with exactly this: `" + changed + "`.");
    }

    /** What cannot be seen in it is spelled out, not replaced: it has to be that very command. */
    @Test
    void whatCannotBeSeenInAChangedCommandIsSpelledOut() {
        approvedAs("git push\torigin main");
        assertThat(
                        hook("PermissionRequest", "git push origin main")
                                .at("/hookSpecificOutput/decision/message")
                                .asText())
                .contains("exactly this input: {\"command\":\"git push\\torigin main\"}");
    }

    @Test
    void whatRanInsteadIsToldWhole() {
        String changed = "git commit -m '" + "word ".repeat(600) + "'";
        approvedAs(changed);
        assertThat(
                        hook("PreToolUse", "git push origin main")
                                .at("/hookSpecificOutput/additionalContext")
                                .asText())
                .contains(changed);
    }

    @Test
    void theWordsOfAPersonAreToldWhole() {
        String words = "use a branch, " + "please ".repeat(280) + "thanks";
        assertThat(told("git push origin main")).contains("pending");
        vote(
                open(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("answer", "deny")
                        .put("guidance", words)
                        .put("may_ask_again", false));
        assertThat(told("git push origin main")).contains("thanks");
    }
}
