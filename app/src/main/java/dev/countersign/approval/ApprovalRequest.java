package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.policy.Redaction;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An open or answered question to people about one call.
 *
 * @param id {@code APR-n}
 * @param version counts changes, from 0; a change names the version it was made from
 * @param decision id of the decision it belongs to
 * @param digest SHA-256 over the canonical call, its operations and its requester
 * @param state where it stands
 * @param call what the page shows: client, tool, input, cwd, workspace, agent, session; once ended,
 *     without what rules say must not be kept
 * @param explanation the decision as JSON, operations and reasons included
 * @param requirements who must agree; all of them
 * @param votes in the order they came
 * @param requester the agent that asks
 * @param driver e-mail of the person in whose session it runs, or null
 * @param task the piece of work it belongs to: {@link Work#key}
 * @param intents what it asks for, each as the SHA-256 of its normal form: the same by another
 *     spelling has the same
 * @param offer what a yes may be made to last for
 * @param repeats how often the same was tried again after a no
 * @param asked when
 * @param expires when it becomes a deny
 * @param ended when it left {@link State#PENDING}, or null
 * @param ending why it ended, in words for the agent, or null
 * @param edit how a person changed the call, or null; what is shown, voted on and used is the call
 *     as it was changed
 * @param absence what time does to it while nobody answers
 */
public record ApprovalRequest(
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
        Set<String> intents,
        Offer offer,
        int repeats,
        Instant asked,
        Instant expires,
        @Nullable Instant ended,
        @Nullable String ending,
        @Nullable Edit edit,
        Absence absence) {

    /** Where a request stands. Only {@link #PENDING} and {@link #APPROVED} can change. */
    public enum State {
        PENDING,
        APPROVED,
        DENIED,
        EXPIRED,
        WITHDRAWN,
        SUPERSEDED,
        USED;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ApprovalRequest {
        // People see the whole call as long as they may be asked about it.
        if (ended != null && state != State.APPROVED) {
            call = Redaction.of(call, explanation);
            edit = edit == null ? null : redacted(edit, explanation);
        }
        requirements = List.copyOf(requirements);
        votes = List.copyOf(votes);
        intents = Set.copyOf(intents);
    }

    private static Edit redacted(Edit edit, ObjectNode explanation) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.set("input", edit.asked());
        return new Edit(
                edit.person(),
                Redaction.of(call, explanation).withObject("/input"),
                edit.digest(),
                edit.at());
    }

    /**
     * The same about the call as a person changed it. Nobody has agreed to that yet.
     *
     * @param changed the call with its new input
     * @param decided the decision on it as JSON
     */
    public ApprovalRequest edited(
            Edit how,
            ObjectNode changed,
            ObjectNode decided,
            List<Requirement> demanded,
            Set<String> wanted) {
        return new ApprovalRequest(
                id,
                version,
                decision,
                digest,
                state,
                changed,
                decided,
                demanded,
                List.of(),
                requester,
                driver,
                task,
                wanted,
                Offer.ONCE,
                repeats,
                asked,
                expires,
                ended,
                ending,
                how,
                absence);
    }

    /** The same, one version on, in another state. */
    public ApprovalRequest ended(State next, Instant at, String why) {
        return copy(version + 1, next, requirements, votes, repeats, at, why);
    }

    /** The same with one more vote, one version on. */
    public ApprovalRequest with(Vote vote) {
        List<Vote> more = new ArrayList<>(votes);
        more.add(vote);
        return copy(version + 1, state, requirements, more, repeats, ended, ending);
    }

    /** The same in the state that its last vote brought about. */
    ApprovalRequest settled(State next, Instant at, String why) {
        return copy(version, next, requirements, votes, repeats, at, why);
    }

    /** The same, tried once more, one version on. */
    ApprovalRequest repeated() {
        return copy(version + 1, state, requirements, votes, repeats + 1, ended, ending);
    }

    /** The same under the requirements of now. */
    public ApprovalRequest under(List<Requirement> now) {
        return copy(version, state, now, votes, repeats, ended, ending);
    }

    private ApprovalRequest copy(
            int nextVersion,
            State nextState,
            List<Requirement> nextRequirements,
            List<Vote> nextVotes,
            int nextRepeats,
            @Nullable Instant nextEnded,
            @Nullable String nextEnding) {
        return new ApprovalRequest(
                id,
                nextVersion,
                decision,
                digest,
                nextState,
                call,
                explanation,
                nextRequirements,
                nextVotes,
                requester,
                driver,
                task,
                intents,
                offer,
                nextRepeats,
                asked,
                expires,
                nextEnded,
                nextEnding,
                edit,
                absence);
    }

    /** The same, with something more that time did, one version on. */
    ApprovalRequest with(Absence.Notice notice) {
        return new ApprovalRequest(
                id,
                version + 1,
                decision,
                digest,
                state,
                call,
                explanation,
                requirements,
                votes,
                requester,
                driver,
                task,
                intents,
                offer,
                repeats,
                asked,
                expires,
                ended,
                ending,
                edit,
                absence.with(notice));
    }

    /** The same with the escalations that have come by now, or had when it was answered. */
    public ApprovalRequest at(Instant now) {
        if (requirements.stream().allMatch(each -> each.escalations().isEmpty())) {
            return this;
        }
        Duration open = Duration.between(asked, ended == null ? now : ended);
        return under(requirements.stream().map(each -> each.after(open)).toList());
    }

    /** Whether its time to be answered is over. */
    public boolean over(Instant now) {
        return absence.then() != Unanswered.Then.WAIT && !now.isBefore(expires);
    }

    /** Whether nobody answered in time and it stays open all the same. */
    public boolean overdue(Instant now) {
        return state == State.PENDING
                && absence.then() == Unanswered.Then.WAIT
                && !now.isBefore(expires);
    }

    /** When time does the next thing to it; empty when it does nothing more. */
    public Optional<Instant> due() {
        if (state != State.PENDING) {
            return Optional.empty();
        }
        Stream<Instant> steps =
                Escalated.of(this).stream()
                        .filter(step -> !absence.said(step.key()))
                        .map(Escalated::at);
        return Stream.concat(
                        steps, absence.said(Absence.OVERDUE) ? Stream.empty() : Stream.of(expires))
                .min(Comparator.naturalOrder());
    }

    /** That somebody asked this person by name to answer, or empty. */
    public Optional<Absence.Notice> passed(String email) {
        return absence.notices().stream()
                .filter(notice -> notice.of().equals(Absence.PASSED + email))
                .findFirst();
    }

    /** Whether people have said something that is not in the version somebody read. */
    public boolean saidSince(int read) {
        long quiet =
                absence.notices().stream()
                        .filter(notice -> notice.version() > read && notice.version() <= version)
                        .count();
        return read > version || version - read > quiet;
    }

    /** Why an owner answered it alone, or empty. */
    public Optional<Vote> brokenGlass() {
        return votes.stream().filter(vote -> vote.breakGlass() != null).findFirst();
    }

    /** Whether a no of this request still speaks: nobody said that it may be asked again. */
    public boolean standsDenied() {
        return state == State.DENIED
                && votes.stream().noneMatch(vote -> !vote.approve() && vote.mayAskAgain());
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
