package dev.countersign.approval;

import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The rules of voting, as functions of data: who may answer a request, and what the answers given
 * so far amount to. May this person vote, and does the vote count, are two questions; the second is
 * asked again whenever it matters.
 */
public final class Ballot {
    private static final String OWNERS = "role:owner";

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
     * Why this person may not answer alone for everybody who is asked, or empty when they may. That
     * stands for who must agree and for how many; who is kept out stays out.
     *
     * @param driver e-mail of the driver, or empty
     */
    public static Optional<String> breakGlassObstacle(
            List<Requirement> requirements, String driver, Voter voter) {
        if (!voter.owner()) {
            return Optional.of("only an owner may break the glass; you are " + voter.email());
        }
        return voter.email().equals(driver)
                        && requirements.stream().anyMatch(Requirement::notRequester)
                ? Optional.of("the rule does not count the person in whose session the agent runs")
                : Optional.empty();
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
        boolean broken = false;
        for (Vote vote : votes) {
            Optional<Voter> voter = people.apply(vote.person());
            if (vote.breakGlass() != null) {
                broken |=
                        voter.isPresent()
                                && breakGlassObstacle(requirements, driver, voter.get()).isEmpty();
                continue;
            }
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
        if (broken) {
            return new Standing.Approved();
        }
        int missing = 0;
        int needed = 0;
        for (Requirement requirement : effective(requirements)) {
            Way way = nearest(requirement, driver, yes);
            needed = Math.max(needed, demanded(way));
            missing = Math.max(missing, missing(requirement, way, driver, yes));
        }
        return missing == 0
                ? new Standing.Approved()
                : new Standing.Open(Math.max(needed, yes.size() + missing), yes.size());
    }

    /**
     * The same with the owners in the place of approvers whom nobody is, now or at a later step.
     * Whoever becomes one of the named may answer as well; where all of them must agree, an owner
     * alone stands for them.
     */
    public static List<Requirement> resolved(
            List<Requirement> requirements, String driver, Collection<Voter> people) {
        return requirements.stream()
                .map(each ->
                        each.approvers().isEmpty() || findsAnybody(each, driver, people)
                                ? each
                                : byOwners(each))
                .toList();
    }

    /** Whether it names somebody who is there, be it the driver whom it keeps out. */
    private static boolean findsAnybody(
            Requirement requirement, String driver, Collection<Voter> people) {
        return ways(requirement.atLast()).stream()
                .anyMatch(way -> people.stream().anyMatch(voter -> way.has(driver, voter)));
    }

    private static Requirement byOwners(Requirement requirement) {
        List<String> approvers =
                requirement.quorum() instanceof Quorum.All
                        ? List.of(OWNERS)
                        : Stream.concat(requirement.approvers().stream(), Stream.of(OWNERS))
                                .distinct()
                                .toList();
        return new Requirement(
                requirement.from() + ", for want of " + String.join(", ", requirement.approvers()),
                approvers,
                requirement.quorum(),
                requirement.notRequester());
    }

    /** Whether these people are enough to answer, at the latest when all escalations have come. */
    public static boolean answerable(
            List<Requirement> requirements, String driver, Collection<Voter> people) {
        List<Voter> all = List.copyOf(people);
        return effective(requirements).stream()
                .map(Requirement::atLast)
                .allMatch(each -> missing(each, nearest(each, driver, all), driver, all) == 0);
    }

    /** Whether these people are enough to answer now. */
    public static boolean enough(
            List<Requirement> requirements, String driver, Collection<Voter> people) {
        List<Voter> all = List.copyOf(people);
        return effective(requirements).stream()
                .allMatch(each -> missing(each, nearest(each, driver, all), driver, all) == 0);
    }

    /** Who may answer, in the words of listings: e-mails, {@code role:…}, {@code team:…}. */
    public static List<String> approvers(List<Requirement> requirements) {
        return effective(requirements).stream()
                .flatMap(requirement -> ways(requirement).stream())
                .flatMap(way ->
                        way.approvers().isEmpty()
                                ? Stream.of("driver", OWNERS)
                                : way.approvers().stream())
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

    /**
     * One way to meet a requirement: its own people, or those of an escalation that has come.
     *
     * @param approvers empty means the driver or the owners
     */
    private record Way(List<String> approvers, Quorum quorum) {
        boolean has(String driver, Voter voter) {
            return approvers.isEmpty()
                    ? voter.email().equals(driver) || voter.owner()
                    : approvers.stream().anyMatch(source -> matches(source, voter));
        }
    }

    private static List<Way> ways(Requirement requirement) {
        List<Way> ways = new ArrayList<>();
        ways.add(new Way(requirement.approvers(), requirement.quorum()));
        requirement
                .escalations()
                .subList(0, requirement.reached())
                .forEach(step -> ways.add(new Way(step.approvers(), step.quorum())));
        return ways;
    }

    /** The way to which the fewest are missing; of equal ones the first. */
    private static Way nearest(Requirement requirement, String driver, List<Voter> yes) {
        Way nearest = null;
        int fewest = Integer.MAX_VALUE;
        for (Way way : ways(requirement)) {
            int missing = missing(requirement, way, driver, yes);
            if (nearest == null || missing < fewest) {
                nearest = way;
                fewest = missing;
            }
        }
        return Objects.requireNonNull(nearest);
    }

    static int demanded(Requirement requirement) {
        return demanded(ways(requirement).getFirst());
    }

    private static int demanded(Way way) {
        return switch (way.quorum()) {
            case Quorum.Any _ -> 1;
            case Quorum.AtLeast(int count) -> count;
            case Quorum.All _ -> Math.max(1, way.approvers().size());
        };
    }

    private static int missing(Requirement requirement, Way way, String driver, List<Voter> yes) {
        List<Voter> counting =
                yes.stream()
                        .filter(voter -> !keptOut(requirement, driver, voter))
                        .filter(voter -> way.has(driver, voter))
                        .toList();
        return switch (way.quorum()) {
            case Quorum.Any _ -> counting.isEmpty() ? 1 : 0;
            case Quorum.AtLeast(int count) -> Math.max(0, count - counting.size());
            case Quorum.All _ ->
                    way.approvers().isEmpty()
                            ? (counting.isEmpty() ? 1 : 0)
                            : (int)
                                    way.approvers().stream()
                                            .filter(source ->
                                                    counting.stream()
                                                            .noneMatch(v -> matches(source, v)))
                                            .count();
        };
    }

    private static boolean counts(Requirement requirement, String driver, Voter voter) {
        return !keptOut(requirement, driver, voter)
                && ways(requirement).stream().anyMatch(way -> way.has(driver, voter));
    }

    private static boolean keptOut(Requirement requirement, String driver, Voter voter) {
        return requirement.notRequester() && voter.email().equals(driver);
    }

    /** Whether they count for nothing but the escalations that have come. */
    static boolean onlyEscalated(List<Requirement> requirements, String driver, Voter voter) {
        return effective(requirements).stream()
                .map(Requirement::atFirst)
                .noneMatch(requirement -> counts(requirement, driver, voter));
    }

    /**
     * Whether a source finds a person.
     *
     * @param source an e-mail, {@code role:NAME}, {@code role:NAME@TEAM} or {@code team:NAME}
     */
    public static boolean matches(String source, Voter voter) {
        if (source.startsWith("role:")) {
            String role = source.substring("role:".length());
            int at = role.indexOf('@');
            return at < 0
                    ? voter.holds(role)
                    : voter.holds(role.substring(0, at), role.substring(at + 1));
        }
        if (source.startsWith("team:")) {
            return voter.teams().contains(source.substring("team:".length()));
        }
        return source.equalsIgnoreCase(voter.email());
    }
}
