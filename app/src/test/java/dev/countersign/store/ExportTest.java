package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.export.AuditExports.Wanted;
import dev.countersign.audit.export.ExportCheck;
import dev.countersign.audit.export.ExportFormat;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import dev.countersign.people.Person;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports prove themselves, to both verifiers, and whoever changes one is found out. */
@ParameterizedClass
@EnumSource
final class ExportTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int RECORDS = 320;
    private static final Map<String, String> SOME = Map.of("agent", "builder", "effect", "deny");

    @Parameter Databases database = Databases.SQLITE;
    @TempDir private Path temporary;
    private Store store;
    private int made;

    @BeforeEach
    void fill() throws Exception {
        store = Store.open(database.in(temporary.resolve("data")), CLOCK);
        for (int i = 0; i < RECORDS; i++) {
            store.auditLog().append(i == 8 ? large() : judged(i));
        }
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private static AuditRecord judged(int n) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("policy_version", "sha256:0").put("reason", "because");
        ObjectNode operation = body.putArray("operations").addObject();
        operation.put("action", n % 2 == 0 ? "git_push" : "file_write").put("summary", "does it");
        operation
                .putArray("because")
                .addObject()
                .put("document", "tenant/production-rules")
                .put("rule", n % 4 == 0 ? "protect-main" : "other");
        return Events.with(n, n % 10 == 0 ? "=1+1, \"quoted\"\nand a line" : "record " + n, body);
    }

    private static AuditRecord large() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", "long text \" , \n".repeat(10_000));
        body.putArray("operations").addObject().put("action", "git_push").put("summary", "large");
        return Events.with(8, "large", body);
    }

    private Path export(ExportFormat format, Map<String, String> filters) throws Exception {
        Path file = temporary.resolve("export-" + made++);
        try (OutputStream out = Files.newOutputStream(file)) {
            exports(store).begin(new Wanted(format, filters, "ana@example.com")).to(out);
        }
        return file;
    }

    private static AuditExports exports(Store store) {
        return new AuditExports(
                store.auditLog(), store.auditQuery(), store.proofs(), CLOCK, AuditExports.PATIENCE);
    }

    private static ExportCheck.Verdict verdict(Path file) throws IOException {
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.empty(), List.of()).verify();
        SecondVerifier.agrees(file, verdict);
        return verdict;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file).lines().toList();
    }

    @ParameterizedTest
    @EnumSource
    void everythingLeavesWithItsProof(ExportFormat format) throws Exception {
        Path file = export(format, Map.of());
        ExportCheck.Verdict verdict = verdict(file);
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).isEmpty();
        // The record that the export began is in it.
        assertThat(verdict.records()).isEqualTo(RECORDS + 1);
        assertThat(verdict.key()).contains(store.proofs().key());
    }

    @ParameterizedTest
    @EnumSource
    void someRecordsLeaveWithAProofEach(ExportFormat format) throws Exception {
        ExportCheck.Verdict verdict = verdict(export(format, SOME));
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).isEmpty();
        assertThat(verdict.records()).isEqualTo(RECORDS / 4);
        assertThat(verdict.what()).contains("agent=builder", "effect=deny", "first 321");
    }

    @Test
    void noneIsAnExportToo() throws Exception {
        ExportCheck.Verdict verdict = verdict(export(ExportFormat.JSON, Map.of("agent", "nobody")));
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.records()).isZero();
    }

    @Test
    void anExportIsRecordedBeforeAndAfter() throws Exception {
        Path file = export(ExportFormat.CSV, SOME);
        List<Recorded> records = store.auditQuery().list(Map.of("kind", "export"), 9_999, 10);
        assertThat(records)
                .extracting(each -> each.body().path("person").asText())
                .containsExactly("ana@example.com", "ana@example.com");
        JsonNode end = records.getFirst().body().path("body");
        assertThat(end.path("state").asText()).isEqualTo("finished");
        assertThat(end.path("records").asLong()).isEqualTo(RECORDS / 4);
        assertThat(end.path("start").asLong()).isEqualTo(records.getLast().index());
        assertThat(lines(file).getLast()).contains(end.path("sha256").asText());
    }

    @Test
    void whoseExportBreaksOffHasNoEnd() throws Exception {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("gone");
                    }
                };
        AuditExports.Begun begun =
                exports(store).begin(new Wanted(ExportFormat.JSON, Map.of(), null));
        assertThatThrownBy(() -> begun.to(broken)).isInstanceOf(IOException.class);
        assertThat(store.auditQuery().list(Map.of("kind", "export"), 9_999, 10)).hasSize(1);
    }

    /** Each way to change a file, in both sorts of export and all forms. */
    @ParameterizedTest
    @CsvSource({"json,true", "json,false", "csv,true", "csv,false", "ocsf,true", "ocsf,false"})
    void whoeverChangesAnExportIsFoundOut(String form, boolean all) throws Exception {
        ExportFormat format = ExportFormat.of(form).orElseThrow();
        Path file = export(format, all ? Map.of() : SOME);
        Path other = export(format, all ? Map.of() : SOME);
        String text = Files.readString(file);
        int third = nth(text, 4);
        int fourth = nth(text, 5);
        String line = text.substring(third, fourth);
        broken(file, text, whole -> whole.replaceFirst("payments", "paymentz"));
        broken(file, text, whole -> whole.replace("protect-main", "protect-name"));
        broken(file, text, whole -> whole.substring(0, third) + line + whole.substring(third));
        broken(
                file,
                text,
                whole ->
                        whole.substring(0, nth(whole, 3))
                                + line
                                + whole.substring(nth(whole, 3), third)
                                + whole.substring(fourth));
        String end = text.substring(lastLine(text));
        String otherText = Files.readString(other);
        String otherEnd = otherText.substring(lastLine(otherText));
        refused(file, text, whole -> whole.replace(end, otherEnd));
        broken(file, text, whole -> whole.replace("sha256:0", "sha256:1"));
        cut(file, text, whole -> whole.substring(0, lastLine(whole)));
        cut(file, text, whole -> whole.substring(0, whole.length() - 400));
        cut(file, text, whole -> whole.substring(0, whole.length() / 2));
        if (all) {
            broken(file, text, whole -> whole.replace(line, ""));
        } else {
            cut(file, text, whole -> whole.replace(line, ""));
        }
    }

    /** Two signed checkpoints are of one ledger only where that is proved. */
    @ParameterizedTest
    @EnumSource
    void whichLedgerItIsOfIsProved(ExportFormat format) throws Exception {
        Path file = export(format, SOME);
        String text = Files.readString(file);
        String quote = format == ExportFormat.CSV ? "\"\"" : "\"";
        String first = quote + "consistency" + quote + ":[" + quote;
        int at = text.indexOf(first) + first.length();
        assertThat(at).isGreaterThan(lastLine(text));
        char other = text.charAt(at) == 'A' ? 'B' : 'A';
        broken(file, text, whole -> whole.substring(0, at) + other + whole.substring(at + 1));
        broken(file, text, whole -> whole.replace("consistency", "consistencies"));
        // One of the first version had no such proof; the ledger says that this is none.
        int version = text.lastIndexOf(quote + "version" + quote + ":2");
        assertThat(version).isGreaterThan(at);
        broken(
                file,
                text,
                whole ->
                        (whole.substring(0, version) + whole.substring(version).replace(":2", ":1"))
                                .replace("consistency", "consistencies"));
    }

    /** What is kept of them beside the ledger leaves in each form, and is under its hash. */
    @ParameterizedTest
    @EnumSource
    void aPersonGetsWhatIsKeptOfThemInEachForm(ExportFormat format) throws Exception {
        store.people()
                .put(
                        new Person("ana@example.com", "Ana Silva", Set.of("member"), Set.of("web")),
                        Events.numbered(0));
        Path file = export(format, Map.of("person", "ana@example.com"));
        ExportCheck.Verdict verdict = verdict(file);
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.missing()).isEmpty();
        String quote = format == ExportFormat.CSV ? "\"\"" : "\"";
        String account = quote + "kind" + quote + ":" + quote + "account" + quote;
        String text = Files.readString(file);
        assertThat(text.lines().filter(line -> line.contains(account))).hasSize(1);
        broken(file, text, whole -> whole.replace("Ana Silva", "Ana Silvb"));
    }

    /**
     * Where the line with this number begins, counted from 1; in CSV the rows, whose cells have
     * lines.
     */
    private static int nth(String text, int number) {
        int at = 0;
        String start = text.startsWith("\"") ? "\r\n\"" : "\n{";
        for (int i = 1; i < number; i++) {
            at = text.indexOf(start, at) + start.length() - 1;
        }
        return at;
    }

    private static int lastLine(String text) {
        return text.lastIndexOf('\n', text.length() - 2) + 1;
    }

    /** Broken or cut: an export with the end of another one may be either. */
    private static void refused(Path file, String text, UnaryOperator<String> change)
            throws IOException {
        Files.writeString(file, change.apply(text));
        ExportCheck.Verdict verdict = verdict(file);
        assertThat(verdict.fault().or(verdict::missing)).isPresent();
    }

    private static void broken(Path file, String text, UnaryOperator<String> change)
            throws IOException {
        String changed = change.apply(text);
        assertThat(changed.equals(text)).isFalse();
        Files.writeString(file, changed);
        assertThat(verdict(file).fault()).isPresent();
    }

    private static void cut(Path file, String text, UnaryOperator<String> change)
            throws IOException {
        String changed = change.apply(text);
        assertThat(changed.equals(text)).isFalse();
        Files.writeString(file, changed);
        assertThat(verdict(file).missing()).isPresent();
    }

    @Test
    void columnsBesideTheRecordAreProvedToo() throws Exception {
        Path file = export(ExportFormat.CSV, SOME);
        String text = Files.readString(file);
        broken(file, text, whole -> whole.replaceFirst("\"deny\",\"low\"", "\"allow\",\"low\""));
        file = export(ExportFormat.OCSF, SOME);
        text = Files.readString(file);
        broken(file, text, whole -> whole.replaceFirst("\"action_id\":2", "\"action_id\":1"));
    }

    @Test
    void anotherKeyOrAnotherCheckpointIsNotThisLedger() throws Exception {
        Path file = export(ExportFormat.JSON, Map.of());
        NoteKey other = NoteSigner.of("countersign/other", NoteKey.Kind.LOG, new byte[32]).key();
        ExportCheck.Verdict verdict = new ExportCheck(file, Optional.of(other), List.of()).verify();
        assertThat(verdict.fault()).hasValueSatisfying(text -> assertThat(text).contains("key"));
        SecondVerifier.agrees(file, verdict, "--key", other.toString());
        SignedNote note = store.proofs().checkpoint().orElseThrow();
        Path later = export(ExportFormat.JSON, Map.of());
        assertThat(
                        new ExportCheck(later, Optional.of(store.proofs().key()), List.of(note))
                                .verify()
                                .fault())
                .isEmpty();
        assertThatThrownBy(() ->
                        new ExportCheck(
                                        export(ExportFormat.JSON, SOME),
                                        Optional.empty(),
                                        List.of(note))
                                .verify())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be compared");
    }

    @Test
    void filtersChooseByActionAndRule() {
        assertThat(found("action", "file_write")).isEqualTo(RECORDS / 2);
        assertThat(found("action", "file_delete")).isZero();
        assertThat(found("rule", "protect-main")).isEqualTo(RECORDS / 4 - 1);
        assertThat(found("rule", "tenant/production-rules/protect-main"))
                .isEqualTo(RECORDS / 4 - 1);
        assertThat(found("rule", "main")).isZero();
        assertThat(found("team", "payments")).isZero();
        assertThat(found("decider", "default-policy")).isEqualTo(RECORDS);
        assertThat(found("decider", "person")).isZero();
        assertThatThrownBy(() -> found("colour", "red"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("colour");
    }

    @Test
    void whoIsInATeamIsFoundByIt() throws Exception {
        assertThat(found("team", "payments")).isZero();
        store.people()
                .put(
                        new Person(
                                "ana@example.com",
                                "Ana",
                                Set.of("member"),
                                Set.of("payments", "web")),
                        Events.numbered(0));
        store.auditLog().append(judged(1));
        assertThat(found("team", "payments")).isEqualTo(1);
        assertThat(found("team", "web")).isEqualTo(1);
        assertThat(found("team", "pay")).isZero();
        // And the record that she began this export.
        assertThat(verdict(export(ExportFormat.JSON, Map.of("team", "payments"))).records())
                .isEqualTo(2);
    }

    private int found(String name, String value) {
        return store.auditQuery().list(Map.of(name, value), Long.MAX_VALUE, 1_000).size();
    }

    @Test
    void tooManyRulesToNameAreFoundByAny() throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode operation = body.putArray("operations").addObject().put("action", "git_read");
        for (int i = 0; i < 1_000; i++) {
            operation
                    .withArray("because")
                    .addObject()
                    .put("document", "tenant/many")
                    .put("rule", "r" + i);
        }
        store.auditLog().append(Events.with(1, "many", body));
        assertThat(found("rule", "r7")).isEqualTo(1);
        assertThat(found("action", "git_read")).isEqualTo(1);
    }

    @Test
    void aSpreadsheetComputesNothing() throws Exception {
        String text = Files.readString(export(ExportFormat.CSV, Map.of()), StandardCharsets.UTF_8);
        assertThat(text).startsWith("\"index\",\"at\",\"kind\",\"effect\"").contains("\r\n\"0\",");
        assertThat(text.contains("\"'=1+1, \"\"quoted\"\"\nand a line\"")).isTrue();
        assertThat(text.contains(",\"=1+1")).isFalse();
        JsonNode end =
                store.auditQuery().list(Map.of("kind", "export"), 9_999, 1).getFirst().body();
        assertThat(end.path("body").path("changed_cells").asLong()).isEqualTo(RECORDS / 10);
    }

    @Test
    void memoryDoesNotGrowWithTheExport() throws Exception {
        // 300 payloads of 1 MB are more than a part holds; a part ends after some of them.
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", "x".repeat(900_000));
        for (int i = 0; i < 20; i++) {
            store.auditLog().append(Events.with(i, "large", body));
        }
        List<Integer> parts = new ArrayList<>();
        long last = RECORDS - 1;
        while (last < RECORDS + 19) {
            var part = store.auditQuery().next(Map.of(), last, Long.MAX_VALUE);
            parts.add(part.size());
            last = part.getLast().index();
        }
        assertThat(parts).hasSizeGreaterThan(4).allMatch(size -> size <= 3);
    }

    @Test
    void anExportOfALedgerIsTheLedger() throws Exception {
        Path file = export(ExportFormat.JSON, Map.of());
        List<String> lines = lines(file);
        for (int i = 0; i < RECORDS; i++) {
            JsonNode line = CanonicalJson.parse(lines.get(i));
            Recorded recorded = store.auditQuery().byIndex(i).orElseThrow();
            ObjectNode record = (ObjectNode) line.path("record");
            if (line.has("payload")) {
                record.set("body", line.path("payload"));
            }
            if (record.remove("sealed") != null) {
                record.setAll(new Disclosure(line.path("disclosure").asText()).value());
            }
            String text = CanonicalJson.text(record);
            for (Map.Entry<String, JsonNode> person : line.path("people").properties()) {
                text = text.replace(person.getKey(), person.getValue().asText());
            }
            assertThat(CanonicalJson.parse(text)).isEqualTo(recorded.body());
            assertThat(line.path("hash").asText()).isEqualTo(recorded.hash());
        }
    }
}
