package dev.countersign.store;

import dev.countersign.audit.Alarm;
import dev.countersign.audit.AlarmStore;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import dev.countersign.audit.RecordJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Alarms in SQL. */
final class SqlAlarms implements AlarmStore {
    private static final String COLUMNS = "SELECT id, text, times, last FROM alarm ";
    private static final String KNOWN = "EXISTS (SELECT 1 FROM acknowledged WHERE what = alarm.id";

    private final Database database;

    SqlAlarms(Database database) {
        this.database = database;
    }

    @Override
    public Receipt raise(AuditRecord event) throws NotRecorded {
        RecordJson.Prepared record = database.prepare(event);
        String text = database.masked(event.summary());
        String at = event.at().toString();
        return database.submit(unit -> {
            int again =
                    Rows.change(
                            unit.connection(),
                            "UPDATE alarm SET times = times + 1, last = ? WHERE text = ? AND NOT "
                                    + KNOWN
                                    + ")",
                            at,
                            text);
            if (again == 0) {
                Rows.change(
                        unit.connection(),
                        "INSERT INTO alarm (id, text, times, last) VALUES (?, ?, 1, ?)",
                        Alarm.PREFIX + Rows.next(unit.connection(), "alarm"),
                        text,
                        at);
            }
            return unit.append(record);
        });
    }

    @Override
    public List<Alarm> open(String person, int most) {
        return database.all(
                COLUMNS + "WHERE NOT " + KNOWN + " AND person = ?) ORDER BY seq DESC LIMIT ?",
                SqlAlarms::read,
                person,
                most);
    }

    @Override
    public Optional<Alarm> find(String id) {
        return database.first(COLUMNS + "WHERE id = ?", SqlAlarms::read, id);
    }

    @Override
    public Optional<Receipt> acknowledge(String id, String person, AuditRecord event)
            throws NotRecorded {
        return database.acknowledge(id, person, event);
    }

    private static Alarm read(ResultSet row) throws SQLException {
        return new Alarm(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                Instant.parse(row.getString(4)));
    }
}
