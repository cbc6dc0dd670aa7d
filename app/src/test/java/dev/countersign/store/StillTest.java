package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.Slice;
import dev.countersign.ledger.Stretch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a file as it lies there is what SQLite says of it, or nothing. */
final class StillTest {
    private static final Clock CLOCK = Clock.fixed(Events.NOON, ZoneOffset.UTC);

    private @TempDir Path temporary;

    private Path filled(int records, int large) throws Exception {
        Path data = temporary.resolve("data");
        try (Store store = Store.open(data, CLOCK)) {
            Events.fill(store, 0, records);
            for (int i = 0; i < large; i++) {
                ObjectNode body = JsonNodeFactory.instance.objectNode();
                body.put("content", "long text ".repeat(100 + 300 * i));
                store.auditLog().append(Events.with(records + i, "large", body));
            }
        }
        return data;
    }

    private static String url(Path data) {
        return "jdbc:sqlite:" + data.resolve(DataFolder.DATABASE);
    }

    /** The rows of a table from a number on, as texts. */
    private static List<String> asked(Path data, String table, int columns, long first)
            throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url(data));
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT * FROM "
                                        + table
                                        + " WHERE idx >= "
                                        + first
                                        + " ORDER BY idx")) {
            while (row.next()) {
                StringBuilder text = new StringBuilder().append(row.getLong(1));
                for (int i = 2; i <= columns; i++) {
                    text.append(' ').append(HexFormat.of().formatHex(row.getBytes(i)));
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }

    private static List<String> read(Path data, String table, int columns, long first)
            throws Exception {
        List<String> rows = new ArrayList<>();
        long root;
        try (Connection connection = DriverManager.getConnection(url(data));
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT rootpage FROM sqlite_schema WHERE name = '"
                                        + table
                                        + "'")) {
            root = row.getLong(1);
        }
        try (SqliteFile file = SqliteFile.open(data.resolve(DataFolder.DATABASE))) {
            SqliteFile.Cursor cursor = file.rows(root, columns, first);
            Slice slice = new Slice();
            while (cursor.next()) {
                StringBuilder text = new StringBuilder().append(cursor.row());
                for (int i = 1; i < columns; i++) {
                    if (columns == 3 && i == 2) {
                        cursor.blob(i, slice);
                    } else {
                        cursor.text(i, slice);
                    }
                    text.append(' ')
                            .append(
                                    HexFormat.of()
                                            .formatHex(
                                                    slice.bytes(),
                                                    slice.from(),
                                                    slice.from() + slice.length()));
                }
                rows.add(text.toString());
            }
            assertThat(cursor.next()).isFalse();
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1_024, 4_096, 65_536})
    void rowsAreThoseThatSqliteFinds(int page) throws Exception {
        Path data = filled(3_000, 12);
        DataFolderTest.sql(
                data, "PRAGMA journal_mode = DELETE", "PRAGMA page_size = " + page, "VACUUM");
        for (long first : new long[] {Long.MIN_VALUE, 0, 1, 777, 2_999, 3_011, 3_012, 1L << 40}) {
            assertThat(read(data, "ledger", 3, first)).isEqualTo(asked(data, "ledger", 3, first));
            assertThat(read(data, "sealed", 3, first)).isEqualTo(asked(data, "sealed", 3, first));
            assertThat(read(data, "payload", 2, first)).isEqualTo(asked(data, "payload", 2, first));
        }
    }

    private static LedgerCheck check(Path data, Readers readers, boolean still) throws IOException {
        byte[] master = Files.readAllBytes(data.resolve("privacy.key"));
        return new SqlCheck(data, readers, new Privacy(master, readers, null), still);
    }

    private static Readers readers(Path data) {
        Engine engine = new Sqlite(data);
        return new Readers(engine, engine::visitor);
    }

    /** Were it not so, verification would be many times slower and nothing else would show it. */
    @Test
    void goodRecordsAreReadAsTheyLie() throws Exception {
        Path data = filled(3_000, 0);
        try (Readers readers = readers(data);
                Still still =
                        readers.lookUp(
                                connection -> Still.of(readers.engine().still(), connection))) {
            Privacy privacy =
                    new Privacy(Files.readAllBytes(data.resolve("privacy.key")), readers, null);
            Stretch all = still.stretch(Long.MIN_VALUE, 0, 5_000, privacy.opener());
            Stretch some = still.stretch(1_000, 1_000, 1_500, privacy.opener());
            assertThat(all.end()).isEqualTo(3_000);
            assertThat(some.end()).isEqualTo(1_500);
        }
    }

    @Test
    void whatIsNotInTheFileYetIsAskedFor() throws Exception {
        Path data = temporary.resolve("live");
        try (Store store = Store.open(data, CLOCK)) {
            Events.fill(store, 0, 100);
            assertThat(new Sqlite(data).still()).isEmpty();
            try (Store.Reader reader = Store.reader(data)) {
                assertThat(reader.ledgerCheck().verify().records()).isEqualTo(100);
            }
        }
        assertThat(new Sqlite(data).still()).isPresent();
    }

    /** What a check says, or that it cannot. */
    private static String said(Path data, boolean still) throws IOException {
        try (Readers readers = readers(data)) {
            return check(data, readers, still).verify().toString();
        } catch (StoreException | IllegalArgumentException _) {
            return "cannot be read";
        }
    }

    @Test
    void aFileThatWasDamagedAnywhereIsJudgedAsWithSqlite() throws Exception {
        Path data = filled(200, 3);
        Path file = data.resolve(DataFolder.DATABASE);
        Path good = temporary.resolve("good.db");
        Files.copy(file, good);
        byte[] whole = Files.readAllBytes(good);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        int bad = 0;
        for (int i = 0; i < 400; i++) {
            byte[] changed = whole.clone();
            // Bytes at the beginnings of pages say where everything is.
            int page = random.nextInt(1, whole.length / 4_096) * 4_096;
            int at = page + random.nextInt(i % 2 == 0 ? 64 : 4_096);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, changed);
            String said = said(data, true);
            assertThat(said).as("byte " + at).isEqualTo(said(data, false));
            if (!said.contains("fault=Optional.empty")) {
                bad++;
            }
        }
        assertThat(bad).isGreaterThan(50);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertThat(said(data, true)).isEqualTo(said(data, false));
        Files.copy(good, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(said(data, true)).contains("fault=Optional.empty").isEqualTo(said(data, false));
    }
}
