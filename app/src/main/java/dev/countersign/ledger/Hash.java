package dev.countersign.ledger;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-256 hash: 32 bytes. */
public final class Hash {
    public static final int SIZE = 32;

    private final byte[] bytes;

    private Hash(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A hash that was computed.
     *
     * @throws IllegalArgumentException when these are not 32 bytes
     */
    public static Hash of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Some bytes of several: of a tile, which is hashes one after the other. */
    static Hash of(byte[] bytes, int from, int length) {
        if (length != SIZE) {
            throw new IllegalArgumentException("a hash has 32 bytes, not " + length);
        }
        return new Hash(Arrays.copyOfRange(bytes, from, from + length));
    }

    /** The SHA-256 of some bytes. */
    public static Hash sha256(byte[] bytes) {
        return new Hash(Sha256.digest(bytes));
    }

    /**
     * Reads the form checkpoints and proofs have.
     *
     * @throws IllegalArgumentException when it is not 32 bytes in padded standard base64, written
     *     in the one way there is
     */
    public static Hash ofBase64(String text) {
        Hash hash = of(Base64.getDecoder().decode(text));
        if (!hash.base64().equals(text)) {
            throw new IllegalArgumentException("`" + text + "` is not written as base64 is");
        }
        return hash;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    void update(MessageDigest digest) {
        digest.update(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
