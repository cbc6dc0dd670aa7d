package dev.countersign.approval;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one person's yes reaches.
 *
 * @param scope for this call alone, or for later ones too
 * @param pattern which later ones, a line for each part of the call; empty for none but the
 *     identical
 * @param expires how long from the approval on, or null
 * @param uses how many later calls, or null for any number
 */
public record Terms(
        Grant.Scope scope, String pattern, @Nullable Duration expires, @Nullable Integer uses) {
    /** For this very call. */
    public static final Terms ONCE = new Terms(Grant.Scope.ONCE, "", null, null);

    /** The lines of the pattern. */
    List<String> patterns() {
        return pattern.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** What two people both said: the narrower scope, bounds and only the same pattern. */
    Terms and(Terms other) {
        if (scope == Grant.Scope.ONCE
                || other.scope == Grant.Scope.ONCE
                || !patterns().equals(other.patterns())) {
            return ONCE;
        }
        return new Terms(
                scope.compareTo(other.scope) < 0 ? scope : other.scope,
                pattern,
                least(expires, other.expires),
                least(uses, other.uses));
    }

    private static <T extends Comparable<T>> @Nullable T least(@Nullable T one, @Nullable T other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) < 0 ? one : other;
    }
}
