package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;

/** Leaves out of records what rules say must not be kept. */
final class Redaction {
    /** Stands where something was left out. */
    static final String LEFT_OUT = "[left out by policy]";

    /** The name under which a tool's output is left out. */
    private static final String OUTPUT = "output";

    private Redaction() {}

    /** A call as {@link CallJson#of} wrote it, without these fields of its input, at any depth. */
    static ObjectNode of(ObjectNode call, Iterable<String> fields) {
        Set<String> names = new HashSet<>();
        fields.forEach(names::add);
        if (names.isEmpty()) {
            return call;
        }
        ObjectNode copy = call.deepCopy();
        leaveOut(copy.path("input"), names);
        return copy;
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
    static boolean keepsOutput(JsonNode decisionRecord) {
        return "full".equals(obligations(decisionRecord).path("record").asText());
    }

    /** Whether the decision of this record wants its output left out. */
    static boolean leavesOutOutput(JsonNode decisionRecord) {
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
