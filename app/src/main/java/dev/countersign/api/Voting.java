package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Voter;
import dev.countersign.audit.Alarm;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.Emails;
import dev.countersign.call.RiskTier;
import dev.countersign.decision.Deferral;
import dev.countersign.decision.Deferral.Result;
import dev.countersign.decision.Editing;
import dev.countersign.decision.Editing.Preview;
import dev.countersign.decision.PolicySource;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.util.List;
import java.util.Optional;

/** How signed-in people answer requests. */
public final class Voting {
    private static final String NOT_CONFIRMED =
            "this sign-in reads only; confirm the token on the page `/device`, or use"
                    + " `countersign login`";

    private final Approvals approvals;
    private final Editing editing;
    private final Queue queue;
    private final Deferral deferral;
    private final Alarms alarms;
    private final Voters voters;
    private final StepUp stepUp;

    public Voting(
            Approvals approvals,
            Editing editing,
            Queue queue,
            Deferral deferral,
            Alarms alarms,
            Voters voters,
            StepUp stepUp) {
        this.voters = voters;
        this.queue = queue;
        this.deferral = deferral;
        this.approvals = approvals;
        this.editing = editing;
        this.alarms = alarms;
        this.stepUp = stepUp;
    }

    /**
     * A yes to what is critical, and any given alone for everybody, takes a person who confirmed of
     * late that it is them.
     */
    private void requireRecent(Principal.Person person, String id, Approvals.Cast cast) {
        boolean critical =
                approvals
                        .find(id)
                        .map(request -> request.explanation().path("risk").asText())
                        .filter(RiskTier.CRITICAL.wire()::equals)
                        .isPresent();
        if (cast.approve() && (critical || cast.breakGlass() != null)) {
            stepUp.require(person);
        }
    }

    /** The same for a yes to a call that waits for its time. */
    public void requireRecent(Principal.Person person, Optional<Deferred> deferred) {
        boolean critical =
                deferred.map(each -> each.explanation().path("risk").asText())
                        .filter(RiskTier.CRITICAL.wire()::equals)
                        .isPresent();
        if (critical) {
            stepUp.require(person);
        }
    }

    /** Records an answer. */
    public VoteResult vote(Principal.Person person, String id, Approvals.Cast cast)
            throws NotRecorded {
        Optional<String> barred = barred(person, approvals.find(id));
        if (barred.isPresent()) {
            return new VoteResult.NotYours(barred.get());
        }
        requireRecent(person, id, cast);
        return approvals.vote(id, voters.of(person), cast);
    }

    /**
     * Records an answer to a message elsewhere, of which somebody else told us who it is from. What
     * is critical takes a person who shows here that it is them, and nobody breaks the glass from
     * there or lets a yes last.
     */
    public VoteResult elsewhere(Principal.Person person, String id, Approvals.Cast cast)
            throws NotRecorded {
        Optional<ApprovalRequest> request = approvals.find(id);
        boolean grave =
                request.map(each -> each.explanation().path("risk").asText())
                        .flatMap(RiskTier::of)
                        .filter(risk -> risk != RiskTier.CRITICAL)
                        .isEmpty();
        if (request.isPresent() && cast.approve() && grave) {
            return new VoteResult.NotYours(
                    "what is critical is approved on its page, after a fresh sign-in");
        }
        if (!cast.terms().equals(Terms.ONCE) || cast.breakGlass() != null) {
            return new VoteResult.NotOffered("from a message one approves one call");
        }
        Optional<String> barred = barred(person, request);
        return barred.isPresent()
                ? new VoteResult.NotYours(barred.get())
                : approvals.vote(id, voters.of(person), cast);
    }

    /** Asks somebody else to answer. */
    public VoteResult pass(Principal.Person person, String id, String to) throws NotRecorded {
        Optional<String> barred = barred(person, approvals.find(id));
        return barred.isPresent()
                ? new VoteResult.NotYours(barred.get())
                : approvals.pass(id, voters.of(person), Emails.normal(to));
    }

    /** Why this person may not ask somebody else to answer, or empty when they may. */
    public Optional<String> passBarred(Principal.Person person, ApprovalRequest request) {
        return barred(person, Optional.of(request));
    }

    /** Records an approval with another input. */
    public VoteResult vote(
            Principal.Person person, String id, Approvals.Cast cast, ObjectNode input)
            throws NotRecorded {
        Optional<String> barred = barred(person, approvals.find(id));
        if (barred.isPresent()) {
            return new VoteResult.NotYours(barred.get());
        }
        requireRecent(person, id, cast);
        try {
            return editing.vote(id, voters.of(person), cast, input);
        } catch (PolicySource.Unreadable e) {
            return new VoteResult.NotYours("it cannot be judged now: " + e.getMessage());
        }
    }

    /**
     * Why this sign-in or these roles do not answer there; of what is not there, nothing is said.
     */
    private Optional<String> barred(Principal.Person person, Optional<ApprovalRequest> request) {
        if (!person.votes()) {
            return Optional.of(NOT_CONFIRMED);
        }
        return request.filter(asked -> !person.may(Permission.ANSWER, approvals.place(asked)))
                .map(_ -> Problem.why(person, Permission.ANSWER));
    }

    /** What would come of an approval with another input. */
    public Preview preview(Principal.Person person, ApprovalRequest request, ObjectNode input) {
        Optional<String> obstacle = obstacle(person, request);
        if (obstacle.isPresent()) {
            return new Preview.Refused(obstacle.get());
        }
        try {
            return editing.preview(request, person.email(), input);
        } catch (PolicySource.Unreadable e) {
            return new Preview.Refused("it cannot be judged now: " + e.getMessage());
        }
    }

    /** Why this person may not answer alone for everybody, or empty when they may. */
    public Optional<String> breakGlassObstacle(Principal.Person person, ApprovalRequest request) {
        return person.votes()
                ? Ballot.breakGlassObstacle(
                        request.requirements(), request.driverOrNone(), voters.of(person))
                : Optional.of(NOT_CONFIRMED);
    }

    /** What an owner answered alone and this person has not said they know of; owners alone. */
    public List<ApprovalRequest> broken(Principal principal) {
        return principal instanceof Principal.Person person
                ? approvals.broken(voters.of(person))
                : List.of();
    }

    /** The alarms that this person has not said they know of, the newest first. */
    public List<Alarm> alarms(Principal principal) {
        return principal instanceof Principal.Person person
                ? alarms.open(person.email())
                : List.of();
    }

    /**
     * A person says that they know of a broken glass or an alarm; false when there is nothing to
     * say it of.
     */
    public boolean acknowledge(Principal.Person person, String id) throws NotRecorded {
        return id.startsWith(Alarm.PREFIX)
                ? alarms.acknowledge(id, person.email())
                : approvals.acknowledge(id, voters.of(person));
    }

    /** Why this person may not answer, or empty when they may. */
    public Optional<String> obstacle(Principal.Person person, ApprovalRequest request) {
        Optional<String> barred = barred(person, Optional.of(request));
        if (barred.isPresent()) {
            return barred;
        }
        if (request.votes().stream().anyMatch(vote -> vote.person().equals(person.email()))) {
            return Optional.of("you answered this already");
        }
        return Ballot.obstacle(
                request.requirements(),
                request.driverOrNone(),
                voters.of(person).at(approvals.place(request)));
    }

    /** What a person does to a deferred call. */
    public interface Act {
        Result by(Voter voter) throws NotRecorded, PolicySource.Unreadable;
    }

    /** Lets a signed-in person do something to a deferred call. */
    public Result voter(Principal.Person person, String id, Act act)
            throws NotRecorded, PolicySource.Unreadable {
        Optional<String> barred =
                person.votes()
                        ? queue.find(id).flatMap(found -> barred(person, found))
                        : Optional.of(NOT_CONFIRMED);
        return barred.isPresent() ? new Result.Refused(barred.get()) : act.by(voters.of(person));
    }

    private Optional<String> barred(Principal.Person person, Deferred deferred) {
        if (!person.votes()) {
            return Optional.of(NOT_CONFIRMED);
        }
        return person.may(Permission.ANSWER, deferral.place(deferred))
                ? Optional.empty()
                : Optional.of(Problem.why(person, Permission.ANSWER));
    }

    /** Why this person may neither release nor cancel a deferred call, or empty when they may. */
    public Optional<String> obstacle(Principal.Person person, Deferred deferred) {
        return barred(person, deferred).or(() -> deferral.obstacle(deferred, voters.of(person)));
    }
}
