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

    /** What it holds by a salted hash only, or null. */
    final @Nullable Disclosure disclosure;

    private final JsonNode json;

    private Examined(
            long index,
            byte[] hash,
            byte[] record,
            JsonNode json,
            @Nullable Fault own,
            byte @Nullable [] payload,
            @Nullable Disclosure disclosure) {
        this.index = index;
        this.hash = hash;
        this.leaf = MerkleTree.leaf(record);
        this.json = json;
        this.own = own;
        this.payload = payload(index, json.path("payload").path("sha256"), payload);
        this.disclosure = disclosure;
    }

    /**
     * Looks at a record as stored.
     *
     * @param index the place it was found at
     * @param record its bytes
     * @param hash its stored hash, 32 bytes
     * @param payload the bytes kept beside the record, or null when there are none
     * @param disclosed what the record, given to it, holds by a salted hash only: {@link
     *     Disclosure#LOCKED} when it is there and cannot be compared, null when it is not there
     */
    public static Examined of(
            long index,
            byte[] record,
            byte[] hash,
            byte @Nullable [] payload,
            Function<JsonNode, @Nullable Disclosure> disclosed) {
        JsonNode json = MissingNode.getInstance();
        Fault own = changed(index, record, hash);
        try {
            json = CanonicalJson.parse(record);
            if (own == null) {
                own = misplaced(index, record, json);
            }
        } catch (IllegalArgumentException e) {
            if (own == null) {
                own = malformed(index, "is no JSON: " + e.getMessage());
            }
        }
        Disclosure disclosure = disclosed.apply(json);
        return new Examined(index, hash, record, json, own, payload, disclosure);
    }

    /** The record, or nothing where it is no JSON. */
    public JsonNode json() {
        return json;
    }

    /** The hash of the record before it, as it says. */
    String previous() {
        return json.path(Draft.PREVIOUS).asText();
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

    private static @Nullable Fault misplaced(long index, byte[] record, JsonNode json) {
        if (!Arrays.equals(CanonicalJson.bytes(json), record)) {
            return malformed(index, "is not in canonical form");
        }
        JsonNode own = json.path(Draft.INDEX);
        if (!own.isIntegralNumber() || !json.path(Draft.PREVIOUS).isTextual()) {
            return malformed(index, "does not say its index and the hash of the record before");
        }
        return own.canConvertToLong() && own.longValue() == index
                ? null
                : new Fault(
                        index,
                        Fault.Kind.REORDERED,
                        "the record at place " + index + " was written as record " + own.asText());
    }

    private static @Nullable Fault payload(
            long index, JsonNode expected, byte @Nullable [] payload) {
        if (expected.isMissingNode() && payload == null) {
            return null;
        }
        if (payload == null) {
            return new Fault(
                    index, Fault.Kind.PAYLOAD, "the payload of record " + index + " is missing");
        }
        return expected.asText().equals(Sha256.hex(payload))
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
