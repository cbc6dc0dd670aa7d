package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Resource;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What personas and the needs of skills say; they only restrict, so untrusted ones count too. */
final class Envelopes {
    private Envelopes() {}

    /** The names of the personas an agent is in. */
    static List<String> names(PolicySnapshot snapshot, ToolCall call) {
        List<String> names = new ArrayList<>();
        for (Policy document : snapshot.documents()) {
            for (Persona persona : document.personas()) {
                if (persona.fits(call.subject())) {
                    names.add(persona.name());
                }
            }
        }
        return names;
    }

    /** Everything that restricts an operation; empty for nearly all. */
    static List<Because> of(PolicySnapshot snapshot, Subjected subjected) {
        List<Because> found = new ArrayList<>(0);
        for (Policy document : snapshot.documents()) {
            for (Persona persona : document.personas()) {
                if (persona.fits(subjected.call().subject())) {
                    Effect effect = persona.effect(subjected);
                    if (effect != Effect.ALLOW) {
                        found.add(
                                because(
                                        document,
                                        "persona " + persona.name(),
                                        persona.at(),
                                        effect,
                                        outside(persona, effect)));
                    }
                }
            }
        }
        if (subjected.operation().action() == Action.SKILL_USE) {
            for (Policy document : snapshot.documents()) {
                for (Skill skill : document.skills()) {
                    String conflict = conflict(snapshot, subjected, skill);
                    if (conflict != null) {
                        found.add(
                                because(
                                        document,
                                        "skill " + skill.name(),
                                        skill.at(),
                                        Effect.DENY,
                                        conflict));
                    }
                }
            }
        }
        return found;
    }

    private static String outside(Persona persona, Effect effect) {
        return "it is outside what the persona "
                + persona.name()
                + (effect == Effect.DENY ? " may do" : " may do unasked");
    }

    private static @Nullable String conflict(
            PolicySnapshot snapshot, Subjected subjected, Skill skill) {
        boolean named = false;
        for (Resource.Field field : subjected.operation().resource().fields()) {
            String value = field.value();
            named |= value == null || LowerCase.of(value).equals(LowerCase.of(skill.name()));
        }
        if (!named) {
            return null;
        }
        for (Action need : skill.needs()) {
            Because cell = snapshot.standing().cells().get(need);
            if (cell == null || cell.effect() == Effect.DENY) {
                return "the skill "
                        + skill.name()
                        + " needs "
                        + need.wire()
                        + ", and "
                        + (cell == null ? "no profile names it" : cell.text());
            }
            Because tier = snapshot.standing().tiers().get(need.risk());
            if (tier != null && tier.effect() == Effect.DENY) {
                return "the skill "
                        + skill.name()
                        + " needs "
                        + need.wire()
                        + ", and "
                        + tier.text();
            }
            for (Policy document : snapshot.documents()) {
                String never = never(document, need, subjected);
                if (never != null) {
                    return "the skill "
                            + skill.name()
                            + " needs "
                            + need.wire()
                            + ", which "
                            + never;
                }
            }
        }
        return null;
    }

    /** Who of a document never lets an action happen, whatever it is done to; or null. */
    private static @Nullable String never(Policy document, Action need, Subjected subjected) {
        for (Persona persona : document.personas()) {
            if (persona.fits(subjected.call().subject()) && !persona.permits(need)) {
                return "the persona " + persona.name() + " never does";
            }
        }
        for (Rule rule : document.rules()) {
            if (rule.effect() == Effect.DENY
                    && rule.time() == null
                    && always(rule.selector(), need, subjected)
                    && document.rules().stream().noneMatch(other -> excepts(other, rule, need))) {
                return rule.at() + " denies";
            }
        }
        return null;
    }

    /** Whether a restrictive selector leaves no way to do an action. */
    private static boolean always(Selector selector, Action need, Subjected subjected) {
        for (Condition condition : selector.conditions()) {
            boolean caught =
                    switch (condition) {
                        case Condition.Actions(var actions) ->
                                actions.stream().anyMatch(action -> action.covers(need));
                        case Condition.InDomain(var domains) -> domains.contains(need.domain());
                        case Condition.Risk(var tiers) -> tiers.contains(need.risk());
                        case Condition.Who who -> who.touches(subjected);
                        case Condition.Command _,
                                Condition.Paths _,
                                Condition.Hosts _,
                                Condition.Field _,
                                Condition.Outside _,
                                Condition.Tool _,
                                Condition.Tag _ ->
                                false;
                    };
            if (!caught) {
                return false;
            }
        }
        return true;
    }

    /** Whether a rule lets some of an action happen that another one denies. */
    private static boolean excepts(Rule other, Rule rule, Action need) {
        return other.effect() != Effect.DENY
                && other.selector().narrows(rule.selector(), other.time() != null)
                && other.selector().conditions().stream()
                        .allMatch(condition ->
                                !(condition instanceof Condition.Actions(var actions))
                                        || actions.contains(need));
    }

    private static Because because(
            Policy document, String rule, Position at, Effect effect, String text) {
        return new Because(document.title(), rule, at.toString(), effect, text);
    }
}
