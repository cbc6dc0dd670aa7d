package dev.countersign.approval;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps grants. Each change is one transaction with its ledger record. */
public interface GrantStore {

    /**
     * A grant with what the ledger says of it; {@link ApprovalStore#replace} stores it together
     * with the approval that it comes from.
     */
    record Addition(Grant grant, AuditRecord event) {}

    /** A number for a new grant, never given twice. */
    long nextNumber() throws NotRecorded;

    /** Those of an agent that nobody ended, oldest first; some may be over. */
    List<Grant> of(String tenant, String agent);

    /** Those that nobody ended, oldest first; some may be over. */
    List<Grant> holding();

    Optional<Grant> find(String id);

    /**
     * Counts one use of each of these grants, of all or of none.
     *
     * @param ids those that allow one call together
     * @return the receipt, or empty when one of them is not live at {@code now}
     */
    Optional<Receipt> use(Set<String> ids, Instant now, AuditRecord event) throws NotRecorded;

    /**
     * Ends a grant.
     *
     * @return whether nobody had ended it before
     */
    boolean end(Grant over, AuditRecord event) throws NotRecorded;
}
