package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Answers in the form that Claude Code began and others took over for their own. */
final class ClaudeShape {
    private ClaudeShape() {}

    static ObjectNode answer(Said said) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        return switch (said) {
            case Said.Allowed allowed -> {
                ObjectNode specific =
                        out.putObject("hookSpecificOutput")
                                .put("hookEventName", "PreToolUse")
                                .put("permissionDecision", "allow")
                                .put(
                                        "permissionDecisionReason",
                                        "Allowed by Countersign."
                                                + Wording.reference(allowed.reference()));
                if (allowed.input() != null) {
                    specific.set("updatedInput", allowed.input());
                }
                yield out;
            }
            case Said.Refused refused -> {
                out.putObject("hookSpecificOutput")
                        .put("hookEventName", "PreToolUse")
                        .put("permissionDecision", "deny")
                        .put("permissionDecisionReason", refused.why());
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

    /** Whether an answer allows or denies. */
    static boolean decides(ObjectNode answer) {
        String said = answer.path("hookSpecificOutput").path("permissionDecision").asText();
        return said.equals("allow") || said.equals("deny");
    }
}
