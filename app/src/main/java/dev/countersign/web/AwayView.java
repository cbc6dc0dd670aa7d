package dev.countersign.web;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Escalated;
import java.time.Instant;
import java.util.List;

/**
 * What time does to a request while nobody answers.
 *
 * @param steps who may answer later, the first to come first
 * @param overdue whether its time is over and it stays open
 * @param unanswered what becomes of it when nobody answers, in a sentence; empty for a deny
 */
public record AwayView(List<Step> steps, boolean overdue, String unanswered) {
    /**
     * A step.
     *
     * @param who such as {@code one of role:owner}
     * @param reached whether they may answer now
     * @param at since when, or when that will be
     */
    public record Step(String who, boolean reached, Moment at) {}

    static AwayView of(ApprovalRequest request, Instant now) {
        return new AwayView(
                Escalated.of(request).stream()
                        .map(step ->
                                new Step(
                                        step.who(),
                                        step.reached(),
                                        step.reached()
                                                ? Moment.since(step.at(), now)
                                                : Moment.ahead(step.at(), now)))
                        .toList(),
                request.overdue(now),
                switch (request.absence().then()) {
                    case EXPIRE -> "";
                    case WAIT -> Texts.say("away.when-nobody-answers-in");
                    case DEFER ->
                            request.absence().again() == null
                                    ? Texts.say("away.asked-once-more")
                                    : Texts.say(
                                            "away.asked-once-more-on",
                                            Moment.since(request.absence().again(), now).exact());
                });
    }
}
