package dev.countersign.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, written as 64 lower-case hexadecimal digits. */
public final class Sha256 {
    /** One for each thread: to make one costs as much as to hash a hundred bytes. */
    private static final ThreadLocal<MessageDigest> OWN = ThreadLocal.withInitial(Sha256::fresh);

    private Sha256() {}

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest(bytes));
    }

    /** Of the UTF-8 bytes of a text. */
    public static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] digest(byte[] bytes) {
        return digest().digest(bytes);
    }

    /** The digest of this thread, for what comes in parts and is finished at once. */
    static MessageDigest digest() {
        MessageDigest digest = OWN.get();
        digest.reset();
        return digest;
    }

    /** One of one's own. */
    static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256 (this is a bug)", e);
        }
    }
}
