package dev.countersign.decision;

import dev.countersign.analysis.Analysis;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Electorate;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Vote;
import dev.countersign.approval.Voter;
import dev.countersign.approval.Work;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Because;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Requirement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Calls outside their window: queued, decided again when their time comes or a person lets them run
 * before, and used once. What is decided again is decided with the rules set aside that put it off,
 * and with all others.
 */
public final class Deferral {
    private static final System.Logger LOG = System.getLogger(Deferral.class.getName());

    private final Queue queue;
    private final Approvals approvals;
    private final Electorate voters;
    private final Organisation organisation;
    private final DecisionRecords records;
    private final Judge judge;
    private final Function<ToolCall, Work> work;
    private final Covered covered;
    private final Duration expiry;
    private final Clock clock;

    /** Says what policy says of a call now. */
    interface Judge {
        /**
         * Judges a call.
         *
         * @param pastWindow whether the rules that only put calls off are set aside
         */
        Verdict judge(ToolCall call, boolean pastWindow) throws PolicySource.Unreadable;
    }

    /** Says whether grants that stand now turn a question into an allow. */
    interface Covered {
        boolean by(ToolCall call, Analysis analysis, Decision.Ask ask);
    }

    /** What became of what a person did. */
    public sealed interface Result {
        /**
         * It is done.
         *
         * @param deferred the call after it
         */
        record Done(Deferred deferred) implements Result {}

        /**
         * This person may not, or policy does not.
         *
         * @param why in words for them
         */
        record Refused(String why) implements Result {}

        /**
         * It was settled before.
         *
         * @param deferred as it stands
         */
        record TooLate(Deferred deferred) implements Result {}

        /** There is no such call. */
        record Unknown() implements Result {}
    }

    /**
     * What is queued for a call that came again.
     *
     * @param deferred as it stands now
     * @param verdict what policy says of the call, its window set aside where its time has come
     */
    record Found(Deferred deferred, Verdict verdict) {}

    Deferral(
            Queue queue,
            Approvals approvals,
            Electorate voters,
            DecisionRecords records,
            Judge judge,
            Function<ToolCall, Work> work,
            Covered covered,
            Organisation organisation,
            Duration expiry,
            Clock clock) {
        this.queue = queue;
        this.approvals = approvals;
        this.voters = voters;
        this.organisation = organisation;
        this.records = records;
        this.judge = judge;
        this.work = work;
        this.covered = covered;
        this.expiry = expiry;
        this.clock = clock;
    }

    /** Queues a call, once. */
    synchronized Answer queue(String id, ToolCall call, Analysis analysis, Decision.Defer defer)
            throws NotRecorded {
        String digest = CallDigest.of(call, analysis);
        Optional<Deferred> twin = queue.live(digest);
        if (twin.isPresent()) {
            return waits(twin.get(), defer);
        }
        Deferred deferred =
                Deferred.queued(
                        queue.nextId(),
                        id,
                        digest,
                        CallJson.of(call),
                        DecisionJson.of(id, defer),
                        defer.requirements(),
                        call.subject().agent(),
                        call.subject().person(),
                        work.apply(call).key(),
                        clock.instant(),
                        defer.until());
        String reason = reason(deferred, defer);
        AuditRecord event =
                records.of(
                        id, call, defer, Effect.DEFER, reason, defer.explanation().decider(), null);
        event.body().put("deferred", deferred.id()).put("until", defer.until().toString());
        Receipt receipt = queue.open(deferred, event);
        return new Answer(
                id, Effect.DEFER, reason, defer.explanation().decider(), defer, null, receipt);
    }

    private static String reason(Deferred deferred, Decision.Defer defer) {
        return defer.reason() + "; it waits as " + deferred.id();
    }

    /** The answer to a call whose question nobody answered, and which waits to be asked again. */
    static Answer waits(Deferred deferred, Decision.Ask ask) {
        return waits(
                deferred,
                new Decision.Defer(
                        "nobody answered " + deferred.unanswered(),
                        ask.explanation(),
                        deferred.until(),
                        ask.requirements()));
    }

    /** What waits because nobody answered this question. */
    Optional<Deferred> putOff(ApprovalRequest request) {
        return queue.ofDecision(request.decision())
                .filter(deferred -> request.id().equals(deferred.unanswered()))
                .filter(deferred -> deferred.state() == Deferred.State.QUEUED);
    }

    /** The answer to a call that waits already. */
    static Answer waits(Deferred deferred, Decision.Defer defer) {
        return new Answer(
                deferred.decision(),
                Effect.DEFER,
                reason(deferred, defer),
                defer.explanation().decider(),
                new Decision.Defer(
                        defer.reason(),
                        defer.explanation(),
                        deferred.until(),
                        defer.requirements()),
                null,
                null);
    }

    /** What is queued for exactly this call, brought up to what policy says of it now. */
    Optional<Found> find(ToolCall call, Verdict verdict)
            throws NotRecorded, PolicySource.Unreadable {
        if (!queue.holds(call.subject().agent())) {
            return Optional.empty();
        }
        Optional<Deferred> live = queue.live(CallDigest.of(call, verdict.analysis()));
        if (live.isEmpty()) {
            return Optional.empty();
        }
        Deferred now = upToDate(live.get().id(), verdict.decision());
        if (now.state() == Deferred.State.DENIED && now.approval() != null) {
            // People said no to what was asked then; what comes now is another call.
            return Optional.empty();
        }
        return switch (now.state()) {
            case QUEUED -> Optional.of(new Found(now, verdict));
            case READY, ASKED, DENIED ->
                    Optional.of(
                            new Found(
                                    now,
                                    verdict.decision() instanceof Decision.Defer
                                            ? judge.judge(call, true)
                                            : verdict));
            case USED, CANCELLED, WITHDRAWN, EXPIRED -> Optional.empty();
        };
    }

    private synchronized Deferred upToDate(String id, Decision decision)
            throws NotRecorded, PolicySource.Unreadable {
        Deferred now = queue.find(id).orElseThrow();
        Instant at = clock.instant();
        return switch (now.state()) {
            case QUEUED -> {
                if (now.due(at)) {
                    yield open(now);
                }
                if (now.unanswered() != null && decision instanceof Decision.Ask) {
                    yield now;
                }
                if (!(decision instanceof Decision.Defer defer)) {
                    yield decideAgain(now, "nothing puts it off any more");
                }
                Instant until = later(now, defer);
                yield until.equals(now.until())
                        ? now
                        : moved(now.again(until), "waits until " + until);
            }
            case READY -> now.lapsed(at) ? lapsed(now) : checked(now);
            case ASKED -> {
                Deferred followed = followed(now);
                yield followed.state() == Deferred.State.ASKED ? stillAsked(followed) : followed;
            }
            case USED, DENIED, CANCELLED, WITHDRAWN, EXPIRED -> now;
        };
    }

    /** A rule that puts off makes nothing come sooner that nobody answered. */
    private static Instant later(Deferred now, Decision.Defer defer) {
        return now.unanswered() != null && now.until().isAfter(defer.until())
                ? now.until()
                : defer.until();
    }

    /** What people are asked about must still ask: else the question is void. */
    private Deferred stillAsked(Deferred asked) throws NotRecorded, PolicySource.Unreadable {
        ToolCall call = CallJson.read(asked.call());
        Verdict verdict = judge.judge(call, true);
        if (verdict.decision() instanceof Decision.Ask) {
            return asked;
        }
        String why = "policy changed since it was asked: " + verdict.decision().reason();
        for (ApprovalRequest request : approvals.live(asked.digest())) {
            if (request.id().equals(asked.approval())) {
                Optional<Receipt> _ = approvals.end(request, State.SUPERSEDED, why, null);
            }
        }
        return decided(asked, call, verdict, "policy has changed");
    }

    private Deferred lapsed(Deferred ready) throws NotRecorded {
        queue.expireDue();
        return queue.find(ready.id()).orElseThrow();
    }

    /** What may run must still be allowed: what has come to ask is put to people. */
    private Deferred checked(Deferred ready) throws NotRecorded, PolicySource.Unreadable {
        ToolCall call = CallJson.read(ready.call());
        Verdict verdict = judge.judge(call, true);
        return verdict.decision() instanceof Decision.Allow
                ? ready
                : decided(ready, call, verdict, "policy has changed");
    }

    /** Ends with the request in which people were asked. */
    private Deferred followed(Deferred asked) throws NotRecorded {
        String approval = asked.approval();
        Optional<ApprovalRequest> request =
                approval == null ? Optional.empty() : approvals.find(approval);
        Deferred.State end =
                request.isEmpty()
                        ? Deferred.State.EXPIRED
                        : switch (request.get().state()) {
                            case PENDING, APPROVED -> Deferred.State.ASKED;
                            case USED -> Deferred.State.USED;
                            case DENIED, SUPERSEDED -> Deferred.State.DENIED;
                            case EXPIRED -> Deferred.State.EXPIRED;
                            case WITHDRAWN -> Deferred.State.WITHDRAWN;
                        };
        if (end == Deferred.State.ASKED) {
            return asked;
        }
        String why =
                request.map(ApprovalRequest::ending).orElse("people were not asked in the end");
        // Who waited for the answer had it with the request.
        Deferred ended = asked.ended(end, clock.instant(), why);
        return moved(ended, "ended with " + approval + ": " + why);
    }

    /**
     * Uses what may run once.
     *
     * @return the answer, or empty when somebody was first
     */
    Optional<Answer> use(Deferred ready, ToolCall call, Decision.Allow allow) throws NotRecorded {
        String by =
                ready.votes().stream()
                        .map(Vote::person)
                        .distinct()
                        .collect(Collectors.joining(", "));
        String reason =
                ready.id()
                        + (by.isEmpty()
                                ? " waited until " + ready.until()
                                : " was released by " + by);
        Decider decider = new Decider(Decider.Kind.GRANT, ready.id());
        AuditRecord event =
                records.of(ready.decision(), call, allow, Effect.ALLOW, reason, decider, null);
        event.body().put("deferred", ready.id());
        return queue.replace(ready.ended(Deferred.State.USED, clock.instant(), reason), event)
                .map(receipt ->
                        new Answer(
                                ready.decision(),
                                Effect.ALLOW,
                                reason,
                                decider,
                                allow,
                                null,
                                receipt));
    }

    /** What might run once ran by what people approved before. */
    void overtaken(Deferred ready, String why) throws NotRecorded {
        Deferred _ =
                moved(
                        ready.ended(Deferred.State.USED, clock.instant(), why),
                        "is over: the call was " + why);
    }

    /** Whether people were asked about a call when its time had come. */
    boolean asked(ApprovalRequest request) {
        return queue.ofDecision(request.decision())
                .filter(deferred -> request.id().equals(deferred.approval()))
                .isPresent();
    }

    /** Takes out what waits of work that is over or was stopped. */
    synchronized void withdraw(Predicate<ToolCall> of, String why) throws NotRecorded {
        queue.withdraw(deferred -> of.test(CallJson.read(deferred.call())), why);
    }

    /**
     * Decides again whose time has come, and ends what was not used in time; called every second,
     * and at the start for what came due while nothing ran.
     */
    public void openDue() throws NotRecorded {
        queue.expireDue();
        for (Deferred each : queue.live()) {
            try {
                boolean due = each.due(clock.instant()) || each.state() == Deferred.State.ASKED;
                if (due) {
                    Deferred _ = settled(each.id());
                }
            } catch (PolicySource.Unreadable | RuntimeException e) {
                // It stays in the queue: what cannot be judged is not allowed, nor forgotten.
                LOG.log(System.Logger.Level.WARNING, each.id() + " cannot be decided again", e);
            }
        }
    }

    private synchronized Deferred settled(String id) throws NotRecorded, PolicySource.Unreadable {
        Deferred now = queue.find(id).orElseThrow();
        if (now.due(clock.instant())) {
            return open(now);
        }
        return now.state() == Deferred.State.ASKED ? followed(now) : now;
    }

    /** Its time has come, unless a rule puts it off that did not when it came. */
    private Deferred open(Deferred due) throws NotRecorded, PolicySource.Unreadable {
        Verdict now = judge.judge(CallJson.read(due.call()), false);
        if (now.decision() instanceof Decision.Defer defer
                && defer.until().isAfter(clock.instant())
                && !sameRules(due, defer)) {
            return moved(due.again(defer.until()), "another rule puts it off: " + defer.reason());
        }
        return decideAgain(due, "its time has come");
    }

    private static boolean sameRules(Deferred due, Decision.Defer now) {
        Set<String> before = new HashSet<>();
        due.explanation()
                .path("operations")
                .forEach(operation ->
                        operation
                                .path("because")
                                .forEach(because ->
                                        before.add(
                                                because.path("document").asText()
                                                        + "\n"
                                                        + because.path("rule").asText())));
        return now.explanation().operations().stream()
                .flatMap(judged -> judged.because().stream())
                .filter(because -> because.effect() == Effect.DEFER)
                .map(Deferral::key)
                .allMatch(before::contains);
    }

    private static String key(Because because) {
        return because.document() + "\n" + because.rule();
    }

    private Deferred decideAgain(Deferred queued, String why)
            throws NotRecorded, PolicySource.Unreadable {
        ToolCall call = CallJson.read(queued.call());
        return decided(queued, call, judge.judge(call, true), why);
    }

    private Deferred decided(Deferred deferred, ToolCall call, Verdict verdict, String why)
            throws NotRecorded {
        Instant now = clock.instant();
        return switch (verdict.decision()) {
            case Decision.Allow _ ->
                    moved(deferred.ready(now, now.plus(expiry)), "may run once: " + why);
            case Decision.Ask ask -> asked(deferred, call, verdict.analysis(), ask, why);
            case Decision.Deny deny -> denied(deferred, deny.reason());
            case Decision.Defer defer ->
                    throw new IllegalStateException(
                            "deferred with no rule that defers: " + defer.reason());
        };
    }

    private Deferred denied(Deferred deferred, String why) throws NotRecorded {
        return moved(
                deferred.ended(Deferred.State.DENIED, clock.instant(), why), "is denied: " + why);
    }

    private Deferred asked(
            Deferred deferred, ToolCall call, Analysis analysis, Decision.Ask ask, String why)
            throws NotRecorded {
        if (!Ballot.answerable(
                ask.requirements(),
                deferred.driverOrNone(),
                voters.among(ask.requirements(), deferred.driverOrNone(), place(deferred)))) {
            return denied(
                    deferred,
                    "nobody can approve this: it needs "
                            + String.join(", ", Ballot.approvers(ask.requirements())));
        }
        Instant now = clock.instant();
        Set<String> intents = Intents.asked(analysis, ask, call.context());
        Optional<ApprovalRequest> no = approvals.deniedBefore(deferred.task(), intents);
        if (no.isPresent()) {
            return denied(deferred, "the same was denied as " + no.get().id());
        }
        // Who said yes to this very call is held to that; otherwise nobody is asked twice.
        if (deferred.votes().isEmpty() && covered.by(call, analysis, ask)) {
            return deferred.state() == Deferred.State.READY
                    ? deferred
                    : moved(
                            deferred.ready(now, now.plus(expiry)),
                            "may run once, as people approved before: " + why);
        }
        // It may have been opened when the server stopped before it said so.
        Optional<ApprovalRequest> open =
                approvals.live(deferred.digest()).stream()
                        .filter(each -> each.decision().equals(deferred.decision()))
                        .findFirst();
        ApprovalRequest request =
                open.isPresent() ? open.get() : question(deferred, call, ask, intents);
        Deferred asking =
                moved(
                        deferred.asking(clock.instant(), request.id()),
                        "is asked about as " + request.id() + ": " + why);
        approvals.recount(request.id());
        return asking;
    }

    private ApprovalRequest question(
            Deferred deferred, ToolCall call, Decision.Ask ask, Set<String> intents)
            throws NotRecorded {
        Instant now = clock.instant();
        Instant expires = now.plus(ask.expires().orElse(expiry));
        ApprovalRequest request =
                new ApprovalRequest(
                        "APR-" + approvals.nextNumber(),
                        0,
                        deferred.decision(),
                        deferred.digest(),
                        State.PENDING,
                        deferred.call(),
                        DecisionJson.of(deferred.decision(), ask),
                        ask.requirements(),
                        deferred.votes(),
                        deferred.requester(),
                        deferred.driver(),
                        deferred.task(),
                        intents,
                        Offer.ONCE,
                        0,
                        now,
                        expires,
                        null,
                        null,
                        null,
                        Absence.of(ask.unanswered(), expires).notPutOff());
        Receipt _ =
                approvals.open(
                        request,
                        records.of(
                                deferred.decision(),
                                call,
                                ask,
                                Effect.ASK,
                                ask.reason(),
                                ask.explanation().decider(),
                                request));
        return request;
    }

    private Deferred moved(Deferred next, String what) throws NotRecorded {
        boolean _ = queue.replace(next, "deferred", null, next.id() + " " + what);
        return queue.find(next.id()).orElseThrow();
    }

    /** A person's yes before its time: it counts when people are asked. */
    public synchronized Result approve(String id, Voter voter, String guidance)
            throws NotRecorded, PolicySource.Unreadable {
        return act(
                id,
                voter,
                (queued, past) -> {
                    if (!(past.decision() instanceof Decision.Ask)) {
                        return new Result.Refused(
                                past.decision() instanceof Decision.Allow
                                        ? "at its time it needs nobody's approval; release it to"
                                                + " let it run before"
                                        : past.decision().reason());
                    }
                    if (answered(queued, voter)) {
                        return new Result.Refused("you have approved this already");
                    }
                    return done(
                            queued.with(yes(voter, guidance)),
                            "vote",
                            voter,
                            voter.email() + " approved " + id + " for when its time comes");
                });
    }

    /** A person lets it run now: their yes counts, whatever else is needed is asked for. */
    public synchronized Result release(String id, Voter voter, String guidance)
            throws NotRecorded, PolicySource.Unreadable {
        return act(
                id,
                voter,
                (queued, past) -> {
                    if (past.decision() instanceof Decision.Deny deny) {
                        return new Result.Refused("policy denies it now: " + deny.reason());
                    }
                    Deferred agreed =
                            answered(queued, voter)
                                    ? queued.again(queued.until())
                                    : queued.with(yes(voter, guidance));
                    Result said = done(agreed, "release", voter, voter.email() + " released " + id);
                    if (!(said instanceof Result.Done)) {
                        return said;
                    }
                    return new Result.Done(
                            decided(
                                    agreed,
                                    CallJson.read(agreed.call()),
                                    past,
                                    "released by " + voter.email()));
                });
    }

    /** A person takes it out of the queue. */
    public synchronized Result cancel(String id, Voter voter, String reason)
            throws NotRecorded, PolicySource.Unreadable {
        return act(
                id,
                voter,
                (live, _) -> {
                    String why =
                            "cancelled by "
                                    + voter.email()
                                    + (reason.isBlank() ? "" : ": " + reason);
                    return done(
                            live.ended(Deferred.State.CANCELLED, clock.instant(), why),
                            "cancel",
                            voter,
                            voter.email() + " cancelled " + id);
                });
    }

    /** What a person does to a call that is not over. */
    private interface Act {
        Result on(Deferred live, Verdict past) throws NotRecorded, PolicySource.Unreadable;
    }

    private Result act(String id, Voter who, Act act) throws NotRecorded, PolicySource.Unreadable {
        Optional<Deferred> found = queue.find(id);
        if (found.isEmpty()) {
            return new Result.Unknown();
        }
        Deferred live = found.get();
        if (live.state() != Deferred.State.QUEUED) {
            return new Result.TooLate(live);
        }
        ToolCall call = CallJson.read(live.call());
        Verdict past = judge.judge(call, true);
        Optional<String> obstacle =
                Ballot.obstacle(requirements(call, past), live.driverOrNone(), who.at(place(live)));
        return obstacle.isPresent() ? new Result.Refused(obstacle.get()) : act.on(live, past);
    }

    /** Who could approve the call now: under the rules that put it off, and without them. */
    private List<Requirement> requirements(ToolCall call, Verdict past)
            throws PolicySource.Unreadable {
        Set<Requirement> all = new LinkedHashSet<>();
        if (judge.judge(call, false).decision() instanceof Decision.Defer defer) {
            all.addAll(defer.requirements());
        }
        if (past.decision() instanceof Decision.Ask ask) {
            all.addAll(ask.requirements());
        }
        return new ArrayList<>(all);
    }

    /** Why this person may neither release nor cancel, as far as is known without judging. */
    public Optional<String> obstacle(Deferred deferred, Voter voter) {
        return Ballot.obstacle(
                deferred.requirements(), deferred.driverOrNone(), voter.at(place(deferred)));
    }

    /** Where in the organisation a deferred call belongs, as of now. */
    public Place place(Deferred deferred) {
        return deferred.place(organisation);
    }

    private static boolean answered(Deferred deferred, Voter voter) {
        return deferred.votes().stream().anyMatch(vote -> vote.person().equals(voter.email()));
    }

    private Vote yes(Voter voter, String guidance) {
        return new Vote(voter.email(), true, guidance, false, clock.instant());
    }

    private Result done(Deferred next, String kind, Voter voter, String summary)
            throws NotRecorded {
        boolean first = queue.replace(next, kind, voter.email(), summary);
        Deferred now = queue.find(next.id()).orElse(next);
        return first ? new Result.Done(now) : new Result.TooLate(now);
    }
}
