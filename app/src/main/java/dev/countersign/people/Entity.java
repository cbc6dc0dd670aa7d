package dev.countersign.people;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Set;

/** A part of the organisation that has a name and is kept under it. */
public sealed interface Entity permits Role, Team, Project, Agent, Person {

    /** The kinds of them, in the order in which one may name another. */
    enum Kind {
        ROLE,
        TEAM,
        PROJECT,
        PERSON,
        AGENT;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Where they are listed: {@code roles}, {@code people}, … */
        public String plural() {
            return this == PERSON ? "people" : wire() + "s";
        }
    }

    Kind kind();

    /** What identifies it among its kind: its name, or the e-mail of a person. */
    String id();

    /** Everything but its name. */
    ObjectNode body();

    /**
     * What it is found by, such as {@code team:payments} for whoever is in that team. What starts
     * with {@code needs:} is found by to keep what it names from being removed.
     */
    Set<String> terms();

    /** What {@link #body} wrote; of people nothing, who are kept in a table of their own. */
    static Entity read(Kind kind, String name, JsonNode body) {
        return switch (kind) {
            case ROLE -> Role.read(name, body);
            case TEAM -> new Team(name, body.path("description").asText(""));
            case PROJECT -> Project.read(name, body);
            case AGENT -> Agent.read(name, body);
            case PERSON -> throw new IllegalArgumentException("people are no documents");
        };
    }
}
