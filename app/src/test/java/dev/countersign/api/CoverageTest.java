package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Canary;
import dev.countersign.audit.Alarm;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a session was mediated, and what its page says of it. */
@SuppressWarnings("NullAway.Init")
final class CoverageTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestServer server;
    private String agent;
    private String person;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        agent = server.agent("builder");
        person = server.personal(TestServer.ANA, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void hook(String event, String session, String id, String tool, String command) {
        ObjectNode body = JSON.createObjectNode().put("session_id", session);
        body.put("hook_event_name", event).put("tool_name", tool).put("tool_use_id", id);
        body.put("cwd", "/home/dev/shop").putObject("tool_input").put("command", command);
        if (event.equals("PostToolUse")) {
            body.putObject("tool_response").put("stdout", "done");
        }
        if (tool.equals(Canary.TOOL)) {
            body.putObject("tool_input").put("nonce", "n-1");
        }
        TestServer.Reply reply = server.post("/hooks/claude-code/" + event, agent, body.toString());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private ObjectNode coverage(String session) {
        TestServer.Reply reply = server.get("/v1/audit/coverage?session=" + session, person);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void aSessionWhoseResultsWereAllAllowedIsWhole() throws NotRecorded {
        hook("PreToolUse", "s-1", "c-0", Canary.TOOL, "");
        hook("PreToolUse", "s-1", "c-1", "Bash", "ls");
        hook("PostToolUse", "s-1", "c-1", "Bash", "ls");
        hook("PreToolUse", "s-1", "c-2", "Bash", "pwd");
        hook("PreToolUse", "s-1", "c-3", "Bash", "git push --force origin main");
        ObjectNode coverage = coverage("s-1");
        assertThat(coverage.path("decided").asInt()).isEqualTo(3);
        assertThat(coverage.path("allowed").asInt()).isEqualTo(2);
        assertThat(coverage.path("results").asInt()).isEqualTo(1);
        assertThat(coverage.path("allowed_without_result").asInt()).isEqualTo(1);
        assertThat(coverage.path("canary_at").isTextual()).isTrue();
        assertThat(coverage.path("ok").asBoolean()).isTrue();
        assertThat(page("s-1"))
                .contains("Every result that the client told", "was refused at its start");
    }

    @Test
    void aResultThatNobodyDecidedOrAllowedRaisesAnAlarmAndIsShown() throws NotRecorded {
        // The same number in another session says nothing of this call.
        hook("PreToolUse", "s-1", "c-1", "Bash", "ls");
        hook("PostToolUse", "s-2", "c-1", "Bash", "ls");
        hook("PreToolUse", "s-2", "c-2", "Bash", "git push --force origin main");
        hook("PostToolUse", "s-2", "c-2", "Bash", "git push --force origin main");
        ObjectNode coverage = coverage("s-2");
        assertThat(coverage.path("results_without_decision").asInt()).isEqualTo(1);
        assertThat(coverage.path("results_not_allowed").asInt()).isEqualTo(1);
        assertThat(coverage.path("ok").asBoolean()).isFalse();
        assertThat(server.alarms.open(TestServer.ANA))
                .extracting(Alarm::text)
                .anyMatch(text -> text.contains("without a decision"))
                .anyMatch(text -> text.contains("although it was not allowed"));
        assertThat(page("s-2")).contains("something ran past Countersign", "is not shown");
        assertThat(coverage("s-1").path("ok").asBoolean()).isTrue();
    }

    @Test
    void aSessionNobodySawIsNone() {
        assertThat(server.get("/v1/audit/coverage?session=none", person).status()).isEqualTo(404);
        assertThat(server.get("/v1/audit/coverage", person).status()).isEqualTo(400);
    }

    private String page(String session) throws NotRecorded {
        TestServer.Reply reply =
                server.send(
                        "GET",
                        "/activity/session?id=" + session,
                        null,
                        null,
                        Map.of("Cookie", "countersign_session=" + server.cookie(TestServer.ANA)));
        assertThat(reply.status()).isEqualTo(200);
        return reply.body();
    }
}
