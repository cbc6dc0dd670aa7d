package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookReader.Moment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Qwen Code's hooks, as measured on 0.24.4: the settings of Gemini CLI, the words of Claude. */
final class Qwen implements CommonHooks {
    static final String NAME = "qwen";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of(
                            "PreToolUse", Moment.CALL,
                            "PostToolUse", Moment.RAN,
                            "PostToolUseFailure", Moment.FAILED,
                            "UserPromptSubmit", Moment.PROMPT,
                            "SessionStart", Moment.SESSION_START,
                            "SessionEnd", Moment.SESSION_END),
                    HookReader.Names.SNAKE);

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
                        "Qwen Code",
                        List.of("qwen"),
                        "0.24.4",
                        Qwen::layout,
                        new Setup.Canaried("PreToolUse", READER::canary),
                        List.of(
                                "`disableAllHooks` in the user's settings ends the hooks, and no"
                                        + " place of the machine survives it")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        return switch (level) {
            case MANAGED -> List.of();
            case USER, PROJECT ->
                    List.of(
                            GeminiFamily.settings(
                                    (level == Setup.Level.USER ? homes.home() : homes.project())
                                            .resolve(".qwen")
                                            .resolve("settings.json"),
                                    NAME,
                                    List.of(
                                            "PreToolUse",
                                            "PostToolUse",
                                            "PostToolUseFailure",
                                            "UserPromptSubmit",
                                            "SessionStart",
                                            "SessionEnd"),
                                    READER::decides,
                                    sending,
                                    Map.of("disableAllHooks", false),
                                    false));
        };
    }
}
