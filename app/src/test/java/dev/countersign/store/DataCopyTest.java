package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.people.Person;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Moving from one database to another, each way. */
@ParameterizedClass
@CsvSource({"SQLITE, POSTGRESQL", "POSTGRESQL, SQLITE", "POSTGRESQL, POSTGRESQL", "SQLITE, SQLITE"})
final class DataCopyTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int RECORDS = 1_100;

    @Parameter(0)
    Databases one = Databases.SQLITE;

    @Parameter(1)
    Databases other = Databases.SQLITE;

    private @TempDir Path temporary;
    private Place from = Place.in(Path.of(""));
    private Place to = Place.in(Path.of(""));

    @BeforeEach
    void fill() throws Exception {
        from = one.in(temporary.resolve("from"));
        to = other.in(temporary.resolve("to"));
        try (Store store = Store.open(from, CLOCK)) {
            for (int i = 0; i < 12; i++) {
                ObjectNode body = JsonNodeFactory.instance.objectNode();
                body.put("content", i == 10 ? "long text \u0000 ".repeat(10_000) : "half \ud800");
                store.auditLog().append(Events.with(i, "r" + i, body));
            }
            Events.fill(store, 12, RECORDS);
            store.people().put(person(), Events.numbered(1));
            store.stops().put(stop(store), Events.numbered(2));
            store.alarms().raise(Events.numbered(3));
            store.alarms().raise(Events.numbered(4));
        }
    }

    private static Person person() {
        return new Person("lee@example.com", "Lee", Set.of("owner"), Set.of("a", "b"));
    }

    private static Stop stop(Store store) throws Exception {
        return new Stop(
                "STP-" + store.stops().nextNumber(),
                Stop.Kind.AGENT,
                "builder",
                "why not",
                "lee@example.com",
                Events.NOON,
                null);
    }

    private static List<Recorded> records(Store store) {
        return store.auditQuery().list(Map.of(), Long.MAX_VALUE, 1_000);
    }

    @Test
    void everythingIsThereAndTheLedgerGoesOn() throws Exception {
        List<String> told = new ArrayList<>();
        LedgerCheck.Verdict verdict =
                Copy.all(from, to, (table, rows, of) -> told.add(table + " " + rows + "/" + of));
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isEqualTo(RECORDS + 4);
        assertThat(told).contains("ledger 1000/1104", "ledger 1104/1104", "tree 4/4", "person 1/1");
        try (Store old = Store.open(from, CLOCK);
                Store copy = Store.open(to, CLOCK)) {
            assertThat(copy.ledgerCheck().verify()).isEqualTo(old.ledgerCheck().verify());
            assertThat(records(copy)).isEqualTo(records(old));
            assertThat(copy.people().person(person().email())).contains(person());
            assertThat(copy.stops().holding()).isEqualTo(old.stops().holding()).hasSize(1);
            assertThat(copy.alarms().open("x", 9)).isEqualTo(old.alarms().open("x", 9)).hasSize(2);
            assertThat(copy.proofs().inclusion(3, 1_000))
                    .isEqualTo(old.proofs().inclusion(3, 1_000));
            assertThat(copy.auditQuery().list(Map.of("agent", "migrations"), 200, 5))
                    .isEqualTo(old.auditQuery().list(Map.of("agent", "migrations"), 200, 5))
                    .hasSize(5);
            assertThat(copy.proofs().key()).isEqualTo(old.proofs().key());

            assertThat(copy.auditLog().append(Events.numbered(9)).index()).isEqualTo(RECORDS + 4);
            copy.alarms().raise(Events.numbered(5));
            assertThat(copy.alarms().open("x", 9).getFirst().id()).isEqualTo("ALM-3");
            assertThat(copy.stops().nextNumber()).isEqualTo(2);
        }
    }

    @Test
    void aPlaceThatIsNotEmptyIsRefused() throws Exception {
        Copy.all(from, to, (_, _, _) -> {});
        assertThatThrownBy(() -> Copy.all(from, to, (_, _, _) -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("is not empty");
    }

    @Test
    void aLedgerInUseIsNotCopied() throws Exception {
        try (Store store = Store.open(from, CLOCK)) {
            assertThatThrownBy(() -> Copy.all(from, to, (_, _, _) -> {}))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("is in use by another Countersign");
            assertThat(store.trouble()).isEmpty();
        }
    }

    @Test
    void aCopyThatBrokeOffIsRefusedByAll() {
        assertThatThrownBy(() ->
                        Copy.all(
                                from,
                                to,
                                (table, _, _) -> {
                                    if (table.equals("approval")) {
                                        throw new IllegalStateException("the power is gone");
                                    }
                                }))
                .hasMessage("the power is gone");
        assertThatThrownBy(() -> Store.open(to, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("holds a copy that was broken off");
        assertThatThrownBy(() -> Store.reader(to))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("holds a copy that was broken off");
        assertThatThrownBy(() -> Copy.all(from, to, (_, _, _) -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("holds a copy that was broken off");
    }

    @Test
    void aBrokenLedgerIsNotCopied() throws Exception {
        one.sql(
                from.folder(),
                one == Databases.SQLITE
                        ? "DROP TRIGGER ledger_stays"
                        : "ALTER TABLE ledger DISABLE TRIGGER USER",
                "UPDATE ledger SET record = replace(record, '\"kind\"', '\"kund\"') WHERE idx = 5");
        assertThatThrownBy(() -> Copy.all(from, to, (_, _, _) -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("does not verify, record 5");
    }

    @Test
    void theKeysOfAnotherLedgerAreNotOverwritten() throws Exception {
        Files.createDirectories(to.folder());
        Files.writeString(to.folder().resolve("ledger.key"), "another");
        assertThatThrownBy(() -> Copy.all(from, to, (_, _, _) -> {}))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("belongs to another ledger");
        assertThat(to.folder().resolve("ledger.key")).hasContent("another");
    }
}
