package dev.countersign.testing;

import dev.countersign.audit.AuditRecord;
import dev.countersign.notify.push.Subscription;
import dev.countersign.notify.push.Subscriptions;
import java.util.List;
import java.util.Optional;

/** No browser is told of anything. */
final class NoSubscriptions implements Subscriptions {
    @Override
    public List<Subscription> of(String email) {
        return List.of();
    }

    @Override
    public Optional<Subscription> find(String id) {
        return Optional.empty();
    }

    @Override
    public Optional<Subscription> newest() {
        return Optional.empty();
    }

    @Override
    public void put(Subscription subscription, AuditRecord event) {}

    @Override
    public void remove(String id, AuditRecord event) {}
}
