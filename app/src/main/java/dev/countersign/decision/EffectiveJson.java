package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.policy.PolicySnapshot;

/** What is in force for an agent, as the command line and the API show it. */
public final class EffectiveJson {
    private EffectiveJson() {}

    /**
     * {@code agent}, {@code version} and {@code lines}.
     *
     * @param snapshot of the documents that apply to the agent
     */
    public static ObjectNode of(String agent, PolicySnapshot snapshot) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("agent", agent)
                        .put("version", snapshot.version());
        ArrayNode lines = json.putArray("lines");
        for (PolicySnapshot.Line line : snapshot.lines()) {
            lines.addObject()
                    .put("subject", line.subject())
                    .put("says", line.says())
                    .put("document", line.document())
                    .put("at", line.at());
        }
        return json;
    }
}
