package dev.countersign.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What an answer comes down to, before a client's adapter puts it into its own form. */
sealed interface Said {

    /**
     * The call may run.
     *
     * @param reference id of the decision
     * @param input what runs instead, or null
     */
    record Allowed(String reference, @Nullable ObjectNode input) implements Said {}

    /**
     * The call must not run.
     *
     * @param why the words for the model
     * @param halt whether nothing that follows may run either
     */
    record Refused(String why, boolean halt) implements Said {}

    /** Nothing was asked, but the task is stopped. */
    record Halted(String why) implements Said {}

    /** Words for a session that begins. */
    record Greeted(String words) implements Said {}

    /** Nothing to say. */
    record Silent() implements Said {}

    /**
     * Sorts an answer by what was asked.
     *
     * @param decides whether the client waits for a decision at an event of this name
     */
    static Said of(HookEvent event, HookAnswer answer, Predicate<String> decides) {
        return switch (event) {
            case HookEvent.ToolUse _, HookEvent.PermissionRequest _ ->
                    answer instanceof HookAnswer.Allow allow
                            ? new Allowed(allow.reference(), allow.input())
                            : refused(answer);
            case HookEvent.CanaryCall canary -> new Refused(Canary.ANSWER + canary.nonce(), false);
            case HookEvent.Unreadable unreadable ->
                    decides.test(unreadable.event())
                            ? refused(
                                    answer instanceof HookAnswer.Failed
                                                    || answer instanceof HookAnswer.Stopped
                                            ? answer
                                            : new HookAnswer.Failed(unreadable.reason(), ""))
                            : new Silent();
            case HookEvent.SessionStart _ ->
                    answer instanceof HookAnswer.Greeting greeting && !greeting.forAgent().isEmpty()
                            ? new Greeted(Wording.clean(greeting.forAgent()))
                            : new Silent();
            case HookEvent.Prompt _, HookEvent.Ran _ ->
                    answer instanceof HookAnswer.Stopped
                            ? new Halted(Wording.refusal(answer))
                            : new Silent();
            case HookEvent.SessionEnd _,
                    HookEvent.SubagentStart _,
                    HookEvent.SubagentStop _,
                    HookEvent.Stop _,
                    HookEvent.ConfigChange _ ->
                    new Silent();
            // A name we do not know may stand in front of a tool call for all we can tell.
            case HookEvent.Other other ->
                    decides.test(other.name())
                            ? refused(
                                    new HookAnswer.Failed(
                                            "`" + other.name() + "` is no event that is known", ""))
                            : new Silent();
        };
    }

    private static Refused refused(HookAnswer answer) {
        return new Refused(Wording.refusal(answer), answer instanceof HookAnswer.Stopped);
    }
}
