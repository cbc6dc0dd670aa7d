package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Holding;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Someone who can sign in.
 *
 * @param email identifies them, lower case
 * @param name what pages show
 * @param roles roles in the tenant: {@code viewer member maintainer security owner} and own ones
 * @param teams the teams they belong to; a role of the tenant counts in each of them
 * @param held roles in one team or project only
 */
public record Person(
        String email, String name, Set<String> roles, Set<String> teams, Set<Holding> held)
        implements Entity {
    public Person {
        roles = Collections.unmodifiableSet(new TreeSet<>(roles));
        teams = Collections.unmodifiableSet(new TreeSet<>(teams));
        Set<Holding> sorted = new TreeSet<>(Comparator.comparing(Holding::toString));
        sorted.addAll(held);
        held = Collections.unmodifiableSet(sorted);
    }

    /** One whose roles are all held in the tenant. */
    public Person(String email, String name, Set<String> roles, Set<String> teams) {
        this(email, name, roles, teams, Set.of());
    }

    /** One who is in no team. */
    public Person(String email, String name, Set<String> roles) {
        this(email, name, roles, Set.of());
    }

    @Override
    public Kind kind() {
        return Kind.PERSON;
    }

    @Override
    public String id() {
        return email;
    }

    @Override
    public ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("name", name);
        Names.write(body, "roles", roles);
        Names.write(body, "teams", teams);
        ArrayNode list = body.putArray("held");
        held.forEach(holding ->
                list.addObject()
                        .put("role", holding.role())
                        .put(holding.kind().wire(), holding.of()));
        return body;
    }

    /** What {@code held} of {@link #body} says. */
    public static Set<Holding> held(JsonNode list) {
        Set<Holding> held = new HashSet<>();
        for (JsonNode one : list) {
            for (Holding.Kind kind : Holding.Kind.values()) {
                if (one.path(kind.wire()).isTextual()) {
                    held.add(
                            new Holding(
                                    one.path("role").asText(),
                                    kind,
                                    one.path(kind.wire()).asText()));
                }
            }
        }
        return held;
    }

    @Override
    public Set<String> terms() {
        Set<String> terms = new TreeSet<>();
        for (String role : roles) {
            terms.add("role:" + role);
            terms.add("needs:role:" + role);
        }
        teams.forEach(team -> Names.inTeam(terms, team));
        for (Holding holding : held) {
            terms.add("role:" + holding);
            terms.add("needs:role:" + holding.role());
            terms.add("needs:" + holding.kind().wire() + ":" + holding.of());
        }
        return terms;
    }
}
