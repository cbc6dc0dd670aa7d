package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Clock;

/** Offers people to stop work that tries again and again what one of them denied. */
public final class StopOffer {
    private final int after;
    private final Alarms alarms;
    private final Clock clock;

    /**
     * Made with the server's settings.
     *
     * @param after how many more tries it takes
     */
    public StopOffer(int after, Alarms alarms, Clock clock) {
        this.after = after;
        this.alarms = alarms;
        this.clock = clock;
    }

    /** Whether it was tried again so often that people are offered to stop the work. */
    public boolean holds(ApprovalRequest denied) {
        return denied.repeats() >= after;
    }

    /** Tells people of it with the try that makes it so many, and not again. */
    void consider(ApprovalRequest denied) throws NotRecorded {
        if (denied.repeats() != after) {
            return;
        }
        String task = denied.call().path("task").asText(denied.call().path("session").asText(""));
        String work = task.isEmpty() ? "--agent " + denied.requester() : "--task " + task;
        String text =
                "`%s` tried %d times more what %s denied as %s; stop its work there, or with"
                                .formatted(
                                        denied.requester(),
                                        after,
                                        denied.votes().getLast().person(),
                                        denied.id())
                        + " `countersign stop "
                        + work
                        + "`";
        Receipt _ =
                alarms.raise(
                        AuditRecord.change(
                                "alarm",
                                clock.instant(),
                                null,
                                denied.requester(),
                                text,
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("approval", denied.id())
                                        .put("tried_again", after)));
    }
}
