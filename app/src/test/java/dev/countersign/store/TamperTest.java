package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever changes the database by hand is found out. */
final class TamperTest {
    private static final Clock CLOCK = Clock.fixed(Events.NOON, ZoneOffset.UTC);
    private static final int RECORDS = 12;

    private @TempDir Path temporary;
    private Path data;

    @BeforeEach
    void fill() throws Exception {
        data = temporary.resolve("data");
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = 0; i < RECORDS; i++) {
                ObjectNode body = JsonNodeFactory.instance.objectNode();
                body.put("content", i == 10 ? "long text ".repeat(10_000) : "short");
                store.auditLog().append(Events.with(i, "record " + i, body));
            }
        }
    }

    private void tamper(String sql) throws SQLException {
        DataFolderTest.sql(
                data,
                "DROP TRIGGER ledger_grows",
                "DROP TRIGGER ledger_keeps",
                "DROP TRIGGER ledger_stays",
                "DROP TRIGGER payload_keeps",
                "DROP TRIGGER payload_stays",
                sql);
    }

    private LedgerCheck.Verdict verdict() throws IOException {
        try (Store.Reader reader = Store.reader(data)) {
            LedgerCheck.Verdict verdict = reader.ledgerCheck().verify();
            SecondVerifier.agrees(data, verdict);
            return verdict;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger SET hash = zeroblob(32) WHERE idx = 3",
                "DELETE FROM ledger WHERE idx = 3",
                "DELETE FROM ledger",
                "UPDATE payload SET body = '{}'",
                "DELETE FROM payload",
                "INSERT OR REPLACE INTO ledger (idx, record, hash) VALUES (3, '{}', zeroblob(32))",
                "INSERT INTO ledger (idx, record, hash) VALUES (99, '{}', zeroblob(32))",
                "INSERT INTO ledger (idx, record, hash) VALUES (-1, '{}', zeroblob(32))",
                "INSERT OR REPLACE INTO payload (idx, body) VALUES (10, '{}')"
            })
    void theDatabaseItselfRefusesToChangeARecord(String sql) throws Exception {
        assertThatThrownBy(() -> DataFolderTest.sql(data, sql)).isInstanceOf(SQLException.class);
        assertThat(verdict().fault()).isEmpty();
        assertThat(verdict().records()).isEqualTo(RECORDS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "edit | 5 | EDITED | UPDATE ledger SET record = replace(record, 'record 5', 'record 6') WHERE idx = 5",
                "effect | 4 | EDITED | UPDATE ledger SET record = replace(record, '\"deny\"', '\"allow\"') WHERE idx = 4",
                "hash | 5 | EDITED | UPDATE ledger SET hash = zeroblob(32) WHERE idx = 5",
                "drop | 5 | DROPPED | DELETE FROM ledger WHERE idx = 5",
                "drop first | 0 | DROPPED | DELETE FROM ledger WHERE idx = 0",
                "drop many | 2 | DROPPED | DELETE FROM ledger WHERE idx BETWEEN 2 AND 7",
                "move up | 5 | REORDERED | DELETE FROM ledger WHERE idx = 5; UPDATE ledger SET idx = idx - 1 WHERE idx > 5",
                "swap | 5 | REORDERED | UPDATE ledger SET idx = 99 WHERE idx = 5; UPDATE ledger SET idx = 5 WHERE idx = 6; UPDATE ledger SET idx = 6 WHERE idx = 99",
                "before the first | -7 | REORDERED | INSERT INTO ledger (idx, record, hash) SELECT -7, record, hash FROM ledger WHERE idx = 0",
                "copy to the end | 12 | REORDERED | INSERT INTO ledger (idx, record, hash) SELECT 12, record, hash FROM ledger WHERE idx = 11",
                "payload | 10 | PAYLOAD | UPDATE payload SET body = replace(body, 'long', 'lang')",
                "payload gone | 10 | PAYLOAD | DELETE FROM payload",
            })
    void theVerifierNamesTheFirstBadRecord(String what, long index, Fault.Kind kind, String sql)
            throws Exception {
        tamper(sql);
        assertThat(verdict().fault())
                .as(what)
                .hasValueSatisfying(fault -> {
                    assertThat(fault.kind()).isEqualTo(kind);
                    assertThat(fault.index()).isEqualTo(index);
                });
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("record " + index)
                .hasMessageContaining("audit verify");
    }

    /** Records 1 and 2 hold something of Ana by its hash, and it lies beside them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "changed | 1 | UPDATE sealed SET box = zeroblob(length(box)) WHERE idx = 1",
                "of another | 1 | UPDATE sealed SET box = (SELECT box FROM sealed WHERE idx = 2) WHERE idx = 1",
                "gone | 1 | DELETE FROM sealed WHERE idx = 1",
                "gone as if erased | 1 | UPDATE pseudonym SET erased = '2026', email = NULL, key = NULL; DELETE FROM sealed",
                "key gone | 1 | UPDATE pseudonym SET key = NULL",
            })
    void whatIsSealedIsCheckedToo(String what, long index, String sql) throws Exception {
        tamper("DROP TRIGGER sealed_stays; DROP TRIGGER sealed_keeps; " + sql);
        try (Store.Reader reader = Store.reader(data)) {
            LedgerCheck.Verdict verdict = reader.ledgerCheck().verify();
            assertThat(verdict.fault())
                    .as(what)
                    .hasValueSatisfying(fault -> {
                        assertThat(fault.kind()).isEqualTo(Fault.Kind.PAYLOAD);
                        assertThat(fault.index()).isEqualTo(index);
                    });
            if (what.startsWith("gone")) {
                // The other one opens no box, but sees that one is missing.
                SecondVerifier.agrees(data, verdict);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE sealed SET box = zeroblob(50) WHERE idx = 1",
                "INSERT OR REPLACE INTO sealed (idx, person, box) VALUES (1, 'x', zeroblob(50))",
                "DELETE FROM sealed"
            })
    void theDatabaseItselfRefusesToChangeWhatIsSealed(String sql) throws Exception {
        assertThatThrownBy(() -> DataFolderTest.sql(data, sql)).isInstanceOf(SQLException.class);
        assertThat(verdict().fault()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "kind", "at", "call"})
    void listingsCannotSayAnythingElseThanTheHashedText(String column) {
        assertThatThrownBy(() -> tamper("UPDATE ledger SET " + column + " = 'x'"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("generated column");
    }

    @Test
    void onlyTheNewestPartIsCheckedOnOpening() throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = RECORDS; i < 1_100; i++) {
                store.auditLog().append(Events.numbered(i));
            }
        }
        tamper("UPDATE ledger SET hash = zeroblob(32) WHERE idx = 5");
        Store.open(data, CLOCK).close();
        assertThat(verdict().fault()).map(Fault::index).contains(5L);
        DataFolderTest.sql(data, "UPDATE ledger SET hash = zeroblob(32) WHERE idx = 105");
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("record 105");
    }
}
