package dev.countersign.decision;

import dev.countersign.call.ToolCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The calls allowed a moment ago, so that a client that asks once more about the same call, because
 * its own rules say "ask", gets the same answer without a second decision. Bounded; forgets after a
 * minute.
 */
public final class RecentAllows {
    private static final int MOST = 10_000;
    private static final Duration LIFETIME = Duration.ofMinutes(1);

    private final Clock clock;
    private final Map<String, Instant> allowed =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                    return size() > MOST;
                }
            };

    public RecentAllows(Clock clock) {
        this.clock = clock;
    }

    public synchronized void add(ToolCall call) {
        allowed.put(CallDigest.of(call), clock.instant());
    }

    /** Whether this very call was allowed just now; the answer is given once. */
    public synchronized boolean take(ToolCall call) {
        Instant at = allowed.remove(CallDigest.of(call));
        return at != null && clock.instant().isBefore(at.plus(LIFETIME));
    }
}
