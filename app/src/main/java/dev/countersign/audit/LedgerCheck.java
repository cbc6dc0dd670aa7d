package dev.countersign.audit;

import dev.countersign.ledger.Fault;
import java.util.Optional;

/** Reads the whole ledger and says whether it is what was written. */
public interface LedgerCheck {

    /**
     * What was found.
     *
     * @param records how many records are good, from the first on
     * @param head the hash of the last good one, or 64 zeros in an empty ledger
     * @param fault the first thing wrong, or empty when the whole ledger verifies
     */
    record Verdict(long records, String head, Optional<Fault> fault) {}

    Verdict verify();
}
