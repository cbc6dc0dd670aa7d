package dev.countersign.api;

import dev.countersign.approval.Grant;
import dev.countersign.approval.Terms;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a yes is to reach, read from what people send. */
public final class WantedTerms {
    private static final int LONGEST_PATTERN = 4_000;
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final long MOST_USES = 1_000_000;

    private WantedTerms() {}

    /** From the members {@code scope}, {@code pattern}, {@code expires} and {@code uses}. */
    static Terms of(Fields fields) {
        Optional<Duration> expires = fields.duration("expires", LONGEST);
        return checked(
                fields.text("scope", 32).orElse("once"),
                fields.text("pattern", LONGEST_PATTERN).orElse(""),
                expires.orElse(null),
                fields.count("uses", MOST_USES).map(Long::intValue).orElse(null));
    }

    /**
     * From the texts of a form; an empty one was not given.
     *
     * @throws Problem when one of them is no such thing
     */
    public static Terms of(String scope, String pattern, String expires, String uses) {
        if (pattern.length() > LONGEST_PATTERN) {
            throw Problem.badRequest("`pattern` is longer than " + LONGEST_PATTERN + " characters");
        }
        return checked(
                scope.isBlank() ? "once" : scope,
                pattern,
                expires.isBlank() ? null : Fields.duration("expires", expires.strip(), LONGEST),
                uses.isBlank() ? null : count(uses.strip()));
    }

    private static int count(String uses) {
        try {
            return (int) Math.min(Long.parseLong(uses), MOST_USES);
        } catch (NumberFormatException e) {
            throw Problem.badRequest("`uses` is `" + Fields.shown(uses) + "`; expected a number");
        }
    }

    private static Terms checked(
            String scope, String pattern, @Nullable Duration expires, @Nullable Integer uses) {
        Grant.Scope wanted =
                Grant.Scope.of(scope)
                        .orElseThrow(() ->
                                Problem.badRequest(
                                        "`scope` is `"
                                                + Fields.shown(scope)
                                                + "`; expected once, task or project"));
        if (expires != null && expires.isZero()) {
            throw Problem.badRequest("`expires` must be longer than 0s");
        }
        if (uses != null && uses < 1) {
            throw Problem.badRequest("`uses` must be at least 1");
        }
        return new Terms(wanted, pattern.strip(), expires, uses);
    }
}
