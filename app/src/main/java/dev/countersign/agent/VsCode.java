package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookReader.Moment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agent hooks of VS Code, as its documents of July 2026 describe them; not tried. */
final class VsCode implements CommonHooks {
    static final String NAME = "vscode";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of(
                            "PreToolUse", Moment.CALL,
                            "PostToolUse", Moment.RAN,
                            "UserPromptSubmit", Moment.PROMPT,
                            "SessionStart", Moment.SESSION_START),
                    new HookReader.Names(
                            "hookEventName",
                            "sessionId",
                            "tool_name",
                            "tool_input",
                            "tool_use_id",
                            "tool_response"));

    @Override
    public HookReader reader() {
        return READER;
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        return ClaudeShape.answer(Said.of(event, answer, READER::decides));
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        return !READER.asks(event) || ClaudeShape.decides(answer);
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "VS Code",
                        List.of("code"),
                        "documents only",
                        VsCode::layout,
                        new Setup.Canaried("PreToolUse", READER::canary),
                        List.of(
                                "it was wired by its documents and never tried",
                                "a hook that is late or fails is a warning, and the call runs; an"
                                        + " organisation can end hooks, and no place of the machine"
                                        + " pins them",
                                "GitHub Copilot CLI reads the same folder: wire one of the two by"
                                        + " `--user`, or both ask")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        Path folder =
                switch (level) {
                    case USER -> homes.home().resolve(".copilot").resolve("hooks");
                    case PROJECT -> homes.project().resolve(".github").resolve("hooks");
                    case MANAGED -> null;
                };
        if (folder == null) {
            return List.of();
        }
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        ObjectNode hooks = file.putObject("hooks");
        for (String event :
                List.of("PreToolUse", "PostToolUse", "UserPromptSubmit", "SessionStart")) {
            boolean decides = READER.decides(event);
            int seconds = decides ? Setup.PATIENCE : Setup.OBSERVED;
            hooks.putArray(event)
                    .addObject()
                    .put("type", "command")
                    .put(
                            "command",
                            sending.command(
                                    NAME,
                                    event,
                                    decides ? Sending.Form.EXIT : Sending.Form.QUIET,
                                    seconds))
                    .put("timeout", seconds);
        }
        return List.of(
                new Setup.Part(
                        folder.resolve("countersign-vscode.json"),
                        new Setup.Content.Whole(file.toPrettyString() + "\n", false)));
    }
}
