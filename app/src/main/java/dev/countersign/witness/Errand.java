package dev.countersign.witness;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.Alarms;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done outside this machine from time to time. Where it fails it is tried again,
 * each time after twice as long; where it fails for too long, people are told once.
 */
final class Errand {
    private static final System.Logger LOG = System.getLogger(Errand.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final String what;
    private final Duration every;
    private final Duration patience;
    private final Doing doing;
    private final Alarms alarms;
    private final Clock clock;
    private Instant next;
    private Duration pause = FIRST_PAUSE;
    private @Nullable Instant failing;
    private boolean told;

    /** One try. */
    @FunctionalInterface
    interface Doing {
        /**
         * Does it.
         *
         * @return whether there was anything to do; else it is asked again soon
         */
        boolean done() throws IOException, InterruptedException;
    }

    /**
     * An errand.
     *
     * @param what it is, for people: {@code the anchor `file`}
     * @param every how often
     * @param first when for the first time
     * @param patience how long it may fail before people are told
     */
    Errand(
            String what,
            Duration every,
            Instant first,
            Duration patience,
            Doing doing,
            Alarms alarms,
            Clock clock) {
        this.what = what;
        this.every = every;
        this.next = first;
        this.patience = patience;
        this.doing = doing;
        this.alarms = alarms;
        this.clock = clock;
    }

    /** Tries where it is time; asked about once a second. */
    void tick() throws InterruptedException {
        Instant now = clock.instant();
        // A clock that was set back must not put it off for long.
        if (now.isBefore(next) && Duration.between(now, next).compareTo(every) <= 0) {
            return;
        }
        try {
            if (doing.done()) {
                next = now.plus(every);
                pause = FIRST_PAUSE;
                failing = null;
                told = false;
            }
        } catch (IOException | RuntimeException e) {
            failed(now, String.valueOf(e.getMessage()));
        }
    }

    private void failed(Instant now, String why) {
        Instant since = failing;
        if (since == null) {
            LOG.log(System.Logger.Level.WARNING, what + " failed: " + why);
            failing = now;
            since = now;
        }
        Duration wait = pause.compareTo(every) < 0 ? pause : every;
        next = now.plus(wait);
        pause = pause.multipliedBy(2);
        if (pause.compareTo(LONGEST_PAUSE) > 0) {
            pause = LONGEST_PAUSE;
        }
        if (!told && Duration.between(since, now).compareTo(patience) >= 0) {
            told = true;
            alarms.tell(
                    System.Logger.Level.WARNING,
                    what + " fails since " + since + ": " + why,
                    JsonNodeFactory.instance.objectNode());
        }
    }
}
