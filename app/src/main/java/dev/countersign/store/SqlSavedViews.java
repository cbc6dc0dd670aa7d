package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.SavedViews;
import java.util.List;

/** Kept searches in SQL. */
final class SqlSavedViews implements SavedViews {
    private final Database database;

    SqlSavedViews(Database database) {
        this.database = database;
    }

    @Override
    public List<View> of(String email) {
        return database.all(
                "SELECT name, search FROM saved_view WHERE email = ? ORDER BY name",
                row -> new View(row.getString(1), row.getString(2)),
                email);
    }

    @Override
    public boolean keep(String email, View view) throws NotRecorded {
        String name = database.masked(view.name());
        String search = database.masked(view.search());
        return database.submit(unit -> {
            int kept =
                    Rows.change(
                            unit.connection(),
                            "UPDATE saved_view SET search = ? WHERE email = ? AND name = ?",
                            search,
                            email,
                            name);
            return kept == 1
                    || Rows.change(
                                    unit.connection(),
                                    "INSERT INTO saved_view (email, name, search)"
                                            + " SELECT ?, ?, ? WHERE (SELECT count(*) FROM"
                                            + " saved_view WHERE email = ?) < "
                                            + MOST,
                                    email,
                                    name,
                                    search,
                                    email)
                            == 1;
        });
    }

    @Override
    public void forget(String email, String name) throws NotRecorded {
        int _ =
                database.submit(unit ->
                        Rows.change(
                                unit.connection(),
                                "DELETE FROM saved_view WHERE email = ? AND name = ?",
                                email,
                                name));
    }
}
