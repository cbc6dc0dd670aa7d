package dev.countersign.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a server says of one of its tools.
 *
 * @param name the tool
 * @param sha256 of all of it, whatever the order of its members; 64 hexadecimal digits
 * @param text all of it, in canonical form
 */
record ToolDefinition(String name, String sha256, String text) {

    /** Whether a client may call it as a task or not, as it likes. */
    boolean mayBeTask() {
        return CanonicalJson.parse(text)
                .path("execution")
                .path("taskSupport")
                .asText("")
                .equals("optional");
    }

    /**
     * Of an entry of {@code tools/list}. Everything counts, also what no client is known to show to
     * its model: a description can hide anywhere.
     *
     * @throws IllegalArgumentException when it has no canonical form
     */
    static ToolDefinition of(String name, ObjectNode tool) {
        String text = CanonicalJson.text(CanonicalJson.exact(tool));
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] hash = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
            return new ToolDefinition(name, HexFormat.of().formatHex(hash), text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }
}
