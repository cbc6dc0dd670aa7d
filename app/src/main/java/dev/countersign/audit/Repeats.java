package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one caller is refused over and over: the first few of a minute are records of their own, of
 * those that follow the number is one. So whoever goes on and on fills no ledger, and nothing that
 * was tried is passed over.
 */
public final class Repeats {
    /** As many in a minute are records of their own. */
    public static final int ONE_BY_ONE = 10;

    private static final Duration TOGETHER = Duration.ofMinutes(1);
    private static final int MOST_CALLERS = 1_000;
    private static final int MOST_NAMED = 20;
    private static final String OTHERS = "many callers";

    private final AuditLog log;
    private final Clock clock;
    private final Map<Of, Tries> tries = new LinkedHashMap<>();

    /** What is refused again and again. */
    public enum Kind {
        /** What only people may do. */
        FOR_PEOPLE("tried what only signed-in people may do"),
        /** The owner shortcut, by whom it is not meant for. */
        OWNER("used the owner shortcut and was refused"),
        /** What could not even be read. */
        UNREAD("sent what could not be judged"),
        /** Any call, of an agent or in work of which a person said so. */
        TURNED_AWAY("asked although nothing may be done");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private record Of(Kind kind, String who) {}

    /** Those of one caller in a minute. */
    private static final class Tries {
        private final Instant since;
        private final @Nullable String agent;
        private final Set<String> what = new LinkedHashSet<>();
        private int more;
        private int all;

        Tries(Instant since, @Nullable String agent) {
            this.since = since;
            this.agent = agent;
        }
    }

    /** With nothing refused so far. */
    public Repeats(AuditLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Whether this one is to be a record of its own; otherwise it was counted.
     *
     * @param who the caller
     * @param agent the agent it is, or null
     * @param what was tried, as the sum names it
     */
    public synchronized boolean alone(Kind kind, String who, @Nullable String agent, String what)
            throws NotRecorded {
        Of of = new Of(kind, who);
        if (!tries.containsKey(of) && tries.size() >= MOST_CALLERS) {
            of = new Of(kind, OTHERS);
        }
        @Nullable Tries before = tries.get(of);
        if (before != null && over(before)) {
            end(of, before);
        }
        Of counted = of;
        Tries now =
                tries.computeIfAbsent(
                        of,
                        _ -> new Tries(clock.instant(), counted.who.equals(OTHERS) ? null : agent));
        now.all++;
        if (now.all <= ONE_BY_ONE) {
            return true;
        }
        now.more++;
        if (now.what.size() < MOST_NAMED) {
            now.what.add(what);
        }
        return false;
    }

    private boolean over(Tries each) {
        Instant now = clock.instant();
        return now.isBefore(each.since) || !now.isBefore(each.since.plus(TOGETHER));
    }

    /** Records those whose minute is over; called every second. */
    public synchronized void tick() throws NotRecorded {
        for (Map.Entry<Of, Tries> each : List.copyOf(tries.entrySet())) {
            if (over(each.getValue())) {
                end(each.getKey(), each.getValue());
            }
        }
    }

    /** Records whatever has not been, when the server ends. */
    public synchronized void finish() throws NotRecorded {
        for (Map.Entry<Of, Tries> each : List.copyOf(tries.entrySet())) {
            end(each.getKey(), each.getValue());
        }
    }

    private void end(Of of, Tries ended) throws NotRecorded {
        if (ended.more > 0) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.put("by", of.who).put("times", ended.more).put("since", ended.since.toString());
            ArrayNode what = body.putArray("tried");
            ended.what.forEach(what::add);
            log.append(
                    AuditRecord.change(
                            "refused",
                            clock.instant(),
                            null,
                            ended.agent,
                            of.who
                                    + " "
                                    + of.kind.words
                                    + ", "
                                    + (ended.more == 1 ? "once" : ended.more + " times")
                                    + " more within a minute: "
                                    + String.join(", ", ended.what),
                            body));
        }
        tries.remove(of);
    }
}
