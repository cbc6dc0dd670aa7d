package dev.countersign.ledger;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at record after record where it lies, without a copy and without a tree, until one is not
 * good beyond doubt. It only ever says that records are good: what is wrong with one, and whether
 * anything is, {@link Examined} tells. Of one thread.
 */
public final class Examiner {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERASURE = bytes(Verifier.ERASURE);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final RecordScan scan = new RecordScan();
    private final MessageDigest digest = Sha256.fresh();
    private final byte[] own = new byte[Hash.SIZE];
    private final byte[] disclosed = new byte[Hash.SIZE];
    private final byte[] before = new byte[2 * Hash.SIZE];
    private final byte[] text = new byte[(Hash.SIZE * 4 + 2) / 3];
    private final Opener opener;
    private final List<byte[]> told;
    private final long first;
    private final byte[] leaves;
    private int count;
    private String previous = "";

    /** Opens what is sealed, for who has the keys. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens something.
         *
         * @param person whose it is
         * @param about what it is the salted hash of, as a record says it
         * @param box where it is locked
         * @param into gets what was in the box
         * @return whether it could be opened
         */
        boolean open(Slice person, Slice about, Slice box, MessageDigest into);
    }

    /**
     * From a record on.
     *
     * @param first its place
     * @param most how many are looked at
     * @param told kinds of records that somebody wants to read, which ends a stretch
     */
    public Examiner(Opener opener, List<String> told, long first, int most) {
        this.opener = opener;
        this.told = told.stream().map(Examiner::bytes).toList();
        this.first = first;
        this.leaves = new byte[most * Hash.SIZE];
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Looks at the next record, beside which no payload is kept.
     *
     * @param index the place it was found at
     * @param record its bytes
     * @param hash its stored hash
     * @param box what is sealed of it, or null where nothing lies there
     * @return whether it is good, as far as it shows by itself and by the one before it
     */
    public boolean add(long index, Slice record, Slice hash, @Nullable Slice box) {
        if (index != first + count
                || (count + 1) * Hash.SIZE > leaves.length
                || hash.length() != Hash.SIZE
                || !scan.read(record.bytes(), record.from(), record.length())
                || scan.index() != index
                || scan.hasPayload()
                || !follows()
                || tells()) {
            return false;
        }
        record.update(digest);
        finish(own, 0);
        if (!hash.is(own) || !sealed(box)) {
            return false;
        }
        digest.update(MerkleTree.LEAF);
        record.update(digest);
        finish(leaves, count++ * Hash.SIZE);
        for (int i = 0; i < Hash.SIZE; i++) {
            before[2 * i] = HEX[own[i] >> 4 & 0xf];
            before[2 * i + 1] = HEX[own[i] & 0xf];
        }
        return true;
    }

    private boolean follows() {
        if (count == 0) {
            previous = scan.previous().toString();
            return true;
        }
        return scan.previous().is(before);
    }

    private boolean tells() {
        for (byte[] kind : told) {
            if (scan.kind().is(kind)) {
                return true;
            }
        }
        return scan.kind().is(ERASURE);
    }

    /** Whether what is sealed of it is what it says, where it says so. */
    private boolean sealed(@Nullable Slice box) {
        if (box == null) {
            return !scan.sealed();
        }
        if (!scan.sealed()) {
            return false;
        }
        if (!opener.open(scan.person(), scan.digest(), box, digest)) {
            digest.reset();
            return false;
        }
        finish(disclosed, 0);
        int length = BASE64.encode(disclosed, text);
        return length == text.length && scan.digest().is(text);
    }

    private void finish(byte[] into, int at) {
        try {
            int _ = digest.digest(into, at, Hash.SIZE);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 has 32 bytes (this is a bug)", e);
        }
    }

    /** Those that were good. */
    public Stretch stretch() {
        return new Stretch(
                first,
                count,
                previous,
                Arrays.copyOf(leaves, count * Hash.SIZE),
                new String(before, StandardCharsets.US_ASCII));
    }
}
