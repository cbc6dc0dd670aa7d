package dev.countersign.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
@SuppressWarnings("NullAway.Init")
final class McpEndpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOOLS =
            "\"result\":{\"tools\":[{\"name\":\"read\"},{\"name\":\"delete_all\"}]}";

    private final FakeAuthority authority = new FakeAuthority();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private HttpServer upstream;
    private McpEndpoint endpoint;

    /** What the server behind does not answer as JSON. */
    private boolean streams;

    private int status = 200;
    private String besides = "";

    private record Seen(Map<String, String> headers, String body) {}

    @BeforeEach
    void start() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/mcp", this::serve);
        upstream.start();
        endpoint =
                new McpEndpoint(
                        new RemoteServer(
                                "far",
                                URI.create(
                                        "http://127.0.0.1:"
                                                + upstream.getAddress().getPort()
                                                + "/mcp"),
                                () -> Optional.of("ours")));
    }

    @AfterEach
    void stop() {
        upstream.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) ->
                        headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        seen.add(new Seen(headers, body));
        JsonNode asked = body.isEmpty() ? JSON.createObjectNode() : JSON.readTree(body);
        String method = asked.path("method").asText();
        String result =
                switch (method) {
                    case "tools/list" -> TOOLS;
                    case "initialize" -> "\"result\":{\"protocolVersion\":\"2025-11-25\"}";
                    default -> "\"result\":{\"content\":[]}";
                };
        if (method.equals("initialize")) {
            exchange.getResponseHeaders().add("Mcp-Session-Id", "upstream-session");
        }
        String answer = "{\"jsonrpc\":\"2.0\",\"id\":" + asked.path("id") + "," + result + "}";
        boolean quiet = !asked.has("id");
        byte[] bytes =
                (streams ? besides + "event: message\ndata: " + answer + "\n\n" : answer)
                        .getBytes(UTF_8);
        exchange.getResponseHeaders()
                .add("Content-Type", streams ? "text/event-stream" : "application/json");
        exchange.sendResponseHeaders(quiet ? 202 : status, quiet ? -1 : bytes.length);
        if (!quiet) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private record Got(int status, String session, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    private Got post(String token, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(headers);
        all.put("authorization", "Bearer " + token);
        all.put("accept", "application/json, text/event-stream");
        all.putIfAbsent("content-type", "application/json");
        McpEndpoint.Outgoing out =
                endpoint.answer(
                        new McpEndpoint.Incoming(
                                "POST", all, body.getBytes(UTF_8), token, "mcp", authority));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        out.body().to(bytes);
        return new Got(out.status(), out.session(), bytes.toString(UTF_8));
    }

    private static String message(int id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\""
                + method
                + "\",\"params\":{"
                + params
                + "}}";
    }

    private String opened(String token) throws IOException, InterruptedException {
        Got got =
                post(
                        token,
                        Map.of(),
                        message(0, "initialize", "\"protocolVersion\":\"2025-11-25\""));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.session()).isNotEmpty().isNotEqualTo("upstream-session");
        return got.session();
    }

    @Test
    void anAllowedCallGoesOnWithOurTokenAndNoneOfTheClients() throws Exception {
        Map<String, String> session = Map.of("mcp-session-id", opened("t1"), "cookie", "c=1");
        Got got = post("t1", session, message(1, "tools/call", "\"name\":\"read\""));
        assertThat(got.json().at("/result/content").isArray()).isTrue();
        Seen call = seen.getLast();
        assertThat(call.body()).isEqualTo(message(1, "tools/call", "\"name\":\"read\""));
        assertThat(call.headers())
                .containsEntry("authorization", "Bearer ours")
                .containsEntry("mcp-session-id", "upstream-session")
                .doesNotContainKey("cookie");
        assertThat(authority.outcomes.take().path("status").asText()).isEqualTo("success");
        assertThat(authority.asked.getFirst().path("tool").asText()).isEqualTo("mcp__far__read");
        assertThat(authority.asked.getFirst().path("definition").asText()).hasSize(64);
    }

    @Test
    void aDeniedCallStaysHere() throws Exception {
        Map<String, String> session = Map.of("mcp-session-id", opened("t1"));
        Got got = post("t1", session, message(1, "tools/call", "\"name\":\"delete_all\""));
        assertThat(got.json().at("/result/isError").asBoolean()).isTrue();
        assertThat(got.body()).contains("Denied by Countersign");
        assertThat(seen).noneMatch(each -> each.body().contains("tools/call"));
        authority.silent = "the server is stopping";
        got = post("t1", session, message(2, "tools/call", "\"name\":\"read\""));
        assertThat(got.body()).contains("could not judge");
        assertThat(seen).noneMatch(each -> each.body().contains("tools/call"));
    }

    @Test
    void aSessionBelongsToTheTokenThatOpenedIt() throws Exception {
        Map<String, String> session = Map.of("mcp-session-id", opened("t1"));
        Got stolen = post("t2", session, message(1, "ping", ""));
        assertThat(stolen.status()).isEqualTo(404);
        assertThat(
                        post(
                                        "t1",
                                        Map.of("mcp-session-id", "upstream-session"),
                                        message(1, "ping", ""))
                                .status())
                .isEqualTo(404);
        assertThat(post("t1", session, message(1, "ping", "")).status()).isEqualTo(200);
    }

    @Test
    void headersSayWhatTheMessageSays() throws Exception {
        String call = message(1, "tools/call", "\"name\":\"read\",\"arguments\":{\"path\":\"a\"}");
        for (Map<String, String> wrong :
                List.of(
                        Map.of("mcp-method", "ping"),
                        Map.of("mcp-name", "delete_all"),
                        Map.of("mcp-param-path", "b"))) {
            Got got = post("t1", wrong, call);
            assertThat(got.status()).isEqualTo(400);
            assertThat(got.json().at("/error/code").asInt()).isEqualTo(-32_020);
        }
        assertThat(seen).isEmpty();
        Got got =
                post(
                        "t1",
                        Map.of(
                                "mcp-method", "tools/call",
                                "mcp-name", "=?base64?cmVhZA==?=",
                                "mcp-param-path", "a"),
                        call);
        assertThat(got.status()).isEqualTo(200);
        assertThat(post("t1", Map.of("mcp-protocol-version", "2031-01-01"), call).status())
                .isEqualTo(400);
    }

    @Test
    void whatIsDeniedOutrightIsNotListed() throws Exception {
        authority.hidden.add("delete_all");
        for (boolean each : List.of(false, true)) {
            streams = each;
            Got got = post("t1", Map.of(), message(1, "tools/list", ""));
            assertThat(got.json().at("/result/tools").findValuesAsText("name"))
                    .containsExactly("read");
        }
    }

    private static final String KNOWS_TASKS =
            "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                    + "\"io.modelcontextprotocol/clientCapabilities\":{\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}}";

    private Got task(String token, int id, String method, String task) throws Exception {
        return post(
                token,
                Map.of("mcp-method", method, "mcp-name", task),
                message(id, method, "\"taskId\":\"" + task + "\"," + KNOWS_TASKS));
    }

    /** The client has its handle at once, and may come back by another request. */
    @Test
    void aCallThatWaitsIsATaskForAClientThatKnowsThem() throws Exception {
        Got got =
                post("t1", Map.of(), message(1, "tools/call", "\"name\":\"write\"," + KNOWS_TASKS));
        assertThat(got.json().at("/result/resultType").asText()).as(got.body()).isEqualTo("task");
        String task = got.json().at("/result/taskId").asText();
        assertThat(task("t1", 2, "tasks/get", task).json().at("/result/statusMessage").asText())
                .contains("APR-1");
        assertThat(task("t2", 3, "tasks/get", task).json().at("/error/code").asInt())
                .as("somebody else's token")
                .isEqualTo(-32_602);
        assertThat(seen).noneMatch(each -> each.body().contains("tools/call"));
        authority.votes.add("allow");
        JsonNode state;
        do {
            state = task("t1", 4, "tasks/get", task).json().path("result");
        } while (state.path("status").asText().equals("working"));
        assertThat(state.path("status").asText()).as(state.toString()).isEqualTo("completed");
        assertThat(state.at("/result/content").isArray()).isTrue();
        Seen call = seen.getLast();
        assertThat(call.body())
                .contains("tools/call", "\"name\":\"write\"")
                .doesNotContain("/tasks");
        assertThat(call.headers()).containsEntry("authorization", "Bearer ours");
        assertThat(authority.outcomes.take().path("status").asText()).isEqualTo("success");
    }

    /** What is of the server's own tasks goes on, with the header that names one. */
    @Test
    void theServersOwnTasksPass() throws Exception {
        assertThat(task("t1", 1, "tasks/get", "theirs").status()).isEqualTo(200);
        assertThat(seen.getLast().body()).contains("theirs");
        assertThat(seen.getLast().headers()).containsEntry("mcp-name", "theirs");
        assertThat(
                        post(
                                        "t1",
                                        Map.of("mcp-name", "other"),
                                        message(2, "tasks/get", "\"taskId\":\"theirs\""))
                                .status())
                .isEqualTo(400);
    }

    @Test
    void aStreamPassesWithoutAnswersToOtherQuestions() throws Exception {
        streams = true;
        String notice = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}";
        String other = "{\"jsonrpc\":\"2.0\",\"id\":99," + TOOLS + "}";
        besides = ": hello\n\ndata: " + notice + "\n\ndata: " + other + "\n\n";
        Got got = post("t1", Map.of(), message(1, "ping", ""));
        assertThat(got.body())
                .contains("data: " + notice + "\n\n", "\"id\":1")
                .doesNotContain("hello", "99");
    }

    @Test
    void itsWishForATokenIsNotTheClients() throws Exception {
        status = 401;
        Got got = post("t1", Map.of(), message(1, "ping", ""));
        assertThat(got.status()).isEqualTo(502);
        assertThat(got.body()).contains("refuses Countersign's token");
    }

    @Test
    void whatIsReadInTwoWaysGoesNowhere() throws Exception {
        List<Got> got = new ArrayList<>();
        got.add(post("t1", Map.of(), "[]"));
        got.add(
                post(
                        "t1",
                        Map.of(),
                        "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"read\"}}"));
        got.add(post("t1", Map.of(), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
        assertThat(got).allMatch(each -> each.status() == 400);
        assertThat(seen).isEmpty();
    }

    @Test
    void aBodyIsReadInTheOneWayThatTheServerReadsItIn() throws Exception {
        String call = message(1, "ping", "");
        for (Map<String, String> other :
                List.of(
                        Map.of("content-type", "application/json; charset=utf-7"),
                        Map.of("content-type", "text/plain"),
                        Map.of("content-encoding", "gzip"))) {
            assertThat(post("t1", other, call).status()).isEqualTo(415);
        }
        assertThat(seen).isEmpty();
        assertThat(
                        post("t1", Map.of("content-type", "application/json; charset=UTF-8"), call)
                                .status())
                .isEqualTo(200);
        assertThat(seen.getLast().headers()).containsEntry("content-type", "application/json");
    }
}
