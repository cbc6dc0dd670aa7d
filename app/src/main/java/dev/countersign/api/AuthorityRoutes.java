package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Authority;
import dev.countersign.approval.Escalated;
import dev.countersign.call.Place;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.ApprovalJson;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.PolicySource;
import dev.countersign.people.Principal;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Requirement;
import io.helidon.webserver.http.ServerRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/approvals/explain}: who could approve a call or answer a question, and why. */
final class AuthorityRoutes {
    private final DecisionPoint decisions;
    private final Approvals approvals;
    private final Voters people;
    private final DecisionRoutes calls;
    private final Clock clock;

    AuthorityRoutes(
            DecisionPoint decisions,
            Approvals approvals,
            Voters people,
            DecisionRoutes calls,
            Clock clock) {
        this.decisions = decisions;
        this.approvals = approvals;
        this.people = people;
        this.calls = calls;
        this.clock = clock;
    }

    /** Body: {@code approval}, or a call with the agent and the driver it would come from. */
    ObjectNode explain(ServerRequest request, ObjectNode body, Principal by) {
        if (body.has("approval")) {
            String id = new Fields(body, "approval").required("approval", 64);
            ApprovalRequest asked =
                    approvals
                            .find(id)
                            .orElseThrow(() ->
                                    Problem.notFound("no approval `" + Fields.shown(id) + "`"));
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("effect", "ask");
            json.put("reason", asked.explanation().path("reason").asText(""));
            return with(
                    json,
                    asked.requirements(),
                    asked.driverOrNone(),
                    approvals.place(asked),
                    asked.asked());
        }
        Fields fields =
                new Fields(body, "client", "tool", "input", "cwd", "workspace", "agent", "driver");
        @Nullable String driver = fields.text("driver", 320).orElse(null);
        String agent = fields.text("agent", 128).orElse("by-hand");
        ObjectNode call = body.deepCopy();
        call.remove(List.of("driver", "agent"));
        ToolCall asked;
        Decision decision;
        try {
            asked =
                    calls.call(
                            request,
                            call,
                            by,
                            new Subject(calls.tenant(), agent, null, driver, null));
            decision = decisions.tried(asked);
        } catch (PolicySource.Unreadable e) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("effect", "deny")
                    .put("reason", String.valueOf(e.getMessage()));
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("effect", decision.effect().wire());
        json.put("reason", decision.reason());
        return decision instanceof Decision.Ask ask
                ? with(
                        json,
                        ask.requirements(),
                        driver == null ? "" : driver,
                        decisions.place(asked),
                        clock.instant())
                : json;
    }

    private ObjectNode with(
            ObjectNode json,
            List<Requirement> requirements,
            String driver,
            Place place,
            Instant asked) {
        Authority authority =
                Authority.of(requirements, driver, people.among(requirements, driver, place));
        json.put("answerable", authority.answerable());
        ArrayNode list = json.putArray("requirements");
        for (Authority.Part part : authority.parts()) {
            ObjectNode one = list.addObject();
            one.put("from", part.requirement().from());
            ArrayNode sources = one.putArray("approvers");
            part.requirement().approvers().forEach(sources::add);
            one.put("needed", part.needed());
            one.put("answerable", part.answerable());
            findings(one.putArray("people"), part.people());
            findings(one.putArray("left_out"), part.leftOut());
            List<Escalated> steps = Escalated.of(List.of(part.requirement()), asked);
            if (!steps.isEmpty()) {
                ApprovalJson.steps(one.putArray("escalations"), steps);
            }
        }
        return json;
    }

    private static void findings(ArrayNode list, List<Authority.Finding> findings) {
        findings.forEach(f -> list.addObject().put("email", f.email()).put("because", f.because()));
    }
}
