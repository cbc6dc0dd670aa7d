package dev.countersign.store;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.GrantStore;
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

/**
 * Approval requests in SQLite. What people are shown is kept masked; the digest is of the call as
 * it is.
 */
final class SqliteApprovals implements ApprovalStore {
    private final Writer writer;
    private final Readers readers;
    private final SecretMasking masking;

    SqliteApprovals(Writer writer, Readers readers, SecretMasking masking) {
        this.writer = writer;
        this.readers = readers;
        this.masking = masking;
    }

    @Override
    public long nextNumber() {
        try {
            return writer.submit(unit -> Rows.next(unit.connection(), "approval"));
        } catch (NotRecorded e) {
            throw new StoreException("no number for an approval: " + e.getMessage(), e);
        }
    }

    @Override
    public Receipt open(ApprovalRequest request, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = SqliteLedger.prepare(event, masking);
        String json = json(request);
        return writer.submit(unit -> {
            Rows.change(
                    unit.connection(),
                    "INSERT INTO approval (id, version, state, digest, task, request)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    request.id(),
                    request.version(),
                    request.state().wire(),
                    request.digest(),
                    request.task(),
                    json);
            return unit.append(record);
        });
    }

    @Override
    public Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, GrantStore.@Nullable Addition grant)
            throws NotRecorded {
        SqliteGrants.@Nullable Prepared remembered =
                grant == null ? null : SqliteGrants.prepare(grant, masking);
        RecordJson.Prepared record = SqliteLedger.prepare(event, masking);
        String json = json(next);
        return writer.submit(unit -> {
            int changed =
                    Rows.change(
                            unit.connection(),
                            "UPDATE approval SET version = ?, state = ?, digest = ?,"
                                    + " request = ? WHERE id = ? AND version = ?",
                            next.version(),
                            next.state().wire(),
                            next.digest(),
                            json,
                            next.id(),
                            next.version() - 1);
            if (changed != 1) {
                return Optional.empty();
            }
            Receipt receipt = unit.append(record);
            if (remembered != null) {
                remembered.store(unit);
            }
            return Optional.of(receipt);
        });
    }

    @Override
    public Optional<ApprovalRequest> find(String id) {
        return readers.lookUp(connection ->
                Rows.first(
                        connection,
                        "SELECT request FROM approval WHERE id = ?",
                        SqliteApprovals::read,
                        id));
    }

    @Override
    public List<ApprovalRequest> pending() {
        return list("SELECT request FROM approval WHERE state = 'pending' ORDER BY seq");
    }

    @Override
    public List<ApprovalRequest> recent(int limit) {
        return list("SELECT request FROM approval ORDER BY seq DESC LIMIT ?", Math.max(0, limit));
    }

    @Override
    public List<ApprovalRequest> live(String digest) {
        return list(
                "SELECT request FROM approval WHERE digest = ?"
                        + " AND state IN ('pending', 'approved') ORDER BY seq",
                digest);
    }

    @Override
    public List<ApprovalRequest> denied(String task) {
        return list(
                "SELECT request FROM approval WHERE task = ? AND state = 'denied' ORDER BY seq",
                task);
    }

    private List<ApprovalRequest> list(String sql, @Nullable Object... parameters) {
        return readers.lookUp(
                connection -> Rows.all(connection, sql, SqliteApprovals::read, parameters));
    }

    private String json(ApprovalRequest request) throws NotRecorded {
        try {
            return CanonicalJson.text(
                    CanonicalJson.exact(masking.mask(ApprovalJson.write(request))));
        } catch (RuntimeException e) {
            throw new NotRecorded("the request cannot be written: " + e.getMessage(), e);
        }
    }

    private static ApprovalRequest read(ResultSet row) throws SQLException {
        try {
            return ApprovalJson.read(CanonicalJson.parse(row.getString(1)));
        } catch (RuntimeException e) {
            throw new SQLException("a stored request cannot be read: " + e.getMessage(), e);
        }
    }
}
