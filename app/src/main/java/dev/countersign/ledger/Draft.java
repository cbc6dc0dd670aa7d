package dev.countersign.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * A record that waits for its place: canonical but for its index and the hash of the one before.
 * All costly work is done when the draft is made, so that the one writer has only to join three
 * texts and hash.
 */
public final class Draft {
    /** What the first record names as its previous hash. */
    public static final String GENESIS = "0".repeat(64);

    static final String INDEX = "index";

    /** The member that names the hash of the record before. */
    public static final String PREVIOUS = "previous";

    private final String beforeIndex;
    private final String beforePrevious;
    private final String rest;

    private Draft(String beforeIndex, String beforePrevious, String rest) {
        this.beforeIndex = beforeIndex;
        this.beforePrevious = beforePrevious;
        this.rest = rest;
    }

    /**
     * Of all members but {@code index} and {@code previous}.
     *
     * @throws IllegalArgumentException when it has one of those, or no canonical form
     */
    public static Draft of(ObjectNode record) {
        if (record.has(INDEX) || record.has(PREVIOUS)) {
            throw new IllegalArgumentException("a draft has no place yet (this is a bug)");
        }
        StringBuilder beforeIndex = new StringBuilder("{");
        StringBuilder beforePrevious = new StringBuilder(",");
        StringBuilder rest = new StringBuilder();
        for (String name : CanonicalJson.sortedNames(record)) {
            if (name.compareTo(INDEX) < 0) {
                CanonicalJson.member(name, record, beforeIndex, 0);
                beforeIndex.append(',');
            } else if (name.compareTo(PREVIOUS) < 0) {
                CanonicalJson.member(name, record, beforePrevious, 0);
                beforePrevious.append(',');
            } else {
                rest.append(',');
                CanonicalJson.member(name, record, rest, 0);
            }
        }
        return new Draft(
                beforeIndex.append("\"index\":").toString(),
                beforePrevious.append("\"previous\":\"").toString(),
                rest.insert(0, '"').append('}').toString());
    }

    /** The record at this place. */
    public Entry at(long index, String previous) {
        String text = beforeIndex + index + beforePrevious + previous + rest;
        return new Entry(index, text, Sha256.hex(text));
    }

    /** How many bytes the record takes, at most. */
    public int size() {
        return bytes(beforeIndex) + bytes(beforePrevious) + bytes(rest) + 19 + 64;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
