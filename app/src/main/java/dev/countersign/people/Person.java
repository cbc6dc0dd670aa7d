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
 */
public record Person(String email, String name, Set<String> roles) {
    public Person {
        roles = Collections.unmodifiableSet(new TreeSet<>(roles));
    }
}
