package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.census.Answered;
import dev.countersign.audit.census.Census;
import dev.countersign.audit.census.Choice;
import dev.countersign.audit.census.Counted;
import dev.countersign.audit.census.Figures;
import dev.countersign.audit.census.Form;
import dev.countersign.audit.census.Slots;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every ledger does, whatever it is kept in. */
abstract class LedgerContract {
    abstract AuditLog log();

    abstract AuditQuery query();

    abstract LedgerCheck check();

    private List<Receipt> append(int count) throws Exception {
        List<Receipt> receipts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receipts.add(log().append(Events.numbered(i)));
        }
        return receipts;
    }

    private List<Long> listed(Map<String, String> filters) {
        return query().list(filters, Long.MAX_VALUE, 100).stream().map(Recorded::index).toList();
    }

    @Test
    void anEmptyLedgerVerifies() {
        LedgerCheck.Verdict verdict = check().verify();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isZero();
        assertThat(verdict.head()).isEqualTo(Draft.GENESIS);
        assertThat(verdict.root()).isEqualTo(MerkleTree.EMPTY);
        assertThat(listed(Map.of())).isEmpty();
        assertThat(query().byIndex(0)).isEmpty();
    }

    @Test
    void receiptsNameContiguousPlacesAndTheHashOfTheRecord() throws Exception {
        List<Receipt> receipts = append(5);
        assertThat(receipts).extracting(Receipt::index).containsExactly(0L, 1L, 2L, 3L, 4L);
        String previous = Draft.GENESIS;
        for (Receipt receipt : receipts) {
            Recorded recorded = query().byIndex(receipt.index()).orElseThrow();
            assertThat(recorded.hash()).isEqualTo(receipt.hash());
            Stored stored =
                    query().next(Map.of(), receipt.index() - 1, receipt.index() + 1).getFirst();
            assertThat(Sha256.hex(stored.record())).isEqualTo(receipt.hash());
            assertThat(recorded.body().path("previous").asText()).isEqualTo(previous);
            previous = receipt.hash();
        }
        LedgerCheck.Verdict verdict = check().verify();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.records()).isEqualTo(5);
        assertThat(verdict.head()).isEqualTo(previous);
    }

    private static List<Figures.Value> values(Figures figures, String name, Choice choice) {
        return figures.values(Set.of(name), choice).getOrDefault(name, List.of());
    }

    /** The census knows nothing but heads of records; it must find what the database finds. */
    @Test
    void whatIsCountedIsWhatIsListed() throws Exception {
        Census census = new Census(query());
        assertThat(census.look().end()).isZero();
        append(57);
        Counted counted = census.look();
        assertThat(counted.whole()).isTrue();
        Instant half = Events.NOON.plusSeconds(20);
        for (Map<String, String> filters :
                List.<Map<String, String>>of(
                        Map.of(),
                        Map.of("agent", "builder"),
                        Map.of("agent", "builder", "effect", "deny"),
                        Map.of("person", "ana@example.com", "tool", "Edit"),
                        Map.of("person", "nobody@example.com"),
                        Map.of("kind", "outcome", "from", half.toString()),
                        Map.of("to", half.toString(), "risk", "low", "client", "claude-code"),
                        Map.of("session", "session-2"),
                        Map.of("session", "session-9999"),
                        Map.of("action", "git_push"),
                        Map.of("domain", "git"),
                        Map.of("rule", "no-such"),
                        Map.of("project", "payments", "decider", "default-policy"),
                        Map.of("q", "record 3"),
                        Map.of("decision", "D7"),
                        Map.of("call", "call-11"))) {
            List<Recorded> listed = query().list(filters, 40, 9);
            Census.Found found = census.find(counted, filters, true, 40, 9, Duration.ofSeconds(9));
            assertThat(found.records()).as("%s", filters).isEqualTo(listed);
            assertThat(found.next() >= 0)
                    .as("%s", filters)
                    .isEqualTo(query().list(filters, 40, 10).size() > 9);
            Choice choice = Choice.of(query().stored(filters), true);
            if (Form.NAMES.containsAll(filters.keySet())) {
                Slots slots = Slots.over(Events.NOON, Events.NOON.plusSeconds(60));
                Figures figures = counted.figures(choice, slots);
                assertThat(figures.total())
                        .as("%s", filters)
                        .isEqualTo(query().count(filters, Long.MAX_VALUE));
                assertThat(
                                values(figures, "agent", choice).stream()
                                        .mapToLong(Figures.Value::count)
                                        .sum())
                        .isGreaterThanOrEqualTo(figures.total());
                assertThat(counted.after(choice, -1)).isEqualTo(figures.total());
            }
        }
        // In the ledger people have other names, and what is counted has those.
        Choice all = Choice.of(Map.of(), true);
        Figures figures =
                counted.figures(all, Slots.over(Events.NOON, Events.NOON.plusSeconds(60)));
        String named = values(figures, "person", all).getFirst().name();
        assertThat(named).doesNotContain("@");
        assertThat(query().shown(named)).isEqualTo("ana@example.com");
        assertThat(figures.sum(Answered.DENY) + figures.sum(Answered.DEFAULT)).isEqualTo(57);

        log().append(Events.numbered(57));
        assertThat(counted.end()).isEqualTo(57);
        assertThat(census.look().end()).isEqualTo(58);
        assertThat(census.look().after(all, 56)).isEqualTo(1);
    }

    @Test
    void aRecordReadsBackAsItWas() throws Exception {
        AuditRecord event = Events.numbered(4);
        Receipt receipt = log().append(event);
        assertThat(RecordJson.read(query().byIndex(receipt.index()).orElseThrow().body()))
                .isEqualTo(event);
    }

    @Test
    void listsNewestFirstInPages() throws Exception {
        append(7);
        assertThat(listed(Map.of())).containsExactly(6L, 5L, 4L, 3L, 2L, 1L, 0L);
        assertThat(query().list(Map.of(), 4, 2))
                .extracting(Recorded::index)
                .containsExactly(3L, 2L);
        assertThat(query().list(Map.of(), 0, 2)).isEmpty();
    }

    @Test
    void everyFilterFilters() throws Exception {
        append(7);
        assertThat(listed(Map.of("agent", "migrations"))).containsExactly(5L, 3L, 1L);
        assertThat(listed(Map.of("kind", "outcome"))).containsExactly(5L, 2L);
        assertThat(listed(Map.of("effect", "deny", "tool", "Bash"))).containsExactly(4L, 0L);
        assertThat(listed(Map.of("decision", "D1"))).containsExactly(3L, 2L);
        assertThat(listed(Map.of("call", "call-6"))).containsExactly(6L);
        assertThat(listed(Map.of("session", "session-1"))).isEmpty();
        assertThat(listed(Map.of("person", "ana@example.com"))).containsExactly(6L, 4L, 3L, 2L, 1L);
        for (String name : List.of("client", "project", "risk", "decider")) {
            assertThat(listed(Map.of(name, "none such"))).as(name).isEmpty();
        }
        assertThat(
                        listed(
                                Map.of(
                                        "from", "2026-11-21T12:00:02Z",
                                        "to", "2026-11-21T12:00:04Z")))
                .containsExactly(3L, 2L);
    }

    @Test
    void freeTextIsTakenLiterally() throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("command", "echo \"100%_\\ done\"");
        log().append(Events.with(0, "one", body));
        log().append(Events.with(1, "two", JsonNodeFactory.instance.objectNode()));

        for (String found : List.of("\"100%_\\ done\"", "0%_", "ECHO", "one")) {
            assertThat(listed(Map.of("q", found))).as(found).containsExactly(0L);
        }
        for (String absent : List.of("1__%", "%", "o_e")) {
            assertThat(listed(Map.of("q", absent))).as(absent).doesNotContain(1L);
        }
        assertThat(listed(Map.of("q", "o_e"))).isEmpty();
    }

    @Test
    void unknownFiltersAndTimesAreErrors() {
        assertThatThrownBy(() -> listed(Map.of("agnet", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`agnet`");
        assertThatThrownBy(() -> listed(Map.of("from", "yesterday")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`yesterday`");
    }

    @Test
    void allOfADecisionOldestFirst() throws Exception {
        append(7);
        assertThat(query().ofDecision("D2")).extracting(Recorded::index).containsExactly(4L, 5L);
        assertThat(query().ofDecision("none")).isEmpty();
    }

    @Test
    void aLongBodyIsKeptBesideItsRecord() throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("content", "0123456789 lorem ipsum\n".repeat(20_000) + "needle");
        Receipt receipt = log().append(Events.with(0, "long", body));
        log().append(Events.numbered(1));

        Recorded recorded = query().byIndex(receipt.index()).orElseThrow();
        assertThat(recorded.body().path("body")).isEqualTo(body);
        Recorded listed = query().list(Map.of(), 1, 1).getFirst();
        assertThat(CanonicalJson.bytes(listed.body())).hasSizeLessThan(65_536);
        assertThat(Sha256.hex(CanonicalJson.bytes(listed.body()))).isEqualTo(receipt.hash());
        assertThat(listed(Map.of("q", "needle"))).containsExactly(0L);
        assertThat(check().verify().fault()).isEmpty();
    }

    @Test
    void secretsAreMaskedBeforeTheyAreHashed() throws Exception {
        String secret = "ghp_" + "a1B2".repeat(9);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("argv").add("git clone https://x:" + secret + "@github.com/a/b");
        Receipt receipt = log().append(Events.with(0, "uses " + secret, body));

        String stored = CanonicalJson.text(query().byIndex(receipt.index()).orElseThrow().body());
        assertThat(stored).doesNotContain(secret).contains("[masked github-token ");
    }

    @Test
    void oddTextAndNumbersAreKept() throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("half", "x\ud800").put("nul", "a\0b").put("big", Long.MAX_VALUE).put("e", 0.1);
        log().append(Events.with(0, "odd \udfff", body));
        assertThat(check().verify().fault()).isEmpty();
        assertThat(query().byIndex(0).orElseThrow().body().path("body").toString())
                .isEqualTo(
                        "{\"big\":{\"$number\":\"9223372036854775807\"},\"e\":0.1,"
                                + "\"half\":\"x\\\\ud800\",\"nul\":\"a\\u0000b\"}");
    }

    @Test
    void whatCannotBeWrittenIsNotRecordedAndHarmsNothing() throws Exception {
        ObjectNode deep = JsonNodeFactory.instance.objectNode();
        ObjectNode inner = deep;
        for (int i = 0; i < 20_000; i++) {
            inner = inner.putObject("x");
        }
        assertThatThrownBy(() -> log().append(Events.with(0, "deep", deep)))
                .isInstanceOf(AuditLog.NotRecorded.class);
        append(2);
        assertThat(check().verify().records()).isEqualTo(2);
    }

    @Test
    void manyCallersMakeOneChain() throws Exception {
        int callers = 64;
        int each = 50;
        List<Receipt> receipts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Receipt>>> running = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                int from = c * each;
                running.add(
                        threads.submit(() -> {
                            List<Receipt> own = new ArrayList<>();
                            for (int i = 0; i < each; i++) {
                                own.add(log().append(Events.numbered(from + i)));
                            }
                            return own;
                        }));
            }
            for (Future<List<Receipt>> one : running) {
                List<Receipt> own = one.get();
                assertThat(own).extracting(Receipt::index).isSorted();
                receipts.addAll(own);
            }
        }
        assertThat(receipts).extracting(Receipt::index).doesNotHaveDuplicates();
        LedgerCheck.Verdict verdict = check().verify();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.records()).isEqualTo((long) callers * each);
        for (Receipt receipt : receipts) {
            assertThat(query().byIndex(receipt.index()).orElseThrow().hash())
                    .isEqualTo(receipt.hash());
        }
    }
}
