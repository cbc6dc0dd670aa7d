package dev.countersign.store;

import dev.countersign.approval.Stop;
import dev.countersign.approval.StopStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson;
import dev.countersign.audit.SecretMasking;
import java.time.Instant;
import java.util.List;

/** Stops in SQLite. */
final class SqliteStops implements StopStore {
    private final Writer writer;
    private final Readers readers;
    private final SecretMasking masking;

    SqliteStops(Writer writer, Readers readers, SecretMasking masking) {
        this.writer = writer;
        this.readers = readers;
        this.masking = masking;
    }

    @Override
    public long nextNumber() throws NotRecorded {
        return writer.submit(unit -> Rows.next(unit.connection(), "stop"));
    }

    @Override
    public void put(Stop stop, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = SqliteLedger.prepare(event, masking);
        writer.submit(unit -> {
            Rows.change(
                    unit.connection(),
                    "INSERT INTO stop (id, kind, name, reason, person, at)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    stop.id(),
                    stop.kind().wire(),
                    stop.name(),
                    stop.reason(),
                    stop.person(),
                    stop.at().toString());
            return unit.append(record);
        });
    }

    @Override
    public boolean end(Stop over, AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = SqliteLedger.prepare(event, masking);
        return writer.submit(unit -> {
            int changed =
                    Rows.change(
                            unit.connection(),
                            "UPDATE stop SET ended = ? WHERE id = ? AND ended IS NULL",
                            String.valueOf(over.ended()),
                            over.id());
            if (changed == 1) {
                unit.append(record);
            }
            return changed == 1;
        });
    }

    @Override
    public List<Stop> holding() {
        return readers.lookUp(connection ->
                Rows.all(
                        connection,
                        "SELECT id, kind, name, reason, person, at FROM stop"
                                + " WHERE ended IS NULL ORDER BY at, id",
                        row ->
                                new Stop(
                                        row.getString(1),
                                        Stop.Kind.of(row.getString(2)).orElseThrow(),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        Instant.parse(row.getString(6)),
                                        null)));
    }
}
