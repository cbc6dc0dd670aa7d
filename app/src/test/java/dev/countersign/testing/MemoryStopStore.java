package dev.countersign.testing;

import dev.countersign.approval.Stop;
import dev.countersign.approval.StopStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stops in memory. */
public final class MemoryStopStore implements StopStore {
    private final Map<String, Stop> stops = new LinkedHashMap<>();
    private final AuditLog log;
    private long last;

    public MemoryStopStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized long nextNumber() {
        return ++last;
    }

    @Override
    public synchronized void put(Stop stop, AuditRecord event) throws NotRecorded {
        log.append(event);
        stops.put(stop.id(), stop);
    }

    @Override
    public synchronized boolean end(Stop over, AuditRecord event) throws NotRecorded {
        if (!stops.containsKey(over.id())) {
            return false;
        }
        log.append(event);
        stops.remove(over.id());
        return true;
    }

    @Override
    public synchronized List<Stop> holding() {
        return List.copyOf(stops.values());
    }
}
