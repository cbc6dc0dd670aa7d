package dev.countersign.notify;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Links in messages: each for one person and one question as it is then, good for one answer. Only
 * their hashes are kept. To open one changes nothing: mail gateways open them all.
 */
public final class AnswerLinks {
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Store store;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public AnswerLinks(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What a link is for.
     *
     * @param channel of the settings file that may let it answer; empty where it only leads to the
     *     question
     * @param digest of the call that was asked about
     * @param used whether it was answered by
     */
    public record Link(
            String hash,
            String channel,
            String approval,
            String digest,
            String email,
            Instant expires,
            boolean used) {}

    /** Keeps links. */
    public interface Store {
        void put(Link link) throws NotRecorded;

        Optional<Link> kept(String hash);

        /** Compare and set: false where it is used already. */
        boolean use(String hash, Instant now) throws NotRecorded;

        /** Lets a link be used whose answer did not count. */
        void restore(String hash) throws NotRecorded;
    }

    /** The secret part of a new link, of a channel or of none. */
    public String make(ApprovalRequest request, String email, String channel) throws NotRecorded {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant most = clock.instant().plus(LONGEST);
        store.put(
                new Link(
                        hash(token),
                        channel,
                        request.id(),
                        digest(request),
                        email,
                        request.expires().isBefore(most) ? request.expires() : most,
                        false));
        return token;
    }

    /** What is asked about as it stands. */
    private static String digest(ApprovalRequest request) {
        return request.edit() == null ? request.digest() : request.edit().digest();
    }

    /** A link that is neither used nor too old. */
    public Optional<Link> find(String token) {
        return store.kept(hash(token))
                .filter(link -> !link.used() && clock.instant().isBefore(link.expires()));
    }

    /** Whether a link is for the question as it stands now. */
    public static boolean fits(Link link, ApprovalRequest request) {
        return link.approval().equals(request.id()) && link.digest().equals(digest(request));
    }

    /** Uses one up; false where somebody was first. */
    public boolean use(Link link) throws NotRecorded {
        return store.use(link.hash(), clock.instant());
    }

    /** Lets a link be used whose answer did not count. */
    public void restore(Link link) throws NotRecorded {
        store.restore(link.hash());
    }

    private static String hash(String token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }
}
