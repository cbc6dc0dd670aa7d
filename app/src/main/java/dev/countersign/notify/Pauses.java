package dev.countersign.notify;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** How long a message waits for its next try, and when it is given up: after about four days. */
final class Pauses {
    private static final List<Duration> AFTER =
            List.of(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(14),
                    Duration.ofHours(20),
                    Duration.ofHours(24));

    /** A whole channel that does not work is asked again at least so often. */
    private static final Duration LONGEST_OF_CHANNEL = Duration.ofSeconds(10);

    private final RandomGenerator random;

    Pauses(RandomGenerator random) {
        this.random = random;
    }

    /** Whether it was tried often enough. */
    static boolean over(int attempts) {
        return attempts >= AFTER.size();
    }

    /** After so many tries; never all at the same moment. */
    Duration after(int attempts) {
        return spread(AFTER.get(Math.clamp(attempts - 1, 0, AFTER.size() - 1)));
    }

    /** How long a channel rests that failed so often in a row. */
    Duration ofChannel(int failures) {
        Duration doubled = Duration.ofMillis(500L << Math.clamp(failures - 1, 0, 10));
        return spread(doubled.compareTo(LONGEST_OF_CHANNEL) > 0 ? LONGEST_OF_CHANNEL : doubled);
    }

    private Duration spread(Duration pause) {
        return pause.plusMillis(random.nextLong(pause.toMillis() / 10 + 1));
    }
}
