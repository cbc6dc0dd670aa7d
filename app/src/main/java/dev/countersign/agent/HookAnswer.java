package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.Answer;
import dev.countersign.policy.Because;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Judged;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What we say to a hook, before a client's adapter words it. */
public sealed interface HookAnswer {

    /** What decided a call of several operations: the strictest, then the riskiest. */
    Comparator<Judged> WORST_FIRST =
            Comparator.comparing(Judged::effect)
                    .thenComparing(judged -> judged.operation().risk())
                    .reversed();

    /** How the words begin when it was us who failed. */
    String NOT_JUDGED = "Countersign could not judge this: ";

    /**
     * The call may run.
     *
     * @param reference id of the decision
     * @param input what runs instead of the input that was sent, or null; only for clients that say
     *     so: {@link Client#rewrites}
     */
    record Allow(String reference, @Nullable ObjectNode input) implements HookAnswer {
        public Allow(String reference) {
            this(reference, null);
        }
    }

    /**
     * The call must not run.
     *
     * @param reason what was refused and why, one sentence
     * @param because the rules that refused it, the deciding one first; may be empty
     * @param instead what would be allowed instead, or empty text
     * @param reference id of the decision, or empty text
     */
    record Deny(String reason, List<Because> because, String instead, String reference)
            implements HookAnswer {
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
    record Failed(String reason, String reference) implements HookAnswer {}

    /**
     * A person stopped the task, the agent or the project.
     *
     * @param reason what the person said
     * @param reference id of the decision or the stop, or empty text
     */
    record Stopped(String reason, String reference) implements HookAnswer {}

    /** Seen and recorded, nothing to say. */
    record Noted() implements HookAnswer {}

    /**
     * Something for a session that begins.
     *
     * @param forAgent what the model is told, or empty text
     * @param forPerson what the person at the client is shown, or empty text
     */
    record Greeting(String forAgent, String forPerson) implements HookAnswer {}

    /**
     * The settings change is not taken over.
     *
     * @param problems what it would weaken, at least one
     */
    record Block(List<String> problems) implements HookAnswer {
        public Block {
            problems = List.copyOf(problems);
        }
    }

    /** What the model is told of it; only of what refuses. */
    default String told() {
        return Wording.refusal(this);
    }

    /**
     * The answer for what was decided. An ask that reaches this point was not answered by people in
     * time, so it refuses and says how to go on.
     */
    static HookAnswer of(Answer answer) {
        if (answer.effect() == Effect.ALLOW) {
            return new Allow(answer.id(), answer.input());
        }
        return switch (answer.decider().kind()) {
            case FAILURE -> new Failed(withoutPrefix(answer.reason()), answer.id());
            case STOP -> new Stopped(answer.reason(), answer.id());
            // A person's answer speaks for itself: the rule that asked and what we would propose
            // could only contradict it.
            case PERSON ->
                    new Deny(
                            ofPerson(answer.reason(), answer.decider().id()),
                            List.of(),
                            "",
                            answer.id());
            case DEFAULT_POLICY, RULE, GRANT, FLOOR ->
                    new Deny(reason(answer), rules(answer), instead(answer), answer.id());
        };
    }

    /**
     * The person's own words, all of them, when there are some; {@code denied by ana: use a branch}
     * is ours.
     */
    static String ofPerson(String reason, @Nullable String person) {
        String ours = "denied by " + person;
        if (reason.equals(ours)) {
            return person + " said no";
        }
        return reason.startsWith(ours + ": ")
                ? person + " says: " + reason.substring(ours.length() + 2)
                : reason;
    }

    private static String reason(Answer answer) {
        String reason = Wording.bounded(answer.reason());
        return switch (answer.effect()) {
            case ALLOW, DENY -> reason;
            case ASK ->
                    reason
                            + "; pending"
                            + (answer.approval() == null ? "" : " as " + answer.pendingAs())
                            + ", so go on with other work and try again later";
            case DEFER ->
                    reason
                            + (answer.decision() instanceof Decision.Defer defer
                                    ? "; it is decided again at " + defer.until()
                                    : "")
                            + ", so go on with other work";
        };
    }

    private static String instead(Answer answer) {
        return answer.decision().explanation().instead();
    }

    /** The rules of what decided: beside a deny, what is only asked about says nothing. */
    private static List<Because> rules(Answer answer) {
        List<Judged> worst =
                answer.decision().explanation().operations().stream().sorted(WORST_FIRST).toList();
        return worst.stream()
                .filter(judged -> judged.effect() != Effect.ALLOW)
                .filter(judged -> judged.effect() == worst.getFirst().effect())
                .flatMap(judged ->
                        judged.because().stream()
                                .filter(because -> because.effect() == judged.effect())
                                .limit(1))
                .distinct()
                .limit(3)
                .toList();
    }

    private static String withoutPrefix(String reason) {
        return reason.startsWith(NOT_JUDGED) ? reason.substring(NOT_JUDGED.length()) : reason;
    }
}
