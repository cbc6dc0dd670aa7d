package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.notify.Wishes;

/** What people want to be told, in SQL. */
final class SqlWishes implements Wishes {
    private static final String PERSON = "person";

    private final Database database;

    SqlWishes(Database database) {
        this.database = database;
    }

    @Override
    public Wish wish(String email) {
        return database.first(
                        "SELECT body FROM told_how WHERE kind = ? AND name = ?",
                        row -> Database.read("what somebody wants", row.getString(1), Wish::read),
                        PERSON,
                        email)
                .orElse(Wish.ALL);
    }

    @Override
    public void wish(String email, Wish wish) throws NotRecorded {
        int _ =
                database.submit(unit ->
                        Rows.change(
                                unit.connection(),
                                "INSERT INTO told_how (kind, name, body) VALUES (?, ?, ?)"
                                        + " ON CONFLICT (kind, name) DO UPDATE SET body ="
                                        + " excluded.body",
                                PERSON,
                                email,
                                wish.json().toString()));
    }
}
