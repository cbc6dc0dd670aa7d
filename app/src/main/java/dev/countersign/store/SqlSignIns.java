package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import dev.countersign.people.Passkey;
import dev.countersign.people.SignInStore;
import dev.countersign.people.Way;
import dev.countersign.people.WebSession;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people sign in with, and their browser sessions, in SQL. */
final class SqlSignIns implements SignInStore {
    private static final String SESSION =
            "SELECT hash, id, email, way, client, created, expires, used, confirmed"
                    + " FROM web_session ";
    private static final String PASSKEY =
            "SELECT id, email, handle, rp, name, public_key, backed_up, counter, created, used"
                    + " FROM passkey ";

    /** What goes when a person is removed or erased; the only parameter is their e-mail address. */
    static final List<String> THEIRS =
            List.of(
                    "DELETE FROM web_session WHERE email = ?",
                    "DELETE FROM sign_in_link WHERE email = ?",
                    "DELETE FROM password WHERE email = ?",
                    "DELETE FROM passkey WHERE email = ?",
                    "DELETE FROM provider_account WHERE email = ?");

    private final Database database;

    SqlSignIns(Database database) {
        this.database = database;
    }

    @Override
    public Optional<WebSession> session(String hash) {
        return database.first(SESSION + "WHERE hash = ?", SqlSignIns::session, hash);
    }

    @Override
    public List<WebSession> sessions(String email) {
        return database.all(
                SESSION + "WHERE email = ? ORDER BY created DESC, id", SqlSignIns::session, email);
    }

    @Override
    public void put(WebSession session, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        database.submit(unit -> {
            put(unit.connection(), session);
            return unit.append(record);
        });
    }

    private static void put(Connection connection, WebSession session) throws SQLException {
        int _ =
                Rows.change(
                        connection,
                        "INSERT INTO web_session (hash, id, email, way, client, created, expires,"
                                + " used, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                + " ON CONFLICT (hash) DO UPDATE SET used = excluded.used,"
                                + " confirmed = excluded.confirmed",
                        session.hash(),
                        session.id(),
                        session.email(),
                        session.way().wire(),
                        session.client(),
                        RecordJson.time(session.created()),
                        RecordJson.time(session.expires()),
                        RecordJson.time(session.used()),
                        text(session.confirmed()));
    }

    @Override
    public void used(String hash, Instant at) throws NotRecorded {
        database.submit(unit ->
                Rows.change(
                        unit.connection(),
                        "UPDATE web_session SET used = ? WHERE hash = ?",
                        RecordJson.time(at),
                        hash));
    }

    @Override
    public boolean end(String hash, AuditRecord event) throws NotRecorded {
        return database.changeOne(event, "DELETE FROM web_session WHERE hash = ?", hash)
                .isPresent();
    }

    @Override
    public int endAll(String email, String except, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            int ended =
                    Rows.change(
                            unit.connection(),
                            "DELETE FROM web_session WHERE email = ? AND hash <> ?",
                            email,
                            except);
            // A link that was made before is a session that was not begun yet.
            int links =
                    Rows.change(
                            unit.connection(), "DELETE FROM sign_in_link WHERE email = ?", email);
            if (ended + links > 0) {
                Receipt _ = unit.append(record);
            }
            return ended;
        });
    }

    /** Sessions and links that have ended by themselves need no record: they open nothing. */
    void forgetEnded(Instant now) throws NotRecorded {
        String at = RecordJson.time(now);
        database.submit(unit ->
                Rows.change(unit.connection(), "DELETE FROM web_session WHERE expires <= ?", at)
                        + Rows.change(
                                unit.connection(),
                                "DELETE FROM sign_in_link WHERE expires <= ?",
                                at));
    }

    @Override
    public void put(Link link, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO sign_in_link (hash, email, expires) VALUES (?, ?, ?)",
                        link.hash(),
                        link.email(),
                        RecordJson.time(link.expires()));
    }

    @Override
    public Optional<Link> link(String hash) {
        return database.first(
                "SELECT hash, email, expires FROM sign_in_link WHERE hash = ?",
                row ->
                        new Link(
                                row.getString(1),
                                row.getString(2),
                                Instant.parse(row.getString(3))),
                hash);
    }

    @Override
    public boolean redeem(Link link, WebSession session, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            int used =
                    Rows.change(
                            unit.connection(),
                            "DELETE FROM sign_in_link WHERE hash = ?",
                            link.hash());
            if (used == 1) {
                put(unit.connection(), session);
                Receipt _ = unit.append(record);
            }
            return used == 1;
        });
    }

    @Override
    public Optional<String> password(String email) {
        return database.first(
                "SELECT hash FROM password WHERE email = ?", row -> row.getString(1), email);
    }

    @Override
    public void setPassword(String email, String hash, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO password (email, hash, changed) VALUES (?, ?, ?)"
                                + " ON CONFLICT (email) DO UPDATE SET hash = excluded.hash,"
                                + " changed = excluded.changed",
                        email,
                        hash,
                        RecordJson.time(event.at()));
    }

    @Override
    public boolean removePassword(String email, AuditRecord event) throws NotRecorded {
        return database.changeOne(event, "DELETE FROM password WHERE email = ?", email).isPresent();
    }

    @Override
    public List<Passkey> passkeys(String email) {
        return database.all(
                PASSKEY + "WHERE email = ? ORDER BY created, id", SqlSignIns::passkey, email);
    }

    @Override
    public Optional<Passkey> passkey(String id) {
        return database.first(PASSKEY + "WHERE id = ?", SqlSignIns::passkey, id);
    }

    @Override
    public void put(Passkey passkey, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO passkey (id, email, handle, rp, name, public_key, backed_up,"
                                + " counter, created, used)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        passkey.id(),
                        passkey.email(),
                        passkey.handle(),
                        passkey.rp(),
                        passkey.name(),
                        passkey.key(),
                        passkey.backedUp() ? 1 : 0,
                        passkey.counter(),
                        RecordJson.time(passkey.created()),
                        text(passkey.used()));
    }

    @Override
    public boolean used(Passkey read, long counter, Instant at) throws NotRecorded {
        return database.submit(unit ->
                Rows.change(
                        unit.connection(),
                        "UPDATE passkey SET counter = ?, used = ?"
                                + " WHERE id = ? AND counter = ?",
                        counter,
                        RecordJson.time(at),
                        read.id(),
                        read.counter()))
                == 1;
    }

    @Override
    public boolean removePasskey(String email, String id, AuditRecord event) throws NotRecorded {
        return database.changeOne(
                        event, "DELETE FROM passkey WHERE id = ? AND email = ?", id, email)
                .isPresent();
    }

    @Override
    public Optional<String> account(String issuer, String subject) {
        return database.first(
                "SELECT email FROM provider_account WHERE issuer = ? AND subject = ?",
                row -> row.getString(1),
                issuer,
                subject);
    }

    @Override
    public void putAccount(String issuer, String subject, String email, AuditRecord event)
            throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO provider_account (issuer, subject, email) VALUES (?, ?, ?)",
                        issuer,
                        subject,
                        email);
    }

    private static WebSession session(ResultSet row) throws SQLException {
        return new WebSession(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Way.of(row.getString(4)),
                row.getString(5),
                Instant.parse(row.getString(6)),
                Instant.parse(row.getString(7)),
                Instant.parse(row.getString(8)),
                instant(row.getString(9)));
    }

    private static Passkey passkey(ResultSet row) throws SQLException {
        return new Passkey(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getInt(7) == 1,
                row.getLong(8),
                Instant.parse(row.getString(9)),
                instant(row.getString(10)));
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : RecordJson.time(at);
    }

    private static @Nullable Instant instant(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }
}
