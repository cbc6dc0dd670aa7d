package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds rules that make no difference, because profile, mode or another document says never. */
final class Unreachable {
    private final Policy policy;
    private final List<Policy> others;
    private final Standing standing;

    /**
     * What to look at.
     *
     * @param policy the document
     * @param together it and those it is used with
     */
    Unreachable(Policy policy, List<Policy> together) {
        this.policy = policy;
        this.others =
                together.stream()
                        .filter(other -> !other.equals(policy) && other.scope().everything())
                        .toList();
        this.standing =
                Standing.of(
                        together.stream()
                                .filter(other -> other.equals(policy) || others.contains(other))
                                .map(other -> other.withTrust(true))
                                .toList());
    }

    /** Why a rule makes no difference, or empty. */
    Optional<String> why(Rule rule) {
        if (rule.effect() != Effect.ALLOW && rule.effect() != Effect.ASK) {
            return Optional.empty();
        }
        Optional<String> denied = denied(rule);
        return denied.isPresent() || rule.effect() != Effect.ALLOW
                ? denied
                : never(rule.selector());
    }

    private Optional<String> denied(Rule rule) {
        for (Policy other : others) {
            if (other.level() == policy.level() && other.name().equals(policy.name())) {
                continue;
            }
            for (Rule deny : other.rules()) {
                if (deny.effect() == Effect.DENY
                        && deny.time() == null
                        && rule.selector().within(deny.selector())
                        && other.rules().stream()
                                .noneMatch(one ->
                                        one.effect() != Effect.DENY
                                                && one.selector()
                                                        .narrows(deny.selector(), false))) {
                    return Optional.of(
                            "never makes a difference, for "
                                    + deny.at()
                                    + " denies all of it in "
                                    + other.title()
                                    + "; leave it out, or write the exception there");
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> never(Selector selector) {
        Set<Action> actions = EnumSet.allOf(Action.class);
        Set<RiskTier> tiers =
                EnumSet.of(RiskTier.NONE, RiskTier.LOW, RiskTier.MEDIUM, RiskTier.HIGH);
        for (Condition condition : selector.conditions()) {
            switch (condition) {
                // Every operation of a command answers to the shell as well.
                case Condition.Actions(var some) -> {
                    if (!some.contains(Action.SHELL_RUN)) {
                        actions.retainAll(some);
                    }
                }
                case Condition.InDomain(var domains) ->
                        actions.removeIf(action -> !domains.contains(action.domain()));
                case Condition.Risk(var some) -> tiers.retainAll(some);
                case Condition.Command _,
                        Condition.Paths _,
                        Condition.Hosts _,
                        Condition.Field _,
                        Condition.Outside _,
                        Condition.Tool _,
                        Condition.Tag _,
                        Condition.Who _ -> {}
            }
        }
        // What build output is deleted by counts as a write.
        if (actions.contains(Action.FILE_DELETE)) {
            actions.add(Action.FILE_WRITE);
        }
        return all(actions.stream().map(standing.cells()::get).toList())
                .or(() -> all(tiers.stream().map(standing.tiers()::get).toList()));
    }

    private static Optional<String> all(List<Because> says) {
        if (says.isEmpty() || says.stream().anyMatch(one -> one.effect() != Effect.DENY)) {
            return Optional.empty();
        }
        return Optional.of(
                "never makes a difference, for "
                        + says.getFirst().text()
                        + ", and no rule lifts that; change the cell, or leave the rule out");
    }
}
