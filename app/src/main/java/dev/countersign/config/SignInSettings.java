package dev.countersign.config;

import java.time.Duration;
import java.util.List;

/**
 * How people sign in.
 *
 * @param idle after how long without any use a browser session ends
 * @param absolute after how long it ends however much it is used
 * @param credential whether everybody has to set a password or a passkey before they go on
 * @param providers the OpenID providers by which people may sign in
 */
public record SignInSettings(
        Duration idle, Duration absolute, boolean credential, List<ProviderSettings> providers) {
    private static final Duration SHORTEST = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(90);

    public static final SignInSettings USUAL =
            new SignInSettings(Duration.ofHours(12), Duration.ofDays(7), false, List.of());

    public SignInSettings {
        providers = List.copyOf(providers);
        if (providers.stream().map(ProviderSettings::id).distinct().count() < providers.size()) {
            throw new SettingsProblem("two of `providers` have the same name");
        }
        if (idle.compareTo(SHORTEST) < 0 || absolute.compareTo(LONGEST) > 0) {
            throw new SettingsProblem("`idle` and `absolute` must be between 5m and 90d");
        }
        if (absolute.compareTo(idle) < 0) {
            throw new SettingsProblem("`absolute` must not be shorter than `idle`");
        }
    }
}
