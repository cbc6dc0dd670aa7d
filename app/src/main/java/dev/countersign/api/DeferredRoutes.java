package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Queue;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Deferral.Result;
import dev.countersign.decision.DeferredView;
import dev.countersign.decision.PolicySource;
import dev.countersign.people.Principal;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code /v1/deferred}: calls that wait for their time, and what people do to them before. */
final class DeferredRoutes {
    private static final int MOST_LISTED = 500;
    private static final int LONGEST_REASON = 500;

    private final Queue queue;
    private final Deferral deferral;
    private final Voting voting;

    DeferredRoutes(Queue queue, Deferral deferral, Voting voting) {
        this.voting = voting;
        this.queue = queue;
        this.deferral = deferral;
    }

    /**
     * What waits, the first to become possible first; an agent sees its own.
     *
     * @param lane {@code live} (not over) or {@code all}, newest first
     */
    ObjectNode list(Optional<String> lane, Principal principal) {
        Stream<Deferred> chosen =
                switch (lane.orElse("live")) {
                    case "live" -> queue.live().stream();
                    case "all" -> queue.recent(MOST_LISTED).stream();
                    default ->
                            throw Problem.badRequest(
                                    "`lane` is `"
                                            + Fields.shown(lane.orElse(""))
                                            + "`; expected live or all");
                };
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("deferred");
        chosen.filter(each ->
                        principal instanceof Principal.Agent agent
                                ? agent.asked(each.requester(), each.driver())
                                : !Places.within(principal)
                                        || Places.reach(principal, deferral.place(each)))
                .limit(MOST_LISTED)
                .forEach(each -> list.add(DeferredView.full(each)));
        return json;
    }

    /** A yes that counts when its time comes. */
    ObjectNode approve(String id, ObjectNode body, Principal principal) throws NotRecorded {
        String guidance = reason(body);
        requireRecent(id, principal);
        return answer(id, principal, voter -> deferral.approve(id, voter, guidance));
    }

    /** Lets it run now. */
    ObjectNode release(String id, ObjectNode body, Principal principal) throws NotRecorded {
        String guidance = reason(body);
        requireRecent(id, principal);
        return answer(id, principal, voter -> deferral.release(id, voter, guidance));
    }

    /** Takes it out of the queue. */
    ObjectNode cancel(String id, ObjectNode body, Principal principal) throws NotRecorded {
        String reason = reason(body);
        return answer(id, principal, voter -> deferral.cancel(id, voter, reason));
    }

    private void requireRecent(String id, Principal principal) {
        if (principal instanceof Principal.Person person) {
            voting.requireRecent(person, queue.find(id));
        }
    }

    private static String reason(ObjectNode body) {
        return new Fields(body, "reason").text("reason", LONGEST_REASON).orElse("").strip();
    }

    private ObjectNode answer(String id, Principal principal, Voting.Act act) throws NotRecorded {
        if (!(principal instanceof Principal.Person person)) {
            throw Problem.forbidden("only people do that");
        }
        try {
            return switch (voting.voter(person, id, act)) {
                case Result.Done(Deferred deferred) -> DeferredView.full(deferred);
                case Result.Refused(String why) -> throw Problem.forbidden(why);
                case Result.TooLate(Deferred deferred) ->
                        throw new Problem(Problem.Kind.TOO_LATE, tooLate(deferred));
                case Result.Unknown _ ->
                        throw Problem.notFound("no deferred call `" + Fields.shown(id) + "`");
            };
        } catch (PolicySource.Unreadable e) {
            throw new Problem(Problem.Kind.TOO_LATE, "it cannot be judged now: " + e.getMessage());
        }
    }

    private static String tooLate(Deferred deferred) {
        String ending = deferred.ending() == null ? "" : ": " + deferred.ending();
        return switch (deferred.state()) {
            case QUEUED -> deferred.id() + " changed at the same moment; try again";
            case READY -> deferred.id() + " may run already";
            case ASKED -> deferred.id() + " is asked about as " + deferred.approval();
            case USED -> deferred.id() + " has run";
            case DENIED, CANCELLED, WITHDRAWN, EXPIRED ->
                    deferred.id() + " is " + deferred.state().wire() + ending;
        };
    }
}
