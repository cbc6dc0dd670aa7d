package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.Alarm;
import dev.countersign.audit.AlarmStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.testing.MemoryAlarmStore;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alarms behave the same in memory and in a database, and there also after a restart. */
final class AlarmsTest {
    private static final String ANA = "ana@example.com";
    private static final String LI = "li@example.com";

    @TempDir Path data;
    private final MovableClock clock = new MovableClock(Events.NOON.toString());

    private static AuditRecord event(String text, int second) {
        Instant at = Events.NOON.plusSeconds(second);
        return AuditRecord.change(
                "alarm", at, null, null, text, JsonNodeFactory.instance.objectNode());
    }

    private static void keeps(AlarmStore store) throws NotRecorded {
        store.raise(event("a", 1));
        store.raise(event("b", 2));
        store.raise(event("a", 3));
        Alarm a = new Alarm("ALM-1", "a", 2, Events.NOON.plusSeconds(3));
        Alarm b = new Alarm("ALM-2", "b", 1, Events.NOON.plusSeconds(2));
        assertThat(store.open(ANA, 9)).containsExactly(b, a);
        assertThat(store.open(ANA, 1)).containsExactly(b);
        assertThat(store.find("ALM-1")).contains(a);
        assertThat(store.find("ALM-9")).isEmpty();
        assertThat(store.acknowledge("ALM-1", ANA, event("known", 4))).isPresent();
        assertThat(store.acknowledge("ALM-1", ANA, event("known", 5))).isEmpty();
        assertThat(store.open(ANA, 9)).containsExactly(b);
        assertThat(store.open(LI, 9)).containsExactly(b, a);
        store.raise(event("a", 6));
        Alarm again = new Alarm("ALM-3", "a", 1, Events.NOON.plusSeconds(6));
        assertThat(store.open(ANA, 9)).containsExactly(again, b);
    }

    @Test
    void inMemory() throws NotRecorded {
        MemoryLedger ledger = new MemoryLedger();
        keeps(new MemoryAlarmStore(ledger));
        assertThat(ledger.all()).as("no record of what did not count").hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void inADatabase(Databases database) throws NotRecorded, IOException {
        try (Store store = Store.open(database.in(data.resolve("data")), clock)) {
            keeps(store.alarms());
            assertThat(store.auditQuery().byIndex(4)).isPresent();
            assertThat(store.auditQuery().byIndex(5)).isEmpty();
        }
        try (Store store = Store.open(database.in(data.resolve("data")), clock)) {
            assertThat(store.alarms().open(ANA, 9))
                    .extracting(Alarm::id)
                    .containsExactly("ALM-3", "ALM-2");
        }
    }
}
