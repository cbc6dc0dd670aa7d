package dev.countersign.people;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;
import java.util.Optional;

/** Keeps the tenants of a server, in the data of its first one. */
public interface TenantStore {
    Optional<Tenant> find(String name);

    /** All of them by name, those that are closed too. */
    List<Tenant> all();

    /** Adds one, or replaces the one of its name. */
    void put(Tenant tenant, AuditRecord event) throws NotRecorded;
}
