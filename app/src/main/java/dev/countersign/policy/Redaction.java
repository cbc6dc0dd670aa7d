package dev.countersign.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Leaves out of records what rules say must not be kept. */
public final class Redaction {
    /** Stands where something was left out. */
    public static final String LEFT_OUT = "[left out by policy]";

    /** The name under which a tool's output is left out. */
    private static final String OUTPUT = "output";

    private Redaction() {}

    /** A call as JSON without these fields of its {@code input}, at any depth. */
    public static ObjectNode of(ObjectNode call, Iterable<String> fields) {
        Set<String> names = new HashSet<>();
        fields.forEach(names::add);
        if (names.isEmpty()) {
            return call;
        }
        ObjectNode copy = call.deepCopy();
        leaveOut(copy.path("input"), names);
        return copy;
    }

    /**
     * A call without what must not be kept of it.
     *
     * @param decision the decision on it, as {@link DecisionJson} wrote it
     */
    public static ObjectNode of(ObjectNode call, JsonNode decision) {
        List<String> fields = new ArrayList<>();
        decision.path("obligations").path("redact").forEach(field -> fields.add(field.asText()));
        return of(call, fields);
    }

    private static void leaveOut(JsonNode node, Set<String> names) {
        if (node instanceof ObjectNode object) {
            for (String name : names) {
                if (object.has(name)) {
                    object.put(name, LEFT_OUT);
                }
            }
        }
        node.forEach(child -> leaveOut(child, names));
    }

    /** Whether the decision of this record wants its output kept whole. */
    public static boolean keepsOutput(JsonNode decisionRecord) {
        return "full".equals(obligations(decisionRecord).path("record").asText());
    }

    /** Whether the decision of this record wants its output left out. */
    public static boolean leavesOutOutput(JsonNode decisionRecord) {
        for (JsonNode field : obligations(decisionRecord).path("redact")) {
            if (OUTPUT.equals(field.asText())) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode obligations(JsonNode decisionRecord) {
        return decisionRecord.path("body").path("obligations");
    }
}
