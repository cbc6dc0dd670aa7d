package dev.countersign.notify.push;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;

/** Keys of the curve P-256 as browsers and push services write them. */
final class Curve {
    static final int POINT = 65;
    private static final int NUMBER = 32;
    private static final byte UNCOMPRESSED = 4;
    private static final ECParameterSpec P256 = p256();

    private Curve() {}

    private static ECParameterSpec p256() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-256 (this is a bug)", e);
        }
    }

    static KeyPair pair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(P256, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-256 (this is a bug)", e);
        }
    }

    /**
     * A key of the other side.
     *
     * @throws IllegalArgumentException when it is no point of the curve
     */
    static ECPublicKey open(byte[] point) {
        if (point.length != POINT || point[0] != UNCOMPRESSED) {
            throw new IllegalArgumentException("no uncompressed point of P-256");
        }
        BigInteger x = new BigInteger(1, point, 1, NUMBER);
        BigInteger y = new BigInteger(1, point, 1 + NUMBER, NUMBER);
        BigInteger p = ((ECFieldFp) P256.getCurve().getField()).getP();
        BigInteger right =
                x.modPow(BigInteger.valueOf(3), p)
                        .add(P256.getCurve().getA().multiply(x))
                        .add(P256.getCurve().getB())
                        .mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
            throw new IllegalArgumentException("no point of P-256");
        }
        try {
            return (ECPublicKey)
                    KeyFactory.getInstance("EC")
                            .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), P256));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no point of P-256", e);
        }
    }

    static ECPrivateKey secret(byte[] number) {
        try {
            return (ECPrivateKey)
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new ECPrivateKeySpec(new BigInteger(1, number), P256));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no key of P-256", e);
        }
    }

    /** A key as it is sent. */
    static byte[] point(ECPublicKey key) {
        byte[] point = new byte[POINT];
        point[0] = UNCOMPRESSED;
        number(key.getW().getAffineX(), point, 1);
        number(key.getW().getAffineY(), point, 1 + NUMBER);
        return point;
    }

    static byte[] number(ECPrivateKey key) {
        byte[] number = new byte[NUMBER];
        number(key.getS(), number, 0);
        return number;
    }

    private static void number(BigInteger value, byte[] into, int at) {
        byte[] bytes = value.toByteArray();
        int length = Math.min(bytes.length, NUMBER);
        System.arraycopy(bytes, bytes.length - length, into, at + NUMBER - length, length);
    }

    static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] bytes(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
