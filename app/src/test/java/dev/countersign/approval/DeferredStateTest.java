package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.approval.Deferred.State;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How a deferred call moves on, as data. */
final class DeferredStateTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Instant NIGHT = Instant.parse("2026-11-20T22:00:00Z");

    private static Deferred queued() {
        return Deferred.queued(
                "DEF-1",
                "D",
                "d",
                JsonNodeFactory.instance.objectNode().put("session", "s"),
                JsonNodeFactory.instance.objectNode(),
                List.of(),
                "builder",
                null,
                "task s",
                NOON,
                NIGHT);
    }

    private static Deferred in(State state) {
        Deferred ready = queued().ready(NIGHT, NIGHT.plusSeconds(60));
        return switch (state) {
            case QUEUED -> queued();
            case READY -> ready;
            case ASKED -> queued().asking(NIGHT, "APR-1");
            case CANCELLED, WITHDRAWN, DENIED -> queued().ended(state, NIGHT, "why");
            case USED, EXPIRED -> ready.ended(state, NIGHT, "why");
        };
    }

    private static Deferred moved(Deferred from, State to) {
        return switch (to) {
            case QUEUED -> from.again(NIGHT.plusSeconds(1));
            case READY -> from.ready(NIGHT, NIGHT.plusSeconds(60));
            case ASKED -> from.asking(NIGHT, "APR-2");
            case USED, DENIED, CANCELLED, WITHDRAWN, EXPIRED -> from.ended(to, NIGHT, "why");
        };
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    QUEUED,    READY ASKED DENIED CANCELLED WITHDRAWN
                    READY,     ASKED USED DENIED CANCELLED WITHDRAWN EXPIRED
                    ASKED,     READY USED DENIED WITHDRAWN EXPIRED
                    USED,
                    DENIED,
                    CANCELLED,
                    WITHDRAWN,
                    EXPIRED,
                    """)
    void aCallMovesOnOnlyWhereItMay(State from, @Nullable String to) {
        Set<State> allowed = EnumSet.noneOf(State.class);
        for (String name : to == null ? new String[0] : to.split(" ", -1)) {
            allowed.add(State.valueOf(name));
        }
        for (State next : EnumSet.complementOf(EnumSet.of(State.QUEUED))) {
            Deferred before = in(from);
            if (allowed.contains(next)) {
                Deferred after = moved(before, next);
                assertThat(after.state()).isEqualTo(next);
                assertThat(after.version()).isEqualTo(before.version() + 1);
            } else {
                assertThatThrownBy(() -> moved(before, next))
                        .as(from + " to " + next)
                        .isInstanceOf(IllegalStateException.class);
            }
        }
        assertThat(from.over()).isEqualTo(allowed.isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20T21:59:59Z, false",
        "2026-11-20T22:00:00Z, true",
        "2026-12-24T00:00:00Z, true",
        "2026-01-01T00:00:00Z, false"
    })
    void itsTimeComesOnce(Instant now, boolean due) {
        assertThat(queued().due(now)).isEqualTo(due);
        assertThat(in(State.READY).due(now)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void theAgentIsToldOfWhatItCannotKnow(State state) {
        boolean news =
                EnumSet.of(State.READY, State.ASKED, State.DENIED, State.CANCELLED).contains(state);
        assertThat(in(state).news()).isEqualTo(news);
        assertThat(in(state).knownToAgent().news()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void onlyWhatMayRunLapses(State state) {
        assertThat(in(state).lapsed(NIGHT.plusSeconds(59))).isFalse();
        assertThat(in(state).lapsed(NIGHT.plusSeconds(60))).isEqualTo(state == State.READY);
    }
}
