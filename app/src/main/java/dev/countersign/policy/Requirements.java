package dev.countersign.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gathers who must say yes to an operation that asks; requirements add up, none is dropped. */
final class Requirements {
    private Requirements() {}

    static List<Requirement> of(PolicySnapshot snapshot, Subjected operation, List<Spoken> rules) {
        if (snapshot.standing().fourEyes() == null
                && !snapshot.namesApprovers()
                && !demanded(rules)) {
            return List.of();
        }
        Set<Requirement> found = new LinkedHashSet<>();
        boolean named = false;
        Level nearestNaming = Level.CALLER;
        for (Spoken spoken : rules) {
            Rule rule = spoken.rule();
            Policy document = spoken.document().policy();
            if (rule.effect() != Effect.ASK || !rule.people().demands() || !document.trusted()) {
                continue;
            }
            found.add(requirement(document, rule.at(), rule.people()));
            if (!rule.people().approvers().isEmpty()) {
                named = true;
                if (document.level().compareTo(nearestNaming) < 0) {
                    nearestNaming = document.level();
                }
            }
        }
        List<Policy> nearestFirst = new ArrayList<>(snapshot.documents());
        nearestFirst.sort((a, b) -> b.level().compareTo(a.level()));
        Level chosen = null;
        for (Policy document : nearestFirst) {
            if (!document.trusted()) {
                continue;
            }
            for (ApprovalPolicy approval : document.approvals()) {
                if (!approval.matches(operation)) {
                    continue;
                }
                boolean counts;
                if (named) {
                    counts = document.level().compareTo(nearestNaming) < 0;
                } else {
                    if (chosen == null) {
                        chosen = document.level();
                    }
                    counts = document.level() == chosen;
                }
                if (counts || approval.binding()) {
                    found.add(requirement(document, approval.at(), approval.people()));
                }
            }
        }
        found = merged(found);
        if (snapshot.standing().fourEyes() == null
                || !operation.risk().atLeast(snapshot.standing().fourEyes())) {
            return List.copyOf(found);
        }
        List<Requirement> fourEyes = new ArrayList<>();
        for (Requirement r : found) {
            fourEyes.add(r.withoutDriver());
        }
        if (fourEyes.isEmpty()) {
            fourEyes.add(
                    new Requirement("four eyes", List.of(), new Requirement.Quorum.Any(), true));
        }
        return fourEyes;
    }

    /**
     * One that names nobody, and only keeps the driver out or says who answers later, asks for
     * nobody more where others name somebody; the driver stays out of those.
     */
    private static Set<Requirement> merged(Set<Requirement> found) {
        if (found.stream().allMatch(r -> r.approvers().isEmpty())) {
            return found;
        }
        boolean out = found.stream().anyMatch(r -> nameless(r) && r.notRequester());
        Set<Requirement> merged = new LinkedHashSet<>();
        for (Requirement r : found) {
            if (!nameless(r)) {
                merged.add(out ? r.withoutDriver() : r);
            }
        }
        return merged;
    }

    private static boolean nameless(Requirement r) {
        return r.approvers().isEmpty() && r.quorum() instanceof Requirement.Quorum.Any;
    }

    private static boolean demanded(List<Spoken> rules) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).rule().people().demands()) {
                return true;
            }
        }
        return false;
    }

    private static Requirement requirement(Policy document, Position at, Rule.People people) {
        return new Requirement(
                document.title() + " " + at,
                people.approvers(),
                people.quorum(),
                people.notRequester(),
                people.escalations(),
                0);
    }
}
