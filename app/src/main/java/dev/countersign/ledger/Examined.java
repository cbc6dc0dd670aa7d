package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one record shows by itself, whatever stands around it: the costly part of a check, which
 * several threads may do at once. {@link Verifier} then puts the records in their order.
 */
public final class Examined {
    /** The place it was found at. */
    final long index;

    /** Its stored hash. */
    final byte[] hash;

    /** The hash of its leaf in the tree. */
    final Hash leaf;

    /** What is wrong with it, before one looks at the record before it. */
    final @Nullable Fault own;

    /** What is wrong with the payload beside it. */
    final @Nullable Fault payload;

    /** The hash of the record before it, as it says. */
    final String previous;

    /** What is there of what it holds by a salted hash only. */
    final Disclosure.Found found;

    /** Whose value it should hold that is not there, or null. */
    final @Nullable String absent;

    /** Whose values it says were taken away, or null. */
    final @Nullable String erased;

    private final String kind;

    private Examined(
            long index,
            byte[] hash,
            byte[] record,
            Outline outline,
            @Nullable Fault own,
            byte @Nullable [] payload,
            Disclosure.Found found) {
        // Many of these wait for their turn: nothing of the record stays that is not asked for.
        this.index = index;
        this.hash = hash;
        this.erased =
                outline.kind().equals(Verifier.ERASURE)
                        ? json(record).path("body").path("erased").asText()
                        : null;
        this.leaf = MerkleTree.leaf(record);
        this.previous = outline.previous();
        this.kind = outline.kind();
        this.own = own;
        this.payload = payload(index, outline.payload(), payload);
        this.found = found;
        this.absent =
                found == Disclosure.Found.NOTHING && outline.sealed() ? outline.person() : null;
    }

    /**
     * Looks at a record as stored.
     *
     * @param index the place it was found at
     * @param record its bytes
     * @param hash its stored hash, 32 bytes
     * @param payload the bytes kept beside the record, or null when there are none
     * @param found what is there of what the record, told to it, holds by a salted hash only
     */
    public static Examined of(
            long index,
            byte[] record,
            byte[] hash,
            byte @Nullable [] payload,
            Function<Outline, Disclosure.Found> found) {
        Fault own = changed(index, record, hash);
        Outline outline = Outline.scan(record).orElse(null);
        if (outline == null) {
            JsonNode json = MissingNode.getInstance();
            try {
                json = CanonicalJson.parse(record);
                if (own == null) {
                    own = malformed(index, record, json);
                }
            } catch (IllegalArgumentException e) {
                if (own == null) {
                    own = malformed(index, "is no JSON: " + e.getMessage());
                }
            }
            outline = Outline.of(json);
        }
        if (own == null) {
            own = misplaced(index, outline);
        }
        return new Examined(index, hash, record, outline, own, payload, found.apply(outline));
    }

    /** A record as a tree, or nothing where it is no JSON. */
    private static JsonNode json(byte[] record) {
        try {
            return CanonicalJson.parse(record);
        } catch (IllegalArgumentException _) {
            return MissingNode.getInstance();
        }
    }

    /** The place it was found at. */
    public long index() {
        return index;
    }

    /** The kind it says it is of, or empty. */
    public String kind() {
        return kind;
    }

    private static @Nullable Fault changed(long index, byte[] record, byte[] hash) {
        byte[] actual = Sha256.digest(record);
        return Arrays.equals(actual, hash)
                ? null
                : new Fault(
                        index,
                        Fault.Kind.EDITED,
                        "record "
                                + index
                                + " was changed: its bytes hash to "
                                + HexFormat.of().formatHex(actual)
                                + ", the ledger says "
                                + HexFormat.of().formatHex(hash));
    }

    private static @Nullable Fault malformed(long index, byte[] record, JsonNode json) {
        if (!Arrays.equals(CanonicalJson.bytes(json), record)) {
            return malformed(index, "is not in canonical form");
        }
        JsonNode own = json.path(Draft.INDEX);
        if (!own.isIntegralNumber() || !json.path(Draft.PREVIOUS).isTextual()) {
            return malformed(index, "does not say its index and the hash of the record before");
        }
        return own.canConvertToLong() ? null : misplaced(index, own.asText());
    }

    private static @Nullable Fault misplaced(long index, Outline outline) {
        return outline.index() == index ? null : misplaced(index, Long.toString(outline.index()));
    }

    private static Fault misplaced(long index, String own) {
        return new Fault(
                index,
                Fault.Kind.REORDERED,
                "the record at place " + index + " was written as record " + own);
    }

    private static @Nullable Fault payload(
            long index, @Nullable String expected, byte @Nullable [] payload) {
        if (expected == null && payload == null) {
            return null;
        }
        if (payload == null) {
            return new Fault(
                    index, Fault.Kind.PAYLOAD, "the payload of record " + index + " is missing");
        }
        return Sha256.hex(payload).equals(expected)
                ? null
                : new Fault(
                        index,
                        Fault.Kind.PAYLOAD,
                        "the payload of record " + index + " is not what was recorded");
    }

    private static Fault malformed(long index, String what) {
        return new Fault(index, Fault.Kind.MALFORMED, "record " + index + " " + what);
    }
}
