package dev.countersign.approval;

import dev.countersign.approval.Absence.Notice;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * What time does to open questions: they escalate, and when nobody answers they expire, stay open
 * or are put off. Everything is computed from when a question was asked, so that nothing is lost
 * while no server runs; each thing is said once, whoever sees it first.
 */
public final class Absences {
    private final Approvals approvals;
    private final Queue queue;
    private final Clock clock;

    /**
     * Watches open questions.
     *
     * @param queue where calls wait whose question is put off
     */
    public Absences(Approvals approvals, Queue queue, Clock clock) {
        this.approvals = approvals;
        this.queue = queue;
        this.clock = clock;
    }

    /** Does what is due; called every second. */
    public void tick() throws NotRecorded {
        for (ApprovalRequest request : approvals.due()) {
            if (request.over(clock.instant())) {
                expire(request);
            } else {
                say(request);
            }
        }
    }

    /** Ends a question whose time is over, if nobody was first. */
    public void expire(ApprovalRequest request) throws NotRecorded {
        Instant again = request.absence().again();
        if (again == null || request.edit() != null) {
            // What a person changed was never sent, so nothing would come again.
            Optional<Receipt> _ =
                    approvals.end(request, State.EXPIRED, "nobody answered in time", null);
            return;
        }
        Deferred later = Deferred.unanswered(queue.nextId(), request, clock.instant(), again);
        String why = "nobody answered in time; it waits as " + later.id() + " until " + again;
        AuditRecord event =
                queue.event(
                        "deferred",
                        later,
                        null,
                        later.id() + " waits until " + again + ": nobody answered " + request.id());
        if (approvals.putOff(request, why, later, event)) {
            queue.opened(later);
        }
    }

    /** Tells of what has come since. */
    private void say(ApprovalRequest request) throws NotRecorded {
        ApprovalRequest now = request;
        for (Escalated each : Escalated.of(request)) {
            if (now.state() != State.PENDING) {
                return;
            }
            if (!clock.instant().isBefore(each.at()) && !now.absence().said(each.key())) {
                Optional<ApprovalRequest> next = said(now, each.key(), each.text(), each.at());
                if (next.isEmpty()) {
                    return;
                }
                now = next.get();
            }
        }
        if (now.overdue(clock.instant()) && !now.absence().said(Absence.OVERDUE)) {
            Optional<ApprovalRequest> _ =
                    said(
                            now,
                            Absence.OVERDUE,
                            "nobody answered in time; it stays open",
                            now.expires());
        }
    }

    /** Empty when the request has changed in between; it is due again in a second. */
    private Optional<ApprovalRequest> said(
            ApprovalRequest request, String of, String text, Instant since) throws NotRecorded {
        Notice notice = new Notice(of, request.version() + 1, text, clock.instant());
        return approvals.notice(request, notice, since);
    }
}
