package dev.countersign.audit;

import dev.countersign.ledger.Fault;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import java.nio.file.Path;
import java.time.Instant;
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
     * @param vouched what each witness that was asked for co-signed last of it
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
            List<Vouched> vouched,
            long first,
            String unread) {
        public Verdict {
            vouched = List.copyOf(vouched);
        }

        /** Whether nothing is wrong. */
        public boolean intact() {
            return fault.isEmpty() && missing.isEmpty();
        }
    }

    /**
     * Who vouches for how much of a ledger.
     *
     * @param witness its name
     * @param records the first so many
     * @param at when it says it signed
     */
    record Vouched(String witness, long records, Instant at) {
        /** In words. */
        public String text() {
            return "`"
                    + witness
                    + "` vouches for the first "
                    + records
                    + " records, co-signed at "
                    + at;
        }
    }

    /**
     * What a ledger is compared with, besides what it says itself was signed.
     *
     * @param elsewhere checkpoints that were kept elsewhere
     * @param witnesses each of which must have co-signed a checkpoint
     * @param archives of what was taken out, the oldest first
     */
    record Against(List<SignedNote> elsewhere, List<NoteKey> witnesses, List<Path> archives) {
        public Against {
            elsewhere = List.copyOf(elsewhere);
            witnesses = List.copyOf(witnesses);
            archives = List.copyOf(archives);
        }

        public Against(List<SignedNote> elsewhere, List<NoteKey> witnesses) {
            this(elsewhere, witnesses, List.of());
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
        return verify(new Against(elsewhere.stream().toList(), List.of()));
    }

    /**
     * Also against checkpoints from elsewhere and the signatures of witnesses, and over archives of
     * what was taken out, the oldest first, each going on where the one before ends and the last
     * where the ledger begins.
     *
     * @throws IllegalArgumentException when the key of this ledger did not sign one, a line in the
     *     name of a witness is not its signature, or the archives are not of this ledger; the
     *     message is for people
     */
    Verdict verify(Against against);
}
