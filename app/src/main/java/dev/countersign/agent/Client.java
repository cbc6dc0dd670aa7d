package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A program that hosts agents, as a pure translation: its hook bodies in, its hook answers out.
 * Each client is one file; no client knows another.
 */
public interface Client {

    /** The name in {@code /hooks/NAME/…} and in tool calls, such as {@code claude-code}. */
    String name();

    /**
     * Reads a hook body. Never throws and never guesses: what cannot be judged is a {@link
     * HookEvent.Unreadable}.
     *
     * @param event the event as the address names it
     * @param body the parsed body
     * @param scene who sends it and from where, as the token and the server know it
     */
    HookEvent read(String event, JsonNode body, Scene scene);

    /**
     * What a body means that could not even be parsed: broken JSON, too large, too deep.
     *
     * @param event the event as the address names it
     * @param reason one clause for people, such as {@code the body is not JSON: line 3, column 7}
     */
    default HookEvent.Unreadable unreadable(String event, String reason) {
        return new HookEvent.Unreadable(event, reason, null);
    }

    /**
     * Words our answer in the client's own form. Whatever does not fit the event (an allow for an
     * unreadable body, nothing at all for a tool call) becomes that event's refusal.
     */
    ObjectNode answer(HookEvent event, HookAnswer answer);

    /**
     * How an answer leaves the program that runs as the client's hook.
     *
     * @param code its exit code
     * @param text what it prints: on the standard output with exit code 0, else on the error output
     */
    record Exit(int code, String text) {}

    /** What the program that runs as the client's hook does with an answer of ours. */
    default Exit exit(ObjectNode answer) {
        return new Exit(0, answer.toString());
    }

    /** How it is told to ask; empty for a client that is wired in a way of its own. */
    default Optional<Setup> setup() {
        return Optional.empty();
    }

    /** Its event at which a tool call is decided. */
    default String calling() {
        return setup().map(setup -> setup.canary().event()).orElse("PreToolUse");
    }

    /** How long the client waits for the answer to an event of this name. */
    Duration patience(String event);

    /**
     * Whether something that came as our answer to an event can be it. What a client would take for
     * no objection, and is no decision of ours, is not.
     */
    boolean isAnswer(HookEvent event, ObjectNode answer);

    /**
     * Whether the client runs another input than it sent when an allow of a tool call names one.
     */
    default boolean rewrites() {
        return false;
    }

    /** Variables that the client sets for the programs it starts and for nobody else. */
    default Set<String> markers() {
        return Set.of();
    }

    /**
     * Whether the client carries something more than the answer to the model at this event: see
     * {@link #tell}.
     */
    default boolean carriesNews(HookEvent event, HookAnswer answer) {
        return false;
    }

    /**
     * Adds to an answer what the model is told beside it.
     *
     * @param out what {@link #answer} made
     * @param news some sentences
     */
    default void tell(HookEvent event, ObjectNode out, String news) {
        throw new IllegalStateException(name() + " carries no news (this is a bug)");
    }
}
