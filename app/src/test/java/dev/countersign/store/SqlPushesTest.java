package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PushLog;
import dev.countersign.decision.PushReceipts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SqlPushesTest {
    @TempDir Path folder;

    private static AuditRecord arrived(String receipt) {
        return new AuditRecord(
                PushReceipts.ARRIVED,
                Instant.parse("2026-11-22T10:00:00Z"),
                receipt,
                "git-gate",
                null,
                "git-gate",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "push",
                JsonNodeFactory.instance.objectNode().put("accepted", true));
    }

    @ParameterizedTest
    @EnumSource
    void aReceiptThatWasUsedSinceItWasReadTakesNothingWithIt(Databases database) throws Exception {
        try (Store store = Store.open(database.in(folder.resolve("data")), Clock.systemUTC())) {
            PushLog pushes = store.pushes();
            assertThat(pushes.append(List.of(arrived("a")), Map.of("a", 0))).isTrue();
            // As another server that read the same does, which had the data for a moment.
            assertThat(pushes.append(List.of(arrived("b"), arrived("a")), Map.of("b", 0, "a", 0)))
                    .isFalse();
            assertThat(store.auditQuery().ofDecision("b")).isEmpty();
            assertThat(pushes.append(List.of(arrived("b"), arrived("a")), Map.of("b", 0, "a", 1)))
                    .isTrue();
            assertThat(store.auditQuery().ofDecision("a")).hasSize(2);
        }
    }
}
