package dev.countersign.store;

import dev.countersign.approval.Grant;
import dev.countersign.approval.GrantStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.ledger.CanonicalJson;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Grants in SQL. Patterns are kept masked: one that holds a secret covers nothing but the identical
 * call.
 */
final class SqlGrants implements GrantStore {
    private static final String COLUMNS =
            "SELECT body, expires, uses, used, made, touched, ended, ending FROM remembered";

    private final Database database;

    SqlGrants(Database database) {
        this.database = database;
    }

    @Override
    public long nextNumber() throws NotRecorded {
        return database.next("grant");
    }

    /** A grant on its way into the database, together with something else. */
    record Prepared(Grant grant, String body, RecordJson.Prepared event) {
        void store(Unit unit) throws SQLException {
            Duration idle = grant.idle();
            Rows.change(
                    unit.connection(),
                    "INSERT INTO remembered (id, tenant, agent, expires, idle, uses, used, made,"
                            + " touched, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    grant.id(),
                    grant.offer().whose().tenant(),
                    grant.offer().whose().agent(),
                    millis(grant.expires()),
                    idle == null ? null : idle.toMillis(),
                    grant.uses(),
                    grant.used(),
                    millis(grant.made()),
                    millis(grant.touched()),
                    body);
            Receipt _ = unit.append(event);
        }
    }

    static Prepared prepare(Addition addition, Database database) throws NotRecorded {
        return new Prepared(
                addition.grant(),
                database.text("the grant", addition.grant(), GrantJson::write),
                database.prepare(addition.event()));
    }

    @Override
    public List<Grant> of(String tenant, String agent) {
        return list(
                COLUMNS + " WHERE tenant = ? AND agent = ? AND ended IS NULL ORDER BY seq",
                tenant,
                agent);
    }

    @Override
    public List<Grant> holding() {
        return list(COLUMNS + " WHERE ended IS NULL ORDER BY seq");
    }

    @Override
    public Optional<Grant> find(String id) {
        return database.first(COLUMNS + " WHERE id = ?", SqlGrants::read, id);
    }

    @Override
    public Optional<Receipt> use(Set<String> ids, Instant now, AuditRecord event)
            throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            for (String id : ids) {
                if (!live(unit.connection(), id, now.toEpochMilli())) {
                    return Optional.empty();
                }
            }
            for (String id : ids) {
                Rows.change(
                        unit.connection(),
                        "UPDATE remembered SET used = used + 1, touched = ? WHERE id = ?",
                        now.toEpochMilli(),
                        id);
            }
            return Optional.of(unit.append(record));
        });
    }

    /** There is one writer, so nothing comes between this and what follows. */
    private static boolean live(Connection connection, String id, long now) throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT 1 FROM remembered WHERE id = ? AND ended IS NULL"
                                + " AND (uses IS NULL OR used < uses)"
                                + " AND (expires IS NULL OR expires > ?)"
                                + " AND (idle IS NULL OR touched + idle > ?)",
                        row -> row.getInt(1),
                        id,
                        now,
                        now)
                .isPresent();
    }

    @Override
    public boolean end(Grant over, AuditRecord event) throws NotRecorded {
        return database.changeOne(
                        event,
                        "UPDATE remembered SET ended = ?, ending = ?"
                                + " WHERE id = ? AND ended IS NULL",
                        millis(over.ended()),
                        over.ending(),
                        over.id())
                .isPresent();
    }

    private List<Grant> list(String sql, @Nullable Object... parameters) {
        return database.all(sql, SqlGrants::read, parameters);
    }

    private static Grant read(ResultSet row) throws SQLException {
        try {
            int uses = row.getInt(3);
            @Nullable Integer most = row.wasNull() ? null : uses;
            return GrantJson.read(
                    CanonicalJson.parse(row.getString(1)),
                    new GrantJson.Columns(
                            time(row, 2),
                            most,
                            row.getInt(4),
                            Instant.ofEpochMilli(row.getLong(5)),
                            Instant.ofEpochMilli(row.getLong(6)),
                            time(row, 7),
                            row.getString(8)));
        } catch (RuntimeException e) {
            throw new SQLException("a stored grant cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Long millis(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }
}
