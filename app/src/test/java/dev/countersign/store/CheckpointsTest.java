package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is signed of a ledger, and what a signature shows of one that was put back or rewritten. */
final class CheckpointsTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int RECORDS = 700;

    @TempDir private Path temporary;

    private Path data;

    @BeforeEach
    void name() {
        data = temporary.resolve("data");
    }

    private void add(int from, int to) throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = from; i < to; i++) {
                store.auditLog().append(Events.numbered(i));
            }
        }
    }

    private SignedNote newest() throws IOException {
        return SignedNote.parse(Files.readString(data.resolve(Checkpoints.NEWEST)));
    }

    private NoteKey key() throws IOException {
        return Checkpoints.key(data).orElseThrow();
    }

    private LedgerCheck.Verdict verdict() throws IOException {
        return verdict(Optional.empty());
    }

    private LedgerCheck.Verdict verdict(Optional<SignedNote> elsewhere) throws IOException {
        try (Store.Reader reader = Store.reader(data)) {
            LedgerCheck.Verdict verdict = reader.ledgerCheck().verify(elsewhere);
            if (elsewhere.isEmpty()) {
                SecondVerifier.agrees(data, verdict);
            } else {
                Path note = temporary.resolve("elsewhere");
                Files.writeString(note, elsewhere.get().toString());
                SecondVerifier.agrees(data, verdict, "--checkpoint", note.toString());
            }
            return verdict;
        }
    }

    private void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(
                        file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    void theEndIsSignedWhenTheServerStops() throws Exception {
        add(0, RECORDS);
        Checkpoint checkpoint = Checkpoint.parse(newest().text());
        assertThat(checkpoint.size()).isEqualTo(RECORDS);
        assertThat(newest().signers(List.of(key()))).containsExactly(key());
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.signed()).isEqualTo(RECORDS);
        assertThat(verdict.root()).isEqualTo(checkpoint.root());
        add(RECORDS, RECORDS + 1);
        assertThat(Checkpoint.parse(newest().text()).size()).isEqualTo(RECORDS + 1);
    }

    @Test
    void whatIsWrittenIsSignedSoon() throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            store.auditLog().append(Events.numbered(0));
            awaitSigned(store, 1);
        }
    }

    @Test
    void anHourWithoutARecordIsRecordedAndSigned() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Events.NOON);
        try (Store store = Store.open(data, moved(now))) {
            store.auditLog().append(Events.numbered(0));
            awaitSigned(store, 1);
            now.set(Events.NOON.plus(Checkpoints.HEARTBEAT));
            awaitSigned(store, 2);
            assertThat(store.auditQuery().byIndex(1).orElseThrow().body().path("kind").asText())
                    .isEqualTo("heartbeat");
            // A clock that is put back is one record, and no heartbeat.
            now.set(Events.NOON.minus(Checkpoints.HEARTBEAT));
            awaitSigned(store, 3);
            JsonNode back = store.auditQuery().byIndex(2).orElseThrow().body();
            assertThat(back.path("kind").asText()).isEqualTo("clock");
            assertThat(back.path("summary").asText()).isEqualTo("the clock was put back by 7200 s");
            assertThat(back.path("body").path("from").asText())
                    .isEqualTo("2026-11-21T13:00:00.000000Z");
        }
        assertThat(verdict().records()).isEqualTo(3);
    }

    private static Clock moved(AtomicReference<Instant> now) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    /** Returns when so many records are under a checkpoint. */
    static void awaitSigned(Store store, long records) {
        Instant end = Instant.now().plusSeconds(20);
        while (store.proofs()
                .checkpoint()
                .filter(note -> Checkpoint.parse(note.text()).size() >= records)
                .isEmpty()) {
            assertThat(Instant.now()).isBefore(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void everyRecordIsProvedInTheSignedTree() throws Exception {
        add(0, RECORDS);
        try (Store store = Store.open(data, CLOCK)) {
            LedgerProofs proofs = store.proofs();
            Checkpoint checkpoint = Checkpoint.parse(proofs.checkpoint().orElseThrow().text());
            List<Hash> leaves = new ArrayList<>();
            for (int tile = 0; tile * Tile.WIDTH < RECORDS; tile++) {
                int width = Math.min(Tile.WIDTH, RECORDS - tile * Tile.WIDTH);
                proofs.entries(new Tile(0, tile, width))
                        .orElseThrow()
                        .forEach(record -> leaves.add(MerkleTree.leaf(record)));
            }
            assertThat(leaves).hasSize(RECORDS);
            for (int index : new int[] {0, 1, 255, 256, 511, 512, RECORDS - 1}) {
                assertThat(
                                MerkleTree.includes(
                                        index,
                                        RECORDS,
                                        leaves.get(index),
                                        proofs.inclusion(index, RECORDS),
                                        checkpoint.root()))
                        .isTrue();
            }
            MerkleTree.Edge edge = new MerkleTree.Edge();
            for (int size = 1; size <= RECORDS; size++) {
                edge.add(leaves.get(size - 1));
                if (size % 51 == 0 || size == 256) {
                    assertThat(
                                    MerkleTree.consistent(
                                            size,
                                            RECORDS,
                                            edge.root(),
                                            checkpoint.root(),
                                            proofs.consistency(size, RECORDS)))
                            .isTrue();
                }
            }
            assertThat(proofs.tile(new Tile(1, 0, 2)).orElseThrow()).hasSize(2);
            assertThat(proofs.tile(new Tile(1, 0, 3))).isEmpty();
            assertThatThrownBy(() -> proofs.inclusion(0, RECORDS + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anOlderDatabaseIsNotGoneOnFrom() throws Exception {
        add(0, 5);
        copy(data, temporary.resolve("backup"));
        add(5, 9);
        Files.copy(
                temporary.resolve("backup").resolve(DataFolder.DATABASE),
                data.resolve(DataFolder.DATABASE),
                StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("has 5 records, but 9 were signed")
                .hasMessageContaining("audit resume");
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).map(Fault::kind).contains(Fault.Kind.CUT);
    }

    @Test
    void aFolderPutBackWholeIsFoundWithACheckpointFromElsewhere() throws Exception {
        add(0, 5);
        Path backup = temporary.resolve("backup");
        copy(data, backup);
        add(5, 9);
        SignedNote elsewhere = newest();
        copy(backup, data);
        assertThat(verdict().intact()).isTrue();
        assertThat(verdict(Optional.of(elsewhere)).missing())
                .map(Fault::text)
                .hasValueSatisfying(text -> assertThat(text).contains("had 9 records"));
    }

    @Test
    void aLedgerWrittenAnewIsNotWhatWasSigned() throws Exception {
        add(0, 5);
        SignedNote elsewhere = newest();
        Path other = temporary.resolve("other");
        Path mine = data;
        data = other;
        add(100, 105);
        data = mine;
        // All hashes of the other one are right; only the signature is not for it.
        Files.copy(
                other.resolve(DataFolder.DATABASE),
                data.resolve(DataFolder.DATABASE),
                StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                other.resolve(DataFolder.PRIVACY_KEY),
                data.resolve(DataFolder.PRIVACY_KEY),
                StandardCopyOption.REPLACE_EXISTING);
        DataFolderTest.sql(data, "DELETE FROM checkpoint");
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("not those that were signed");
        assertThat(verdict().fault()).map(Fault::kind).contains(Fault.Kind.FORKED);
        Files.delete(data.resolve(Checkpoints.NEWEST));
        assertThat(verdict().intact()).isTrue();
        assertThat(verdict(Optional.of(elsewhere)).fault())
                .map(Fault::kind)
                .contains(Fault.Kind.FORKED);
    }

    @Test
    void anotherKeyIsNotTheKeyOfTheLedger() throws Exception {
        add(0, 5);
        NoteSigner stranger = NoteSigner.random(key().name(), NoteKey.Kind.LOG, new SecureRandom());
        Checkpoint checkpoint = Checkpoint.parse(newest().text());
        SignedNote forged = stranger.sign(checkpoint.note(), Instant.EPOCH);
        assertThatThrownBy(() -> verdict(Optional.of(forged)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not signed with the key");
        Files.writeString(data.resolve(Checkpoints.NEWEST), forged.toString());
        assertThat(verdict().fault()).map(Fault::kind).contains(Fault.Kind.UNSIGNED);
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("not signed with its key");
    }

    @Test
    void aMissingKeyIsNotMadeAnewSilently() throws Exception {
        add(0, 5);
        Files.delete(data.resolve(Checkpoints.KEY));
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("ledger.key")
                .hasMessageContaining("audit resume");
    }

    @Test
    void aCheckpointThatWasChangedIsSaidAndThereIsAWayOn() throws Exception {
        add(0, 5);
        DataFolderTest.sql(
                data, "DROP TRIGGER checkpoint_stays", "UPDATE checkpoint SET note = 'no note'");
        assertThat(verdict().fault()).map(Fault::kind).contains(Fault.Kind.UNSIGNED);
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("was changed")
                .hasMessageContaining("audit resume");
        Files.writeString(data.resolve(Checkpoints.NEWEST), "no note");
        Store.resume(Place.in(data), CLOCK, "the copy is gone");
        add(6, 7);
        assertThat(verdict().intact()).isTrue();
        assertThat(verdict().records()).isEqualTo(7);
    }

    @Test
    void aPublicKeyThatIsMissingIsWrittenAgain() throws Exception {
        add(0, 5);
        NoteKey key = key();
        Files.delete(data.resolve(Checkpoints.PUBLIC_KEY));
        add(5, 6);
        assertThat(key()).isEqualTo(key);
    }

    @Test
    void aHashOfTheTreeThatIsMissingIsNoStackTrace() throws Exception {
        add(0, RECORDS);
        DataFolderTest.sql(
                data, "DROP TRIGGER tree_keeps", "DELETE FROM tree WHERE level = 1 AND idx = 0");
        assertThatThrownBy(() -> Store.open(data, CLOCK))
                .isInstanceOf(DataFolderException.class)
                .hasMessageContaining("hashes of the tree are missing")
                .hasMessageContaining("audit resume");
        assertThat(verdict().intact()).isTrue();
        Store.resume(Place.in(data), CLOCK, "a hash was lost");
        assertThat(verdict().intact()).isTrue();
        assertThat(verdict().signed()).isEqualTo(RECORDS + 1);
    }

    @Test
    void aLedgerThatWasPutBackGoesOnUnderANewKeyAndSaysSo() throws Exception {
        add(0, 5);
        copy(data, temporary.resolve("backup"));
        add(5, 9);
        NoteKey old = key();
        Files.copy(
                temporary.resolve("backup").resolve(DataFolder.DATABASE),
                data.resolve(DataFolder.DATABASE),
                StandardCopyOption.REPLACE_EXISTING);
        Store.resume(Place.in(data), CLOCK, "the disk broke");
        assertThat(key()).isNotEqualTo(old);
        try (Store store = Store.open(data, CLOCK)) {
            assertThat(store.auditQuery().byIndex(5).orElseThrow().body().toString())
                    .contains("the disk broke")
                    .contains("9 records")
                    .contains(old.name());
        }
        assertThat(verdict().intact()).isTrue();
    }

    @Test
    void aLedgerOfAnOlderVersionGetsItsTree() throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = 0; i < RECORDS; i++) {
                // Nothing of a person, which older versions did not seal.
                store.auditLog().append(Events.numbered(5 * i));
            }
        }
        Hash root = Checkpoint.parse(newest().text()).root();
        DataFolderTest.sql(data, DataFolderTest.WITH_COLUMNS);
        DataFolderTest.sql(data, DataFolderTest.WITHOUT_RETENTION);
        DataFolderTest.sql(data, DataFolderTest.WITHOUT_SIGN_IN);
        DataFolderTest.sql(
                data,
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
                "DROP INDEX token_made_by",
                "ALTER TABLE token DROP COLUMN made_by",
                "DROP INDEX web_session_made_by",
                "ALTER TABLE web_session DROP COLUMN made_by",
                "DROP TABLE tree",
                "DROP TABLE checkpoint",
                "DROP TABLE cosigned",
                "ALTER TABLE ledger DROP COLUMN team",
                "DROP TABLE sealed",
                "DROP TABLE pseudonym",
                "ALTER TABLE person DROP COLUMN teams",
                "DROP TABLE defaults");
        DataFolderTest.sql(data, "PRAGMA user_version = 7");
        for (String name : List.of(Checkpoints.KEY, Checkpoints.PUBLIC_KEY, Checkpoints.NEWEST)) {
            Files.delete(data.resolve(name));
        }
        add(RECORDS, RECORDS);
        Checkpoint checkpoint = Checkpoint.parse(newest().text());
        assertThat(checkpoint.size()).isEqualTo(RECORDS);
        assertThat(checkpoint.root()).isEqualTo(root);
    }
}
