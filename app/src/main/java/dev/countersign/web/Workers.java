package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.OrganisationRoutes;
import dev.countersign.api.Problem;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Entity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The agents people know of: those that were added, and those that came by themselves. */
final class Workers {
    private static final Optional<String> MOST = Optional.of("500");

    private final OrganisationRoutes organisation;

    Workers(OrganisationRoutes organisation) {
        this.organisation = organisation;
    }

    /** By name; those that nobody added have the state {@code unregistered}. */
    Map<String, ObjectNode> all() throws NotRecorded {
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        add(found, organisation.list(Entity.Kind.AGENT, Optional.empty(), MOST));
        add(found, organisation.agents(Optional.of("true"), Optional.empty(), MOST));
        return found;
    }

    private static void add(Map<String, ObjectNode> found, JsonNode listed) {
        for (JsonNode each : listed.path("agents")) {
            if (each instanceof ObjectNode agent) {
                found.putIfAbsent(agent.path("name").asText(), agent);
            }
        }
    }

    /** What was said of an agent when it was added; of others only their name. */
    ObjectNode one(String name) {
        try {
            return organisation.get(Entity.Kind.AGENT, name, Optional.empty());
        } catch (Problem notAdded) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("name", name)
                    .put("state", "unregistered");
        }
    }

    /** Who answers for an agent, or empty. */
    static String owner(JsonNode agent) {
        String team = agent.path("owner_team").asText("");
        return team.isEmpty() ? agent.path("owner").asText("") : "team " + team;
    }
}
