package dev.countersign.approval;

import dev.countersign.policy.Escalation;
import dev.countersign.policy.ExplanationText;
import dev.countersign.policy.Requirement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A step of a question: from this time on others may answer as well.
 *
 * @param requirement where it is said
 * @param step who
 * @param number which step of the requirement, from 0
 * @param at when
 */
public record Escalated(Requirement requirement, Escalation step, int number, Instant at) {

    /** All steps of a question, the first to come first. */
    public static List<Escalated> of(ApprovalRequest request) {
        return of(request.requirements(), request.asked());
    }

    /**
     * The same of what a question would demand.
     *
     * @param asked when it was asked, or would be
     */
    public static List<Escalated> of(List<Requirement> requirements, Instant asked) {
        List<Escalated> all = new ArrayList<>();
        for (Requirement requirement : requirements) {
            for (int i = 0; i < requirement.escalations().size(); i++) {
                Escalation step = requirement.escalations().get(i);
                all.add(new Escalated(requirement, step, i, asked.plus(step.after())));
            }
        }
        all.sort(Comparator.comparing(Escalated::at));
        return all;
    }

    /** The people of the step, such as {@code one of role:owner}. */
    public String who() {
        return ExplanationText.who(step);
    }

    /** Whether they may answer now. */
    public boolean reached() {
        return number < requirement.reached();
    }

    /** Names the notice that says it. */
    String key() {
        return "escalation " + number + " of " + requirement.from();
    }

    String text() {
        return "escalated to " + who();
    }
}
