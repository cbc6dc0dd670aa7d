package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Queue;
import dev.countersign.decision.Answer;
import dev.countersign.decision.AnswerJson;
import dev.countersign.decision.ApprovalJson;
import dev.countersign.decision.DeferredView;
import dev.countersign.policy.Effect;
import java.util.function.Supplier;

/** Answers and requests as JSON, with how the votes stand and where people find them. */
public final class Views {
    private final Approvals approvals;
    private final Queue queue;
    private final Supplier<String> address;

    /**
     * Writes what {@code approvals} and {@code queue} know.
     *
     * @param address how people reach this server, without a slash at the end
     */
    public Views(Approvals approvals, Queue queue, Supplier<String> address) {
        this.approvals = approvals;
        this.queue = queue;
        this.address = address;
    }

    ObjectNode of(Answer answer) {
        ApprovalRequest request = answer.approval();
        ObjectNode json =
                request == null
                        ? AnswerJson.of(answer, new Standing.Open(1, 0), "")
                        : AnswerJson.of(answer, approvals.standing(request), page(request));
        if (answer.effect() == Effect.DEFER) {
            queue.ofDecision(answer.id())
                    .ifPresent(deferred -> json.set("deferred", DeferredView.brief(deferred)));
        }
        return json;
    }

    ObjectNode of(ApprovalRequest request) {
        return ApprovalJson.full(request, approvals.standing(request), page(request));
    }

    /** Where a person answers it. */
    String page(ApprovalRequest request) {
        return address() + "/approvals/" + request.id();
    }

    /** How people reach this server, without a slash at the end. */
    String address() {
        return address.get();
    }
}
