package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A decision as JSON. */
public final class DecisionJson {
    private DecisionJson() {}

    public static ObjectNode of(String id, Decision decision) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("effect", decision.effect().wire());
        json.put("risk", decision.explanation().risk().wire());
        json.put("reason", decision.reason());
        return json;
    }
}
