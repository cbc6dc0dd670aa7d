package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A role that people made beside those that are built in.
 *
 * @param name what it is called
 * @param description one line for people
 * @param permissions what it permits
 */
public record Role(String name, String description, Set<Permission> permissions) implements Entity {
    public Role {
        EnumSet<Permission> all = EnumSet.noneOf(Permission.class);
        all.addAll(permissions);
        permissions = Collections.unmodifiableSet(all);
    }

    static Role read(String name, JsonNode body) {
        EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
        // What another version of the program knew and this one does not permits nothing.
        body.path("permissions")
                .forEach(each -> Permission.of(each.asText()).ifPresent(permissions::add));
        return new Role(name, body.path("description").asText(""), permissions);
    }

    @Override
    public Kind kind() {
        return Kind.ROLE;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("description", description);
        ArrayNode list = body.putArray("permissions");
        permissions.forEach(permission -> list.add(permission.wire()));
        return body;
    }

    @Override
    public Set<String> terms() {
        return Set.of();
    }
}
