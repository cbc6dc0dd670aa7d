package dev.countersign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.Repeats.Kind;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MovableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused again and again fills no ledger, and is told. */
final class RepeatsTest {
    private final MovableClock clock = new MovableClock("2026-11-21T12:00:00Z");
    private final MemoryLedger ledger = new MemoryLedger();
    private final Repeats repeats = new Repeats(ledger, clock);

    private int alone(Kind kind, String who, int times, String what) throws Exception {
        int alone = 0;
        for (int i = 0; i < times; i++) {
            alone += repeats.alone(kind, who, who, what) ? 1 : 0;
        }
        return alone;
    }

    private List<String> told() {
        return ledger.all().stream()
                .map(Recorded::body)
                .map(record -> record.path("summary").asText())
                .toList();
    }

    @Test
    void theFirstFewAreTheirOwnAndTheRestIsASum() throws Exception {
        assertThat(alone(Kind.FOR_PEOPLE, "robot", 500, "POST /a")).isEqualTo(Repeats.ONE_BY_ONE);
        assertThat(alone(Kind.FOR_PEOPLE, "robot", 2, "POST /b")).isZero();
        repeats.tick();
        assertThat(told()).isEmpty();
        clock.move(Duration.ofMinutes(1));
        repeats.tick();
        repeats.tick();
        assertThat(told())
                .containsExactly(
                        "robot tried what only signed-in people may do, 492 times more within a"
                                + " minute: POST /a, POST /b");
        assertThat(ledger.all().getFirst().body().path("kind").asText()).isEqualTo("refused");
        assertThat(ledger.all().getFirst().body().path("agent").asText()).isEqualTo("robot");
        assertThat(alone(Kind.FOR_PEOPLE, "robot", 3, "POST /a")).isEqualTo(3);
    }

    @Test
    void eachCallerAndKindCountsForItself() throws Exception {
        assertThat(alone(Kind.UNREAD, "robot", 99, "api")).isEqualTo(Repeats.ONE_BY_ONE);
        assertThat(alone(Kind.TURNED_AWAY, "robot", 1, "api")).isEqualTo(1);
        assertThat(alone(Kind.UNREAD, "other", 1, "api")).isEqualTo(1);
    }

    @Test
    void whoIsQuietLeavesNoSum() throws Exception {
        assertThat(alone(Kind.UNREAD, "robot", Repeats.ONE_BY_ONE, "api"))
                .isEqualTo(Repeats.ONE_BY_ONE);
        repeats.finish();
        assertThat(told()).isEmpty();
    }

    @Test
    void whatIsNotToldYetIsToldAtTheEnd() throws Exception {
        alone(Kind.UNREAD, "robot", Repeats.ONE_BY_ONE + 1, "api");
        repeats.finish();
        assertThat(told())
                .containsExactly(
                        "robot sent what could not be judged, once more within a minute: api");
    }

    /** Nobody makes room for themselves with names. */
    @Test
    void manyCallersAreOneSum() throws Exception {
        int alone = 0;
        for (int i = 0; i < 100_000; i++) {
            alone += repeats.alone(Kind.UNREAD, "robot-" + i, null, "api") ? 1 : 0;
        }
        assertThat(alone).isLessThanOrEqualTo(1_000 + Repeats.ONE_BY_ONE);
        repeats.finish();
        assertThat(told()).singleElement().asString().contains("98990 times more");
    }
}
