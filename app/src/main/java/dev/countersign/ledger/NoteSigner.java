package dev.countersign.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** Signs notes with an Ed25519 key: the checkpoints of a log, or the cosignatures of a witness. */
public final class NoteSigner {
    private static final int SEED_BYTES = 32;
    private static final String PRIVATE = "PRIVATE+KEY+";

    /** What stands in front of the seed in the standard encoding of a key (RFC 8410). */
    private static final byte[] ENCODING =
            HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final NoteKey key;
    private final PrivateKey secret;
    private final byte[] seed;

    private NoteSigner(NoteKey key, PrivateKey secret, byte[] seed) {
        this.key = key;
        this.secret = secret;
        this.seed = seed;
    }

    /** With a key drawn at random. */
    public static NoteSigner random(String name, NoteKey.Kind kind, SecureRandom random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return of(name, kind, seed);
    }

    /**
     * With the key of a seed.
     *
     * @param seed 32 bytes that nobody else knows
     */
    public static NoteSigner of(String name, NoteKey.Kind kind, byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException("a seed has 32 bytes, not " + seed.length);
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(255, new Drawn(seed));
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            byte[] bytes = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            byte[] whole =
                    ByteBuffer.allocate(ENCODING.length + seed.length)
                            .put(ENCODING)
                            .put(seed)
                            .array();
            PrivateKey secret =
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(new PKCS8EncodedKeySpec(whole));
            NoteSigner made = new NoteSigner(new NoteKey(name, kind, bytes), secret, seed.clone());
            made.check();
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has Ed25519 (this is a bug)", e);
        }
    }

    /** That the public key drawn is the one of this seed, however the generator used its bytes. */
    private void check() {
        String note = "countersign\n";
        if (!key.verifies(note, signed(note, 0))) {
            throw new IllegalStateException("this Java makes Ed25519 keys in another way");
        }
    }

    /** A generator of keys that draws the seed it is to use. */
    private static final class Drawn extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] seed;

        Drawn(byte[] seed) {
            this.seed = seed.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
        }
    }

    /**
     * Reads {@code PRIVATE+KEY+name+hash+base64}.
     *
     * @throws IllegalArgumentException when it is not the text of an Ed25519 key
     */
    public static NoteSigner parse(String text) {
        String[] parts = text.split("\\+", 5);
        if (parts.length != 5 || !text.startsWith(PRIVATE)) {
            throw new IllegalArgumentException("a secret key looks like " + PRIVATE + "name+…");
        }
        byte[] typed = NoteKey.base64(parts[4]);
        if (typed.length != SEED_BYTES + 1 || (typed[0] != 1 && typed[0] != 4)) {
            throw new IllegalArgumentException("no secret key of Ed25519");
        }
        NoteKey.Kind kind = typed[0] == 1 ? NoteKey.Kind.LOG : NoteKey.Kind.WITNESS;
        NoteSigner signer = of(parts[2], kind, Arrays.copyOfRange(typed, 1, typed.length));
        if (!HexFormat.of().toHexDigits(signer.key.id()).equals(parts[3])) {
            throw new IllegalArgumentException("the hash of the key is not that of its bytes");
        }
        return signer;
    }

    /** The text to keep where nobody else reads it. */
    public String secretText() {
        byte type = (byte) (key.kind() == NoteKey.Kind.LOG ? 1 : 4);
        byte[] typed = ByteBuffer.allocate(1 + seed.length).put(type).put(seed).array();
        return PRIVATE
                + key.name()
                + "+"
                + HexFormat.of().toHexDigits(key.id())
                + "+"
                + Base64.getEncoder().encodeToString(typed);
    }

    public NoteKey key() {
        return key;
    }

    /**
     * Adds a signature to a note.
     *
     * @param now what a witness says it saw the note at; a log's signature names no time
     */
    public SignedNote sign(SignedNote note, Instant now) {
        byte[] signature = signed(note.text(), now.getEpochSecond());
        return note.with(SignedNote.Line.of(key, signature));
    }

    private byte[] signed(String text, long seconds) {
        boolean cosigns = key.kind() == NoteKey.Kind.WITNESS;
        String message = cosigns ? NoteKey.cosigned(seconds, text) : text;
        try {
            Signature sign = Signature.getInstance("Ed25519");
            sign.initSign(secret);
            sign.update(message.getBytes(StandardCharsets.UTF_8));
            byte[] bare = sign.sign();
            return cosigns
                    ? ByteBuffer.allocate(Long.BYTES + bare.length)
                            .putLong(seconds)
                            .put(bare)
                            .array()
                    : bare;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has Ed25519 (this is a bug)", e);
        }
    }
}
