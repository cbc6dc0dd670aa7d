package dev.countersign.policy;

import dev.countersign.analysis.Analysis;
import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.ToolCall;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides a call: one pure function over documents, operations and the time. The order of decision
 * is written down in {@code docs/policy.md}.
 */
public final class Evaluator {
    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm VV", Locale.ROOT);

    private Evaluator() {}

    /** Never throws: what cannot be judged is denied, and said to be our failure. */
    public static Decision evaluate(
            PolicySnapshot snapshot, ToolCall call, Analysis analysis, Instant now) {
        try {
            return decide(snapshot.applyingTo(call), call, analysis, now);
        } catch (RuntimeException | StackOverflowError e) {
            return failure(snapshot, analysis);
        }
    }

    private static Decision failure(PolicySnapshot snapshot, Analysis analysis) {
        String text = "Countersign could not judge this call (this is a bug)";
        Because because = new Because("failure", "not judged", null, Effect.DENY, text);
        return new Decision.Deny(
                text,
                new Explanation(
                        analysis.operations().stream()
                                .map(op -> new Judged(op, Effect.DENY, List.of(because)))
                                .toList(),
                        analysis.risk(),
                        "",
                        new Decider(Decider.Kind.FAILURE, null),
                        snapshot.version(),
                        List.of(),
                        Obligations.NONE));
    }

    private static Decision decide(
            PolicySnapshot snapshot, ToolCall call, Analysis analysis, Instant now) {
        List<Verdict> verdicts = new ArrayList<>(analysis.operations().size());
        Verdict worst = null;
        RiskTier risk = RiskTier.NONE;
        Obligations obligations = Obligations.NONE;
        Matches matches = new Matches();
        for (Operation operation : analysis.operations()) {
            Verdict verdict = judge(snapshot, subjected(snapshot, call, operation, matches), now);
            verdicts.add(verdict);
            risk = risk.max(verdict.subjected.risk());
            obligations = obligations.and(verdict.obligations);
            if (worst == null || verdict.worseThan(worst)) {
                worst = verdict;
            }
        }
        if (worst == null) {
            throw new IllegalStateException("a call with no operation (this is a bug)");
        }
        Explanation explanation =
                new Explanation(
                        judged(verdicts),
                        risk,
                        worst.instead(now),
                        worst.decider(),
                        snapshot.version(),
                        Envelopes.names(snapshot, call),
                        obligations);
        String reason = reason(worst);
        return switch (worst.effect) {
            case ALLOW -> new Decision.Allow(reason, explanation);
            case ASK -> {
                Set<Requirement> requirements = new LinkedHashSet<>();
                Duration expires = null;
                Unanswered unanswered = null;
                for (Verdict verdict : verdicts) {
                    if (verdict.effect == Effect.ASK) {
                        requirements.addAll(verdict.requirements);
                        unanswered =
                                unanswered == null
                                        ? verdict.unanswered()
                                        : unanswered.and(verdict.unanswered());
                        for (Spoken spoken : verdict.rules) {
                            Duration stands = spoken.rule().expires();
                            if (spoken.rule().effect() == Effect.ASK
                                    && stands != null
                                    && (expires == null || stands.compareTo(expires) < 0)) {
                                expires = stands;
                            }
                        }
                    }
                }
                yield new Decision.Ask(
                        reason,
                        explanation,
                        List.copyOf(requirements),
                        Optional.ofNullable(expires),
                        unanswered == null ? Unanswered.EXPIRES : unanswered);
            }
            case DEFER -> {
                Instant until = null;
                Set<Requirement> requirements = new LinkedHashSet<>();
                for (Verdict verdict : verdicts) {
                    requirements.addAll(verdict.requirements);
                    for (Spoken spoken : verdict.rules) {
                        if (spoken.rule().effect() == Effect.DEFER) {
                            Instant again = spoken.rule().again(now);
                            until = until == null || again.isAfter(until) ? again : until;
                        }
                    }
                }
                if (until == null) {
                    throw new IllegalStateException("deferred by no rule (this is a bug)");
                }
                yield new Decision.Defer(reason, explanation, until, List.copyOf(requirements));
            }
            case DENY -> new Decision.Deny(reason, explanation);
        };
    }

    /** The operation with the tags the trusted documents add. */
    static Subjected subjected(
            PolicySnapshot snapshot, ToolCall call, Operation operation, Matches matches) {
        Subjected tagged = Subjected.of(operation, call, matches);
        for (Policy document : snapshot.documents()) {
            if (document.trusted()) {
                tagged = tagged.with(document.tags());
            }
        }
        return tagged;
    }

    private static Verdict judge(PolicySnapshot snapshot, Subjected subjected, Instant now) {
        Operation operation = subjected.operation();
        Because cell = snapshot.standing().cells().get(operation.cell());
        Because tier = snapshot.standing().tiers().get(subjected.risk());
        if (cell == null || tier == null) {
            throw new IllegalStateException("a cell is missing (this is a bug)");
        }
        List<Spoken> rules = new ArrayList<>(2);
        boolean silent = false;
        for (RuleSet document : snapshot.ruleSets()) {
            silent |= document.speaking(subjected, now, rules);
            for (Operation perhaps : operation.perhaps()) {
                document.restricting(subjected.besides(perhaps), now, rules);
            }
        }
        List<Because> envelopes = Envelopes.of(snapshot, subjected);
        Parties parties = new Parties(subjected, cell, tier, envelopes);
        Effect effect = parties.effect(rules);
        Forcing forcing = new Forcing(parties, effect, rules);
        if (silent) {
            forcing.exceptions(snapshot, now);
        }
        List<Because> because = forcing.because();
        return new Verdict(
                subjected,
                effect,
                because,
                forcing.forced(),
                rules,
                effect == Effect.ASK || effect == Effect.DEFER
                        ? Requirements.of(snapshot, subjected, rules)
                        : List.of(),
                obligations(snapshot, subjected, rules, now));
    }

    private static Obligations obligations(
            PolicySnapshot snapshot, Subjected subjected, List<Spoken> rules, Instant now) {
        Obligations all = Obligations.NONE;
        for (Spoken spoken : rules) {
            all = all.and(spoken.rule().obligations());
        }
        for (Policy document : snapshot.documents()) {
            for (Duty duty : document.duties()) {
                if (duty.speaks(subjected, now)) {
                    all = all.and(duty.obligations());
                }
            }
        }
        return all;
    }

    private static List<Judged> judged(List<Verdict> verdicts) {
        Judged[] judged = new Judged[verdicts.size()];
        for (int i = 0; i < judged.length; i++) {
            judged[i] = verdicts.get(i).judged();
        }
        return List.of(judged);
    }

    private static String reason(Verdict worst) {
        String summary = worst.subjected.operation().summary();
        Because because = worst.because.getFirst();
        return summary.isEmpty() ? because.text() : summary + "; " + because.text();
    }

    /** What came out for one operation. */
    private record Verdict(
            Subjected subjected,
            Effect effect,
            List<Because> because,
            int forced,
            List<Spoken> rules,
            List<Requirement> requirements,
            Obligations obligations) {

        /** What would be allowed instead, or when this is; empty when it is allowed. */
        String instead(Instant now) {
            if (effect == Effect.ALLOW) {
                return "";
            }
            String other = Instead.of(subjected);
            String later = effect == Effect.DENY ? later(now) : "";
            return later.isEmpty() || other.isEmpty() ? later + other : later + ", or " + other;
        }

        /** When what forced this stops speaking, if all of it does by itself. */
        private String later(Instant now) {
            Instant end = null;
            ZoneId zone = null;
            for (Because one : because.subList(0, forced)) {
                Rule.Time time = null;
                for (Spoken spoken : rules) {
                    time = spoken.said(one) ? spoken.rule().time() : time;
                }
                Optional<Instant> change = time == null ? Optional.empty() : time.changes(now);
                if (time == null || change.isEmpty()) {
                    return "";
                }
                if (end == null || change.get().isAfter(end)) {
                    end = change.get();
                    zone = time.window().zone();
                }
            }
            return end == null || zone == null
                    ? ""
                    : "try again from " + WHEN.format(end.atZone(zone)) + " on";
        }

        /**
         * What becomes of its question: the strictest word of the rules that ask. One that says
         * nothing, and one of a document that nobody accepted, lets it expire; so does a question
         * that no rule asks.
         */
        Unanswered unanswered() {
            Unanswered strictest = null;
            for (Spoken spoken : rules) {
                if (spoken.rule().effect() == Effect.ASK) {
                    Unanswered word =
                            spoken.document().policy().trusted()
                                    ? spoken.rule().whenUnanswered()
                                    : Unanswered.EXPIRES;
                    strictest = strictest == null ? word : strictest.and(word);
                }
            }
            return strictest == null ? Unanswered.EXPIRES : strictest;
        }

        boolean worseThan(Verdict other) {
            int strictness = effect.compareTo(other.effect);
            if (strictness != 0) {
                return strictness > 0;
            }
            boolean floor = subjected.operation().floor() != null;
            boolean otherFloor = other.subjected.operation().floor() != null;
            if (floor != otherFloor) {
                return floor;
            }
            return subjected.risk().compareTo(other.subjected.risk()) > 0;
        }

        Judged judged() {
            Operation op = subjected.operation();
            Operation seen =
                    subjected.risk() == op.risk() && subjected.tags().equals(op.tags())
                            ? op
                            : new Operation(
                                    op.action(),
                                    op.resource(),
                                    subjected.risk(),
                                    subjected.tags(),
                                    op.opaque(),
                                    op.cell(),
                                    op.origin(),
                                    op.command(),
                                    op.floor(),
                                    op.summary(),
                                    op.source(),
                                    op.handed(),
                                    op.perhaps());
            return new Judged(seen, effect, because, forced);
        }

        Decider decider() {
            if (subjected.operation().floor() != null) {
                return new Decider(Decider.Kind.FLOOR, null);
            }
            Because first = because.getFirst();
            for (Spoken spoken : rules) {
                if (spoken.said(first)) {
                    return new Decider(Decider.Kind.RULE, spoken.place());
                }
            }
            @Nullable String id =
                    first.document().equals("floor")
                            ? first.rule()
                            : first.document() + "/" + first.rule();
            return new Decider(Decider.Kind.DEFAULT_POLICY, id);
        }
    }
}
