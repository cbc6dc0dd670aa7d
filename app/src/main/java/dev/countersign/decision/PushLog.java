package dev.countersign.decision;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.util.List;
import java.util.Map;

/** Where it is written what came to gates: a push with all its references as one change. */
public interface PushLog {
    /**
     * Appends all of them or none, so that a receipt lets one push through whoever else reads and
     * writes the same data.
     *
     * @param counted how many records of {@link PushReceipts#ARRIVED} each receipt had when it was
     *     judged
     * @return false, and nothing is appended, where one has another number by now
     */
    boolean append(List<AuditRecord> records, Map<String, Integer> counted) throws NotRecorded;
}
