package dev.countersign.testing;

import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.ToolPinStore;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was said of tools, kept in memory. */
public final class MemoryToolPinStore implements ToolPinStore {
    private final List<Pin> pins = new ArrayList<>();
    private final AuditLog log;

    public MemoryToolPinStore(AuditLog log) {
        this.log = log;
    }

    @Override
    public synchronized Optional<State> find(String server, String tool, String sha256) {
        return of(server, tool).stream()
                .filter(pin -> pin.sha256().equals(sha256))
                .map(Pin::state)
                .findFirst();
    }

    @Override
    public synchronized Optional<State> keep(Pin pin, AuditRecord first, AuditRecord waiting)
            throws NotRecorded {
        if (find(pin.server(), pin.tool(), pin.sha256()).isPresent()) {
            return Optional.empty();
        }
        State state = of(pin.server(), pin.tool()).isEmpty() ? State.FIRST : State.WAITING;
        log.append(state == State.FIRST ? first : waiting);
        pins.add(with(pin, state));
        return Optional.of(state);
    }

    @Override
    public synchronized boolean accept(String server, String tool, String sha256, AuditRecord event)
            throws NotRecorded {
        if (!find(server, tool, sha256).equals(Optional.of(State.WAITING))) {
            return false;
        }
        log.append(event);
        pins.replaceAll(pin ->
                pin.server().equals(server)
                                && pin.tool().equals(tool)
                                && pin.sha256().equals(sha256)
                        ? with(pin, State.ACCEPTED)
                        : pin);
        return true;
    }

    @Override
    public synchronized List<Pin> all(Optional<State> state, int most) {
        return pins.stream()
                .filter(pin -> state.isEmpty() || state.get() == pin.state())
                .limit(most)
                .toList();
    }

    @Override
    public synchronized List<Pin> of(String server, String tool) {
        return pins.stream()
                .filter(pin -> pin.server().equals(server) && pin.tool().equals(tool))
                .toList();
    }

    private static Pin with(Pin pin, State state) {
        return new Pin(
                pin.server(),
                pin.tool(),
                pin.sha256(),
                state,
                pin.definition(),
                pin.agent(),
                pin.at());
    }
}
