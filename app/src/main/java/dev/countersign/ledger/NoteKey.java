package dev.countersign.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Whose signature a note carries: the verifier key of C2SP signed-note, an Ed25519 key with a name.
 * A log signs the text of a note; a witness signs it together with the time it saw it (C2SP
 * tlog-cosignature).
 */
public final class NoteKey {
    /** What a key signs; the numbers are those of the specification. */
    public enum Kind {
        LOG(1),
        WITNESS(4);

        private final byte type;

        Kind(int type) {
            this.type = (byte) type;
        }
    }

    private static final int PUBLIC_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;
    private static final int TIME_BYTES = 8;

    /** Seconds at the end of the year 9999; a later time no date can be written for. */
    private static final long LATEST = 253_402_300_799L;

    /** What stands in front of the 32 bytes of a key in its standard encoding (RFC 8410). */
    private static final byte[] ENCODING = HexFormat.of().parseHex("302a300506032b6570032100");

    private final String name;
    private final Kind kind;
    private final byte[] bytes;

    /** What signatures are checked with, once that was asked for. */
    private volatile @Nullable PublicKey key;

    /**
     * A key by its parts.
     *
     * @param name not empty, without blanks and {@code +}
     * @param bytes the 32 bytes of the public key
     */
    public NoteKey(String name, Kind kind, byte[] bytes) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "`" + name + "` is no name of a key; it has no blank and no `+`");
        }
        if (bytes.length != PUBLIC_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key has 32 bytes, not " + bytes.length);
        }
        this.name = name;
        this.kind = kind;
        this.bytes = bytes.clone();
    }

    /**
     * Reads {@code name+hash+base64}.
     *
     * @throws IllegalArgumentException when it is not the text of an Ed25519 key
     */
    public static NoteKey parse(String text) {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3 || !isName(parts[0])) {
            throw new IllegalArgumentException("a key looks like name+0123abcd+base64");
        }
        byte[] typed = base64(parts[2]);
        if (typed.length != PUBLIC_BYTES + 1) {
            throw new IllegalArgumentException("an Ed25519 key has 33 bytes with its type");
        }
        Kind kind =
                Arrays.stream(Kind.values())
                        .filter(each -> each.type == typed[0])
                        .findAny()
                        .orElseThrow(
                                () -> new IllegalArgumentException("a key of type " + typed[0]));
        NoteKey key = new NoteKey(parts[0], kind, Arrays.copyOfRange(typed, 1, typed.length));
        if (!HexFormat.of().toHexDigits(key.id()).equals(parts[1])) {
            throw new IllegalArgumentException("the hash of the key is not that of its bytes");
        }
        return key;
    }

    static byte[] base64(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("not written as base64 is: " + text);
        }
        return bytes;
    }

    static boolean isName(String name) {
        return !name.isEmpty()
                && name.indexOf('+') < 0
                && name.codePoints()
                        .noneMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** What names the key in a signature line, beside its name. */
    public int id() {
        byte[] head = (name + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] hashed =
                ByteBuffer.allocate(head.length + 1 + bytes.length)
                        .put(head)
                        .put(kind.type)
                        .put(bytes)
                        .array();
        return ByteBuffer.wrap(Sha256.digest(hashed)).getInt();
    }

    /** The text to hand out: whoever has it can check what the key signed. */
    @Override
    public String toString() {
        byte[] typed = ByteBuffer.allocate(1 + bytes.length).put(kind.type).put(bytes).array();
        return name
                + "+"
                + HexFormat.of().toHexDigits(id())
                + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    /**
     * Whether this key made a signature.
     *
     * @param signature as it stands in the note, behind the id of the key
     */
    boolean verifies(String text, byte[] signature) {
        boolean cosigns = kind == Kind.WITNESS;
        int from = cosigns ? TIME_BYTES : 0;
        if (signature.length != from + SIGNATURE_BYTES) {
            return false;
        }
        if (cosigns && (seconds(signature) < 0 || seconds(signature) > LATEST)) {
            return false;
        }
        String message = cosigns ? cosigned(seconds(signature), text) : text;
        try {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key());
            check.update(message.getBytes(StandardCharsets.UTF_8));
            return check.verify(signature, from, SIGNATURE_BYTES);
        } catch (GeneralSecurityException _) {
            // A key that is no point of the curve, or a signature out of range.
            return false;
        }
    }

    private PublicKey key() throws GeneralSecurityException {
        PublicKey known = key;
        if (known == null) {
            known = made();
            key = known;
        }
        return known;
    }

    private PublicKey made() throws GeneralSecurityException {
        byte[] encoded =
                ByteBuffer.allocate(ENCODING.length + bytes.length)
                        .put(ENCODING)
                        .put(bytes)
                        .array();
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** When a witness signed, in seconds since 1970. */
    static long seconds(byte[] cosignature) {
        return ByteBuffer.wrap(cosignature).getLong();
    }

    /** What a witness signs. */
    static String cosigned(long seconds, String text) {
        return "cosignature/v1\ntime " + seconds + "\n" + text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NoteKey key
                && key.name.equals(name)
                && key.kind == kind
                && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(bytes);
    }
}
