package dev.countersign.ledger;

/**
 * The first thing wrong in a ledger.
 *
 * @param index the place where it shows
 * @param kind what class of fault
 * @param text one sentence for people, lower case, no full stop
 */
public record Fault(long index, Kind kind, String text) {

    /** Classes of faults. */
    public enum Kind {
        /** Bytes or hash of a record changed after it was written. */
        EDITED,
        /** Records are missing before this place. */
        DROPPED,
        /** A record stands at a place that is not its own, or twice. */
        REORDERED,
        /** The record follows another one than the one before it. */
        WRONG_PREVIOUS,
        /** The record is not in the form of this ledger. */
        MALFORMED,
        /** What the record holds by hash is missing or is something else. */
        PAYLOAD,
        /** The records are not those that were signed. */
        FORKED,
        /** A checkpoint is missing, unreadable, or not signed with the key of the ledger. */
        UNSIGNED,
        /** No checkpoint is co-signed by the witness that was asked for. */
        UNWITNESSED,
        /** What the folder says of holds and of records that were taken out was not recorded so. */
        RETENTION,
        /** The ledger ends before a place that is known to have existed. */
        CUT
    }
}
