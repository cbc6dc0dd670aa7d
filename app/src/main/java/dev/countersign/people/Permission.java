package dev.countersign.people;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What people may be allowed to do; a role is a set of these. */
public enum Permission {
    SEE("look at questions, decisions, grants, stops, policies, people and the ledger"),
    ACT("ask for decisions as oneself, and make tokens of one's own"),
    ANSWER("vote where a question names one, answer deferred calls, revoke grants, know of alarms"),
    STOP("stop agents"),
    RESUME("end a stop"),
    ACCEPT("accept the policy files of repositories"),
    POLICY("change the policies on the server"),
    EXPORT("export records and write reports"),
    RETAIN("take archived records out of the ledger, and place and end legal holds"),
    PEOPLE("add and remove people, their roles and teams, and the tokens of others"),
    UPGRADE("accept newer built-in defaults"),
    TENANTS("add and close other organisations on this server"),
    CHANNELS("change by what ways people are told of questions");

    private final String meaning;

    Permission(String meaning) {
        this.meaning = meaning;
    }

    /** As files and the interface write it. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it lets somebody do, as the end of "may …". */
    public String meaning() {
        return meaning;
    }

    public static Optional<Permission> of(String wire) {
        return Arrays.stream(values()).filter(p -> p.wire().equals(wire)).findFirst();
    }
}
