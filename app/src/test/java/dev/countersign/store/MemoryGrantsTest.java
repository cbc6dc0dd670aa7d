package dev.countersign.store;

import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.GrantStore;
import dev.countersign.testing.MemoryApprovalStore;
import dev.countersign.testing.MemoryGrantStore;
import dev.countersign.testing.MemoryLedger;

/** Grants in memory, as other tests use them. */
final class MemoryGrantsTest extends GrantsContract {
    private final MemoryLedger ledger = new MemoryLedger();
    private final MemoryGrantStore grants = new MemoryGrantStore(ledger);
    private final MemoryApprovalStore approvals = new MemoryApprovalStore(ledger, grants);

    @Override
    GrantStore grants() {
        return grants;
    }

    @Override
    ApprovalStore approvals() {
        return approvals;
    }
}
