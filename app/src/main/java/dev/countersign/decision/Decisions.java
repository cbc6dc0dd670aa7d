package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds decisions again by their id. */
public final class Decisions {
    private final AuditQuery ledger;
    private final Approvals approvals;
    private final DecisionPoint point;

    public Decisions(AuditQuery ledger, Approvals approvals, DecisionPoint point) {
        this.ledger = ledger;
        this.approvals = approvals;
        this.point = point;
    }

    /**
     * The decision as it stands now, in the shape of {@code POST /v1/decisions}; waits for people
     * at most {@code wait} when they have not answered yet.
     *
     * @param url where a person answers a request
     */
    public Optional<ObjectNode> find(
            String id, Duration wait, Function<ApprovalRequest, String> url) {
        List<Recorded> records =
                ledger.ofDecision(id).stream()
                        .filter(r -> "decision".equals(r.body().path("kind").asText()))
                        .toList();
        if (records.isEmpty()) {
            return Optional.empty();
        }
        Optional<ApprovalRequest> request =
                approvals.find(records.getFirst().body().path("approval").asText());
        if (request.isPresent()
                && (request.get().state() == State.PENDING
                        || request.get().state() == State.APPROVED)) {
            Answer answer = point.later(request.get(), wait);
            ApprovalRequest now = approvals.find(request.get().id()).orElse(request.get());
            return Optional.of(AnswerJson.of(answer, approvals.standing(now), url.apply(now)));
        }
        Recorded last = records.getLast();
        ObjectNode json = last.body().deepCopy();
        json.retain(
                List.of(
                        "effect",
                        "risk",
                        "reason",
                        "operations",
                        "instead",
                        "decider",
                        "policy_version"));
        json.put("id", id);
        request.ifPresent(r ->
                json.set("approval", ApprovalJson.brief(r, approvals.standing(r), url.apply(r))));
        ObjectNode receipt = json.putObject("receipt");
        receipt.put("index", last.index());
        receipt.put("hash", last.hash());
        return Optional.of(json);
    }
}
