package dev.countersign.store;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.RecordJson.Prepared;
import dev.countersign.decision.PushLog;
import dev.countersign.decision.PushReceipts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What came to gates, in SQL. */
final class SqlPushes implements PushLog {
    private final Database database;

    SqlPushes(Database database) {
        this.database = database;
    }

    @Override
    public boolean append(List<AuditRecord> records, Map<String, Integer> counted)
            throws NotRecorded {
        List<Prepared> prepared = new ArrayList<>();
        for (AuditRecord record : records) {
            prepared.add(database.prepare(record));
        }
        return database.submit(unit -> {
            for (Map.Entry<String, Integer> each : counted.entrySet()) {
                // The one who writes sees what is, whatever readers saw.
                int now =
                        Rows.first(
                                        unit.connection(),
                                        "SELECT count(*) FROM ledger"
                                                + " WHERE decision = ? AND kind = ?",
                                        row -> row.getInt(1),
                                        each.getKey(),
                                        PushReceipts.ARRIVED)
                                .orElse(0);
                if (now != each.getValue()) {
                    return false;
                }
            }
            for (Prepared record : prepared) {
                unit.append(record);
            }
            return true;
        });
    }
}
