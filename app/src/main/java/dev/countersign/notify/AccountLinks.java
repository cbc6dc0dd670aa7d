package dev.countersign.notify;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Links by which somebody who is signed in here says that an account in a chat is theirs. Each is
 * given to that account alone, is good once and for a quarter of an hour, and ends with the
 * process.
 */
public final class AccountLinks {
    private static final Duration GOOD = Duration.ofMinutes(15);
    private static final int MOST = 10_000;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();

    public AccountLinks(Clock clock) {
        this.clock = clock;
    }

    /**
     * An account that wants to be somebody's.
     *
     * @param channel by which it answers
     * @param account as the chat knows it
     * @param label as people there know it
     * @param seal by which it is known that what comes by the channel is the chat's
     */
    public record Wanted(
            String channel, String account, String label, String seal, Instant expires) {}

    /** The code of a link for an account. */
    public String make(String channel, String account, String label, String seal) {
        Instant now = clock.instant();
        wanted.values().removeIf(each -> !now.isBefore(each.expires()));
        if (wanted.size() >= MOST) {
            wanted.clear();
        }
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String code = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        wanted.put(code, new Wanted(channel, account, label, seal, now.plus(GOOD)));
        return code;
    }

    public Optional<Wanted> find(String code) {
        return Optional.ofNullable(wanted.get(code))
                .filter(each -> clock.instant().isBefore(each.expires()));
    }

    /** Uses one up. */
    public Optional<Wanted> take(String code) {
        return Optional.ofNullable(wanted.remove(code))
                .filter(each -> clock.instant().isBefore(each.expires()));
    }
}
