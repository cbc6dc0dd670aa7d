package dev.countersign.policy;

import dev.countersign.call.LowerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads who must say yes. */
final class PeopleReader {
    private final Source source;

    PeopleReader(Source source) {
        this.source = source;
    }

    Rule.People read(Keys keys) {
        Tree tree = keys.get("approvers");
        List<String> approvers = tree == null ? List.of() : list(tree, "approvers");
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
        boolean notRequester =
                keys.read("not_requester", t -> source.yes(t, "not_requester").orElse(true), false);
        return new Rule.People(approvers, quorum, notRequester);
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
