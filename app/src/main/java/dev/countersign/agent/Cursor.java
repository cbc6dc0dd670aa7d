package dev.countersign.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookFields.Unclear;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cursor's hooks, as its documents and adapters of others describe them; not tried.
 *
 * <p>The general hook covers every tool; those for shells and MCP are there for versions without
 * it, and answered alike when the same call was allowed a moment ago. Documents disagree about the
 * name of the decision, so both are given.
 */
final class Cursor implements Client {
    static final String NAME = "cursor";
    private static final List<String> DECIDING =
            List.of("preToolUse", "beforeShellExecution", "beforeMCPExecution");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        return HookFields.read(event, body, "conversation_id", hook -> read(event, hook, scene));
    }

    private static HookEvent read(String event, ObjectNode hook, Scene scene) throws Unclear {
        String session = hook.path("conversation_id").asText("");
        return switch (event) {
            case "preToolUse" -> {
                if (Canary.TOOL.equals(HookFields.text(hook, "tool_name"))) {
                    yield new HookEvent.CanaryCall(
                            session, HookReader.nonce(hook.path("tool_input")));
                }
                yield new HookEvent.ToolUse(
                        HookReader.call(
                                NAME,
                                HookFields.required(hook, "tool_name"),
                                input(hook),
                                folder(hook, scene),
                                HookFields.required(hook, "conversation_id"),
                                null,
                                HookFields.text(hook, "tool_use_id"),
                                scene));
            }
            case "beforeShellExecution" -> {
                ObjectNode input = JsonNodeFactory.instance.objectNode();
                JsonNode command = hook.path("command");
                if (!command.isTextual()) {
                    throw new Unclear("`command` is missing");
                }
                yield again(hook, "Shell", input.put("command", command.textValue()), scene);
            }
            case "beforeMCPExecution" ->
                    again(
                            hook,
                            "MCP:" + HookFields.required(hook, "tool_name"),
                            input(hook),
                            scene);
            default ->
                    new HookEvent.Other(Wording.bounded(event, HookFields.LONGEST_NAME), session);
        };
    }

    private static HookEvent again(ObjectNode hook, String tool, ObjectNode input, Scene scene)
            throws Unclear {
        return new HookEvent.PermissionRequest(
                HookReader.call(
                        NAME,
                        tool,
                        input,
                        folder(hook, scene),
                        HookFields.required(hook, "conversation_id"),
                        null,
                        null,
                        scene));
    }

    /** An object, or one as JSON in a text. */
    private static ObjectNode input(ObjectNode hook) throws Unclear {
        JsonNode given = hook.path("tool_input");
        try {
            if ((given.isTextual() ? JSON.readTree(given.textValue()) : given)
                    instanceof ObjectNode input) {
                return input;
            }
        } catch (JsonProcessingException e) {
            throw new Unclear("`tool_input` is not JSON");
        }
        throw new Unclear("`tool_input` is not a JSON object");
    }

    private static String folder(ObjectNode hook, Scene scene) throws Unclear {
        String cwd = hook.path("cwd").asText("");
        return HookFields.absolute(
                "cwd",
                cwd.isEmpty() ? hook.path("workspace_roots").path(0).asText("") : cwd,
                scene);
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (Said.of(event, answer, Cursor::decides)) {
            case Said.Allowed allowed -> {
                out.put("permission", "allow").put("decision", "allow");
                if (allowed.input() != null) {
                    out.set("updated_input", allowed.input());
                }
                yield out;
            }
            case Said.Refused refused ->
                    out.put("permission", "deny")
                            .put("decision", "deny")
                            .put("reason", refused.why())
                            .put("user_message", refused.why())
                            .put("agent_message", refused.why());
            case Said.Halted _, Said.Greeted _, Said.Silent _ -> out;
        };
    }

    private static boolean decides(String event) {
        return DECIDING.contains(event);
    }

    @Override
    public Duration patience(String event) {
        return Duration.ofSeconds(decides(event) ? Setup.PATIENCE : Setup.OBSERVED);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        String said = answer.path("permission").asText();
        return said.equals("allow") || said.equals("deny");
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Cursor",
                        List.of("cursor-agent", "cursor"),
                        "documents only",
                        Cursor::layout,
                        new Setup.Canaried("preToolUse", Cursor::canary),
                        List.of(
                                "it was wired by its documents and never tried",
                                "`failClosed` is known from others' adapters only; without it a"
                                        + " hook that is late lets the call run")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        Path file =
                switch (level) {
                    case USER -> homes.home().resolve(".cursor").resolve("hooks.json");
                    case PROJECT -> homes.project().resolve(".cursor").resolve("hooks.json");
                    case MANAGED ->
                            Path.of(
                                    homes.platform().equals("macos")
                                            ? "/Library/Application Support/Cursor/hooks.json"
                                            : "/etc/cursor/hooks.json");
                };
        Map<String, ObjectNode> hooks = new LinkedHashMap<>();
        for (String event : DECIDING) {
            hooks.put(
                    event,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("type", "command")
                            .put(
                                    "command",
                                    sending.command(NAME, event, Sending.Form.EXIT, Setup.PATIENCE))
                            .put("timeout", Setup.PATIENCE)
                            .put("failClosed", true));
        }
        return List.of(
                new Setup.Part(
                        file,
                        new Setup.Content.Entries(hooks, Map.of("version", IntNode.valueOf(1)))));
    }

    private static ObjectNode canary(String nonce) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("conversation_id", "canary-" + nonce)
                .put("cwd", "/")
                .put("tool_name", Canary.TOOL);
        body.putObject("tool_input").put("nonce", nonce);
        return body;
    }
}
