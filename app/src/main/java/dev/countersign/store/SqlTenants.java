package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.people.Tenant;
import dev.countersign.people.TenantStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The tenants in SQL, beside the parts of the organisation that have a name. */
final class SqlTenants implements TenantStore {
    private static final String ALL = "SELECT name, body FROM entity WHERE kind = 'tenant'";

    private final Database database;

    SqlTenants(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Tenant> find(String name) {
        return database.first(ALL + " AND name = ?", SqlTenants::tenant, name);
    }

    @Override
    public List<Tenant> all() {
        return database.all(ALL + " ORDER BY name", SqlTenants::tenant);
    }

    private static Tenant tenant(ResultSet row) throws SQLException {
        String name = row.getString(1);
        return Database.read(
                "the tenant `" + name + "`", row.getString(2), json -> Tenant.read(name, json));
    }

    @Override
    public void put(Tenant tenant, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                "INSERT INTO entity (kind, name, body) VALUES ('tenant', ?, ?)"
                        + " ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body",
                tenant.name(),
                CanonicalJson.text(tenant.body()));
    }
}
