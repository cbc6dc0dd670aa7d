package dev.countersign.people;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins that failed, on record in sums: at most so many records a minute, however many try. What
 * was typed where nobody is known by that name is not kept: it may be somebody's password.
 */
final class Failures {
    private static final Duration TOGETHER = Duration.ofMinutes(1);
    private static final int MOST_NAMED = 20;

    private final AuditLog log;
    private final Clock clock;
    private final Map<String, Integer> byPerson = new HashMap<>();
    private int others;
    private @Nullable Instant since;

    Failures(AuditLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Counts one.
     *
     * @param known the person, or null when there is none of that name
     */
    synchronized void add(@Nullable String known) {
        if (since == null) {
            since = clock.instant();
        }
        if (known != null && (byPerson.containsKey(known) || byPerson.size() < MOST_NAMED)) {
            byPerson.merge(known, 1, Integer::sum);
        } else {
            others++;
        }
    }

    /** Records what came together, when its minute is over. */
    synchronized void tick() throws NotRecorded {
        if (since != null && !clock.instant().isBefore(since.plus(TOGETHER))) {
            flush();
        }
    }

    /** Records whatever has not been. */
    synchronized void flush() throws NotRecorded {
        while (!byPerson.isEmpty()) {
            Map.Entry<String, Integer> next = byPerson.entrySet().iterator().next();
            record(next.getKey(), next.getValue(), " as " + next.getKey());
            byPerson.remove(next.getKey());
        }
        if (others > 0) {
            record(null, others, " as somebody who is not known, or as many people");
            others = 0;
        }
        since = null;
    }

    private void record(@Nullable String person, int times, String as) throws NotRecorded {
        log.append(
                AuditRecord.change(
                        "sign-in",
                        clock.instant(),
                        person,
                        null,
                        (times == 1 ? "a sign-in failed" : times + " sign-ins failed") + as,
                        JsonNodeFactory.instance.objectNode().put("failed", times)));
    }
}
