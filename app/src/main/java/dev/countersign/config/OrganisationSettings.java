package dev.countersign.config;

import java.time.Duration;

/**
 * What the server expects of agents and tokens.
 *
 * @param registeredOnly whether an agent that nobody added may not ask
 * @param tokenExpiry how long a token lasts when nobody says
 * @param tokenExpiryMost how long it lasts at most
 */
public record OrganisationSettings(
        boolean registeredOnly, Duration tokenExpiry, Duration tokenExpiryMost) {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);

    /** A year. */
    public static final Duration TOKEN_EXPIRY = Duration.ofDays(365);

    /** Everything at its default. */
    public static final OrganisationSettings STANDARD =
            new OrganisationSettings(false, TOKEN_EXPIRY, TOKEN_EXPIRY);

    public OrganisationSettings {
        if (tokenExpiryMost.compareTo(SHORTEST) < 0 || tokenExpiryMost.compareTo(LONGEST) > 0) {
            throw new SettingsProblem(
                    "`token_expiry_most` must be between 1m and 3650d, not `"
                            + tokenExpiryMost
                            + "`");
        }
        if (tokenExpiry.compareTo(SHORTEST) < 0 || tokenExpiry.compareTo(tokenExpiryMost) > 0) {
            throw new SettingsProblem(
                    "`token_expiry` must be between 1m and `token_expiry_most`, not `"
                            + tokenExpiry
                            + "`");
        }
    }
}
