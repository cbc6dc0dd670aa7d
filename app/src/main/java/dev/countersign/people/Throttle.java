package dev.countersign.people;

import java.time.Clock;
import java.time.Duration;

/**
 * Slows down who keeps failing to sign in: the first few tries are free, each further one makes the
 * next wait twice as long, up to a minute. Nobody is ever locked out for longer than that, whoever
 * caused it.
 */
final class Throttle {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** Without failures for so long, the free tries are there again. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(15);

    private final int free;
    private final Clock clock;
    private final Buckets buckets = new Buckets();
    private final int[] failures = new int[Buckets.PLACES];
    private final long[] last = new long[Buckets.PLACES];

    /**
     * An empty one.
     *
     * @param free how many failures cost nothing
     */
    Throttle(int free, Clock clock) {
        this.free = free;
        this.clock = clock;
    }

    /**
     * Counts a try before it is made, so that many at once are not all free.
     *
     * @return how long this key has to wait instead; zero when it may try
     */
    synchronized Duration enter(String key) {
        int place = buckets.place(key);
        long now = clock.millis();
        long passed = Math.max(0, now - last[place]);
        if (passed > FORGOTTEN.toMillis()) {
            failures[place] = 0;
        }
        long left = pause(failures[place]).toMillis() - passed;
        if (left > 0) {
            return Duration.ofMillis(left);
        }
        failures[place] = Math.min(failures[place] + 1, free + 32);
        last[place] = now;
        return Duration.ZERO;
    }

    /** Whether what this key was let try last cost it nothing. */
    synchronized boolean free(String key) {
        return failures[buckets.place(key)] <= free;
    }

    /** A try that was counted was none that failed. */
    synchronized void forgive(String key) {
        int place = buckets.place(key);
        failures[place] = Math.max(0, failures[place] - 1);
    }

    /** It was the right one: whatever failed before is forgotten. */
    synchronized void succeeded(String key) {
        failures[buckets.place(key)] = 0;
    }

    private Duration pause(int failed) {
        int beyond = failed - free;
        if (beyond < 0) {
            return Duration.ZERO;
        }
        Duration pause = FIRST.multipliedBy(1L << Math.min(beyond, 10));
        return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    }
}
