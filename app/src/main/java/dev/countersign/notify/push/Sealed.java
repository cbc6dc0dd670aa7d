package dev.countersign.notify.push;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A message that only one browser can read (RFC 8291): the push service that carries it, and
 * everybody on the way, see its length.
 */
final class Sealed {
    private static final int SALT = 16;
    private static final int RECORD = 4_096;
    private static final byte LAST = 2;

    private Sealed() {}

    /**
     * Seals.
     *
     * @param to the key of the browser
     * @param auth what it shares with us besides
     */
    static byte[] of(byte[] plain, ECPublicKey to, byte[] auth, SecureRandom random) {
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        return of(plain, to, auth, Curve.pair(random), salt);
    }

    /** The same with a key and a salt that are used once. */
    static byte[] of(byte[] plain, ECPublicKey to, byte[] auth, KeyPair own, byte[] salt) {
        byte[] point = Curve.point((ECPublicKey) own.getPublic());
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(own.getPrivate());
            agreement.doPhase(to, true);
            byte[] shared =
                    derived(
                            agreement.generateSecret(),
                            auth,
                            joined(text("WebPush: info\0"), Curve.point(to), point),
                            32);
            byte[] key = derived(shared, salt, text("Content-Encoding: aes128gcm\0"), 16);
            byte[] nonce = derived(shared, salt, text("Content-Encoding: nonce\0"), 12);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(128, nonce));
            byte[] sealed = cipher.doFinal(joined(plain, new byte[] {LAST}));
            byte[] size = ByteBuffer.allocate(4).putInt(RECORD).array();
            return joined(salt, size, new byte[] {Curve.POINT}, point, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has ECDH, HKDF and AES (this is a bug)", e);
        }
    }

    private static byte[] derived(byte[] secret, byte[] salt, byte[] info, int length)
            throws GeneralSecurityException {
        return KDF.getInstance("HKDF-SHA256")
                .deriveData(
                        HKDFParameterSpec.ofExtract()
                                .addIKM(secret)
                                .addSalt(salt)
                                .thenExpand(info, length));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
