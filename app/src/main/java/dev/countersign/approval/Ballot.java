package dev.countersign.approval;

import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The rules of voting, as functions of data: who may answer a request, and what the answers given
 * so far amount to. May this person vote, and does the vote count, are two questions; the second is
 * asked again whenever it matters.
 */
public final class Ballot {
    private Ballot() {}

    /** What the votes amount to. */
    public sealed interface Standing {
        /**
         * More people are needed.
         *
         * @param needed how many votes in all
         * @param given how many count so far
         */
        record Open(int needed, int given) implements Standing {}

        /** Every requirement is met. */
        record Approved() implements Standing {}

        /**
         * Somebody with the authority said no.
         *
         * @param vote the no
         */
        record Denied(Vote vote) implements Standing {}
    }

    /**
     * Why this person may not answer, or empty when they may.
     *
     * @param requirements what the request demands
     * @param driver e-mail of the driver, or empty
     * @param voter who wants to answer
     */
    public static Optional<String> obstacle(
            List<Requirement> requirements, String driver, Voter voter) {
        for (Requirement requirement : effective(requirements)) {
            if (counts(requirement, driver, voter)) {
                return Optional.empty();
            }
        }
        boolean asDriver =
                voter.email().equals(driver)
                        && requirements.stream().anyMatch(Requirement::notRequester);
        return Optional.of(
                asDriver
                        ? "the rule does not count the person in whose session the agent runs"
                        : "needs " + describe(requirements) + "; you are " + voter.email());
    }

    /**
     * What the votes amount to under these requirements, with the roles people hold now.
     *
     * @param people the person behind an e-mail as of now; empty when they were removed
     */
    public static Standing standing(
            List<Requirement> requirements,
            String driver,
            List<Vote> votes,
            Function<String, Optional<Voter>> people) {
        List<Voter> yes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Vote vote : votes) {
            Optional<Voter> voter = people.apply(vote.person());
            if (voter.isEmpty()
                    || !seen.add(vote.person())
                    || obstacle(requirements, driver, voter.get()).isPresent()) {
                continue;
            }
            if (!vote.approve()) {
                return new Standing.Denied(vote);
            }
            yes.add(voter.get());
        }
        int missing = 0;
        int needed = 0;
        for (Requirement requirement : effective(requirements)) {
            int demanded = demanded(requirement);
            needed = Math.max(needed, demanded);
            missing = Math.max(missing, missing(requirement, driver, yes));
        }
        return missing == 0
                ? new Standing.Approved()
                : new Standing.Open(Math.max(needed, yes.size() + missing), yes.size());
    }

    /** Whether anybody among these people may answer. */
    public static boolean answerable(
            List<Requirement> requirements, String driver, Collection<Voter> people) {
        return effective(requirements).stream()
                .allMatch(requirement -> missing(requirement, driver, List.copyOf(people)) == 0);
    }

    /** Who may answer, in the words of listings: e-mails, {@code role:…}, {@code team:…}. */
    public static List<String> approvers(List<Requirement> requirements) {
        return effective(requirements).stream()
                .flatMap(requirement ->
                        requirement.approvers().isEmpty()
                                ? List.of("driver", "role:owner").stream()
                                : requirement.approvers().stream())
                .distinct()
                .toList();
    }

    private static String describe(List<Requirement> requirements) {
        return String.join(" or ", approvers(requirements));
    }

    /** No requirement at all means one: the driver or an owner. */
    public static List<Requirement> effective(List<Requirement> requirements) {
        return requirements.isEmpty()
                ? List.of(new Requirement("default", List.of(), new Quorum.Any(), false))
                : requirements;
    }

    static int demanded(Requirement requirement) {
        return switch (requirement.quorum()) {
            case Quorum.Any _ -> 1;
            case Quorum.AtLeast(int count) -> count;
            case Quorum.All _ -> Math.max(1, requirement.approvers().size());
        };
    }

    private static int missing(Requirement requirement, String driver, List<Voter> yes) {
        List<Voter> counting =
                yes.stream().filter(voter -> counts(requirement, driver, voter)).toList();
        return switch (requirement.quorum()) {
            case Quorum.Any _ -> counting.isEmpty() ? 1 : 0;
            case Quorum.AtLeast(int count) -> Math.max(0, count - counting.size());
            case Quorum.All _ ->
                    requirement.approvers().isEmpty()
                            ? (counting.isEmpty() ? 1 : 0)
                            : (int)
                                    requirement.approvers().stream()
                                            .filter(source ->
                                                    counting.stream()
                                                            .noneMatch(v -> matches(source, v)))
                                            .count();
        };
    }

    private static boolean counts(Requirement requirement, String driver, Voter voter) {
        boolean isDriver = voter.email().equals(driver);
        if (isDriver && requirement.notRequester()) {
            return false;
        }
        return requirement.approvers().isEmpty()
                ? isDriver || voter.owner()
                : requirement.approvers().stream().anyMatch(source -> matches(source, voter));
    }

    static boolean matches(String source, Voter voter) {
        if (source.startsWith("role:")) {
            String role = source.substring("role:".length());
            int at = role.indexOf('@');
            return at < 0
                    ? voter.roles().contains(role)
                    : voter.roles().contains(role.substring(0, at))
                            && voter.teams().contains(role.substring(at + 1));
        }
        if (source.startsWith("team:")) {
            return voter.teams().contains(source.substring("team:".length()));
        }
        return source.equalsIgnoreCase(voter.email());
    }
}
