package dev.countersign.audit;

import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.SignedNote;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the whole ledger and says whether it is what was written, and whether all of it is. */
public interface LedgerCheck {

    /**
     * What was found. Integrity and completeness are two questions: a ledger whose end was cut off
     * holds only true records.
     *
     * @param records how many records are good, from the first on
     * @param head the hash of the last good one, or 64 zeros in an empty ledger
     * @param root of the Merkle tree over the good records
     * @param fault the first thing that is not as it was written, or empty
     * @param missing what is known to have been there and is not, or empty
     * @param signed how many records the newest good checkpoint covers
     * @param first the index of the first record that was read
     * @param unread where those before it are, for people; empty where there are none
     */
    record Verdict(
            long records,
            String head,
            Hash root,
            Optional<Fault> fault,
            Optional<Fault> missing,
            long signed,
            long first,
            String unread) {
        /** Whether nothing is wrong. */
        public boolean intact() {
            return fault.isEmpty() && missing.isEmpty();
        }
    }

    /** Against what the ledger itself says was signed. */
    default Verdict verify() {
        return verify(Optional.empty());
    }

    /**
     * Also against a checkpoint from elsewhere.
     *
     * @throws IllegalArgumentException when the key of this ledger did not sign it
     */
    default Verdict verify(Optional<SignedNote> elsewhere) {
        return verify(elsewhere, List.of());
    }

    /**
     * Also over archives of what was taken out, the oldest first, each going on where the one
     * before ends and the last where the ledger begins.
     *
     * @throws IllegalArgumentException when they do not, or one is no archive of this ledger; the
     *     message is for people
     */
    Verdict verify(Optional<SignedNote> elsewhere, List<Path> archives);
}
