package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Who may answer what by a document, in words. */
public final class AuthorityText {
    private AuthorityText() {}

    /**
     * One statement of a document.
     *
     * @param what which calls
     * @param who must agree, and how many
     * @param at where it stands
     */
    public record Line(String what, String who, String at) {}

    /** What a document says of it: its approval policies, then its rules that name people. */
    public static List<Line> of(Policy policy) {
        List<Line> lines = new ArrayList<>();
        for (ApprovalPolicy approval : policy.approvals()) {
            lines.add(
                    new Line(
                            what(approval),
                            who(approval.people())
                                    + (approval.binding() ? "; no lower level replaces it" : ""),
                            approval.at().toString()));
        }
        for (Rule rule : policy.rules()) {
            if (rule.effect() == Effect.ASK && rule.people().demands()) {
                lines.add(new Line(rule.text(), who(rule.people()), rule.at().toString()));
            }
        }
        return lines;
    }

    private static String what(ApprovalPolicy approval) {
        String actions =
                approval.actions().size() == Action.values().length
                        ? "every action"
                        : approval.actions().stream()
                                .map(Action::wire)
                                .sorted()
                                .collect(Collectors.joining(", "));
        String risks =
                approval.tiers().size() == RiskTier.values().length
                        ? ""
                        : ", of risk "
                                + approval.tiers().stream()
                                        .sorted()
                                        .map(RiskTier::wire)
                                        .collect(Collectors.joining(", "));
        return actions + risks;
    }

    private static String who(Rule.People people) {
        String text = RuleText.people(people);
        return text.isEmpty() ? "driver or owner" : text.substring(", approvers ".length());
    }
}
