package dev.countersign.api;

import dev.countersign.approval.Deferred;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Deferral.Result;
import dev.countersign.decision.PolicySource;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Voter;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Principal;
import java.util.Optional;
import java.util.Set;

/** How signed-in people answer requests. */
public final class Voting {
    private static final String NOT_CONFIRMED =
            "this sign-in reads only; confirm the token on the page `/device`, or use"
                    + " `countersign login`";

    private final Approvals approvals;

    public Voting(Approvals approvals) {
        this.approvals = approvals;
    }

    /** Records an answer. */
    public VoteResult vote(Principal.Person person, String id, Approvals.Cast cast)
            throws NotRecorded {
        return person.votes()
                ? approvals.vote(id, voter(person), cast)
                : new VoteResult.NotYours(NOT_CONFIRMED);
    }

    /** Why this person may not answer, or empty when they may. */
    public Optional<String> obstacle(Principal.Person person, ApprovalRequest request) {
        if (!person.votes()) {
            return Optional.of(NOT_CONFIRMED);
        }
        if (request.votes().stream().anyMatch(vote -> vote.person().equals(person.email()))) {
            return Optional.of("you answered this already");
        }
        return Ballot.obstacle(request.requirements(), request.driverOrNone(), voter(person));
    }

    /** What a person does to a deferred call. */
    public interface Act {
        Result by(Voter voter) throws NotRecorded, PolicySource.Unreadable;
    }

    /** Lets a signed-in person do something to a deferred call. */
    public Result voter(Principal.Person person, Act act)
            throws NotRecorded, PolicySource.Unreadable {
        return person.votes() ? act.by(voter(person)) : new Result.Refused(NOT_CONFIRMED);
    }

    /** Why this person may neither release nor cancel a deferred call, or empty when they may. */
    public Optional<String> obstacle(Principal.Person person, Deferred deferred) {
        return person.votes()
                ? Deferral.obstacle(deferred, voter(person))
                : Optional.of(NOT_CONFIRMED);
    }

    private static Voter voter(Principal.Person person) {
        return new Voter(person.email(), person.roles(), Set.of());
    }
}
