package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The adapters of all clients but Claude Code: what the real clients sent is read, and what they
 * understand is answered. A client's {@code answers.json} says what that is.
 */
final class ClientsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CASES = Path.of("src/test/resources/clients");
    private static final Scene SCENE =
            new Scene(
                    new Subject("default", "dev-laptop", null, "dev@example.com", null),
                    "/home/dev",
                    "linux",
                    Shell.BASH,
                    Map.of(),
                    folder -> folder);
    private static final HookAnswer DENY =
            new HookAnswer.Deny("deleting the home folder", List.of(), "", "01KDENY");
    private static final HookAnswer STOPPED = new HookAnswer.Stopped("the build is broken", "S");

    static Stream<Client> clients() {
        return Clients.all().stream().filter(client -> client.setup().isPresent());
    }

    static Stream<Arguments> payloads() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (Client client : clients().toList()) {
            Path folder = CASES.resolve(client.name()).resolve("payloads");
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.map(file -> Objects.requireNonNull(file.getFileName()).toString())
                            .filter(name -> !name.startsWith("app-server."))
                            .sorted()
                            .forEach(name -> all.add(Arguments.of(client, name)));
                }
            }
        }
        return all.stream();
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    /** What our plugin makes of the arguments of its hooks. */
    private static JsonNode plugged(JsonNode recorded) {
        ObjectNode body = JSON.createObjectNode().put("directory", "/home/dev/project");
        body.put("session", recorded.path("input").path("sessionID").asText("ses"));
        body.set("input", recorded.path("input"));
        JsonNode args = recorded.path("output").path("args");
        if (args.isObject()) {
            body.set("args", args);
        }
        body.set("output", recorded.path("output").path("output"));
        return body;
    }

    private static String event(Client client, String file) {
        if (client.name().equals("opencode")) {
            return file.startsWith("tool.execute.before")
                    ? "tool.execute.before"
                    : file.startsWith("tool.execute.after") ? "tool.execute.after" : file;
        }
        return file.substring(0, file.indexOf('.'));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void whatRealClientsSentIsRead(Client client, String file) throws IOException {
        JsonNode body = read(CASES.resolve(client.name()).resolve("payloads").resolve(file));
        String event = event(client, file);
        if (client.name().equals("opencode")) {
            body = plugged(body);
        }

        HookEvent read = client.read(event, body, SCENE);

        assertThat(read).isNotInstanceOf(HookEvent.Unreadable.class);
        if (event.equals(client.calling())) {
            ToolCall call = ((HookEvent.ToolUse) read).call();
            assertThat(call.client()).isEqualTo(client.name());
            assertThat(call.tool()).isNotEmpty();
            assertThat(call.session()).isNotEmpty();
            assertThat(call.context().cwd()).isEqualTo("/home/dev/project");
            assertThat(call.subject().agent()).isEqualTo("dev-laptop");
        }
        // Whatever it is, no answer to it is an allow that nobody gave.
        ObjectNode silent = client.answer(read, new HookAnswer.Noted());
        if (read instanceof HookEvent.ToolUse) {
            assertThat(client.answer(read, new HookAnswer.Noted()).toString())
                    .contains("no decision was made");
            assertThat(client.isAnswer(read, silent)).isTrue();
        }
    }

    private static JsonNode with(JsonNode wanted, String reason) throws IOException {
        return JSON.readTree(
                wanted.toString().replace("\"REASON\"", JSON.writeValueAsString(reason)));
    }

    private static HookEvent call(Client client) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("command", "rm -rf ~");
        ToolCall call =
                new ToolCall(
                        client.name(),
                        "Bash",
                        input,
                        new Context("/p", "/p", "/home/dev", Shell.BASH, "linux", Map.of()),
                        SCENE.subject(),
                        "s",
                        "s",
                        null);
        return new HookEvent.ToolUse(call);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void answersAreInTheClientsForm(Client client) throws IOException {
        JsonNode wanted = read(CASES.resolve(client.name()).resolve("answers.json"));
        HookEvent call = call(client);
        assertThat(client.calling()).isEqualTo(wanted.path("event").asText());

        ObjectNode allow = client.answer(call, new HookAnswer.Allow("01K"));
        assertThat((JsonNode) allow).isEqualTo(wanted.path("allow"));
        assertThat(client.isAnswer(call, allow)).isTrue();
        ObjectNode deny = client.answer(call, DENY);
        assertThat((JsonNode) deny).isEqualTo(with(wanted.path("deny"), Wording.refusal(DENY)));
        assertThat(client.isAnswer(call, deny)).isTrue();
        assertThat((JsonNode) client.answer(call, STOPPED))
                .isEqualTo(with(wanted.path("stopped"), Wording.refusal(STOPPED)));
        assertThat(client.isAnswer(call, JSON.createObjectNode())).isFalse();

        Client.Exit allowed = client.exit(allow);
        Client.Exit denied = client.exit(deny);
        assertThat(allowed)
                .isEqualTo(
                        wanted.has("allow_prints")
                                ? exit(wanted.path("allow_prints"))
                                : new Client.Exit(0, allow.toString()));
        assertThat(denied)
                .isEqualTo(
                        wanted.has("deny_prints")
                                ? exit(with(wanted.path("deny_prints"), Wording.refusal(DENY)))
                                : new Client.Exit(0, deny.toString()));
        assertThat(client.rewrites()).isEqualTo(wanted.has("edited"));
        if (wanted.has("edited")) {
            ObjectNode edited = JSON.createObjectNode().put("command", "ls");
            assertThat((JsonNode) client.answer(call, new HookAnswer.Allow("01K", edited)))
                    .isEqualTo(wanted.path("edited"));
        }
        if (wanted.has("observed")) {
            HookEvent ran =
                    new HookEvent.Ran(new Outcome(null, null, "s", "Bash", "success", null, ""));
            assertThat((JsonNode) client.answer(ran, new HookAnswer.Noted()))
                    .isEqualTo(wanted.path("silent"));
            assertThat((JsonNode) client.answer(ran, STOPPED))
                    .isEqualTo(with(wanted.path("halted"), Wording.refusal(STOPPED)));
        }
    }

    private static Client.Exit exit(JsonNode json) {
        return new Client.Exit(json.path("code").asInt(), json.path("text").asText());
    }

    /** What is no body of a client, or lacks what a decision needs, is refused and says why. */
    @ParameterizedTest
    @MethodSource("clients")
    void whatCannotBeReadIsRefused(Client client) {
        String event = client.calling();
        List<JsonNode> bodies =
                List.of(
                        JSON.createObjectNode(),
                        JSON.createArrayNode(),
                        JSON.getNodeFactory().textNode("x"),
                        JSON.createObjectNode().put("tool_name", 7).put("cwd", "relative"));
        for (JsonNode body : bodies) {
            HookEvent read = client.read(event, body, SCENE);
            assertThat(read).isInstanceOf(HookEvent.Unreadable.class);
            String said = client.answer(read, new HookAnswer.Failed("x", "")).toString();
            assertThat(said).contains("could not judge");
            assertThat(client.answer(read, new HookAnswer.Noted()).toString())
                    .contains("could not judge");
            assertThat(client.answer(read, new HookAnswer.Allow("01K")).toString())
                    .contains("could not judge");
        }
        HookEvent large = client.unreadable(event, "the body is too large");
        assertThat(client.answer(large, new HookAnswer.Noted()).toString())
                .contains("the body is too large");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aCanaryIsRefusedInItsOwnWords(Client client) {
        Setup setup = client.setup().orElseThrow();
        ObjectNode body = setup.canary().body().apply("n-7");
        // The sender says where it runs, for clients that do not.
        if (!body.has("cwd")) {
            body.put("cwd", "/");
        }
        HookEvent read = client.read(setup.canary().event(), body, SCENE);
        assertThat(read).isInstanceOf(HookEvent.CanaryCall.class);
        for (HookAnswer answer : List.of(new HookAnswer.Noted(), new HookAnswer.Allow("x"))) {
            assertThat(client.answer(read, answer).toString()).contains(Canary.ANSWER + "n-7");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "codex,PreToolUse,PostToolUse",
        "gemini,BeforeTool,AfterTool",
        "qwen,PreToolUse,PostToolUse",
        "vscode,PreToolUse,PostToolUse"
    })
    void aHookAtTheWrongAddressIsRefused(String name, String event, String other) {
        Client client = Clients.named(name).orElseThrow();
        ObjectNode body = client.setup().orElseThrow().canary().body().apply("n");
        String field = body.has("hookEventName") ? "hookEventName" : "hook_event_name";
        HookEvent read = client.read(event, body.put(field, other), SCENE);
        assertThat(read).isInstanceOf(HookEvent.Unreadable.class);
        assertThat(client.answer(read, new HookAnswer.Noted()).toString())
                .contains("is wired to the address of");
    }

    /** Codex asks again with a reason of the model's; it is the same call all the same. */
    @Test
    void whatCodexAsksAgainIsTheCallThatItAskedBefore() throws IOException {
        Client codex = Clients.named("codex").orElseThrow();
        Path folder = CASES.resolve("codex/payloads");
        ToolCall first =
                ((HookEvent.ToolUse)
                                codex.read(
                                        "PreToolUse",
                                        read(folder.resolve("PreToolUse.Bash.json")),
                                        SCENE))
                        .call();
        HookEvent again =
                codex.read(
                        "PermissionRequest",
                        read(folder.resolve("PermissionRequest.Bash.json")),
                        SCENE);
        assertThat(((HookEvent.PermissionRequest) again).call().input()).isEqualTo(first.input());
        assertThat(codex.answer(again, new HookAnswer.Allow("x")).toString())
                .isEqualTo(
                        "{\"hookSpecificOutput\":{\"hookEventName\":\"PermissionRequest\","
                                + "\"decision\":{\"behavior\":\"allow\"}}}");
        assertThat(codex.answer(again, DENY).at("/hookSpecificOutput/decision/message").asText())
                .startsWith("Denied by Countersign: ");
    }
}
