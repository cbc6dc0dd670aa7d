package dev.countersign.policy;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What becomes of a question that nobody answers in time.
 *
 * @param then what
 * @param again of {@link Then#DEFER}: the times of day it may be asked again; the last one counts
 */
public record Unanswered(Then then, List<Rule.Until> again) {
    public static final Unanswered EXPIRES = new Unanswered(Then.EXPIRE, List.of());

    /** From the one that keeps a question longest to the strictest. */
    public enum Then {
        /** It stays open, and is marked. */
        WAIT,
        /** The call waits in the queue, and is asked about once more. */
        DEFER,
        /** It is a deny. */
        EXPIRE;

        public String wire() {
            return switch (this) {
                case WAIT -> "wait";
                case DEFER -> "defer";
                case EXPIRE -> "expire";
            };
        }
    }

    public Unanswered {
        again = List.copyOf(again);
        if ((then == Then.DEFER) == again.isEmpty()) {
            throw new IllegalArgumentException(then + " until " + again);
        }
    }

    /** When a call is decided again whose question ran out at this time; only of one put off. */
    public Instant again(Instant expired) {
        return again.stream()
                .map(until -> Window.next(until.time(), until.zone(), expired))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The stricter of two. */
    Unanswered and(Unanswered other) {
        int order = then.compareTo(other.then);
        if (order != 0) {
            return order > 0 ? this : other;
        }
        return then == Then.DEFER
                ? new Unanswered(
                        then,
                        Stream.concat(again.stream(), other.again.stream()).distinct().toList())
                : this;
    }
}
