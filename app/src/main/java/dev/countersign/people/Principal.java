package dev.countersign.people;

import dev.countersign.call.Place;
import dev.countersign.call.Subject;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who makes a request, as fixed by the token or session it carries. */
public sealed interface Principal {

    /** How listings and the ledger name it. */
    String name();

    /**
     * An agent's token: may ask for decisions and report outcomes, never vote.
     *
     * @param tokenId the token it came with
     * @param subject who it is
     * @param scopes what the token is for
     * @param device whether it is the token of another machine than the server's
     */
    record Agent(String tokenId, Subject subject, Set<TokenScope> scopes, boolean device)
            implements Principal {
        public Agent {
            scopes = Set.copyOf(scopes);
        }

        @Override
        public String name() {
            return subject.agent();
        }

        /**
         * Whether it is who asked: the same agent may work for several people, and none of them
         * looks into what it does for another.
         */
        public boolean asked(@Nullable String agent, @Nullable String driver) {
            return subject.agent().equals(agent) && Objects.equals(subject.person(), driver);
        }
    }

    /**
     * Someone who signed in, in a browser or by the device flow.
     *
     * @param person who, as they are known now
     * @param rights what their roles permit now
     * @param sessionId the browser session or token they came with
     * @param votes whether this sign-in may vote, grant, accept and resume
     * @param scopes what this sign-in is for
     * @param origin what it goes back to, with which all ends that is made now: the token, or the
     *     session, unless that began with a link that was made with another of them
     */
    record Person(
            dev.countersign.people.Person person,
            Rights rights,
            String sessionId,
            boolean votes,
            Set<TokenScope> scopes,
            String origin)
            implements Principal {
        public Person {
            scopes = Set.copyOf(scopes);
        }

        /** This person as they are known now, with a sign-in that is for everything. */
        public static Person of(
                dev.countersign.people.Person person,
                Rights rights,
                String sessionId,
                boolean votes) {
            return new Person(
                    person,
                    rights,
                    sessionId,
                    votes,
                    TokenScope.all(Token.Kind.PERSONAL),
                    sessionId);
        }

        /** The same, which goes back to something else than itself. */
        public Person from(String origin) {
            return new Person(person, rights, sessionId, votes, scopes, origin);
        }

        @Override
        public String email() {
            return person.email();
        }

        /** Whether the roles permit it everywhere; whether this sign-in does is {@link #votes}. */
        public boolean may(Permission permission) {
            return rights.may(permission);
        }

        /** Whether the roles permit it with what is there. */
        public boolean may(Permission permission, Place place) {
            return rights.may(permission, place);
        }

        @Override
        public String name() {
            return email();
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
