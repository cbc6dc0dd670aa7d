package dev.countersign.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how many questions one agent puts to people in a minute: an agent that runs in circles
 * must not bury what matters, nor tire people into saying yes.
 */
public final class FloodBreaker {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_AGENTS = 10_000;

    private final int most;
    private final Clock clock;
    private final Map<String, ArrayDeque<Instant>> asked = new HashMap<>();

    /**
     * @param most questions of one agent in a minute
     */
    public FloodBreaker(int most, Clock clock) {
        this.most = most;
        this.clock = clock;
    }

    /** Whether this agent may put one more question now; if so, it is counted. */
    public synchronized boolean admits(String agent) {
        Instant now = clock.instant();
        if (asked.size() >= MOST_AGENTS) {
            asked.values().removeIf(times -> over(times, now));
        }
        ArrayDeque<Instant> times = asked.computeIfAbsent(agent, _ -> new ArrayDeque<>());
        // A clock that was set back must not keep an agent out for longer than the window.
        while (!times.isEmpty() && outside(times.peekFirst(), now)) {
            times.removeFirst();
        }
        if (times.size() >= most) {
            return false;
        }
        times.addLast(now);
        return true;
    }

    private static boolean over(ArrayDeque<Instant> times, Instant now) {
        return times.isEmpty() || outside(times.peekLast(), now);
    }

    private static boolean outside(Instant time, Instant now) {
        return !time.plus(WINDOW).isAfter(now) || time.isAfter(now);
    }

    public int most() {
        return most;
    }
}
