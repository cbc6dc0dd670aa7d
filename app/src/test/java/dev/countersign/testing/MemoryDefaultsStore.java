package dev.countersign.testing;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.DefaultsStore;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Built-in defaults in memory. */
public final class MemoryDefaultsStore implements DefaultsStore {
    private final MemoryLedger ledger;
    private volatile @Nullable BuiltIn accepted;

    public MemoryDefaultsStore(MemoryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Optional<BuiltIn> accepted() {
        return Optional.ofNullable(accepted);
    }

    @Override
    public void accept(BuiltIn defaults, Instant at, AuditRecord event) throws NotRecorded {
        ledger.append(event);
        accepted = defaults;
    }
}
