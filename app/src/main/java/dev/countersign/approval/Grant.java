package dev.countersign.approval;

import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A remembered yes: later calls like one that people approved need not be asked about, as long as
 * their votes would still do.
 *
 * @param id {@code GRN-n}
 * @param approval the request it came from
 * @param offer whose calls, and what was approved of them
 * @param scope for one task or one project
 * @param patterns which calls beside the identical one
 * @param votes who said so
 * @param made when
 * @param expires when it ends, or null
 * @param uses how many calls it is for, or null for any number
 * @param used how many it allowed
 * @param touched when it last allowed one, or was made
 * @param ended when it ended, or null while it is live
 * @param ending why it ended, or null
 */
public record Grant(
        String id,
        String approval,
        Offer offer,
        Scope scope,
        List<String> patterns,
        List<Vote> votes,
        Instant made,
        @Nullable Instant expires,
        @Nullable Integer uses,
        int used,
        Instant touched,
        @Nullable Instant ended,
        @Nullable String ending) {
    /** A task that rests this long is over. */
    private static final Duration IDLE = Duration.ofHours(24);

    /** How far a yes reaches; the narrowest first. */
    public enum Scope {
        ONCE,
        TASK,
        PROJECT;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** By its name on the wire. */
        public static Optional<Scope> of(String wire) {
            for (Scope scope : values()) {
                if (scope.wire().equals(wire)) {
                    return Optional.of(scope);
                }
            }
            return Optional.empty();
        }
    }

    public Grant {
        patterns = List.copyOf(patterns);
        votes = List.copyOf(votes);
    }

    /** What it is for: the task or the project. */
    public String place() {
        return scope == Scope.TASK ? offer.task() : offer.project();
    }

    /** The same as people know it. */
    public String placeName() {
        String place = place();
        return scope == Scope.TASK && place.startsWith("task ") ? place.substring(5) : place;
    }

    /** How long it may rest before it is over, or null for as long as anybody likes. */
    public @Nullable Duration idle() {
        return scope == Scope.TASK ? IDLE : null;
    }

    /** When it is over if nothing else ends it, or null. */
    public @Nullable Instant over() {
        Duration rest = idle();
        if (rest == null) {
            return expires;
        }
        Instant idle = touched.plus(rest);
        return expires == null || idle.isBefore(expires) ? idle : expires;
    }

    /** Whether it may allow a call at this moment. */
    public boolean live(Instant now) {
        Instant over = over();
        return ended == null
                && (over == null || now.isBefore(over))
                && (uses == null || used < uses);
    }

    /** Whether it is for calls of this kind and place. */
    public boolean isFor(Offer call) {
        return offer.whose().equals(call.whose())
                && place().equals(scope == Scope.TASK ? call.task() : call.project());
    }

    /**
     * Whether an operation is covered.
     *
     * @param where the directory a command runs in; empty for other tools
     * @param identity SHA-256 of its normal form
     */
    public boolean covers(Operation operation, String where, String identity, Context context) {
        for (Part part : offer.parts()) {
            if (part.bounds(operation)
                    && (part.identity().equals(identity)
                            || (part.where().equals(where)
                                    && patterns.stream()
                                            .anyMatch(p ->
                                                    part.shape().covers(p, operation, context))))) {
                return true;
            }
        }
        return false;
    }

    /** The same, used once more. */
    public Grant used(Instant when) {
        return new Grant(
                id, approval, offer, scope, patterns, votes, made, expires, uses, used + 1, when,
                ended, ending);
    }

    /** The same, over. */
    public Grant over(Instant when, String why) {
        return new Grant(
                id, approval, offer, scope, patterns, votes, made, expires, uses, used, touched,
                when, why);
    }
}
