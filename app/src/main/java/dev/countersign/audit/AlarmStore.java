package dev.countersign.audit;

import dev.countersign.audit.AuditLog.NotRecorded;
import java.util.List;
import java.util.Optional;

/** Keeps alarms, and who knows of which. Each change is stored together with its record. */
public interface AlarmStore {

    /** Whether an alarm of this very text was ever raised, known of or not. */
    boolean raised(String text);

    /**
     * Keeps an alarm. The same words again, as long as nobody knows of them, are the same alarm
     * once more; the record is a new one all the same.
     *
     * @param event what happened; its summary is what people read
     */
    Receipt raise(AuditRecord event) throws NotRecorded;

    /**
     * What a person has not said they know of, the newest first.
     *
     * @param most not more than so many
     */
    List<Alarm> open(String person, int most);

    Optional<Alarm> find(String id);

    /**
     * A person knows of it.
     *
     * @return the receipt, or empty when they had said so before
     */
    Optional<Receipt> acknowledge(String id, String person, AuditRecord event) throws NotRecorded;
}
