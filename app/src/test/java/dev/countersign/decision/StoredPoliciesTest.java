package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.decision.StoredPolicies.Draft;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyReader;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MemoryPolicyStore;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A change is made as it was tried, or not at all. */
final class StoredPoliciesTest {
    private final MemoryLedger ledger = new MemoryLedger();
    private final StoredPolicies stored =
            new StoredPolicies(new MemoryPolicyStore(ledger), PolicyReader.Examples.PLAIN);

    private static Stored document(Level level, String of, String name, String text) {
        return new Stored(level, of, name, name + ".yaml", text, "ana", Instant.EPOCH);
    }

    private static AuditRecord event() {
        return new AuditRecord(
                "policy",
                Instant.EPOCH,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "put",
                JsonNodeFactory.instance.objectNode());
    }

    private final Stored shop =
            document(Level.TENANT, "", "shop", "template: shop\ndenied: [git_push]\n");
    private final Stored app = document(Level.PROJECT, "app", "app", "policy: app\nuse: [shop]\n");

    @Test
    void aDraftThatAnotherChangeOvertookIsRefused() throws Exception {
        stored.put(stored.with(shop), event());
        Draft use = stored.with(app);
        Draft removal = stored.without(shop);
        assertThat(use.usable()).isTrue();
        stored.put(removal, event());
        assertThatThrownBy(() -> stored.put(use, event()))
                .isInstanceOf(StoredPolicies.Overtaken.class);
        assertThat(stored.now().stored()).isEmpty();
        assertThat(stored.now().problems()).isEmpty();
        assertThat(ledger.list(Map.of(), Long.MAX_VALUE, 10)).hasSize(2);
    }

    @Test
    void whatCannotBeUsedIsNotStored() throws Exception {
        Draft draft = stored.with(app);
        assertThat(draft.usable()).isFalse();
        assertThatThrownBy(() -> stored.put(draft, event()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(stored.now().stored()).isEmpty();
    }

    @Test
    void whatIsInForceIsWhatWasTried() throws Exception {
        stored.put(stored.with(shop), event());
        Draft draft = stored.with(app);
        stored.put(draft, event());
        assertThat(stored.now().policies())
                .containsExactlyInAnyOrderElementsOf(draft.state().policies());
    }

    @Test
    void brokenDocumentsAreMendedOneAfterTheOther() throws Exception {
        MemoryPolicyStore store = new MemoryPolicyStore(ledger);
        Stored one = document(Level.TENANT, "", "one", "policy: one\nuse: [gone]\n");
        Stored two = document(Level.TENANT, "", "two", "policy: two\nuse: [gone]\n");
        store.put(one, event());
        store.put(two, event());
        StoredPolicies broken = new StoredPolicies(store, PolicyReader.Examples.PLAIN);
        assertThat(broken.now().problems()).hasSize(2);
        assertThat(broken.with(app).usable()).isFalse();
        broken.put(broken.without(one), event());
        assertThat(broken.now().problems()).hasSize(1);
        broken.put(broken.with(document(Level.TENANT, "", "two", "policy: two\n")), event());
        assertThat(broken.now().problems()).isEmpty();
    }
}
