package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.policy.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SqlPoliciesTest {
    @TempDir Path folder;

    private static Stored document(Level level, String of, String name, String text) {
        return new Stored(
                level, of, name, "p.yaml", text, "ana", Instant.parse("2026-11-20T10:00:00Z"));
    }

    @ParameterizedTest
    @EnumSource
    void documentsAreKeptByLevelAndNameAndEachChangeIsARecord(Databases database) throws Exception {
        Place data = database.in(folder.resolve("data"));
        Stored tenant = document(Level.TENANT, "", "company", "policy: company\n");
        Stored agent = document(Level.AGENT, "bot", "company", "policy: company\n");
        Stored again = document(Level.TENANT, "", "company", "policy: company\nautonomy: full\n");
        try (Store store = Store.open(data, Clock.systemUTC())) {
            store.policies().put(agent, Events.numbered(0));
            store.policies().put(tenant, Events.numbered(1));
            store.policies().put(again, Events.numbered(2));
            assertThat(store.policies().policies()).isEqualTo(List.of(again, agent));
        }
        try (Store store = Store.open(data, Clock.systemUTC())) {
            assertThat(store.policies().policies()).isEqualTo(List.of(again, agent));
            store.policies().remove(agent, Events.numbered(3));
            assertThat(store.policies().policies()).isEqualTo(List.of(again));
            assertThat(store.auditQuery().byIndex(3)).isPresent();
            assertThat(store.ledgerCheck().verify().fault()).isEmpty();
        }
    }
}
