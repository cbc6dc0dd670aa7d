package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Hold;
import dev.countersign.audit.Pruned;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RetentionStore;
import dev.countersign.audit.Segment;
import dev.countersign.ledger.Anchor;
import dev.countersign.ledger.SignedNote;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keeps holds; there is nothing to archive. */
final class MemoryRetention implements RetentionStore {
    private final AuditLog log;
    private final Map<String, Hold> holds = new ConcurrentSkipListMap<>();

    MemoryRetention(AuditLog log) {
        this.log = log;
    }

    @Override
    public Pruned pruned() {
        return Pruned.NOTHING;
    }

    @Override
    public List<Span> spans(Instant before) {
        return List.of();
    }

    @Override
    public List<Kept> kept(long from, long size) {
        return List.of();
    }

    @Override
    public Receipt archived(AuditRecord event, Segment segment, SignedNote note)
            throws NotRecorded {
        return log.append(event);
    }

    @Override
    public List<Hold> holds() {
        return List.copyOf(holds.values());
    }

    @Override
    public Optional<String> nameOf(String email) {
        return Optional.of(email);
    }

    @Override
    public String shown(String text) {
        return text;
    }

    @Override
    public Receipt place(AuditRecord event, String id) throws NotRecorded {
        Receipt receipt = log.append(event);
        holds.put(id, Hold.of(event.body().path("hold")));
        return receipt;
    }

    @Override
    public Optional<Receipt> end(AuditRecord event, String id) throws NotRecorded {
        return holds.remove(id) == null ? Optional.empty() : Optional.of(log.append(event));
    }

    @Override
    public Receipt prune(AuditRecord event, long before, long size, Set<String> seen)
            throws NotRecorded {
        return log.append(event);
    }

    @Override
    public boolean sweep() {
        return false;
    }

    @Override
    public Anchor anchorAt(long size) {
        return Anchor.NONE;
    }
}
