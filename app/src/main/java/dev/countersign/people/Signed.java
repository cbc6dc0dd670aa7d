package dev.countersign.people;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What we hand out and get back, known again by our own mark: nothing of it is kept, so that no
 * number of strangers fills the memory. The key lives as long as the process.
 */
public final class Signed {
    private static final int NONCE_BYTES = 16;
    private static final int MAC_BYTES = 32;
    private static final int LONGEST = 8_192;
    private static final int MOST_USED = 100_000;

    private final byte[] key = new byte[32];
    private final SecureRandom random = new SecureRandom();
    private final Clock clock;
    private final Map<String, Map<String, Instant>> used = new HashMap<>();

    public Signed(Clock clock) {
        this.clock = clock;
        random.nextBytes(key);
    }

    /**
     * Marks a text.
     *
     * @param purpose what it may be used for, and by whom
     * @param lasts how long it is good for
     * @return base64url
     */
    public String sign(String purpose, String text, Duration lasts) {
        byte[] said = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer whole = ByteBuffer.allocate(NONCE_BYTES + Long.BYTES + said.length + MAC_BYTES);
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        whole.put(nonce).putLong(clock.instant().plus(lasts).toEpochMilli()).put(said);
        byte[] body = Arrays.copyOf(whole.array(), whole.position());
        whole.put(mac(purpose, body));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array());
    }

    /** The text, or empty when it is not ours, for something else, or too old. */
    public Optional<String> read(String purpose, String signed) {
        if (signed.length() > LONGEST) {
            return Optional.empty();
        }
        byte[] whole;
        try {
            whole = Base64.getUrlDecoder().decode(signed);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int end = whole.length - MAC_BYTES;
        if (end < NONCE_BYTES + Long.BYTES) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOf(whole, end);
        if (!MessageDigest.isEqual(
                mac(purpose, body), Arrays.copyOfRange(whole, end, whole.length))) {
            return Optional.empty();
        }
        Instant expires = Instant.ofEpochMilli(ByteBuffer.wrap(body, NONCE_BYTES, 8).getLong());
        return clock.instant().isBefore(expires)
                ? Optional.of(
                        new String(
                                body,
                                NONCE_BYTES + Long.BYTES,
                                end - NONCE_BYTES - Long.BYTES,
                                StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** The same, and it is good for nothing from now on. */
    public Optional<String> readOnce(String purpose, String signed) {
        Optional<String> text = read(purpose, signed);
        return text.isPresent() && firstUse(purpose, signed) ? text : Optional.empty();
    }

    /**
     * Only what was proved to be ours is remembered, until it ends by itself; what is for one thing
     * takes no room from what is for another.
     */
    private synchronized boolean firstUse(String purpose, String signed) {
        Instant now = clock.instant();
        // The mark and not the text: one text can be written in several ways.
        byte[] whole = Base64.getUrlDecoder().decode(signed);
        String mark = HexFormat.of().formatHex(whole, whole.length - MAC_BYTES, whole.length);
        int end = purpose.indexOf(' ');
        Map<String, Instant> own =
                used.computeIfAbsent(
                        end < 0 ? purpose : purpose.substring(0, end), _ -> new HashMap<>());
        if (own.size() >= MOST_USED / 2) {
            own.values().removeIf(until -> !now.isBefore(until));
        }
        Instant until =
                Instant.ofEpochMilli(ByteBuffer.wrap(whole, NONCE_BYTES, Long.BYTES).getLong());
        return own.size() < MOST_USED && own.putIfAbsent(mark, until) == null;
    }

    private byte[] mac(String purpose, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256 (this is a bug)", e);
        }
    }
}
