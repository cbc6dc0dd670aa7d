package dev.countersign.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Some bytes within others, so that much can be looked at without a copy. Whoever reads one thing
 * after the other sets the same one anew: what it says holds until then.
 */
public final class Slice {
    private byte[] bytes = new byte[0];
    private int from;
    private int length;

    /** Stands for other bytes from now on. */
    public void set(byte[] whole, int start, int count) {
        bytes = whole;
        from = start;
        length = count;
    }

    /** What it is within. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where it begins there. */
    public int from() {
        return from;
    }

    public int length() {
        return length;
    }

    /** Whether it is these bytes. */
    public boolean is(byte[] other) {
        return Arrays.equals(bytes, from, from + length, other, 0, other.length);
    }

    void update(MessageDigest digest) {
        digest.update(bytes, from, length);
    }

    /** As a text of ASCII. */
    @Override
    public String toString() {
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
}
