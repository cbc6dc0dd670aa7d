package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.PolicyStore;
import dev.countersign.policy.Level;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Policy documents in SQL. */
final class SqlPolicies implements PolicyStore {
    /** Adds a document or replaces its namesake. */
    static final String PUT =
            "INSERT INTO policy (level, of, name, file, text, person, at)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (level, of, name) DO"
                    + " UPDATE SET file = excluded.file, text = excluded.text,"
                    + " person = excluded.person, at = excluded.at";

    private final Database database;

    SqlPolicies(Database database) {
        this.database = database;
    }

    @Override
    public List<Stored> policies() {
        List<Stored> stored =
                database.all(
                        "SELECT level, of, name, file, text, person, at FROM policy",
                        row ->
                                new Stored(
                                        Level.of(row.getString(1)).orElseThrow(),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getString(6),
                                        Instant.parse(row.getString(7))));
        return stored.stream()
                .sorted(
                        Comparator.comparing(Stored::level)
                                .thenComparing(Stored::of)
                                .thenComparing(Stored::name))
                .toList();
    }

    @Override
    public void put(Stored document, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                PUT,
                document.level().wire(),
                document.of(),
                document.name(),
                document.file(),
                document.text(),
                document.person(),
                document.at().toString());
    }

    @Override
    public void remove(Stored document, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                "DELETE FROM policy WHERE level = ? AND of = ? AND name = ?",
                document.level().wire(),
                document.of(),
                document.name());
    }
}
