package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookFields.Unclear;
import dev.countersign.decision.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Cline's hook files, as measured on CLI 3.0.65. Nothing counts there but {@code cancel} on the
 * standard output, and it ends the whole run: the model never reads the reason, a person does.
 */
final class Cline implements Client {
    static final String NAME = "cline";
    private static final String CALL = "PreToolUse";

    /** What the client waits at most; nothing settles it. */
    private static final int LIMIT = 120;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        return HookFields.read(event, body, "taskId", hook -> read(event, hook, scene));
    }

    private static HookEvent read(String event, ObjectNode hook, Scene scene) throws Unclear {
        String session = hook.path("taskId").asText("");
        return switch (event) {
            case CALL -> call(hook, scene);
            case "PostToolUse" -> ran(hook);
            case "TaskStart", "TaskResume" ->
                    new HookEvent.SessionStart(
                            HookFields.required(hook, "taskId"), folder(hook, scene), event);
            case "UserPromptSubmit" ->
                    new HookEvent.Prompt(
                            HookFields.required(hook, "taskId"),
                            null,
                            Wording.bounded(
                                    hook.path("userPromptSubmit").path("prompt").asText(""), 2_000),
                            true);
            default ->
                    new HookEvent.Other(
                            Wording.bounded(event, HookFields.LONGEST_NAME),
                            session.isEmpty() ? null : session);
        };
    }

    private static HookEvent call(ObjectNode hook, Scene scene) throws Unclear {
        if (!(hook.path("tool_call") instanceof ObjectNode call)) {
            throw new Unclear("`tool_call` is missing");
        }
        if (!(call.path("input") instanceof ObjectNode input)) {
            throw new Unclear("`tool_call.input` is not a JSON object");
        }
        if (Canary.TOOL.equals(HookFields.text(call, "name"))) {
            return new HookEvent.CanaryCall(
                    HookFields.text(hook, "taskId"), HookReader.nonce(input));
        }
        return new HookEvent.ToolUse(
                HookReader.call(
                        NAME,
                        HookFields.required(call, "name"),
                        input,
                        folder(hook, scene),
                        HookFields.required(hook, "taskId"),
                        hook.path("parent_agent_id").isTextual() ? "subagent" : null,
                        HookFields.text(call, "id"),
                        scene));
    }

    private static HookEvent ran(ObjectNode hook) throws Unclear {
        JsonNode result = hook.path("tool_result");
        JsonNode took = result.path("durationMs");
        return new HookEvent.Ran(
                new Outcome(
                        null,
                        result.path("id").isTextual() ? result.path("id").textValue() : null,
                        HookFields.required(hook, "taskId"),
                        Wording.bounded(result.path("name").asText(""), HookFields.LONGEST_NAME),
                        hook.path("postToolUse").path("success").asBoolean(true)
                                ? "success"
                                : "failure",
                        took.isNumber() ? Math.max(0, took.asLong()) : null,
                        HookFields.summary(result.path("output"))));
    }

    /** It says no folder but those of the workspace, of which the first is where it works. */
    private static String folder(ObjectNode hook, Scene scene) throws Unclear {
        String root = hook.path("workspaceRoots").path(0).asText("");
        return HookFields.absolute("workspaceRoots", root, scene);
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (Said.of(event, answer, Cline::decides)) {
            case Said.Allowed allowed -> {
                out.put("cancel", false);
                if (allowed.input() != null) {
                    out.set("overrideInput", allowed.input());
                }
                yield out;
            }
            case Said.Refused refused -> out.put("cancel", true).put("errorMessage", refused.why());
            case Said.Halted halted -> out.put("cancel", true).put("errorMessage", halted.why());
            case Said.Greeted _, Said.Silent _ -> out.put("cancel", false);
        };
    }

    private static boolean decides(String event) {
        return event.equals(CALL);
    }

    @Override
    public Duration patience(String event) {
        return Duration.ofSeconds(decides(event) ? LIMIT : Setup.OBSERVED);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        return answer.path("cancel").isBoolean();
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Cline",
                        List.of("cline"),
                        "3.0.65",
                        Cline::layout,
                        new Setup.Canaried(CALL, Cline::canary),
                        List.of(
                                "a refusal ends the whole run, and the model is not told why",
                                "it waits 2 minutes at most, so a call that people are asked about"
                                        + " longer is refused and can be tried again",
                                "whoever may delete files in ~/.cline/hooks ends the hooks, and no"
                                        + " place of the machine survives it")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        return switch (level) {
            case MANAGED -> List.of();
            case USER -> files(homes.home().resolve(".cline").resolve("hooks"), sending);
            case PROJECT -> files(homes.project().resolve(".clinerules").resolve("hooks"), sending);
        };
    }

    private static List<Setup.Part> files(Path folder, Sending sending) {
        return List.of(
                file(folder, CALL, Sending.Form.CANCEL, LIMIT, sending),
                file(folder, "PostToolUse", Sending.Form.QUIET, Setup.OBSERVED, sending));
    }

    private static Setup.Part file(
            Path folder, String event, Sending.Form form, int seconds, Sending sending) {
        String made = "# Asks Countersign; made by `countersign connect cline`.\n";
        if (sending.powershell()) {
            return new Setup.Part(
                    folder.resolve(event + ".ps1"),
                    new Setup.Content.Whole(
                            made + sending.powershellFile(NAME, event, form, seconds), false));
        }
        return new Setup.Part(
                folder.resolve(event),
                new Setup.Content.Whole(
                        "#!/bin/sh\n" + made + sending.command(NAME, event, form, seconds) + "\n",
                        true));
    }

    private static ObjectNode canary(String nonce) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("taskId", "canary-" + nonce).putArray("workspaceRoots").add("/");
        ObjectNode call = body.putObject("tool_call");
        call.put("id", nonce).put("name", Canary.TOOL).putObject("input").put("nonce", nonce);
        return body;
    }
}
