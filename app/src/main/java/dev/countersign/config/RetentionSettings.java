package dev.countersign.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What becomes of old records, once a day.
 *
 * @param keep how long they stay in the ledger
 * @param archive the folder older ones are written to
 * @param prune whether those that were written there are then taken out
 */
public record RetentionSettings(Duration keep, Path archive, boolean prune) {
    private static final Duration SHORTEST = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public RetentionSettings {
        if (keep.compareTo(SHORTEST) < 0 || keep.compareTo(LONGEST) > 0) {
            throw new SettingsProblem("`keep` must be between 1d and 36500d, not `" + keep + "`");
        }
    }
}
