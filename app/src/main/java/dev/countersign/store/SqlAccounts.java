package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.notify.Accounts;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Accounts in chats, in SQL. */
final class SqlAccounts implements Accounts {
    private final Database database;

    SqlAccounts(Database database) {
        this.database = database;
    }

    @Override
    public Optional<String> person(String channel, String account, String seal) {
        return database.first(
                "SELECT email FROM linked_account WHERE channel = ? AND account = ? AND seal = ?",
                row -> row.getString(1),
                channel,
                account,
                seal);
    }

    /** Nobody answers by a channel any more. */
    static void drop(Unit unit, String channel) throws SQLException {
        Rows.change(unit.connection(), "DELETE FROM linked_account WHERE channel = ?", channel);
    }

    @Override
    public List<Account> of(String email) {
        return database.all(
                "SELECT channel, account, email FROM linked_account WHERE email = ?"
                        + " ORDER BY channel, account",
                row -> new Account(row.getString(1), row.getString(2), row.getString(3)),
                email);
    }

    @Override
    public void link(Account account, String seal, Instant now, AuditRecord event)
            throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "INSERT INTO linked_account (channel, account, email, seal, at)"
                                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (channel, account)"
                                + " DO UPDATE SET email = excluded.email, seal = excluded.seal,"
                                + " at = excluded.at",
                        account.channel(),
                        account.account(),
                        account.email(),
                        seal,
                        now.toEpochMilli());
    }

    @Override
    public void unlink(Account account, AuditRecord event) throws NotRecorded {
        Receipt _ =
                database.change(
                        event,
                        "DELETE FROM linked_account WHERE channel = ? AND account = ?",
                        account.channel(),
                        account.account());
    }
}
