package dev.countersign.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that waits for people is a task for a client that knows tasks, in both of their forms. */
@Timeout(20)
final class McpTasksTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String META =
            """
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
            "io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}},"elicitation":{}}}\
            """;

    private final Sink client = new Sink();
    private final Sink server = new Sink();
    private final FakeAuthority authority = new FakeAuthority();
    private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
    private final McpProxy proxy =
            new McpProxy(
                    new McpProxy.Settings(
                            new Origin("mcp", "files", "/work", "s1"),
                            Optional.empty(),
                            notes::add),
                    authority,
                    new Wire(client),
                    new Wire(server));

    private void client(String method, Object id, String params) {
        proxy.fromClient(
                """
                {"jsonrpc":"2.0","id":%s,"method":"%s","params":{%s}}\
                """
                        .formatted(id, method, params)
                        .getBytes(UTF_8));
    }

    private void server(Object id, String result) {
        proxy.fromServer(
                """
                {"jsonrpc":"2.0","id":%s,"result":%s}\
                """
                        .formatted(id, result)
                        .getBytes(UTF_8));
    }

    private void listed() throws Exception {
        client("tools/list", "\"list\"", "");
        assertThat(server.next()).contains("tools/list");
        proxy.fromServer(
                """
                {"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"read"},{"name":"delete_all"},\
                {"name":"write","execution":{"taskSupport":"optional"}},{"name":"send"}]}}\
                """
                        .formatted("\"list\"")
                        .getBytes(UTF_8));
        assertThat(client.next()).contains("tools");
    }

    /** A task that waits, of the newer form. */
    private String waiting() throws Exception {
        listed();
        client("tools/call", 1, "\"name\":\"write\",\"arguments\":{\"path\":\"a\"}," + META);
        JsonNode handle = client.json().path("result");
        assertThat(handle.path("resultType").asText()).isEqualTo("task");
        assertThat(handle.path("status").asText()).isEqualTo("working");
        assertThat(handle.path("statusMessage").asText()).contains("APR-1", "http://x/");
        assertThat(handle.path("ttlMs").asLong()).isPositive();
        return handle.path("taskId").asText();
    }

    private JsonNode get(String task) throws Exception {
        client("tasks/get", 90, "\"taskId\":\"" + task + "\"," + META);
        return client.json();
    }

    /** How it stands once it no longer works. */
    private JsonNode settled(String task) throws Exception {
        JsonNode state;
        do {
            state = get(task).path("result");
        } while (state.path("status").asText().equals("working"));
        return state;
    }

    @Test
    void aCallRunsWhenPeopleAgreeAndItsClientComesForTheAnswer() throws Exception {
        String task = waiting();
        assertThat(get(task).at("/result/resultType").asText()).isEqualTo("complete");
        server.nothing();
        authority.votes.add("allow");
        JsonNode sent = server.json();
        assertThat(sent.at("/params/arguments/path").asText()).isEqualTo("a");
        assertThat(sent.at("/params/_meta").toString())
                .as("the server is to make no task of its own")
                .doesNotContain("modelcontextprotocol/tasks")
                .contains("elicitation", "2026-07-28");
        String result =
                "{\"resultType\":\"complete\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}";
        server(sent.path("id"), result);
        JsonNode state = settled(task);
        assertThat(state.path("status").asText()).isEqualTo("completed");
        assertThat(state.path("result")).isEqualTo(JSON.readTree(result));
        assertThat(authority.outcomes.take().path("decision").asText()).isEqualTo("D1");
    }

    @Test
    void aDenyIsAnAnswerThatSaysWhy() throws Exception {
        String task = waiting();
        authority.votes.add("deny");
        JsonNode state = settled(task);
        assertThat(state.path("status").asText()).isEqualTo("completed");
        assertThat(state.at("/result/isError").asBoolean()).isTrue();
        assertThat(state.at("/result/content/0/text").asText()).startsWith("Denied by Countersign");
        server.nothing();
    }

    /** Nobody is asked about it, so nobody waits. */
    @Test
    void whatIsDecidedAtOnceIsNoTask() throws Exception {
        listed();
        client("tools/call", 1, "\"name\":\"read\"," + META);
        assertThat(server.next()).contains("io.modelcontextprotocol/tasks");
        client("tools/call", 2, "\"name\":\"delete_all\"," + META);
        assertThat(client.json().at("/result/isError").asBoolean()).isTrue();
    }

    @Test
    void whatIsCancelledNeverRuns() throws Exception {
        String task = waiting();
        client("tasks/cancel", 2, "\"taskId\":\"" + task + "\"," + META);
        assertThat(client.json().at("/result/resultType").asText()).isEqualTo("complete");
        authority.votes.add("allow");
        assertThat(settled(task).path("status").asText()).isEqualTo("cancelled");
        client("ping", 3, "");
        assertThat(server.next()).contains("ping");
        server.nothing();
    }

    @Test
    void whatIsCancelledWhileItRunsIsCancelledAtTheServer() throws Exception {
        String task = waiting();
        authority.votes.add("allow");
        String id = server.json().path("id").asText();
        client("tasks/cancel", 2, "\"taskId\":\"" + task + "\"," + META);
        JsonNode told = server.json();
        assertThat(told.path("method").asText()).isEqualTo("notifications/cancelled");
        assertThat(told.at("/params/requestId").asText()).isEqualTo(id);
        assertThat(client.json().at("/result/resultType").asText()).isEqualTo("complete");
        server("\"" + id + "\"", "{\"content\":[]}");
        assertThat(settled(task).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void whatTheToolAsksInReturnIsAskedAndItsAnswerJudged() throws Exception {
        String task = waiting();
        authority.votes.add("allow");
        server(
                server.json().path("id"),
                "{\"resultType\":\"input_required\",\"requestState\":\"st\",\"inputRequests\":{\"n\":{\"method\":\"elicitation/create\"}}}");
        JsonNode state = settled(task);
        assertThat(state.path("status").asText()).isEqualTo("input_required");
        assertThat(state.at("/inputRequests/n/method").asText()).isEqualTo("elicitation/create");
        client(
                "tasks/update",
                2,
                "\"taskId\":\""
                        + task
                        + "\",\"inputResponses\":{\"n\":{\"action\":\"accept\"},\"z\":1},"
                        + META);
        assertThat(client.json().at("/result/resultType").asText()).isEqualTo("complete");
        authority.votes.add("allow");
        JsonNode again = server.json();
        assertThat(again.at("/params/requestState").asText()).isEqualTo("st");
        assertThat(again.at("/params/inputResponses").toString())
                .isEqualTo("{\"n\":{\"action\":\"accept\"}}");
        assertThat(authority.asked.getLast().at("/input/inputResponses/n/action").asText())
                .isEqualTo("accept");
        server(again.path("id"), "{\"content\":[]}");
        assertThat(settled(task).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void theServersOwnTasksAreItsOwn() throws Exception {
        client("tasks/get", 1, "\"taskId\":\"theirs\"");
        assertThat(server.next())
                .isEqualTo(
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tasks/get\",\"params\":{\"taskId\":\"theirs\"}}");
        client("tasks/get", 2, "\"taskId\":\"countersign-made-up\"");
        assertThat(client.json().at("/error/code").asInt()).isEqualTo(Rpc.INVALID_PARAMS);
        server.nothing();
    }

    @Test
    void aServerThatEndsFailsItsTasks() throws Exception {
        String task = waiting();
        proxy.serverGone();
        JsonNode state = settled(task);
        assertThat(state.path("status").asText()).isEqualTo("failed");
        assertThat(state.at("/error/message").asText()).isEqualTo("the MCP server has ended");
        authority.votes.add("deny");
    }

    @Test
    void aServerIsSaidToKnowTasksSinceTheyAreMadeHere() throws Exception {
        client("server/discover", 1, META);
        assertThat(server.next()).contains("server/discover");
        server(1, "{\"resultType\":\"complete\",\"capabilities\":{\"tools\":{}}}");
        JsonNode said = client.json().at("/result/capabilities");
        assertThat(said.at("/extensions/io.modelcontextprotocol~1tasks").isObject()).isTrue();
        assertThat(said.has("tools")).isTrue();
    }

    /** The older form: a call says that it is to be a task, where server and tool take it. */
    @Test
    void aCallThatIsToBeATaskIsOneWhileItWaits() throws Exception {
        client("initialize", 0, "\"protocolVersion\":\"2025-11-25\"");
        assertThat(server.next()).contains("initialize");
        server(
                0,
                "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tasks\":{\"list\":{},\"requests\":{\"tools\":{\"call\":{}}}}}}");
        assertThat(client.next()).contains("capabilities");
        listed();
        client("tools/call", 1, "\"name\":\"write\",\"task\":{\"ttl\":60000}");
        JsonNode handle = client.json().path("result");
        assertThat(handle.path("_meta").toString()).contains("APR-1");
        String task = handle.at("/task/taskId").asText();
        assertThat(handle.at("/task/ttl").asLong()).isPositive();
        client("tasks/get", 2, "\"taskId\":\"" + task + "\"");
        assertThat(client.json().at("/result/status").asText()).isEqualTo("working");
        client("tasks/list", 3, "");
        assertThat(server.next()).contains("tasks/list");
        server(3, "{\"tasks\":[{\"taskId\":\"theirs\"}]}");
        assertThat(client.json().at("/result/tasks").findValuesAsText("taskId"))
                .containsExactly(task, "theirs");
        client("tasks/result", 4, "\"taskId\":\"" + task + "\"");
        client.nothing();
        authority.votes.add("allow");
        JsonNode sent = server.json();
        assertThat(sent.path("params").has("task")).isFalse();
        server(sent.path("id"), "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}");
        JsonNode one = client.json();
        JsonNode other = client.json();
        JsonNode notice = one.has("method") ? one : other;
        JsonNode result = one.has("method") ? other : one;
        assertThat(notice.path("method").asText()).isEqualTo("notifications/tasks/status");
        assertThat(notice.at("/params/status").asText()).isEqualTo("completed");
        assertThat(result.path("id").asInt()).isEqualTo(4);
        assertThat(result.at("/result/content/0/text").asText()).isEqualTo("x");
        assertThat(
                        result.at("/result/_meta")
                                .path("io.modelcontextprotocol/related-task")
                                .path("taskId")
                                .asText())
                .isEqualTo(task);
        client("tasks/cancel", 5, "\"taskId\":\"" + task + "\"");
        assertThat(client.json().at("/error/code").asInt())
                .as("it is over")
                .isEqualTo(Rpc.INVALID_PARAMS);
    }

    /** What a server does not offer as a task is held, as for a client that knows none. */
    @Test
    void aToolThatIsNoTaskIsHeld() throws Exception {
        listed();
        client("tools/call", 1, "\"name\":\"send\",\"task\":{}");
        authority.votes.add("allow");
        assertThat(server.next()).contains("\"task\":{}");
        client.nothing();
    }

    /** What people are asked by a server, at the client, is no business of ours. */
    @Test
    void anElicitationPassesBothWaysAsItCame() throws Exception {
        String question =
                "{\"jsonrpc\":\"2.0\", \"id\":\"q\",\"method\":\"elicitation/create\",\"params\":{\"message\":\"Sure?\",\"requestedSchema\":{\"type\":\"object\"}}}";
        proxy.fromServer(question.getBytes(UTF_8));
        assertThat(client.next()).isEqualTo(question);
        String answer =
                "{\"jsonrpc\":\"2.0\",\"result\":{\"action\":\"accept\",  \"content\":{\"n\":1.0}},\"id\":\"q\"}";
        proxy.fromClient(answer.getBytes(UTF_8));
        assertThat(server.next()).isEqualTo(answer);
        assertThat(authority.asked).isEmpty();
    }
}
