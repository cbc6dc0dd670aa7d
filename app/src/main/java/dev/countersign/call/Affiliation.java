package dev.countersign.call;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an agent's call belongs, as the server knows it.
 *
 * @param teams the teams of the agent and of the project
 * @param driversTeams the teams of the person in whose session it runs
 * @param known every team there is: of any other nobody can say who is in it
 * @param persona the persona the agent was given, or null
 */
public record Affiliation(
        Set<String> teams, Set<String> driversTeams, Set<String> known, @Nullable String persona) {
    public Affiliation {
        teams = Set.copyOf(teams);
        driversTeams = Set.copyOf(driversTeams);
        known = Set.copyOf(known);
    }
}
