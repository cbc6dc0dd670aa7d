package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.approval.Absence;
import dev.countersign.approval.Absences;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Electorate;
import dev.countersign.approval.FloodBreaker;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stop;
import dev.countersign.approval.Stops;
import dev.countersign.approval.Vote;
import dev.countersign.approval.Work;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.Repeats;
import dev.countersign.call.Organisation;
import dev.countersign.call.Place;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Explanation;
import dev.countersign.policy.Obligations;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Unanswered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a tool call becomes an answer: analysed, judged, put to people where policy
 * asks, recorded, and only then answered. Whatever goes wrong on the way ends in a deny that says
 * so.
 */
public final class DecisionPoint {
    private final Analyzer analyzer;
    private final PolicySource policies;
    private final DefaultsUpgrade upgrade;
    private final Approvals approvals;
    private final Grants grants;
    private final Granting granting;
    private final Electorate voters;
    private final Organisation organisation;
    private final Stops stops;
    private final FloodBreaker flood;
    private final StopOffer stopOffer;
    private final Deferral deferral;
    private final Absences absences;
    private final AuditLog log;
    private final DecisionRecords records;
    private final Repeats refusals;
    private final Duration expiry;
    private final Clock clock;
    private final Ids ids;
    private final SessionWorkspaces workspaces = new SessionWorkspaces();

    /**
     * Wires the parts a call goes through, in their order.
     *
     * @param upgrade keeps what only newer built-in defaults allow as it was
     * @param voters everybody who can sign in, as of now
     * @param organisation knows which agents may ask, and where questions belong
     * @param expiry how long a question stands when no rule says so
     */
    public DecisionPoint(
            Analyzer analyzer,
            PolicySource policies,
            DefaultsUpgrade upgrade,
            Approvals approvals,
            Grants grants,
            Electorate voters,
            Organisation organisation,
            Stops stops,
            FloodBreaker flood,
            StopOffer stopOffer,
            Queue queue,
            AuditLog log,
            Duration expiry,
            Clock clock,
            Ids ids) {
        this.analyzer = analyzer;
        this.policies = policies;
        this.upgrade = upgrade;
        this.approvals = approvals;
        this.grants = grants;
        this.granting = new Granting(grants, analyzer);
        this.voters = voters;
        this.organisation = organisation;
        this.stops = stops;
        this.flood = flood;
        this.stopOffer = stopOffer;
        this.log = log;
        this.records = new DecisionRecords(analyzer, clock);
        this.refusals = new Repeats(log, clock);
        this.expiry = expiry;
        this.clock = clock;
        this.ids = ids;
        this.absences = new Absences(approvals, queue, clock);
        AutoCloseable _ = approvals.onChange(this::granted);
        this.deferral =
                new Deferral(
                        queue,
                        approvals,
                        voters,
                        records,
                        this::judge,
                        this::work,
                        this::covered,
                        organisation,
                        expiry,
                        clock);
    }

    /** What time does to open questions. */
    public Absences absences() {
        return absences;
    }

    /** What is refused again and again, counted. */
    public Repeats refusals() {
        return refusals;
    }

    /** How long a question stands when no rule says so, and what was approved may be used. */
    public Duration expiry() {
        return expiry;
    }

    /** When people are offered to stop work that tries again what was denied. */
    public StopOffer stopOffer() {
        return stopOffer;
    }

    /** The calls that wait for their time. */
    public Deferral deferral() {
        return deferral;
    }

    /**
     * Approvals with a change.
     *
     * @param secret whether an input holds a secret
     */
    public Editing editing(Predicate<ObjectNode> secret) {
        return new Editing(approvals, voters, this::judge, secret, clock);
    }

    /** What the answer to a call is for. */
    private enum Purpose {
        /** The call runs next, so people are asked where policy asks. */
        RUN,
        /** Somebody wants to know, and may ask people later: no question is put. */
        KNOW,
        /** People are to be asked; what they said already is left for the call itself. */
        ASK
    }

    /**
     * How a call waits for people.
     *
     * @param atMost how long
     * @param rewrites whether the client runs another input than it sent when it is told so
     */
    private record Waiting(Duration atMost, boolean rewrites, Purpose purpose) {
        Waiting(Duration atMost, boolean rewrites) {
            this(atMost, rewrites, Purpose.RUN);
        }
    }

    /** Decides a call of a client that runs what it sent or nothing. */
    public Answer decide(ToolCall asked, Duration wait) {
        return decide(asked, wait, false);
    }

    /**
     * Decides a call. Blocks while people are asked, at most {@code atMost}; an answer with {@link
     * Effect#ASK} means they have not answered yet.
     *
     * @param rewrites whether the client runs another input than it sent when it is told so: {@link
     *     Answer#input}
     */
    public Answer decide(ToolCall asked, Duration atMost, boolean rewrites) {
        return decide(asked, new Waiting(atMost, rewrites));
    }

    /**
     * Decides a call for a caller who asks people by themselves, with {@link #request}: an ask
     * without a request, or a defer, was put to nobody. What people approved before is used up.
     */
    public Answer evaluate(ToolCall asked) {
        return decide(asked, new Waiting(Duration.ZERO, false, Purpose.KNOW));
    }

    /**
     * Puts a call to people where policy asks, and else says how things stand. What they approved
     * is left for the call.
     */
    public Answer request(ToolCall asked) {
        return decide(asked, new Waiting(Duration.ZERO, false, Purpose.ASK));
    }

    private Answer decide(ToolCall asked, Waiting wait) {
        String id = ids.next();
        ToolCall call = workspaces.pinned(asked);
        @Nullable Verdict verdict = null;
        try {
            call = analyzer.placed(call);
            verdict = judge(call);
            Optional<Stop> stop = stops.against(work(call));
            if (stop.isPresent()) {
                return settled(id, call, verdict.under(stop.get()), null);
            }
            // What waits for its time is left for the call itself.
            Optional<Deferral.Found> queued =
                    wait.purpose() == Purpose.ASK ? Optional.empty() : deferral.find(call, verdict);
            return queued.isPresent()
                    ? fromQueue(id, call, queued.get(), wait)
                    : fresh(id, call, verdict, wait);
        } catch (PolicySource.Unreadable e) {
            return failed(id, call, String.valueOf(e.getMessage()));
        } catch (NotRecorded e) {
            return unrecorded(id, "the decision could not be recorded: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(id, call, "the server is stopping");
        } catch (RuntimeException | StackOverflowError e) {
            String why = "an error inside Countersign (" + e.getClass().getSimpleName() + ")";
            return verdict != null && verdict.decision() instanceof Decision.Deny
                    ? denied(id, call, verdict, why)
                    : failed(id, call, why);
        }
    }

    /**
     * What policy denies stays denied with policy's reason, also where what else is looked up, such
     * as stops and the queue, cannot be read.
     */
    private Answer denied(String id, ToolCall call, Verdict verdict, String why) {
        try {
            return settled(id, call, verdict, null);
        } catch (NotRecorded | RuntimeException e) {
            return failed(id, call, why);
        }
    }

    /** What policy says of a call now, with no question put and nothing recorded. */
    public Decision tried(ToolCall call) throws PolicySource.Unreadable {
        return judge(call).decision();
    }

    /**
     * What an evaluation of a call would come to, with nothing recorded: by policy and by stops.
     * What people approved of it is not looked for.
     */
    public Effect foreseen(ToolCall asked) throws PolicySource.Unreadable {
        ToolCall call = analyzer.placed(workspaces.pinned(asked));
        Verdict verdict = judge(call);
        return stops.against(work(call)).isPresent() ? Effect.DENY : verdict.decision().effect();
    }

    /** The documents in force for a call. */
    public PolicySnapshot inForce(ToolCall asked) throws PolicySource.Unreadable {
        return policies.forCall(analyzer.placed(asked));
    }

    /** The same under other documents than those in force. */
    public Decision tried(ToolCall call, PolicySource documents) throws PolicySource.Unreadable {
        return judge(call, false, documents).decision();
    }

    /** Where in the organisation a call belongs. */
    public Place place(ToolCall call) {
        return analyzer.placed(call).subject().place();
    }

    private Answer fresh(String id, ToolCall call, Verdict verdict, Waiting wait)
            throws NotRecorded, InterruptedException, PolicySource.Unreadable {
        return switch (verdict.decision()) {
            case Decision.Ask ask -> ask(id, call, verdict.analysis(), ask, wait);
            case Decision.Defer defer ->
                    wait.purpose() == Purpose.RUN
                            ? defer(id, call, verdict, defer)
                            : settled(id, call, verdict, null);
            case Decision.Allow _, Decision.Deny _ -> settled(id, call, verdict, null);
        };
    }

    private Answer defer(String id, ToolCall call, Verdict verdict, Decision.Defer defer)
            throws NotRecorded {
        if (!flood.admits(call.subject().agent())) {
            return flooded(id, call, defer);
        }
        Answer answer = deferral.queue(id, analyzer.placed(call), verdict.analysis(), defer);
        Optional<Answer> stopped = stoppedMeanwhile(id, call, verdict);
        return stopped.orElse(answer);
    }

    /**
     * The answer to a call whose work was stopped after {@link #decide} looked: the stop may have
     * ended the open questions before this one was among them.
     */
    private Optional<Answer> stoppedMeanwhile(String id, ToolCall call, Verdict verdict)
            throws NotRecorded {
        Optional<Stop> stop = stops.against(work(call));
        if (stop.isEmpty()) {
            return Optional.empty();
        }
        endQuestions(stop.get());
        return Optional.of(settled(id, call, verdict.under(stop.get()), null));
    }

    /** A call that was put off comes again. */
    private Answer fromQueue(String id, ToolCall call, Deferral.Found found, Waiting wait)
            throws NotRecorded, InterruptedException, PolicySource.Unreadable {
        Verdict verdict = found.verdict();
        Deferred deferred = found.deferred();
        if (verdict.decision() instanceof Decision.Defer defer) {
            return Deferral.waits(deferred, defer);
        }
        if (deferred.state() == Deferred.State.QUEUED
                && verdict.decision() instanceof Decision.Ask ask) {
            return Deferral.waits(deferred, ask);
        }
        if (deferred.state() == Deferred.State.READY
                && verdict.decision() instanceof Decision.Allow allow) {
            Optional<Answer> used = deferral.use(deferred, call, allow);
            // Somebody used it first: it is for one call, and this one starts anew.
            return used.isPresent() ? used.get() : fresh(id, call, judge(call), wait);
        }
        Answer answer = fresh(id, call, verdict, wait);
        if (deferred.state() == Deferred.State.READY && answer.effect() == Effect.ALLOW) {
            deferral.overtaken(deferred, answer.reason());
        }
        return answer;
    }

    /** Whether what people approved before covers a call that is asked about. */
    private boolean covered(ToolCall asked, Analysis analysis, Decision.Ask ask) {
        ToolCall call = analyzer.placed(asked);
        return granting.covering(call, analysis, ask, work(call), Set.of()).isPresent();
    }

    private Verdict judge(ToolCall call) throws PolicySource.Unreadable {
        return judge(call, false);
    }

    /**
     * What policy says of a call as it is written, and where its machine told something of itself,
     * of the call with that; the stricter counts.
     */
    private Verdict judge(ToolCall asked, boolean pastWindow) throws PolicySource.Unreadable {
        return judge(asked, pastWindow, policies);
    }

    private Verdict judge(ToolCall asked, boolean pastWindow, PolicySource documents)
            throws PolicySource.Unreadable {
        Verdict written = judged(asked, pastWindow, documents);
        Optional<ToolCall> told = asked.told();
        return told.isEmpty() ? written : written.and(judged(told.get(), pastWindow, documents));
    }

    private Verdict judged(ToolCall asked, boolean pastWindow, PolicySource documents)
            throws PolicySource.Unreadable {
        ToolCall call = analyzer.placed(asked);
        PolicySnapshot all = documents.forCall(call);
        PolicySnapshot snapshot = pastWindow ? all.withoutDefers() : all;
        Analysis analysis = analyzer.analyze(call, snapshot.programs());
        Instant now = clock.instant();
        Decision decision = Evaluator.evaluate(snapshot, call, analysis, now);
        Verdict verdict =
                new Verdict(
                        analysis, resolved(upgrade.held(decision, call, now, pastWindow), call));
        return refusal(call.subject(), snapshot)
                .or(() -> strayed(asked))
                .map(why -> verdict.refused(why, "agent:" + call.subject().agent()))
                .orElse(verdict);
    }

    /**
     * Why nothing may be done where this call is: a token for one project is judged by that
     * project's policies, which are none of another's.
     */
    private Optional<String> strayed(ToolCall asked) {
        String fixed = asked.subject().project();
        return fixed == null
                ? Optional.empty()
                : analyzer.knownProjects(asked.context()).stream()
                        .filter(there -> !there.equals(fixed))
                        .findFirst()
                        .map(there ->
                                "this token is for the project `"
                                        + fixed
                                        + "`, and the folder belongs to the project `"
                                        + there
                                        + "`; use a token for that one");
    }

    /** Why nothing of this agent may be done, whatever policy says of the call. */
    private Optional<String> refusal(Subject subject, PolicySnapshot snapshot) {
        Optional<String> refusal = organisation.refusal(subject.agent());
        String persona = subject.affiliation() == null ? null : subject.affiliation().persona();
        return refusal.isPresent() || persona == null || snapshot.hasPersona(persona)
                ? refusal
                : Optional.of(
                        "the envelope of the agent `"
                                + subject.agent()
                                + "` is the persona `"
                                + persona
                                + "`, which no policy that applies here has");
    }

    /** The same, with the owners where those that policy names are nobody. */
    private Decision resolved(Decision decision, ToolCall call) {
        String driver = call.subject().person() == null ? "" : call.subject().person();
        return switch (decision) {
            case Decision.Ask ask when !ask.requirements().isEmpty() ->
                    new Decision.Ask(
                            ask.reason(),
                            ask.explanation(),
                            resolved(ask.requirements(), driver, call),
                            ask.expires(),
                            ask.unanswered());
            case Decision.Defer defer when !defer.requirements().isEmpty() ->
                    new Decision.Defer(
                            defer.reason(),
                            defer.explanation(),
                            defer.until(),
                            resolved(defer.requirements(), driver, call));
            case Decision.Ask _, Decision.Defer _, Decision.Allow _, Decision.Deny _ -> decision;
        };
    }

    private List<Requirement> resolved(
            List<Requirement> requirements, String driver, ToolCall call) {
        return Ballot.resolved(
                requirements, driver, voters.among(requirements, driver, call.subject().place()));
    }

    /** The call of a request again: what puts it off is behind it when it was queued before. */
    private Verdict judge(ToolCall call, ApprovalRequest request) throws PolicySource.Unreadable {
        Verdict verdict = judge(call);
        return verdict.decision() instanceof Decision.Defer && deferral.asked(request)
                ? judge(call, true)
                : verdict;
    }

    private Answer settled(
            String id, ToolCall call, Verdict verdict, @Nullable ApprovalRequest approval)
            throws NotRecorded {
        Decision decision = verdict.decision();
        Decider decider = decision.explanation().decider();
        String reason = decision.reason();
        @Nullable Receipt receipt = null;
        try {
            if (approval == null
                    && decider.kind() == Decider.Kind.STOP
                    && counted(call, decision)) {
                return new Answer(id, decision.effect(), reason, decider, decision, null, null);
            }
            receipt =
                    log.append(
                            records.of(
                                    id,
                                    call,
                                    decision,
                                    decision.effect(),
                                    reason,
                                    decider,
                                    approval));
        } catch (NotRecorded e) {
            if (decision.effect() != Effect.DENY) {
                throw e;
            }
            // Policy did speak, and its deny holds with or without a record.
            reason += " (this could not be recorded: " + e.getMessage() + ")";
        }
        return new Answer(id, decision.effect(), reason, decider, decision, approval, receipt);
    }

    /** Whether one more call of what is turned away is part of a sum and no record of its own. */
    private boolean counted(ToolCall call, Decision decision) throws NotRecorded {
        String agent = call.subject().agent();
        Explanation because = decision.explanation();
        return !refusals.alone(
                Repeats.Kind.TURNED_AWAY,
                agent + " (" + because.decider().id() + ")",
                agent,
                call.client() + " " + call.tool() + " of risk " + because.risk().wire());
    }

    private Answer ask(String id, ToolCall call, Analysis analysis, Decision.Ask ask, Waiting wait)
            throws NotRecorded, InterruptedException, PolicySource.Unreadable {
        String driver = call.subject().person() == null ? "" : call.subject().person();
        if (!Ballot.answerable(
                ask.requirements(),
                driver,
                voters.among(ask.requirements(), driver, place(call)))) {
            Decision deny =
                    new Decision.Deny(
                            "nobody can approve this: it needs "
                                    + String.join(", ", Ballot.approvers(ask.requirements())),
                            ask.explanation());
            return settled(id, call, new Verdict(analysis, deny), null);
        }
        Work work = work(call);
        String task = work.key();
        Set<String> intents = Intents.asked(analysis, ask, call.context());
        String digest = CallDigest.of(call, analysis);
        // What people said of this very call comes before what they said of calls like it.
        for (ApprovalRequest answered : approvals.live(digest)) {
            if (answered.state() == State.APPROVED && !stale(answered)) {
                return wait.purpose() == Purpose.ASK
                        ? pending(answered, ask, null)
                        : hold(answered, call, ask, wait, false);
            }
        }
        if (wait.purpose() != Purpose.ASK && approvals.standsDenied(task, intents).isEmpty()) {
            Optional<Answer> granted = granted(id, call, analysis, ask, work);
            if (granted.isPresent()) {
                return granted.get();
            }
        }
        for (ApprovalRequest earlier : approvals.live(digest)) {
            boolean putOff =
                    earlier.state() == State.PENDING
                            && earlier.absence().then() == Unanswered.Then.DEFER;
            if (putOff || !stale(earlier)) {
                return hold(earlier, call, ask, wait, false);
            }
        }
        Optional<ApprovalRequest> denied = approvals.deniedBefore(task, intents);
        if (denied.isPresent()) {
            stopOffer.consider(denied.get());
            return deniedBefore(id, call, ask, denied.get());
        }
        if (wait.purpose() == Purpose.KNOW) {
            return settled(id, call, new Verdict(analysis, ask), null);
        }
        if (!flood.admits(call.subject().agent())) {
            return flooded(id, call, ask);
        }
        Offer offer = granting.offer(call, analysis, ask, work);
        ApprovalRequest request = request(id, call, ask, digest, offer, intents);
        Receipt receipt =
                approvals.open(
                        request,
                        records.of(
                                id,
                                call,
                                ask,
                                Effect.ASK,
                                ask.reason(),
                                ask.explanation().decider(),
                                request));
        Optional<Answer> stopped = stoppedMeanwhile(id, call, new Verdict(analysis, ask));
        if (stopped.isPresent()) {
            return stopped.get();
        }
        if (!wait.atMost().isPositive()) {
            return pending(request, ask, receipt);
        }
        return hold(request, call, ask, wait, false);
    }

    /** The answer of what people approved for more than one call. */
    private Optional<Answer> granted(
            String id, ToolCall call, Analysis analysis, Decision.Ask ask, Work work)
            throws NotRecorded {
        Set<String> spent = new HashSet<>();
        // Another call may use up a grant between the look and the use; then the others are tried.
        while (true) {
            Optional<Set<String>> covering = granting.covering(call, analysis, ask, work, spent);
            if (covering.isEmpty()) {
                return Optional.empty();
            }
            String ids = String.join(", ", covering.get());
            String reason = "allowed by " + ids + ", which people approved before";
            Decider decider = new Decider(Decider.Kind.GRANT, ids);
            Optional<Receipt> receipt =
                    grants.use(
                            covering.get(),
                            records.of(id, call, ask, Effect.ALLOW, reason, decider, null));
            if (receipt.isPresent()) {
                return Optional.of(
                        new Answer(id, Effect.ALLOW, reason, decider, ask, null, receipt.get()));
            }
            spent.addAll(covering.get());
        }
    }

    /** A yes for more than one call goes for those that wait already as well. */
    private void granted(ApprovalRequest approved) {
        boolean lasts =
                approved.votes().stream()
                        .anyMatch(vote -> vote.terms().scope() != Grant.Scope.ONCE);
        if (approved.state() == State.APPROVED && lasts) {
            Thread.ofVirtual().name("granted").start(() -> endCovered(approved));
        }
    }

    /** Ends the open questions that a grant answers: {@link #hold} finds it then. */
    private void endCovered(ApprovalRequest approved) {
        Optional<Grant> made =
                grants.list().stream()
                        .filter(grant -> grant.approval().equals(approved.id()))
                        .findFirst();
        if (made.isEmpty()) {
            return;
        }
        Grant grant = made.get();
        int left = grant.uses() == null ? Integer.MAX_VALUE : grant.uses() - grant.used();
        for (ApprovalRequest open : approvals.pending()) {
            if (left <= 0) {
                return;
            }
            if (open.requester().equals(approved.requester()) && covers(grant, open)) {
                try {
                    Optional<Receipt> ended =
                            approvals.end(open, State.SUPERSEDED, "covered by " + grant.id(), null);
                    left -= ended.isPresent() ? 1 : 0;
                } catch (NotRecorded e) {
                    // It stays open, and people may still answer it.
                    return;
                }
            }
        }
    }

    private boolean covers(Grant grant, ApprovalRequest open) {
        try {
            ToolCall call = CallJson.read(open.call());
            Verdict verdict = judge(call, open);
            return verdict.decision() instanceof Decision.Ask ask
                    && granting.covering(call, verdict.analysis(), ask, work(call), Set.of())
                            .filter(ids -> ids.contains(grant.id()))
                            .isPresent();
        } catch (PolicySource.Unreadable | RuntimeException | StackOverflowError e) {
            return false;
        }
    }

    private Answer deniedBefore(String id, ToolCall call, Decision.Ask ask, ApprovalRequest denied)
            throws NotRecorded {
        Vote no = denied.votes().getLast();
        String reason =
                no.person()
                        + " denied this as "
                        + denied.id()
                        + (no.guidance().isBlank() ? "" : ": " + no.guidance())
                        + "; the same by other means stays denied in this task";
        Decider decider = new Decider(Decider.Kind.PERSON, no.person());
        Receipt receipt =
                log.append(records.of(id, call, ask, Effect.DENY, reason, decider, denied));
        return new Answer(id, Effect.DENY, reason, decider, ask, denied, receipt);
    }

    private Answer flooded(String id, ToolCall call, Decision ask) throws NotRecorded {
        String reason =
                "this agent put "
                        + flood.most()
                        + " questions to people within a minute, which is as many as it may; go on"
                        + " with what needs nobody and ask again later";
        Decider decider = new Decider(Decider.Kind.DEFAULT_POLICY, "questions_per_minute");
        Receipt receipt = log.append(records.of(id, call, ask, Effect.DENY, reason, decider, null));
        return new Answer(id, Effect.DENY, reason, decider, ask, null, receipt);
    }

    /** The piece of work a call belongs to. */
    private Work work(ToolCall call) {
        Set<String> projects = new HashSet<>(projects(call));
        // What a machine told may let a stop reach it, and nothing else.
        call.told().map(this::projects).ifPresent(projects::addAll);
        return new Work(
                call.subject().agent(),
                call.task(),
                call.session(),
                analyzer.project(call.context()),
                projects);
    }

    private Set<String> projects(ToolCall call) {
        String repository = analyzer.project(call.context());
        Set<String> projects =
                new HashSet<>(
                        List.of(call.context().workspace(), repository, lastPart(repository)));
        String named = analyzer.placed(call).subject().project();
        if (named != null) {
            projects.add(named);
        }
        return projects;
    }

    private static String lastPart(String folder) {
        return folder.substring(Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\')) + 1);
    }

    /** Tells gates what was stopped since it was allowed. */
    public PushReceipts.Halted haltedPushes() {
        return new PushReceipts.Halted() {
            @Override
            public Optional<String> call(ObjectNode recorded) {
                ToolCall call = CallJson.read(recorded);
                return stops.against(work(call))
                        .map(Stop::told)
                        .or(() -> organisation.refusal(call.subject().agent()));
            }

            @Override
            public Optional<String> pass(Instant made) {
                return stops.ofAllSince(made).map(Stop::told);
            }
        };
    }

    /** Stops work: its open questions end, and who waits for them is told so. */
    public Stop stop(Stop.Kind kind, String name, String reason, String person) throws NotRecorded {
        Stop stop = stops.stop(kind, name, reason, person);
        endQuestions(stop);
        return stop;
    }

    private void endQuestions(Stop stop) throws NotRecorded {
        // The queue first: what is taken out of it puts no question any more.
        deferral.withdraw(call -> stop.covers(work(call)), stop.told());
        approvals.withdraw(
                request -> stop.covers(work(CallJson.read(request.call()))), stop.told());
    }

    private ApprovalRequest request(
            String id,
            ToolCall call,
            Decision.Ask ask,
            String digest,
            Offer offer,
            Set<String> intents) {
        Instant now = clock.instant();
        Instant expires = now.plus(ask.expires().orElse(expiry));
        return new ApprovalRequest(
                "APR-" + approvals.nextNumber(),
                0,
                id,
                digest,
                State.PENDING,
                CallJson.of(call),
                DecisionJson.of(id, ask),
                ask.requirements(),
                List.of(),
                call.subject().agent(),
                call.subject().person(),
                offer.task(),
                intents,
                offer,
                0,
                now,
                expires,
                null,
                null,
                null,
                Absence.of(ask.unanswered(), expires));
    }

    /**
     * Waits for people, then decides the call again: an approval stands only for what policy still
     * asks.
     */
    private Answer hold(
            ApprovalRequest request,
            ToolCall call,
            Decision.Ask ask,
            Waiting wait,
            boolean asStored)
            throws NotRecorded, InterruptedException, PolicySource.Unreadable {
        ApprovalRequest now = approvals.await(request.id(), wait.atMost());
        if (stale(now)) {
            if (now.state() == State.PENDING) {
                absences.expire(now);
            } else {
                Optional<Receipt> _ =
                        approvals.end(now, State.EXPIRED, "approved, but not used in time", null);
            }
            now = approvals.find(request.id()).orElseThrow();
        }
        if (now.state() == State.PENDING && approvals.stopping() && wait.atMost().isPositive()) {
            return failed(request.decision(), call, "the server is stopping");
        }
        Optional<Stop> stop = stops.against(work(call));
        if (stop.isPresent()) {
            if (now.state() == State.PENDING || now.state() == State.APPROVED) {
                endQuestions(stop.get());
            }
            return settled(now.decision(), call, judge(call).under(stop.get()), now);
        }
        return switch (now.state()) {
            case PENDING -> pending(now, ask, null);
            case APPROVED -> use(now, call, asStored, wait.rewrites());
            case EXPIRED -> {
                Optional<Deferred> later = deferral.putOff(now);
                yield later.isPresent()
                        ? Deferral.waits(later.get(), ask)
                        : refused(now, call, ask);
            }
            case SUPERSEDED -> {
                Verdict again = judge(call, now);
                Optional<Answer> granted =
                        again.decision() instanceof Decision.Ask still
                                ? granted(now.decision(), call, again.analysis(), still, work(call))
                                : Optional.empty();
                yield granted.isPresent() ? granted.get() : refused(now, call, ask);
            }
            case DENIED, WITHDRAWN, USED -> refused(now, call, ask);
        };
    }

    /** Whether its time is over: to be answered, or, once approved, to be used. */
    private boolean stale(ApprovalRequest request) {
        Instant now = clock.instant();
        return switch (request.state()) {
            case PENDING -> request.over(now);
            case APPROVED -> request.ended() != null && !now.isBefore(request.ended().plus(expiry));
            case DENIED, EXPIRED, WITHDRAWN, SUPERSEDED, USED -> false;
        };
    }

    private Answer pending(ApprovalRequest request, Decision.Ask ask, @Nullable Receipt receipt) {
        return new Answer(
                request.decision(),
                Effect.ASK,
                ask.reason(),
                ask.explanation().decider(),
                ask,
                request,
                null,
                receipt,
                approvals.standing(request));
    }

    /**
     * Uses an approval up.
     *
     * @param asStored whether the call is the one kept with the request, which is the same by
     *     identity although its secrets are masked; otherwise it must have the request's digest
     */
    private Answer use(ApprovalRequest request, ToolCall sent, boolean asStored, boolean rewrites)
            throws NotRecorded, PolicySource.Unreadable {
        String id = request.decision();
        ObjectNode changed = Editing.instead(request);
        ToolCall call = changed == null ? sent : sent.withInput(changed);
        boolean another = asStored ? changed != null : !call.input().equals(sent.input());
        Verdict again = judge(call, request);
        // A call that a person changed may have become one that policy allows by itself.
        boolean allowed = changed != null && again.decision() instanceof Decision.Allow;
        if (!(again.decision() instanceof Decision.Ask) && !allowed) {
            return superseded(request, call, again);
        }
        List<Requirement> required = new ArrayList<>();
        if (changed != null) {
            required.addAll(request.requirements());
        }
        if (again.decision() instanceof Decision.Ask ask) {
            required.addAll(ask.requirements());
        }
        ApprovalRequest underNow = request.under(required.stream().distinct().toList());
        String digest = request.edit() == null ? request.digest() : request.edit().digest();
        boolean same = asStored || CallDigest.of(call, again.analysis()).equals(digest);
        if (!same || !(approvals.standing(underNow) instanceof Standing.Approved)) {
            Optional<Receipt> _ =
                    approvals.end(
                            request,
                            State.SUPERSEDED,
                            "what must be met has changed since it was approved",
                            null);
            return refused(approvals.find(request.id()).orElseThrow(), call, again.decision());
        }
        Vote last = request.votes().getLast();
        Decider decider = new Decider(Decider.Kind.PERSON, last.person());
        if (another && !rewrites) {
            // The approval stays for the call as it was changed, which the client must send itself.
            String told = Editing.told(request);
            Receipt receipt =
                    log.append(
                            records.of(
                                    id,
                                    sent,
                                    again.decision(),
                                    Effect.DENY,
                                    told,
                                    decider,
                                    request));
            return new Answer(id, Effect.DENY, told, decider, again.decision(), request, receipt);
        }
        String reason =
                "approved by "
                        + people(request)
                        + request.brokenGlass()
                                .map(vote ->
                                        " ("
                                                + vote.person()
                                                + " alone, BREAK-GLASS: "
                                                + vote.breakGlass()
                                                + ")")
                                .orElse("")
                        + (request.edit() == null ? "" : " with a change")
                        + " as "
                        + request.id();
        Optional<Receipt> receipt =
                approvals.end(
                        request,
                        State.USED,
                        reason,
                        records.of(
                                id,
                                call,
                                again.decision(),
                                Effect.ALLOW,
                                reason,
                                decider,
                                request));
        if (receipt.isEmpty()) {
            // Somebody used it first: an approval is for one call.
            return refused(approvals.find(request.id()).orElseThrow(), call, again.decision());
        }
        return new Answer(
                id,
                Effect.ALLOW,
                reason,
                decider,
                again.decision(),
                approvals.find(request.id()).orElse(request),
                another ? call.input() : null,
                receipt.get(),
                null);
    }

    /**
     * The answer to a call whose question was still open when it was answered first: waits for
     * people, at most {@code wait}, and uses the approval when they agreed.
     */
    public Answer later(ApprovalRequest request, Duration wait) {
        ToolCall call = CallJson.read(request.call());
        try {
            Verdict verdict = judge(call, request);
            boolean edited = request.edit() != null && request.state() == State.APPROVED;
            if (edited && verdict.decision() instanceof Decision.Allow) {
                return use(request, call, true, false);
            }
            return verdict.decision() instanceof Decision.Ask ask
                    ? hold(request, call, ask, new Waiting(wait, false), true)
                    : request.state() == State.PENDING || request.state() == State.APPROVED
                            ? superseded(request, call, verdict)
                            : refused(request, call, verdict.decision());
        } catch (PolicySource.Unreadable e) {
            return failed(request.decision(), call, String.valueOf(e.getMessage()));
        } catch (NotRecorded e) {
            return unrecorded(
                    request.decision(), "the decision could not be recorded: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(request.decision(), call, "the server is stopping");
        } catch (RuntimeException | StackOverflowError e) {
            return failed(request.decision(), call, internalError(e));
        }
    }

    private Answer superseded(ApprovalRequest request, ToolCall call, Verdict again)
            throws NotRecorded {
        String why = "policy changed since it was asked: " + again.decision().reason();
        Optional<Receipt> _ = approvals.end(request, State.SUPERSEDED, why, null);
        return settled(
                request.decision(), call, again, approvals.find(request.id()).orElse(request));
    }

    private static String internalError(Throwable e) {
        return "an error inside Countersign (" + e.getClass().getSimpleName() + ")";
    }

    private Answer refused(ApprovalRequest request, ToolCall call, Decision ask)
            throws NotRecorded {
        String reason =
                switch (request.state()) {
                    case DENIED -> request.ending() == null ? "denied" : request.ending();
                    case EXPIRED ->
                            request.votes().stream().anyMatch(Vote::approve)
                                    ? request.id() + " has expired: " + request.ending()
                                    : "nobody answered " + request.id() + " before it expired";
                    case WITHDRAWN, SUPERSEDED -> request.id() + " is void: " + request.ending();
                    case USED -> request.id() + " was used already, by another call like this one";
                    case PENDING, APPROVED -> request.id() + " is still open (this is a bug)";
                };
        Decider decider =
                request.state() == State.DENIED
                        ? new Decider(Decider.Kind.PERSON, request.votes().getLast().person())
                        : ask.explanation().decider();
        Receipt receipt =
                log.append(
                        records.of(
                                request.decision(),
                                call,
                                ask,
                                Effect.DENY,
                                reason,
                                decider,
                                request));
        return new Answer(request.decision(), Effect.DENY, reason, decider, ask, request, receipt);
    }

    private static String people(ApprovalRequest request) {
        return String.join(
                ", ",
                request.votes().stream()
                        .filter(Vote::approve)
                        .map(Vote::person)
                        .distinct()
                        .toList());
    }

    /**
     * A call that could not even be read; recorded, and answered with a deny that is not policy's.
     */
    public Answer cannotJudge(
            String client, @Nullable String tool, @Nullable String agent, String why) {
        String id = ids.next();
        try {
            String who = agent == null ? "somebody" : agent;
            if (!refusals.alone(Repeats.Kind.UNREAD, who, agent, client)) {
                return refused(id, why, null);
            }
        } catch (NotRecorded e) {
            return unrecorded(id, why + "; nor could this be recorded: " + e.getMessage());
        }
        return failure(id, why, records.unread(id, client, tool, agent, why));
    }

    private Answer failed(String id, ToolCall call, String why) {
        Decision deny = failureDecision(why);
        return failure(
                id,
                why,
                records.of(
                        id,
                        call,
                        deny,
                        Effect.DENY,
                        deny.reason(),
                        deny.explanation().decider(),
                        null));
    }

    private Answer failure(String id, String why, AuditRecord event) {
        try {
            return refused(id, why, log.append(event));
        } catch (NotRecorded e) {
            return unrecorded(id, why + "; nor could this be recorded: " + e.getMessage());
        }
    }

    private static Answer unrecorded(String id, String why) {
        return refused(id, why, null);
    }

    private static Answer refused(String id, String why, @Nullable Receipt receipt) {
        Decision deny = failureDecision(why);
        return new Answer(
                id, Effect.DENY, deny.reason(), deny.explanation().decider(), deny, null, receipt);
    }

    private static Decision failureDecision(String why) {
        return new Decision.Deny(
                "Countersign could not judge this: " + why,
                new Explanation(
                        List.of(),
                        RiskTier.CRITICAL,
                        "",
                        new Decider(Decider.Kind.FAILURE, null),
                        "",
                        List.of(),
                        Obligations.NONE));
    }
}
