package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.CosignatureStore.Cosigned;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.LedgerCheck.Against;
import dev.countersign.audit.LedgerCheck.Vouched;
import dev.countersign.audit.export.AuditExports.Wanted;
import dev.countersign.audit.export.ExportCheck;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a witness vouches for, and what its signature shows of a ledger that was tampered with. */
final class CosignedTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Instant SEEN = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir private Path temporary;

    private final NoteSigner witness = signer("witness.example.test/w1", 2);
    private Path data;

    private static NoteSigner signer(String name, int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return NoteSigner.of(name, NoteKey.Kind.WITNESS, bytes);
    }

    @BeforeEach
    void name() throws Exception {
        data = temporary.resolve("data");
        add(0, 5);
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

    private void keep(NoteSigner by, SignedNote cosigned, Instant at) throws Exception {
        try (Store store = Store.open(data, CLOCK)) {
            store.cosignatures()
                    .keep(
                            new Cosigned(
                                    by.key().toString(),
                                    Checkpoint.parse(cosigned.text()).size(),
                                    at,
                                    cosigned));
        }
    }

    private void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Both verifiers, which agree. */
    private LedgerCheck.Verdict verdict(SignedNote... elsewhere) throws IOException {
        return verdict(witness, elsewhere);
    }

    private LedgerCheck.Verdict verdict(NoteSigner by, SignedNote... elsewhere) throws IOException {
        try (Store.Reader reader = Store.reader(data)) {
            LedgerCheck.Verdict verdict =
                    reader.ledgerCheck().verify(new Against(List.of(elsewhere), List.of(by.key())));
            SecondVerifier.agrees(data, verdict, options(by, elsewhere));
            return verdict;
        }
    }

    private String[] options(NoteSigner by, SignedNote... elsewhere) throws IOException {
        List<String> more = new ArrayList<>(List.of("--witness", by.key().toString()));
        if (elsewhere.length > 0) {
            Path file = temporary.resolve("elsewhere");
            StringBuilder notes = new StringBuilder();
            for (SignedNote note : elsewhere) {
                notes.append(note).append('\n');
            }
            Files.writeString(file, notes);
            more.addAll(List.of("--checkpoint", file.toString()));
        }
        return more.toArray(String[]::new);
    }

    /** Both refuse what was given to them. */
    private void refused(String message, SignedNote... elsewhere) throws IOException {
        try (Store.Reader reader = Store.reader(data)) {
            assertThatThrownBy(() ->
                            reader.ledgerCheck()
                                    .verify(
                                            new Against(
                                                    List.of(elsewhere), List.of(witness.key()))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
        SecondVerifier.refuses(data, options(witness, elsewhere));
    }

    @Test
    void aWitnessVouchesForWhatItCoSigned() throws Exception {
        keep(witness, witness.sign(newest(), SEEN), SEEN);
        assertThat(verdict().vouched())
                .containsExactly(new Vouched("witness.example.test/w1", 5, SEEN));
        add(5, 9);
        LedgerCheck.Verdict more = verdict();
        assertThat(more.intact()).isTrue();
        assertThat(more.vouched()).map(Vouched::records).containsExactly(5L);
        // Seen once more, and once more than that from a file with many notes.
        SignedNote nine = newest();
        keep(witness, witness.sign(nine, SEEN.plusSeconds(60)), SEEN.plusSeconds(60));
        assertThat(verdict().vouched())
                .containsExactly(new Vouched("witness.example.test/w1", 9, SEEN.plusSeconds(60)));
        SignedNote later = witness.sign(nine, SEEN.plusSeconds(120));
        assertThat(verdict(nine, later).vouched())
                .containsExactly(new Vouched("witness.example.test/w1", 9, SEEN.plusSeconds(120)));
    }

    /** With another letter in the middle of what was signed. */
    private static String changed(String line) {
        int middle = line.lastIndexOf(' ') + 40;
        return line.substring(0, middle)
                + (line.charAt(middle) == 'C' ? 'D' : 'C')
                + line.substring(middle + 1);
    }

    @ParameterizedTest
    @EnumSource
    void aWitnessVouchesForAnExportWithTheCheckpointItCoSigned(ExportFormat format)
            throws Exception {
        SignedNote five = newest();
        Path file = temporary.resolve("export");
        try (Store store = Store.open(data, CLOCK);
                OutputStream out = Files.newOutputStream(file)) {
            FourMonths.exports(store).begin(new Wanted(format, Map.of(), null)).to(out);
        }
        ExportCheck.Verdict none = export(file, five);
        assertThat(none.fault()).isEmpty();
        assertThat(none.missing()).isPresent();
        SignedNote signed = witness.sign(five, SEEN);
        ExportCheck.Verdict good = export(file, five, signed);
        assertThat(good.fault().or(good::missing)).isEmpty();
        assertThat(good.vouched()).containsExactly(new Vouched("witness.example.test/w1", 5, SEEN));
        SignedNote forged =
                SignedNote.parse(signed.toString().replace(line(signed), changed(line(signed))));
        assertThat(export(file, forged).fault()).isPresent();
    }

    /** The signature of the witness, without what it begins with. */
    private static String line(SignedNote note) {
        String text = note.toString().strip();
        return text.substring(text.lastIndexOf(' ') + 8);
    }

    private ExportCheck.Verdict export(Path file, SignedNote... elsewhere) throws IOException {
        ExportCheck.Verdict verdict =
                new ExportCheck(file, Optional.empty(), List.of(elsewhere), List.of(witness.key()))
                        .verify();
        SecondVerifier.agrees(file, verdict, options(witness, elsewhere));
        return verdict;
    }

    @Test
    void whoAsksForAWitnessIsToldWhereItSignedNothing() throws Exception {
        LedgerCheck.Verdict none = verdict();
        assertThat(none.fault()).isEmpty();
        assertThat(none.missing()).map(Fault::kind).contains(Fault.Kind.UNWITNESSED);
        // Of another key, although it is called the same.
        NoteSigner stranger = signer("witness.example.test/w1", 3);
        keep(stranger, stranger.sign(newest(), SEEN), SEEN);
        assertThat(verdict().missing()).map(Fault::kind).contains(Fault.Kind.UNWITNESSED);
        assertThat(verdict(stranger).intact()).isTrue();
    }

    @Test
    void aLedgerRolledBackAndSignedAgainIsNotWhatTheWitnessSaw() throws Exception {
        keep(witness, witness.sign(newest(), SEEN), SEEN);
        Path backup = temporary.resolve("backup");
        copy(data, backup);
        add(5, 9);
        SignedNote seen = witness.sign(newest(), SEEN.plusSeconds(60));
        copy(backup, data);
        // The folder alone is consistent; it says how far the witness vouches.
        LedgerCheck.Verdict alone = verdict();
        assertThat(alone.intact()).isTrue();
        assertThat(alone.vouched()).map(Vouched::records).containsExactly(5L);
        assertThat(verdict(seen).missing()).map(Fault::kind).contains(Fault.Kind.CUT);
        add(105, 108);
        assertThat(verdict(seen).missing()).map(Fault::kind).contains(Fault.Kind.CUT);
        add(108, 120);
        assertThat(verdict(seen).fault())
                .hasValueSatisfying(fault -> {
                    assertThat(fault.kind()).isEqualTo(Fault.Kind.FORKED);
                    assertThat(fault.index()).isEqualTo(8);
                });
    }

    @Test
    void aForkOfTheSameLengthThatTheWitnessSawIsFound() throws Exception {
        Path other = temporary.resolve("other");
        copy(data, other);
        add(5, 7);
        SignedNote seen = witness.sign(newest(), SEEN);
        Path mine = data;
        data = other;
        add(205, 207);
        assertThat(verdict(seen).fault()).isPresent();
        assertThat(verdict(seen).vouched()).isEmpty();
        data = mine;
        assertThat(verdict(seen).intact()).isTrue();
        // Kept in the folder it is found as well: the ledger itself signed both.
        data = other;
        keep(witness, seen, SEEN);
        assertThat(verdict().fault()).map(Fault::kind).contains(Fault.Kind.UNSIGNED);
    }

    @Test
    void aTimeOrASignatureThatWasChangedIsNoCoSignature() throws Exception {
        SignedNote good = witness.sign(newest(), SEEN);
        byte[] bytes = Base64.getDecoder().decode(good.lines().getLast().signature());
        for (int at : new int[] {0, 7, 8, 71}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            refused("is not good", with(good, changed));
        }
        refused("is not good", with(good, Arrays.copyOf(bytes, 71)));
        refused("is not good", with(good, Arrays.copyOf(bytes, 73)));
        keep(witness, with(good, Arrays.copyOf(bytes, 71)), SEEN);
        assertThat(verdict().fault())
                .hasValueSatisfying(fault -> {
                    assertThat(fault.kind()).isEqualTo(Fault.Kind.UNSIGNED);
                    assertThat(fault.text()).contains("a co-signature was changed");
                });
        // Who does not ask for this witness does not look at what is in its name.
        assertThat(verdict(signer("other", 4)).fault()).isEmpty();
    }

    private SignedNote with(SignedNote good, byte[] signature) {
        List<SignedNote.Line> lines = new ArrayList<>(good.lines());
        SignedNote.Line last = lines.removeLast();
        lines.add(
                new SignedNote.Line(
                        last.name(), last.id(), Base64.getEncoder().encodeToString(signature)));
        return new SignedNote(good.text(), lines);
    }

    @Test
    void aTextThatIsNoNoteIsChangedToo() throws Exception {
        keep(witness, witness.sign(newest(), SEEN), SEEN);
        assertThatThrownBy(() -> DataFolderTest.sql(data, "UPDATE cosigned SET note = 'x'"))
                .hasMessageContaining("never changed");
        DataFolderTest.sql(
                data, "DROP TRIGGER cosigned_stays", "UPDATE cosigned SET note = 'no note'");
        assertThat(verdict().fault()).map(Fault::kind).contains(Fault.Kind.UNSIGNED);
    }

    @Test
    void ofOldCoSignaturesOneAnHourIsKept() throws Exception {
        SignedNote note = newest();
        try (Store store = Store.open(data, CLOCK)) {
            for (int i = 0; i < 400; i++) {
                Instant at = SEEN.plusSeconds(60L * i);
                store.cosignatures()
                        .keep(
                                new Cosigned(
                                        witness.key().toString(), 5, at, witness.sign(note, at)));
            }
            assertThat(store.cosignatures().newest())
                    .map(Cosigned::at)
                    .containsExactly(SEEN.plusSeconds(60L * 399));
        }
        try (Store.Reader reader = Store.reader(data)) {
            assertThat(reader.cosigned()).hasSize(1);
        }
        assertThat(DataFolderTest.count(data, "cosigned")).isBetween(100L, 108L);
    }

    @Test
    void aNewKeyOfTheLedgerBeginsAnew() throws Exception {
        keep(witness, witness.sign(newest(), SEEN), SEEN);
        Store.resume(Place.in(data), CLOCK, "the disk broke");
        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).map(Fault::kind).contains(Fault.Kind.UNWITNESSED);
    }
}
