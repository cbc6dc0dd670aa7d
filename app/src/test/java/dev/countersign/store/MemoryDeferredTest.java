package dev.countersign.store;

import dev.countersign.approval.DeferredStore;
import dev.countersign.testing.MemoryDeferredStore;
import dev.countersign.testing.MemoryLedger;

/** Deferred calls in memory: what the tests of others lean on. */
final class MemoryDeferredTest extends DeferredContract {
    private final DeferredStore store = new MemoryDeferredStore(new MemoryLedger());

    @Override
    DeferredStore deferred() {
        return store;
    }
}
