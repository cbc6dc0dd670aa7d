package dev.countersign.store;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.GrantStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.notify.Notice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Approval requests in SQL. What people are shown is kept masked; the digest is of the call as it
 * is.
 */
final class SqlApprovals implements ApprovalStore {
    /**
     * The states stand in each half: only then does SQLite use the indexes on those states, and
     * does not go through all there ever was.
     */
    static final String LIVE =
            "SELECT request FROM approval"
                    + " WHERE (digest = ? AND state IN ('pending', 'approved'))"
                    + " OR (edited = ? AND state IN ('pending', 'approved')) ORDER BY seq";

    private static final int PIECE = 200;

    private final Database database;

    SqlApprovals(Database database) {
        this.database = database;
    }

    @Override
    public long nextNumber() {
        try {
            return database.next("approval");
        } catch (NotRecorded e) {
            throw new StoreException("no number for an approval: " + e.getMessage(), e);
        }
    }

    @Override
    public Receipt open(ApprovalRequest request, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        String json = json(request);
        boolean told = database.tells();
        return database.submit(unit -> {
            Rows.change(
                    unit.connection(),
                    "INSERT INTO approval (id, version, state, digest, task, expires, due, request)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    request.id(),
                    request.version(),
                    request.state().wire(),
                    request.digest(),
                    request.task(),
                    request.expires().toEpochMilli(),
                    due(request),
                    json);
            if (told) {
                SqlOutbox.add(unit, Notice.opened(request));
            }
            return unit.append(record);
        });
    }

    @Override
    public Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, GrantStore.@Nullable Addition grant)
            throws NotRecorded {
        SqlGrants.@Nullable Prepared remembered =
                grant == null ? null : SqlGrants.prepare(grant, database);
        return replace(
                next,
                event,
                unit -> {
                    if (remembered != null) {
                        remembered.store(unit);
                    }
                });
    }

    @Override
    public Optional<Receipt> replace(
            ApprovalRequest next, AuditRecord event, Deferred later, AuditRecord queued)
            throws NotRecorded {
        SqlDeferred.Prepared prepared = SqlDeferred.prepare(later, queued, database);
        return replace(
                next,
                event,
                unit -> {
                    Receipt _ = prepared.store(unit);
                });
    }

    /** What else is stored in the same transaction. */
    private interface Also {
        void in(Unit unit) throws SQLException;
    }

    private Optional<Receipt> replace(ApprovalRequest next, AuditRecord event, Also also)
            throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        String json = json(next);
        Optional<Notice> told = database.tells() ? Notice.of(next, event) : Optional.empty();
        return database.submit(unit -> {
            int changed =
                    Rows.change(
                            unit.connection(),
                            "UPDATE approval SET version = ?, state = ?, digest = ?, edited = ?,"
                                    + " due = ?, broken = ?, request = ?"
                                    + " WHERE id = ? AND version = ?",
                            next.version(),
                            next.state().wire(),
                            next.digest(),
                            next.edit() == null ? null : next.edit().digest(),
                            due(next),
                            next.brokenGlass().isPresent() ? 1 : 0,
                            json,
                            next.id(),
                            next.version() - 1);
            if (changed != 1) {
                return Optional.empty();
            }
            if (told.isPresent()) {
                SqlOutbox.add(unit, told.get());
            }
            Receipt receipt = unit.append(record);
            also.in(unit);
            return Optional.of(receipt);
        });
    }

    private static @Nullable Long due(ApprovalRequest request) {
        return request.due().map(Instant::toEpochMilli).orElse(null);
    }

    @Override
    public List<ApprovalRequest> broken(String person) {
        return list(
                "SELECT request FROM approval WHERE broken = 1 AND NOT EXISTS (SELECT 1 FROM"
                        + " acknowledged WHERE what = approval.id AND person = ?) ORDER BY seq",
                person);
    }

    @Override
    public Optional<Receipt> acknowledge(String id, String person, AuditRecord event)
            throws NotRecorded {
        return database.acknowledge(id, person, event);
    }

    @Override
    public Optional<ApprovalRequest> find(String id) {
        return database.first("SELECT request FROM approval WHERE id = ?", SqlApprovals::read, id);
    }

    /** In pieces, so that no connection waits for the visitor. */
    @Override
    public void eachPending(Instant begin, Predicate<ApprovalRequest> more) {
        Place after = new Place(begin.toEpochMilli(), 0);
        while (true) {
            Place from = after;
            List<Placed> piece =
                    database.all(
                            "SELECT expires, seq, request FROM approval"
                                    + " WHERE state = 'pending' AND (expires, seq) > (?, ?)"
                                    + " ORDER BY expires, seq LIMIT "
                                    + PIECE,
                            row ->
                                    new Placed(
                                            new Place(row.getLong(1), row.getLong(2)),
                                            read(row.getString(3))),
                            from.expires(),
                            from.seq());
            for (Placed each : piece) {
                if (!more.test(each.request())) {
                    return;
                }
            }
            if (piece.size() < PIECE) {
                return;
            }
            after = piece.getLast().place();
        }
    }

    private record Place(long expires, long seq) {}

    private record Placed(Place place, ApprovalRequest request) {}

    @Override
    public int countPending() {
        return database.first(
                        "SELECT count(*) FROM approval WHERE state = 'pending'",
                        row -> row.getInt(1))
                .orElse(0);
    }

    @Override
    public List<ApprovalRequest> due(Instant now) {
        return list(
                "SELECT request FROM approval WHERE state = 'pending' AND due <= ?"
                        + " ORDER BY due, seq",
                now.toEpochMilli());
    }

    @Override
    public List<ApprovalRequest> ended(int limit) {
        return list(
                "SELECT request FROM approval WHERE state <> 'pending' ORDER BY seq DESC LIMIT ?",
                Math.max(0, limit));
    }

    @Override
    public List<ApprovalRequest> live(String digest) {
        return list(LIVE, digest, digest);
    }

    @Override
    public List<ApprovalRequest> denied(String task) {
        return list(
                "SELECT request FROM approval WHERE task = ? AND state = 'denied' ORDER BY seq",
                task);
    }

    private List<ApprovalRequest> list(String sql, @Nullable Object... parameters) {
        return database.all(sql, SqlApprovals::read, parameters);
    }

    private String json(ApprovalRequest request) throws NotRecorded {
        return database.text("the request", request, ApprovalJson::write);
    }

    private static ApprovalRequest read(ResultSet row) throws SQLException {
        return read(row.getString(1));
    }

    private static ApprovalRequest read(String json) throws SQLException {
        return Database.read("a stored request", json, ApprovalJson::read);
    }
}
