package dev.countersign.approval;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A person's word that some work must not go on. It is no decision about a call: whatever the work
 * asks for is refused until a person lets it go on.
 *
 * @param id {@code STP-n}
 * @param kind what is stopped
 * @param name of the task, agent or project; empty for everything
 * @param reason what the agent and other people are told
 * @param person e-mail of who said so, or how else they came in
 * @param at when
 * @param ended when somebody let it go on, or null while it holds
 */
public record Stop(
        String id,
        Kind kind,
        String name,
        String reason,
        String person,
        Instant at,
        @Nullable Instant ended) {

    /** What can be stopped. */
    public enum Kind {
        TASK,
        AGENT,
        PROJECT,
        ALL;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** By its name on the wire. */
        public static Optional<Kind> of(String wire) {
            for (Kind kind : values()) {
                if (kind.wire().equals(wire)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /** Whether this work must not go on. */
    public boolean covers(Work work) {
        return switch (kind) {
            case TASK -> name.equals(work.task()) || name.equals(work.session());
            case AGENT -> name.equals(work.agent());
            case PROJECT -> work.projects().contains(name);
            case ALL -> true;
        };
    }

    /** What is stopped, in words. */
    public String what() {
        return kind == Kind.ALL ? "all work" : kind.wire() + " " + name;
    }

    /** What the agent and other people are told. */
    public String told() {
        return person + " stopped " + what() + (reason.isBlank() ? "" : ": " + reason);
    }

    /** The same, over. */
    public Stop over(Instant when) {
        return new Stop(id, kind, name, reason, person, at, when);
    }
}
