package dev.countersign.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookEvent;
import dev.countersign.agent.Scene;
import dev.countersign.agent.SettingsPlaces;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.analysis.NotedFacts;
import dev.countersign.call.Context;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Documents;
import dev.countersign.decision.ToldJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this machine tells with a call: all that the analyser asks about it, with the answers. */
final class Telling {
    /** A server takes no larger body. */
    private static final int LARGEST_BODY = 1 << 20;

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Facts machine;
    private final Scene scene;
    private final Told.Guard guard;
    private final Guarded guarded;
    private final List<String> addresses;

    /**
     * Looks at this machine.
     *
     * @param scene where the calls of its clients run
     * @param guard what of ours runs here
     * @param addresses every base address of the edge
     */
    Telling(Facts machine, Scene scene, Told.Guard guard, List<String> addresses) {
        this.machine = machine;
        this.scene = scene;
        this.guard = guard;
        this.guarded = new Guarded(guard.folders(), guard.addresses(), guard.processes());
        this.addresses = List.copyOf(addresses);
    }

    Scene scene() {
        return scene;
    }

    static @Nullable JsonNode parsed(String body) {
        return parsed(body.getBytes(StandardCharsets.UTF_8));
    }

    /** A body as JSON, or null where it is none: the server says what is wrong with it. */
    static @Nullable JsonNode parsed(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return null;
        }
    }

    /** What there is to tell with an event of a client. */
    Optional<Told> about(HookEvent event) {
        return switch (event) {
            case HookEvent.ToolUse(ToolCall call) -> Optional.of(about(call));
            case HookEvent.PermissionRequest(ToolCall call) -> Optional.of(about(call));
            case HookEvent.ConfigChange change ->
                    Optional.of(
                            told(
                                    null,
                                    List.of(),
                                    true,
                                    SettingsPlaces.problems(
                                            change, scene.home(), scene.platform(), addresses)));
            case HookEvent.CanaryCall _,
                    HookEvent.Ran _,
                    HookEvent.SessionStart _,
                    HookEvent.SessionEnd _,
                    HookEvent.Prompt _,
                    HookEvent.SubagentStart _,
                    HookEvent.SubagentStop _,
                    HookEvent.Stop _,
                    HookEvent.Other _,
                    HookEvent.Unreadable _ ->
                    Optional.empty();
        };
    }

    /** The same of a call by {@code POST /v1/decisions}; nothing where it is not one. */
    Optional<Told> about(JsonNode body) {
        String cwd = body.path("cwd").asText("");
        if (!cwd.startsWith("/") && !scene.platform().equals("windows")) {
            return Optional.empty();
        }
        if (!(body.path("input") instanceof ObjectNode input)) {
            return Optional.empty();
        }
        String named = body.path("workspace").asText("");
        return Optional.of(
                about(
                        new ToolCall(
                                body.path("client").asText(""),
                                body.path("tool").asText(""),
                                input,
                                new Context(
                                        cwd,
                                        named.isEmpty() ? scene.workspace().apply(cwd) : named,
                                        scene.home(),
                                        scene.shell(),
                                        scene.platform(),
                                        scene.environment()),
                                scene.subject(),
                                null,
                                null,
                                null)));
    }

    private Told about(ToolCall call) {
        NotedFacts noted = new NotedFacts(machine);
        Analyzer analyzer = new Analyzer(noted, guarded);
        String workspace = call.context().workspace();
        for (String name : Documents.NAMES) {
            String path = workspace.equals("/") ? "/" + name : workspace + "/" + name;
            if (noted.kind(path) == Facts.Kind.FILE) {
                Optional<String> _ = noted.text(path);
            }
        }
        String _ = analyzer.project(call.context());
        var _ = analyzer.analyze(call);
        return told(workspace, noted.answers(), noted.complete(), null);
    }

    private Told told(
            @Nullable String workspace,
            List<Told.Answer> answers,
            boolean complete,
            @Nullable List<String> settings) {
        return new Told(
                scene.platform(),
                scene.home(),
                scene.shell(),
                workspace,
                guard,
                answers,
                complete,
                settings,
                false);
    }

    /** The body as it came, with what is told as its last member. */
    static byte[] with(byte[] body, Told told) throws JsonProcessingException {
        byte[] all = appended(body, told);
        if (all.length <= LARGEST_BODY || told.answers().isEmpty()) {
            return all;
        }
        return appended(
                body,
                new Told(
                        told.platform(),
                        told.home(),
                        told.shell(),
                        told.workspace(),
                        told.guarded(),
                        List.of(),
                        false,
                        told.settings(),
                        false));
    }

    private static byte[] appended(byte[] body, Told told) throws JsonProcessingException {
        String text = new String(body, StandardCharsets.UTF_8);
        String before = text.substring(0, text.lastIndexOf('}')).stripTrailing();
        return (before
                        + (before.endsWith("{") ? "" : ",")
                        + '"'
                        + ToldJson.MEMBER
                        + "\":"
                        + JSON.writeValueAsString(ToldJson.of(told))
                        + "}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
