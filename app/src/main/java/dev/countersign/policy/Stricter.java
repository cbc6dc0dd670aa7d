package dev.countersign.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two decisions on one call as one: never milder than either, nor met by fewer people. */
public final class Stricter {
    private Stricter() {}

    /**
     * The stricter of two, with what both say of people and records.
     *
     * @param added of the second one, those operations that the first does not have
     */
    public static Decision of(Decision one, Decision other, List<Judged> added) {
        Decision worse = isWorse(other, one) ? other : one;
        Explanation explanation = explanation(worse, one.explanation(), other.explanation(), added);
        String reason = worse.reason();
        return switch (worse) {
            case Decision.Allow _ -> new Decision.Allow(reason, explanation);
            case Decision.Deny _ -> new Decision.Deny(reason, explanation);
            case Decision.Ask ask ->
                    new Decision.Ask(
                            reason,
                            explanation,
                            requirements(one, other),
                            expires(one, other),
                            one instanceof Decision.Ask a && other instanceof Decision.Ask b
                                    ? a.unanswered().and(b.unanswered())
                                    : ask.unanswered());
            case Decision.Defer defer ->
                    new Decision.Defer(
                            reason,
                            explanation,
                            latest(defer.until(), until(one), until(other)),
                            requirements(one, other));
        };
    }

    private static boolean isWorse(Decision candidate, Decision than) {
        int strictness = candidate.effect().compareTo(than.effect());
        if (strictness != 0) {
            return strictness > 0;
        }
        boolean floor = isFloor(candidate);
        return floor == isFloor(than)
                ? candidate.explanation().risk().compareTo(than.explanation().risk()) > 0
                : floor;
    }

    private static boolean isFloor(Decision decision) {
        return decision.explanation().decider().kind() == Decider.Kind.FLOOR;
    }

    private static Explanation explanation(
            Decision worse, Explanation one, Explanation other, List<Judged> added) {
        List<Judged> operations = new ArrayList<>(one.operations());
        operations.addAll(added);
        Set<String> personas = new LinkedHashSet<>(one.personas());
        personas.addAll(other.personas());
        return new Explanation(
                operations,
                one.risk().max(other.risk()),
                worse.explanation().instead(),
                worse.explanation().decider(),
                worse.explanation().policyVersion(),
                List.copyOf(personas),
                one.obligations().and(other.obligations()));
    }

    /**
     * All must be met. Where only one of two that people answer names anybody, the other still
     * wants its driver or an owner.
     */
    private static List<Requirement> requirements(Decision one, Decision other) {
        Optional<List<Requirement>> first = required(one);
        Optional<List<Requirement>> second = required(other);
        Set<Requirement> all = new LinkedHashSet<>();
        first.ifPresent(all::addAll);
        second.ifPresent(all::addAll);
        boolean unnamed =
                first.filter(List::isEmpty).isPresent() || second.filter(List::isEmpty).isPresent();
        if (unnamed && !all.isEmpty()) {
            all.add(
                    new Requirement(
                            "as it is written", List.of(), new Requirement.Quorum.Any(), false));
        }
        return List.copyOf(all);
    }

    private static Optional<List<Requirement>> required(Decision decision) {
        return switch (decision) {
            case Decision.Ask ask -> Optional.of(ask.requirements());
            case Decision.Defer defer -> Optional.of(defer.requirements());
            case Decision.Allow _, Decision.Deny _ -> Optional.empty();
        };
    }

    private static Optional<Duration> expires(Decision one, Decision other) {
        Optional<Duration> first =
                one instanceof Decision.Ask ask ? ask.expires() : Optional.empty();
        Optional<Duration> second =
                other instanceof Decision.Ask ask ? ask.expires() : Optional.empty();
        return first.isEmpty() || (second.isPresent() && second.get().compareTo(first.get()) < 0)
                ? second
                : first;
    }

    private static @Nullable Instant until(Decision decision) {
        return decision instanceof Decision.Defer defer ? defer.until() : null;
    }

    private static Instant latest(Instant some, @Nullable Instant... others) {
        Instant latest = some;
        for (Instant other : others) {
            latest = other != null && other.isAfter(latest) ? other : latest;
        }
        return latest;
    }
}
