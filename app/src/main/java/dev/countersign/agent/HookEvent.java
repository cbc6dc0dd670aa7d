package dev.countersign.agent;

import dev.countersign.call.ToolCall;
import dev.countersign.decision.Outcome;
import org.jspecify.annotations.Nullable;

/** What a client tells us through a hook. */
public sealed interface HookEvent {

    /** A tool is about to run; the answer decides. */
    record ToolUse(ToolCall call) implements HookEvent {}

    /**
     * The client's own rules would ask about a call that we were asked about before. It carries no
     * call id.
     */
    record PermissionRequest(ToolCall call) implements HookEvent {}

    /** Proof that the wiring works: a call that is only ever refused. See {@link Canary}. */
    record CanaryCall(@Nullable String session, String nonce) implements HookEvent {}

    /** A tool ran, or tried to. Its output is bounded and not yet masked. */
    record Ran(Outcome outcome) implements HookEvent {}

    /**
     * A session begins.
     *
     * @param source why: {@code startup}, {@code resume}, {@code clear}, {@code compact}
     */
    record SessionStart(String session, String cwd, String source) implements HookEvent {}

    record SessionEnd(String session, String reason) implements HookEvent {}

    /**
     * A step of the task.
     *
     * @param step the client's id of the prompt, or null
     * @param text the prompt, bounded
     * @param byPerson false for what the client itself submits, such as a finished background task
     */
    record Prompt(String session, @Nullable String step, String text, boolean byPerson)
            implements HookEvent {}

    record SubagentStart(String session, @Nullable String agentId, @Nullable String agentType)
            implements HookEvent {}

    record SubagentStop(String session, @Nullable String agentId, @Nullable String agentType)
            implements HookEvent {}

    /** The main agent finished its turn. */
    record Stop(String session) implements HookEvent {}

    /**
     * A settings file of the client changed while a session runs; the answer decides whether the
     * session takes it over.
     *
     * @param file absolute path
     * @param source which kind of file, in the client's words
     */
    record ConfigChange(String session, String cwd, String file, String source)
            implements HookEvent {}

    /** An event that neither decides nor is kept apart. */
    record Other(String name, @Nullable String session) implements HookEvent {}

    /**
     * What we could not judge: never a reason to let anything run.
     *
     * @param event the client's event, as far as it is known
     * @param reason one clause for people
     * @param session the session if it could be read
     */
    record Unreadable(String event, String reason, @Nullable String session) implements HookEvent {}
}
