package dev.countersign.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rule that decides nothing: what it matches brings obligations.
 *
 * @param selector about what; what only may be meant counts
 * @param time when, or null for always
 * @param obligations what must be done
 * @param at where it stands
 */
record Duty(Selector selector, Rule.@Nullable Time time, Obligations obligations, Position at) {

    boolean speaks(Subjected operation, Instant now) {
        return (time == null || time.speaks(now)) && selector.touches(operation);
    }

    /** As a restrictive rule, for what only asks what it matches. */
    Rule asRule() {
        return new Rule(
                null,
                Effect.ASK,
                selector,
                at,
                null,
                Rule.People.NOBODY_NAMED,
                null,
                Unanswered.Then.EXPIRE,
                time,
                null,
                obligations);
    }
}
