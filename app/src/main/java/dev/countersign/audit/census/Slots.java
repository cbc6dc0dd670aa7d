package dev.countersign.audit.census;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Stretches of time of one length, one after the other.
 *
 * @param from when the first begins
 * @param width of each
 * @param count how many
 */
public record Slots(Instant from, Duration width, int count) {
    private static final int MOST = 60;

    private static final List<Duration> WIDTHS =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1),
                    Duration.ofHours(3),
                    Duration.ofHours(6),
                    Duration.ofHours(12),
                    Duration.ofDays(1),
                    Duration.ofDays(2),
                    Duration.ofDays(7),
                    Duration.ofDays(14),
                    Duration.ofDays(28));

    /** Some dozens that cover this time, in lengths people know. */
    public static Slots over(Instant from, Instant to) {
        long seconds = Math.max(1, Duration.between(from, to).toSeconds());
        Duration width =
                WIDTHS.stream()
                        .filter(each -> seconds / each.toSeconds() < MOST - 1)
                        .findFirst()
                        .orElse(Duration.ofSeconds(seconds / (MOST - 2)));
        long step = width.toSeconds();
        long first = Math.floorDiv(from.getEpochSecond(), step) * step;
        long count = Math.floorDiv(to.getEpochSecond() - first, step) + 1;
        return new Slots(Instant.ofEpochSecond(first), width, Math.toIntExact(count));
    }

    /** When a slot begins. */
    public Instant at(int slot) {
        return from.plus(width.multipliedBy(slot));
    }

    long fromMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, from);
    }

    long widthMicros() {
        return width.toSeconds() * 1_000_000;
    }
}
