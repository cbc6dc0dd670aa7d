package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Canary;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.Clients;
import dev.countersign.agent.Setup;
import dev.countersign.cli.Product;
import dev.countersign.config.Listen;
import dev.countersign.config.MachineFacts;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.edge.Edge;
import dev.countersign.edge.EdgeFolder;
import dev.countersign.testing.Cable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A laptop with an edge, and a real server that is another machine: whatever comes with a device's
 * token is of one, although in these tests all files lie on one disk.
 */
@SuppressWarnings("NullAway.Init")
final class EdgeTest {
    private static final Path PAYLOADS = Path.of("src/test/resources/clients/claude-code/payloads");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PERSON = "owner@localhost";

    private @TempDir Path folder;
    private Path laptop;
    private Path project;
    private Path data;
    private int port;
    private Product.Server server;
    private Cable cable;
    private Edge edge;
    private HttpClient http;
    private String owner;
    private String device;
    private String client;

    @BeforeEach
    void start() throws Exception {
        http = HttpClient.newHttpClient();
        laptop = folder.toRealPath().resolve("laptop/ana");
        project = Files.createDirectories(laptop.resolve("shop"));
        Files.createDirectories(project.resolve(".git"));
        Files.writeString(project.resolve(".git/HEAD"), "ref: refs/heads/main\n");
        Files.writeString(project.resolve("README.md"), "a shop\n");
        data = folder.resolve("data");
        serve();
        device =
                token(
                        "{\"kind\":\"device\",\"name\":\"laptop\",\"agent\":\"ana-laptop\",\"person\":\""
                                + PERSON
                                + "\"}");
        cable = new Cable(server.url().getPort());
        edge = edge(cable.address(), Duration.ofMinutes(1));
        client = edgeToken(edge);
    }

    @AfterEach
    void stop() {
        edge.close();
        cable.close();
        server.close();
        http.close();
    }

    private void serve() throws Exception {
        Path home = Files.createDirectories(folder.resolve("server"));
        server =
                new App(new Surroundings(Map.of(), home, home, "linux", Clock.systemUTC()))
                        .start(
                                new ServerSettings.Given(
                                                Optional.of(data),
                                                Optional.empty(),
                                                Optional.of(new Listen("127.0.0.1", port)),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.of(true),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.of(Duration.ofMillis(50)),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty())
                                        .complete(data));
        port = server.url().getPort();
        owner = JSON.readTree(data.resolve("owner.json").toFile()).path("token").asText();
    }

    private Path edgeFolder() {
        return laptop.resolve(".local/share/countersign-edge");
    }

    private Edge edge(String address, Duration most) throws Exception {
        return Edge.start(
                new Edge.Settings(
                        new EdgeFolder(edgeFolder()),
                        new Listen("127.0.0.1", 0),
                        URI.create(address.endsWith("/") ? address : address + "/"),
                        device,
                        most),
                new Surroundings(
                        Map.of("SHELL", "/bin/bash"), laptop, laptop, "linux", Clock.systemUTC()),
                new MachineFacts());
    }

    /** As {@code connect} gets it. */
    private String edgeToken(Edge at) throws Exception {
        String note =
                JSON.readTree(edgeFolder().resolve("owner.json").toFile()).path("token").asText();
        HttpResponse<String> made =
                send("POST", at.url().resolve("/v1/tokens"), note, "{\"name\":\"claude\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        return JSON.readTree(made.body()).path("token").asText();
    }

    private String token(String body) throws Exception {
        return JSON.readTree(send("POST", at("/v1/tokens"), owner, body).body())
                .path("token")
                .asText();
    }

    private URI at(String path) {
        return server.url().resolve(path);
    }

    private HttpResponse<String> send(
            String method, URI to, @Nullable String token, @Nullable String body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(to)
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** What the client really sent once, about another command in this project. */
    private ObjectNode recorded(String command) throws IOException {
        ObjectNode hook =
                (ObjectNode) JSON.readTree(PAYLOADS.resolve("PreToolUse.Bash.json").toFile());
        hook.put("cwd", project.toString());
        hook.put(
                "transcript_path",
                laptop
                        + "/.claude/projects/"
                        + project.toString().replaceAll("[^A-Za-z0-9]", "-")
                        + "/x.jsonl");
        hook.putObject("tool_input").put("command", command);
        return hook;
    }

    private static URI hookOf(URI base) {
        return base.resolve("/hooks/claude-code/PreToolUse");
    }

    /** {@code allow} or {@code deny} with the reason, of the client's hook. */
    private String asked(URI base, String token, String body) throws Exception {
        HttpResponse<String> answer = send("POST", hookOf(base), token, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode said = JSON.readTree(answer.body()).path("hookSpecificOutput");
        return said.path("permissionDecision").asText()
                + ": "
                + said.path("permissionDecisionReason").asText();
    }

    private String through(String command) throws Exception {
        return asked(edge.url(), client, recorded(command).toString());
    }

    /** The same by a device that asks the server itself. */
    private String direct(String command) throws Exception {
        return asked(server.url(), device, recorded(command).toString());
    }

    @Test
    void passesOnWhatTheServerSays() throws Exception {
        assertThat(through("cat README.md")).startsWith("allow: Allowed by Countersign.");
        assertThat(through("git push --force origin main"))
                .startsWith("deny: Denied by Countersign");
    }

    @Test
    void everyRecordedEventComesThrough() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(PAYLOADS)) {
            files = all.filter(f -> f.toString().endsWith(".json")).sorted().toList();
        }
        for (Path file : files) {
            String event = String.valueOf(file.getFileName()).split("\\.", 2)[0];
            URI to = edge.url().resolve("/hooks/claude-code/" + event);
            HttpResponse<String> answer = send("POST", to, client, Files.readString(file));
            assertThat(answer.statusCode()).as(event).isEqualTo(200);
            assertThat(answer.body()).as(event).startsWith("{").doesNotContain("could not judge");
        }
    }

    @Test
    void aLinkOutOfTheWorkspaceIsSeenWhereItIs() throws Exception {
        Files.writeString(Files.createDirectories(laptop.resolve("other")).resolve("a"), "x");
        Files.createSymbolicLink(project.resolve("notes"), laptop.resolve("other"));
        assertThat(direct("cat notes/a")).startsWith("allow");
        assertThat(through("cat notes/a"))
                .startsWith("deny")
                .contains("`notes/a`, outside the project", "pending");
    }

    /** The server's own disk says nothing about a laptop, whatever lies there under that name. */
    @Test
    void theServerDoesNotLookAtItsOwnDisk() throws Exception {
        Files.createSymbolicLink(project.resolve("notes"), laptop);
        Files.writeString(
                project.resolve("countersign.yaml"),
                """
                policy: local
                rules:
                  - deny: {file_read: "./README.md"}
                """);
        String here = token("{\"kind\":\"agent\",\"name\":\"here\",\"person\":\"" + PERSON + "\"}");
        String body = recorded("cat notes/x README.md").toString();
        assertThat(asked(server.url(), here, body)).startsWith("deny");
        assertThat(asked(server.url(), device, body)).startsWith("allow");
        HttpRequest forwarded =
                HttpRequest.newBuilder(hookOf(server.url()))
                        .header("Authorization", "Bearer " + here)
                        .header("X-Forwarded-For", "192.0.2.1")
                        .POST(BodyPublishers.ofString(body))
                        .build();
        assertThat(http.send(forwarded, BodyHandlers.ofString()).body()).contains("\"allow\"");
    }

    @Test
    void aPolicyFileOnTheLaptopRestrictsThere() throws Exception {
        Files.writeString(
                project.resolve("countersign.yaml"),
                """
                policy: local
                rules:
                  - deny: {file_read: "./README.md"}
                  - allow: {git_push: {branch: main}}
                """);
        assertThat(through("cat README.md")).startsWith("deny").contains("local");
        assertThat(through("cat .git/HEAD")).startsWith("allow");
        assertThat(through("git push origin main")).startsWith("deny");
        Files.writeString(project.resolve("countersign.yaml"), "polici: x\n");
        assertThat(through("cat .git/HEAD")).startsWith("deny: Countersign could not judge");
    }

    @Test
    void aScriptThatOnlyTheLaptopHasIsRead() throws Exception {
        Files.writeString(
                project.resolve("package.json"),
                "{\"scripts\":{\"test\":\"git push --force origin main\"}}");
        assertThat(direct("npm test")).startsWith("allow");
        assertThat(through("npm test")).startsWith("deny").contains("force");
    }

    @Test
    void aRemoteThatTheServerCannotSeeIsTold() throws Exception {
        Files.writeString(
                project.resolve(".git/config"),
                "[remote \"origin\"]\n\turl = https://ana:geheim@git.example/shop.git\n");
        assertThat(direct("git remote -v")).startsWith("allow");
        assertThat(through("git remote -v")).startsWith("deny").contains("with a password in it");
    }

    /** What a gate in front of the repository goes by. */
    @Test
    void theCommitThatIsPushedIsTold() throws Exception {
        String commit = "0123456789abcdef0123456789abcdef01234567";
        Files.writeString(
                project.resolve(".git/config"),
                "[remote \"origin\"]\n\turl = ssh://git@git.example:2222/org/shop.git\n");
        Files.createDirectories(project.resolve(".git/refs/heads"));
        Files.writeString(project.resolve(".git/refs/heads/main"), commit + "\n");
        policy("policy: pushes\nrules:\n  - allow: {git_push: {branch: main}}\n");
        assertThat(direct("git push origin main")).startsWith("allow");
        assertThat(pushed().path("commit").isNull()).isTrue();
        assertThat(through("git push origin main")).startsWith("allow");
        assertThat(pushed())
                .isEqualTo(
                        JSON.createObjectNode()
                                .put("to", "git.example/org/shop")
                                .put("ref", "refs/heads/main")
                                .put("commit", commit)
                                .put("forced", false));
    }

    private JsonNode pushed() throws Exception {
        String path = "/v1/audit?kind=decision&effect=allow&limit=1";
        return JSON.readTree(send("GET", at(path), owner, null).body())
                .at("/records/0/record/body/pushes/0");
    }

    /** What the branch is, the laptop says; which rules that spares the call, it does not. */
    @Test
    void aBranchThatIsToldSparesNoRule() throws Exception {
        policy("policy: pushes\nrules:\n  - deny: {git_push: {branch: release}}\n");
        assertThat(direct("git push")).startsWith("deny").contains("pushes");
        assertThat(through("git push")).startsWith("deny").contains("pushes");
        assertThat(through("git push origin main")).contains("pending");
    }

    /** All working trees of a repository are one project, also on a laptop. */
    @Test
    void aPolicyOfTheProjectReachesItsWorkingTrees() throws Exception {
        HttpResponse<String> put =
                send(
                        "PUT",
                        at("/v1/policies/project/shop"),
                        owner,
                        JSON.createObjectNode()
                                .put("file", "shop.yaml")
                                .put(
                                        "text",
                                        "policy: shops\nrules:\n  - deny: {file_write: \"./db/**\"}\n")
                                .toString());
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        Path tree = Files.createDirectories(laptop.resolve("fix"));
        Path linked = Files.createDirectories(project.resolve(".git/worktrees/fix"));
        Files.writeString(tree.resolve(".git"), "gitdir: " + linked + "\n");
        Files.writeString(linked.resolve("gitdir"), tree.resolve(".git") + "\n");
        Files.writeString(linked.resolve("commondir"), "../..\n");
        Files.writeString(linked.resolve("HEAD"), "ref: refs/heads/fix\n");
        project = tree;
        assertThat(direct("touch db/x")).startsWith("allow");
        assertThat(through("touch db/x")).startsWith("deny").contains("shops");
    }

    private void policy(String text) throws Exception {
        HttpResponse<String> put =
                send(
                        "PUT",
                        at("/v1/policies/tenant"),
                        owner,
                        JSON.createObjectNode()
                                .put("file", "hosts.yaml")
                                .put("text", text)
                                .toString());
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    }

    @Test
    void factsNeverLoosen() throws Exception {
        for (String command :
                List.of("cat /etc/hostname", "rm -rf src", "echo x > /etc/x", "git push")) {
            ObjectNode hook = recorded(command);
            String plain = asked(server.url(), device, hook.toString());
            hook.set("countersign_facts", lies());
            String lied = asked(server.url(), device, hook.toString());
            assertThat(plain).as(command).startsWith("deny");
            assertThat(lied).as(command).startsWith("deny");
        }
    }

    private static JsonNode lies() throws IOException {
        return JSON.readTree(
                """
                {"version":1,"platform":"linux","home":"/home/x","shell":"bash","workspace":"/",
                 "complete":true,"answers":[
                 {"ask":"resolve","path":"/etc/hostname","answer":"/tmp/x"},
                 {"ask":"kind","path":"/etc/hostname","answer":"missing"},
                 {"ask":"text","path":"/.gitignore","answer":"*"}]}
                """);
    }

    @Test
    void whatIsMalformedIsNotJudged() throws Exception {
        ObjectNode hook = recorded("cat README.md");
        hook.put("countersign_facts", "none");
        assertThat(asked(server.url(), device, hook.toString()))
                .startsWith("deny: Countersign could not judge this: `countersign_facts`");
        String call =
                "{\"client\":\"x\",\"tool\":\"Bash\",\"input\":{\"command\":\"ls\"},\"cwd\":\"/w\","
                        + "\"countersign_facts\":{\"version\":2}}";
        HttpResponse<String> answer = send("POST", at("/v1/decisions"), device, call);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("`version` is not 1");
    }

    @Test
    void moreThanCanBeToldIsAskedAbout() throws Exception {
        Path many = Files.createDirectories(project.resolve("many"));
        for (int i = 0; i < 2_000; i++) {
            Files.createFile(many.resolve("%0200d".formatted(i)));
        }
        assertThat(direct("cat many/*")).startsWith("allow");
        assertThat(through("cat many/*"))
                .startsWith("deny")
                .contains("depends on more of the machine than could be told");
    }

    @Test
    void anyProgramAsksThroughItToo() throws Exception {
        Files.createSymbolicLink(project.resolve("notes"), laptop);
        String call =
                JSON.createObjectNode()
                        .put("client", "x")
                        .put("tool", "Bash")
                        .put("cwd", project.toString())
                        .set("input", JSON.createObjectNode().put("command", "cat notes/x"))
                        .toString();
        HttpResponse<String> answer =
                send("POST", edge.url().resolve("/v1/decisions"), client, call);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode decision = JSON.readTree(answer.body());
        assertThat(decision.path("effect").asText()).isEqualTo("ask");
        HttpResponse<String> later =
                send(
                        "GET",
                        edge.url().resolve("/v1/decisions/" + decision.path("id").asText()),
                        client,
                        null);
        assertThat(JSON.readTree(later.body()).path("effect").asText()).isEqualTo("ask");
        // The record says where the link led, and nothing of what lies there.
        String record =
                send("GET", at("/v1/audit?decision=" + decision.path("id").asText()), owner, null)
                        .body();
        assertThat(record)
                .contains("\"judged\":\"as written\"", project.resolve("notes").toString())
                .doesNotContain("\"ask\":\"kind\"", "a shop");
    }

    @Test
    void aServerThatIsAwayDeniesInTheClientsWords() throws Exception {
        assertThat(through("cat README.md")).startsWith("allow");
        cable.pull();
        assertThat(through("cat README.md"))
                .startsWith("deny: Countersign could not judge this: the server at ")
                .contains("cannot be reached", "not a policy decision")
                .doesNotContain("Denied by");
        HttpResponse<String> ready = send("GET", edge.url().resolve("/health/ready"), null, null);
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("cannot be reached");
        cable.putBack();
        assertThat(through("cat README.md")).startsWith("allow");
    }

    /** What the sender of a client that says no folder is told. */
    private String sent(String name, String event, String body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(edge.url().resolve("/hooks/" + name + "/" + event))
                        .header("Authorization", "Bearer " + client)
                        .header("X-Countersign-Sender", "1")
                        .header("X-Countersign-Cwd", project.toString())
                        .POST(BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void clientsThatRunTheSenderAskThroughItToo() throws Exception {
        String codex =
                "{\"session_id\":\"s\",\"cwd\":\"%s\",\"hook_event_name\":\"PreToolUse\","
                        + "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"%s\"}}";
        String windsurf =
                "{\"trajectory_id\":\"t\",\"tool_info\":{\"file_path\":\"%s/README.md\"}}";
        Files.createSymbolicLink(project.resolve("notes"), laptop);
        assertThat(sent("codex", "PreToolUse", codex.formatted(project, "cat README.md")))
                .isEqualTo("countersign 0\n");
        assertThat(sent("windsurf", "pre_read_code", windsurf.formatted(project)))
                .isEqualTo("countersign 0\n");
        assertThat(sent("codex", "PreToolUse", codex.formatted(project, "git push -f origin main")))
                .startsWith("countersign 0\n{")
                .contains("\"permissionDecision\":\"deny\"");

        cable.pull();
        assertThat(sent("codex", "PreToolUse", codex.formatted(project, "cat README.md")))
                .startsWith("countersign 0\n{")
                .contains("\"permissionDecision\":\"deny\"", "could not judge");
        assertThat(sent("windsurf", "pre_read_code", windsurf.formatted(project)))
                .startsWith("countersign 2\nCountersign could not judge this: ");
        for (String name : List.of("codex", "gemini", "opencode", "cline", "kiro")) {
            Setup setup = Clients.named(name).orElseThrow().setup().orElseThrow();
            assertThat(
                            sent(
                                    name,
                                    setup.canary().event(),
                                    setup.canary().body().apply("n").toString()))
                    .as("a canary that reached nobody")
                    .contains("could not judge")
                    .doesNotContain(Canary.ANSWER);
        }
    }

    @Test
    void aServerThatWasStartedAnewIsFoundAgain() throws Exception {
        String body = recorded("cat README.md").toString();
        edge.close();
        try (Edge straight = edge(at("").resolve("/").toString(), Duration.ofMinutes(1))) {
            String known = edgeToken(straight);
            assertThat(asked(straight.url(), known, body)).startsWith("allow");
            server.close();
            assertThat(asked(straight.url(), known, body))
                    .startsWith("deny: Countersign could not judge");
            serve();
            assertThat(asked(straight.url(), known, body)).startsWith("allow");
        }
    }

    @Test
    void aServerThatIsTooLateDenies() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Edge slow =
                        edge("http://127.0.0.1:" + silent.getLocalPort(), Duration.ofMillis(300))) {
            assertThat(asked(slow.url(), edgeToken(slow), recorded("ls").toString()))
                    .startsWith("deny: Countersign could not judge")
                    .contains("did not answer within 300 ms");
        }
    }

    @Test
    void whatIsNoDecisionDenies() throws Exception {
        try (ServerSocket odd = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Edge fooled =
                        edge("http://127.0.0.1:" + odd.getLocalPort(), Duration.ofMinutes(1))) {
            Thread _ = Thread.ofVirtual().start(() -> answerNothing(odd));
            assertThat(asked(fooled.url(), edgeToken(fooled), recorded("ls").toString()))
                    .startsWith("deny: Countersign could not judge")
                    .contains("no decision");
        }
    }

    /** A page that says yes to everything, as one may get before signing in to a network. */
    private static void answerNothing(ServerSocket at) {
        while (!at.isClosed()) {
            try (Socket socket = at.accept();
                    OutputStream out = socket.getOutputStream()) {
                int _ = socket.getInputStream().read(new byte[65_536]);
                out.write(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException over) {
                // The next one, or the end of the test.
            }
        }
    }

    @Test
    void aTokenThatTheServerRefusesIsSaid() throws Exception {
        String id =
                JSON
                        .readTree(send("GET", at("/v1/tokens"), owner, null).body())
                        .path("tokens")
                        .findParents("kind")
                        .stream()
                        .filter(each -> each.path("kind").asText().equals("device"))
                        .findFirst()
                        .orElseThrow()
                        .path("id")
                        .asText();
        assertThat(send("DELETE", at("/v1/tokens/" + id), owner, null).statusCode()).isEqualTo(204);
        assertThat(through("ls")).startsWith("deny").contains("login --device");
    }

    @Test
    void onlyItsOwnUsersProgramsAskThroughIt() throws Exception {
        String body = recorded("ls").toString();
        for (String stranger : new String[] {null, "cse_x", device, owner}) {
            HttpResponse<String> answer = send("POST", hookOf(edge.url()), stranger, body);
            assertThat(answer.statusCode()).isEqualTo(401);
        }
        URI tokens = edge.url().resolve("/v1/tokens");
        assertThat(send("POST", tokens, client, "{}").statusCode()).isEqualTo(401);
        assertThat(send("GET", edge.url().resolve("/v1/audit"), client, null).statusCode())
                .isEqualTo(404);
        for (String name : List.of("device.json", "clients.json", "owner.json")) {
            Path file = edgeFolder().resolve(name);
            if (Files.exists(file)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(name)
                        .isEqualTo("rw-------");
            }
        }
        assertThat(Files.readString(edgeFolder().resolve("clients.json"))).doesNotContain(client);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(edgeFolder())))
                .isEqualTo("rwx------");
    }

    @Test
    void itAnswersUnderItsOwnNamesAlone() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.url().getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(
                            "GET /health/live HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(
                            new String(
                                    socket.getInputStream().readNBytes(12),
                                    StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 421");
        }
    }

    @Test
    void theEdgeIsGuardedThroughTheServer() throws Exception {
        for (String command :
                List.of(
                        "cat " + edgeFolder() + "/device.json",
                        "rm -rf ~/.local/share/countersign-edge",
                        "curl -d x http://127.0.0.1:" + edge.url().getPort() + "/v1/tokens",
                        "kill " + ProcessHandle.current().pid())) {
            assertThat(through(command)).as(command).startsWith("deny: Denied by Countersign");
            String plain = direct(command);
            assertThat(through(command)).as(command + " / " + plain).doesNotContain("pending");
        }
    }

    @Test
    void aChangeOfSettingsIsReadWhereItIs() throws Exception {
        Path settings = laptop.resolve(".claude/settings.json");
        Files.createDirectories(settings.getParent());
        ObjectNode change =
                JSON.createObjectNode()
                        .put("session_id", "s")
                        .put("cwd", project.toString())
                        .put("hook_event_name", "ConfigChange")
                        .put("file_path", settings.toString())
                        .put("source", "user_settings");
        URI at = edge.url().resolve("/hooks/claude-code/ConfigChange");
        Files.writeString(settings, "{}");
        assertThat(send("POST", at, client, change.toString()).body())
                .contains("block", "no `PreToolUse` hook of ours");
        Files.writeString(
                settings,
                ClaudeCodeSettings.with(
                        "{}", new ClaudeCodeSettings.Entries(edge.url().toString(), true, client)));
        assertThat(send("POST", at, client, change.toString()).body()).doesNotContain("block");
        assertThat(
                        send(
                                        "POST",
                                        server.url().resolve("/hooks/claude-code/ConfigChange"),
                                        device,
                                        change.toString())
                                .body())
                .contains("block", "cannot see the settings of another machine");
    }

    /** The person sits at two browsers; the agent runs on a third device. */
    @Test
    void aQuestionReachesEveryPlaceItsPersonIsSignedIn() throws Exception {
        BlockingQueue<String> desk = events();
        BlockingQueue<String> phone = events();
        assertThat(through("git push origin main")).startsWith("deny").contains("pending as APR-");
        assertThat(approval(desk)).isEqualTo("pending").isEqualTo(approval(phone));
    }

    /** The answer is for the call with what was told of it: another link, another question. */
    @Test
    void anApprovalCoversTheCallAsItWasTold() throws Exception {
        Path other = Files.createDirectories(laptop.resolve("other"));
        Path link = project.resolve("notes");
        Files.createSymbolicLink(link, other);
        String person =
                token("{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"" + PERSON + "\"}");
        for (String approval : List.of("APR-1", "APR-2")) {
            assertThat(through("cat notes/a")).contains("pending as " + approval);
            assertThat(
                            send(
                                            "POST",
                                            at("/v1/approvals/" + approval + "/votes"),
                                            person,
                                            "{\"answer\":\"approve\"}")
                                    .statusCode())
                    .isEqualTo(200);
            if (approval.equals("APR-1")) {
                Files.delete(link);
                Files.createSymbolicLink(link, laptop);
            }
        }
        assertThat(through("cat notes/a")).startsWith("allow");
        assertThat(through("cat notes/a")).contains("pending as APR-3");
    }

    private BlockingQueue<String> events() throws Exception {
        String person =
                token("{\"kind\":\"personal\",\"name\":\"me\",\"person\":\"" + PERSON + "\"}");
        HttpResponse<Stream<String>> stream =
                http.send(
                        HttpRequest.newBuilder(at("/events"))
                                .header("Authorization", "Bearer " + person)
                                .build(),
                        BodyHandlers.ofLines());
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Thread _ = Thread.ofVirtual().start(() -> stream.body().forEach(seen::add));
        return seen;
    }

    private static String approval(BlockingQueue<String> events) throws Exception {
        while (true) {
            String line = events.poll(10, TimeUnit.SECONDS);
            assertThat(line).as("an approval").isNotNull();
            if (line != null && line.startsWith("data:") && line.contains("APR-")) {
                JsonNode data = JSON.readTree(line.substring(5));
                if (data.path("call").path("agent").asText().equals("ana-laptop")) {
                    return data.path("status").asText();
                }
            }
        }
    }

    @Test
    void anEdgeListensOnTheLoopbackOnly() {
        Edge.Settings everywhere =
                new Edge.Settings(
                        new EdgeFolder(edgeFolder()),
                        new Listen("0.0.0.0", 0),
                        URI.create("http://127.0.0.1:1/"),
                        "x",
                        Duration.ofSeconds(1));
        Surroundings around =
                new Surroundings(Map.of(), laptop, laptop, "linux", Clock.systemUTC());
        assertThatThrownBy(() -> Edge.start(everywhere, around, new MachineFacts()))
                .isInstanceOf(Edge.Unusable.class)
                .hasMessageContaining("not the loopback");
    }
}
