package dev.countersign.agent;

import dev.countersign.policy.Because;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Explanation;
import dev.countersign.policy.Judged;
import java.util.List;

/** What we say to a hook, before a client's adapter words it. */
public sealed interface Answer {

    /**
     * The call may run.
     *
     * @param reference id of the decision
     */
    record Allow(String reference) implements Answer {}

    /**
     * The call must not run.
     *
     * @param reason what was refused and why, one sentence
     * @param because the rules that refused it, the deciding one first; may be empty
     * @param instead what would be allowed instead, or empty text
     * @param reference id of the decision, or empty text
     */
    record Deny(String reason, List<Because> because, String instead, String reference)
            implements Answer {
        public Deny {
            because = List.copyOf(because);
        }
    }

    /**
     * Countersign itself could not judge; the call must not run and nobody may read it as policy.
     *
     * @param reason what went wrong, without a stack trace
     * @param reference id of the record, or empty text
     */
    record Failed(String reason, String reference) implements Answer {}

    /**
     * A person stopped the task, the agent or the project.
     *
     * @param reason what the person said
     * @param reference id of the decision or the stop, or empty text
     */
    record Stopped(String reason, String reference) implements Answer {}

    /** Seen and recorded, nothing to say. */
    record Noted() implements Answer {}

    /**
     * Something for a session that begins.
     *
     * @param forAgent what the model is told, or empty text
     * @param forPerson what the person at the client is shown, or empty text
     */
    record Greeting(String forAgent, String forPerson) implements Answer {}

    /**
     * The settings change is not taken over.
     *
     * @param problems what it would weaken, at least one
     */
    record Block(List<String> problems) implements Answer {
        public Block {
            problems = List.copyOf(problems);
        }
    }

    /**
     * The answer for a decision. An ask or a defer that reaches this point was not answered by
     * people in time, so it refuses and says how to go on.
     *
     * @param reference id of the decision
     */
    static Answer of(Decision decision, String reference) {
        Explanation explanation = decision.explanation();
        return switch (decision) {
            case Decision.Allow _ -> new Allow(reference);
            case Decision.Deny _ ->
                    switch (explanation.decider().kind()) {
                        case FAILURE -> new Failed(decision.reason(), reference);
                        case STOP -> new Stopped(decision.reason(), reference);
                        case DEFAULT_POLICY, RULE, GRANT, PERSON, FLOOR ->
                                refusal(decision.reason(), explanation, reference);
                    };
            case Decision.Ask _ ->
                    refusal(
                            decision.reason()
                                    + "; nobody has answered yet, so go on with other work and try"
                                    + " again later",
                            explanation,
                            reference);
            case Decision.Defer defer ->
                    refusal(
                            decision.reason()
                                    + "; it is decided again at "
                                    + defer.until()
                                    + ", so go on with other work",
                            explanation,
                            reference);
        };
    }

    private static Deny refusal(String reason, Explanation explanation, String reference) {
        // A person's answer speaks for itself: the rule that asked would only confuse the agent.
        List<Because> because =
                explanation.decider().kind() == Decider.Kind.PERSON
                        ? List.of()
                        : explanation.operations().stream()
                                .filter(judged -> judged.effect() != Effect.ALLOW)
                                .map(Answer::deciding)
                                .flatMap(List::stream)
                                .distinct()
                                .limit(3)
                                .toList();
        return new Deny(reason, because, explanation.instead(), reference);
    }

    private static List<Because> deciding(Judged judged) {
        return judged.because().stream()
                .filter(because -> because.effect() == judged.effect())
                .limit(1)
                .toList();
    }
}
