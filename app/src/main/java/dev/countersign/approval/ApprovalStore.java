package dev.countersign.approval;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps requests. Each change is one transaction with its ledger record. */
public interface ApprovalStore {

    /** A number for a new request, never given twice. */
    long nextNumber();

    Receipt open(ApprovalRequest request, AuditRecord event) throws NotRecorded;

    Optional<ApprovalRequest> find(String id);

    /** Oldest first. */
    List<ApprovalRequest> pending();

    /** Newest first, whatever the state. */
    List<ApprovalRequest> recent(int limit);

    /** Approved or pending requests for exactly this call. */
    List<ApprovalRequest> live(String digest);

    /** What was denied within a piece of work, oldest first. */
    List<ApprovalRequest> denied(String task);

    /**
     * Compare and set: succeeds only when the stored version is {@code next.version() - 1}.
     *
     * @return the receipt, or empty when somebody else was first
     */
    default Optional<Receipt> replace(ApprovalRequest next, AuditRecord event) throws NotRecorded {
        return replace(next, event, null);
    }

    /** The same, and remembers what comes of it in the same transaction. */
    Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, GrantStore.@Nullable Addition grant)
            throws NotRecorded;
}
