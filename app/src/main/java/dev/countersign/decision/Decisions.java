package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Queue;
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
    private final Queue queue;
    private final DecisionPoint point;

    public Decisions(AuditQuery ledger, Approvals approvals, Queue queue, DecisionPoint point) {
        this.ledger = ledger;
        this.approvals = approvals;
        this.queue = queue;
        this.point = point;
    }

    /**
     * The decision as it stands now, for the agent that asked; in the shape of {@code POST
     * /v1/decisions}. Waits for people at most {@code wait} when they have not answered yet, and
     * uses their approval.
     *
     * @param url where a person answers a request
     */
    public Optional<ObjectNode> find(
            String id, Duration wait, Function<ApprovalRequest, String> url) {
        Optional<ApprovalRequest> request =
                last(id).filter(Decisions::unanswered).flatMap(this::request);
        if (request.isPresent()) {
            Answer answer = point.later(request.get(), wait);
            ApprovalRequest now = approvals.find(request.get().id()).orElse(request.get());
            return Optional.of(AnswerJson.of(answer, approvals.standing(now), url.apply(now)));
        }
        return last(id).map(record -> json(id, record, url));
    }

    /** The same for everybody else: an approval is left for the agent that asked. */
    public Optional<ObjectNode> look(
            String id, Duration wait, Function<ApprovalRequest, String> url) {
        Optional<ApprovalRequest> request = last(id).flatMap(this::request);
        if (request.isPresent() && wait.isPositive()) {
            try {
                ApprovalRequest _ = approvals.await(request.get().id(), wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return last(id).map(record -> json(id, record, url));
    }

    private Optional<Recorded> last(String id) {
        return ledger.ofDecision(id).stream()
                .filter(r -> "decision".equals(r.body().path("kind").asText()))
                .reduce((_, later) -> later);
    }

    private Optional<ApprovalRequest> request(Recorded record) {
        return approvals.find(record.body().path("body").path("approval").asText());
    }

    /** Whether the agent was told nothing but that people are asked. */
    private static boolean unanswered(Recorded decision) {
        return decision.body().path("body").path("effect").asText().equals("ask");
    }

    private ObjectNode json(String id, Recorded record, Function<ApprovalRequest, String> url) {
        ObjectNode json =
                record.body().path("body") instanceof ObjectNode details
                        ? details.deepCopy()
                        : JsonNodeFactory.instance.objectNode();
        json.retain(
                List.of(
                        "effect",
                        "risk",
                        "reason",
                        "operations",
                        "instead",
                        "until",
                        "decider",
                        "policy_version"));
        json.put("id", id);
        request(record)
                .ifPresent(r ->
                        json.set(
                                "approval",
                                ApprovalJson.brief(r, approvals.standing(r), url.apply(r))));
        queue.ofDecision(id)
                .ifPresent(deferred -> json.set("deferred", DeferredView.brief(deferred)));
        ObjectNode receipt = json.putObject("receipt");
        receipt.put("index", record.index());
        receipt.put("hash", record.hash());
        return json;
    }
}
