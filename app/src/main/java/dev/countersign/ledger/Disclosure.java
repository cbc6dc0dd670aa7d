package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

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

    /** What the record holds of it. */
    public String digest() {
        return ENCODER.encodeToString(Sha256.digest(text.getBytes(StandardCharsets.US_ASCII)));
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
