package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What every person must look at, until each of them has said that they know. */
public final class Alarms {
    private static final System.Logger LOG = System.getLogger(Alarms.class.getName());

    /** Nobody reads more of them at once; the next come when these are known. */
    private static final int MOST_SHOWN = 5;

    private final AlarmStore store;
    private final Clock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    public Alarms(AlarmStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Calls back when one was raised or a person knows of one. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Records an alarm and tells people.
     *
     * @param event its summary is what people read
     */
    public Receipt raise(AuditRecord event) throws NotRecorded {
        Receipt receipt = store.raise(event);
        listeners.forEach(Runnable::run);
        return receipt;
    }

    /**
     * Tells people what the server found out by itself, and the log, too: a ledger that takes no
     * record is a thing to be told of.
     *
     * @param text what people read
     * @param body what belongs to it
     */
    public void tell(System.Logger.Level level, String text, ObjectNode body) {
        LOG.log(level, text);
        try {
            raise(AuditRecord.change("alarm", clock.instant(), null, null, text, body));
        } catch (NotRecorded e) {
            LOG.log(System.Logger.Level.WARNING, "nobody could be told of it", e);
        }
    }

    /** Whether people were told this before, whether or not they said that they know. */
    public boolean raised(String text) {
        return store.raised(text);
    }

    /** What this person has not said they know of, the newest first. */
    public List<Alarm> open(String person) {
        return store.open(person, MOST_SHOWN);
    }

    /**
     * A person says that they know of an alarm.
     *
     * @return whether there is such a one that they had not said it of
     */
    public boolean acknowledge(String id, String person) throws NotRecorded {
        Optional<Alarm> alarm = store.find(id);
        if (alarm.isEmpty()) {
            return false;
        }
        AuditRecord event =
                AuditRecord.change(
                        "acknowledged",
                        clock.instant(),
                        person,
                        null,
                        person + " knows of the alarm " + id,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("alarm", id)
                                .put("text", alarm.get().text()));
        boolean first = store.acknowledge(id, person, event).isPresent();
        if (first) {
            listeners.forEach(Runnable::run);
        }
        return first;
    }
}
