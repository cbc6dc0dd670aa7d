package dev.countersign.api;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Similar;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.people.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a person to several requests: a vote of its own for each, so that what happens to
 * one says nothing about the others.
 */
public final class BatchVotes {
    private final Approvals approvals;
    private final Voting voting;

    public BatchVotes(Approvals approvals, Voting voting) {
        this.approvals = approvals;
        this.voting = voting;
    }

    /** A request and the version of it that the person read. */
    public record Read(String id, int version) {}

    /**
     * What became of the vote on one request.
     *
     * @param why in words for the person; empty when it counts
     * @param request as it stands, or null when there is none
     */
    public record Result(
            String id, Outcome outcome, String why, @Nullable ApprovalRequest request) {
        private static Result of(String id, Outcome outcome, String why) {
            return new Result(id, outcome, why, null);
        }

        public boolean counted() {
            return outcome == Outcome.COUNTED;
        }
    }

    /** The ways it can go. */
    public enum Outcome {
        COUNTED,
        /** It was decided before. */
        TOO_LATE,
        /** This person may not answer it. */
        NOT_YOURS,
        /** Somebody answered after it was read. */
        CHANGED,
        /** It is approved by itself or not at all. */
        RISK_TOO_HIGH,
        UNKNOWN,
        /** It could not be recorded, so it was not done. */
        NOT_RECORDED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Answers each of them, in this order; once is all that many at a time may be approved for. */
    public List<Result> vote(Principal.Person person, List<Read> read, Cast cast) {
        List<Result> results = new ArrayList<>();
        boolean recording = true;
        for (Read one : read) {
            if (!recording) {
                results.add(notRecorded(one.id()));
                continue;
            }
            try {
                results.add(vote(person, one, cast));
            } catch (NotRecorded e) {
                // It would not go better with the next, and each would wait for its time.
                recording = false;
                results.add(notRecorded(one.id()));
            }
        }
        return results;
    }

    private Result vote(Principal.Person person, Read read, Cast cast) throws NotRecorded {
        String id = read.id();
        Optional<ApprovalRequest> found = approvals.find(id);
        if (cast.approve() && found.isPresent()) {
            Optional<String> alone = Similar.alone(found.get());
            if (alone.isPresent() && found.get().state() == ApprovalRequest.State.PENDING) {
                return new Result(id, Outcome.RISK_TOO_HIGH, alone.get(), found.get());
            }
        }
        return switch (voting.vote(person, id, cast.seen(read.version()))) {
            case VoteResult.Counted(ApprovalRequest now) ->
                    new Result(id, Outcome.COUNTED, "", now);
            case VoteResult.TooLate(ApprovalRequest now) ->
                    new Result(id, Outcome.TOO_LATE, ApprovalRoutes.tooLate(now), now);
            case VoteResult.Changed(ApprovalRequest now) ->
                    new Result(
                            id,
                            Outcome.CHANGED,
                            "somebody answered in between; look again, then answer",
                            now);
            case VoteResult.NotYours(String why) ->
                    new Result(id, Outcome.NOT_YOURS, why, found.orElse(null));
            case VoteResult.NotOffered(String why) ->
                    new Result(id, Outcome.RISK_TOO_HIGH, why, found.orElse(null));
            case VoteResult.Unknown _ -> Result.of(id, Outcome.UNKNOWN, "there is no such request");
        };
    }

    private static Result notRecorded(String id) {
        return Result.of(
                id,
                Outcome.NOT_RECORDED,
                "it could not be recorded, and what is not recorded is not done");
    }
}
