package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A value that a record holds by its salted hash alone (the form of RFC 9901): base64url of {@code
 * [salt, name, value]}. Without the salt nobody finds the value by trying.
 *
 * @param text base64url without padding
 */
public record Disclosure(String text) {
    /** Stands for a value that lies there locked, as in an archive. */
    public static final Disclosure LOCKED = new Disclosure("locked");

    /** What the value of a record is called. */
    private static final String NAME = "private";

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    /**
     * Of a value.
     *
     * @param salt 32 random bytes, used once
     */
    public static Disclosure of(byte[] salt, ObjectNode value) {
        String json =
                "[\""
                        + ENCODER.encodeToString(salt)
                        + "\",\""
                        + NAME
                        + "\","
                        + CanonicalJson.text(value)
                        + "]";
        return new Disclosure(ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** What there is of the value that a record holds by its salted hash alone. */
    public enum Found {
        NOTHING,
        /** The value, or it lies there locked and nobody compares it. */
        IT,
        ANOTHER
    }

    /** What the record holds of it. */
    public String digest() {
        return digest(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The same of the bytes of a text. */
    public static String digest(byte[] text) {
        return ENCODER.encodeToString(Sha256.digest(text));
    }

    /** What this is to a record. */
    static Found found(@Nullable Disclosure disclosure, Outline record) {
        if (disclosure == null) {
            return Found.NOTHING;
        }
        boolean it =
                disclosure.equals(LOCKED)
                        ? !record.digest().isEmpty()
                        : disclosure.digest().equals(record.digest());
        return it ? Found.IT : Found.ANOTHER;
    }

    /**
     * The value.
     *
     * @throws IllegalArgumentException when it is none of a record
     */
    public ObjectNode value() {
        JsonNode parts = CanonicalJson.parse(Base64.getUrlDecoder().decode(text));
        if (parts.isArray()
                && parts.size() == 3
                && parts.path(1).asText().equals(NAME)
                && parts.path(2) instanceof ObjectNode value) {
            return value;
        }
        throw new IllegalArgumentException("no value of a record");
    }
}
