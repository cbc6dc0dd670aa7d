package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.AnswerLinks.Link;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Links of messages in SQL; of their secrets there are hashes. */
final class SqlAnswerLinks implements AnswerLinks.Store {
    private final Database database;

    SqlAnswerLinks(Database database) {
        this.database = database;
    }

    @Override
    public void put(Link link) throws NotRecorded {
        int _ =
                change(
                        "INSERT INTO answer_link (hash, channel, approval, digest, email, expires)"
                                + " VALUES (?, ?, ?, ?, ?, ?)",
                        link.hash(),
                        link.channel(),
                        link.approval(),
                        link.digest(),
                        link.email(),
                        link.expires().toEpochMilli());
    }

    @Override
    public Optional<Link> kept(String hash) {
        return database.first(
                "SELECT hash, channel, approval, digest, email, expires, used FROM answer_link"
                        + " WHERE hash = ?",
                row ->
                        new Link(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                Instant.ofEpochMilli(row.getLong(6)),
                                row.getLong(7) != 0),
                hash);
    }

    @Override
    public boolean use(String hash, Instant now) throws NotRecorded {
        return change(
                        "UPDATE answer_link SET used = ? WHERE hash = ? AND used IS NULL",
                        now.toEpochMilli(),
                        hash)
                == 1;
    }

    @Override
    public void restore(String hash) throws NotRecorded {
        int _ = change("UPDATE answer_link SET used = NULL WHERE hash = ?", hash);
    }

    private int change(String sql, @Nullable Object... parameters) throws NotRecorded {
        return database.submit(unit -> Rows.change(unit.connection(), sql, parameters));
    }
}
