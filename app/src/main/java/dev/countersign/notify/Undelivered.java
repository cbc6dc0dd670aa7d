package dev.countersign.notify;

import java.time.Duration;
import java.util.Optional;

/** A message did not arrive, or nobody knows whether it did. The text is for people. */
public final class Undelivered extends Exception {
    private static final long serialVersionUID = 1L;
    private static final Duration MOST = Duration.ofHours(1);

    private final boolean forGood;
    private final boolean everywhere;
    private final boolean gone;
    private final transient Optional<Duration> pause;

    private Undelivered(String why, boolean forGood, boolean everywhere, Optional<Duration> pause) {
        this(why, forGood, everywhere, false, pause);
    }

    private Undelivered(
            String why,
            boolean forGood,
            boolean everywhere,
            boolean gone,
            Optional<Duration> pause) {
        super(why, null, false, false);
        this.gone = gone;
        this.forGood = forGood;
        this.everywhere = everywhere;
        this.pause = pause;
    }

    /** The other side cannot be reached or takes nothing now: nothing else would arrive either. */
    public static Undelivered down(String why) {
        return new Undelivered(why, false, true, Optional.empty());
    }

    /** The other side wants nothing before so long; beyond an hour it is asked again. */
    public static Undelivered notBefore(String why, Duration wait) {
        return new Undelivered(
                why, false, true, Optional.of(wait.compareTo(MOST) > 0 ? MOST : wait));
    }

    /** This one was not taken now, which says nothing of others. */
    public static Undelivered thisOne(String why) {
        return new Undelivered(why, false, false, Optional.empty());
    }

    /** This one will never be taken. */
    public static Undelivered never(String why) {
        return new Undelivered(why, true, false, Optional.empty());
    }

    /** The other side wants nothing by this channel, ever again. */
    public static Undelivered gone(String why) {
        return new Undelivered(why, true, false, true, Optional.empty());
    }

    /** The same, of which nothing follows for other messages. */
    public Undelivered ofOne() {
        return new Undelivered(why(), forGood, false, Optional.empty());
    }

    String why() {
        return String.valueOf(getMessage());
    }

    /** Whether another try is in vain. */
    boolean forGood() {
        return forGood;
    }

    /** Whether the whole channel waits. */
    boolean everywhere() {
        return everywhere;
    }

    /** Whether the channel has ended. */
    boolean gone() {
        return gone;
    }

    /** How long the other side wants to be left alone. */
    Optional<Duration> pause() {
        return pause;
    }
}
