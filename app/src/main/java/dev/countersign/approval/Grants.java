package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.policy.Requirement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Yeses that are remembered: made, used, revoked, expired. Safe for use by many threads. */
public final class Grants {
    private final GrantStore store;
    private final Clock clock;
    private final Function<String, Optional<Voter>> people;
    private final Organisation organisation;

    /**
     * Wires it to its store.
     *
     * @param people the person behind an e-mail as of now
     * @param organisation knows where a question belongs
     */
    public Grants(
            GrantStore store,
            Clock clock,
            Function<String, Optional<Voter>> people,
            Organisation organisation) {
        this.store = store;
        this.clock = clock;
        this.people = people;
        this.organisation = organisation;
    }

    /** Those that may still allow something, oldest first. */
    public List<Grant> list() {
        Instant now = clock.instant();
        return store.holding().stream().filter(grant -> grant.live(now)).toList();
    }

    public Optional<Grant> find(String id) {
        return store.find(id);
    }

    /**
     * Those whose votes meet these requirements with the people as of now.
     *
     * @param driver e-mail of the driver of the call, or empty
     * @param place where the call is
     */
    public List<Grant> standing(
            Offer call, List<Requirement> requirements, String driver, Place place) {
        Instant now = clock.instant();
        return store.of(call.whose().tenant(), call.whose().agent()).stream()
                .filter(grant -> grant.live(now) && grant.isFor(call))
                .filter(grant ->
                        Ballot.standing(requirements, driver, grant.votes(), at(place))
                                instanceof Standing.Approved)
                .toList();
    }

    /** People as they stand before what is there. */
    private Function<String, Optional<Voter>> at(Place place) {
        return email -> people.apply(email).map(voter -> voter.at(place));
    }

    /** Counts one use of each; empty when one of them is over by now. */
    public Optional<Receipt> use(Set<String> ids, AuditRecord event) throws NotRecorded {
        return store.use(ids, clock.instant(), event);
    }

    /** What is to be remembered of a request that was just approved, if anything is. */
    Optional<GrantStore.Addition> madeBy(ApprovalRequest request) throws NotRecorded {
        List<Vote> yes = request.votes().stream().filter(Vote::approve).toList();
        Terms terms = yes.stream().map(Vote::terms).reduce(Terms::and).orElse(Terms.ONCE);
        // What others agreed to because nobody answered is for one call, as a broken glass is.
        boolean theirs =
                Ballot.standing(
                                request.requirements().stream().map(Requirement::atFirst).toList(),
                                request.driverOrNone(),
                                yes,
                                at(request.place(organisation)))
                        instanceof Standing.Approved;
        if (request.state() != State.APPROVED
                || !theirs
                || terms.scope() == Grant.Scope.ONCE
                || request.offer().problem(terms).isPresent()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Grant grant =
                new Grant(
                        "GRN-" + store.nextNumber(),
                        request.id(),
                        request.offer(),
                        terms.scope(),
                        terms.patterns(),
                        yes,
                        now,
                        terms.expires() == null ? null : now.plus(terms.expires()),
                        terms.uses(),
                        0,
                        now,
                        null,
                        null);
        String by = String.join(", ", yes.stream().map(Vote::person).distinct().toList());
        return Optional.of(
                new GrantStore.Addition(
                        grant,
                        record(
                                grant,
                                "made",
                                yes.getLast().person(),
                                grant.id() + " for this " + terms.scope().wire() + " by " + by)));
    }

    /**
     * Revokes a grant.
     *
     * @return the grant, or empty when none of that id holds
     */
    public Optional<Grant> revoke(String id, String person) throws NotRecorded {
        Optional<Grant> found = store.find(id).filter(grant -> grant.live(clock.instant()));
        return found.isPresent() && end(found.get(), "revoked", "revoked by " + person, person)
                ? found
                : Optional.empty();
    }

    /** Ends what has run out of time; called every second. */
    public void expireDue() throws NotRecorded {
        Instant now = clock.instant();
        for (Grant grant : store.holding()) {
            Instant over = grant.over();
            if (over != null && !now.isBefore(over)) {
                boolean _ = end(grant, "expired", "its time is over", null);
            }
        }
    }

    /** Ends what was for a piece of work that is over. */
    public void taskEnded(Predicate<Offer> task) throws NotRecorded {
        for (Grant grant : store.holding()) {
            if (grant.scope() == Grant.Scope.TASK && task.test(grant.offer())) {
                boolean _ = end(grant, "expired", "the task ended", null);
            }
        }
    }

    private boolean end(Grant grant, String event, String why, @Nullable String person)
            throws NotRecorded {
        return store.end(
                grant.over(clock.instant(), why),
                record(grant, event, person, grant.id() + " " + why));
    }

    private AuditRecord record(Grant grant, String event, @Nullable String person, String summary) {
        ObjectNode body = GrantJson.of(grant);
        body.put("event", event);
        Offer.Whose whose = grant.offer().whose();
        return new AuditRecord(
                "grant",
                clock.instant(),
                null,
                whose.agent(),
                person,
                whose.client(),
                grant.offer().project(),
                null,
                null,
                whose.tool(),
                null,
                null,
                person == null ? null : "person",
                summary,
                body);
    }

    /** A grant as the API and the ledger show it. */
    public static ObjectNode json(Grant grant) {
        return GrantJson.of(grant);
    }

    /** Writes grants for people and programs. */
    private static final class GrantJson {
        private GrantJson() {}

        static ObjectNode of(Grant grant) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("id", grant.id());
            json.put("approval", grant.approval());
            json.put("agent", grant.offer().whose().agent());
            json.put("client", grant.offer().whose().client());
            json.put("tool", grant.offer().whose().tool());
            json.put("scope", grant.scope().wire());
            json.put("of", grant.placeName());
            var patterns = json.putArray("patterns");
            grant.patterns().forEach(patterns::add);
            var actions = json.putArray("actions");
            grant.offer().parts().stream()
                    .map(part -> part.action().wire())
                    .distinct()
                    .forEach(actions::add);
            var people = json.putArray("people");
            grant.votes().stream().map(Vote::person).distinct().forEach(people::add);
            json.put("made_at", grant.made().toString());
            Instant over = grant.over();
            json.put("expires_at", over == null ? null : over.toString());
            json.put("uses", grant.uses());
            json.put("used", grant.used());
            json.put("ended_at", grant.ended() == null ? null : grant.ended().toString());
            json.put("ending", grant.ending());
            return json;
        }
    }
}
