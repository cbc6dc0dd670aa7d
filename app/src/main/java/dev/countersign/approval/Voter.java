package dev.countersign.approval;

import java.util.Set;

/**
 * Someone whose answer may count.
 *
 * @param email who
 * @param roles roles in the tenant
 * @param teams teams they belong to
 */
public record Voter(String email, Set<String> roles, Set<String> teams) {
    public Voter {
        roles = Set.copyOf(roles);
        teams = Set.copyOf(teams);
    }

    boolean owner() {
        return roles.contains("owner");
    }
}
