package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analyzer;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Action;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Redaction;
import dev.countersign.policy.Requirement;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the ledger keeps of a decision. */
final class DecisionRecords {
    private final Analyzer analyzer;
    private final Clock clock;

    DecisionRecords(Analyzer analyzer, Clock clock) {
        this.analyzer = analyzer;
        this.clock = clock;
    }

    /**
     * The record of a decision.
     *
     * @param effect what was answered, which people may have made of what policy said
     * @param approval the request it led to or used up, or null
     */
    AuditRecord of(
            String id,
            ToolCall call,
            Decision decision,
            Effect effect,
            String reason,
            Decider decider,
            @Nullable ApprovalRequest approval) {
        ObjectNode body = DecisionJson.of(id, decision);
        body.put("effect", effect.wire());
        body.put("reason", reason);
        ObjectNode by = body.putObject("decider");
        by.put("kind", decider.kind().wire());
        by.put("id", decider.id());
        ObjectNode kept =
                Redaction.of(CallJson.brief(call), decision.explanation().obligations().redact());
        body.set("call", kept);
        if (effect == Effect.ALLOW && pushes(decision)) {
            PushReceipts.write(body, analyzer.pushes(call));
        }
        if (approval != null) {
            body.put("approval", approval.id());
            requirements(body.putArray("requirements"), approval.requirements());
            ArrayNode votes = body.putArray("votes");
            approval.votes().forEach(vote -> vote.writeBrief(votes.addObject()));
            approval.brokenGlass().ifPresent(vote -> body.put("break_glass", vote.breakGlass()));
        }
        return new AuditRecord(
                "decision",
                clock.instant(),
                id,
                call.subject().agent(),
                decider.kind() == Decider.Kind.PERSON ? decider.id() : call.subject().person(),
                call.client(),
                call.subject().project() == null
                        ? analyzer.project(call.context())
                        : call.subject().project(),
                call.session(),
                call.callId(),
                call.tool(),
                effect.wire(),
                decision.explanation().risk().wire(),
                decider.kind().wire(),
                CallJson.headline(call.tool(), kept.path("input")),
                body);
    }

    private static boolean pushes(Decision decision) {
        return decision.explanation().operations().stream()
                .map(judged -> judged.operation().action())
                .anyMatch(action -> action == Action.GIT_PUSH || action == Action.GIT_FORCE_PUSH);
    }

    /** Who had to agree: what shows later that nobody was passed over. */
    private static void requirements(ArrayNode list, List<Requirement> requirements) {
        for (Requirement requirement : requirements) {
            ObjectNode one = list.addObject().put("from", requirement.from());
            ArrayNode approvers = one.putArray("approvers");
            requirement.approvers().forEach(approvers::add);
            one.put(
                    "needs",
                    switch (requirement.quorum()) {
                        case Requirement.Quorum.Any _ -> "any";
                        case Requirement.Quorum.All _ -> "all";
                        case Requirement.Quorum.AtLeast(int count) -> Integer.toString(count);
                    });
            one.put("not_requester", requirement.notRequester());
        }
    }

    /** The record of a call that could not even be read. */
    AuditRecord unread(
            String id, String client, @Nullable String tool, @Nullable String agent, String why) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", why);
        return new AuditRecord(
                "failure",
                clock.instant(),
                id,
                agent,
                null,
                client,
                null,
                null,
                null,
                tool,
                Effect.DENY.wire(),
                null,
                Decider.Kind.FAILURE.wire(),
                "could not judge: " + why,
                body);
    }
}
