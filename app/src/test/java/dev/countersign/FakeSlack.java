package dev.countersign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Slack as its documentation describes it: what it refuses, and what it sends when one presses. */
final class FakeSlack implements AutoCloseable {
    private static final AtomicInteger PRESSES = new AtomicInteger();
    static final String TOKEN = "xoxb-1-fake";
    static final String APP_TOKEN = "xapp-1-fake";
    static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
    static final String CHANNEL = "C0123456789";

    /** A message as it stands now, with all it was. */
    record Posted(String ts, String thread, JsonNode body, int edits, long at) {}

    final Map<String, Posted> messages = new ConcurrentSkipListMap<>();
    final ConcurrentLinkedQueue<JsonNode> whispers = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<JsonNode> views = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Instant> limited = new ConcurrentLinkedQueue<>();
    private final AtomicInteger last = new AtomicInteger();
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    volatile int limits;

    /** Where it says to connect to, or empty where there is no Socket Mode. */
    volatile String socketUrl = "";

    volatile int status = 200;

    FakeSlack() throws IOException {
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/", this::call);
        server.start();
    }

    String api() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/api/";
    }

    /** A message as it stands now. */
    Posted now(String ts) {
        Posted posted = messages.get(ts);
        if (posted == null) {
            throw new IllegalStateException("no message " + ts);
        }
        return posted;
    }

    /** Those that are no replies. */
    List<Posted> posts() {
        return messages.values().stream().filter(each -> each.thread().isEmpty()).toList();
    }

    List<String> replies(String ts) {
        return messages.values().stream()
                .filter(each -> each.thread().equals(ts))
                .map(each -> each.body().path("text").asText())
                .toList();
    }

    private void call(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestURI().getPath().substring("/api/".length());
        byte[] sent = exchange.getRequestBody().readAllBytes();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        int code = status;
        synchronized (this) {
            if (limits > 0 && method.equals("chat.postMessage")) {
                limits--;
                limited.add(Instant.now());
                exchange.getResponseHeaders().add("Retry-After", "1");
                code = 429;
            }
        }
        if (code == 200) {
            String error = error(exchange, method, sent, answer);
            answer.put("ok", error.isEmpty());
            if (!error.isEmpty()) {
                answer.put("error", error);
                refused.add(method + ": " + error);
            }
        }
        byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(code, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private String error(HttpExchange exchange, String method, byte[] sent, ObjectNode answer)
            throws IOException {
        if (method.equals("apps.connections.open")) {
            String app = exchange.getRequestHeaders().getFirst("Authorization");
            answer.put("url", socketUrl);
            return ("Bearer " + APP_TOKEN).equals(app) && !socketUrl.isEmpty()
                    ? ""
                    : "invalid_auth";
        }
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return "invalid_auth";
        }
        JsonNode body = NotifiedServer.JSON.readTree(sent);
        if (method.equals("views.open")) {
            views.add(body);
            return body.path("trigger_id").asText().isEmpty()
                            || body.at("/view/title/text").asText().length() > 24
                    ? "invalid_arguments"
                    : "";
        }
        if (!CHANNEL.equals(body.path("channel").asText())) {
            return "channel_not_found";
        }
        String text = body.path("text").asText();
        if (text.isEmpty()) {
            return "no_text";
        }
        String wrong = blocks(body.path("blocks"));
        if (!wrong.isEmpty()) {
            return "invalid_blocks: " + wrong;
        }
        switch (method) {
            case "chat.postMessage" -> {
                String ts = "%010d.000100".formatted(last.incrementAndGet());
                messages.put(
                        ts,
                        new Posted(
                                ts, body.path("thread_ts").asText(), body, 0, System.nanoTime()));
                answer.put("ts", ts).put("channel", CHANNEL);
            }
            case "chat.update" -> {
                Posted before = messages.get(body.path("ts").asText());
                if (before == null) {
                    return "message_not_found";
                }
                messages.put(
                        before.ts(),
                        new Posted(
                                before.ts(),
                                before.thread(),
                                body,
                                before.edits() + 1,
                                before.at()));
                answer.put("ts", before.ts());
            }
            case "chat.postEphemeral" -> whispers.add(body);
            default -> {
                return "unknown_method";
            }
        }
        return "";
    }

    /** What the limits of Block Kit say of it, or empty. */
    private static String blocks(JsonNode blocks) {
        if (blocks.size() > 50) {
            return "more than 50 blocks";
        }
        for (JsonNode block : blocks) {
            String wrong =
                    switch (block.path("type").asText()) {
                        case "header" -> text(block.path("text"), "plain_text", 150);
                        case "section" -> section(block);
                        case "context" ->
                                block.path("elements").size() > 10 ? "too many elements" : "";
                        case "actions" -> actions(block);
                        case "rich_text" -> "";
                        default -> "unknown type " + block.path("type").asText();
                    };
            if (!wrong.isEmpty()) {
                return wrong;
            }
        }
        return "";
    }

    private static String section(JsonNode block) {
        if (block.path("fields").size() > 10) {
            return "more than 10 fields";
        }
        for (JsonNode field : block.path("fields")) {
            if (!text(field, "", 2_000).isEmpty()) {
                return "a field is too long";
            }
        }
        return block.has("text") ? text(block.path("text"), "", 3_000) : "";
    }

    private static String actions(JsonNode block) {
        if (block.path("elements").size() > 25 || block.path("block_id").asText().length() > 255) {
            return "too many elements";
        }
        List<String> ids = new ArrayList<>();
        for (JsonNode each : block.path("elements")) {
            if (!text(each.path("text"), "plain_text", 75).isEmpty()
                    || each.path("value").asText().length() > 2_000
                    || each.path("url").asText().length() > 3_000
                    || ids.contains(each.path("action_id").asText())) {
                return "a button is wrong";
            }
            ids.add(each.path("action_id").asText());
        }
        return "";
    }

    private static String text(JsonNode text, String type, int most) {
        boolean wrong =
                text.path("text").asText().isEmpty()
                        || text.path("text").asText().length() > most
                        || (!type.isEmpty() && !text.path("type").asText().equals(type))
                        || (text.has("verbatim") && !text.path("type").asText().equals("mrkdwn"))
                        || (text.has("emoji") && !text.path("type").asText().equals("plain_text"));
        return wrong ? "a text is wrong: " + text : "";
    }

    /** The button of a message, or nothing where it has no such button. */
    static JsonNode button(Posted message, String action) {
        for (JsonNode block : message.body().path("blocks")) {
            for (JsonNode each : block.path("elements")) {
                if (each.path("action_id").asText().equals(action)) {
                    return each;
                }
            }
        }
        return JsonNodeFactory.instance.missingNode();
    }

    /** What Slack sends when somebody presses a button. */
    static ObjectNode pressed(String user, String action, String value) {
        // Each press has a time of its own; the very same request is a repetition.
        String at = "1795000000.%06d".formatted(PRESSES.incrementAndGet());
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("type", "block_actions");
        payload.putObject("team").put("id", "T111");
        payload.putObject("user").put("id", user).put("username", "name-of-" + user);
        payload.putObject("channel").put("id", CHANNEL);
        payload.put("trigger_id", "111.222.xxx");
        payload.putArray("actions")
                .addObject()
                .put("type", "button")
                .put("action_id", action)
                .put("action_ts", at)
                .put("value", value);
        return payload;
    }

    /** What Slack sends when somebody has filled in a window. */
    static ObjectNode submitted(String user, String value, String reason) {
        ObjectNode payload = JsonNodeFactory.instance.objectNode().put("type", "view_submission");
        payload.putObject("team").put("id", "T111");
        payload.putObject("user").put("id", user).put("username", "name-of-" + user);
        ObjectNode view = payload.putObject("view").put("callback_id", "deny_reason");
        view.put("private_metadata", value);
        view.putObject("state")
                .putObject("values")
                .putObject("reason")
                .putObject("reason")
                .put("value", reason);
        return payload;
    }

    /** Sends it, signed, as of a time; the status of the answer. */
    int send(URI endpoint, ObjectNode payload, Instant at, String secret) throws Exception {
        String body = "payload=" + URLEncoder.encode(payload.toString(), StandardCharsets.UTF_8);
        String seconds = Long.toString(at.getEpochSecond());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature =
                "v0="
                        + HexFormat.of()
                                .formatHex(
                                        mac.doFinal(
                                                ("v0:" + seconds + ":" + body)
                                                        .getBytes(StandardCharsets.UTF_8)));
        return http.send(
                        HttpRequest.newBuilder(endpoint)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("X-Slack-Request-Timestamp", seconds)
                                .header("X-Slack-Signature", signature)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    int send(URI endpoint, ObjectNode payload) throws Exception {
        return send(endpoint, payload, Instant.now(), SECRET);
    }

    @Override
    public void close() {
        server.stop(0);
        http.close();
    }
}
