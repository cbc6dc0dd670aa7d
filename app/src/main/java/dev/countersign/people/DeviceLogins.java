package dev.countersign.people;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins of programs by a code that a person confirms in a page where they are signed in already
 * (RFC 8628). Kept in memory: a restart ends them, which costs one more {@code countersign login}.
 */
public final class DeviceLogins {
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    /** From one address: who begins them on purpose takes no room from others. */
    private static final int MOST_OF_ADDRESS = 30;

    private static final int MOST_AT_ONCE = 10_000;

    /**
     * What a program asks for.
     *
     * @param name what it calls itself
     * @param agent the agent a device asks for, or null where a person signs in
     * @param scopes what its token is to be for
     * @param from its network address, as far as it is counted
     * @param address the same as people read it
     * @param here whether it is on the server's own machine
     */
    public record Asked(
            String name,
            @Nullable String agent,
            Set<TokenScope> scopes,
            String from,
            String address,
            boolean here) {
        public Asked {
            scopes = Set.copyOf(scopes);
        }
    }

    /**
     * A sign-in that waits.
     *
     * @param deviceCode the program's secret
     * @param userCode what the person compares
     * @param begun when the program asked
     * @param expires when it ends
     * @param person who confirmed it, or null so far
     * @param origin what that goes back to, or null so far
     * @param denied whether the person refused it
     */
    public record Pending(
            Asked asked,
            String deviceCode,
            String userCode,
            Instant begun,
            Instant expires,
            @Nullable String person,
            @Nullable String origin,
            boolean denied) {}

    /** Not now: too many were begun. */
    public static final class Later extends Exception {
        private static final long serialVersionUID = 1L;
        private final Duration pause;

        Later(Duration pause) {
            super("too many sign-ins were begun", null, false, false);
            this.pause = pause;
        }

        /** How long to wait. */
        public Duration pause() {
            return pause;
        }
    }

    private final Secrets secrets = new Secrets();
    private final Clock clock;
    private final Pace pace;

    /** By the letters of the code; the first to begin is the first to end. */
    private final Map<String, Pending> byUserCode = new LinkedHashMap<>();

    /** The letters of the code, by the hash of the program's secret. */
    private final Map<String, String> byDevice = new LinkedHashMap<>();

    public DeviceLogins(Clock clock) {
        this.clock = clock;
        pace = new Pace(MOST_OF_ADDRESS, LIFETIME.dividedBy(MOST_OF_ADDRESS), clock);
    }

    /** Begins one. */
    public synchronized Pending start(Asked asked) throws Later {
        dropExpired();
        Duration wait = pace.enter(asked.from());
        if (!wait.isZero()) {
            throw new Later(wait);
        }
        if (byUserCode.size() >= MOST_AT_ONCE) {
            throw new Later(LIFETIME);
        }
        Instant now = clock.instant();
        Pending pending =
                new Pending(
                        asked,
                        secrets.secret("csd_"),
                        secrets.userCode(),
                        now,
                        now.plus(LIFETIME),
                        null,
                        null,
                        false);
        byUserCode.put(letters(pending.userCode()), pending);
        byDevice.put(Secrets.hash(pending.deviceCode()), letters(pending.userCode()));
        return pending;
    }

    private static String letters(String userCode) {
        return userCode.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
    }

    /** What a person is about to confirm; capitals, blanks and the hyphen do not matter. */
    public synchronized Optional<Pending> find(String userCode) {
        dropExpired();
        return Optional.ofNullable(byUserCode.get(letters(userCode)));
    }

    /**
     * The person's answer; false when the code is unknown or was answered before.
     *
     * @param origin what their sign-in goes back to
     */
    public synchronized boolean answer(
            String userCode, String person, String origin, boolean confirm) {
        Optional<Pending> found = find(userCode);
        if (found.isEmpty() || found.get().person() != null || found.get().denied()) {
            return false;
        }
        Pending p = found.get();
        byUserCode.put(
                letters(p.userCode()),
                new Pending(
                        p.asked(),
                        p.deviceCode(),
                        p.userCode(),
                        p.begun(),
                        p.expires(),
                        confirm ? person : null,
                        confirm ? origin : null,
                        !confirm));
        return true;
    }

    /** What became of it, by the program's secret; an answered one is handed out once. */
    public synchronized Optional<Pending> poll(String deviceCode) {
        dropExpired();
        Optional<Pending> found =
                Optional.ofNullable(byDevice.get(Secrets.hash(deviceCode))).map(byUserCode::get);
        found.filter(p -> p.person() != null || p.denied()).ifPresent(this::forget);
        return found;
    }

    /** Ends those a person confirmed and no program has fetched yet. */
    public synchronized void forget(String person) {
        byUserCode.values().stream()
                .filter(each -> person.equals(each.person()))
                .toList()
                .forEach(this::forget);
    }

    private void forget(Pending pending) {
        byUserCode.remove(letters(pending.userCode()));
        byDevice.remove(Secrets.hash(pending.deviceCode()));
    }

    private void dropExpired() {
        Instant now = clock.instant();
        for (Iterator<Pending> each = byUserCode.values().iterator(); each.hasNext(); ) {
            Pending first = each.next();
            if (now.isBefore(first.expires())) {
                return;
            }
            each.remove();
            byDevice.remove(Secrets.hash(first.deviceCode()));
        }
    }
}
