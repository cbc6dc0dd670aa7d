package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of a few fixed answers that remembers what it was asked. */
final class FakeServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();

    /** {@code METHOD path authorization body}, in the order they came. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final List<ObjectNode> pending = new CopyOnWriteArrayList<>();

    record Reply(int status, String body) {}

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    FakeServer on(String methodAndPath, int status, String body) {
        replies.put(methodAndPath, new Reply(status, body));
        return this;
    }

    /** An approval that waits and is answered by the first vote. */
    FakeServer waits(String id, String risk, String command) {
        ObjectNode approval = Json.object();
        approval.put("id", id).put("status", "pending").put("needed", 1).put("given", 0);
        approval.put("expires_at", "2026-03-29T10:04:30Z").put("agent", "migrations");
        approval.put("driver", "ana@example.com");
        approval.putObject("call")
                .put("client", "claude-code")
                .put("tool", "Bash")
                .put("cwd", "/home/ana/app/src")
                .put("workspace", "/home/ana/app")
                .putObject("input")
                .put("command", command);
        ObjectNode decision = approval.putObject("decision");
        decision.put("effect", "ask").put("risk", risk);
        decision.put("reason", "a push reaches others; somebody must agree");
        decision.put("instead", "push a branch and open a pull request");
        ObjectNode operation = decision.putArray("operations").addObject();
        operation.put("action", "git_push").put("risk", risk);
        operation
                .putArray("because")
                .addObject()
                .put("document", "autonomy")
                .put("rule", "partial/high");
        pending.add(approval);
        return this;
    }

    /** The last one may be approved by this person alone. */
    FakeServer mayBreakGlass() {
        pending.getLast().put("may_break_glass", true);
        return this;
    }

    /** The last one may be approved for longer, as far as this pattern. */
    FakeServer offers(String pattern) {
        ObjectNode offer = pending.getLast().putObject("offer").put("pattern", pattern);
        offer.putArray("scopes").add("once").add("task").add("project");
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().toString();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String who = exchange.getRequestHeaders().getFirst("Authorization");
        calls.add(method + " " + path + " " + who + " " + body);
        Reply reply = replies.getOrDefault(method + " " + path, approvals(method, path, body));
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private Reply approvals(String method, String path, String body) {
        if (method.equals("GET") && path.equals("/v1/approvals")) {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("approvals");
            pending.forEach(array::add);
            return new Reply(200, Json.write(json));
        }
        for (ObjectNode approval : pending) {
            String one = "/v1/approvals/" + Json.text(approval, "id");
            if (method.equals("POST") && path.equals(one + "/votes")) {
                pending.remove(approval);
                boolean yes = body.contains("\"approve\"");
                return new Reply(
                        200,
                        Json.write(approval.deepCopy().put("status", yes ? "approved" : "denied")));
            }
            if (method.equals("GET") && path.equals(one)) {
                return new Reply(200, Json.write(approval));
            }
        }
        return new Reply(404, "{\"title\":\"not there\"}");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
