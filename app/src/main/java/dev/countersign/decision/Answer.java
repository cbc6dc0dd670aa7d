package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.audit.Receipt;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is answered to a call: the decision of policy, and what people made of it.
 *
 * @param id the decision's id
 * @param effect what holds now; {@link Effect#ASK} only while people have not answered
 * @param reason one sentence for the agent
 * @param decider who or what settled it
 * @param decision what policy said
 * @param approval the request it led to, or null
 * @param input what runs instead of the input that was sent, or null; never but with an allow
 * @param receipt proof of the record, or null when nothing could be recorded (never with an allow)
 * @param standing what the votes of an open request amounted to, or null
 */
public record Answer(
        String id,
        Effect effect,
        String reason,
        Decider decider,
        Decision decision,
        @Nullable ApprovalRequest approval,
        @Nullable ObjectNode input,
        @Nullable Receipt receipt,
        @Nullable Standing standing) {
    /** An answer to the call as it was sent. */
    public Answer(
            String id,
            Effect effect,
            String reason,
            Decider decider,
            Decision decision,
            @Nullable ApprovalRequest approval,
            @Nullable Receipt receipt) {
        this(id, effect, reason, decider, decision, approval, null, receipt, null);
    }

    public Answer {
        if (effect == Effect.ALLOW && receipt == null) {
            throw new IllegalArgumentException("an allow without a receipt (this is a bug)");
        }
    }

    /**
     * The request it waits as, how many have agreed and until when they may, such as {@code APR-7
     * (1 of 2 have agreed, it expires at 2026-11-22T05:56:15Z)}; empty without a request.
     */
    public String pendingAs() {
        if (approval == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(approval.id()).append(" (");
        if (standing instanceof Standing.Open(int needed, int given)) {
            text.append(given).append(" of ").append(needed);
            text.append(needed == 1 ? " has agreed, " : " have agreed, ");
        }
        Instant deadline = approval.expires().truncatedTo(ChronoUnit.SECONDS);
        switch (approval.absence().then()) {
            case EXPIRE -> text.append("it expires at ").append(deadline);
            case WAIT -> text.append("it stays open");
            case DEFER ->
                    text.append("it is put off at ")
                            .append(deadline)
                            .append(" until ")
                            .append(approval.absence().again());
        }
        return text.append(')').toString();
    }
}
