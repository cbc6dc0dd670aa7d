package dev.countersign.approval;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;

/** Keeps stops. Each change is one transaction with its ledger record. */
public interface StopStore {

    /** A number for a new stop, never given twice. */
    long nextNumber() throws NotRecorded;

    void put(Stop stop, AuditRecord event) throws NotRecorded;

    /**
     * Ends a stop.
     *
     * @return whether it still held
     */
    boolean end(Stop over, AuditRecord event) throws NotRecorded;

    /** Those that hold, oldest first. */
    List<Stop> holding();
}
