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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people sign in with, and their browser sessions, in SQL. */
final class SqlSignIns implements SignInStore {
    private static final String SESSION =
            "SELECT hash, id, email, way, client, created, expires, used, confirmed, page, made_by"
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
                    "DELETE FROM provider_account WHERE email = ?",
                    "DELETE FROM known_browser WHERE email = ?",
                    "DELETE FROM sign_in_notice WHERE email = ?",
                    "DELETE FROM saved_view WHERE email = ?",
                    "DELETE FROM answer_link WHERE email = ?",
                    "DELETE FROM linked_account WHERE email = ?",
                    "DELETE FROM delivery WHERE recipient = ?",
                    "DELETE FROM delivery WHERE recipient IN"
                            + " (SELECT id FROM push_subscription WHERE email = ?)",
                    "DELETE FROM posted WHERE recipient = ?",
                    "DELETE FROM push_subscription WHERE email = ?",
                    "DELETE FROM told_how WHERE kind = 'person' AND name = ?");

    /** How long a browser stays known that its person does not sign in with. */
    private static final Duration KNOWN = Duration.ofDays(400);

    private static final int MOST_KNOWN = 50;

    /** How long people read what they were told. */
    private static final Duration TOLD = Duration.ofDays(90);

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
    public List<WebSession> sessionsMadeBy(String maker) {
        return database.all(SESSION + "WHERE made_by = ?", SqlSignIns::session, maker);
    }

    @Override
    public void endLinks(String maker) throws NotRecorded {
        int _ =
                database.submit(unit ->
                        Rows.change(
                                unit.connection(),
                                "DELETE FROM sign_in_link WHERE made_by = ?",
                                maker));
    }

    @Override
    public boolean begin(WebSession session, Basis basis, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            boolean holds = holds(unit.connection(), session.email(), basis);
            if (holds) {
                put(unit.connection(), session);
                Receipt _ = unit.append(record);
            }
            return holds;
        });
    }

    private static boolean holds(Connection connection, String email, Basis basis)
            throws SQLException {
        return there(connection, "SELECT 1 FROM person WHERE email = ?", email)
                && switch (basis) {
                    case Basis.Password(String hash) ->
                            there(
                                    connection,
                                    "SELECT 1 FROM password WHERE email = ? AND hash = ?",
                                    email,
                                    hash);
                    case Basis.Key(String id) ->
                            there(
                                    connection,
                                    "SELECT 1 FROM passkey WHERE email = ? AND id = ?",
                                    email,
                                    id);
                    case Basis.Other(String hash) ->
                            there(
                                    connection,
                                    "SELECT 1 FROM web_session WHERE email = ? AND hash = ?",
                                    email,
                                    hash);
                    case Basis.LinkAlone() ->
                            !there(connection, "SELECT 1 FROM password WHERE email = ?", email)
                                    && !there(
                                            connection,
                                            "SELECT 1 FROM passkey WHERE email = ?",
                                            email);
                    case Basis.Vouched() -> true;
                };
    }

    private static boolean there(Connection connection, String query, Object... parameters)
            throws SQLException {
        return Rows.first(connection, query, row -> row.getInt(1), parameters).isPresent();
    }

    @Override
    public boolean replace(WebSession session, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        return database.submit(unit -> {
            boolean there =
                    there(
                            unit.connection(),
                            "SELECT 1 FROM web_session WHERE hash = ?",
                            session.hash());
            if (there) {
                put(unit.connection(), session);
                Receipt _ = unit.append(record);
            }
            return there;
        });
    }

    private static void put(Connection connection, WebSession session) throws SQLException {
        int _ =
                Rows.change(
                        connection,
                        "INSERT INTO web_session (hash, id, email, way, client, created, expires,"
                                + " used, confirmed, page, made_by)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                + " ON CONFLICT (hash) DO UPDATE SET used = excluded.used,"
                                + " confirmed = excluded.confirmed, page = excluded.page",
                        session.hash(),
                        session.id(),
                        session.email(),
                        session.way().wire(),
                        session.client(),
                        RecordJson.time(session.created()),
                        RecordJson.time(session.expires()),
                        RecordJson.time(session.used()),
                        text(session.confirmed()),
                        session.page(),
                        session.madeBy());
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
        return database.submit(unit -> endAll(unit, email, except, record));
    }

    private static int endAll(Unit unit, String email, String except, RecordJson.Prepared record)
            throws SQLException {
        int ended =
                Rows.change(
                        unit.connection(),
                        "DELETE FROM web_session WHERE email = ? AND hash <> ?",
                        email,
                        except);
        // A link that was made before is a session that was not begun yet.
        int links =
                Rows.change(unit.connection(), "DELETE FROM sign_in_link WHERE email = ?", email);
        if (ended + links > 0) {
            Receipt _ = unit.append(record);
        }
        return ended;
    }

    /** Sessions and links that have ended by themselves need no record: they open nothing. */
    void forgetEnded(Instant now) throws NotRecorded {
        String at = RecordJson.time(now);
        database.submit(unit ->
                Rows.change(unit.connection(), "DELETE FROM web_session WHERE expires <= ?", at)
                        + Rows.change(
                                unit.connection(),
                                "DELETE FROM sign_in_link WHERE expires <= ?",
                                at)
                        + Rows.change(
                                unit.connection(),
                                "DELETE FROM known_browser WHERE used <= ?",
                                RecordJson.time(now.minus(KNOWN)))
                        + Rows.change(
                                unit.connection(),
                                "DELETE FROM sign_in_notice WHERE at <= ?",
                                RecordJson.time(now.minus(TOLD))));
    }

    @Override
    public void put(Link link, Optional<Notice> told, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        Receipt _ =
                database.submit(unit -> {
                    if (SqlPeople.lasts(unit.connection(), link.madeBy())) {
                        int _ =
                                Rows.change(
                                        unit.connection(),
                                        "INSERT INTO sign_in_link (hash, email, expires, made_by)"
                                                + " VALUES (?, ?, ?, ?)",
                                        link.hash(),
                                        link.email(),
                                        RecordJson.time(link.expires()),
                                        link.madeBy());
                    }
                    if (told.isPresent()) {
                        int _ =
                                Rows.change(
                                        unit.connection(),
                                        "INSERT INTO sign_in_notice (email, at, text, seen)"
                                                + " VALUES (?, ?, ?, 0)"
                                                + " ON CONFLICT (email, at, text) DO NOTHING",
                                        link.email(),
                                        RecordJson.time(told.get().at()),
                                        told.get().text());
                    }
                    return unit.append(record);
                });
    }

    @Override
    public List<Notice> notices(String email) {
        return database.all(
                "SELECT at, text, seen FROM sign_in_notice WHERE email = ?"
                        + " ORDER BY at DESC, text",
                row ->
                        new Notice(
                                Instant.parse(row.getString(1)),
                                row.getString(2),
                                row.getInt(3) == 1),
                email);
    }

    @Override
    public void noticesSeen(String email) throws NotRecorded {
        int _ =
                database.submit(unit ->
                        Rows.change(
                                unit.connection(),
                                "UPDATE sign_in_notice SET seen = 1 WHERE email = ?",
                                email));
    }

    @Override
    public boolean knows(String hash, String email) {
        return database.first(
                        "SELECT 1 FROM known_browser WHERE hash = ? AND email = ?",
                        row -> row.getInt(1),
                        hash,
                        email)
                .isPresent();
    }

    @Override
    public void know(String hash, String email, Instant at) throws NotRecorded {
        int _ =
                database.submit(unit -> {
                    int kept =
                            Rows.change(
                                    unit.connection(),
                                    "INSERT INTO known_browser (hash, email, used)"
                                            + " VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE"
                                            + " SET email = excluded.email, used = excluded.used",
                                    hash,
                                    email,
                                    RecordJson.time(at));
                    return kept
                            + Rows.change(
                                    unit.connection(),
                                    "DELETE FROM known_browser WHERE email = ? AND hash NOT IN"
                                            + " (SELECT hash FROM known_browser WHERE email = ?"
                                            + " ORDER BY used DESC, hash LIMIT "
                                            + MOST_KNOWN
                                            + ")",
                                    email,
                                    email);
                });
    }

    @Override
    public Optional<Link> link(String hash) {
        return database.first(
                "SELECT hash, email, expires, made_by FROM sign_in_link WHERE hash = ?",
                row ->
                        new Link(
                                row.getString(1),
                                row.getString(2),
                                Instant.parse(row.getString(3)),
                                row.getString(4)),
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
    public void setPassword(String email, String hash, Optional<Ending> ending, AuditRecord event)
            throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        Optional<RecordJson.Prepared> ended =
                ending.isPresent()
                        ? Optional.of(database.prepare(ending.get().event()))
                        : Optional.empty();
        int _ =
                database.submit(unit -> {
                    int _ =
                            Rows.change(
                                    unit.connection(),
                                    "INSERT INTO password (email, hash, changed) VALUES (?, ?, ?)"
                                            + " ON CONFLICT (email) DO UPDATE SET"
                                            + " hash = excluded.hash,"
                                            + " changed = excluded.changed",
                                    email,
                                    hash,
                                    RecordJson.time(event.at()));
                    Receipt _ = unit.append(record);
                    return ended.isPresent()
                            ? endAll(unit, email, ending.get().except(), ended.get())
                            : 0;
                });
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
    public boolean putAccount(String issuer, String subject, String email, AuditRecord event)
            throws NotRecorded {
        return database.changeOne(
                        event,
                        "INSERT INTO provider_account (issuer, subject, email)"
                                + " SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM"
                                + " provider_account WHERE issuer = ? AND email = ?)",
                        issuer,
                        subject,
                        email,
                        issuer,
                        email)
                .isPresent();
    }

    @Override
    public boolean hasAccount(String email) {
        return database.first(
                        "SELECT 1 FROM provider_account WHERE email = ?",
                        row -> row.getInt(1),
                        email)
                .isPresent();
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
                instant(row.getString(9)),
                row.getString(10),
                row.getString(11));
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
