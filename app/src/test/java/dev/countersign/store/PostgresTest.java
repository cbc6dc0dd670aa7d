package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.ledger.Fault;
import dev.countersign.testing.Cable;
import dev.countersign.testing.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong with a database that is another program. */
final class PostgresTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private @TempDir Path temporary;
    private String url = "";
    private Path data = Path.of("");

    @BeforeEach
    void fresh() {
        url = PostgresServer.fresh();
        data = temporary.resolve("data");
    }

    private Store open(String at) throws IOException {
        return Store.open(Databases.at(data, at), CLOCK, DEADLINE);
    }

    private Connection admin() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:"
                        + PostgresServer.port()
                        + "/postgres?currentSchema="
                        + url.substring(url.indexOf('=') + 1),
                "postgres",
                "postgres");
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = admin();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within %s", PATIENCE).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static LedgerCheck.Verdict good(Store store, long records) {
        LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isEqualTo(records);
        return verdict;
    }

    /** A second server with the same keys. */
    private Path keys() throws IOException {
        Path second = Files.createDirectory(temporary.resolve("second"));
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("lock")) {
                    Files.copy(file, second.resolve(file.getFileName()));
                }
            }
        }
        return second;
    }

    @Test
    void oneServerWritesAtATime() throws Exception {
        try (Store first = open(url)) {
            first.auditLog().append(Events.numbered(0));
            Place second = Databases.at(keys(), url);
            assertThatThrownBy(() -> Store.open(second, CLOCK))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("is in use by another Countersign (from 127.0.0.1 since")
                    .hasMessageNotContaining("postgres:postgres");
            assertThat(first.auditLog().append(Events.numbered(1)).index()).isEqualTo(1);
            try (Store.Reader reader = Store.reader(second)) {
                assertThat(reader.ledgerCheck().verify().records()).isEqualTo(2);
            }
        }
        Place other = Databases.at(temporary.resolve("second"), url);
        try (Store second = Store.open(other, CLOCK)) {
            // At once, and not when the next one is signed: a check misses it otherwise.
            assertThat(temporary.resolve("second").resolve("checkpoint")).exists();
            assertThat(second.auditLog().append(Events.numbered(2)).index()).isEqualTo(2);
            good(second, 3);
        }
    }

    @Test
    void whoLostTheLockToAnotherWritesNothing() throws Exception {
        Cable cable = new Cable(PostgresServer.port());
        try (Store store = open(url.replace(":" + PostgresServer.port(), ":" + cable.port()));
                Connection other = admin();
                Statement statement = other.createStatement()) {
            store.auditLog().append(Events.numbered(0));
            cable.pull();
            // As another server does it, which goes on with the chain.
            statement.execute(
                    "SELECT pg_advisory_lock(" + 0x4353474e + ", hashtext(current_schema()))");
            cable.putBack();
            assertThatThrownBy(() -> store.auditLog().append(Events.numbered(1)))
                    .isInstanceOf(NotRecorded.class)
                    .hasMessageContaining("in use by another Countersign");
            assertThat(store.trouble()).isPresent();
            statement.execute("SELECT pg_advisory_unlock_all()");
            await(() -> store.trouble().isEmpty());
            assertThat(store.auditLog().append(Events.numbered(2)).index()).isEqualTo(1);
            good(store, 2);
        } finally {
            cable.close();
        }
    }

    @Test
    void aSessionOfOurOwnThatBrokeDoesNotKeepUsOut() throws Exception {
        open(url).close();
        Postgres engine = Databases.at(data, url).server().orElseThrow();
        try (Connection broken = engine.writer();
                Connection again = engine.writer()) {
            assertThat(again.isValid(1)).isTrue();
            assertThat(broken.isValid(1)).isFalse();
        }
    }

    @Test
    void aDatabaseThatIsGoneGivesNoReceiptAndIsSeenAndSurvived() throws Exception {
        Cable cable = new Cable(PostgresServer.port());
        try (Store store = open(url.replace(":" + PostgresServer.port(), ":" + cable.port()))) {
            Receipt first = store.auditLog().append(Events.numbered(0));
            assertThat(store.trouble()).isEmpty();
            cable.pull();
            // Nobody asks it anything.
            await(() -> store.trouble().isPresent());
            assertThatThrownBy(() -> store.auditLog().append(Events.numbered(1)))
                    .isInstanceOf(NotRecorded.class)
                    .hasMessageContaining("refused");
            assertThatThrownBy(() -> store.auditQuery().byIndex(0))
                    .isInstanceOf(StoreException.class);
            cable.putBack();
            await(() -> store.trouble().isEmpty());
            assertThat(store.auditQuery().byIndex(0).orElseThrow().hash()).isEqualTo(first.hash());
            assertThat(store.auditLog().append(Events.numbered(2)).index()).isEqualTo(1);
            good(store, 2);
        } finally {
            cable.close();
        }
    }

    @Test
    void connectionsThatWereEndedAreMadeAnew() throws Exception {
        try (Store store = open(url)) {
            store.auditLog().append(Events.numbered(0));
            assertThat(store.auditQuery().byIndex(0)).isPresent();
            sql(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                            + " WHERE application_name LIKE 'countersign %'");
            assertThat(store.auditQuery().byIndex(0)).isPresent();
            assertThat(store.auditLog().append(Events.numbered(1)).index()).isEqualTo(1);
            assertThat(store.proofs().inclusion(0, 2)).hasSize(1);
            good(store, 2);
        }
    }

    @Test
    void aTransactionThatIsLostGivesNoReceipt() throws Exception {
        try (Store store = open(url)) {
            store.auditLog().append(Events.numbered(0));
            assertThatThrownBy(() ->
                            store.writer()
                                    .submit(unit -> {
                                        Rows.change(
                                                unit.connection(),
                                                "UPDATE sequence SET last = last + 1");
                                        sql(
                                                "SELECT pg_terminate_backend(pid, 5000) FROM"
                                                        + " pg_stat_activity WHERE state ="
                                                        + " 'idle in transaction' AND"
                                                        + " application_name LIKE"
                                                        + " 'countersign %'");
                                        return unit.connection().isValid(1);
                                    }))
                    .isInstanceOf(NotRecorded.class);
            await(() -> store.trouble().isEmpty());
            assertThat(store.approvals().nextNumber()).isEqualTo(1);
            assertThat(store.auditLog().append(Events.numbered(1)).index()).isEqualTo(1);
            good(store, 2);
        }
    }

    @Test
    void aStatementThatHangsEnds() throws Exception {
        try (Store store = open(url);
                Connection other = admin();
                Statement statement = other.createStatement()) {
            store.auditLog().append(Events.numbered(0));
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE ledger IN SHARE MODE");
            long begin = System.nanoTime();
            assertThatThrownBy(() -> store.auditLog().append(Events.numbered(1)))
                    .isInstanceOf(NotRecorded.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(DEADLINE.multipliedBy(2));
            await(() -> store.trouble().isPresent());
            other.rollback();
            await(() -> store.trouble().isEmpty());
            assertThat(store.auditLog().append(Events.numbered(2)).index()).isEqualTo(1);
            good(store, 2);
        }
    }

    @Test
    void everyCommitWaitsForTheDisk() throws Exception {
        PostgresServer.sql(
                "CREATE ROLE hasty LOGIN PASSWORD 'x' SUPERUSER",
                "ALTER ROLE hasty SET synchronous_commit = off");
        try (Store store = open(url.replace("postgres:postgres@", "hasty:x@"))) {
            String set =
                    store.writer()
                            .submit(unit ->
                                    Rows.first(
                                                    unit.connection(),
                                                    "SHOW synchronous_commit",
                                                    row -> row.getString(1))
                                            .orElse(""));
            assertThat(set).isEqualTo("on");
        }
    }

    @Test
    void aRoleWithTheLeastRightsIsEnough() throws Exception {
        PostgresServer.sql(
                "CREATE ROLE least LOGIN PASSWORD 'p@ss/1'",
                "CREATE SCHEMA least AUTHORIZATION least");
        String least =
                "postgresql://least:p%40ss%2F1@localhost:"
                        + PostgresServer.port()
                        + "/postgres?schema=least";
        try (Store store = open(least)) {
            store.auditLog().append(Events.numbered(0));
            good(store, 1);
        }
        open(least).close();
    }

    @Test
    void aPasswordIsNeverTold() {
        assertThatThrownBy(() -> open(url.replace("postgres:postgres@", "nobody:wr0ng-secret@")))
                .isInstanceOf(DataFolderException.class)
                .satisfies(failure -> {
                    StringWriter all = new StringWriter();
                    failure.printStackTrace(new PrintWriter(all));
                    assertThat(all.toString()).doesNotContain("wr0ng-secret");
                });
    }

    @Test
    void aNewerDatabaseIsRefused() throws Exception {
        open(url).close();
        sql("UPDATE countersign_data SET version = 9999");
        assertThatThrownBy(() -> open(url))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("newer Countersign (data version 9999");
        assertThatThrownBy(() -> Store.reader(Databases.at(data, url)))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("newer Countersign");
    }

    private void fill() throws Exception {
        try (Store store = open(url)) {
            for (int i = 0; i < 8; i++) {
                store.auditLog().append(Events.numbered(i));
            }
            Events.fill(store, 8, 300);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ledger SET hash = decode(repeat('00', 32), 'hex') WHERE idx = 3",
                "UPDATE ledger SET agent = 'x'",
                "DELETE FROM ledger WHERE idx = 3",
                "TRUNCATE ledger CASCADE",
                "DELETE FROM sealed",
                "UPDATE sealed SET person = 'x'",
                "UPDATE tree SET level = 2",
                "DELETE FROM tree",
                "TRUNCATE tree",
                "UPDATE checkpoint SET size = 1",
                "INSERT INTO ledger (idx, record, hash) VALUES (999, '{}', decode(repeat('00', 32), 'hex'))",
                "INSERT INTO tree (level, idx, hash) VALUES (1, 7, decode(repeat('00', 32), 'hex'))"
            })
    void theDatabaseItselfRefusesToChangeWhatWasWritten(String sql) throws Exception {
        fill();
        assertThatThrownBy(() -> sql(sql)).isInstanceOf(SQLException.class);
        try (Store.Reader reader = Store.reader(Databases.at(data, url))) {
            assertThat(reader.ledgerCheck().verify().intact()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5 | EDITED | UPDATE ledger SET record = replace(record, '\"tool\"', '\"tolo\"') WHERE idx = 5",
                "5 | EDITED | UPDATE ledger SET hash = decode(repeat('00', 32), 'hex') WHERE idx = 5",
                "5 | DROPPED | DELETE FROM sealed WHERE idx = 5; DELETE FROM ledger WHERE idx = 5",
                "1 | PAYLOAD | DELETE FROM sealed",
            })
    void whoeverChangesItAllTheSameIsFoundOut(long index, Fault.Kind kind, String sql)
            throws Exception {
        fill();
        sql(
                "ALTER TABLE ledger DISABLE TRIGGER USER",
                "ALTER TABLE sealed DISABLE TRIGGER USER",
                sql);
        try (Store.Reader reader = Store.reader(Databases.at(data, url))) {
            assertThat(reader.ledgerCheck().verify().fault())
                    .hasValueSatisfying(fault -> {
                        assertThat(fault.kind()).isEqualTo(kind);
                        assertThat(fault.index()).isEqualTo(index);
                    });
        }
    }

    @Test
    void aLedgerPutBackFromAnOlderCopyIsRefusedUntilSomebodyResumes() throws Exception {
        fill();
        sql(
                "ALTER TABLE ledger DISABLE TRIGGER USER",
                "ALTER TABLE sealed DISABLE TRIGGER USER",
                "DELETE FROM sealed WHERE idx >= 290",
                "DELETE FROM ledger WHERE idx >= 290",
                "ALTER TABLE ledger ENABLE TRIGGER USER",
                "ALTER TABLE sealed ENABLE TRIGGER USER");
        assertThatThrownBy(() -> open(url))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("has 290 records, but 300 were signed");
        Store.resume(Databases.at(data, url), CLOCK, "the copy is gone");
        try (Store store = open(url)) {
            good(store, 291);
            assertThat(store.auditQuery().list(Map.of("kind", "ledger"), Long.MAX_VALUE, 9))
                    .hasSize(1);
        }
    }
}
