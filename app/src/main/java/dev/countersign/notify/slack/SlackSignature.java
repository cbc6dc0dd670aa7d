package dev.countersign.notify.slack;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Whether a request comes from Slack, came just now, and came only once. */
public final class SlackSignature {
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int MOST_SEEN = 10_000;

    private final String secret;
    private final Clock clock;
    private final Map<String, Instant> seen = new ConcurrentHashMap<>();

    public SlackSignature(String secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /**
     * Stands for the secret without telling it: who was linked under another secret is nobody now.
     * It is no signature of a request, which is of these minutes.
     */
    public String seal() {
        return of(secret, "0", new byte[0]);
    }

    /** What a request is to us. */
    public enum Verdict {
        FRESH,
        /** It is genuine and was here before. */
        AGAIN,
        FORGED
    }

    /**
     * Judges a request.
     *
     * @param timestamp of its header, or empty
     * @param signature of its header, or empty
     * @param body as it came, before anything was read of it
     */
    public Verdict judge(String timestamp, String signature, byte[] body) {
        Instant now = clock.instant();
        if (!timestamp.matches("\\d{1,12}")) {
            return Verdict.FORGED;
        }
        Duration age =
                Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
        boolean same =
                MessageDigest.isEqual(
                        of(secret, timestamp, body).getBytes(StandardCharsets.UTF_8),
                        signature.getBytes(StandardCharsets.UTF_8));
        if (!same || age.compareTo(WINDOW) > 0) {
            return Verdict.FORGED;
        }
        if (seen.size() > MOST_SEEN) {
            seen.values().removeIf(at -> Duration.between(at, now).abs().compareTo(WINDOW) > 0);
        }
        return seen.putIfAbsent(timestamp + signature, now) == null ? Verdict.FRESH : Verdict.AGAIN;
    }

    /** What Slack sends as {@code X-Slack-Signature}. */
    static String of(String secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(("v0:" + timestamp + ":").getBytes(StandardCharsets.UTF_8));
            return "v0=" + java.util.HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256 (this is a bug)", e);
        }
    }
}
