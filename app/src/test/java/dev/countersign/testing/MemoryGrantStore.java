package dev.countersign.testing;

import dev.countersign.approval.Grant;
import dev.countersign.approval.GrantStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Grants in memory. */
public final class MemoryGrantStore implements GrantStore {
    private final Map<String, Grant> grants = new LinkedHashMap<>();
    private final AuditLog log;
    private long last;

    public MemoryGrantStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized long nextNumber() {
        return ++last;
    }

    synchronized void put(Addition addition) throws NotRecorded {
        log.append(addition.event());
        grants.put(addition.grant().id(), addition.grant());
    }

    @Override
    public synchronized List<Grant> of(String tenant, String agent) {
        return holding().stream()
                .filter(g -> g.offer().whose().tenant().equals(tenant))
                .filter(g -> g.offer().whose().agent().equals(agent))
                .toList();
    }

    @Override
    public synchronized List<Grant> holding() {
        return grants.values().stream().filter(g -> g.ended() == null).toList();
    }

    @Override
    public synchronized Optional<Grant> find(String id) {
        return Optional.ofNullable(grants.get(id));
    }

    @Override
    public synchronized Optional<Receipt> use(Set<String> ids, Instant now, AuditRecord event)
            throws NotRecorded {
        for (String id : ids) {
            Grant grant = grants.get(id);
            if (grant == null || !grant.live(now)) {
                return Optional.empty();
            }
        }
        Receipt receipt = log.append(event);
        ids.forEach(id -> grants.computeIfPresent(id, (_, grant) -> grant.used(now)));
        return Optional.of(receipt);
    }

    @Override
    public synchronized boolean end(Grant over, AuditRecord event) throws NotRecorded {
        Grant grant = grants.get(over.id());
        if (grant == null || grant.ended() != null) {
            return false;
        }
        log.append(event);
        grants.put(over.id(), over);
        return true;
    }
}
