package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookReader.Moment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gemini CLI's hooks, as measured on 0.61.0.
 *
 * <p>A deny of its event after the agent's turn loops without end, so that is never wired; an
 * {@code ask} ends the turn of a headless session without a word, so it is never written. Another
 * input is merged into the one that was sent, so none is ever given.
 */
final class Gemini implements CommonHooks {
    static final String NAME = "gemini";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of(
                            "BeforeTool", Moment.CALL,
                            "AfterTool", Moment.RAN,
                            "BeforeAgent", Moment.PROMPT,
                            "SessionStart", Moment.SESSION_START,
                            "SessionEnd", Moment.SESSION_END),
                    HookReader.Names.SNAKE);

    @Override
    public HookReader reader() {
        return READER;
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (Said.of(event, answer, READER::decides)) {
            case Said.Allowed _ -> out.put("decision", "allow");
            case Said.Refused refused -> {
                out.put("decision", "deny").put("reason", refused.why());
                yield refused.halt()
                        ? out.put("continue", false).put("stopReason", refused.why())
                        : out;
            }
            case Said.Halted halted -> out.put("continue", false).put("stopReason", halted.why());
            case Said.Greeted greeted -> {
                out.putObject("hookSpecificOutput")
                        .put("hookEventName", "SessionStart")
                        .put("additionalContext", greeted.words());
                yield out;
            }
            case Said.Silent _ -> out;
        };
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        String said = answer.path("decision").asText();
        return !READER.asks(event) || said.equals("allow") || said.equals("deny");
    }

    @Override
    public Set<String> markers() {
        return Set.of("GEMINI_CLI");
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Gemini CLI",
                        List.of("gemini"),
                        "0.61.0",
                        Gemini::layout,
                        new Setup.Canaried("BeforeTool", READER::canary),
                        List.of(
                                "a user ends hooks by `hooksConfig.disabled` in their settings,"
                                        + " those of the machine too, and"
                                        + " GEMINI_CLI_SYSTEM_SETTINGS_PATH moves the settings of the"
                                        + " machine; only policies in /etc/gemini-cli/policies survive"
                                        + " that",
                                "hooks of a project run in trusted folders only")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        Path file =
                switch (level) {
                    case USER -> homes.home().resolve(".gemini").resolve("settings.json");
                    case PROJECT -> homes.project().resolve(".gemini").resolve("settings.json");
                    case MANAGED ->
                            Path.of(
                                    homes.platform().equals("macos")
                                            ? "/Library/Application Support/GeminiCli/settings.json"
                                            : "/etc/gemini-cli/settings.json");
                };
        return List.of(
                GeminiFamily.settings(
                        file,
                        NAME,
                        List.of(
                                "BeforeTool",
                                "AfterTool",
                                "BeforeAgent",
                                "SessionStart",
                                "SessionEnd"),
                        READER::decides,
                        sending,
                        Map.of("hooksConfig.enabled", true),
                        level == Setup.Level.MANAGED));
    }
}
