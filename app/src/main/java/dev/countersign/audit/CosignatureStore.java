package dev.countersign.audit;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.ledger.SignedNote;
import java.time.Instant;
import java.util.List;

/**
 * Keeps the checkpoints that witnesses co-signed. They are no records: a signature on the ledger
 * must not make the ledger longer.
 */
public interface CosignatureStore {
    /**
     * A checkpoint that a witness co-signed.
     *
     * @param witness its key, as text
     * @param records how many it covers
     * @param at when the witness says it signed
     * @param note with the signatures of the ledger and of the witness
     */
    record Cosigned(String witness, long records, Instant at, SignedNote note) {
        /** What the witness is called. */
        public String name() {
            return witness.substring(0, witness.indexOf('+'));
        }
    }

    /** On the disk when this returns. */
    void keep(Cosigned cosigned) throws NotRecorded;

    /** The newest of each witness; nothing of it was checked. */
    List<Cosigned> newest();
}
