package dev.countersign.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as Standard Webhooks says, so that receivers know who sent them and when. */
public final class WebhookSignature {
    private static final String PREFIX = "whsec_";

    private WebhookSignature() {}

    /** A new secret to sign with. */
    public static String secret(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The value of the header {@code webhook-signature}.
     *
     * @param secret with its prefix
     * @param id of the message, the same for each try
     * @param seconds when this try is
     */
    static String of(String secret, String id, long seconds, byte[] body) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256 (this is a bug)", e);
        }
    }
}
