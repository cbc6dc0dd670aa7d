package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.ToolPinStore;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SqlToolPinsTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir Path folder;

    private static AuditRecord event(String text) {
        return AuditRecord.change(
                "tool", AT, null, "builder", text, JsonNodeFactory.instance.objectNode());
    }

    private static Pin pin(String sha256) {
        return new Pin("files", "read", sha256, State.WAITING, "{}", "builder", AT);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstIsFirstAndOthersWaitUntilTheyAreAccepted(Databases database) throws Exception {
        Place data = database.in(folder.resolve("data"));
        try (Store store = Store.open(data, Clock.systemUTC())) {
            ToolPinStore pins = store.toolPins();
            assertThat(pins.find("files", "read", "a")).isEmpty();
            assertThat(pins.keep(pin("a"), event("first"), event("waiting"))).contains(State.FIRST);
            assertThat(pins.keep(pin("a"), event("first"), event("waiting"))).isEmpty();
            assertThat(pins.keep(pin("b"), event("first"), event("waiting")))
                    .contains(State.WAITING);
            assertThat(pins.accept("files", "read", "a", event("accepted"))).isFalse();
            assertThat(pins.accept("files", "read", "b", event("accepted"))).isTrue();
            assertThat(pins.accept("files", "read", "b", event("accepted"))).isFalse();
            assertThat(store.auditQuery().list(Map.of("kind", "tool"), Long.MAX_VALUE, 10))
                    .extracting(record -> record.body().path("summary").asText())
                    .containsExactly("accepted", "waiting", "first");
        }
        try (Store store = Store.open(data, Clock.systemUTC())) {
            assertThat(store.toolPins().of("files", "read"))
                    .extracting(Pin::state)
                    .containsExactly(State.FIRST, State.ACCEPTED);
            assertThat(store.toolPins().all(Optional.of(State.WAITING), 10)).isEmpty();
            assertThat(store.toolPins().find("files", "read", "b")).contains(State.ACCEPTED);
        }
    }
}
