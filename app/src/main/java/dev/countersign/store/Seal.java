package dev.countersign.store;

import dev.countersign.ledger.Slice;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Locks bytes with a key: AES-256-GCM, the nonce of 12 random bytes in front. */
final class Seal {
    static final int KEY_BYTES = 32;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** One for each thread: to make one costs as much as to lock a record. */
    private static final ThreadLocal<Cipher> OWN =
            ThreadLocal.withInitial(() -> {
                try {
                    return Cipher.getInstance("AES/GCM/NoPadding");
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException("every Java has AES-GCM (this is a bug)", e);
                }
            });

    private Seal() {}

    /** A key made ready once, for who opens much with it. */
    static SecretKey key(byte[] key) {
        return new SecretKeySpec(key, "AES");
    }

    /**
     * Locks.
     *
     * @param about what it must be opened for again
     */
    static byte[] lock(byte[] key, byte[] plain, String about, SecureRandom random) {
        return lock(key(key), plain, about, random);
    }

    /**
     * The same.
     *
     * @param about what it must be opened for again
     */
    static byte[] lock(SecretKey key, byte[] plain, String about, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] locked = cipher(Cipher.ENCRYPT_MODE, key, nonce, about).doFinal(plain);
            byte[] box = Arrays.copyOf(nonce, NONCE_BYTES + locked.length);
            System.arraycopy(locked, 0, box, NONCE_BYTES, locked.length);
            return box;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM (this is a bug)", e);
        }
    }

    /**
     * Opens.
     *
     * @throws IllegalArgumentException when the key or what it was locked for is another
     */
    static byte[] open(byte[] key, byte[] box, String about) {
        return open(key(key), box, about);
    }

    /**
     * The same.
     *
     * @throws IllegalArgumentException when the key or what it was locked for is another
     */
    static byte[] open(SecretKey key, byte[] box, String about) {
        try {
            byte[] nonce = Arrays.copyOf(box, NONCE_BYTES);
            return cipher(Cipher.DECRYPT_MODE, key, nonce, about)
                    .doFinal(box, NONCE_BYTES, box.length - NONCE_BYTES);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("it cannot be opened", e);
        }
    }

    /**
     * Opens what is within other bytes, into others.
     *
     * @return how many bytes it is, or -1 when the key or what it was locked for is another
     */
    static int open(SecretKey key, Slice box, Slice about, byte[] into) {
        Cipher cipher = OWN.get();
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key,
                    new GCMParameterSpec(TAG_BITS, box.bytes(), box.from(), NONCE_BYTES));
            cipher.updateAAD(about.bytes(), about.from(), about.length());
            return cipher.doFinal(
                    box.bytes(), box.from() + NONCE_BYTES, box.length() - NONCE_BYTES, into, 0);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return -1;
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String about)
            throws GeneralSecurityException {
        Cipher cipher = OWN.get();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(about.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }
}
