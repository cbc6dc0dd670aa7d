package dev.countersign.people;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins of programs by a code that a person confirms in a page where they are signed in already
 * (RFC 8628). Kept in memory: a restart ends them, which costs one more {@code countersign login}.
 */
public final class DeviceLogins {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final int MOST_AT_ONCE = 100;

    /**
     * A sign-in that waits.
     *
     * @param deviceCode the program's secret
     * @param userCode what the person compares
     * @param name what the program calls itself
     * @param agent the agent a device asks for, or null where a person signs in
     * @param expires when it ends
     * @param person who confirmed it, or null so far
     * @param denied whether the person refused it
     */
    public record Pending(
            String deviceCode,
            String userCode,
            String name,
            @Nullable String agent,
            Instant expires,
            @Nullable String person,
            boolean denied) {}

    private final Secrets secrets = new Secrets();
    private final Clock clock;
    private final Map<String, Pending> byUserCode = new LinkedHashMap<>();

    public DeviceLogins(Clock clock) {
        this.clock = clock;
    }

    /** Empty when too many wait already. */
    public Optional<Pending> start(String name) {
        return start(name, null);
    }

    /**
     * The same.
     *
     * @param agent the agent that a device is to ask for, or null where a person signs in
     */
    public synchronized Optional<Pending> start(String name, @Nullable String agent) {
        dropExpired();
        if (byUserCode.size() >= MOST_AT_ONCE) {
            return Optional.empty();
        }
        Pending pending =
                new Pending(
                        secrets.secret("csd_"),
                        secrets.userCode(),
                        name,
                        agent,
                        clock.instant().plus(LIFETIME),
                        null,
                        false);
        byUserCode.put(pending.userCode(), pending);
        return Optional.of(pending);
    }

    /** What a person is about to confirm; capitals, blanks and the hyphen do not matter. */
    public synchronized Optional<Pending> find(String userCode) {
        dropExpired();
        String letters = userCode.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        return byUserCode.values().stream()
                .filter(p -> p.userCode().replace("-", "").equals(letters))
                .findFirst();
    }

    /** The person's answer; false when the code is unknown or was answered before. */
    public synchronized boolean answer(String userCode, String person, boolean confirm) {
        Optional<Pending> found = find(userCode);
        if (found.isEmpty() || found.get().person() != null || found.get().denied()) {
            return false;
        }
        Pending p = found.get();
        byUserCode.put(
                p.userCode(),
                new Pending(
                        p.deviceCode(),
                        p.userCode(),
                        p.name(),
                        p.agent(),
                        p.expires(),
                        confirm ? person : null,
                        !confirm));
        return true;
    }

    /** What became of it, by the program's secret; an answered one is handed out once. */
    public synchronized Optional<Pending> poll(String deviceCode) {
        dropExpired();
        Optional<Pending> found =
                byUserCode.values().stream()
                        .filter(p -> Secrets.same(p.deviceCode(), deviceCode))
                        .findFirst();
        found.filter(p -> p.person() != null || p.denied())
                .ifPresent(p -> byUserCode.remove(p.userCode()));
        return found;
    }

    private void dropExpired() {
        Instant now = clock.instant();
        for (Iterator<Pending> each = byUserCode.values().iterator(); each.hasNext(); ) {
            if (!now.isBefore(each.next().expires())) {
                each.remove();
            }
        }
    }
}
