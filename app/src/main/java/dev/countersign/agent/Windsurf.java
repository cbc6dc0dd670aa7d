package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
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
 * The Cascade hooks of Windsurf, as its documents describe them; not tried. Only exit code 2 with a
 * reason on the error output blocks; every other exit goes on, and no answer is read.
 */
final class Windsurf implements Client {
    static final String NAME = "windsurf";
    private static final List<String> DECIDING =
            List.of("pre_run_command", "pre_write_code", "pre_read_code", "pre_mcp_tool_use");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        return HookFields.read(event, body, "trajectory_id", hook -> read(event, hook, scene));
    }

    private static HookEvent read(String event, ObjectNode hook, Scene scene) throws Unclear {
        String session = hook.path("trajectory_id").asText("");
        String named = HookFields.text(hook, "agent_action_name");
        if (named != null && !named.equals(event)) {
            throw new Unclear(
                    "the hook for `%s` is wired to the address of `%s`"
                            .formatted(HookFields.shown(named), HookFields.shown(event)));
        }
        if (!decides(event)) {
            return new HookEvent.Other(Wording.bounded(event, HookFields.LONGEST_NAME), session);
        }
        if (!(hook.path("tool_info") instanceof ObjectNode input)) {
            throw new Unclear("`tool_info` is missing");
        }
        if (Canary.TOOL.equals(input.path("command_line").asText())) {
            return new HookEvent.CanaryCall(session, HookReader.nonce(input));
        }
        return new HookEvent.ToolUse(
                HookReader.call(
                        NAME,
                        event,
                        input,
                        folder(hook, input, scene),
                        HookFields.required(hook, "trajectory_id"),
                        null,
                        HookFields.text(hook, "execution_id"),
                        scene));
    }

    /** Where a command runs, else where the hook does. */
    private static String folder(ObjectNode hook, ObjectNode input, Scene scene) throws Unclear {
        String cwd = input.path("cwd").asText("");
        return HookFields.absolute("cwd", cwd.isEmpty() ? hook.path("cwd").asText("") : cwd, scene);
    }

    private static boolean decides(String event) {
        return DECIDING.contains(event);
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        return ExitCode.answer(Said.of(event, answer, Windsurf::decides));
    }

    @Override
    public Exit exit(ObjectNode answer) {
        return ExitCode.exit(answer);
    }

    @Override
    public Duration patience(String event) {
        return Duration.ofSeconds(Setup.PATIENCE);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        return ExitCode.isAnswer(answer);
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Windsurf",
                        List.of("windsurf"),
                        "documents only",
                        Windsurf::layout,
                        new Setup.Canaried("pre_run_command", Windsurf::canary),
                        List.of(
                                "it was wired by its documents and never tried",
                                "how long it waits for a hook is not documented",
                                "hooks of the machine in /etc/devin/hooks.json hide those in"
                                        + " /etc/windsurf/hooks.json")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        Path file =
                switch (level) {
                    case USER -> homes.home().resolve(".codeium").resolve("windsurf/hooks.json");
                    case PROJECT -> homes.project().resolve(".windsurf").resolve("hooks.json");
                    case MANAGED ->
                            Path.of(
                                    homes.platform().equals("macos")
                                            ? "/Library/Application Support/Windsurf/hooks.json"
                                            : "/etc/windsurf/hooks.json");
                };
        Map<String, ObjectNode> hooks = new LinkedHashMap<>();
        for (String event : DECIDING) {
            hooks.put(
                    event,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put(
                                    sending.powershell() ? "powershell" : "command",
                                    sending.command(NAME, event, Sending.Form.EXIT, Setup.PATIENCE))
                            .put("show_output", true));
        }
        return List.of(new Setup.Part(file, new Setup.Content.Entries(hooks, Map.of())));
    }

    private static ObjectNode canary(String nonce) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("agent_action_name", "pre_run_command").put("trajectory_id", "canary-" + nonce);
        body.putObject("tool_info").put("command_line", Canary.TOOL).put("nonce", nonce);
        return body;
    }
}
