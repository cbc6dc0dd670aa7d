package dev.countersign.policy;

import dev.countersign.call.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells what forced an effect from what merely took part.
 *
 * <p>To restrict, one that says so is enough. To allow, it takes the rule that lifted the question;
 * where there was none, profile and mode, which both leave it open. To these come the exceptions
 * without which another rule of their document would have changed the effect.
 */
final class Forcing {
    private static final Because OPAQUE =
            new Because(
                    "floor",
                    "opaque",
                    null,
                    Effect.ASK,
                    "what cannot be resolved is at least a question to a person");
    private static final Because CRITICAL =
            new Because(
                    "floor",
                    "critical",
                    null,
                    Effect.ASK,
                    "a critical operation never runs without a person's approval");

    private final Parties parties;
    private final Effect effect;
    private final List<Spoken> rules;
    private List<Spoken> needed = List.of();

    /** What speaks without the exceptions that are not needed. */
    private List<Spoken> left;

    private int forced;

    Forcing(Parties parties, Effect effect, List<Spoken> rules) {
        this.parties = parties;
        this.effect = effect;
        this.rules = rules;
        this.left = rules;
    }

    /**
     * Finds the exceptions that are needed, by trying without each of those that speak. One that is
     * left out may let another speak in its place, so it goes on until none can go.
     */
    void exceptions(PolicySnapshot snapshot, Instant now) {
        if (parties.floor()) {
            return;
        }
        List<Silencing> documents = new ArrayList<>();
        List<Candidate> saying = new ArrayList<>();
        List<Candidate> others = new ArrayList<>();
        for (RuleSet set : snapshot.ruleSets()) {
            List<Spoken> matching = set.matching(parties.subjected(), now);
            Silencing document = new Silencing(matching, parties.subjected());
            documents.add(document);
            for (int place : document.excepting()) {
                boolean says = document.rule(place).rule().effect() == effect;
                (says ? saying : others).add(new Candidate(document, place));
            }
        }
        // One that also says the effect is worth keeping: what it excepts needs no other then.
        boolean fewer;
        do {
            fewer = drop(others, documents);
            fewer |= drop(saying, documents);
        } while (fewer);
        needed = Stream.concat(saying.stream(), others.stream()).map(Candidate::spoken).toList();
        left = speaking(documents);
    }

    /** Leaves out those of these that are not needed, the last first; whether there were any. */
    private boolean drop(List<Candidate> kept, List<Silencing> documents) {
        return kept.reversed()
                .removeIf(one -> {
                    one.document.drop(one.place);
                    boolean needed = parties.effect(speaking(documents)) != effect;
                    if (needed) {
                        one.document.put(one.place);
                    }
                    return !needed;
                });
    }

    /** An exception that speaks, by its place among the matching rules of its document. */
    private record Candidate(Silencing document, int place) {
        Spoken spoken() {
            return document.rule(place);
        }
    }

    private static List<Spoken> speaking(List<Silencing> documents) {
        List<Spoken> speaking = new ArrayList<>();
        documents.forEach(document -> speaking.addAll(document.speaking()));
        return speaking;
    }

    /** Everything that took part, what forced the effect first. */
    List<Because> because() {
        Subjected subjected = parties.subjected();
        Operation operation = subjected.operation();
        List<Because> all = new ArrayList<>(rules.size() + parties.envelopes().size() + 5);
        forced = 0;
        if (operation.floor() != null) {
            all.add(new Because("floor", "floor", null, Effect.DENY, operation.floor()));
            forced = 1;
        }
        boolean lifting = effect == Effect.ALLOW && parties.base() == Effect.ASK;
        boolean bare = effect == Effect.ALLOW && !lifting;
        boolean said = forced > 0 || bare;
        // The needed exceptions that say the effect themselves, then one that does, then the
        // others.
        for (Spoken spoken : needed) {
            if (says(spoken, lifting)) {
                add(all, spoken);
                said = true;
            }
        }
        if (bare) {
            all.add(parties.tier());
            all.add(parties.cell());
            forced += 2;
        }
        // One that only an exception nobody needs keeps from being silenced is not enough by
        // itself: then profile, mode or another rule says so too.
        Spoken alone = said ? null : one(left, lifting);
        List<Because> others = others(bare);
        if (!said && alone == null && !lifting) {
            said = other(others, all);
        }
        if (!said && alone == null) {
            alone = one(rules, lifting);
        }
        if (alone != null) {
            add(all, alone);
        } else if (!said) {
            other(others, all);
        }
        for (Spoken spoken : needed) {
            if (!says(spoken, lifting)) {
                add(all, spoken);
            }
        }
        int first = all.size();
        for (Spoken spoken : rules) {
            if ((alone == null || !alone.equals(spoken)) && !needed.contains(spoken)) {
                all.add(spoken.because(subjected));
            }
        }
        all.addAll(others);
        if (all.size() > first + 1) {
            all.subList(first, all.size())
                    .sort((a, b) -> Boolean.compare(b.effect() == effect, a.effect() == effect));
        }
        return all;
    }

    /** The first of those that spoke and of these that says the effect. */
    private @Nullable Spoken one(List<Spoken> among, boolean lifting) {
        for (Spoken spoken : rules) {
            if (says(spoken, lifting) && among.contains(spoken)) {
                return spoken;
            }
        }
        return null;
    }

    /** Moves the first that says the effect to those that forced it, if there is one. */
    private boolean other(List<Because> others, List<Because> all) {
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i).effect() == effect) {
                all.add(others.remove(i));
                forced++;
                return true;
            }
        }
        return false;
    }

    private void add(List<Because> all, Spoken spoken) {
        all.add(spoken.because(parties.subjected()));
        forced++;
    }

    private boolean says(Spoken spoken, boolean lifting) {
        return spoken.rule().effect() == effect && (!lifting || spoken.lifts(parties.subjected()));
    }

    /** What is no rule. */
    private List<Because> others(boolean bare) {
        List<Because> others = new ArrayList<>(parties.envelopes().size() + 4);
        others.addAll(parties.envelopes());
        if (parties.subjected().operation().opaque()) {
            others.add(OPAQUE);
        }
        if (!bare) {
            others.add(parties.cell());
            others.add(parties.tier());
        }
        if (parties.critical() && parties.tier().effect() != Effect.DENY) {
            others.add(CRITICAL);
        }
        return others;
    }

    /** How many of the first of {@link #because} forced the effect. */
    int forced() {
        return forced;
    }
}
