package dev.countersign.audit.report;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Finds when nothing was recorded. A server that runs writes a heartbeat after an hour of silence,
 * so where there is none for longer, none ran, or it could not write.
 */
public final class Silences {
    /** An hour, and what a heartbeat may be late. */
    static final Duration LONGEST = Duration.ofMinutes(65);

    private static final Comparator<Silence> SHORTEST =
            Comparator.comparing(Silence::length).thenComparing(Silence::from);

    private final int most;
    private final List<Silence> found = new ArrayList<>();
    private long count;
    private Duration total = Duration.ZERO;
    private Instant last;

    /**
     * A time without a record.
     *
     * @param from after the record before it
     * @param to when the next was made
     */
    public record Silence(Instant from, Instant to) {
        public Duration length() {
            return Duration.between(from, to);
        }

        /** What finds that there is nothing. */
        Query query(Period period) {
            return period.query(Map.of("from", from.toString(), "to", to.toString()));
        }
    }

    /**
     * Looks from a moment on.
     *
     * @param most how many of the longest are kept
     */
    Silences(Instant from, int most) {
        this.last = from;
        this.most = most;
    }

    /** A record, in the order of the ledger. */
    void add(Instant at) {
        if (at.isBefore(last)) {
            // The clock was put back: what was taken for silent was not.
            for (Silence each : List.copyOf(found)) {
                if (!at.isBefore(each.from()) && at.isBefore(each.to())) {
                    found.remove(each);
                    count--;
                    total = total.minus(each.length());
                }
            }
            return;
        }
        until(at);
        last = at.plus(1, ChronoUnit.MICROS);
    }

    /** The end of what is looked at. */
    void end(Instant to) {
        if (last.isBefore(to)) {
            until(to);
        }
    }

    private void until(Instant at) {
        Silence silence = new Silence(last, at);
        if (silence.length().compareTo(LONGEST) <= 0) {
            return;
        }
        count++;
        total = total.plus(silence.length());
        found.add(silence);
        if (found.size() > most) {
            found.remove(found.stream().min(SHORTEST).orElseThrow());
        }
    }

    /** The longest of them, in the order of time. */
    List<Silence> longest() {
        return found.stream().sorted(Comparator.comparing(Silence::from)).toList();
    }

    /** How many there are, those that were not kept included. */
    long count() {
        return count;
    }

    Duration total() {
        return total;
    }
}
