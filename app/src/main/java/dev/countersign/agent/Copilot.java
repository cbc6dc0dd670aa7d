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
 * GitHub Copilot CLI's hooks, as measured on 1.0.102. A hook that crashes denies there; one that
 * prints anything but JSON, answers in Claude's form or is late lets the call run.
 */
final class Copilot implements CommonHooks {
    static final String NAME = "copilot";

    private static final HookReader READER =
            new HookReader(
                    NAME,
                    Map.of(
                            "preToolUse", Moment.CALL,
                            "postToolUse", Moment.RAN,
                            "userPromptSubmitted", Moment.PROMPT,
                            "sessionStart", Moment.SESSION_START,
                            "sessionEnd", Moment.SESSION_END),
                    new HookReader.Names(
                            null, "sessionId", "toolName", "toolArgs", "toolCallId", "toolResult"));

    @Override
    public HookReader reader() {
        return READER;
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (Said.of(event, answer, READER::decides)) {
            case Said.Allowed allowed -> {
                out.put("permissionDecision", "allow")
                        .put(
                                "permissionDecisionReason",
                                "Allowed by Countersign." + Wording.reference(allowed.reference()));
                if (allowed.input() != null) {
                    out.set("modifiedArgs", allowed.input());
                }
                yield out;
            }
            case Said.Refused refused ->
                    out.put("permissionDecision", "deny")
                            .put("permissionDecisionReason", refused.why());
            case Said.Greeted greeted -> out.put("additionalContext", greeted.words());
            // A running turn cannot be ended there: its next call is refused.
            case Said.Halted _, Said.Silent _ -> out;
        };
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        String said = answer.path("permissionDecision").asText();
        return !READER.asks(event) || said.equals("allow") || said.equals("deny");
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public Set<String> markers() {
        return Set.of("COPILOT_CLI");
    }

    @Override
    public Optional<Setup> setup() {
        return Optional.of(
                new Setup(
                        "GitHub Copilot CLI",
                        List.of("copilot"),
                        "1.0.102",
                        Copilot::layout,
                        new Setup.Canaried("preToolUse", READER::canary),
                        List.of(
                                "`disableAllHooks` of a trusted repository ends a user's hooks;"
                                        + " `connect copilot --managed` survives that",
                                "the cloud agent reads no hooks of this machine")));
    }

    private static List<Setup.Part> layout(Setup.Level level, Setup.Homes homes, Sending sending) {
        Path folder =
                switch (level) {
                    case USER -> homes.folder(".copilot", "COPILOT_HOME").resolve("hooks");
                    case PROJECT -> homes.project().resolve(".github").resolve("hooks");
                    case MANAGED -> Path.of("/etc/github-copilot/policy.d");
                };
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("version", 1);
        ObjectNode hooks = file.putObject("hooks");
        for (String event :
                List.of(
                        "preToolUse",
                        "postToolUse",
                        "userPromptSubmitted",
                        "sessionStart",
                        "sessionEnd")) {
            boolean decides = READER.decides(event);
            int seconds = decides ? Setup.PATIENCE : Setup.OBSERVED;
            hooks.putArray(event)
                    .addObject()
                    .put("type", "command")
                    .put(
                            sending.powershell() ? "powershell" : "bash",
                            sending.command(
                                    NAME,
                                    event,
                                    decides ? Sending.Form.DECISION : Sending.Form.QUIET,
                                    seconds))
                    .put("timeoutSec", seconds);
        }
        return List.of(
                new Setup.Part(
                        folder.resolve("countersign.json"),
                        new Setup.Content.Whole(file.toPrettyString() + "\n", false)));
    }
}
