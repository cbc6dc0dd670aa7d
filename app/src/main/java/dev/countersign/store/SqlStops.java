package dev.countersign.store;

import dev.countersign.approval.Stop;
import dev.countersign.approval.StopStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Instant;
import java.util.List;

/** Stops in SQL. */
final class SqlStops implements StopStore {
    private final Database database;

    SqlStops(Database database) {
        this.database = database;
    }

    @Override
    public long nextNumber() throws NotRecorded {
        return database.next("stop");
    }

    @Override
    public void put(Stop stop, AuditRecord event) throws NotRecorded {
        database.change(
                event,
                "INSERT INTO stop (id, kind, name, reason, person, at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                stop.id(),
                stop.kind().wire(),
                stop.name(),
                stop.reason(),
                stop.person(),
                stop.at().toString());
    }

    @Override
    public boolean end(Stop over, AuditRecord event) throws NotRecorded {
        return database.changeOne(
                        event,
                        "UPDATE stop SET ended = ? WHERE id = ? AND ended IS NULL",
                        String.valueOf(over.ended()),
                        over.id())
                .isPresent();
    }

    @Override
    public List<Stop> holding() {
        return database.all(
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
                                null));
    }
}
