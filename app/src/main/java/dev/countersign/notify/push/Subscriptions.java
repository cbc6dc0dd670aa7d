package dev.countersign.notify.push;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;
import java.util.Optional;

/** Keeps which browsers are whose to be told in. */
public interface Subscriptions {

    /** Those of a person, the newest first. */
    List<Subscription> of(String email);

    Optional<Subscription> find(String id);

    /** The newest of all. */
    Optional<Subscription> newest();

    /** Adds one; whoever was told in that browser before is told there no more. */
    void put(Subscription subscription, AuditRecord event) throws NotRecorded;

    void remove(String id, AuditRecord event) throws NotRecorded;
}
