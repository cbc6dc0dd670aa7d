package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls allowed a moment ago, so that a client that asks once more about the same call, because
 * its own rules say "ask", gets the same answer without a second decision. Bounded; forgets after a
 * minute.
 */
public final class RecentAllows {
    private static final int MOST = 10_000;
    private static final Duration LIFETIME = Duration.ofMinutes(1);

    /** The session, tool and exact input of a call. */
    private record Key(@Nullable String session, String tool, JsonNode input) {}

    private final Clock clock;
    private final Map<Key, Instant> allowed =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Instant> eldest) {
                    return size() > MOST;
                }
            };

    public RecentAllows(Clock clock) {
        this.clock = clock;
    }

    public synchronized void add(@Nullable String session, String tool, JsonNode input) {
        allowed.put(new Key(session, tool, input), clock.instant());
    }

    /** Whether this very call was allowed just now; the answer is given once. */
    public synchronized boolean take(@Nullable String session, String tool, JsonNode input) {
        Instant at = allowed.remove(new Key(session, tool, input));
        return at != null && clock.instant().isBefore(at.plus(LIFETIME));
    }
}
