package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A group of people, agents and projects; each of them says that it is in it.
 *
 * @param name what it is called
 * @param description one line for people
 */
public record Team(String name, String description) implements Entity {
    @Override
    public Kind kind() {
        return Kind.TEAM;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public ObjectNode body() {
        return JsonNodeFactory.instance.objectNode().put("description", description);
    }

    @Override
    public Set<String> terms() {
        return Set.of();
    }
}
