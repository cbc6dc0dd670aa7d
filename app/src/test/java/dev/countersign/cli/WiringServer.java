package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.HookAnswer;
import dev.countersign.agent.Scene;
import dev.countersign.agent.Sending;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server of a few lines for what wires clients: the owner makes tokens, an agent's token judges
 * canaries, {@code ana} is a person.
 */
final class WiringServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Path home;

    /** The tokens it made. */
    final List<String> tokens = new CopyOnWriteArrayList<>();

    /** What was asked to end them. */
    final List<String> revoked = new CopyOnWriteArrayList<>();

    /** What it says of its witnesses, or empty. */
    volatile String witness = "";

    /** One whose note lies in the data folder below a home. */
    WiringServer(Path home) throws IOException {
        this.home = home;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Path data = Files.createDirectories(home.resolve(".local/share/countersign"));
        Files.writeString(
                data.resolve("owner.json"),
                "{\"url\": \"%s/\", \"token\": \"owner\", \"pid\": 1}".formatted(url()));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String bearer =
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                        .replaceFirst("Bearer ", "");
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        String path = exchange.getRequestURI().getPath();
        int status = 200;
        String text = "{}";
        if (path.equals("/v1/tokens") && bearer.equals("owner")) {
            tokens.add("csa_agent_" + tokens.size());
            text =
                    JSON.createObjectNode()
                            .put("id", "T" + tokens.size())
                            .put("token", tokens.getLast())
                            .put("asked", body.path("agent").asText())
                            .toString();
        } else if (path.startsWith("/hooks/") && tokens.contains(bearer)) {
            text = judged(exchange, path.split("/", -1), (ObjectNode) body);
        } else if (path.startsWith("/v1/tokens/") && bearer.equals("ana")) {
            revoked.add(exchange.getRequestMethod() + " " + path);
        } else if (path.endsWith("/votes") && bearer.equals("ana")) {
            status = 404;
        } else if (path.equals("/health/ready") && !witness.isEmpty()) {
            text =
                    JSON.createObjectNode()
                            .put("witness", witness)
                            .put("witness_seconds", 300)
                            .toString();
        } else if (!path.equals("/health/live")) {
            status = path.endsWith("/votes") ? 403 : 401;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** In the client's own form, or in that of its sender. */
    private String judged(HttpExchange exchange, String[] parts, ObjectNode hook) {
        Client client = Clients.named(parts[2]).orElseThrow();
        String cwd = exchange.getRequestHeaders().getFirst("X-Countersign-Cwd");
        if (!hook.has("cwd")) {
            hook.put("cwd", cwd == null ? "/" : cwd);
        }
        Scene scene =
                new Scene(
                        Subject.local(parts[2]),
                        home.toString(),
                        "linux",
                        Shell.BASH,
                        Map.of(),
                        folder -> folder);
        ObjectNode said = client.answer(client.read(parts[3], hook, scene), new HookAnswer.Noted());
        return exchange.getRequestHeaders().containsKey("X-Countersign-Sender")
                ? Sending.answer(client.exit(said))
                : said.toString();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
