package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.audit.Receipt;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process killed at any moment has lost nothing that it answered. */
final class KillTest {
    private static final int KILLS = Integer.getInteger("countersign.kills", 5);
    private static final long SEED = Long.getLong("countersign.seed", System.nanoTime());

    private @TempDir Path data;

    @ParameterizedTest
    @EnumSource
    void everyReceiptThatWasGivenIsInTheLedger(Databases database) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        Path folder = data.resolve("data");
        Map<Long, String> given = new HashMap<>();
        for (int i = 0; i < KILLS; i++) {
            try (ChildProcess child = ChildProcess.appending(folder, database.url(folder))) {
                child.receipts(1 + random.nextInt(1_500));
                child.kill();
                child.allReceipts().forEach(r -> given.put(r.index(), r.hash()));
            }
            try (Store store = Store.open(database.in(folder), Clock.systemUTC())) {
                LedgerCheck.Verdict verdict = store.ledgerCheck().verify();
                assertThat(verdict.fault()).as("seed %s", SEED).isEmpty();
                Map<Long, String> kept = new HashMap<>();
                List<Recorded> page = store.auditQuery().list(Map.of(), Long.MAX_VALUE, 1_000);
                while (!page.isEmpty()) {
                    page.forEach(r -> kept.put(r.index(), r.hash()));
                    page = store.auditQuery().list(Map.of(), page.getLast().index(), 1_000);
                }
                assertThat(kept).as("seed %s", SEED).containsAllEntriesOf(given);
                Receipt own = store.auditLog().append(Events.numbered(i));
                assertThat(own.index()).isEqualTo(verdict.records());
                given.put(own.index(), own.hash());
            }
        }
        assertThat(given).hasSizeGreaterThan(KILLS);
    }
}
