package dev.countersign.approval;

import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Who could say yes to something now, and why.
 *
 * @param parts one for each requirement; all of them must be met
 */
public record Authority(List<Part> parts) {
    public Authority {
        parts = List.copyOf(parts);
    }

    /**
     * One requirement, and the people it finds.
     *
     * @param requirement who must agree
     * @param needed how many votes it takes
     * @param people those whose vote counts, by e-mail
     * @param leftOut those who would count but for what is said
     * @param answerable whether enough of them are there
     */
    public record Part(
            Requirement requirement,
            int needed,
            List<Finding> people,
            List<Finding> leftOut,
            boolean answerable) {
        public Part {
            people = List.copyOf(people);
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * A person.
     *
     * @param email who
     * @param because why they count, or why not
     */
    public record Finding(String email, String because) {}

    /** Whether everybody who is needed is there. */
    public boolean answerable() {
        return parts.stream().allMatch(Part::answerable);
    }

    /**
     * Looks at everybody.
     *
     * @param driver e-mail of the person in whose session the agent runs, or empty
     */
    public static Authority of(
            List<Requirement> requirements, String driver, Collection<Voter> people) {
        List<Voter> sorted = people.stream().sorted(Comparator.comparing(Voter::email)).toList();
        List<Part> parts = new ArrayList<>();
        for (Requirement requirement : Ballot.effective(requirements)) {
            List<Finding> counting = new ArrayList<>();
            List<Finding> leftOut = new ArrayList<>();
            for (Voter voter : sorted) {
                String because = because(requirement, driver, voter);
                if (because.isEmpty()) {
                    continue;
                }
                if (requirement.notRequester() && voter.email().equals(driver)) {
                    leftOut.add(
                            new Finding(
                                    voter.email(),
                                    because + ", but the agent runs in their session"));
                } else {
                    counting.add(new Finding(voter.email(), because));
                }
            }
            parts.add(
                    new Part(
                            requirement,
                            Ballot.demanded(requirement),
                            counting,
                            leftOut,
                            Ballot.answerable(List.of(requirement), driver, people)));
        }
        return new Authority(parts);
    }

    /** Why a requirement looks at this person; empty when it does not. */
    private static String because(Requirement requirement, String driver, Voter voter) {
        String own = ofItsOwn(requirement, driver, voter);
        if (!own.isEmpty()) {
            return own;
        }
        for (Escalation step : requirement.escalations().subList(0, requirement.reached())) {
            String later = because(step.approvers(), voter);
            if (!later.isEmpty()) {
                return later + ", since it escalated";
            }
        }
        return "";
    }

    private static String ofItsOwn(Requirement requirement, String driver, Voter voter) {
        if (requirement.approvers().isEmpty()) {
            return voter.email().equals(driver)
                    ? "the agent runs in their session"
                    : voter.owner() ? "role:owner" : "";
        }
        return because(requirement.approvers(), voter);
    }

    private static String because(List<String> approvers, Voter voter) {
        return approvers.stream()
                .filter(source -> Ballot.matches(source, voter))
                .findFirst()
                .map(source -> source.equalsIgnoreCase(voter.email()) ? "named" : source)
                .orElse("");
    }
}
