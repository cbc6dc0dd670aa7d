package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PolicyStore;
import java.util.ArrayList;
import java.util.List;

/** Policy documents in memory. */
public final class MemoryPolicyStore implements PolicyStore {
    private final List<Stored> documents = new ArrayList<>();
    private final AuditLog log;

    public MemoryPolicyStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized List<Stored> policies() {
        return List.copyOf(documents);
    }

    @Override
    public synchronized void put(Stored document, AuditRecord event) throws NotRecorded {
        log.append(event);
        documents.removeIf(d -> same(d, document));
        documents.add(document);
    }

    @Override
    public synchronized void remove(Stored document, AuditRecord event) throws NotRecorded {
        log.append(event);
        documents.removeIf(d -> same(d, document));
    }

    private static boolean same(Stored one, Stored other) {
        return one.level() == other.level()
                && one.of().equals(other.of())
                && one.name().equals(other.name());
    }
}
