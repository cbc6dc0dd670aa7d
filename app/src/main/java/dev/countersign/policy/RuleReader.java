package dev.countersign.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rules. */
final class RuleReader {
    static final List<String> EFFECTS = List.of("allow", "ask", "deny", "defer");
    static final List<String> KEYS =
            List.of(
                    "allow",
                    "ask",
                    "deny",
                    "defer",
                    "match",
                    "reason",
                    "examples",
                    "approvers",
                    "require",
                    "at_least",
                    "not_requester",
                    "expires",
                    "escalate",
                    "unanswered",
                    "until",
                    "during",
                    "outside",
                    "record",
                    "notify",
                    "redact");
    private static final List<String> UNANSWERED = List.of("expire", "wait", "defer");
    private static final int MAX_RULES = 5_000;

    private final Source source;
    private final WindowReader windows;
    private final UseReader uses;
    private final @Nullable Trial trial;

    /**
     * For one text.
     *
     * @param trial how the examples of rules are tried, or null to leave them
     */
    RuleReader(Source source, WindowReader windows, UseReader uses, @Nullable Trial trial) {
        this.source = source;
        this.windows = windows;
        this.uses = uses;
        this.trial = trial;
    }

    /** What was read so far. */
    static final class Rules {
        private final List<Rule> rules = new ArrayList<>();
        private final List<Duty> duties = new ArrayList<>();

        List<Rule> rules() {
            return rules;
        }

        List<Duty> duties() {
            return duties;
        }

        boolean full() {
            return rules.size() + duties.size() > MAX_RULES;
        }

        /** Adds rules under a name of their own, at the place where it is used. */
        void addAll(Rules used, String name, Position at) {
            for (Rule rule : used.rules) {
                rules.add(rule.named(name, at));
            }
            for (Duty duty : used.duties) {
                duties.add(new Duty(duty.selector(), duty.time(), duty.obligations(), at));
            }
        }
    }

    /** Reads the list of rules. */
    void read(Tree tree, Rules into) {
        if (!(tree instanceof Tree.Items items)) {
            source.error(
                    tree,
                    "`rules` is " + tree.kind() + "; expected a list such as `- ask: git_push`");
            return;
        }
        for (Tree item : items.items()) {
            if (into.full()) {
                break;
            }
            if (item instanceof Tree.Text name && !name.absent()) {
                uses.one(name, null, into, Definition.Kind.NAMED_RULE);
            } else if (item instanceof Tree.Entries map) {
                Tree.Text name = named(map);
                if (name != null) {
                    uses.one(
                            name,
                            map.entries().getFirst().value(),
                            into,
                            Definition.Kind.NAMED_RULE);
                } else {
                    rule(map, into);
                }
            } else {
                source.error(
                        item, "a rule is " + item.kind() + "; expected such as `{ask: git_push}`");
            }
        }
        if (into.full()) {
            source.error(
                    tree,
                    "the document has more than "
                            + MAX_RULES
                            + " rules, those of templates and named rules included");
        }
    }

    /** Reads a list of a template: selectors that all have one effect. */
    void list(Tree tree, String key, Effect effect, Rules into) {
        if (!(tree instanceof Tree.Items items)) {
            source.error(
                    tree,
                    "`"
                            + key
                            + "` is "
                            + tree.kind()
                            + "; expected a list such as `[{file_read: \"./*\"}]`");
            return;
        }
        for (Tree item : items.items()) {
            new SelectorReader(source)
                    .read(item, effect != Effect.ALLOW)
                    .ifPresent(selector ->
                            into.rules.add(
                                    new Rule(
                                            null,
                                            effect,
                                            selector,
                                            source.at(item),
                                            null,
                                            Rule.People.NOBODY_NAMED,
                                            null,
                                            Unanswered.Then.EXPIRE,
                                            null,
                                            null,
                                            Obligations.NONE)));
        }
    }

    /** A map of one key that is no key of a rule names a rule with parameters. */
    private Tree.@Nullable Text named(Tree.Entries map) {
        if (map.entries().size() != 1) {
            return null;
        }
        Tree.Text key = map.entries().getFirst().key();
        boolean parameters = map.entries().getFirst().value() instanceof Tree.Entries;
        return !KEYS.contains(key.value()) && (parameters || uses.knows(key.value())) ? key : null;
    }

    private void rule(Tree.Entries map, Rules into) {
        int before = source.errors();
        source.keys(map, "rules", KEYS, Set.of());
        Keys keys = new Keys(map);
        List<String> effects = EFFECTS.stream().filter(keys::has).toList();
        boolean duty = effects.isEmpty() && keys.has("match");
        if ((!duty && effects.size() != 1) || (effects.size() == 1 && keys.has("match"))) {
            if (source.errors() == before || !effects.isEmpty()) {
                source.error(
                        map,
                        (effects.isEmpty()
                                        ? "the rule has no effect"
                                        : keys.has("match")
                                                ? "the rule has an effect and `match`"
                                                : "the rule has "
                                                        + effects.size()
                                                        + " effects, "
                                                        + Nearest.list(effects))
                                + "; expected one of `allow`, `ask`, `deny`, `defer`, or `match`"
                                + " for obligations alone");
            }
            return;
        }
        String key = duty ? "match" : effects.getFirst();
        Effect effect = duty ? Effect.ASK : Effect.of(key).orElseThrow();
        Tree selectorTree = keys.get(key);
        if (selectorTree == null) {
            return;
        }
        Optional<Selector> selector =
                new SelectorReader(source).read(selectorTree, effect != Effect.ALLOW);
        Rule.People people = new PeopleReader(source).read(keys);
        for (String asking :
                List.of(
                        "approvers",
                        "require",
                        "at_least",
                        "not_requester",
                        "expires",
                        "escalate",
                        "unanswered")) {
            Tree misplaced = keys.get(asking);
            if ((duty || effect != Effect.ASK) && misplaced != null) {
                source.error(
                        misplaced,
                        "`" + asking + "` says who answers a question; expected an `ask` rule");
            }
        }
        Duration expires =
                keys.find("expires", t -> WindowReader.duration(source, t, "expires")).orElse(null);
        Unanswered.Then unanswered = unanswered(keys);
        if (expires != null) {
            inTime(people.escalations(), expires, keys);
        }
        String reason = keys.find("reason", t -> source.line(t, "reason")).orElse(null);
        Rule.Time time = time(keys);
        Rule.Until until = null;
        Tree untilTree = keys.get("until");
        if (untilTree != null) {
            boolean putsOff =
                    effect == Effect.DEFER
                            || (effect == Effect.ASK && unanswered == Unanswered.Then.DEFER);
            if (duty || !putsOff) {
                source.error(
                        untilTree,
                        "`until` is when a deferred call is decided again; expected a `defer`"
                                + " rule, or an `ask` rule with `unanswered: defer`");
            } else {
                until = windows.until(untilTree, time).orElse(null);
            }
        }
        if (effect == Effect.DEFER && until == null && time == null && source.errors() == before) {
            source.error(
                    map,
                    "the rule does not say until when; expected `until`, `during` or `outside`");
        }
        if (unanswered == Unanswered.Then.DEFER && untilTree == null) {
            source.error(
                    map,
                    "the rule does not say until when a call waits that nobody answered; expected"
                            + " `until`");
        }
        Obligations obligations = new ObligationReader(source).read(keys);
        if (duty && obligations.isEmpty() && source.errors() == before) {
            source.error(
                    map, "`match` alone does nothing; expected `record`, `notify` or `redact`");
        }
        if (selector.isEmpty() || source.errors() > before) {
            return;
        }
        Position at = source.at(map);
        Rule rule =
                new Rule(
                        null,
                        effect,
                        selector.get(),
                        at,
                        reason,
                        people,
                        expires,
                        unanswered,
                        time,
                        until,
                        obligations);
        Tree exampleTree = keys.get("examples");
        if (exampleTree != null && trial != null) {
            new ExampleCheck(source, trial).check(exampleTree, rule);
        }
        if (duty) {
            into.duties.add(new Duty(selector.get(), time, obligations, at));
        } else {
            into.rules.add(rule);
        }
    }

    private Unanswered.Then unanswered(Keys keys) {
        Tree tree = keys.get("unanswered");
        if (tree == null) {
            return Unanswered.Then.EXPIRE;
        }
        String word = source.word(tree, "unanswered", UNANSWERED).orElse("expire");
        return switch (word) {
            case "wait" -> Unanswered.Then.WAIT;
            case "defer" -> Unanswered.Then.DEFER;
            default -> Unanswered.Then.EXPIRE;
        };
    }

    /** Nobody is asked when the question is over. */
    private void inTime(List<Escalation> escalations, Duration expires, Keys keys) {
        Tree tree = keys.get("escalate");
        for (Escalation step : escalations) {
            if (tree != null && step.after().compareTo(expires) >= 0) {
                source.error(
                        tree,
                        "the question expires before it escalates; expected an `after` shorter"
                                + " than `expires`");
                return;
            }
        }
    }

    private Rule.@Nullable Time time(Keys keys) {
        Tree during = keys.get("during");
        Tree outside = keys.get("outside");
        if (during != null && outside != null) {
            source.error(outside, "the rule has `during` and `outside`; expected one of them");
        }
        return during != null
                ? windows.ruleTime(during, false).orElse(null)
                : outside != null ? windows.ruleTime(outside, true).orElse(null) : null;
    }
}
