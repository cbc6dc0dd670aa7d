package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.notify.push.Subscription;
import dev.countersign.notify.push.Subscriptions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Browsers in which people are told, in SQL. */
final class SqlSubscriptions implements Subscriptions {
    private static final String COLUMNS =
            "SELECT id, email, endpoint, key, auth, label, at FROM push_subscription ";

    private final Database database;

    SqlSubscriptions(Database database) {
        this.database = database;
    }

    private static Subscription one(ResultSet row) throws SQLException {
        return new Subscription(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                Instant.ofEpochMilli(row.getLong(7)));
    }

    @Override
    public List<Subscription> of(String email) {
        return database.all(
                COLUMNS + "WHERE email = ? ORDER BY at DESC, id", SqlSubscriptions::one, email);
    }

    @Override
    public Optional<Subscription> find(String id) {
        return database.first(COLUMNS + "WHERE id = ?", SqlSubscriptions::one, id);
    }

    @Override
    public Optional<Subscription> newest() {
        return database.first(COLUMNS + "ORDER BY at DESC, id LIMIT 1", SqlSubscriptions::one);
    }

    @Override
    public void put(Subscription subscription, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO push_subscription (id, email, endpoint, key, auth, label, at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                                + " email = excluded.email, endpoint = excluded.endpoint,"
                                + " key = excluded.key, auth = excluded.auth,"
                                + " label = excluded.label, at = excluded.at",
                        subscription.id(),
                        subscription.email(),
                        subscription.endpoint(),
                        subscription.key(),
                        subscription.auth(),
                        subscription.label(),
                        subscription.at().toEpochMilli());
    }

    @Override
    public void remove(String id, AuditRecord event) throws NotRecorded {
        Receipt _ = database.change(event, "DELETE FROM push_subscription WHERE id = ?", id);
    }
}
