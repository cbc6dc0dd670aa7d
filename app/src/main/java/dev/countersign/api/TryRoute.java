package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Ballot;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.CallJson;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.PolicySource;
import dev.countersign.decision.StoredPolicies;
import dev.countersign.people.Principal;
import dev.countersign.policy.Decision;
import dev.countersign.policy.DecisionJson;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.policy.Requirement;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/policies/try}: what policy says of a call, as it is and under a draft. Nothing is
 * asked and nothing recorded.
 */
public final class TryRoute {
    /** What the answer has in the place of a decision's id. */
    private static final String TRIED = "tried";

    private final DecisionPoint decisions;
    private final DecisionRoutes calls;
    private final PolicyRoutes policies;
    private final Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots;

    TryRoute(
            DecisionPoint decisions,
            DecisionRoutes calls,
            PolicyRoutes policies,
            Function<StoredPolicies.State, Function<ToolCall, PolicySnapshot>> snapshots) {
        this.decisions = decisions;
        this.calls = calls;
        this.policies = policies;
        this.snapshots = snapshots;
    }

    /**
     * Body: a call with the agent and the driver it would come from, and perhaps a {@code draft}.
     *
     * @throws Problem when it is no call, or the draft has an error
     */
    public ObjectNode tried(ServerRequest request, ObjectNode body, Principal by) {
        Fields fields =
                new Fields(
                        body,
                        "client",
                        "tool",
                        "input",
                        "cwd",
                        "workspace",
                        "agent",
                        "driver",
                        "draft");
        @Nullable String driver = fields.text("driver", 320).orElse(null);
        String agent = fields.text("agent", 128).orElse("main");
        Optional<StoredPolicies.State> draft =
                body.hasNonNull("draft")
                        ? Optional.of(policies.usable(fields.object("draft"), by).state())
                        : Optional.empty();
        ObjectNode asked = body.deepCopy();
        asked.remove(List.of("driver", "agent", "draft"));
        ToolCall call =
                calls.call(
                        request, asked, by, new Subject(calls.tenant(), agent, null, driver, null));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("call", CallJson.of(call));
        json.set("now", decided(() -> decisions.tried(call)));
        draft.ifPresent(state -> {
            Function<ToolCall, PolicySnapshot> documents = snapshots.apply(state);
            json.set(
                    "draft",
                    decided(() ->
                            decisions.tried(
                                    call, placed -> documents.apply(placed).applyingTo(placed))));
        });
        return json;
    }

    @FunctionalInterface
    private interface Deciding {
        Decision decide() throws PolicySource.Unreadable;
    }

    private static ObjectNode decided(Deciding deciding) {
        try {
            Decision decision = deciding.decide();
            ObjectNode json = DecisionJson.of(TRIED, decision);
            if (decision instanceof Decision.Ask ask) {
                approvers(json.putArray("approvers"), ask.requirements());
            }
            return json;
        } catch (PolicySource.Unreadable e) {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", TRIED);
            json.put("effect", "deny").put("reason", String.valueOf(e.getMessage()));
            json.putArray("operations");
            return json;
        }
    }

    private static void approvers(ArrayNode list, List<Requirement> requirements) {
        Ballot.approvers(requirements).forEach(list::add);
    }
}
