package dev.countersign.policy;

import dev.countersign.call.LowerCase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads who must say yes. */
final class PeopleReader {
    private static final List<String> STEP_KEYS = List.of("after", "to", "require", "at_least");
    private static final String STEP = "{after: 10m, to: [{role: owner}]}";
    private static final int MOST_STEPS = 20;

    private final Source source;

    PeopleReader(Source source) {
        this.source = source;
    }

    Rule.People read(Keys keys) {
        Tree tree = keys.get("approvers");
        List<String> approvers = tree == null ? List.of() : list(tree, "approvers");
        Requirement.Quorum quorum = quorum(keys);
        boolean notRequester =
                keys.read("not_requester", t -> source.yes(t, "not_requester").orElse(true), false);
        Tree escalate = keys.get("escalate");
        return new Rule.People(
                approvers,
                quorum,
                notRequester,
                escalate == null ? List.of() : escalations(escalate));
    }

    private Requirement.Quorum quorum(Keys keys) {
        Requirement.Quorum quorum = new Requirement.Quorum.Any();
        Tree require = keys.get("require");
        Tree atLeast = keys.get("at_least");
        if (require != null
                && source.word(require, "require", List.of("any", "all"))
                        .equals(Optional.of("all"))) {
            quorum = new Requirement.Quorum.All();
        }
        if (atLeast != null) {
            if (require != null) {
                source.error(
                        atLeast, "`require` and `at_least` stand together; expected one of them");
            }
            String text = source.text(atLeast);
            if (text.matches("[1-9][0-9]?")) {
                quorum = new Requirement.Quorum.AtLeast(Integer.parseInt(text));
            } else {
                source.error(
                        atLeast,
                        "`at_least` is " + atLeast.kind() + "; expected a number from 1 to 99");
            }
        }
        return quorum;
    }

    /** Reads one step or several, the first to come first. */
    private List<Escalation> escalations(Tree tree) {
        List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
        List<Escalation> steps = new ArrayList<>();
        if (items.isEmpty() || items.size() > MOST_STEPS) {
            source.error(
                    tree,
                    "`escalate` has "
                            + items.size()
                            + " steps; expected from 1 to "
                            + MOST_STEPS
                            + ", such as `"
                            + STEP
                            + "`");
            return steps;
        }
        for (Tree item : items) {
            Optional<Escalation> step = escalation(item);
            if (step.isPresent()
                    && !steps.isEmpty()
                    && step.get().after().compareTo(steps.getLast().after()) <= 0) {
                source.error(
                        item, "the step comes no later than the one before; expected a later one");
            }
            step.ifPresent(steps::add);
        }
        return steps;
    }

    private Optional<Escalation> escalation(Tree tree) {
        if (!(tree instanceof Tree.Entries map)) {
            source.error(
                    tree, "`escalate` is " + tree.kind() + "; expected such as `" + STEP + "`");
            return Optional.empty();
        }
        int before = source.errors();
        source.keys(map, "escalate", STEP_KEYS, Set.of());
        Keys keys = new Keys(map);
        for (String needed : List.of("after", "to")) {
            if (!keys.has(needed) && source.errors() == before) {
                source.error(
                        map, "`escalate` has no `" + needed + "`; expected such as `" + STEP + "`");
            }
        }
        Optional<Duration> after =
                keys.find("after", t -> WindowReader.duration(source, t, "after"));
        Tree to = keys.get("to");
        List<String> people = to == null ? List.of() : list(to, "to");
        Requirement.Quorum quorum = quorum(keys);
        return people.isEmpty()
                ? Optional.empty()
                : after.map(time -> new Escalation(time, people, quorum));
    }

    /** Reads a list of people, roles and teams. */
    List<String> list(Tree tree, String key) {
        List<String> people = new ArrayList<>();
        List<Tree> items = tree instanceof Tree.Items list ? list.items() : List.of(tree);
        if (items.isEmpty()) {
            source.error(tree, "`" + key + "` is empty; expected such as `[{role: maintainer}]`");
        }
        items.forEach(item -> approver(item).ifPresent(people::add));
        return people;
    }

    private Optional<String> approver(Tree tree) {
        String expected =
                "; expected an e-mail address, `{role: NAME}`, `{role: NAME, team: NAME}`"
                        + " or `{team: NAME}`";
        if (tree instanceof Tree.Text text) {
            if (text.value().matches("[^@\\s]+@[^@\\s]+")) {
                return Optional.of(LowerCase.of(text.value()));
            }
            source.error(tree, "an approver is " + tree.kind() + expected);
            return Optional.empty();
        }
        if (!(tree instanceof Tree.Entries map) || map.entries().isEmpty()) {
            source.error(tree, "an approver is " + tree.kind() + expected);
            return Optional.empty();
        }
        source.keys(map, "approvers", List.of("role", "team"), Set.of());
        Keys keys = new Keys(map);
        Optional<String> role = keys.find("role", t -> source.name(t, "role"));
        Optional<String> team = keys.find("team", t -> source.name(t, "team"));
        if (role.isPresent()) {
            return Optional.of("role:" + role.get() + team.map(t -> "@" + t).orElse(""));
        }
        return team.map(t -> "team:" + t);
    }
}
