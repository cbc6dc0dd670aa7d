package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.Set;

/**
 * Who may answer when no asking rule says so.
 *
 * @param actions the actions it is for
 * @param tiers the risk tiers it is for
 * @param people who
 * @param binding whether no nearer document can replace it
 * @param at where it stands
 */
public record ApprovalPolicy(
        Set<Action> actions,
        Set<RiskTier> tiers,
        Rule.People people,
        boolean binding,
        Position at) {
    public ApprovalPolicy {
        actions = Set.copyOf(actions);
        tiers = Set.copyOf(tiers);
    }

    boolean matches(Subjected operation) {
        return actions.contains(operation.operation().action()) && tiers.contains(operation.risk());
    }
}
