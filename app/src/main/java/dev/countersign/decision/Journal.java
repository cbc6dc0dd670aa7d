package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Work;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.Repeats;
import dev.countersign.audit.Summaries;
import dev.countersign.call.Subject;
import dev.countersign.policy.Redaction;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records what happens around decisions: outcomes, sessions, steps of a task, and alarms about
 * gaps.
 */
public final class Journal {
    private static final String ALARM = "alarm";

    private final AuditLog log;
    private final Alarms alarms;
    private final AuditQuery query;
    private final Approvals approvals;
    private final Grants grants;
    private final Summaries summaries;
    private final Repeats refusals;
    private final Clock clock;

    public Journal(
            AuditLog log,
            Alarms alarms,
            AuditQuery query,
            Approvals approvals,
            Grants grants,
            Summaries summaries,
            Clock clock) {
        this.log = log;
        this.alarms = alarms;
        this.query = query;
        this.approvals = approvals;
        this.grants = grants;
        this.summaries = summaries;
        this.refusals = new Repeats(log, clock);
        this.clock = clock;
    }

    /** What is refused again and again, counted. */
    public Repeats refusals() {
        return refusals;
    }

    /** What came of a call. A result nobody decided about is an alarm: something ran past us. */
    public Receipt outcome(String client, Subject subject, Outcome outcome) throws NotRecorded {
        Optional<Recorded> decision = decisionOf(outcome);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", outcome.status());
        if (outcome.durationMs() != null) {
            body.put("duration_ms", outcome.durationMs());
        }
        JsonNode about = decision.map(Recorded::body).orElseGet(() -> body.objectNode());
        body.put(
                "output",
                Redaction.leavesOutOutput(about)
                        ? Redaction.LEFT_OUT
                        : Redaction.keepsOutput(about)
                                ? summaries.whole(outcome.output())
                                : summaries.of(outcome.output()));
        body.put("output_chars", outcome.output().length());
        String id =
                decision.map(r -> r.body().path("decision").asText()).orElse(outcome.decision());
        boolean unmediated = decision.isEmpty();
        boolean denied =
                decision.isPresent()
                        && !"allow".equals(decision.get().body().path("effect").asText());
        String tool = outcome.tool() == null ? "a call" : outcome.tool();
        String summary =
                unmediated
                        ? "result of " + tool + " without a decision: it ran unmediated"
                        : denied
                                ? "result of " + tool + " although it was not allowed"
                                : tool + ": " + outcome.status();
        AuditRecord event =
                new AuditRecord(
                        unmediated || denied ? ALARM : "outcome",
                        clock.instant(),
                        id,
                        subject.agent(),
                        subject.person(),
                        client,
                        subject.project(),
                        outcome.session(),
                        outcome.callId(),
                        outcome.tool(),
                        null,
                        null,
                        null,
                        summary,
                        body);
        return unmediated || denied ? alarms.raise(event) : log.append(event);
    }

    private Optional<Recorded> decisionOf(Outcome outcome) {
        if (outcome.decision() != null) {
            return query.ofDecision(outcome.decision()).stream()
                    .filter(r -> "decision".equals(r.body().path("kind").asText()))
                    .reduce((_, later) -> later);
        }
        if (outcome.callId() == null) {
            return Optional.empty();
        }
        // Clients number the calls of a session; another's decision says nothing of this one.
        Map<String, String> filters = new HashMap<>();
        filters.put("kind", "decision");
        filters.put("call", outcome.callId());
        if (outcome.session() != null) {
            filters.put("session", outcome.session());
        }
        return query.list(filters, Long.MAX_VALUE, 1).stream().findFirst();
    }

    /** Something of a client's session: started, a prompt, a subagent, a settings change, ended. */
    public Receipt session(
            String client,
            Subject subject,
            @Nullable String session,
            String event,
            String summary,
            ObjectNode details)
            throws NotRecorded {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("event", event);
        body.set("details", details);
        return log.append(
                new AuditRecord(
                        "session",
                        clock.instant(),
                        null,
                        subject.agent(),
                        subject.person(),
                        client,
                        subject.project(),
                        session,
                        null,
                        null,
                        null,
                        null,
                        null,
                        summary,
                        body));
    }

    /** Something a person must look at. */
    public Receipt alarm(String client, Subject subject, @Nullable String session, String summary)
            throws NotRecorded {
        return alarms.raise(
                new AuditRecord(
                        ALARM,
                        clock.instant(),
                        null,
                        subject.agent(),
                        subject.person(),
                        client,
                        subject.project(),
                        session,
                        null,
                        null,
                        null,
                        null,
                        null,
                        summary,
                        JsonNodeFactory.instance.objectNode()));
    }

    /**
     * Somebody tried what only signed-in people may do: vote, accept, resume. It is refused; people
     * hear that it was tried.
     *
     * @param who an agent, or how the ledger names whoever else it was
     */
    public void triedForPeople(String who, String method, String path) throws NotRecorded {
        String what = method + " " + path;
        if (refusals.alone(Repeats.Kind.FOR_PEOPLE, who, null, what)) {
            raise(
                    who + " tried what only signed-in people may do: " + what,
                    JsonNodeFactory.instance.objectNode().put("tried", what));
        }
    }

    /**
     * The owner shortcut was used.
     *
     * @param what method and address
     * @param times how often, in the minute before
     */
    public Receipt ownerUse(String what, int times) throws NotRecorded {
        return log.append(
                AuditRecord.change(
                        "owner",
                        clock.instant(),
                        null,
                        null,
                        "owner shortcut: " + what + (times == 1 ? "" : ", " + times + " times"),
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("used", what)
                                .put("times", times)));
    }

    /**
     * The owner shortcut was refused to whom it is not meant for.
     *
     * @param who a few words
     * @param what method and address
     */
    public void ownerRefused(String who, String what) throws NotRecorded {
        if (refusals.alone(Repeats.Kind.OWNER, who, null, what)) {
            raise(
                    "owner shortcut used by " + who + ", refused: " + what,
                    JsonNodeFactory.instance.objectNode().put("tried", what).put("by", who));
        }
    }

    private void raise(String summary, ObjectNode body) throws NotRecorded {
        Receipt _ =
                alarms.raise(AuditRecord.change(ALARM, clock.instant(), null, null, summary, body));
    }

    /** Ends the open questions of a session that is over, and the task that had no other name. */
    public void sessionEnded(String session, Subject subject) throws NotRecorded {
        approvals.withdraw(
                request ->
                        session.equals(request.call().path("session").textValue())
                                && subject.agent().equals(request.requester())
                                && Objects.equals(subject.person(), request.driver()),
                "the session ended");
        String task = new Work("", null, session, null, Set.of()).key();
        grants.taskEnded(offer -> offer.task().equals(task));
    }
}
