package dev.countersign.testing;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.GrantStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests in memory. */
public final class MemoryApprovalStore implements ApprovalStore {
    private final Map<String, ApprovalRequest> requests = new LinkedHashMap<>();
    private final AuditLog log;
    private final MemoryGrantStore grants;
    private final MemoryDeferredStore deferred;
    private final Map<String, Set<String>> acknowledged = new HashMap<>();
    private long last;

    /** What happens at the last moment before a question is there. */
    public volatile Runnable beforeOpen = () -> {};

    /** What happens once a request has moved on, before anybody is told. */
    public volatile Runnable afterReplace = () -> {};

    public MemoryApprovalStore(AuditLog log, MemoryGrantStore grants) {
        this(log, grants, new MemoryDeferredStore(log));
    }

    public MemoryApprovalStore(
            AuditLog log, MemoryGrantStore grants, MemoryDeferredStore deferred) {
        this.log = log;
        this.grants = grants;
        this.deferred = deferred;
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
    public void eachPending(Instant from, Predicate<ApprovalRequest> more) {
        for (ApprovalRequest request : open()) {
            if (request.expires().toEpochMilli() >= from.toEpochMilli() && !more.test(request)) {
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
        return open().stream()
                .filter(r -> r.due().filter(due -> !now.isBefore(due)).isPresent())
                .toList();
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
            ApprovalRequest next, AuditRecord event, Deferred later, AuditRecord queued)
            throws NotRecorded {
        Optional<Receipt> receipt = replace(next, event);
        if (receipt.isPresent()) {
            Receipt _ = deferred.open(later, queued);
        }
        return receipt;
    }

    @Override
    public synchronized List<ApprovalRequest> broken(String person) {
        return requests.values().stream()
                .filter(r -> r.brokenGlass().isPresent())
                .filter(r -> !acknowledged.getOrDefault(r.id(), Set.of()).contains(person))
                .toList();
    }

    @Override
    public synchronized Optional<Receipt> acknowledge(String id, String person, AuditRecord event)
            throws NotRecorded {
        return acknowledged.computeIfAbsent(id, _ -> new HashSet<>()).add(person)
                ? Optional.of(log.append(event))
                : Optional.empty();
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
        afterReplace.run();
        return Optional.of(receipt);
    }
}
