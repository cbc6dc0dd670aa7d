package dev.countersign.notify.push;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;

/** By what push services know this server (RFC 8292). */
public final class Vapid {
    private static final Duration GOOD = Duration.ofHours(12);

    private final String publicKey;
    private final ECPrivateKey key;

    /**
     * Of a channel's secret.
     *
     * @param pair the public and the private key in base64url, with a dot between them
     * @throws IllegalArgumentException when it is none
     */
    public Vapid(String pair) {
        String[] parts = pair.strip().split("\\.", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("no two keys with a dot between them");
        }
        this.publicKey = parts[0];
        ECPublicKey _ = Curve.open(Curve.bytes(parts[0]));
        this.key = Curve.secret(Curve.bytes(parts[1]));
    }

    /** A new pair. */
    public static String make(SecureRandom random) {
        KeyPair pair = Curve.pair(random);
        return Curve.text(Curve.point((ECPublicKey) pair.getPublic()))
                + "."
                + Curve.text(Curve.number((ECPrivateKey) pair.getPrivate()));
    }

    /** What browsers subscribe with. */
    public String publicKey() {
        return publicKey;
    }

    /** The header that says who sends. */
    String authorization(URI endpoint, String contact, Instant now) {
        ObjectNode claims = JsonNodeFactory.instance.objectNode();
        claims.put("aud", endpoint.getScheme() + "://" + endpoint.getRawAuthority());
        claims.put("exp", now.plus(GOOD).getEpochSecond());
        claims.put("sub", contact);
        String signed = text("{\"typ\":\"JWT\",\"alg\":\"ES256\"}") + "." + text(claims.toString());
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            String token = signed + "." + Curve.text(signature.sign());
            return "vapid t=" + token + ", k=" + publicKey;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java signs by ECDSA (this is a bug)", e);
        }
    }

    private static String text(String json) {
        return Curve.text(json.getBytes(StandardCharsets.UTF_8));
    }
}
