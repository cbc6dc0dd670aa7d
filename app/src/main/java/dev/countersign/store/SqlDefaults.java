package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.DefaultsStore;
import dev.countersign.ledger.CanonicalJson;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The built-in defaults in force, in SQL. */
final class SqlDefaults implements DefaultsStore {
    private static final String ACCEPTED = "SELECT version, tables FROM defaults";

    private final Database database;
    private final Path folder;

    SqlDefaults(Database database, Path folder) {
        this.database = database;
        this.folder = folder;
    }

    @Override
    public Optional<BuiltIn> accepted() {
        Optional<BuiltIn> accepted = database.first(ACCEPTED, SqlDefaults::read);
        // A folder of an earlier version of this program has no note yet.
        accepted.ifPresent(defaults -> DefaultsNote.write(folder, defaults.version()));
        return accepted;
    }

    /** The same for who only reads the folder. */
    static Query<Optional<BuiltIn>> inForce() {
        return connection -> Rows.first(connection, ACCEPTED, SqlDefaults::read);
    }

    private static BuiltIn read(ResultSet row) throws SQLException {
        return new BuiltIn(row.getString(1), tables(row.getString(2)));
    }

    private static Map<String, String> tables(String text) {
        Map<String, String> tables = new TreeMap<>();
        CanonicalJson.parse(text)
                .properties()
                .forEach(table -> tables.put(table.getKey(), table.getValue().asText()));
        return tables;
    }

    @Override
    public void accept(BuiltIn defaults, Instant at, AuditRecord event) throws NotRecorded {
        ObjectNode tables = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(defaults.tables()).forEach(tables::put);
        database.change(
                event,
                "INSERT INTO defaults (place, version, tables, at) VALUES (1, ?, ?, ?)"
                        + " ON CONFLICT (place) DO UPDATE SET version = excluded.version,"
                        + " tables = excluded.tables, at = excluded.at",
                defaults.version(),
                tables.toString(),
                at.toString());
        DefaultsNote.write(folder, defaults.version());
    }
}
