package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookReader.Moment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kiro's hooks, as the documents of its CLI 3 describe them; not tried. Exit code 2 blocks. */
final class Kiro implements CommonHooks {
    static final String NAME = "kiro";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of("PreToolUse", Moment.CALL),
                    new HookReader.Names(
                            null,
                            "session_id",
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
        return ExitCode.answer(Said.of(event, answer, READER::decides));
    }

    @Override
    public Exit exit(ObjectNode answer) {
        return ExitCode.exit(answer);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        return ExitCode.isAnswer(answer);
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "Kiro",
                        List.of("kiro-cli", "kiro"),
                        "documents only",
                        Kiro::layout,
                        new Setup.Canaried("PreToolUse", READER::canary),
                        List.of(
                                "it was wired by its documents and never tried",
                                "a hook that is late or fails with another exit code is a warning,"
                                        + " and the call runs")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        return switch (level) {
            case MANAGED -> List.of();
            case USER -> List.of(part(homes.home(), sending));
            case PROJECT -> List.of(part(homes.project(), sending));
        };
    }

    private static Setup.Part part(Path root, Sending sending) {
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("version", "v1");
        ObjectNode hook =
                file.putArray("hooks")
                        .addObject()
                        .put("name", "countersign")
                        .put("trigger", "PreToolUse")
                        .put("matcher", ".*");
        hook.putObject("action")
                .put("type", "command")
                .put(
                        "command",
                        sending.command(NAME, "PreToolUse", Sending.Form.EXIT, Setup.PATIENCE));
        hook.put("timeout", Setup.PATIENCE).put("enabled", true);
        return new Setup.Part(
                root.resolve(".kiro").resolve("hooks").resolve("countersign.json"),
                new Setup.Content.Whole(file.toPrettyString() + "\n", false));
    }
}
