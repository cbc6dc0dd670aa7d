package dev.countersign.approval;

import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Someone whose answer may count.
 *
 * @param email who
 * @param roles roles in the tenant
 * @param teams teams they belong to
 * @param held roles in one team or project
 * @param here of those, the roles that count for what is asked: {@link #at}
 */
public record Voter(
        String email, Set<String> roles, Set<String> teams, Set<Holding> held, Set<String> here) {
    public Voter {
        roles = Set.copyOf(roles);
        teams = Set.copyOf(teams);
        held = Set.copyOf(held);
        here = Set.copyOf(here);
    }

    /** One whose roles are all held in the tenant. */
    public Voter(String email, Set<String> roles, Set<String> teams) {
        this(email, roles, teams, Set.of(), Set.of());
    }

    /** The same person before a question that belongs there. */
    public Voter at(Place place) {
        return held.isEmpty()
                ? this
                : new Voter(
                        email,
                        roles,
                        teams,
                        held,
                        held.stream()
                                .filter(holding -> holding.countsAt(place))
                                .map(Holding::role)
                                .collect(Collectors.toUnmodifiableSet()));
    }

    boolean owner() {
        return roles.contains("owner");
    }

    /** Whether they hold a role in the tenant, or where the question belongs. */
    boolean holds(String role) {
        return roles.contains(role) || here.contains(role);
    }

    /** Whether they hold a role in a team: as its member in the tenant, or in the team itself. */
    boolean holds(String role, String team) {
        return (roles.contains(role) && teams.contains(team))
                || held.contains(new Holding(role, Holding.Kind.TEAM, team));
    }
}
