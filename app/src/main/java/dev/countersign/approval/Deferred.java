package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.policy.Redaction;
import dev.countersign.policy.Requirement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call that came outside its window and waits for its time.
 *
 * @param id {@code DEF-n}
 * @param version counts changes, from 0; a change names the version it was made from
 * @param decision id of the decision it belongs to
 * @param digest SHA-256 over the canonical call, its operations and its requester
 * @param state where it stands
 * @param call the call as an {@link ApprovalRequest} has it; once ended, without what rules say
 *     must not be kept
 * @param explanation the decision as JSON, as it was when the call came
 * @param requirements who could approve it when it came
 * @param votes what people said before its time, in the order they came
 * @param requester the agent that asks
 * @param driver e-mail of the person in whose session it runs, or null
 * @param task the piece of work it belongs to: {@link Work#key}
 * @param asked when it came
 * @param until when it is decided again
 * @param opened when that was, or null
 * @param expires until when it may be used, or null while it may not
 * @param approval the request in which people are asked about it, or null
 * @param ended when it ended, or null
 * @param ending why it ended, in words for the agent, or null
 * @param unanswered the question that nobody answered and that is asked once more at its time, or
 *     null where a rule put the call off
 * @param told whether the agent knows where it stands since its time came
 */
public record Deferred(
        String id,
        int version,
        String decision,
        String digest,
        State state,
        ObjectNode call,
        ObjectNode explanation,
        List<Requirement> requirements,
        List<Vote> votes,
        String requester,
        @Nullable String driver,
        String task,
        Instant asked,
        Instant until,
        @Nullable Instant opened,
        @Nullable Instant expires,
        @Nullable String approval,
        @Nullable Instant ended,
        @Nullable String ending,
        @Nullable String unanswered,
        boolean told) {

    /** Where a call stands. */
    public enum State {
        /** Its time has not come. */
        QUEUED,
        /** It may run once. */
        READY,
        /** Its time has come and people are asked. */
        ASKED,
        /** It ran. */
        USED,
        /** Policy or people said no when its time came. */
        DENIED,
        /** A person took it out of the queue. */
        CANCELLED,
        /** Its session ended or its work was stopped. */
        WITHDRAWN,
        /** It might have run, and nobody used that in time. */
        EXPIRED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether nothing changes it any more. */
        public boolean over() {
            return switch (this) {
                case QUEUED, READY, ASKED -> false;
                case USED, DENIED, CANCELLED, WITHDRAWN, EXPIRED -> true;
            };
        }

        private Set<State> next() {
            return switch (this) {
                case QUEUED -> Set.of(READY, ASKED, DENIED, CANCELLED, WITHDRAWN);
                case READY -> Set.of(ASKED, USED, DENIED, CANCELLED, WITHDRAWN, EXPIRED);
                case ASKED -> Set.of(READY, USED, DENIED, WITHDRAWN, EXPIRED);
                case USED, DENIED, CANCELLED, WITHDRAWN, EXPIRED -> Set.of();
            };
        }

        /** Whether a call that stands here can come to stand there. */
        public boolean leadsTo(State other) {
            return next().contains(other);
        }
    }

    public Deferred {
        call = ended == null ? call : Redaction.of(call, explanation);
        requirements = List.copyOf(requirements);
        votes = List.copyOf(votes);
    }

    /** A call that has just come. */
    public static Deferred queued(
            String id,
            String decision,
            String digest,
            ObjectNode call,
            ObjectNode explanation,
            List<Requirement> requirements,
            String requester,
            @Nullable String driver,
            String task,
            Instant asked,
            Instant until) {
        return new Deferred(
                id,
                0,
                decision,
                digest,
                State.QUEUED,
                call,
                explanation,
                requirements,
                List.of(),
                requester,
                driver,
                task,
                asked,
                until,
                null,
                null,
                null,
                null,
                null,
                null,
                false);
    }

    /** A call whose question nobody answered in time; those who agreed need not do so again. */
    static Deferred unanswered(String id, ApprovalRequest question, Instant now, Instant until) {
        return new Deferred(
                id,
                0,
                question.decision(),
                question.digest(),
                State.QUEUED,
                question.call(),
                question.explanation(),
                question.requirements(),
                question.votes().stream().filter(Vote::approve).toList(),
                question.requester(),
                question.driver(),
                question.task(),
                now,
                until,
                null,
                null,
                null,
                null,
                null,
                question.id(),
                false);
    }

    /** Whether its time has come. */
    public boolean due(Instant now) {
        return state == State.QUEUED && !now.isBefore(until);
    }

    /** Whether it might have run, and the time for that is over. */
    public boolean lapsed(Instant now) {
        return state == State.READY && expires != null && !now.isBefore(expires);
    }

    /** The same, decided again at another time. */
    public Deferred again(Instant at) {
        return copy(state, votes, at, opened, expires, approval, ended, ending, told);
    }

    /** The same with what one more person said. */
    public Deferred with(Vote vote) {
        List<Vote> more = new ArrayList<>(votes);
        more.add(vote);
        return copy(state, more, until, opened, expires, approval, ended, ending, told);
    }

    /** The same, to be used once. */
    public Deferred ready(Instant now, Instant lapses) {
        return to(State.READY, now, lapses, null, null, null);
    }

    /** The same, with people asked about it. */
    public Deferred asking(Instant now, String request) {
        return to(State.ASKED, opened == null ? now : opened, null, request, null, null);
    }

    /** The same, over. */
    public Deferred ended(State how, Instant now, String why) {
        return to(how, opened, null, approval, now, why);
    }

    /** The same, and the agent knows. */
    public Deferred knownToAgent() {
        return copy(state, votes, until, opened, expires, approval, ended, ending, true);
    }

    private Deferred to(
            State next,
            @Nullable Instant nextOpened,
            @Nullable Instant nextExpires,
            @Nullable String nextApproval,
            @Nullable Instant nextEnded,
            @Nullable String why) {
        if (!state.leadsTo(next)) {
            throw new IllegalStateException(id + " goes from " + state + " to " + next);
        }
        return copy(
                next, votes, until, nextOpened, nextExpires, nextApproval, nextEnded, why, told);
    }

    private Deferred copy(
            State nextState,
            List<Vote> nextVotes,
            Instant nextUntil,
            @Nullable Instant nextOpened,
            @Nullable Instant nextExpires,
            @Nullable String nextApproval,
            @Nullable Instant nextEnded,
            @Nullable String nextEnding,
            boolean nextTold) {
        return new Deferred(
                id,
                version + 1,
                decision,
                digest,
                nextState,
                call,
                explanation,
                requirements,
                nextVotes,
                requester,
                driver,
                task,
                asked,
                nextUntil,
                nextOpened,
                nextExpires,
                nextApproval,
                nextEnded,
                nextEnding,
                unanswered,
                nextTold);
    }

    /** The number in its id: what came first has the lower one. */
    public long number() {
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    /** The session it belongs to, or null. */
    public @Nullable String session() {
        return call.path("session").textValue();
    }

    /**
     * Whether there is something the agent does not know yet. What it did itself, and what ended
     * with its own session, it knows.
     */
    public boolean news() {
        return !told
                && switch (state) {
                    case READY, ASKED, DENIED, CANCELLED -> true;
                    case QUEUED, USED, WITHDRAWN, EXPIRED -> false;
                };
    }

    /** Where in the organisation the call belongs, as of now. */
    public Place place(Organisation organisation) {
        return organisation.place(requester, call.path("project").textValue());
    }

    /** The driver, or empty text when unknown; no e-mail is empty. */
    public String driverOrNone() {
        return driver == null ? "" : driver;
    }
}
