package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.Hold;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Segment;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.ExportCheck;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.audit.retention.ArchivePlaces;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Old records go to archives and out of the ledger, and everything is still proved. */
@ParameterizedClass
@EnumSource
final class RetentionTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Instant APRIL = FourMonths.APRIL;
    private static final String ANA = "ana@example.com";

    /** Four months, made once: each record waits for the disk. */
    private static @TempDir Path made;

    private static SignedNote march;
    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path temporary;
    private Path data;
    private Path archives;

    @BeforeAll
    static void fill() throws Exception {
        march = FourMonths.fill(made.resolve("data"));
    }

    @BeforeEach
    void copy() throws Exception {
        archives = Files.createDirectory(temporary.resolve("archives"));
        data = temporary.resolve("data");
        if (database == Databases.SQLITE) {
            FourMonths.copy(made.resolve("data"), data);
        } else {
            LedgerCheck.Verdict _ =
                    Copy.all(Place.in(made.resolve("data")), database.in(data), (_, _, _) -> {});
        }
    }

    private static AuditExports exports(Store store) {
        return FourMonths.exports(store);
    }

    private static Retention retention(Store store) {
        return FourMonths.retention(store);
    }

    private List<Path> archive() throws Exception {
        List<Path> files = new ArrayList<>();
        try (Store store = Store.open(database.in(data), CLOCK)) {
            for (Segment each : retention(store).archive(APRIL, archives, ANA)) {
                files.add(archives.resolve(each.name()));
            }
        }
        return files;
    }

    private Retention.Taken prune() throws Exception {
        try (Store store = Store.open(database.in(data), CLOCK)) {
            Retention.Taken taken =
                    retention(store).prune(APRIL, ArchivePlaces.anywhere(List.of(archives)), ANA);
            retention(store).sweep();
            return taken;
        }
    }

    private static LedgerCheck.Against against(Path... archives) {
        return new LedgerCheck.Against(List.of(), List.of(), List.of(archives));
    }

    private LedgerCheck.Verdict verdict(Path... files) throws Exception {
        try (Store.Reader reader = Store.reader(database.in(data))) {
            LedgerCheck.Verdict verdict = reader.ledgerCheck().verify(against(files));
            List<String> more = new ArrayList<>();
            for (Path file : files) {
                more.addAll(List.of("--archive", file.toString()));
            }
            if (database == Databases.SQLITE) {
                // The other one reads no database but this; it reads exports of all.
                SecondVerifier.agrees(data, verdict, more.toArray(String[]::new));
            }
            return verdict;
        }
    }

    private static void good(Path file) throws Exception {
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.empty(), List.of()).verify();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).isEmpty();
        SecondVerifier.agrees(file, verdict);
    }

    @Test
    void everyMonthIsAFileThatProvesItself() throws Exception {
        List<Path> files = archive();
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "countersign-2026-01-0-299.jsonl",
                        "countersign-2026-02-300-599.jsonl",
                        "countersign-2026-03-600-899.jsonl");
        for (Path file : files) {
            good(file);
            assertThat(Files.readString(file)).doesNotContain(ANA, "\"short 11\"");
        }
        // What was archived is not archived again, unless its file is gone.
        assertThat(archive()).isEmpty();
        Files.delete(files.get(1));
        assertThat(archive()).hasSize(1);
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isEqualTo(4 * FourMonths.RECORDS + 4);
        try (Store.Reader reader = Store.reader(database.in(data))) {
            assertThat(reader.auditQuery().list(Map.of("kind", "archive"), Long.MAX_VALUE, 9))
                    .hasSize(4)
                    .first()
                    .satisfies(record ->
                            assertThat(record.body().at("/body/sha256").asText()).hasSize(64));
        }
    }

    @Test
    void whatRemainsProvesItself() throws Exception {
        List<Path> files = archive();
        List<Hash> early;
        List<Hash> late;
        List<Hash> grown;
        List<Hash> tile;
        try (Store store = Store.open(database.in(data), CLOCK)) {
            early = store.proofs().inclusion(5, 1_200);
            late = store.proofs().inclusion(901, 1_200);
            grown = store.proofs().consistency(317, 1_200);
            tile = store.proofs().tile(Tile.parse("0/003")).orElseThrow();
        }
        Path table = data.resolve("countersign.db");
        long before = database == Databases.SQLITE ? Files.size(table) : 0;
        Retention.Taken taken = prune();
        assertThat(taken.records()).isEqualTo(900);
        assertThat(taken.held()).isEmpty();
        if (database == Databases.SQLITE) {
            assertThat(Files.size(table)).isLessThan(before * 2 / 3);
        }

        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).isEmpty();
        assertThat(verdict.first()).isEqualTo(900);
        assertThat(verdict.records()).isEqualTo(1_204);
        assertThat(verdict.unread()).contains("records 0 to 899", "countersign-2026-01-0-299");

        LedgerCheck.Verdict whole = verdict(files.toArray(Path[]::new));
        assertThat(whole.fault()).isEmpty();
        assertThat(whole.first()).isZero();
        assertThat(whole.records()).isEqualTo(1_204);
        assertThat(whole.root()).isEqualTo(verdict.root());
        LedgerCheck.Verdict some = verdict(files.get(1), files.get(2));
        assertThat(some.intact()).isTrue();
        assertThat(some.unread()).contains("records 0 to 299");
        for (Path file : files) {
            good(file);
        }

        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThat(store.proofs().inclusion(5, 1_200)).isEqualTo(early);
            assertThat(store.proofs().inclusion(901, 1_200)).isEqualTo(late);
            assertThat(store.proofs().consistency(317, 1_200)).isEqualTo(grown);
            assertThat(store.proofs().tile(Tile.parse("0/003"))).contains(tile);
            assertThat(store.proofs().entries(Tile.parse("0/003"))).isEmpty();
            assertThat(store.proofs().entries(Tile.parse("0/004.p/100"))).isPresent();
            assertThat(store.auditQuery().byIndex(899)).isEmpty();
            assertThat(store.auditQuery().byIndex(900)).isPresent();
            assertThat(store.auditQuery().list(Map.of("project", "lawsuit"), 1_300, 9)).hasSize(1);
            assertThat(store.auditQuery().pruned().first()).isEqualTo(900);
            assertThat(store.auditLog().append(Events.numbered(1)).index()).isEqualTo(1_204);
            assertThat(store.ledgerCheck().verify(Optional.of(march)).intact()).isTrue();
        }
        assertThat(verdict().intact()).isTrue();
    }

    @Test
    void beforeItsRoomIsFreedItIsGoneForWhoeverLooks() throws Exception {
        archive();
        try (Store store = Store.open(database.in(data), CLOCK)) {
            retention(store).prune(APRIL, ArchivePlaces.anywhere(List.of(archives)), ANA);
            assertThat(store.auditQuery().byIndex(5)).isEmpty();
            assertThat(store.auditQuery().list(Map.of(), 900, 10)).isEmpty();
            assertThat(store.auditQuery().ofDecision("D5")).hasSize(2);
            assertThat(store.proofs().entries(Tile.parse("0/000"))).isEmpty();
            assertThat(store.retention().sweep()).isTrue();
            assertThat(store.ledgerCheck().verify().intact()).isTrue();
        }
        LedgerCheck.Verdict half = verdict();
        assertThat(half.intact()).isTrue();
        assertThat(half.first()).isEqualTo(900);
        try (Store store = Store.open(database.in(data), CLOCK)) {
            List<Hash> path = store.proofs().inclusion(5, 1_200);
            retention(store).sweep();
            assertThat(store.proofs().inclusion(5, 1_200)).isEqualTo(path);
        }
        assertThat(verdict().intact()).isTrue();
    }

    @Test
    void aFileOfAnOlderVersionIsRewrittenOnceHalfOfItIsFree() throws Exception {
        if (database != Databases.SQLITE) {
            // A server sees to its room by itself.
            return;
        }
        Path file = data.resolve("countersign.db");
        DataFolderTest.sql(data, "PRAGMA auto_vacuum = NONE; VACUUM");
        archive();
        prune();
        long before = Files.size(file);
        Store.open(database.in(data), CLOCK).close();
        assertThat(Files.size(file)).isLessThan(before * 2 / 3);
        assertThat(verdict().intact()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void exportsOfARestProveThemselvesAndSayWhereTheOthersAre(ExportFormat format)
            throws Exception {
        archive();
        assertThat(prune().records()).isEqualTo(900);
        for (Map<String, String> filters :
                List.of(Map.<String, String>of(), Map.of("agent", "builder"))) {
            Path file = Files.createTempFile(temporary, "export", ".out");
            try (Store store = Store.open(database.in(data), CLOCK);
                    OutputStream out = Files.newOutputStream(file)) {
                exports(store).begin(new AuditExports.Wanted(format, filters, null)).to(out);
            }
            good(file);
            assertThat(Files.readString(file)).contains("countersign-2026-01-0-299.jsonl");
        }
    }

    @Test
    void onlyWhatIsInAGoodArchiveIsTakenOut() throws Exception {
        assertThatThrownBy(this::prune)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("not archived yet");
        List<Path> files = archive();
        String text = Files.readString(files.get(1));
        Files.writeString(files.get(1), text.replaceFirst("\"low\"", "\"lov\""));
        assertThatThrownBy(this::prune)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("not as it was written");
        Files.delete(files.get(1));
        assertThatThrownBy(this::prune)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("countersign-2026-02-300-599.jsonl` is not there");
        Files.copy(files.get(0), files.get(1));
        assertThatThrownBy(this::prune)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("not the archive that was recorded");
        assertThat(verdict().first()).isZero();
        Files.writeString(files.get(1), text);
        assertThat(prune().records()).isEqualTo(900);
        assertThat(prune().records()).isZero();
    }

    @Test
    void theRestOfAMonthCanFollowLater() throws Exception {
        archive();
        prune();
        Instant may = Instant.parse("2026-05-01T00:00:00Z");
        try (Store store = Store.open(database.in(data), CLOCK)) {
            FourMonths.signed(store);
            List<Segment> more = retention(store).archive(may, archives, null);
            assertThat(more).hasSize(1);
            assertThat(more.getFirst().first()).isEqualTo(900);
            assertThat(
                            retention(store)
                                    .prune(may, ArchivePlaces.anywhere(List.of(archives)), null)
                                    .first())
                    .isEqualTo(more.getFirst().size());
            retention(store).sweep();
            for (long index : List.of(0L, 255L, 256L, 899L, 900L, 1_023L, 1_199L)) {
                List<Hash> path = store.proofs().inclusion(index, 1_201);
                assertThat(path).isNotEmpty();
            }
        }
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.unread()).contains("01-0-299", "04-900-1199");
        try (Store store = Store.open(database.in(data), CLOCK)) {
            SignedNote note = FourMonths.signed(store);
            Checkpoint newest = Checkpoint.parse(note.text());
            List<Hash> path =
                    store.proofs()
                            .consistency(Checkpoint.parse(march.text()).size(), newest.size());
            assertThat(
                            MerkleTree.consistent(
                                    900,
                                    newest.size(),
                                    Checkpoint.parse(march.text()).root(),
                                    newest.root(),
                                    path))
                    .isTrue();
        }
    }

    private Hold hold(Hold.Subject subject, String name) throws Exception {
        try (Store store = Store.open(database.in(data), CLOCK)) {
            return retention(store).place(subject, name, null, null, "a lawsuit of " + ANA, ANA);
        }
    }

    @Test
    void whatIsHeldStays() throws Exception {
        archive();
        // Record 599 is the only one of February; those of January and March are as well.
        try (Store store = Store.open(database.in(data), CLOCK)) {
            Hold hold =
                    retention(store)
                            .place(
                                    Hold.Subject.PROJECT,
                                    "lawsuit",
                                    Instant.parse("2026-02-01T00:00:00Z"),
                                    Instant.parse("2026-03-01T00:00:00Z"),
                                    "a lawsuit",
                                    ANA);
            Retention.Taken taken =
                    retention(store).prune(APRIL, ArchivePlaces.anywhere(List.of(archives)), ANA);
            assertThat(taken.first()).isEqualTo(300);
            assertThat(taken.held()).map(Hold::id).contains(hold.id());
            assertThat(
                            retention(store)
                                    .prune(APRIL, ArchivePlaces.anywhere(List.of(archives)), ANA)
                                    .records())
                    .isZero();
            assertThat(store.ledgerCheck().verify().fault()).isEmpty();
            assertThat(retention(store).holds()).containsExactly(hold);
            assertThat(retention(store).end(hold.id(), "it is over", ANA)).contains(hold);
            assertThat(retention(store).end(hold.id(), "it is over", ANA)).isEmpty();
            assertThat(
                            retention(store)
                                    .prune(APRIL, ArchivePlaces.anywhere(List.of(archives)), ANA)
                                    .first())
                    .isEqualTo(900);
            retention(store).sweep();
        }
        assertThat(verdict().intact()).isTrue();
        try (Store.Reader reader = Store.reader(database.in(data))) {
            assertThat(reader.auditQuery().list(Map.of("kind", "hold"), Long.MAX_VALUE, 9))
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"PERSON,ana@example.com", "PROJECT,lawsuit", "TASK,session-29", "ALL,''"})
    void whoIsHeldIsNotErased(Hold.Subject subject, String name) throws Exception {
        Hold hold = hold(subject, name);
        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThatThrownBy(() -> store.erase(ANA, CLOCK.instant(), "asked"))
                    .isInstanceOf(HeldException.class)
                    .hasMessageContaining(hold.id());
            retention(store).end(hold.id(), "over", ANA);
            assertThat(store.erase(ANA, CLOCK.instant(), "asked")).isPresent();
        }
        assertThat(verdict().intact()).isTrue();
    }

    @Test
    void aHoldElsewhereKeepsNobodyElse() throws Exception {
        hold(Hold.Subject.PROJECT, "another");
        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThat(store.erase(ANA, CLOCK.instant(), "asked")).isPresent();
        }
        assertThatThrownBy(() -> hold(Hold.Subject.PERSON, "nobody@example.com"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void anErasureReachesArchives() throws Exception {
        List<Path> files = archive();
        assertThat(prune().records()).isEqualTo(900);
        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThat(store.erase(ANA, CLOCK.instant(), "asked")).isPresent();
        }
        assertThat(verdict().intact()).isTrue();
        assertThat(verdict(files.toArray(Path[]::new)).fault()).isEmpty();
        for (Path file : files) {
            good(file);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "anchor moved | DROP TRIGGER anchor_stays; UPDATE anchor SET size = 899",
                "anchor gone | DROP TRIGGER anchor_keeps; DELETE FROM anchor",
                "anchor of another record | DROP TRIGGER anchor_stays; UPDATE anchor SET record = 1001",
                "pruned without a record | DROP TRIGGER ledger_keeps; DELETE FROM ledger WHERE idx < 905",
                "one more than said | DROP TRIGGER ledger_keeps; DELETE FROM ledger WHERE idx = 900",
                "record of it changed | DROP TRIGGER ledger_stays; UPDATE ledger SET record = replace(record, '\"size\":900', '\"size\":901') WHERE kind = 'prune'",
                "hold removed | DELETE FROM hold",
                "hold changed | UPDATE hold SET hold = replace(hold, 'another', 'nothing')",
                "hold made up | INSERT INTO hold (id, hold) VALUES ('HOLD-X', '{\"all\":true,\"id\":\"HOLD-X\",\"reason\":\"x\"}')",
            })
    void whoeverChangesItByHandIsFoundOut(String what, String sql) throws Exception {
        archive();
        hold(Hold.Subject.PROJECT, "another");
        assertThat(prune().records()).isEqualTo(900);
        assertThat(verdict().intact()).isTrue();
        database.sql(
                data,
                database == Databases.SQLITE
                        ? "PRAGMA foreign_keys = OFF; " + sql
                        // No trigger fires then, and no reference is looked after.
                        : "SET session_replication_role = replica; "
                                + sql.replaceAll("DROP TRIGGER \\w+; ", ""));
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.fault()).as(what).isPresent();
        if (what.startsWith("hold")) {
            assertThat(verdict.fault()).map(Fault::kind).contains(Fault.Kind.RETENTION);
        } else {
            assertThatThrownBy(() -> Store.open(database.in(data), CLOCK))
                    .isInstanceOf(DataFolderException.class);
        }
    }

    @Test
    void whatIsLeftCanBeCopiedToEitherDatabase() throws Exception {
        List<Path> files = archive();
        hold(Hold.Subject.PROJECT, "another");
        prune();
        LedgerCheck.Verdict before = verdict(files.toArray(Path[]::new));
        assertThat(before.intact()).isTrue();
        for (Databases target : Databases.values()) {
            Path copy = temporary.resolve("copy-" + target);
            LedgerCheck.Verdict after =
                    Copy.all(database.in(data), target.in(copy), (_, _, _) -> {});
            assertThat(after.root()).isEqualTo(before.root());
            assertThat(after.first()).isEqualTo(900);
            try (Store store = Store.open(target.in(copy), CLOCK)) {
                assertThat(store.proofs().inclusion(5, 1_200)).isNotEmpty();
                store.auditLog().append(Events.numbered(1));
                assertThat(store.ledgerCheck().verify(against(files.toArray(Path[]::new))).intact())
                        .isTrue();
            }
        }
    }

    @Test
    void aChangedArchiveIsFoundOut() throws Exception {
        List<Path> files = archive();
        prune();
        String text = Files.readString(files.get(2));
        Files.writeString(files.get(2), text.replaceFirst("\"low\"", "\"lov\""));
        LedgerCheck.Verdict verdict = verdict(files.toArray(Path[]::new));
        assertThat(verdict.fault())
                .hasValueSatisfying(fault -> assertThat(fault.text()).contains("2026-03"));
        // One that is left out is no archive of what comes before.
        try (Store.Reader reader = Store.reader(database.in(data))) {
            assertThatThrownBy(
                            () -> reader.ledgerCheck().verify(against(files.get(0), files.get(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("end before record 600");
        }
    }
}
