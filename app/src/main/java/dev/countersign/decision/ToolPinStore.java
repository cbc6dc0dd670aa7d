package dev.countersign.decision;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import java.util.List;
import java.util.Optional;

/** Keeps what was said of tools. Each change is one transaction with its ledger record. */
public interface ToolPinStore {

    /** Whether this very definition is known, and as what. */
    Optional<State> find(String server, String tool, String sha256);

    /**
     * Keeps a definition that is new: as the first of its tool, or as one that waits.
     *
     * @param pin whose state is not known yet
     * @param first the record of the first
     * @param waiting the record of one that waits
     * @return what it is kept as; empty where it was known, or there are too many
     */
    Optional<State> keep(Pin pin, AuditRecord first, AuditRecord waiting) throws NotRecorded;

    /**
     * Accepts one that waits.
     *
     * @return whether it did
     */
    boolean accept(String server, String tool, String sha256, AuditRecord event) throws NotRecorded;

    /** By server and tool, those that came first before the others; at most so many. */
    List<Pin> all(Optional<State> state, int most);

    /** Every definition of one tool, oldest first. */
    List<Pin> of(String server, String tool);
}
