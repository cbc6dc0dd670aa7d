package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.Receipt;
import dev.countersign.people.Person;
import dev.countersign.people.SignInStore;
import dev.countersign.people.WebSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder is made, kept private, locked, refused and read. */
final class DataFolderTest {
    /** What makes a database as it was before archives. */
    static final String[] WITHOUT_RETENTION = {
        "DROP TABLE entity",
        "DROP TABLE term",
        "DROP TABLE sighting",
        "ALTER TABLE person DROP COLUMN held",
        "DROP INDEX token_person",
        "DROP INDEX token_agent",
        "DROP INDEX token_created",
        "ALTER TABLE token DROP COLUMN scopes",
        "ALTER TABLE token DROP COLUMN used",
        "DROP TRIGGER ledger_keeps",
        "CREATE TRIGGER ledger_keeps BEFORE DELETE ON ledger"
                + " BEGIN SELECT RAISE(ABORT, 'never deleted'); END",
        "DROP TRIGGER payload_keeps",
        "CREATE TRIGGER payload_keeps BEFORE DELETE ON payload"
                + " BEGIN SELECT RAISE(ABORT, 'never deleted'); END",
        "DROP TRIGGER sealed_keeps",
        "CREATE TRIGGER sealed_keeps BEFORE DELETE ON sealed"
                + " BEGIN SELECT RAISE(ABORT, 'never deleted'); END",
        "DROP TABLE anchor",
        "DROP TABLE leaf",
        "DROP TABLE segment",
        "DROP TABLE hold"
    };

    static final String[] WITHOUT_SIGN_IN = {
        "DROP TABLE sign_in_link",
        "DROP TABLE password",
        "DROP TABLE passkey",
        "DROP TABLE provider_account",
        "DROP TABLE known_browser",
        "DROP TABLE sign_in_notice"
    };

    /** Back to before data version 18. */
    static final String[] WITH_COLUMNS = {
        "ALTER TABLE ledger ADD COLUMN team TEXT GENERATED ALWAYS AS (record ->> '$.team') VIRTUAL",
        "ALTER TABLE ledger ADD COLUMN client TEXT"
                + " GENERATED ALWAYS AS (record ->> '$.client') VIRTUAL",
        "ALTER TABLE ledger ADD COLUMN tool TEXT GENERATED ALWAYS AS (record ->> '$.tool') VIRTUAL",
        "ALTER TABLE ledger ADD COLUMN effect TEXT"
                + " GENERATED ALWAYS AS (record ->> '$.effect') VIRTUAL",
        "ALTER TABLE ledger ADD COLUMN risk TEXT GENERATED ALWAYS AS (record ->> '$.risk') VIRTUAL",
        "ALTER TABLE ledger ADD COLUMN decider TEXT"
                + " GENERATED ALWAYS AS (record ->> '$.decider') VIRTUAL",
        "DROP TRIGGER ledger_grows",
        "CREATE TRIGGER ledger_grows BEFORE INSERT ON ledger"
                + " WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM ledger)"
                + " BEGIN SELECT RAISE(ABORT, 'only at the end'); END"
    };

    private static final Clock CLOCK = Clock.fixed(Events.NOON, ZoneOffset.UTC);

    private @TempDir Path temporary;
    private Path data;

    @BeforeEach
    void name() {
        data = temporary.resolve("a b?c%20#d").resolve("data");
    }

    private static Map<String, Long> files(Path folder) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return sizes;
    }

    static void sql(Path data, String... statements) throws SQLException {
        String url = "jdbc:sqlite:file:" + data.resolve("countersign.db").toUri().getRawPath();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.executeUpdate(sql);
            }
        }
    }

    @Test
    void onlyItsOwnerMayEnter() throws Exception {
        Store store = Store.open(data, CLOCK);
        store.auditLog().append(Events.numbered(0));
        assertThat(mode(data)).isEqualTo("rwx------");
        for (String file : files(data).keySet()) {
            assertThat(mode(data.resolve(file))).as(file).isEqualTo("rw-------");
        }
        store.close();

        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Store.open(data, CLOCK).close();
        assertThat(mode(data)).isEqualTo("rwx------");
    }

    /** How many rows a table has. */
    static long count(Path data, String table) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + data.resolve("countersign.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return row.getLong(1);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aFolderThatIsSomethingElseIsLeftAsItIs() throws Exception {
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(data.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining(data.toString())
                .hasMessageContaining("other files");
        assertThat(mode(data)).isEqualTo("rwxr-xr-x");
        assertThat(files(data)).containsOnlyKeys("letter.txt");

        assertThatThrownBy(() -> Store.open(data.resolve("letter.txt"), CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("is a file");
    }

    @Test
    void whatWasWrittenIsThereAfterOpeningAgain() throws Exception {
        Receipt first;
        try (Store store = Store.open(data, CLOCK)) {
            first = store.auditLog().append(Events.numbered(0));
        }
        try (Store store = Store.open(data, CLOCK)) {
            Receipt second = store.auditLog().append(Events.numbered(1));
            assertThat(second.index()).isEqualTo(1);
            assertThat(store.auditQuery().byIndex(1).orElseThrow().body().path("previous").asText())
                    .isEqualTo(first.hash());
        }
    }

    @Test
    void endedBrowserSessionsAreForgottenOnOpening() throws Exception {
        WebSession old = SqlSignInsTest.session("old", "a@b", 10);
        WebSession live = SqlSignInsTest.session("live", "a@b", 30);
        try (Store store = Store.open(data, CLOCK)) {
            store.people().put(new Person("a@b", "A", Set.of("member")), Events.numbered(0));
            for (WebSession each : List.of(old, live)) {
                assertThat(
                                store.signIns()
                                        .begin(
                                                each,
                                                new SignInStore.Basis.Vouched(),
                                                Events.numbered(1)))
                        .isTrue();
            }
        }
        Clock later = Clock.fixed(Events.NOON.plusSeconds(20), ZoneOffset.UTC);
        try (Store store = Store.open(data, later)) {
            assertThat(store.signIns().session("old")).isEmpty();
            assertThat(store.signIns().session("live")).contains(live);
        }
    }

    @Test
    void aFolderInUseIsRefusedWithinTheProcess() throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> Store.open(data, CLOCK))
                        .isInstanceOf(DataFolderException.class)
                        .hasMessageContaining(data.toString())
                        .hasMessageContaining("in use")
                        .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
            }
            store.auditLog().append(Events.numbered(0));
        }
        Store.open(data, CLOCK).close();
    }

    @Test
    void aFolderInUseByAnotherProcessIsRefused() throws Exception {
        try (ChildProcess child = ChildProcess.appending(data, "")) {
            child.receipts(1);
            assertThatThrownBy(() -> Store.open(data, CLOCK))
                    .isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("process " + child.pid());
            try (Store.Reader reader = Store.reader(data)) {
                assertThat(reader.ledgerCheck().verify().fault()).isEmpty();
            }
        }
        Store.open(data, CLOCK).close();
    }

    @Test
    void aFolderOfANewerVersionIsRefusedAndNotChanged() throws Exception {
        Store.open(data, CLOCK).close();
        sql(data, "PRAGMA user_version = 99");
        Map<String, Long> before = files(data);
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("newer Countersign")
                .hasMessageContaining("99");
        assertThatThrownBy(() -> Store.reader(data))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("newer Countersign");
        assertThat(files(data)).isEqualTo(before);

        sql(data, "PRAGMA user_version = 24");
        Store.open(data, CLOCK).close();
    }

    @Test
    void aFolderOfTheFirstVersionIsBroughtUpAndLosesNothing() throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            store.auditLog().append(Events.numbered(0));
            store.people()
                    .put(
                            new Person("bo@example.com", "Bo", Set.of("maintainer")),
                            Events.numbered(0));
            // As older versions wrote it: with nothing sealed.
            store.approvals().open(ApprovalsContract.request(1, "d"), Events.numbered(5));
        }
        sql(data, WITH_COLUMNS);
        sql(data, WITHOUT_RETENTION);
        sql(data, WITHOUT_SIGN_IN);
        for (String statement :
                List.of(
                        "DROP INDEX token_made_by",
                        "ALTER TABLE token DROP COLUMN made_by",
                        "ALTER TABLE person DROP COLUMN teams",
                        "DROP TABLE defaults",
                        "DROP TABLE saved_view",
                        "DROP TABLE tool_pin",
                        "DROP TABLE channel",
                        "DROP TABLE notice",
                        "DROP TABLE delivery",
                        "DROP TABLE posted",
                        "DROP TABLE answer_link",
                        "DROP TABLE linked_account",
                        "DROP TABLE told_how",
                        "DROP TABLE push_subscription",
                        "DROP TABLE sealed",
                        "DROP TABLE pseudonym",
                        "ALTER TABLE ledger DROP COLUMN team",
                        "DROP TABLE tree",
                        "DROP TABLE checkpoint",
                        "DROP TABLE cosigned",
                        "DROP TABLE policy",
                        "DROP TABLE stop",
                        "DROP TABLE deferred",
                        "DELETE FROM sequence WHERE name = 'deferred'",
                        "DROP TABLE alarm",
                        "DELETE FROM sequence WHERE name = 'alarm'",
                        "DROP TABLE acknowledged",
                        "DROP INDEX approval_broken",
                        "ALTER TABLE approval DROP COLUMN broken",
                        "DROP INDEX approval_due",
                        "ALTER TABLE approval DROP COLUMN due",
                        "DROP INDEX approval_edited",
                        "ALTER TABLE approval DROP COLUMN edited",
                        "DROP TABLE remembered",
                        "DELETE FROM sequence WHERE name = 'grant'",
                        "DELETE FROM sequence WHERE name = 'stop'",
                        "DROP INDEX approval_denied",
                        "DROP INDEX approval_ended",
                        "DROP INDEX approval_pending",
                        "ALTER TABLE approval DROP COLUMN task",
                        "ALTER TABLE approval DROP COLUMN expires",
                        "CREATE INDEX approval_pending ON approval (seq) WHERE state = 'pending'",
                        "UPDATE approval SET request = json_remove(request, '$.task', '$.intents',"
                                + " '$.repeats', '$.offer')",
                        "PRAGMA user_version = 1")) {
            sql(data, statement);
        }
        assertThatThrownBy(() -> Store.reader(data))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("older Countersign");
        try (Store store = Store.open(data, CLOCK)) {
            assertThat(store.policies().policies()).isEmpty();
            assertThat(store.ledgerCheck().verify().fault()).isEmpty();
            assertThat(store.auditQuery().byIndex(0)).isPresent();
            assertThat(store.approvals().pending().getFirst().id()).isEqualTo("APR-1");
            assertThat(store.approvals().pending().getFirst().offer().lasts()).isFalse();
            assertThat(store.people().found("role:maintainer", 9))
                    .containsExactlyElementsOf(
                            store.people().person("bo@example.com").stream().toList())
                    .hasSize(1);
            assertThat(store.stops().holding()).isEmpty();
            assertThat(store.approvals().due(Events.NOON.plusSeconds(1_799))).isEmpty();
            assertThat(store.approvals().due(Events.NOON.plusSeconds(1_800))).hasSize(1);
            assertThat(store.approvals().broken("ana@example.com")).isEmpty();
            assertThat(store.deferred().kept()).isEmpty();
            assertThat(store.grants().holding()).isEmpty();
        }
    }

    @Test
    void aDatabaseOfSomethingElseIsRefused() throws Exception {
        Files.createDirectories(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        sql(data, "CREATE TABLE recipes (name TEXT)");
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("not a database of Countersign");

        Files.writeString(data.resolve("countersign.db"), "no database at all\n".repeat(1_000));
        assertThatThrownBy(() -> Store.open(data, CLOCK)).isInstanceOf(DataFolderException.class);
        assertThatThrownBy(() -> Store.reader(data)).isInstanceOf(DataFolderException.class);
    }

    @Test
    void aReaderMakesNoFileAndSeesWhatIsDurable() throws Exception {
        Receipt receipt;
        try (Store store = Store.open(data, CLOCK)) {
            receipt = store.auditLog().append(Events.numbered(0));
            store.people().accept("/w/c.yaml", "aa", "a@b", Events.numbered(1));
            // By this clock a second never passes.
            store.proofs().hasten();
            CheckpointsTest.awaitSigned(store, 2);
            Map<String, Long> before = files(data);
            readAll(receipt);
            assertThat(files(data)).isEqualTo(before);
        }
        Map<String, Long> stopped = files(data);
        assertThat(stopped)
                .containsOnlyKeys(
                        "countersign.db",
                        "lock",
                        "masking.key",
                        "privacy.key",
                        "checkpoint",
                        "ledger.key",
                        "ledger.vkey");
        readAll(receipt);
        assertThat(files(data)).isEqualTo(stopped);
    }

    @Test
    void aReaderReadsWhatAKilledServerLeft() throws Exception {
        try (ChildProcess child = ChildProcess.appending(data, "")) {
            child.receipts(50);
            child.kill();
            Map<String, Long> before = files(data);
            List<Receipt> receipts = child.allReceipts();
            try (Store.Reader reader = Store.reader(data)) {
                for (Receipt receipt : receipts) {
                    assertThat(reader.auditQuery().byIndex(receipt.index()).orElseThrow().hash())
                            .isEqualTo(receipt.hash());
                }
                assertThat(reader.ledgerCheck().verify().fault()).isEmpty();
            }
            assertThat(files(data)).isEqualTo(before);
        }
    }

    private void readAll(Receipt receipt) throws IOException {
        try (Store.Reader reader = Store.reader(data)) {
            assertThat(reader.auditQuery().list(Map.of(), Long.MAX_VALUE, 10)).hasSize(2);
            assertThat(reader.auditQuery().byIndex(receipt.index()).orElseThrow().hash())
                    .isEqualTo(receipt.hash());
            assertThat(reader.ledgerCheck().verify().records()).isEqualTo(2);
            assertThat(reader.accepted("/w/c.yaml", "aa")).isTrue();
            assertThat(reader.accepted("/w/c.yaml", "ab")).isFalse();
        }
    }

    @Test
    void aFolderWithoutDataIsNamed() throws Exception {
        assertThatThrownBy(() -> Store.reader(data))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining(data.toString())
                .hasMessageContaining("--data");
        Files.createDirectories(data);
        assertThatThrownBy(() -> Store.reader(data)).isInstanceOf(DataFolderException.class);
        assertThat(files(data)).isEmpty();
    }

    @Test
    void theKeyOfTheMasksStays() throws Exception {
        String text = "PASSWORD=first1";
        String masked;
        try (Store store = Store.open(data, CLOCK)) {
            masked = store.masking().mask(text);
        }
        try (Store store = Store.open(data, CLOCK)) {
            assertThat(store.masking().mask(text)).isEqualTo(masked);
        }
        Files.write(data.resolve("masking.key"), "short".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("masking.key");
    }
}
