package dev.countersign.store;

import dev.countersign.approval.Deferred;
import dev.countersign.approval.DeferredStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Calls that wait for their time, in SQL; masked as requests are. */
final class SqlDeferred implements DeferredStore {
    private final Database database;

    SqlDeferred(Database database) {
        this.database = database;
    }

    @Override
    public long nextNumber() throws NotRecorded {
        return database.next("deferred");
    }

    @Override
    public Receipt open(Deferred deferred, AuditRecord event) throws NotRecorded {
        Prepared prepared = prepare(deferred, event, database);
        return database.submit(prepared::store);
    }

    /** A call to be put in the queue, ready to be written. */
    record Prepared(Deferred deferred, String json, RecordJson.Prepared record) {
        Receipt store(Unit unit) throws SQLException {
            Rows.change(
                    unit.connection(),
                    "INSERT INTO deferred (id, version, kept, decision, call)"
                            + " VALUES (?, ?, ?, ?, ?)",
                    deferred.id(),
                    deferred.version(),
                    kept(deferred),
                    deferred.decision(),
                    json);
            return unit.append(record);
        }
    }

    static Prepared prepare(Deferred deferred, AuditRecord event, Database database)
            throws NotRecorded {
        return new Prepared(deferred, json(deferred, database), database.prepare(event));
    }

    @Override
    public Optional<Receipt> replace(Deferred next, AuditRecord event) throws NotRecorded {
        return database.changeOne(
                event,
                "UPDATE deferred SET version = ?, kept = ?, call = ? WHERE id = ? AND version = ?",
                next.version(),
                kept(next),
                json(next, database),
                next.id(),
                next.version() - 1);
    }

    private static int kept(Deferred deferred) {
        return !deferred.state().over() || deferred.news() ? 1 : 0;
    }

    @Override
    public Optional<Deferred> find(String id) {
        return database.first("SELECT call FROM deferred WHERE id = ?", SqlDeferred::read, id);
    }

    @Override
    public Optional<Deferred> ofDecision(String decision) {
        return database.first(
                "SELECT call FROM deferred WHERE decision = ? ORDER BY seq DESC LIMIT 1",
                SqlDeferred::read,
                decision);
    }

    @Override
    public List<Deferred> kept() {
        return database.all(
                "SELECT call FROM deferred WHERE kept = 1 ORDER BY seq", SqlDeferred::read);
    }

    @Override
    public List<Deferred> recent(int limit) {
        return database.all(
                "SELECT call FROM deferred ORDER BY seq DESC LIMIT ?",
                SqlDeferred::read,
                Math.max(0, limit));
    }

    private static String json(Deferred deferred, Database database) throws NotRecorded {
        return database.text("the deferred call", deferred, DeferredJson::write);
    }

    private static Deferred read(ResultSet row) throws SQLException {
        return Database.read("a deferred call", row.getString(1), DeferredJson::read);
    }
}
