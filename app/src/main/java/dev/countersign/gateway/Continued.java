package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Allowed calls that the server answered with a question of its own: the same call with the answer
 * to it goes on where that one stopped, once.
 */
final class Continued {
    private static final int MOST = 256;

    private final Map<String, Open> open =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Open> eldest) {
                    return size() > MOST;
                }
            };

    private record Open(String decision, String tool, JsonNode arguments) {}

    /** Notes a result that asks for more. */
    synchronized void keep(String decision, ObjectNode params, JsonNode result) {
        String state = result.path("requestState").textValue();
        if (state != null && result.path("resultType").asText("").equals("input_required")) {
            JsonNode arguments = params.path("arguments");
            open.put(
                    state,
                    new Open(
                            decision,
                            params.path("name").asText(),
                            arguments.isObject()
                                    ? arguments
                                    : JsonNodeFactory.instance.objectNode()));
        }
    }

    /** The decision that this call belongs to, where it is such a one in every respect. */
    synchronized Optional<String> take(String tool, ObjectNode arguments, ObjectNode params) {
        String state = params.path("requestState").textValue();
        Open before = state == null ? null : open.get(state);
        if (before == null || !before.tool.equals(tool) || !before.arguments.equals(arguments)) {
            return Optional.empty();
        }
        open.remove(state);
        return Optional.of(before.decision);
    }
}
