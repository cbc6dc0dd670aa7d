package dev.countersign.notify.push;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A browser whose person wants to be told there.
 *
 * @param id the same for the same browser, whoever is signed in there
 * @param email of the person
 * @param endpoint where its push service takes messages for it
 * @param key of the browser
 * @param auth what it shares with us besides
 * @param label what it is called
 * @param at since when
 */
public record Subscription(
        String id,
        String email,
        String endpoint,
        String key,
        String auth,
        String label,
        Instant at) {
    private static final int LONGEST = 2_000;
    private static final int AUTH = 16;

    /**
     * What a browser says of itself.
     *
     * @throws IllegalArgumentException when that is no subscription
     */
    public static Subscription of(
            String email, String endpoint, String key, String auth, String label, Instant now) {
        try {
            URI url = new URI(endpoint);
            boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (!web
                    || endpoint.length() > LONGEST
                    || url.getHost() == null
                    || url.getRawUserInfo() != null
                    || url.getRawFragment() != null) {
                throw new IllegalArgumentException("no address of a push service");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no address of a push service", e);
        }
        var _ = Curve.open(Curve.bytes(key));
        if (Curve.bytes(auth).length != AUTH) {
            throw new IllegalArgumentException("no secret of a browser");
        }
        return new Subscription(id(endpoint), email, endpoint, key, auth, label, now);
    }

    private static String id(String endpoint) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(endpoint.getBytes(StandardCharsets.UTF_8));
            return "browser_" + HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }

    /** The host of the push service. */
    public String service() {
        return String.valueOf(URI.create(endpoint).getHost());
    }

    /** Whoever knows the address and the keys could write to the browser. */
    @Override
    public String toString() {
        return id + " of " + email;
    }
}
