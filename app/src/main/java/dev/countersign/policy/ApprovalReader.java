package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads approval policies. */
final class ApprovalReader {
    static final List<String> KEYS =
            List.of(
                    "match",
                    "risk",
                    "approvers",
                    "require",
                    "at_least",
                    "not_requester",
                    "escalate",
                    "binding");

    private final Source source;

    ApprovalReader(Source source) {
        this.source = source;
    }

    List<ApprovalPolicy> read(Tree tree) {
        List<ApprovalPolicy> approvals = new ArrayList<>();
        if (!(tree instanceof Tree.Items items)) {
            source.error(
                    tree,
                    "`approvals` is "
                            + tree.kind()
                            + "; expected a list such as `- {match: \"git_*\", approvers: [{role:"
                            + " maintainer}]}`");
            return approvals;
        }
        for (Tree item : items.items()) {
            if (!(item instanceof Tree.Entries map)) {
                source.error(
                        item,
                        "an approval policy is "
                                + item.kind()
                                + "; expected such as `{match: \"git_*\", approvers: [{role:"
                                + " maintainer}]}`");
                continue;
            }
            source.keys(map, "approvals", KEYS, Set.of());
            Keys keys = new Keys(map);
            Set<Action> actions = EnumSet.allOf(Action.class);
            Tree match = keys.get("match");
            if (match != null) {
                actions = EnumSet.noneOf(Action.class);
                for (String pattern : source.strings(match, "match")) {
                    actions.addAll(source.actions(match, pattern));
                }
            }
            Set<RiskTier> tiers = EnumSet.allOf(RiskTier.class);
            Tree risk = keys.get("risk");
            if (risk != null) {
                tiers = EnumSet.noneOf(RiskTier.class);
                if (risk instanceof Tree.Items list) {
                    for (Tree one : list.items()) {
                        source.tier(one, "risk").ifPresent(tiers::add);
                    }
                } else {
                    Optional<RiskTier> least = source.tier(risk, "risk");
                    for (RiskTier tier : RiskTier.values()) {
                        if (least.isPresent() && tier.atLeast(least.get())) {
                            tiers.add(tier);
                        }
                    }
                }
            }
            if (!keys.has("approvers")) {
                source.error(
                        map,
                        "the approval policy names no `approvers`; expected such as"
                                + " `[{role: maintainer}]`");
            }
            boolean binding =
                    keys.read("binding", t -> source.yes(t, "binding").orElse(false), false);
            approvals.add(
                    new ApprovalPolicy(
                            actions,
                            tiers,
                            new PeopleReader(source).read(keys),
                            binding,
                            source.at(map)));
        }
        return approvals;
    }
}
