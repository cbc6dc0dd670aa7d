package dev.countersign.testing;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.GrantStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests in memory. */
public final class MemoryApprovalStore implements ApprovalStore {
    private final Map<String, ApprovalRequest> requests = new LinkedHashMap<>();
    private final AuditLog log;
    private final MemoryGrantStore grants;
    private long last;

    /** What happens at the last moment before a question is there. */
    public volatile Runnable beforeOpen = () -> {};

    public MemoryApprovalStore(AuditLog log, MemoryGrantStore grants) {
        this.log = log;
        this.grants = grants;
    }

    @Override
    public synchronized long nextNumber() {
        return ++last;
    }

    @Override
    public synchronized Receipt open(ApprovalRequest request, AuditRecord event)
            throws NotRecorded {
        beforeOpen.run();
        Receipt receipt = log.append(event);
        requests.put(request.id(), request);
        return receipt;
    }

    @Override
    public synchronized Optional<ApprovalRequest> find(String id) {
        return Optional.ofNullable(requests.get(id));
    }

    @Override
    public void eachPending(Predicate<ApprovalRequest> more) {
        for (ApprovalRequest request : open()) {
            if (!more.test(request)) {
                return;
            }
        }
    }

    private synchronized List<ApprovalRequest> open() {
        return requests.values().stream()
                .filter(r -> r.state() == State.PENDING)
                .sorted(Comparator.comparing(ApprovalRequest::expires))
                .toList();
    }

    @Override
    public int countPending() {
        return open().size();
    }

    @Override
    public List<ApprovalRequest> due(Instant now) {
        return open().stream().filter(r -> !now.isBefore(r.expires())).toList();
    }

    @Override
    public synchronized List<ApprovalRequest> ended(int limit) {
        return List.copyOf(requests.values()).reversed().stream()
                .filter(r -> r.state() != State.PENDING)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<ApprovalRequest> live(String digest) {
        return requests.values().stream()
                .filter(r ->
                        r.digest().equals(digest)
                                || (r.edit() != null && r.edit().digest().equals(digest)))
                .filter(r -> r.state() == State.PENDING || r.state() == State.APPROVED)
                .toList();
    }

    @Override
    public synchronized List<ApprovalRequest> denied(String task) {
        return requests.values().stream()
                .filter(r -> r.task().equals(task) && r.state() == State.DENIED)
                .toList();
    }

    @Override
    public synchronized Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, GrantStore.@Nullable Addition grant)
            throws NotRecorded {
        ApprovalRequest stored = requests.get(next.id());
        if (stored == null || stored.version() != next.version() - 1) {
            return Optional.empty();
        }
        Receipt receipt = log.append(event);
        requests.put(next.id(), next);
        if (grant != null) {
            grants.put(grant);
        }
        return Optional.of(receipt);
    }
}
