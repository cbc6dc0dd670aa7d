package dev.countersign.audit.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.report.Silences.Silence;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** A time is silent when a server that runs would have written something. */
final class SilencesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static Instant minute(long minutes) {
        return START.plus(minutes, ChronoUnit.MINUTES);
    }

    @Test
    void anHourIsFilledByHeartbeats() {
        Silences silences = new Silences(START, 5);
        for (long at = 0; at <= 600; at += 60) {
            silences.add(minute(at));
        }
        silences.end(minute(660));
        assertThat(silences.count()).isZero();
    }

    @Test
    void bothEndsOfThePeriodCount() {
        Silences silences = new Silences(START, 5);
        silences.add(minute(100));
        silences.end(minute(300));
        assertThat(silences.longest())
                .extracting(Silence::from)
                .containsExactly(START, minute(100).plus(1, ChronoUnit.MICROS));
        assertThat(silences.total().toMinutes()).isEqualTo(299);
    }

    @Test
    void aClockThatWasPutBackFillsWhatWasTakenForSilent() {
        Silences silences = new Silences(START, 5);
        silences.add(minute(1));
        silences.add(minute(200));
        assertThat(silences.count()).isEqualTo(1);
        silences.add(minute(90));
        assertThat(silences.count()).isZero();
        assertThat(silences.total()).isEqualTo(Duration.ZERO);
    }

    @Test
    void onlyTheLongestAreKeptAndAllAreCounted() {
        Silences silences = new Silences(START, 3);
        long at = 0;
        for (int i = 1; i <= 50; i++) {
            at += 100 + i;
            silences.add(minute(at));
        }
        assertThat(silences.count()).isEqualTo(50);
        assertThat(silences.longest()).hasSize(3);
        assertThat(silences.longest().getLast().length().toMinutes()).isEqualTo(149);
    }
}
