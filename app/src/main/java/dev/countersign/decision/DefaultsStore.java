package dev.countersign.decision;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.Optional;

/** Keeps the built-in defaults that are in force. */
public interface DefaultsStore {

    /** Those that were accepted last; empty in a data folder that never had any. */
    Optional<BuiltIn> accepted();

    /** Puts others in force, in one transaction with the record. */
    void accept(BuiltIn defaults, Instant at, AuditRecord event) throws NotRecorded;
}
