package dev.countersign.approval;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps requests. Each change is one transaction with its ledger record. */
public interface ApprovalStore {

    /** A number for a new request, never given twice. */
    long nextNumber();

    Receipt open(ApprovalRequest request, AuditRecord event) throws NotRecorded;

    Optional<ApprovalRequest> find(String id);

    /** All of them, the first to expire first. */
    default List<ApprovalRequest> pending() {
        List<ApprovalRequest> all = new ArrayList<>();
        eachPending(all::add);
        return all;
    }

    /** Shows them one by one, the first to expire first, until the visitor has seen enough. */
    default void eachPending(Predicate<ApprovalRequest> more) {
        eachPending(Instant.ofEpochMilli(Long.MIN_VALUE), more);
    }

    /** The same of those that expire at this millisecond or later. */
    void eachPending(Instant from, Predicate<ApprovalRequest> more);

    int countPending();

    /** Those to which time has something to do: {@link ApprovalRequest#due}. */
    List<ApprovalRequest> due(Instant now);

    /** Those that are no longer pending, the newest question first. */
    List<ApprovalRequest> ended(int limit);

    /** Approved or pending requests for exactly this call, as it was asked or as it was changed. */
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

    /**
     * The same, and puts a call in the queue in the same transaction.
     *
     * @param queued what the ledger says of that
     */
    Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, Deferred later, AuditRecord queued)
            throws NotRecorded;

    /** Those that an owner answered alone and of which this person has not said they know. */
    List<ApprovalRequest> broken(String person);

    /**
     * A person knows that the glass was broken.
     *
     * @return the receipt, or empty when they said so before
     */
    Optional<Receipt> acknowledge(String id, String person, AuditRecord event) throws NotRecorded;

    /** The same, and remembers what comes of it in the same transaction. */
    Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, GrantStore.@Nullable Addition grant)
            throws NotRecorded;
}
