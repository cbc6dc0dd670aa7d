package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * JSON trees with parts of them put as others. What does not change is not copied: of the trees a
 * record goes through, few do.
 */
public final class Trees {
    private Trees() {}

    /**
     * An object with other names and values.
     *
     * @param names puts a name as another
     * @param values puts the value of a name, the new one, as another
     * @return the same object where they are all the same
     */
    public static ObjectNode object(
            ObjectNode value,
            UnaryOperator<String> names,
            BiFunction<String, JsonNode, JsonNode> values) {
        ObjectNode copy = null;
        int same = 0;
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = names.apply(member.getKey());
            JsonNode other = values.apply(name, member.getValue());
            if (copy == null) {
                if (other == member.getValue() && name.equals(member.getKey())) {
                    same++;
                    continue;
                }
                copy = start(value, same);
            }
            copy.set(name, other);
        }
        return copy == null ? value : copy;
    }

    private static ObjectNode start(ObjectNode value, int members) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            if (copy.size() == members) {
                break;
            }
            copy.set(member.getKey(), member.getValue());
        }
        return copy;
    }

    /** An array with other elements; the same one where they are all the same. */
    public static ArrayNode array(ArrayNode value, UnaryOperator<JsonNode> elements) {
        ArrayNode copy = null;
        for (int i = 0; i < value.size(); i++) {
            JsonNode element = value.get(i);
            JsonNode other = elements.apply(element);
            if (copy == null && other != element) {
                copy = JsonNodeFactory.instance.arrayNode(value.size());
                for (int before = 0; before < i; before++) {
                    copy.add(value.get(before));
                }
            }
            if (copy != null) {
                copy.add(other);
            }
        }
        return copy == null ? value : copy;
    }
}
