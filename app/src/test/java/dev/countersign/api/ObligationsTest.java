package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules say must be kept and must not is what the ledger has. */
@SuppressWarnings("NullAway.Init")
final class ObligationsTest {
    private static final String POLICY =
            """
            policy: kept
            rules:
              - match: {file_write: "./private/*"}
                redact: [content, output]
                notify: [{role: security}]
              - match: {shell_run: "npm test *"}
                record: full
            """;

    private TestServer server;
    private String agent;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        agent = server.agent("builder");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("file", "kept.yaml").put("text", POLICY);
        Reply put =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        server.personal(TestServer.ANA, true),
                        body.toString(),
                        Map.of());
        assertThat(put.status()).as(put.body()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode decide(String tool, ObjectNode input) throws Exception {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("client", "claude-code").put("tool", tool).put("cwd", "/home/dev/app");
        call.put("workspace", "/home/dev/app").set("input", input);
        Reply reply = server.post("/v1/decisions", agent, call.toString());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private JsonNode recorded(String kind) {
        List<Recorded> found = server.ledger.list(Map.of("kind", kind), Long.MAX_VALUE, 1);
        return found.getFirst().body();
    }

    private void outcome(ObjectNode decision, String output) throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("decision", decision.path("id").asText()).put("status", "success");
        body.put("output", output);
        assertThat(server.post("/v1/outcomes", agent, body.toString()).status()).isEqualTo(201);
    }

    @Test
    void whatIsLeftOutIsNowhereInTheRecord() throws Exception {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("file_path", "/home/dev/app/private/plan.md").put("content", "the plan is blue");
        ObjectNode decision = decide("Write", input);
        assertThat(decision.path("effect").asText()).isEqualTo("allow");
        assertThat(decision.path("obligations").path("notify").toString())
                .isEqualTo("[\"role:security\"]");
        assertThat(recorded("decision").toString())
                .contains("private/plan.md", "left out by policy")
                .doesNotContain("the plan is blue");
        outcome(decision, "wrote: the plan is blue");
        assertThat(recorded("outcome").path("body").path("output").asText())
                .isEqualTo("[left out by policy]");
    }

    @Test
    void whatIsKeptWholeIsNotCut() throws Exception {
        ObjectNode decision =
                decide("Bash", JsonNodeFactory.instance.objectNode().put("command", "npm test"));
        String output = "line\n".repeat(2_000);
        outcome(decision, output);
        assertThat(recorded("outcome").path("body").path("output").asText()).isEqualTo(output);

        ObjectNode other =
                decide("Bash", JsonNodeFactory.instance.objectNode().put("command", "ls"));
        outcome(other, output);
        assertThat(recorded("outcome").path("body").path("output").asText())
                .contains("bytes left out");
    }
}
