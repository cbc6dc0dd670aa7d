package dev.countersign.ledger;

import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks a ledger record by record, in constant memory, trusting nothing that was not hashed. It
 * stops at the first fault: what follows one proves nothing.
 */
public final class Verifier {
    /** The kind of the record that a person's values were taken away. */
    public static final String ERASURE = "erasure";

    private long next;
    private String head;
    private MerkleTree.Edge edge;
    private final NavigableMap<Long, Hash> roots = new TreeMap<>();
    private final Map<String, Long> absent = new HashMap<>();
    private @Nullable Fault mismatch;
    private @Nullable Fault fault;

    /** From the first record on. */
    public Verifier() {
        this(0, Draft.GENESIS);
    }

    /**
     * With what was signed of this ledger, from the first record on.
     *
     * @throws IllegalArgumentException when two checkpoints of one size have different roots
     */
    public Verifier(Collection<Checkpoint> signed) {
        this(signed, Anchor.NONE);
    }

    /**
     * With what was signed of this ledger, from an anchor on. What the anchor says is proved by the
     * first checkpoint behind it; one of fewer records than it cannot be compared.
     *
     * @throws IllegalArgumentException when two checkpoints of one size have different roots
     */
    public Verifier(Collection<Checkpoint> signed, Anchor anchor) {
        this.next = anchor.size();
        this.head = anchor.head();
        this.edge = anchor.edge();
        for (Checkpoint checkpoint : signed) {
            Hash other = roots.putIfAbsent(checkpoint.size(), checkpoint.root());
            if (other != null && !other.equals(checkpoint.root())) {
                throw new IllegalArgumentException(
                        "two ledgers of " + checkpoint.size() + " records were signed");
            }
        }
        if (next > 0) {
            fault = signed();
        }
    }

    /**
     * From the middle on; what was signed cannot be compared then.
     *
     * @param next the index of the first record to come
     * @param head the hash of the record before it, known to be good
     */
    public Verifier(long next, String head) {
        this.next = next;
        this.head = head;
        this.edge = new MerkleTree.Edge();
    }

    /**
     * Takes the next record as stored, which holds nothing by a salted hash, or whose value is not
     * at hand.
     */
    public Optional<Fault> accept(
            long index, byte[] record, byte[] hash, byte @Nullable [] payload) {
        return accept(index, record, hash, payload, null);
    }

    /**
     * Takes the next record as stored.
     *
     * @param index the place it was found at
     * @param record its bytes
     * @param hash its stored hash, 32 bytes
     * @param payload the bytes kept beside the record, or null when there are none
     * @param disclosure what the record holds by a salted hash only, {@link Disclosure#LOCKED} when
     *     it is there and cannot be compared, or null when it is not there
     * @return the first fault so far
     */
    public Optional<Fault> accept(
            long index,
            byte[] record,
            byte[] hash,
            byte @Nullable [] payload,
            @Nullable Disclosure disclosure) {
        return accept(
                Examined.of(
                        index,
                        record,
                        hash,
                        payload,
                        outline -> Disclosure.found(disclosure, outline)));
    }

    /**
     * Takes the next record.
     *
     * @return the first fault so far
     */
    public Optional<Fault> accept(Examined record) {
        if (fault == null) {
            fault = check(record);
            if (fault == null) {
                next = record.index + 1;
                head = HexFormat.of().formatHex(record.hash);
                edge.add(record.leaf);
                fault = signed();
            }
        }
        return fault();
    }

    /**
     * Takes many records at once that are good by themselves, if they go on from the last one and
     * are those that were signed.
     *
     * @return whether they were taken; if not, they are to be given one by one, so that the fault
     *     is found
     */
    public boolean accept(Stretch stretch) {
        if (fault != null || stretch.first != next || !stretch.previous.equals(head)) {
            return false;
        }
        MerkleTree.Edge grown = edge.copy();
        int done = 0;
        for (Map.Entry<Long, Hash> root :
                roots.subMap(next, false, next + stretch.count, true).entrySet()) {
            int size = (int) (root.getKey() - next);
            grown.add(stretch.leaves, done, size - done);
            done = size;
            if (!root.getValue().equals(grown.root())) {
                return false;
            }
        }
        grown.add(stretch.leaves, done, stretch.count - done);
        edge = grown;
        next += stretch.count;
        head = stretch.head;
        return true;
    }

    /** Says that all records were given, and what is known of the end from elsewhere. */
    public Optional<Fault> end(long knownRecords) {
        if (fault == null && next < knownRecords) {
            fault =
                    new Fault(
                            next,
                            Fault.Kind.CUT,
                            "the ledger ends before record "
                                    + next
                                    + ", but it had "
                                    + knownRecords
                                    + " records");
        }
        return fault();
    }

    private @Nullable Fault signed() {
        Hash root = roots.get(next);
        return root == null || root.equals(edge.root())
                ? null
                : new Fault(
                        next - 1,
                        Fault.Kind.FORKED,
                        "the first " + next + " records are not those that were signed");
    }

    /** The root of the tree over the good records; of a verifier from the first record on. */
    public Hash root() {
        return edge.root();
    }

    public Optional<Fault> fault() {
        return Optional.ofNullable(fault);
    }

    /** How many records stand, counted from the first of the ledger, up to the first fault. */
    public long records() {
        return next;
    }

    /** The hash of the last good record. */
    public String head() {
        return head;
    }

    private @Nullable Fault check(Examined record) {
        long index = record.index;
        if (index > next) {
            return new Fault(
                    next,
                    Fault.Kind.DROPPED,
                    index - next == 1
                            ? "record " + next + " is missing"
                            : "records " + next + " to " + (index - 1) + " are missing");
        }
        if (index < next) {
            return new Fault(
                    index,
                    Fault.Kind.REORDERED,
                    "record " + index + " comes after record " + (next - 1));
        }
        if (record.own != null) {
            return record.own;
        }
        if (!record.previous.equals(head)) {
            return new Fault(
                    index,
                    Fault.Kind.WRONG_PREVIOUS,
                    "record "
                            + index
                            + " follows "
                            + record.previous
                            + ", but the record before it is "
                            + head);
        }
        sealed(index, record);
        return record.payload;
    }

    /**
     * A value that is not there must be explained by an erasure that comes later. One that is
     * another does not end the check: the records themselves may still be good.
     */
    private void sealed(long index, Examined record) {
        if (record.erased != null) {
            absent.remove(record.erased);
        }
        if (record.absent != null) {
            absent.putIfAbsent(record.absent, index);
        }
        if (mismatch == null && record.found == Disclosure.Found.ANOTHER) {
            mismatch =
                    new Fault(
                            index,
                            Fault.Kind.PAYLOAD,
                            "what is sealed of record " + index + " is not what was recorded");
        }
    }

    /** The first value that is not what its record holds the hash of. */
    public Optional<Fault> mismatch() {
        return Optional.ofNullable(mismatch);
    }

    /** The first value that is not there although no erasure of its person is recorded. */
    public Optional<Fault> unexplained() {
        return absent.values().stream()
                .min(Long::compare)
                .map(index ->
                        new Fault(
                                index,
                                Fault.Kind.PAYLOAD,
                                "what is sealed of record "
                                        + index
                                        + " is missing, and no erasure of its person is"
                                        + " recorded"));
    }
}
