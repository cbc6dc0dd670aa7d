package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class FloodBreakerTest {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private final Clock clock =
            new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            };

    @Test
    void theWindowMovesOn() {
        FloodBreaker flood = new FloodBreaker(2, clock);
        assertThat(flood.admits("a")).isTrue();
        now = now.plusSeconds(30);
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
        assertThat(flood.admits("b")).isTrue();
        now = now.plusSeconds(30);
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
    }

    /** Nobody is kept out for an hour because a clock was an hour fast. */
    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        FloodBreaker flood = new FloodBreaker(1, clock);
        assertThat(flood.admits("a")).isTrue();
        now = now.minus(Duration.ofHours(1));
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
    }
}
