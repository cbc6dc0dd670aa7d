package dev.countersign.approval;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.util.List;
import java.util.Optional;

/** Keeps calls that wait for their time. Each change is one transaction with its ledger record. */
public interface DeferredStore {

    /** A number for a new one, never given twice. */
    long nextNumber() throws NotRecorded;

    Receipt open(Deferred deferred, AuditRecord event) throws NotRecorded;

    Optional<Deferred> find(String id);

    /** The one a decision led to. */
    Optional<Deferred> ofDecision(String decision);

    /** What is not over, and what is but the agent does not know; oldest first. */
    List<Deferred> kept();

    /** Newest first, whatever the state. */
    List<Deferred> recent(int limit);

    /**
     * Compare and set: succeeds only when the stored version is {@code next.version() - 1}.
     *
     * @return the receipt, or empty when somebody else was first
     */
    Optional<Receipt> replace(Deferred next, AuditRecord event) throws NotRecorded;
}
