package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An agent that people know of.
 *
 * @param name as its tokens say it
 * @param description one line for people
 * @param persona the persona of the policies that is its envelope beside documents of its own
 *     level, or null
 * @param owner e-mail of the person who answers for it, or null
 * @param ownerTeam the team that answers for it, or null; it is in that team
 * @param teams the teams it is in beside that one
 * @param project the one project it works in, or null
 * @param state whether it may ask
 */
public record Agent(
        String name,
        String description,
        @Nullable String persona,
        @Nullable String owner,
        @Nullable String ownerTeam,
        Set<String> teams,
        @Nullable String project,
        State state)
        implements Entity {

    /** Whether an agent may ask. */
    public enum State {
        ENABLED,
        DISABLED,
        /** Nobody lists it any more, and its name is refused until it is added again. */
        REMOVED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Agent {
        teams = Collections.unmodifiableSet(new TreeSet<>(teams));
    }

    static Agent read(String name, JsonNode body) {
        return new Agent(
                name,
                body.path("description").asText(""),
                body.path("persona").textValue(),
                body.path("owner").textValue(),
                body.path("owner_team").textValue(),
                Names.read(body.path("teams")),
                body.path("project").textValue(),
                state(body.path("state").asText()));
    }

    private static State state(String wire) {
        for (State state : State.values()) {
            if (state.wire().equals(wire)) {
                return state;
            }
        }
        return State.DISABLED;
    }

    /** The same, which may or may not ask from now on. */
    public Agent with(State other) {
        return new Agent(name, description, persona, owner, ownerTeam, teams, project, other);
    }

    /** Every team it is in. */
    public Set<String> allTeams() {
        if (ownerTeam == null) {
            return teams;
        }
        Set<String> all = new TreeSet<>(teams);
        all.add(ownerTeam);
        return all;
    }

    @Override
    public Kind kind() {
        return Kind.AGENT;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("description", description);
        body.put("persona", persona);
        body.put("owner", owner);
        body.put("owner_team", ownerTeam);
        Names.write(body, "teams", teams);
        body.put("project", project);
        body.put("state", state.wire());
        return body;
    }

    @Override
    public Set<String> terms() {
        Set<String> terms = new TreeSet<>();
        if (state == State.REMOVED) {
            return terms;
        }
        allTeams().forEach(team -> Names.inTeam(terms, team));
        if (project != null) {
            terms.add("needs:project:" + project);
        }
        if (owner != null) {
            terms.add("owner:" + owner);
        }
        return terms;
    }
}
