package dev.countersign.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

@Timeout(20)
final class McpProxyTest {
    private static final String LIST =
            "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"tools\":["
                    + "{\"name\":\"read\",\"description\":\"Reads.\",\"inputSchema\":{\"type\":\"object\"}},"
                    + "{\"name\":\"delete_all\",\"description\":\"Deletes.\"},"
                    + "{\"name\":\"write\",\"description\":\"Writes.\"}]}}";

    private final Sink client = new Sink();
    private final Sink server = new Sink();
    private final FakeAuthority authority = new FakeAuthority();
    private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
    private final McpProxy proxy = proxy(Optional.empty());

    private McpProxy proxy(Optional<Duration> hold) {
        Origin origin = new Origin("mcp", "files", "/work", "s1");
        return new McpProxy(
                new McpProxy.Settings(origin, hold, notes::add),
                authority,
                new Wire(client),
                new Wire(server));
    }

    private static String call(Object id, String tool) {
        return "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
                + tool
                + "\",\"arguments\":{\"path\":\"a\"}}}";
    }

    private void client(String line) {
        proxy.fromClient(line.getBytes(UTF_8));
    }

    private void server(String line) {
        proxy.fromServer(line.getBytes(UTF_8));
    }

    /** The client lists the tools, and the server answers. */
    private void listed() throws Exception {
        client("{\"jsonrpc\":\"2.0\",\"id\":\"list\",\"method\":\"tools/list\"}");
        assertThat(server.next()).contains("tools/list");
        server(LIST.formatted("\"list\""));
        assertThat(client.next()).contains("tools");
    }

    static Stream<Arguments> refused() throws IOException {
        try (InputStream in =
                McpProxyTest.class.getResourceAsStream("/cases/gateway/refused.yaml")) {
            Object all =
                    new Load(LoadSettings.builder().build())
                            .loadFromInputStream(Objects.requireNonNull(in));
            return ((List<?>) all)
                    .stream()
                            .map(each -> (Map<?, ?>) each)
                            .map(each ->
                                    Arguments.of(
                                            each.get("name"),
                                            String.valueOf(each.get("line")).replace('␍', '\r'),
                                            each.get("code"),
                                            String.valueOf(each.get("id"))));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String name, String line, int code, String id) throws Exception {
        client(line);
        JsonNode answer = client.json();
        if (line.startsWith("[{")) {
            assertThat(answer.path("id").isNull()).isTrue();
            answer = client.json();
        }
        assertThat(answer.at("/error/code").asInt()).isEqualTo(code);
        assertThat(answer.at("/error/message").asText()).contains("Countersign did not pass");
        assertThat(answer.path("id").asText("null")).isEqualTo(id);
        assertThat(notes.take()).contains("not passed on");
        server.nothing();
        assertThat(authority.asked).isEmpty();
    }

    @Test
    void anAllowWithoutAReceiptIsNone() throws Exception {
        listed();
        authority.receipts = false;
        client(call(5, "read"));
        assertThat(client.next()).contains("\"isError\":true", "without a receipt");
        server.nothing();
    }

    /** What waits for answers does not grow with what a bad server sends. */
    @Test
    void aServerAsksOnlySoMuchAtOnce() throws Exception {
        for (int i = 0; i <= Rpc.MOST_ASKED; i++) {
            server("{\"jsonrpc\":\"2.0\",\"id\":" + i + ",\"method\":\"ping\"}");
        }
        for (int i = 0; i < Rpc.MOST_ASKED; i++) {
            assertThat(client.next()).contains("ping");
        }
        assertThat(notes.take()).contains("too much at once");
    }

    @Test
    void whatIsNoCallPassesAsTheBytesItCameAs() throws Exception {
        String odd =
                "{ \"id\" : 7,\t\"jsonrpc\":\"2.0\", \"method\":\"x/unheard-of\",\"params\":{\"n\":1.50e0,\"s\":\"\\u00e9é\"}}";
        client(odd);
        assertThat(server.next()).isEqualTo(odd);
        String answer = "{\"jsonrpc\":\"2.0\",  \"result\":{\"n\":1E2}, \"id\":7}";
        server(answer);
        assertThat(client.next()).isEqualTo(answer);
        String said = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":null}";
        client(said);
        assertThat(server.next()).isEqualTo(said);
        server(said);
        assertThat(client.next()).isEqualTo(said);
    }

    @Test
    void anAllowedCallPassesAndItsOutcomeIsTold() throws Exception {
        listed();
        client(call(1, "read"));
        assertThat(server.next()).isEqualTo(call(1, "read"));
        assertThat(authority.asked).hasSize(1);
        JsonNode asked = authority.asked.getFirst();
        assertThat(asked.path("tool").asText()).isEqualTo("mcp__files__read");
        assertThat(asked.at("/input/path").asText()).isEqualTo("a");
        assertThat(asked.path("definition").asText()).hasSize(64);
        String result =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}}";
        server(result);
        assertThat(client.next()).isEqualTo(result);
        JsonNode outcome = authority.outcomes.take();
        assertThat(outcome.path("decision").asText()).isEqualTo("D1");
        assertThat(outcome.path("status").asText()).isEqualTo("success");
    }

    @Test
    void aDeniedCallIsAnsweredWithAResultThatSaysWhy() throws Exception {
        listed();
        client(call("\"d\"", "delete_all"));
        JsonNode answer = client.json();
        assertThat(answer.path("id").asText()).isEqualTo("d");
        assertThat(answer.at("/result/isError").asBoolean()).isTrue();
        assertThat(answer.at("/result/content/0/text").asText())
                .startsWith("Denied by Countersign: because of a rule.");
        assertThat(answer.path("result").has("resultType")).isFalse();
        server.nothing();
    }

    @Test
    void inTheStatelessRevisionARefusalIsComplete() throws Exception {
        listed();
        client(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"delete_all\","
                        + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}");
        assertThat(client.json().at("/result/resultType").asText()).isEqualTo("complete");
        server.nothing();
    }

    @Test
    void whatIsDeniedOutrightIsNotListedAndTheRestStaysInOrder() throws Exception {
        authority.hidden.add("delete_all");
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        server(LIST.formatted("1"));
        assertThat(client.json().at("/result/tools").findValuesAsText("name"))
                .containsExactly("read", "write");
        assertThat(authority.told.getFirst().path("tools")).hasSize(3);
    }

    @Test
    void aListThatIsReadInTwoWaysIsNotPassedOn() throws Exception {
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        server(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"read\"},{\"name\":\"read\",\"description\":\"other\"}]}}");
        assertThat(client.json().at("/error/message").asText())
                .contains("`read` stands in it twice");
        client("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
        server("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"tools\":[],\"Tools\":[]}}");
        assertThat(client.json().at("/error/message").asText()).contains("can be read as another");
    }

    @Test
    void aToolTheClientNeverListedIsLookedUpFirst() throws Exception {
        client(call(1, "read"));
        JsonNode ours = server.json();
        assertThat(ours.path("method").asText()).isEqualTo("tools/list");
        server(LIST.formatted(ours.path("id")));
        assertThat(server.next()).isEqualTo(call(1, "read"));
        assertThat(authority.asked.getFirst().path("definition").asText()).hasSize(64);
        client.nothing();
    }

    @Test
    void aToolNobodyDescribesIsJudgedAsOne() throws Exception {
        client(call(1, "read"));
        server(
                "{\"jsonrpc\":\"2.0\",\"id\":"
                        + server.json().path("id")
                        + ",\"error\":{\"code\":-32601,\"message\":\"no\"}}");
        assertThat(server.next()).isEqualTo(call(1, "read"));
        assertThat(authority.asked.getFirst().path("definition").asText()).isEqualTo("unknown");
    }

    @Test
    void aServerThatChangesItsToolsIsAskedAnew() throws Exception {
        listed();
        server("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        assertThat(client.next()).contains("list_changed");
        client(call(1, "read"));
        String id = server.json().path("id").toString();
        server(LIST.formatted(id).replace("Reads.", "Reads, and sends it on."));
        assertThat(server.next()).contains("tools/call");
        assertThat(authority.told).hasSize(2);
    }

    @Test
    void aHeldCallIsToldOfProgressAndRunsWhenPeopleAgree() throws Exception {
        listed();
        String held =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"write\",\"_meta\":{\"progressToken\":\"p\"}}}";
        client(held);
        JsonNode first = client.json();
        assertThat(first.path("method").asText()).isEqualTo("notifications/progress");
        assertThat(first.at("/params/message").asText()).contains("APR-1");
        authority.votes.add("ask");
        JsonNode second = client.json();
        assertThat(second.at("/params/progress").asDouble())
                .isGreaterThan(first.at("/params/progress").asDouble());
        server.nothing();
        client("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
        assertThat(server.next()).contains("ping");
        authority.votes.add("allow");
        assertThat(server.next()).isEqualTo(held);
    }

    @Test
    void whoCannotWaitIsToldToComeAgain() throws Exception {
        McpProxy hasty = proxy(Optional.of(Duration.ZERO));
        hasty.fromClient(call(1, "write").getBytes(UTF_8));
        String id = server.json().path("id").toString();
        hasty.fromServer(LIST.formatted(id).getBytes(UTF_8));
        assertThat(client.json().at("/result/content/0/text").asText())
                .contains("pending as APR-1 (http://x/approvals/APR-1)", "try again later");
        server.nothing();
    }

    @Test
    void aHeldCallThatIsCancelledNeverRuns() throws Exception {
        listed();
        client(call(1, "write"));
        client(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}");
        authority.votes.add("allow");
        client("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
        assertThat(server.next()).contains("ping");
        server.nothing();
        client.nothing();
    }

    @Test
    void whileTheAuthorityIsSilentNothingRuns() throws Exception {
        listed();
        authority.silent = "no server answers";
        client(call(1, "read"));
        assertThat(client.json().at("/result/content/0/text").asText())
                .contains("could not judge", "no server answers", "not a policy decision");
        client("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
        assertThat(server.next()).contains("tools/list");
        server(LIST.formatted("2").replace("Reads.", "Other."));
        assertThat(client.next()).contains("Other.");
        authority.silent = null;
        client(call(3, "read"));
        assertThat(server.next()).isEqualTo(call(3, "read"));
        // It was told of the new description before it was asked about the call.
        assertThat(authority.told.getLast().toString()).contains("Other.");
    }

    @Test
    void anAnswerNobodyAskedForIsDropped() throws Exception {
        server("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}");
        assertThat(notes.take()).contains("answered what nobody asked");
        client("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}");
        assertThat(notes.take()).contains("answered what nobody asked");
        listed();
        client(call(1, "write"));
        // Held: the server cannot know of it.
        server("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}");
        assertThat(notes.take()).contains("answered what nobody asked");
        client.nothing();
        server.nothing();
        String question = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"elicitation/create\"}";
        server(question);
        assertThat(client.next()).isEqualTo(question);
        String answer = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"action\":\"accept\"}}";
        client(answer);
        assertThat(server.next()).isEqualTo(answer);
        authority.votes.add("deny");
    }

    @Test
    void anIdIsUsedOnceAtATime() throws Exception {
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
        assertThat(server.next()).contains("ping");
        client(call(1, "read"));
        JsonNode answer = client.json();
        assertThat(answer.path("id").isNull()).isTrue();
        assertThat(answer.at("/error/message").asText()).contains("same id");
        server.nothing();
        server("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
        assertThat(client.next()).contains("result");
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
        assertThat(server.next()).contains("ping");
    }

    @Test
    void aServerOfAnUnknownRevisionIsNotTalkedTo() throws Exception {
        client(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2026-07-28\"}}");
        assertThat(server.next()).contains("initialize");
        server("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2031-01-01\"}}");
        assertThat(client.json().at("/error/message").asText()).contains("2031-01-01");
    }

    @Test
    void anAnswerToWhatAToolAskedIsJudgedLikeItsInput() throws Exception {
        listed();
        String meta =
                "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"},\"name\":\"read\",\"arguments\":{\"path\":\"a\"}";
        client(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{"
                        + meta
                        + "}}");
        assertThat(server.next()).contains("tools/call");
        server(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"resultType\":\"input_required\",\"requestState\":\"st\"}}");
        assertThat(client.next()).contains("input_required");
        String again =
                ",\"method\":\"tools/call\",\"params\":{\"requestState\":\"st\",\"inputResponses\":{\"path\":\"/etc/shadow\"},"
                        + meta
                        + "}}";
        client("{\"jsonrpc\":\"2.0\",\"id\":2" + again);
        assertThat(server.next()).contains("inputResponses");
        assertThat(authority.asked).hasSize(2);
        assertThat(authority.asked.getLast().at("/input/inputResponses/path").asText())
                .isEqualTo("/etc/shadow");
    }

    @Test
    void whenTheServerEndsNobodyIsLeftWaiting() throws Exception {
        listed();
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
        client(call(2, "write"));
        proxy.serverGone();
        assertThat(
                        List.of(
                                client.json().at("/error/message").asText(),
                                client.json().at("/error/message").asText()))
                .containsOnly("the MCP server has ended");
        authority.votes.add("allow");
    }

    @Test
    void namesOfServersAreTakenFromTheirCommands() {
        assertThat(Origin.serverName(List.of("npx", "-y", "@scope/server-github@1.2.3")))
                .contains("server-github");
        assertThat(Origin.serverName(List.of("node", "/opt/tiny-mcp.mjs", "--port", "1")))
                .contains("tiny-mcp");
        assertThat(Origin.serverName(List.of("uvx", "mcp-server-git"))).contains("mcp-server-git");
        assertThat(Origin.isServerName("a__b")).isFalse();
        assertThat(Origin.isServerName("a_")).isFalse();
        assertThat(Origin.isServerName("a_b.c-d")).isTrue();
    }

    @Test
    void whatAToolWasOnceDescribedAsCountsAsLongAsTheSessionLasts() throws Exception {
        listed();
        String first = authority.told.getFirst().at("/tools/0/sha256").asText();
        authority.state = "waiting";
        client("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        assertThat(server.next()).contains("tools/list");
        server(LIST.formatted("1").replace("Reads.", "Reads, and sends it on."));
        assertThat(client.next()).contains("sends it on");
        authority.state = "first";
        server("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        assertThat(client.next()).contains("list_changed");
        authority.state = "waiting";
        client(call(2, "read"));
        server(LIST.formatted(server.json().path("id")));
        assertThat(server.next()).contains("tools/call");
        assertThat(authority.asked.getLast().path("definition").asText())
                .hasSize(64)
                .isNotEqualTo(first);
    }
}
