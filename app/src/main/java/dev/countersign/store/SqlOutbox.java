package dev.countersign.store;

import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.notify.Delivery;
import dev.countersign.notify.Notice;
import dev.countersign.notify.Outbox;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The outbox in SQL. */
final class SqlOutbox implements Outbox {
    private static final String COLUMNS =
            "SELECT id, channel, recipient, seq, approval, version, kind, state, votes, at, status,"
                    + " attempts, due, ended, error, together FROM delivery ";

    /** The oldest of each line: what is about one question goes to one recipient in order. */
    static final String READY =
            COLUMNS
                    + "AS mine WHERE channel = ? AND status = 'waiting' AND together = 0 AND due <= ? AND NOT"
                    + " EXISTS (SELECT 1 FROM delivery AS other WHERE other.channel = mine.channel AND"
                    + " other.recipient = mine.recipient AND other.approval = mine.approval AND"
                    + " other.status = 'waiting' AND other.together = 0 AND other.seq < mine.seq)"
                    + " ORDER BY seq LIMIT ?";

    private final Database database;

    SqlOutbox(Database database) {
        this.database = database;
    }

    /** Stores a notice in the transaction of what it tells of. */
    static void add(Unit unit, Notice notice) throws SQLException {
        Rows.change(
                unit.connection(),
                "INSERT INTO notice (approval, version, kind, state, votes, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                notice.approval(),
                notice.version(),
                notice.kind().wire(),
                notice.state().wire(),
                notice.votes(),
                notice.at().toEpochMilli());
    }

    @Override
    public void listen(boolean wanted) {
        database.tell(wanted);
    }

    @Override
    public List<Notice> notices(int most) {
        return database.all(
                "SELECT seq, approval, version, kind, state, votes, at FROM notice ORDER BY seq"
                        + " LIMIT ?",
                row -> notice(row, 1),
                most);
    }

    private static Notice notice(ResultSet row, int first) throws SQLException {
        return new Notice(
                row.getLong(first),
                row.getString(first + 1),
                row.getInt(first + 2),
                Notice.Kind.of(row.getString(first + 3)),
                State.valueOf(row.getString(first + 4).toUpperCase(Locale.ROOT)),
                row.getInt(first + 5),
                Instant.ofEpochMilli(row.getLong(first + 6)));
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        long ended = row.getLong(14);
        return new Delivery(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                notice(row, 4),
                row.getInt(16) != 0,
                Delivery.Status.of(row.getString(11)),
                row.getInt(12),
                Instant.ofEpochMilli(row.getLong(13)),
                ended == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended)),
                row.getString(15));
    }

    @Override
    public void handOn(List<Delivery> deliveries, long last) throws NotRecorded {
        int _ =
                database.submit(unit -> {
                    for (Delivery each : deliveries) {
                        add(unit.connection(), each);
                    }
                    return Rows.change(
                            unit.connection(), "DELETE FROM notice WHERE seq <= ?", last);
                });
    }

    private static void add(Connection connection, Delivery each) throws SQLException {
        Rows.change(
                connection,
                "INSERT INTO delivery (id, channel, recipient, approval, version, kind, state,"
                        + " votes, at, status, attempts, due, error, together)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, '', ?)"
                        + " ON CONFLICT DO NOTHING",
                each.id(),
                each.channel(),
                each.recipient(),
                each.notice().approval(),
                each.notice().version(),
                each.notice().kind().wire(),
                each.notice().state().wire(),
                each.notice().votes(),
                each.notice().at().toEpochMilli(),
                each.due().toEpochMilli(),
                each.together() ? 1 : 0);
    }

    @Override
    public List<Delivery> ready(String channel, Instant now, int most) {
        return database.all(READY, SqlOutbox::delivery, channel, now.toEpochMilli(), most);
    }

    @Override
    public List<Delivery> together(String channel, Instant now, int most) {
        return database.all(
                COLUMNS
                        + "WHERE channel = ? AND status = 'waiting' AND together = 1 AND due <= ?"
                        + " ORDER BY recipient, seq LIMIT ?",
                SqlOutbox::delivery,
                channel,
                now.toEpochMilli(),
                most);
    }

    @Override
    public List<Delivery> told(String approval) {
        return database.all(
                COLUMNS + "WHERE approval = ? ORDER BY seq LIMIT 1000",
                SqlOutbox::delivery,
                approval);
    }

    @Override
    public void settle(Delivery delivery) throws NotRecorded {
        String error = shortened(database.masked(delivery.error()));
        change(
                "UPDATE delivery SET status = ?, attempts = ?, due = ?, ended = ?, error = ?"
                        + " WHERE id = ?",
                delivery.status().wire(),
                delivery.attempts(),
                delivery.due().toEpochMilli(),
                delivery.ended().map(Instant::toEpochMilli).orElse(null),
                error,
                delivery.id());
    }

    private static String shortened(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500);
    }

    private int change(String sql, @Nullable Object... parameters) throws NotRecorded {
        return database.submit(unit -> Rows.change(unit.connection(), sql, parameters));
    }

    @Override
    public void hasten(String channel, Instant now) throws NotRecorded {
        int _ =
                change(
                        "UPDATE delivery SET due = ? WHERE channel = ? AND status = 'waiting'"
                                + " AND attempts <= 1 AND (together = 0 OR attempts = 1) AND"
                                + " due > ?",
                        now.toEpochMilli(),
                        channel,
                        now.toEpochMilli());
    }

    @Override
    public Counts counts(String channel) {
        return database.ask(connection ->
                new Counts(
                        count(connection, channel, "waiting"),
                        count(connection, channel, "failed"),
                        Rows.first(
                                connection,
                                "SELECT ended FROM delivery WHERE channel = ? AND status = 'sent'"
                                        + " ORDER BY ended DESC LIMIT 1",
                                row -> Instant.ofEpochMilli(row.getLong(1)),
                                channel),
                        Rows.first(
                                        connection,
                                        "SELECT error FROM delivery WHERE channel = ? AND error <>"
                                                + " '' AND status <> 'sent' ORDER BY seq DESC"
                                                + " LIMIT 1",
                                        row -> row.getString(1),
                                        channel)
                                .orElse("")));
    }

    private static long count(Connection connection, String channel, String status)
            throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT count(*) FROM delivery WHERE channel = ? AND status = ?",
                        row -> row.getLong(1),
                        channel,
                        status)
                .orElse(0L);
    }

    @Override
    public List<Delivery> list(Delivery.Status status, Optional<String> channel, int most) {
        return channel.isPresent()
                ? database.all(
                        COLUMNS + "WHERE status = ? AND channel = ? ORDER BY seq DESC LIMIT ?",
                        SqlOutbox::delivery,
                        status.wire(),
                        channel.get(),
                        most)
                : database.all(
                        COLUMNS + "WHERE status = ? ORDER BY seq DESC LIMIT ?",
                        SqlOutbox::delivery,
                        status.wire(),
                        most);
    }

    @Override
    public Optional<Delivery> find(String id) {
        return database.first(COLUMNS + "WHERE id = ?", SqlOutbox::delivery, id);
    }

    @Override
    public int replay(String channel, Optional<String> id, Instant now) throws NotRecorded {
        String again =
                "UPDATE delivery SET status = 'waiting', attempts = 0, due = ?, ended = NULL"
                        + " WHERE channel = ? AND status = 'failed'";
        return id.isPresent()
                ? change(again + " AND id = ?", now.toEpochMilli(), channel, id.get())
                : change(again, now.toEpochMilli(), channel);
    }

    @Override
    public void forget(Instant before) throws NotRecorded {
        int _ =
                database.submit(unit -> {
                    long then = before.toEpochMilli();
                    Rows.change(
                            unit.connection(),
                            "DELETE FROM delivery WHERE status = 'sent' AND ended < ?",
                            then);
                    Rows.change(
                            unit.connection(),
                            "DELETE FROM delivery WHERE status <> 'sent' AND at < ?",
                            then);
                    Rows.change(unit.connection(), "DELETE FROM posted WHERE at < ?", then);
                    return Rows.change(
                            unit.connection(), "DELETE FROM answer_link WHERE expires < ?", then);
                });
    }

    /** Drops what a channel that is gone was to send, and whose accounts answered by it. */
    static void drop(Unit unit, String channel) throws SQLException {
        for (String table : List.of("delivery", "posted", "answer_link")) {
            Rows.change(unit.connection(), "DELETE FROM " + table + " WHERE channel = ?", channel);
        }
        SqlAccounts.drop(unit, channel);
    }

    @Override
    public void keep(Set<String> channels) throws NotRecorded {
        List<String> known =
                database.all(
                        "SELECT channel FROM delivery WHERE status <> 'sent' UNION SELECT channel"
                                + " FROM posted UNION SELECT channel FROM linked_account UNION"
                                + " SELECT channel FROM answer_link",
                        row -> row.getString(1));
        for (String each : known) {
            // Links that only lead to a question are of no channel.
            if (!each.isEmpty() && !channels.contains(each)) {
                int _ =
                        database.submit(unit -> {
                            drop(unit, each);
                            return 0;
                        });
            }
        }
    }

    @Override
    public Optional<String> place(String channel, String recipient, String approval) {
        return database.first(
                "SELECT place FROM posted WHERE channel = ? AND recipient = ? AND approval = ?",
                row -> row.getString(1),
                channel,
                recipient,
                approval);
    }

    @Override
    public void put(String channel, String recipient, String approval, String place, Instant now)
            throws NotRecorded {
        int _ =
                change(
                        "INSERT INTO posted (channel, recipient, approval, place, at)"
                                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (channel, recipient,"
                                + " approval) DO UPDATE SET place = excluded.place",
                        channel,
                        recipient,
                        approval,
                        place,
                        now.toEpochMilli());
    }
}
