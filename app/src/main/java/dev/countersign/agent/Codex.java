package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookReader.Moment;
import dev.countersign.call.ToolCall;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Codex CLI's hooks, as measured on 0.169.0.
 *
 * <p>One member too many, or a deny without a reason, lets the call run; {@code ask} and a bare
 * {@code allow} are errors to it that let the normal flow go on. So a deny has exactly its four
 * members, and an allow is to print nothing.
 */
final class Codex implements CommonHooks {
    static final String NAME = "codex";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of(
                            "PreToolUse", Moment.CALL,
                            "PermissionRequest", Moment.PERMISSION,
                            "PostToolUse", Moment.RAN,
                            "SessionStart", Moment.SESSION_START,
                            "SessionEnd", Moment.SESSION_END,
                            "UserPromptSubmit", Moment.PROMPT,
                            "SubagentStart", Moment.SUBAGENT_START,
                            "SubagentStop", Moment.SUBAGENT_STOP,
                            "Stop", Moment.TURN_END),
                    HookReader.Names.SNAKE);

    @Override
    public HookReader reader() {
        return READER;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        HookEvent read = begun(READER.read(event, body, scene), body, scene);
        // The model's justification stands beside the command there, and in no call before.
        return read instanceof HookEvent.PermissionRequest(ToolCall call)
                        && call.tool().equals("Bash")
                ? new HookEvent.PermissionRequest(
                        call.withInput(call.input().deepCopy().without("description")))
                : read;
    }

    /**
     * With the workspace Codex was started in: the folder in the body is the one that the model
     * wants this very command to run in, and hooks run where Codex does.
     */
    private static HookEvent begun(HookEvent read, JsonNode body, Scene scene) {
        String start = body.path(Sending.STARTED_IN).asText("");
        if (!start.startsWith("/") || start.indexOf('\0') >= 0) {
            return read;
        }
        String workspace = scene.workspace().apply(start);
        return switch (read) {
            case HookEvent.ToolUse(ToolCall call) -> new HookEvent.ToolUse(in(workspace, call));
            case HookEvent.PermissionRequest(ToolCall call) ->
                    new HookEvent.PermissionRequest(in(workspace, call));
            default -> read;
        };
    }

    private static ToolCall in(String workspace, ToolCall call) {
        return call.in(call.context().withWorkspace(workspace));
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        boolean permission =
                event instanceof HookEvent.PermissionRequest
                        || (event instanceof HookEvent.Unreadable unreadable
                                && unreadable.event().equals("PermissionRequest"));
        return switch (Said.of(event, answer, READER::decides)) {
            case Said.Allowed allowed -> permission ? permission("allow") : allow(allowed);
            case Said.Refused refused -> {
                if (permission) {
                    ObjectNode out = permission("deny");
                    out.withObject("/hookSpecificOutput/decision").put("message", refused.why());
                    yield out;
                }
                ObjectNode out = specific("PreToolUse");
                out.withObject("/hookSpecificOutput")
                        .put("permissionDecision", "deny")
                        .put("permissionDecisionReason", refused.why());
                yield out;
            }
            case Said.Halted halted ->
                    nothing().put("continue", false).put("stopReason", halted.why());
            case Said.Greeted greeted -> {
                ObjectNode out = specific("SessionStart");
                out.withObject("/hookSpecificOutput").put("additionalContext", greeted.words());
                yield out;
            }
            case Said.Silent _ -> nothing();
        };
    }

    private static ObjectNode allow(Said.Allowed allowed) {
        ObjectNode out = specific("PreToolUse");
        if (allowed.input() != null) {
            out.withObject("/hookSpecificOutput")
                    .put("permissionDecision", "allow")
                    .set("updatedInput", allowed.input());
        }
        return out;
    }

    private static ObjectNode permission(String behavior) {
        ObjectNode out = specific("PermissionRequest");
        out.withObject("/hookSpecificOutput").putObject("decision").put("behavior", behavior);
        return out;
    }

    private static ObjectNode specific(String event) {
        ObjectNode out = nothing();
        out.putObject("hookSpecificOutput").put("hookEventName", event);
        return out;
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An answer that holds no more than its event is an allow, which is to say nothing. */
    @Override
    public Exit exit(ObjectNode answer) {
        boolean says = answer.size() > 1 || answer.path("hookSpecificOutput").size() > 1;
        return new Exit(0, says || answer.has("continue") ? answer.toString() : "");
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        return !READER.asks(event)
                || answer.path("hookSpecificOutput").path("hookEventName").isTextual();
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Codex CLI",
                        List.of("codex"),
                        "0.169.0",
                        Codex::layout,
                        new Setup.Canaried("PreToolUse", READER::canary),
                        List.of(
                                "what a program that runs already is typed (`write_stdin`) and"
                                        + " searches the provider makes are seen by no hook",
                                "hooks of a user end with `--disable hooks` or another CODEX_HOME;"
                                        + " `connect codex --managed` survives that")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        return switch (level) {
            case USER -> List.of(hooks(homes.folder(".codex", "CODEX_HOME"), sending));
            case PROJECT -> List.of(hooks(homes.project().resolve(".codex"), sending));
            case MANAGED ->
                    homes.platform().equals("linux") || homes.platform().equals("macos")
                            ? List.of(
                                    new Setup.Part(
                                            Path.of("/etc/codex/requirements.toml"),
                                            requirements(sending)))
                            : List.of();
        };
    }

    private static Setup.Part hooks(Path folder, Sending sending) {
        Map<String, ObjectNode> hooks = new LinkedHashMap<>();
        for (String event :
                List.of(
                        "PreToolUse",
                        "PermissionRequest",
                        "PostToolUse",
                        "UserPromptSubmit",
                        "SessionStart",
                        "SessionEnd")) {
            ObjectNode group = nothing();
            group.putArray("hooks")
                    .addObject()
                    .put("type", "command")
                    .put("command", command(event, sending))
                    .put("timeout", seconds(event));
            hooks.put(event, group);
        }
        return new Setup.Part(
                folder.resolve("hooks.json"), new Setup.Content.Entries(hooks, Map.of()));
    }

    private static int seconds(String event) {
        return READER.decides(event) ? Setup.PATIENCE : Setup.OBSERVED;
    }

    private static String command(String event, Sending sending) {
        return sending.command(
                NAME,
                event,
                READER.decides(event) ? Sending.Form.EXIT : Sending.Form.QUIET,
                seconds(event));
    }

    /** Without the pin of the feature, an option of the program takes managed hooks away too. */
    private static Setup.Content requirements(Sending sending) {
        StringBuilder end = new StringBuilder();
        for (String event : List.of("PreToolUse", "PermissionRequest", "PostToolUse")) {
            end.append("[[hooks.").append(event).append("]]\n");
            end.append("[[hooks.").append(event).append(".hooks]]\n");
            end.append("type = \"command\"\n");
            end.append("command = ")
                    .append(JsonNodeFactory.instance.textNode(command(event, sending)))
                    .append('\n');
            end.append("timeout = ").append(seconds(event)).append('\n');
        }
        Map<String, String> pinned = new LinkedHashMap<>();
        pinned.put("allow_managed_hooks_only", "true");
        pinned.put("features.hooks", "true");
        return new Setup.Content.Lines(pinned, end.toString());
    }
}
