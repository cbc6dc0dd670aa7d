package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A repository or workspace that people work in.
 *
 * @param name what it is called; policies of its level are found by it
 * @param description one line for people
 * @param workspace the absolute path of its main working tree, or null: then calls are in it whose
 *     token names it, or whose folder is called so
 * @param teams whose it is
 */
public record Project(
        String name, String description, @Nullable String workspace, Set<String> teams)
        implements Entity {
    public Project {
        teams = Collections.unmodifiableSet(new TreeSet<>(teams));
    }

    static Project read(String name, JsonNode body) {
        return new Project(
                name,
                body.path("description").asText(""),
                body.path("workspace").textValue(),
                Names.read(body.path("teams")));
    }

    @Override
    public Kind kind() {
        return Kind.PROJECT;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("description", description);
        body.put("workspace", workspace);
        Names.write(body, "teams", teams);
        return body;
    }

    @Override
    public Set<String> terms() {
        Set<String> terms = new TreeSet<>();
        if (workspace != null) {
            terms.add(workspaceTerm(workspace));
        }
        teams.forEach(team -> Names.inTeam(terms, team));
        return terms;
    }

    public static String workspaceTerm(String workspace) {
        return "workspace:" + workspace;
    }
}
