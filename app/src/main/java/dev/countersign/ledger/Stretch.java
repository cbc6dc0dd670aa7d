package dev.countersign.ledger;

/**
 * Records one after the other, in which {@link Examiner} found nothing wrong: what of them it takes
 * to put them in their place.
 */
public final class Stretch {
    /** No records. */
    public static final Stretch NONE = new Stretch(0, 0, "", new byte[0], "");

    /** The place of the first. */
    final long first;

    final int count;

    /** The hash of the record before them, as the first of them says. */
    final String previous;

    /** The hashes of their leaves, one after the other. */
    final byte[] leaves;

    /** The hash of the last. */
    final String head;

    Stretch(long first, int count, String previous, byte[] leaves, String head) {
        this.first = first;
        this.count = count;
        this.previous = previous;
        this.leaves = leaves;
        this.head = head;
    }

    /** The place behind the last. */
    public long end() {
        return first + count;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return count == 0;
    }
}
