package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The one writer under faults. */
@ParameterizedClass
@EnumSource
final class WriterTest {
    private static final Clock CLOCK = Clock.fixed(Events.NOON, ZoneOffset.UTC);

    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(database.in(data.resolve("data")), CLOCK, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** Holds the writer until the latch opens, so that what follows waits together. */
    private Future<?> hold(ExecutorService threads, CountDownLatch started, CountDownLatch open) {
        return threads.submit(() ->
                store.writer()
                        .submit(_ -> {
                            started.countDown();
                            try {
                                open.await();
                            } catch (InterruptedException e) {
                                throw new SQLException(e);
                            }
                            return 0;
                        }));
    }

    @Test
    void aChangeThatFailsTakesNothingElseOfItsBatchWithIt() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> holding = hold(threads, started, open);
            started.await();
            List<Future<Receipt>> good = new ArrayList<>();
            List<Future<Receipt>> bad = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                int n = i;
                good.add(threads.submit(() -> store.auditLog().append(Events.numbered(n))));
                bad.add(
                        threads.submit(() ->
                                store.writer()
                                        .submit(unit -> {
                                            unit.append(
                                                    RecordJson.prepare(
                                                            Events.numbered(n), store.masking()));
                                            if (n % 2 == 0) {
                                                throw new IllegalStateException("a bug");
                                            }
                                            Rows.change(unit.connection(), "DELETE FROM ledger");
                                            return new Receipt(0, "");
                                        })));
            }
            open.countDown();
            holding.get();
            for (Future<Receipt> one : good) {
                Receipt receipt = one.get();
                assertThat(store.auditQuery().byIndex(receipt.index()).orElseThrow().hash())
                        .isEqualTo(receipt.hash());
            }
            for (Future<Receipt> one : bad) {
                assertThatThrownBy(one::get).hasCauseInstanceOf(NotRecorded.class);
            }
        }
        LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.records()).isEqualTo(30);
        assertThat(store.trouble()).isEmpty();
    }

    @Test
    void whatTakesTooLongIsNotRecorded() throws Exception {
        store.close();
        store = Store.open(database.in(data.resolve("data")), CLOCK, Duration.ofMillis(400));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> _ = hold(threads, started, open);
            started.await();
            assertThatThrownBy(() -> store.auditLog().append(Events.numbered(0)))
                    .isInstanceOf(NotRecorded.class)
                    .hasMessageContaining("400 ms");
            assertThat(store.trouble()).get().asString().contains("the disk takes longer than");
            open.countDown();
        }
        store.close();
        store = Store.open(database.in(data.resolve("data")), CLOCK, Duration.ofSeconds(20));
        assertThat(store.ledgerCheck().verify().records()).isZero();
        assertThat(store.auditLog().append(Events.numbered(1)).index()).isZero();
    }

    @Test
    void anInterruptedCallerGetsNoReceiptAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.auditLog().append(Events.numbered(0)))
                .isInstanceOf(NotRecorded.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aClosedStoreTakesNothing() throws Exception {
        store.auditLog().append(Events.numbered(0));
        store.close();
        assertThatThrownBy(() -> store.auditLog().append(Events.numbered(1)))
                .isInstanceOf(NotRecorded.class)
                .hasMessageContaining("closed");
        store.close();
    }

    @Test
    void closingLetsWhatWaitsBecomeDurable() throws Exception {
        List<Future<Receipt>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                int n = i;
                all.add(threads.submit(() -> store.auditLog().append(Events.numbered(n))));
            }
            all.getFirst().get();
            store.close();
        }
        long answered = 0;
        for (Future<Receipt> one : all) {
            answered += one.state() == Future.State.SUCCESS ? 1 : 0;
        }
        store = Store.open(database.in(data.resolve("data")), CLOCK);
        assertThat(store.ledgerCheck().verify().records()).isEqualTo(answered);
    }
}
