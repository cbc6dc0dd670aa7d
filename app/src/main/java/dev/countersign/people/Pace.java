package dev.countersign.people;

import java.time.Clock;
import java.time.Duration;

/**
 * Lets everybody do so many things at once and after that one every so often. For what is right in
 * itself and too much of it is not; who fails to sign in waits by {@link Throttle}.
 */
public final class Pace {
    private final long each;
    private final long ahead;
    private final Clock clock;
    private final Buckets buckets = new Buckets();

    /** When what was let through would all have been done one by one. */
    private final long[] until = new long[Buckets.PLACES];

    /**
     * A full one.
     *
     * @param atOnce how many go at once
     * @param each after how long one more may
     */
    public Pace(int atOnce, Duration each, Clock clock) {
        this.each = each.toMillis();
        this.ahead = this.each * atOnce;
        this.clock = clock;
    }

    /**
     * Counts one, unless it is too much.
     *
     * @param key who does it
     * @return how long they have to wait instead; zero when it was counted
     */
    public synchronized Duration enter(String key) {
        int place = buckets.place(key);
        long now = clock.millis();
        // A clock that was put back must not hold anybody up until it is where it was.
        long from = until[place] > now + ahead ? now : Math.max(now, until[place]);
        long wait = from + each - (now + ahead);
        if (wait > 0) {
            return Duration.ofMillis(wait);
        }
        until[place] = from + each;
        return Duration.ZERO;
    }
}
