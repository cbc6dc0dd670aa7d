package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.ExportCheck;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.config.Rota;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.SignedNote;
import dev.countersign.people.Person;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of a person stands beside the chain, can be shown to them, and can go. */
@ParameterizedClass
@EnumSource
final class ErasureTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final String ANA = "ana@example.com";
    private static final String BOB = "bob@example.com";

    @Parameter Databases database = Databases.SQLITE;
    @TempDir private Path temporary;
    private Path data;
    private Path last = Path.of("none");

    @BeforeEach
    void fill() throws Exception {
        data = temporary.resolve("data");
        try (Store store = Store.open(database.in(data), CLOCK)) {
            for (int i = 0; i < 12; i++) {
                store.auditLog().append(i % 2 == 0 ? by(i, ANA, BOB) : by(i, BOB, ANA));
            }
            store.auditLog().append(by(12, null, ANA));
        }
    }

    /** A call driven by one person that names another. */
    private static AuditRecord by(int n, @Nullable String driver, String other) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("call")
                .put("driver", driver)
                .putObject("input")
                .put(
                        "command",
                        (driver == null ? "mail " : "mail -s unrepeatable:" + driver + " ")
                                + other);
        AuditRecord made = Events.with(n, "tells " + other + " of thing " + n, body);
        return new AuditRecord(
                made.kind(),
                made.at(),
                made.decision(),
                made.agent(),
                driver,
                made.client(),
                made.project(),
                made.session(),
                made.call(),
                made.tool(),
                made.effect(),
                made.risk(),
                made.decider(),
                made.summary(),
                made.body());
    }

    private LedgerCheck.Verdict verdict() throws Exception {
        try (Store.Reader reader = Store.reader(database.in(data))) {
            LedgerCheck.Verdict verdict = reader.ledgerCheck().verify();
            if (database == Databases.SQLITE) {
                // The other one reads no database but this; it reads exports of all.
                SecondVerifier.agrees(data, verdict);
            }
            return verdict;
        }
    }

    private List<Recorded> list(Map<String, String> filters) throws Exception {
        try (Store.Reader reader = Store.reader(database.in(data))) {
            return reader.auditQuery().list(filters, Long.MAX_VALUE, 100);
        }
    }

    private List<Stored> stored() throws Exception {
        try (Store.Reader reader = Store.reader(database.in(data))) {
            return reader.auditQuery().next(Map.of(), -1, Long.MAX_VALUE);
        }
    }

    private long erase(String email) throws Exception {
        try (Store store = Store.open(database.in(data), CLOCK)) {
            return store.erase(email, CLOCK.instant(), "asked for it").orElse(-1L);
        }
    }

    /** Whether any file of the folder, or any row of the tables, holds this text. */
    private boolean anywhere(String text) throws Exception {
        if (database == Databases.POSTGRESQL && database.rows(data).contains(text)) {
            return true;
        }
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void whoReadsSeesPeopleAndTheChainDoesNot() throws Exception {
        Recorded last = list(Map.of("person", BOB)).getFirst();
        assertThat(last.body().path("summary").asText())
                .isEqualTo("tells ana@example.com of thing 11");
        assertThat(last.body().path("person").asText()).isEqualTo(BOB);
        assertThat(last.body().at("/body/call/input/command").asText())
                .isEqualTo("mail -s unrepeatable:bob@example.com ana@example.com");
        assertThat(list(Map.of("person", ANA))).hasSize(6);
        assertThat(list(Map.of("q", "UNREPEATABLE:ana"))).hasSize(6);
        assertThat(list(Map.of("q", "tells " + ANA))).hasSize(7);
        for (Stored each : stored()) {
            assertThat(each.record()).doesNotContain("@example.com", "unrepeatable");
        }
        assertThat(anywhere("unrepeatable")).isFalse();
    }

    @Test
    void erasedIsErasedEverywhereAndTheLedgerStillVerifies() throws Exception {
        SignedNote before;
        List<Hash> proof;
        try (Store store = Store.open(database.in(data), CLOCK)) {
            before = store.proofs().checkpoint().orElseThrow();
            proof = store.proofs().inclusion(4, 13);
        }
        assertThat(anywhere(ANA)).isTrue();
        assertThat(erase(ANA)).isEqualTo(6);
        assertThat(anywhere(ANA)).isFalse();

        LedgerCheck.Verdict verdict = verdict();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isEqualTo(14);
        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThat(store.proofs().inclusion(4, 13)).isEqualTo(proof);
            assertThat(store.ledgerCheck().verify(Optional.of(before)).intact()).isTrue();
            assertThat(Checkpoint.parse(before.text()).size()).isEqualTo(13);
        }
        Recorded gone = list(Map.of()).get(list(Map.of()).size() - 1);
        assertThat(gone.body().path("erased").asBoolean()).isTrue();
        assertThat(gone.body().path("summary").asText()).isEqualTo("[erased]");
        assertThat(gone.body().path("person").asText()).startsWith("person:");
        assertThat(gone.body().path("effect").asText()).isEqualTo("deny");
        Recorded erasure = list(Map.of("kind", "erasure")).getFirst();
        assertThat(erasure.body().at("/body/records").asLong()).isEqualTo(6);
        assertThat(erasure.body().at("/body/erased")).isEqualTo(gone.body().path("person"));
        // Of Bob all is there, but for whom he wrote to.
        Recorded bobs = list(Map.of("person", BOB)).getFirst();
        assertThat(bobs.body().path("summary").asText())
                .matches("tells person:[a-z2-7]{24} of thing 11");
        assertThat(list(Map.of("person", ANA))).isEmpty();
    }

    @Test
    void theirCallsGoFromTheTablesBesideTheLedger() throws Exception {
        for (String who : List.of(ANA, BOB)) {
            String name = who.substring(0, 3);
            String call = "{\"driver\":\"" + who + "\",\"call\":\"secret of " + name + "\"}";
            database.sql(
                    data,
                    "INSERT INTO approval (id, version, state, digest, request) VALUES ('APR-"
                            + name
                            + "', 1, 'approved', 'd', '"
                            + call
                            + "')",
                    "INSERT INTO deferred (id, version, kept, decision, call) VALUES ('DEF-"
                            + name
                            + "', 1, 1, 'D1', '"
                            + call
                            + "')",
                    "INSERT INTO remembered (id, tenant, agent, used, made, touched, body) VALUES"
                            + " ('GRANT-"
                            + name
                            + "', 't', 'a', 0, 0, 0, '{\"approval\":\"APR-"
                            + name
                            + "\",\"patterns\":[\"secret of "
                            + name
                            + "\"]}')");
        }
        assertThat(anywhere("secret of ana")).isTrue();
        assertThat(erase(ANA)).isEqualTo(6);
        assertThat(anywhere("secret of ana")).isFalse();
        assertThat(anywhere("APR-ana")).isFalse();
        for (String kept : List.of("APR-bob", "DEF-bob", "GRANT-bob", "secret of bob")) {
            assertThat(anywhere(kept)).as(kept).isTrue();
        }
    }

    /** Who was on call is not any more, and nobody else's turns end with theirs. */
    @Test
    void theyLeaveTheRotas() throws Exception {
        Rota both = Rota.of(ANA + "," + BOB, "week", "09:00 UTC", "2026-01-05");
        Rota alone = Rota.of(ANA, "day", "09:00 UTC", "2026-01-05");
        try (Store store = Store.open(database.in(data), CLOCK)) {
            store.wishes().put("both", both, by(30, null, BOB));
            store.wishes().put("alone", alone, by(31, null, BOB));
        }
        assertThat(erase(ANA)).isPositive();
        assertThat(anywhere(ANA)).isFalse();
        try (Store store = Store.open(database.in(data), CLOCK)) {
            assertThat(store.wishes().rotas())
                    .containsExactlyEntriesOf(
                            Map.of("both", Rota.of(BOB, "week", "09:00 UTC", "2026-01-05")));
        }
    }

    @Test
    void whoComesBackIsAnotherPerson() throws Exception {
        assertThat(erase(ANA)).isEqualTo(6);
        assertThat(erase(ANA)).isEqualTo(-1);
        try (Store store = Store.open(database.in(data), CLOCK)) {
            store.auditLog().append(by(20, ANA, BOB));
        }
        assertThat(list(Map.of("person", ANA))).hasSize(1);
        assertThat(verdict().intact()).isTrue();
        assertThat(erase(ANA)).isEqualTo(1);
        assertThat(verdict().intact()).isTrue();
        assertThat(anywhere(ANA)).isFalse();
    }

    @Test
    void nobodyGuessesFromAHash() throws Exception {
        Set<String> digests = new HashSet<>();
        for (Stored each : stored()) {
            String digest =
                    CanonicalJson.parse(each.record()).path("sealed").path("digest").asText();
            if (!digest.isEmpty()) {
                assertThat(digests.add(digest)).isTrue();
                assertThat(new Disclosure(String.valueOf(each.disclosure())).digest())
                        .isEqualTo(digest);
            }
        }
        assertThat(digests).hasSize(12);
        // With the value but without the salt.
        ObjectNode value = new Disclosure(String.valueOf(stored().getFirst().disclosure())).value();
        assertThat(digests)
                .doesNotContain(
                        Disclosure.of(new byte[32], value).digest(),
                        Disclosure.of(new byte[0], value).digest());
    }

    @ParameterizedTest
    @EnumSource
    void exportsBeforeAndAfterVerify(ExportFormat format) throws Exception {
        assertThat(exported(format, Map.of()).fault()).isEmpty();
        ExportCheck.Verdict hers = exported(format, Map.of("person", ANA));
        assertThat(hers.fault()).isEmpty();
        assertThat(hers.records()).isEqualTo(6);
        assertThat(erase(ANA)).isEqualTo(6);
        assertThat(exported(format, Map.of()).fault()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"JSON", "CSV"})
    void whatIsBesideTheRecordsLeavesToo(ExportFormat format) throws Exception {
        try (Store store = Store.open(database.in(data), CLOCK)) {
            store.people().put(new Person(ANA, "Ana A.", Set.of("maintainer")), Events.numbered(0));
            store.approvals().open(ApprovalsContract.request(1, "d"), Events.numbered(5));
        }
        ExportCheck.Verdict hers = exported(format, Map.of("person", ANA));
        assertThat(hers.fault()).isEmpty();
        assertThat(hers.missing()).isEmpty();
        String file = Files.readString(last);
        assertThat(file).contains("Ana A.").contains("account");
        Files.writeString(last, file.replace("Ana A.", "Ana B."));
        ExportCheck.Verdict changed = new ExportCheck(last, Optional.empty(), List.of()).verify();
        assertThat(changed.fault()).isPresent();
        SecondVerifier.agrees(last, changed);
        erase(ANA);
        assertThat(exported(format, Map.of("person", ANA)).fault()).isEmpty();
        assertThat(Files.readString(last)).doesNotContain("Ana A.");
    }

    private ExportCheck.Verdict exported(ExportFormat format, Map<String, String> filters)
            throws Exception {
        Path file = Files.createTempFile(temporary, "export", ".out");
        last = file;
        try (Store store = Store.open(database.in(data), CLOCK);
                OutputStream out = Files.newOutputStream(file)) {
            new AuditExports(
                            store.auditLog(),
                            store.auditQuery(),
                            store.proofs(),
                            CLOCK,
                            AuditExports.PATIENCE)
                    .begin(new AuditExports.Wanted(format, filters, null))
                    .to(out);
        }
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.empty(), List.of()).verify();
        SecondVerifier.agrees(file, verdict);
        return verdict;
    }

    @Test
    void anotherPersonsValueIsNotWhatWasRecorded() throws Exception {
        Path file = temporary.resolve("export.jsonl");
        try (Store store = Store.open(database.in(data), CLOCK);
                OutputStream out = Files.newOutputStream(file)) {
            new AuditExports(
                            store.auditLog(),
                            store.auditQuery(),
                            store.proofs(),
                            CLOCK,
                            AuditExports.PATIENCE)
                    .begin(new AuditExports.Wanted(ExportFormat.JSON, Map.of(), null))
                    .to(out);
        }
        String text = Files.readString(file);
        String first = String.valueOf(stored().get(0).disclosure());
        String second = String.valueOf(stored().get(1).disclosure());
        Files.writeString(file, text.replace(first, second));
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.empty(), List.of()).verify();
        assertThat(verdict.fault())
                .hasValueSatisfying(fault -> assertThat(fault).contains("sealed of record 0"));
        SecondVerifier.agrees(file, verdict);
    }
}
