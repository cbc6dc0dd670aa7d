package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.testing.MovableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FloodBreakerTest {
    private final MovableClock clock = new MovableClock("2026-03-01T12:00:00Z");

    @Test
    void theWindowMovesOn() {
        FloodBreaker flood = new FloodBreaker(2, clock);
        assertThat(flood.admits("a")).isTrue();
        clock.move(Duration.ofSeconds(30));
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
        assertThat(flood.admits("b")).isTrue();
        clock.move(Duration.ofSeconds(30));
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
    }

    /** Nobody is kept out for an hour because a clock was an hour fast. */
    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        FloodBreaker flood = new FloodBreaker(1, clock);
        assertThat(flood.admits("a")).isTrue();
        clock.move(Duration.ofHours(-1));
        assertThat(flood.admits("a")).isTrue();
        assertThat(flood.admits("a")).isFalse();
    }
}
