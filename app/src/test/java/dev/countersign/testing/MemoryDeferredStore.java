package dev.countersign.testing;

import dev.countersign.approval.Deferred;
import dev.countersign.approval.DeferredStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls that wait for their time, in memory. */
public final class MemoryDeferredStore implements DeferredStore {
    private final Map<String, Deferred> all = new LinkedHashMap<>();
    private final AuditLog log;
    private long last;

    /** Whether no change is taken, as on a full disk. */
    public volatile boolean full;

    /** What happens at the last moment before a call is put off. */
    public volatile Runnable beforeOpen = () -> {};

    public MemoryDeferredStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized long nextNumber() {
        return ++last;
    }

    @Override
    public synchronized Receipt open(Deferred deferred, AuditRecord event) throws NotRecorded {
        beforeOpen.run();
        Receipt receipt = log.append(event);
        all.put(deferred.id(), deferred);
        return receipt;
    }

    @Override
    public synchronized Optional<Deferred> find(String id) {
        return Optional.ofNullable(all.get(id));
    }

    @Override
    public synchronized Optional<Deferred> ofDecision(String decision) {
        return all.values().stream()
                .filter(each -> each.decision().equals(decision))
                .reduce((_, later) -> later);
    }

    @Override
    public synchronized List<Deferred> kept() {
        return all.values().stream().filter(each -> !each.state().over() || each.news()).toList();
    }

    @Override
    public synchronized List<Deferred> recent(int limit) {
        return List.copyOf(all.values()).reversed().stream().limit(limit).toList();
    }

    @Override
    public synchronized Optional<Receipt> replace(Deferred next, AuditRecord event)
            throws NotRecorded {
        if (full) {
            throw new NotRecorded("the disk is full", new java.io.IOException("full"));
        }
        Deferred stored = all.get(next.id());
        if (stored == null || stored.version() != next.version() - 1) {
            return Optional.empty();
        }
        Receipt receipt = log.append(event);
        all.put(next.id(), next);
        return Optional.of(receipt);
    }
}
