package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What Gemini CLI and Qwen Code, its descendant, have in common: where their hooks stand. Both take
 * a hook that fails, or is silent with exit code 2, for no objection, and count in milliseconds.
 */
final class GeminiFamily {
    private GeminiFamily() {}

    /** Our hooks in a settings file. */
    static Setup.Part settings(
            Path file,
            String client,
            List<String> events,
            Predicate<String> decides,
            Sending sending,
            Map<String, Boolean> switches,
            boolean pinned) {
        Map<String, ObjectNode> hooks = new LinkedHashMap<>();
        for (String event : events) {
            int seconds = decides.test(event) ? Setup.PATIENCE : Setup.OBSERVED;
            ObjectNode group = JsonNodeFactory.instance.objectNode().put("matcher", "*");
            group.putArray("hooks")
                    .addObject()
                    .put("type", "command")
                    .put("name", "countersign-" + event)
                    .put(
                            "command",
                            sending.command(
                                    client,
                                    event,
                                    decides.test(event) ? Sending.Form.EXIT : Sending.Form.QUIET,
                                    seconds))
                    .put("timeout", seconds * 1_000);
            hooks.put(event, group);
        }
        return new Setup.Part(file, new Setup.Content.Entries(hooks, Map.of(), switches, pinned));
    }
}
