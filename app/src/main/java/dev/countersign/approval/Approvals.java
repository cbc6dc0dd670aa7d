package dev.countersign.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.policy.Redaction;
import dev.countersign.policy.Unanswered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open questions to people: asked, answered, waited for, ended. Safe for use by many threads.
 */
public final class Approvals {
    private final ApprovalStore store;
    private final Clock clock;
    private final Function<String, Optional<Voter>> people;
    private final Organisation organisation;
    private final Grants grants;
    private final ConcurrentHashMap<String, CountDownLatch> waiting = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<ApprovalRequest>> listeners =
            new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    /**
     * What a person answers.
     *
     * @param approve yes or no
     * @param guidance words for the agent, may be empty
     * @param mayAskAgain of a no: whether the same may be asked again in this task
     * @param terms of a yes: how far it reaches
     * @param version the version that the person read, where that is known
     * @param breakGlass why an owner answers alone for everybody who is asked, or null
     */
    public record Cast(
            boolean approve,
            String guidance,
            boolean mayAskAgain,
            Terms terms,
            OptionalInt version,
            @Nullable String breakGlass,
            String by) {
        /** An answer that is given here. */
        public Cast(
                boolean approve,
                String guidance,
                boolean mayAskAgain,
                Terms terms,
                OptionalInt version,
                @Nullable String breakGlass) {
            this(approve, guidance, mayAskAgain, terms, version, breakGlass, "");
        }

        public static Cast yes(String guidance) {
            return new Cast(true, guidance, false, Terms.ONCE, OptionalInt.empty(), null);
        }

        /** An owner's yes that stands for everybody who is asked. */
        public static Cast breakGlass(String reason) {
            return new Cast(true, "", false, Terms.ONCE, OptionalInt.empty(), reason);
        }

        /** A no that says what to do instead leaves room to try just that. */
        public static Cast no(String guidance) {
            return new Cast(
                    false, guidance, !guidance.isBlank(), Terms.ONCE, OptionalInt.empty(), null);
        }

        /** The same, with whether the agent may ask again. */
        public Cast mayAskAgain(boolean may) {
            return new Cast(approve, guidance, may, terms, version, breakGlass, by);
        }

        /** The same, reaching this far. */
        public Cast on(Terms wanted) {
            return new Cast(approve, guidance, mayAskAgain, wanted, version, breakGlass, by);
        }

        /** The same, of this version. */
        public Cast seen(int read) {
            return new Cast(
                    approve, guidance, mayAskAgain, terms, OptionalInt.of(read), breakGlass, by);
        }

        /** The same, given elsewhere. */
        public Cast by(String place) {
            return new Cast(approve, guidance, mayAskAgain, terms, version, breakGlass, place);
        }
    }

    /** What became of a vote. */
    public sealed interface VoteResult {
        /**
         * It counts.
         *
         * @param request the request after it
         */
        record Counted(ApprovalRequest request) implements VoteResult {}

        /**
         * This person may not answer this request.
         *
         * @param why in words for them
         */
        record NotYours(String why) implements VoteResult {}

        /**
         * It was decided before.
         *
         * @param request as it stands
         */
        record TooLate(ApprovalRequest request) implements VoteResult {}

        /**
         * It is not what the person saw when they approved: somebody answered in between.
         *
         * @param request as it stands
         */
        record Changed(ApprovalRequest request) implements VoteResult {}

        /**
         * It asks for more than can be remembered of this call.
         *
         * @param why in words for them
         */
        record NotOffered(String why) implements VoteResult {}

        /** There is no such request. */
        record Unknown() implements VoteResult {}
    }

    /**
     * Wires it to its store.
     *
     * @param people the person behind an e-mail as of now
     * @param grants where a yes is remembered
     * @param organisation knows where a question belongs
     */
    public Approvals(
            ApprovalStore store,
            Clock clock,
            Function<String, Optional<Voter>> people,
            Grants grants,
            Organisation organisation) {
        this.organisation = organisation;
        this.store = store;
        this.clock = clock;
        this.people = people;
        this.grants = grants;
    }

    /** Called after every change with the request as it is then; must return quickly. */
    public AutoCloseable onChange(Consumer<ApprovalRequest> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    public long nextNumber() {
        return store.nextNumber();
    }

    /** Puts the question; people see it when this returns. */
    public Receipt open(ApprovalRequest request, AuditRecord event) throws NotRecorded {
        Receipt receipt = store.open(request, event);
        changed(request);
        return receipt;
    }

    public Optional<ApprovalRequest> find(String id) {
        return store.find(id).map(this::now);
    }

    /** With the escalations that have come. */
    private ApprovalRequest now(ApprovalRequest request) {
        return request.at(clock.instant());
    }

    public List<ApprovalRequest> pending() {
        return store.pending().stream().map(this::now).toList();
    }

    /** The same one by one, the first to expire first, until the visitor has seen enough. */
    public void eachPending(Predicate<ApprovalRequest> more) {
        store.eachPending(request -> more.test(now(request)));
    }

    /** The same of those that expire at this millisecond or later. */
    public void eachPending(Instant from, Predicate<ApprovalRequest> more) {
        store.eachPending(from, request -> more.test(now(request)));
    }

    public int countPending() {
        return store.countPending();
    }

    public List<ApprovalRequest> ended(int limit) {
        return store.ended(limit).stream().map(this::now).toList();
    }

    public List<ApprovalRequest> live(String digest) {
        return store.live(digest).stream().map(this::now).toList();
    }

    /**
     * Records one person's answer; the first answer of each person counts.
     *
     * @param cast the answer; an approval of another version than is there now does not count, a
     *     refusal always does
     */
    public VoteResult vote(String id, Voter who, Cast cast) throws NotRecorded {
        // Each round starts from the stored request; a lost race is tried again on what won it.
        for (int round = 0; round < 100; round++) {
            Optional<ApprovalRequest> found = store.find(id);
            if (found.isEmpty()) {
                return new VoteResult.Unknown();
            }
            Instant now = clock.instant();
            ApprovalRequest request = found.get().at(now);
            if (request.state() != State.PENDING || request.over(now)) {
                return new VoteResult.TooLate(request);
            }
            Voter voter = who.at(place(request));
            Optional<String> obstacle = obstacle(request, voter, cast);
            if (obstacle.isPresent()) {
                return new VoteResult.NotYours(obstacle.get());
            }
            if (cast.approve()
                    && cast.version().isPresent()
                    && request.saidSince(cast.version().getAsInt())) {
                return new VoteResult.Changed(request);
            }
            Optional<String> beyond = beyond(request, voter, cast);
            if (beyond.isPresent()) {
                return new VoteResult.NotOffered(beyond.get());
            }
            Vote vote =
                    new Vote(
                            voter.email(),
                            cast.approve(),
                            cast.guidance(),
                            cast.mayAskAgain(),
                            cast.terms(),
                            now,
                            cast.breakGlass(),
                            cast.by());
            ApprovalRequest next = afterVote(request.with(vote), now);
            GrantStore.Addition grant = grants.madeBy(next).orElse(null);
            if (store.replace(next, voteEvent(next, vote), grant).isPresent()) {
                changed(next);
                return new VoteResult.Counted(next);
            }
        }
        throw new IllegalStateException("a hundred lost races over " + id + " (this is a bug)");
    }

    /** Why this answer of this person does not count, or empty when it does. */
    private static Optional<String> obstacle(ApprovalRequest request, Voter voter, Cast cast) {
        boolean alone = cast.breakGlass() != null;
        Optional<String> obstacle =
                alone
                        ? Ballot.breakGlassObstacle(
                                request.requirements(), request.driverOrNone(), voter)
                        : Ballot.obstacle(request.requirements(), request.driverOrNone(), voter);
        if (obstacle.isPresent()) {
            return obstacle;
        }
        // Who agreed as one of several may still answer alone.
        return request.votes().stream()
                        .anyMatch(vote ->
                                vote.person().equals(voter.email())
                                        && (!alone || vote.breakGlass() != null))
                ? Optional.of("you have answered this already")
                : Optional.empty();
    }

    /** Why this answer reaches too far, or empty when it does not. */
    private static Optional<String> beyond(ApprovalRequest request, Voter voter, Cast cast) {
        if (!cast.terms().equals(Terms.ONCE)) {
            if (cast.breakGlass() != null) {
                return Optional.of("the glass is broken for one call only: the scope is `once`");
            }
            if (Ballot.onlyEscalated(request.requirements(), request.driverOrNone(), voter)) {
                return Optional.of(
                        "you are asked because others did not answer, which is for this call only:"
                                + " the scope is `once`");
            }
        }
        return request.offer().problem(cast.terms());
    }

    /**
     * Asks one of those who can answer to do it. Nobody else is asked the less for it, and nothing
     * of the question changes.
     *
     * @param to e-mail of whom
     */
    public VoteResult pass(String id, Voter from, String to) throws NotRecorded {
        for (int round = 0; round < 100; round++) {
            Optional<ApprovalRequest> found = store.find(id);
            if (found.isEmpty()) {
                return new VoteResult.Unknown();
            }
            Instant now = clock.instant();
            ApprovalRequest request = found.get().at(now);
            if (request.state() != State.PENDING || request.over(now)) {
                return new VoteResult.TooLate(request);
            }
            Optional<Voter> other = before(request).apply(to);
            Optional<String> obstacle =
                    other.isEmpty()
                            ? Optional.of("there is nobody `" + to + "`")
                            : other.get().email().equals(from.email())
                                    ? Optional.of("you cannot pass it to yourself")
                                    : obstacle(request, other.get(), Cast.yes(""))
                                            .map(_ -> to + " cannot answer it, or has done so");
            if (obstacle.isPresent()) {
                return new VoteResult.NotYours(obstacle.get());
            }
            if (request.passed(to).isPresent()) {
                return new VoteResult.Counted(request);
            }
            Absence.Notice notice =
                    new Absence.Notice(
                            Absence.PASSED + to,
                            request.version() + 1,
                            "passed to " + to + " by " + from.email(),
                            now);
            ApprovalRequest next = request.with(notice);
            ObjectNode body = body(next);
            body.put("event", "passed").put("to", to).put("by", from.email());
            AuditRecord event =
                    record("approval", next, from.email(), next.id() + " " + notice.text(), body);
            if (store.replace(next, event).isPresent()) {
                changed(next);
                return new VoteResult.Counted(next);
            }
        }
        throw new IllegalStateException("a hundred lost races over " + id + " (this is a bug)");
    }

    /**
     * Records the approval of a request as this person changed it.
     *
     * @param changed the request with the change, at the version it was changed from
     */
    public VoteResult voteEdited(ApprovalRequest changed, Voter who, Cast cast) throws NotRecorded {
        Voter voter = who.at(place(changed));
        Instant now = clock.instant();
        ApprovalRequest edited = changed.at(now);
        if (edited.over(now)) {
            return new VoteResult.TooLate(store.find(edited.id()).orElse(edited));
        }
        Optional<String> obstacle =
                Ballot.obstacle(edited.requirements(), edited.driverOrNone(), voter);
        if (obstacle.isPresent()) {
            return new VoteResult.NotYours(obstacle.get());
        }
        Vote vote = new Vote(voter.email(), true, cast.guidance(), false, now);
        ApprovalRequest next = afterVote(edited.with(vote), now);
        ObjectNode body = body(next);
        if (next.edit() != null) {
            change(body, next, next.edit());
        }
        AuditRecord event = voteEvent(next, vote, " changed and approved ", body);
        if (store.replace(next, event).isPresent()) {
            changed(next);
            return new VoteResult.Counted(next);
        }
        return new VoteResult.Changed(store.find(edited.id()).orElse(edited));
    }

    /** Lets the votes count that a request was opened with. */
    public void recount(String id) throws NotRecorded {
        ApprovalRequest request = now(store.find(id).orElseThrow());
        if (request.state() != State.PENDING
                || request.votes().isEmpty()
                || request.over(clock.instant())) {
            return;
        }
        switch (standing(request)) {
            case Standing.Open _ -> {}
            case Standing.Approved _ -> {
                Optional<Receipt> _ = end(request, State.APPROVED, "approved", null);
            }
            case Standing.Denied(Vote vote) -> {
                Optional<Receipt> _ =
                        end(request, State.DENIED, "denied by " + vote.person(), null);
            }
        }
    }

    private ApprovalRequest afterVote(ApprovalRequest request, Instant now) {
        Standing standing =
                Ballot.standing(
                        request.requirements(),
                        request.driverOrNone(),
                        request.votes(),
                        before(request));
        return switch (standing) {
            case Standing.Open _ -> request;
            case Standing.Approved _ -> request.settled(State.APPROVED, now, "approved");
            case Standing.Denied(Vote vote) ->
                    request.settled(
                            State.DENIED,
                            now,
                            vote.guidance().isBlank()
                                    ? "denied by " + vote.person()
                                    : "denied by " + vote.person() + ": " + vote.guidance());
        };
    }

    /** How the votes of a request stand with the roles people hold now. */
    public Standing standing(ApprovalRequest request) {
        ApprovalRequest now = now(request);
        return Ballot.standing(now.requirements(), now.driverOrNone(), now.votes(), before(now));
    }

    /** Where in the organisation a question belongs, as of now. */
    public Place place(ApprovalRequest request) {
        return request.place(organisation);
    }

    /** People as they stand before a question. */
    private Function<String, Optional<Voter>> before(ApprovalRequest request) {
        Place place = place(request);
        return email -> people.apply(email).map(voter -> voter.at(place));
    }

    /** Those to which time has something to do. */
    List<ApprovalRequest> due() {
        return store.due(clock.instant()).stream().map(this::now).toList();
    }

    /**
     * Records what time did, and in the same step what comes of it where somebody agreed before
     * whose word is enough now; empty when the request has changed in between.
     */
    Optional<ApprovalRequest> notice(ApprovalRequest request, Absence.Notice notice, Instant since)
            throws NotRecorded {
        ApprovalRequest next = afterVote(request.with(notice), notice.at());
        ObjectNode body = body(next);
        body.put("notice", notice.text());
        body.put("since", since.toString());
        String ending = next.state() == State.PENDING ? "" : "; " + next.ending();
        String summary = next.id() + " " + notice.text() + ending;
        AuditRecord event = record("escalation", next, next.driver(), summary, body);
        if (store.replace(next, event).isEmpty()) {
            return Optional.empty();
        }
        changed(next);
        return Optional.of(next);
    }

    /** Ends a question and puts its call in the queue, if nobody was first. */
    boolean putOff(ApprovalRequest request, String why, Deferred later, AuditRecord queued)
            throws NotRecorded {
        ApprovalRequest ended = request.ended(State.EXPIRED, clock.instant(), why);
        boolean first = store.replace(ended, changeEvent(ended), later, queued).isPresent();
        if (first) {
            changed(ended);
        }
        return first;
    }

    /** Those that an owner answered alone and of which this person has not said they know. */
    public List<ApprovalRequest> broken(Voter voter) {
        return voter.owner() ? store.broken(voter.email()) : List.of();
    }

    /**
     * A person says that they know of a broken glass.
     *
     * @return whether there is such a one that they had not said it of
     */
    public boolean acknowledge(String id, Voter voter) throws NotRecorded {
        Optional<ApprovalRequest> found =
                broken(voter).stream().filter(request -> request.id().equals(id)).findFirst();
        if (found.isEmpty()) {
            return false;
        }
        ObjectNode body = body(found.get());
        body.put("event", "acknowledged");
        AuditRecord event =
                record(
                        "approval",
                        found.get(),
                        voter.email(),
                        voter.email() + " knows of the broken glass of " + id,
                        body);
        boolean first = store.acknowledge(id, voter.email(), event).isPresent();
        if (first) {
            listeners.forEach(listener -> listener.accept(found.get()));
        }
        return first;
    }

    /**
     * Moves a request on, if nobody was first.
     *
     * @param event what the ledger says of it, or null for a plain record of the change
     * @return the receipt, or empty when the request has changed in between
     */
    public Optional<Receipt> end(
            ApprovalRequest request, State next, String why, @Nullable AuditRecord event)
            throws NotRecorded {
        ApprovalRequest ended = request.ended(next, clock.instant(), why);
        Optional<Receipt> receipt =
                store.replace(ended, event == null ? changeEvent(ended) : event);
        if (receipt.isPresent()) {
            changed(ended);
        }
        return receipt;
    }

    /**
     * Waits until a request is no longer pending, at most this long and at most until it expires or
     * the server stops.
     *
     * @return the request as it stands then
     */
    public ApprovalRequest await(String id, Duration atMost) throws InterruptedException {
        // The latch is in place before the state is read: a change in between opens it.
        CountDownLatch latch = waiting.computeIfAbsent(id, _ -> new CountDownLatch(1));
        ApprovalRequest request = store.find(id).orElseThrow();
        if (request.state() != State.PENDING || stopping) {
            waiting.remove(id, latch);
            // Whoever ended it finds no latch any more, and others may wait on this one.
            latch.countDown();
            return now(request);
        }
        Duration left = Duration.between(clock.instant(), request.expires());
        boolean stays = request.absence().then() == Unanswered.Then.WAIT;
        Duration wait = stays || left.compareTo(atMost) > 0 ? atMost : left;
        if (wait.isPositive()) {
            boolean _ = latch.await(wait.toMillis() + 1, TimeUnit.MILLISECONDS);
        }
        return now(store.find(id).orElseThrow());
    }

    /** Lets go of everybody who waits, now and from now on; the questions stay open. */
    public void stop() {
        stopping = true;
        waiting.values().forEach(CountDownLatch::countDown);
    }

    /** Whether nobody is waited for any more. */
    public boolean stopping() {
        return stopping;
    }

    /**
     * The no that still speaks for everything a call asks for: within one piece of work the same by
     * another spelling is not put to people twice. It is counted on the request.
     */
    public Optional<ApprovalRequest> deniedBefore(String task, Set<String> intents)
            throws NotRecorded {
        Optional<ApprovalRequest> denied = standsDenied(task, intents);
        return denied.isPresent() ? Optional.of(counted(denied.get())) : denied;
    }

    /** The same without counting. */
    public Optional<ApprovalRequest> standsDenied(String task, Set<String> intents) {
        return store.denied(task).stream()
                .filter(ApprovalRequest::standsDenied)
                .filter(denied -> !denied.intents().isEmpty())
                .filter(denied -> intents.containsAll(denied.intents()))
                .findFirst();
    }

    private ApprovalRequest counted(ApprovalRequest denied) throws NotRecorded {
        ApprovalRequest now = denied;
        // Others count at the same moment; a lost race is counted on what won it.
        for (int round = 0; round < 100; round++) {
            ApprovalRequest again = now.repeated();
            String summary = again.id() + " stays denied, tried again " + again.repeats() + "×";
            ObjectNode body = body(again).put("tried_again", again.repeats());
            AuditRecord event = record("approval", again, again.driver(), summary, body);
            if (store.replace(again, event).isPresent()) {
                changed(again);
                return again;
            }
            now = store.find(denied.id()).orElse(denied);
        }
        throw new IllegalStateException(
                "a hundred lost races over " + denied.id() + " (this is a bug)");
    }

    /** Ends what is open of work that a person stopped. */
    public void withdraw(Predicate<ApprovalRequest> of, String why) throws NotRecorded {
        for (ApprovalRequest request : store.pending()) {
            if (of.test(request)) {
                Optional<Receipt> _ = end(request, State.WITHDRAWN, why, null);
            }
        }
    }

    private void changed(ApprovalRequest request) {
        if (request.state() != State.PENDING) {
            CountDownLatch latch = waiting.remove(request.id());
            if (latch != null) {
                latch.countDown();
            }
        }
        listeners.forEach(listener -> listener.accept(request));
    }

    private AuditRecord voteEvent(ApprovalRequest request, Vote vote) {
        return voteEvent(request, vote, vote.approve() ? " approved " : " denied ", body(request));
    }

    private AuditRecord voteEvent(ApprovalRequest request, Vote vote, String did, ObjectNode body) {
        body.put("answer", vote.approve() ? "approve" : "deny");
        body.put("guidance", vote.guidance());
        body.put("may_ask_again", vote.mayAskAgain());
        body.put("scope", vote.terms().scope().wire());
        if (!vote.terms().pattern().isEmpty()) {
            body.put("pattern", vote.terms().pattern());
        }
        body.put("self", vote.person().equals(request.driver()));
        if (!vote.by().isEmpty()) {
            body.put("by", vote.by());
        }
        String alone = "";
        if (vote.breakGlass() != null) {
            body.put("break_glass", true);
            body.put("reason", vote.breakGlass());
            alone = " alone, BREAK-GLASS: " + vote.breakGlass();
        }
        String elsewhere = vote.by().isEmpty() ? "" : " by " + vote.by();
        String summary = vote.person() + did + request.id() + elsewhere + alone;
        return record("vote", request, vote.person(), summary, body);
    }

    /** Both inputs as far as they may be kept, and what differs between them. */
    private static void change(ObjectNode body, ApprovalRequest request, Edit edit) {
        ObjectNode before = body.objectNode();
        before.set("input", edit.asked());
        JsonNode asked = Redaction.of(before, request.explanation()).path("input");
        JsonNode edited = Redaction.of(request.call(), request.explanation()).path("input");
        body.set("asked_input", asked);
        body.set("edited_input", edited);
        body.put("edited_digest", edit.digest());
        Set<String> names = new LinkedHashSet<>();
        asked.fieldNames().forEachRemaining(names::add);
        edited.fieldNames().forEachRemaining(names::add);
        ArrayNode diff = body.putArray("diff");
        for (String name : names) {
            if (!asked.path(name).equals(edited.path(name))) {
                ObjectNode one = diff.addObject().put("field", name);
                one.set("from", asked.path(name).isMissingNode() ? null : asked.path(name));
                one.set("to", edited.path(name).isMissingNode() ? null : edited.path(name));
            }
        }
    }

    private AuditRecord changeEvent(ApprovalRequest request) {
        return record(
                "approval",
                request,
                request.driver(),
                request.id() + " " + request.state().wire() + ": " + request.ending(),
                body(request));
    }

    private static ObjectNode body(ApprovalRequest request) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("approval", request.id());
        body.put("status", request.state().wire());
        body.put("digest", request.digest());
        if (request.ending() != null) {
            body.put("ending", request.ending());
        }
        ArrayNode votes = body.putArray("votes");
        request.votes().forEach(vote -> vote.writeBrief(votes.addObject()));
        return body;
    }

    private AuditRecord record(
            String kind,
            ApprovalRequest request,
            @Nullable String person,
            String summary,
            ObjectNode body) {
        return new AuditRecord(
                kind,
                clock.instant(),
                request.decision(),
                request.requester(),
                person,
                request.call().path("client").textValue(),
                request.call().path("workspace").textValue(),
                request.call().path("session").textValue(),
                null,
                request.call().path("tool").textValue(),
                null,
                request.explanation().path("risk").textValue(),
                "vote".equals(kind) ? "person" : null,
                summary,
                body);
    }
}
