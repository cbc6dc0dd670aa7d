package dev.countersign.store;

import dev.countersign.approval.Deferred;
import dev.countersign.approval.DeferredStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.SecretMasking;
import dev.countersign.ledger.CanonicalJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls that wait for their time, in SQLite; masked as requests are. */
final class SqliteDeferred implements DeferredStore {
    private final Writer writer;
    private final Readers readers;
    private final SecretMasking masking;

    SqliteDeferred(Writer writer, Readers readers, SecretMasking masking) {
        this.writer = writer;
        this.readers = readers;
        this.masking = masking;
    }

    @Override
    public long nextNumber() throws NotRecorded {
        return writer.submit(unit -> Rows.next(unit.connection(), "deferred"));
    }

    @Override
    public Receipt open(Deferred deferred, AuditRecord event) throws NotRecorded {
        Prepared prepared = prepare(deferred, event, masking);
        return writer.submit(prepared::store);
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

    static Prepared prepare(Deferred deferred, AuditRecord event, SecretMasking masking)
            throws NotRecorded {
        return new Prepared(
                deferred, json(deferred, masking), SqliteLedger.prepare(event, masking));
    }

    @Override
    public Optional<Receipt> replace(Deferred next, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = SqliteLedger.prepare(event, masking);
        String json = json(next, masking);
        return writer.submit(unit -> {
            int changed =
                    Rows.change(
                            unit.connection(),
                            "UPDATE deferred SET version = ?, kept = ?, call = ?"
                                    + " WHERE id = ? AND version = ?",
                            next.version(),
                            kept(next),
                            json,
                            next.id(),
                            next.version() - 1);
            return changed == 1 ? Optional.of(unit.append(record)) : Optional.empty();
        });
    }

    private static int kept(Deferred deferred) {
        return !deferred.state().over() || deferred.news() ? 1 : 0;
    }

    @Override
    public Optional<Deferred> find(String id) {
        return first("SELECT call FROM deferred WHERE id = ?", id);
    }

    @Override
    public Optional<Deferred> ofDecision(String decision) {
        return first(
                "SELECT call FROM deferred WHERE decision = ? ORDER BY seq DESC LIMIT 1", decision);
    }

    @Override
    public List<Deferred> kept() {
        return list("SELECT call FROM deferred WHERE kept = 1 ORDER BY seq");
    }

    @Override
    public List<Deferred> recent(int limit) {
        return list("SELECT call FROM deferred ORDER BY seq DESC LIMIT ?", Math.max(0, limit));
    }

    private Optional<Deferred> first(String sql, String parameter) {
        return readers.lookUp(
                connection -> Rows.first(connection, sql, SqliteDeferred::read, parameter));
    }

    private List<Deferred> list(String sql, @Nullable Object... parameters) {
        return readers.lookUp(
                connection -> Rows.all(connection, sql, SqliteDeferred::read, parameters));
    }

    private static String json(Deferred deferred, SecretMasking masking) throws NotRecorded {
        try {
            return CanonicalJson.text(
                    CanonicalJson.exact(masking.mask(DeferredJson.write(deferred))));
        } catch (RuntimeException e) {
            throw new NotRecorded("the deferred call cannot be written: " + e.getMessage(), e);
        }
    }

    private static Deferred read(ResultSet row) throws SQLException {
        try {
            return DeferredJson.read(CanonicalJson.parse(row.getString(1)));
        } catch (RuntimeException e) {
            throw new SQLException("a deferred call cannot be read: " + e.getMessage(), e);
        }
    }
}
