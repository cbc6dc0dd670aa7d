package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An action on a thing of somebody's own system, as OpenID AuthZEN asks about it: nobody told us
 * what it does, so it counts as the call of a foreign tool. Its type is the server, its action the
 * tool, and everything simple that is said of it can be named by rules. What documents say of an
 * entity stands beside what its caller says; where the two differ, nothing is known.
 *
 * @param name the type and the action
 * @param id the thing
 * @param said what rules may name
 * @param whole whether that is all that was said
 */
record Entity(McpName name, String id, List<Resource.Field> said, boolean whole) {
    private static final int MOST_ATTRIBUTES = 200;

    static Entity of(ObjectNode input, KnownEntities entities) {
        JsonNode subject = input.path("subject");
        JsonNode action = input.path("action");
        JsonNode resource = input.path("resource");
        String name = action.path("name").asText("");
        String type = resource.path("type").asText("");
        String id = resource.path("id").asText("");
        List<Resource.Field> said = new ArrayList<>();
        said.add(new Resource.Field("id", id));
        said.add(new Resource.Field("subject.type", subject.path("type").asText("")));
        said.add(new Resource.Field("subject.id", subject.path("id").asText("")));
        // Each of them is read, whatever the one before came to.
        boolean ofSubject =
                attributes(
                        said,
                        "subject",
                        subject.path("properties"),
                        entities.of(
                                subject.path("type").asText(""), subject.path("id").asText("")));
        boolean ofAction = attributes(said, "action", action.path("properties"), null);
        boolean ofResource =
                attributes(said, "resource", resource.path("properties"), entities.of(type, id));
        boolean ofContext = attributes(said, "context", input.path("context"), null);
        boolean whole = ofSubject && ofAction && ofResource && ofContext;
        return new Entity(
                new McpName(type, name),
                id,
                List.copyOf(said),
                whole && !name.isEmpty() && !type.isEmpty() && !id.isEmpty());
    }

    /** What rules see. */
    Resource resource() {
        return new Resource.Tool(name.server(), name.tool(), said);
    }

    /** For people. */
    String summary() {
        return "`%s` on the %s `%s`"
                .formatted(
                        Judge.cut(name.tool()),
                        Judge.cut(String.valueOf(name.server())),
                        Judge.cut(id));
    }

    /** Texts, numbers and truths; of what has parts of its own, no value is known. */
    private static boolean attributes(
            List<Resource.Field> said,
            String prefix,
            JsonNode properties,
            @Nullable Map<String, @Nullable String> declared) {
        Map<String, @Nullable String> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            JsonNode value = property.getValue();
            all.put(
                    property.getKey(),
                    value.isValueNode() && !value.isNull() ? value.asText() : null);
        }
        if (declared != null) {
            declared.forEach((name, value) ->
                    all.put(
                            name,
                            !all.containsKey(name) || Objects.equals(all.get(name), value)
                                    ? value
                                    : null));
        }
        for (Map.Entry<String, @Nullable String> each : all.entrySet()) {
            if (said.size() >= MOST_ATTRIBUTES) {
                return false;
            }
            String name = prefix + "." + each.getKey();
            // Who it is stands above, and nothing beside it may say otherwise.
            if (!name.equals("subject.id") && !name.equals("subject.type")) {
                said.add(new Resource.Field(name, each.getValue()));
            }
        }
        return true;
    }
}
