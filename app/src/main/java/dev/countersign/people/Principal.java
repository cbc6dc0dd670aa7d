package dev.countersign.people;

import dev.countersign.call.Subject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who makes a request, as fixed by the token or session it carries. */
public sealed interface Principal {

    /** How listings and the ledger name it. */
    String name();

    /** An agent's token: may ask for decisions and report outcomes, never vote. */
    record Agent(String tokenId, Subject subject) implements Principal {
        @Override
        public String name() {
            return subject.agent();
        }
    }

    /**
     * Someone who signed in, in a browser or by the device flow.
     *
     * @param email who
     * @param roles what they hold in the tenant
     * @param teams the teams they belong to
     * @param sessionId the browser session or token they came with
     * @param votes whether this sign-in may vote, grant, accept and resume
     */
    record Person(
            String email, Set<String> roles, Set<String> teams, String sessionId, boolean votes)
            implements Principal {
        public Person {
            roles = Set.copyOf(roles);
            teams = Set.copyOf(teams);
        }

        /** This person as they are known now. */
        public static Person of(
                dev.countersign.people.Person person, String sessionId, boolean votes) {
            return new Person(person.email(), person.roles(), person.teams(), sessionId, votes);
        }

        /** Whether the roles permit it; whether this sign-in does is {@link #votes}. */
        public boolean may(Permission permission) {
            return Roles.permissions(roles).contains(permission);
        }

        @Override
        public String name() {
            return email;
        }
    }

    /** The operating-system owner of the data folder: reads, sets up and stops, never votes. */
    record Owner() implements Principal {
        @Override
        public String name() {
            return "owner shortcut";
        }
    }

    /** The e-mail of the person behind it, if one is known. */
    default @Nullable String email() {
        return switch (this) {
            case Agent agent -> agent.subject().person();
            case Person person -> person.email();
            case Owner _ -> null;
        };
    }
}
