package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.PeopleStore;
import dev.countersign.people.Permission;
import dev.countersign.people.Person;
import dev.countersign.people.Principal;
import dev.countersign.people.Sessions;
import dev.countersign.people.SignIn;
import dev.countersign.people.WebSession;
import java.util.Optional;

/** {@code /v1/sessions}: the browsers that people are signed in with. */
final class SessionRoutes {
    private final Sessions sessions;
    private final PeopleStore people;
    private final OrganisationRoutes organisation;

    SessionRoutes(Sessions sessions, PeopleStore people, OrganisationRoutes organisation) {
        this.sessions = sessions;
        this.people = people;
        this.organisation = organisation;
    }

    /**
     * One's own, or those of another for who manages people.
     *
     * @param person whose, or empty
     */
    ObjectNode list(Optional<String> person, Principal principal) {
        String email = whose(person, principal);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("sessions");
        for (WebSession session : sessions.of(email)) {
            ObjectNode one = list.addObject();
            one.put("id", session.id());
            one.put("person", session.email());
            one.put("signed_in_by", session.way().wire());
            one.put("client", session.client());
            one.put("created_at", session.created().toString());
            one.put("last_used_at", session.used().toString());
            one.put("expires_at", sessions.ends(session).toString());
            one.put("current", isCurrent(session, principal));
        }
        return json;
    }

    private static boolean isCurrent(WebSession session, Principal principal) {
        return principal instanceof Principal.Person p && p.sessionId().equals(session.hash());
    }

    /** Ends one. */
    void end(String id, Optional<String> person, Principal principal) throws NotRecorded {
        if (!sessions.end(whose(person, principal), id, principal)) {
            throw Problem.notFound("no session `" + Fields.shown(id) + "`");
        }
    }

    /** Ends all of them, the caller's own too. */
    ObjectNode endAll(Optional<String> person, Principal principal) throws NotRecorded {
        return JsonNodeFactory.instance
                .objectNode()
                .put(
                        "ended",
                        sessions.endAll(whose(person, principal), Optional.empty(), principal));
    }

    private String whose(Optional<String> person, Principal principal) {
        Optional<String> email = person.map(SignIn::email);
        if (principal instanceof Principal.Person self) {
            if (email.isEmpty() || email.get().equals(self.email())) {
                return self.email();
            }
            Problem.require(self, Permission.PEOPLE);
            email.flatMap(people::person)
                    .ifPresent(organisation.draft(principal)::requireNoMoreThanOwn);
        }
        return email.flatMap(people::person)
                .map(Person::email)
                .orElseThrow(() ->
                        email.isEmpty()
                                ? Problem.badRequest("`person` is missing: whose sessions")
                                : Problem.notFound(
                                        "nobody is `" + Fields.shown(email.get()) + "`"));
    }
}
