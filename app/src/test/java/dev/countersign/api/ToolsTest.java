package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.Test;

/** What MCP servers say of their tools, and calls of tools that are not what they were. */
final class ToolsTest extends AgentAtServer {
    private static final String FIRST = "a".repeat(64);
    private static final String OTHER = "b".repeat(64);

    private Reply seen(String sha256) {
        return server.post(
                "/v1/mcp/tools",
                agent,
                "{\"client\":\"mcp\",\"server\":\"files\",\"cwd\":\"/home/dev/payments\",\"tools\":["
                        + "{\"name\":\"read\",\"sha256\":\""
                        + sha256
                        + "\",\"definition\":\"{}\"}]}");
    }

    private JsonNode call(String definition) {
        return server.post(
                        "/v1/decisions",
                        agent,
                        "{\"client\":\"mcp\",\"tool\":\"mcp__files__read\",\"input\":{},\"session\":\"s\","
                                + "\"cwd\":\"/home/dev/payments\",\"definition\":\""
                                + definition
                                + "\"}")
                .json();
    }

    private void allowed() {
        server.putPolicy(
                ana,
                "t.yaml",
                "policy: mcp\nrules:\n  - allow: {server: files, tool: \"*read\"}\n");
    }

    @Test
    void theFirstDescriptionIsKeptAndAnotherIsAskedAboutUntilAPersonAcceptsIt() {
        allowed();
        assertThat(seen(FIRST).json().at("/tools/0/state").asText()).isEqualTo("first");
        assertThat(call(FIRST).path("effect").asText()).isEqualTo("allow");

        assertThat(seen(OTHER).json().at("/tools/0/state").asText()).isEqualTo("waiting");
        JsonNode asked = call(OTHER);
        assertThat(asked.path("effect").asText()).isEqualTo("ask");
        assertThat(asked.at("/operations/0/opaque").asBoolean()).isTrue();
        assertThat(asked.at("/operations/0/summary").asText())
                .contains("describes in another way than was accepted");
        assertThat(server.get("/v1/audit?kind=alarm", ana).json().toString())
                .contains("is described in another way than before");
        assertThat(call(FIRST).path("effect").asText()).isEqualTo("allow");

        String accept = "{\"server\":\"files\",\"tool\":\"read\",\"sha256\":\"" + OTHER + "\"}";
        assertThat(server.post("/v1/mcp/tools/accept", agent, accept).status()).isEqualTo(403);
        assertThat(server.post("/v1/mcp/tools/accept", ana, accept).status()).isEqualTo(200);
        assertThat(server.post("/v1/mcp/tools/accept", ana, accept).status()).isEqualTo(404);
        assertThat(call(OTHER).path("effect").asText()).isEqualTo("allow");
        assertThat(server.get("/v1/mcp/tools", ana).json().path("tools").findValuesAsText("state"))
                .containsExactly("first", "accepted");
        assertThat(server.get("/v1/mcp/tools?state=waiting", ana).json().path("tools")).isEmpty();
        assertThat(server.get("/v1/audit?kind=tool", ana).json().path("records")).hasSize(3);
    }

    @Test
    void aToolNobodyDescribedIsAskedAbout() {
        allowed();
        assertThat(call("unknown").path("effect").asText()).isEqualTo("ask");
        assertThat(call(FIRST).path("effect").asText()).isEqualTo("ask");
    }

    @Test
    void aToolThatIsDeniedWholeIsHidden() {
        assertThat(seen(FIRST).json().at("/tools/0/hidden").asBoolean()).isFalse();
        server.putPolicy(ana, "t.yaml", "policy: mcp\nrules:\n  - deny: {server: files}\n");
        assertThat(seen(FIRST).json().at("/tools/0/hidden").asBoolean()).isTrue();
    }

    @Test
    void aDescriptionBelongsToAToolOfAServer() {
        Reply reply =
                server.post(
                        "/v1/decisions",
                        agent,
                        "{\"client\":\"mcp\",\"tool\":\"Bash\",\"input\":{},\"cwd\":\"/w\",\"definition\":\"x\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("detail").asText()).contains("mcp__SERVER__TOOL");
    }

    @Test
    void remoteServersAreForAgentsAndOnlyThoseThatAreSetUp() {
        String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
        Reply unknown = server.post("/mcp/none", agent, ping);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.json().path("detail").asText()).contains("no MCP server `none`");
        assertThat(server.post("/mcp/none", ana, ping).status()).isEqualTo(403);
        assertThat(server.post("/mcp/none", null, ping).status()).isEqualTo(401);
        // What somebody else made for this address is no token here: none is taken but our own.
        String foreign = "eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwOi8vMTI3LjAuMC4xL21jcCJ9.c2ln";
        assertThat(server.post("/mcp/none", foreign, ping).status()).isEqualTo(401);
    }
}
