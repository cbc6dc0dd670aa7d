package dev.countersign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.Alarms;
import dev.countersign.audit.LedgerCheck;
import dev.countersign.ledger.Fault;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the whole ledger once, beside the server that has started on its newest part, and tells
 * people when it is not what was written.
 */
final class BackgroundCheck {
    private static final System.Logger LOG = System.getLogger(BackgroundCheck.class.getName());

    private final LedgerCheck check;
    private final Alarms alarms;
    private volatile State state = State.CHECKING;

    /** How far it is. */
    enum State {
        CHECKING,
        INTACT,
        BROKEN,
        /** It could not be read to its end. */
        UNCHECKED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    BackgroundCheck(LedgerCheck check, Alarms alarms) {
        this.check = check;
        this.alarms = alarms;
    }

    State state() {
        return state;
    }

    void start() {
        Thread _ = Thread.ofPlatform().name("ledger-check").daemon(true).start(this::run);
    }

    private void run() {
        LedgerCheck.Verdict verdict;
        try {
            verdict = check.verify();
        } catch (RuntimeException e) {
            state = State.UNCHECKED;
            LOG.log(System.Logger.Level.DEBUG, "the ledger was not checked to its end", e);
            return;
        }
        Optional<Fault> fault = verdict.fault().or(verdict::missing);
        // People are told before the health says so, and whoever asks then finds the alarm.
        fault.ifPresent(this::tell);
        state = fault.isEmpty() ? State.INTACT : State.BROKEN;
    }

    private void tell(Fault fault) {
        String text = "the ledger is not what was written: " + fault.text();
        alarms.tell(
                System.Logger.Level.ERROR,
                text,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("record", fault.index())
                        .put("fault", fault.kind().name()));
    }
}
