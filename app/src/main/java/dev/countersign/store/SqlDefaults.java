package dev.countersign.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.BuiltIn;
import dev.countersign.decision.DefaultsStore;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The built-in defaults in force, in SQL. */
final class SqlDefaults implements DefaultsStore {
    private final Database database;

    SqlDefaults(Database database) {
        this.database = database;
    }

    @Override
    public Optional<BuiltIn> accepted() {
        return database.first(
                "SELECT version, tables FROM defaults",
                row -> new BuiltIn(row.getString(1), tables(row.getString(2))));
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
    }
}
