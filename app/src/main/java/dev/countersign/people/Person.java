package dev.countersign.people;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Someone who can sign in.
 *
 * @param email identifies them, lower case
 * @param name what pages show
 * @param roles roles in the tenant: {@code viewer member maintainer security owner}
 * @param teams the teams they belong to; a role counts in each of them
 */
public record Person(String email, String name, Set<String> roles, Set<String> teams) {
    public Person {
        roles = Collections.unmodifiableSet(new TreeSet<>(roles));
        teams = Collections.unmodifiableSet(new TreeSet<>(teams));
    }

    /** One who is in no team. */
    public Person(String email, String name, Set<String> roles) {
        this(email, name, roles, Set.of());
    }
}
