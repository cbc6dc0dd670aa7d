package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one writer where the disk is full or a statement fails, as SQLite tells of it. */
final class FullDiskTest {
    private static final Clock CLOCK = Clock.fixed(Events.NOON, ZoneOffset.UTC);

    private @TempDir Path data;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(Place.in(data.resolve("data")), CLOCK, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void limitPages(long pages) throws NotRecorded {
        store.writer()
                .submit(unit ->
                        Rows.first(
                                        unit.connection(),
                                        "PRAGMA max_page_count = " + pages,
                                        row -> row.getLong(1))
                                .orElseThrow());
    }

    @Test
    void aFullDiskGivesNoReceiptAndIsSurvived() throws Exception {
        List<Receipt> receipts = new ArrayList<>();
        receipts.add(store.auditLog().append(Events.numbered(0)));
        limitPages(1);
        int refused = 0;
        for (int i = 1; i < 500 && refused < 3; i++) {
            try {
                receipts.add(store.auditLog().append(Events.numbered(i)));
                assertThat(store.trouble()).isEmpty();
            } catch (NotRecorded e) {
                assertThat(e).hasMessageContaining("full");
                assertThat(store.trouble()).isPresent();
                refused++;
            }
        }
        assertThat(refused).isEqualTo(3);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(receipts.size());

        limitPages(1_000_000);
        receipts.add(store.auditLog().append(Events.numbered(1_000)));
        assertThat(store.trouble()).isEmpty();
        assertThat(receipts).extracting(Receipt::index).isSorted().doesNotHaveDuplicates();
        LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.records()).isEqualTo(receipts.size());
        assertThat(verdict.head()).isEqualTo(receipts.getLast().hash());
    }

    @Test
    void aFullDiskUnderLoadGivesReceiptsOnlyForWhatIsThere() throws Exception {
        limitPages(60);
        List<Receipt> receipts = new ArrayList<>();
        int refused = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Receipt>> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                int n = i;
                all.add(threads.submit(() -> store.auditLog().append(Events.numbered(n))));
            }
            for (Future<Receipt> one : all) {
                try {
                    receipts.add(one.get());
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(NotRecorded.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
        LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.records()).isEqualTo(receipts.size());
        limitPages(1_000_000);
        assertThat(store.auditLog().append(Events.numbered(0)).index()).isEqualTo(receipts.size());
    }

    /** A record and what is sealed of it are two statements without a savepoint around them. */
    @Test
    void aRecordIsNotThereWithoutWhatBelongsBesideIt() throws Exception {
        store.auditLog().append(Events.numbered(0));
        DataFolderTest.sql(
                data.resolve("data"),
                "INSERT INTO sealed (idx, person, box) VALUES (1, 'person:x', zeroblob(50))");
        assertThatThrownBy(() -> store.auditLog().append(Events.numbered(1)))
                .isInstanceOf(NotRecorded.class);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(1);
        DataFolderTest.sql(
                data.resolve("data"),
                "DROP TRIGGER sealed_keeps",
                "DELETE FROM sealed WHERE person = 'person:x'");
        assertThat(store.auditLog().append(Events.numbered(1)).index()).isEqualTo(1);
        assertThat(store.ledgerCheck().verify().fault()).isEmpty();
    }
}
