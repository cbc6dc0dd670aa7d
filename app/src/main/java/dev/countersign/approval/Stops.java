package dev.countersign.approval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Work that people stopped. Safe for use by many threads. */
public final class Stops {
    private final StopStore store;
    private final Clock clock;
    private final CopyOnWriteArrayList<Consumer<Stop>> listeners = new CopyOnWriteArrayList<>();

    /** As the store has them; replaced as a whole, so that a decision reads without a lock. */
    private volatile List<Stop> holding;

    public Stops(StopStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.holding = List.copyOf(store.holding());
    }

    /** Called after every change, with the stop as it is then. */
    public void onChange(Consumer<Stop> listener) {
        listeners.add(listener);
    }

    /** Those that hold, oldest first. */
    public List<Stop> holding() {
        return holding;
    }

    /** The stop this work is under, the oldest if there are several. */
    public Optional<Stop> against(Work work) {
        for (Stop stop : holding) {
            if (stop.covers(work)) {
                return Optional.of(stop);
            }
        }
        return Optional.empty();
    }

    /** The stop of everything, if one came after that time. */
    public Optional<Stop> ofAllSince(Instant time) {
        return holding.stream()
                .filter(stop -> stop.kind() == Stop.Kind.ALL && !stop.at().isBefore(time))
                .findFirst();
    }

    /** Stops some work from now on. */
    public Stop stop(Stop.Kind kind, String name, String reason, String person) throws NotRecorded {
        Stop stop =
                new Stop(
                        "STP-" + store.nextNumber(),
                        kind,
                        name,
                        reason,
                        person,
                        clock.instant(),
                        null);
        store.put(stop, record("stop", stop, person, person + " stopped " + stop.what()));
        changed(stop);
        return stop;
    }

    /**
     * Lets stopped work go on.
     *
     * @return the stop as it was, or empty when none of that id holds
     */
    public Optional<Stop> resume(String id, String person) throws NotRecorded {
        for (Stop stop : holding) {
            if (stop.id().equals(id)) {
                Stop over = stop.over(clock.instant());
                String summary = person + " let " + stop.what() + " go on";
                if (store.end(over, record("resume", stop, person, summary))) {
                    changed(over);
                    return Optional.of(over);
                }
            }
        }
        return Optional.empty();
    }

    private void changed(Stop stop) {
        synchronized (this) {
            holding = List.copyOf(store.holding());
        }
        listeners.forEach(listener -> listener.accept(stop));
    }

    private AuditRecord record(String kind, Stop stop, String person, String summary) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("stop", stop.id());
        body.put("stops", stop.kind().wire());
        body.put("name", stop.name());
        body.put("reason", stop.reason());
        return new AuditRecord(
                kind,
                clock.instant(),
                null,
                stop.kind() == Stop.Kind.AGENT ? stop.name() : null,
                person,
                null,
                stop.kind() == Stop.Kind.PROJECT ? stop.name() : null,
                stop.kind() == Stop.Kind.TASK ? stop.name() : null,
                null,
                null,
                null,
                null,
                "stop",
                summary,
                body);
    }
}
