package dev.countersign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.Product;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.SignInLink;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** The whole program with the settings a test names, and an agent whose calls are questions. */
final class NotifiedServer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String ANA = "ana@example.com";
    static final String LI = "li@example.com";

    private final HttpClient http = HttpClient.newHttpClient();
    final Path work;
    final Product.Server server;
    final String owner;
    final String agent;

    NotifiedServer(Path folder, String settings) throws Exception {
        this(folder, settings, 0);
    }

    NotifiedServer(Path folder, String settings, int port) throws Exception {
        this(folder, settings, port, Clock.systemUTC());
    }

    NotifiedServer(Path folder, String settings, int port, Clock clock) throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        work = Files.createDirectories(home.resolve("payments"));
        Path data = folder.resolve("data");
        Surroundings around =
                new Surroundings(Map.of("SHELL", "/bin/bash"), home, home, "linux", clock);
        ServerSettings.Given given = SettingsFile.read("settings.yaml", folder, settings);
        server =
                new App(around)
                        .start(
                                given.over(
                                                new ServerSettings.Given(
                                                        Optional.of(data),
                                                        Optional.empty(),
                                                        Optional.of(new Listen("127.0.0.1", port)),
                                                        Optional.empty(),
                                                        Optional.empty(),
                                                        Optional.of(true),
                                                        Optional.empty(),
                                                        Optional.of(100_000),
                                                        Optional.empty(),
                                                        Optional.empty(),
                                                        Optional.empty(),
                                                        Optional.empty()))
                                        .complete(data));
        owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
        agent = token("{\"kind\":\"agent\",\"name\":\"builder\",\"person\":\"owner@localhost\"}");
    }

    /** Adds somebody who answers, and a token of theirs. */
    String person(String email, String role) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("email", email);
        body.putArray("roles").add(role);
        JsonNode _ = call("POST", "/v1/people", owner, body.toString());
        return token("{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + email + "\"}");
    }

    String token(String body) throws Exception {
        return call("POST", "/v1/tokens", owner, body).path("token").asText();
    }

    /** A token of the first owner, as a person. */
    String ownPerson() throws Exception {
        return token("{\"kind\":\"personal\",\"name\":\"o\",\"person\":\"owner@localhost\"}");
    }

    /** Signs somebody in who was invited. */
    SignInLink.Browser browser(String email) throws Exception {
        return SignInLink.enter(http, URI.create(invitation(email)));
    }

    /** The link by which somebody who was invited signs in. */
    String invitation(String email) throws Exception {
        return call("POST", "/v1/people/" + email + "/link", ownPerson(), "{}")
                .path("sign_in")
                .asText();
    }

    /** Puts a policy for everybody. */
    void policy(String text) throws Exception {
        String token =
                token("{\"kind\":\"personal\",\"name\":\"p\",\"person\":\"owner@localhost\"}");
        String body = JSON.createObjectNode().put("file", "p.yaml").put("text", text).toString();
        JsonNode put = call("PUT", "/v1/policies/tenant", token, body);
        if (!put.path("stored").asBoolean()) {
            throw new IllegalStateException(put.toString());
        }
    }

    JsonNode call(String method, String path, String token, String body) throws Exception {
        HttpResponse<String> answer = send(method, path, token, body);
        return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    }

    HttpResponse<String> send(String method, String path, String token, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpClient http() {
        return http;
    }

    /** An agent asks; the number of the question. */
    String ask(String command) throws Exception {
        return ask("Bash", JSON.createObjectNode().put("command", command));
    }

    /** The same with any tool and input. */
    String ask(String tool, ObjectNode input) throws Exception {
        ObjectNode call = JSON.createObjectNode();
        call.put("client", "claude-code").put("tool", tool).put("cwd", work.toString());
        call.put("workspace", work.toString());
        call.set("input", input);
        JsonNode answer = call("POST", "/v1/decisions", agent, call.toString());
        String id = answer.path("approval").path("id").asText();
        if (id.isEmpty()) {
            throw new IllegalStateException(answer.toString());
        }
        return id;
    }

    JsonNode vote(String id, String token, String answer) throws Exception {
        return call(
                "POST", "/v1/approvals/" + id + "/votes", token, "{\"answer\":\"" + answer + "\"}");
    }

    JsonNode approval(String id) throws Exception {
        return call("GET", "/v1/approvals/" + id, owner, "");
    }

    JsonNode channel(String name) throws Exception {
        for (JsonNode each : call("GET", "/v1/channels", owner, "").path("channels")) {
            if (each.path("name").asText().equals(name)) {
                return each;
            }
        }
        throw new IllegalStateException("no channel " + name);
    }

    /** Waits for something that comes by itself, twenty seconds at most. */
    static void until(String what, Callable<Boolean> there) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!there.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
