package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.gateway.RemoteServer;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of tools of a remote MCP server that wait for people. */
@Timeout(60)
final class RemoteToolsTest {
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"pay\"}}";

    private static final Map<String, String> JSON =
            Map.of(
                    "Content-Type",
                    "application/json",
                    "Accept",
                    "application/json, text/event-stream");

    private final List<String> arrived = new CopyOnWriteArrayList<>();

    private HttpServer remote() throws Exception {
        HttpServer remote =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        remote.createContext(
                "/",
                exchange -> {
                    String body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    arrived.add(body);
                    String id = body.replaceFirst("(?s).*\"id\":(\"[^\"]*\"|\\d+).*", "$1");
                    String result =
                            body.contains("tools/list")
                                    ? "{\"tools\":[{\"name\":\"pay\"}]}"
                                    : "{\"content\":[]}";
                    byte[] answer =
                            ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}")
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        remote.start();
        return remote;
    }

    /**
     * With an agent whose call waits until people answer; its token ends meanwhile, or does not.
     */
    private Reply held(boolean ends) throws Exception {
        HttpServer remote = remote();
        URI url = URI.create("http://127.0.0.1:" + remote.getAddress().getPort() + "/mcp");
        RemoteServer far = new RemoteServer("far", url, Optional::empty);
        try (TestServer server =
                new TestServer(false, Clock.systemUTC(), Duration.ofMinutes(5), List.of(far))) {
            String ana = server.personal(TestServer.ANA, true);
            String agent = server.agent("builder");
            server.putPolicy(ana, "t.yaml", "policy: mcp\nrules:\n  - ask: {server: far}\n");
            BlockingQueue<ApprovalRequest> asked = new LinkedBlockingQueue<>();
            AutoCloseable _ = server.approvals.onChange(asked::add);
            CompletableFuture<Reply> call =
                    CompletableFuture.supplyAsync(
                            () -> server.send("POST", "/mcp/far", agent, CALL, JSON));
            ApprovalRequest request = asked.poll(10, TimeUnit.SECONDS);
            assertThat(request).as(() -> call.getNow(null) + "").isNotNull();
            if (ends) {
                String id = "";
                for (var token : server.get("/v1/tokens", ana).json().path("tokens")) {
                    if (token.path("agent").asText().equals("builder")) {
                        id = token.path("id").asText();
                    }
                }
                assertThat(server.status("DELETE", "/v1/tokens/" + id, ana, null)).isEqualTo(204);
            }
            Reply _ =
                    server.post(
                            "/v1/approvals/" + Objects.requireNonNull(request).id() + "/votes",
                            ana,
                            "{\"answer\":\"approve\"}");
            return call.get(15, TimeUnit.SECONDS);
        } finally {
            remote.stop(0);
        }
    }

    private static String knowing(int id, String method, String params) {
        return """
        {"jsonrpc":"2.0","id":%d,"method":"%s","params":{%s,"_meta":{\
        "io.modelcontextprotocol/protocolVersion":"2026-07-28",\
        "io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}}}\
        """
                .formatted(id, method, params);
    }

    /** The call goes on after its own request was answered long ago. */
    @Test
    void aCallThatWaitsAsATaskArrivesWhenPeopleAgree() throws Exception {
        HttpServer remote = remote();
        URI url = URI.create("http://127.0.0.1:" + remote.getAddress().getPort() + "/mcp");
        RemoteServer far = new RemoteServer("far", url, Optional::empty);
        try (TestServer server =
                new TestServer(false, Clock.systemUTC(), Duration.ofMinutes(5), List.of(far))) {
            String ana = server.personal(TestServer.ANA, true);
            String agent = server.agent("builder");
            server.putPolicy(ana, "t.yaml", "policy: mcp\nrules:\n  - ask: {server: far}\n");
            BlockingQueue<ApprovalRequest> asked = new LinkedBlockingQueue<>();
            AutoCloseable _ = server.approvals.onChange(asked::add);
            Reply handle =
                    server.send(
                            "POST",
                            "/mcp/far",
                            agent,
                            knowing(1, "tools/call", "\"name\":\"pay\""),
                            JSON);
            String task = handle.json().at("/result/taskId").asText();
            assertThat(task).as(handle.body()).isNotEmpty();
            ApprovalRequest request = asked.poll(10, TimeUnit.SECONDS);
            assertThat(arrived).noneMatch(each -> each.contains("tools/call"));
            Reply vote =
                    server.post(
                            "/v1/approvals/" + Objects.requireNonNull(request).id() + "/votes",
                            ana,
                            "{\"answer\":\"approve\"}");
            assertThat(vote.status()).as(vote.body()).isEqualTo(200);
            Reply state;
            do {
                state =
                        server.send(
                                "POST",
                                "/mcp/far",
                                agent,
                                knowing(2, "tasks/get", "\"taskId\":\"" + task + "\""),
                                JSON);
            } while (state.json().at("/result/status").asText().equals("working"));
            assertThat(state.json().at("/result/status").asText())
                    .as(state.body())
                    .isEqualTo("completed");
            assertThat(state.json().at("/result/result/content").isArray()).isTrue();
            assertThat(arrived).anyMatch(each -> each.contains("tools/call"));
        } finally {
            remote.stop(0);
        }
    }

    @Test
    void anApprovedCallArrives() throws Exception {
        assertThat(held(false).json().at("/result/content").isArray()).isTrue();
        assertThat(arrived).contains(CALL);
    }

    @Test
    void anApprovalDoesNotReachATokenThatEndedMeanwhile() throws Exception {
        Reply reply = held(true);
        assertThat(reply.json().at("/result/isError").asBoolean()).as(reply.body()).isTrue();
        assertThat(arrived).noneMatch(each -> each.contains("tools/call"));
    }
}
