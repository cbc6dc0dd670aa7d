package dev.countersign.testing;

import dev.countersign.audit.Alarm;
import dev.countersign.audit.AlarmStore;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.audit.Receipt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Alarms in memory. */
public final class MemoryAlarmStore implements AlarmStore {
    private final List<Alarm> alarms = new ArrayList<>();
    private final Set<List<String>> known = new HashSet<>();
    private final AuditLog log;

    public MemoryAlarmStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized Receipt raise(AuditRecord event) throws NotRecorded {
        Receipt receipt = log.append(event);
        for (int i = 0; i < alarms.size(); i++) {
            Alarm alarm = alarms.get(i);
            if (alarm.text().equals(event.summary()) && !known(alarm)) {
                alarms.set(i, new Alarm(alarm.id(), alarm.text(), alarm.times() + 1, event.at()));
                return receipt;
            }
        }
        String id = Alarm.PREFIX + (alarms.size() + 1);
        alarms.add(new Alarm(id, event.summary(), 1, event.at()));
        return receipt;
    }

    private boolean known(Alarm alarm) {
        return known.stream().anyMatch(each -> each.getFirst().equals(alarm.id()));
    }

    @Override
    public synchronized boolean raised(String text) {
        return alarms.stream().anyMatch(alarm -> alarm.text().equals(text));
    }

    @Override
    public synchronized List<Alarm> open(String person, int most) {
        return alarms.reversed().stream()
                .filter(alarm -> !known.contains(List.of(alarm.id(), person)))
                .limit(most)
                .toList();
    }

    @Override
    public synchronized Optional<Alarm> find(String id) {
        return alarms.stream().filter(alarm -> alarm.id().equals(id)).findFirst();
    }

    @Override
    public synchronized Optional<Receipt> acknowledge(String id, String person, AuditRecord event)
            throws NotRecorded {
        return known.add(List.of(id, person)) ? Optional.of(log.append(event)) : Optional.empty();
    }
}
