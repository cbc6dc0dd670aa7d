package dev.countersign.api;

import dev.countersign.approval.Voter;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;

/** People as those whose answer may count. */
public final class Voters {
    private Voters() {}

    public static Voter of(Person person) {
        return new Voter(person.email(), person.roles(), person.teams());
    }

    static Voter of(Principal.Person person) {
        return new Voter(person.email(), person.roles(), person.teams());
    }
}
