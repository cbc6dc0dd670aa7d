package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Ballot.Standing;
import dev.countersign.call.Holding;
import dev.countersign.call.Place;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BallotTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Voter ANA = new Voter("ana@x.org", Set.of("maintainer"), Set.of("pay"));
    private static final Voter LI = new Voter("li@x.org", Set.of("maintainer"), Set.of("web"));
    private static final Voter BO = new Voter("bo@x.org", Set.of("member"), Set.of("pay"));
    private static final Voter OLA = new Voter("ola@x.org", Set.of("owner"), Set.of());
    private static final List<Voter> ALL = List.of(ANA, LI, BO, OLA);

    private static Vote yes(Voter voter) {
        return new Vote(voter.email(), true, "", false, NOON);
    }

    private static Vote no(Voter voter) {
        return new Vote(voter.email(), false, "", false, NOON);
    }

    private static Optional<Voter> person(String email) {
        return ALL.stream().filter(v -> v.email().equals(email)).findFirst();
    }

    private static Standing standing(List<Requirement> requirements, Vote... votes) {
        return Ballot.standing(requirements, BO.email(), List.of(votes), BallotTest::person);
    }

    private static Requirement named(Quorum quorum, boolean notRequester, String... sources) {
        return new Requirement("rule", List.of(sources), quorum, notRequester);
    }

    @Test
    void withoutARequirementTheDriverOrAnOwnerAnswers() {
        assertThat(Ballot.obstacle(List.of(), BO.email(), BO)).isEmpty();
        assertThat(Ballot.obstacle(List.of(), BO.email(), OLA)).isEmpty();
        assertThat(Ballot.obstacle(List.of(), BO.email(), ANA)).isPresent();
        assertThat(standing(List.of(), yes(BO))).isEqualTo(new Standing.Approved());
    }

    @Test
    void theDriverDoesNotCountWhereTheRuleSaysSo() {
        List<Requirement> rule = List.of(named(new Quorum.Any(), true));
        assertThat(Ballot.obstacle(rule, BO.email(), BO)).isPresent();
        assertThat(standing(rule, yes(BO))).isEqualTo(new Standing.Open(1, 0));
        assertThat(standing(rule, yes(OLA))).isEqualTo(new Standing.Approved());
    }

    @Test
    void twoMaintainersAreTwoDifferentPeople() {
        List<Requirement> rule = List.of(named(new Quorum.AtLeast(2), false, "role:maintainer"));
        assertThat(standing(rule, yes(ANA))).isEqualTo(new Standing.Open(2, 1));
        assertThat(standing(rule, yes(ANA), yes(ANA))).isEqualTo(new Standing.Open(2, 1));
        assertThat(standing(rule, yes(ANA), yes(LI))).isEqualTo(new Standing.Approved());
    }

    @Test
    void aRoleInATeamIsBoth() {
        List<Requirement> rule = List.of(named(new Quorum.Any(), false, "role:maintainer@pay"));
        assertThat(Ballot.obstacle(rule, BO.email(), ANA)).isEmpty();
        assertThat(Ballot.obstacle(rule, BO.email(), LI)).isPresent();
        assertThat(Ballot.obstacle(rule, "", BO)).isPresent();
    }

    @Test
    void allMeansEverySource() {
        List<Requirement> rule = List.of(named(new Quorum.All(), false, "li@x.org", "team:pay"));
        assertThat(standing(rule, yes(LI))).isEqualTo(new Standing.Open(2, 1));
        assertThat(standing(rule, yes(LI), yes(ANA))).isEqualTo(new Standing.Approved());
    }

    @Test
    void severalRequirementsAddUp() {
        List<Requirement> both =
                List.of(
                        named(new Quorum.Any(), false, "role:maintainer"),
                        named(new Quorum.Any(), false, "role:owner"));
        assertThat(standing(both, yes(ANA))).isInstanceOf(Standing.Open.class);
        assertThat(standing(both, yes(ANA), yes(OLA))).isEqualTo(new Standing.Approved());
    }

    @Test
    void oneNoOfSomebodyWithTheAuthorityEndsIt() {
        List<Requirement> rule = List.of(named(new Quorum.AtLeast(2), false, "role:maintainer"));
        assertThat(standing(rule, yes(ANA), no(LI))).isEqualTo(new Standing.Denied(no(LI)));
        assertThat(standing(rule, yes(ANA), no(BO), yes(LI))).isEqualTo(new Standing.Approved());
    }

    @Test
    void aRemovedPersonsVoteNoLongerCounts() {
        List<Requirement> rule = List.of(named(new Quorum.Any(), false, "role:maintainer"));
        Standing after = Ballot.standing(rule, "", List.of(yes(ANA)), _ -> Optional.empty());
        assertThat(after).isEqualTo(new Standing.Open(1, 0));
    }

    @Test
    void nobodyResolvableIsSeen() {
        List<Requirement> rule = List.of(named(new Quorum.AtLeast(3), false, "role:maintainer"));
        assertThat(Ballot.answerable(rule, "", ALL)).isFalse();
        assertThat(Ballot.answerable(List.of(), "", List.of(ANA))).isFalse();
        assertThat(Ballot.answerable(List.of(), "", ALL)).isTrue();
    }

    @Test
    void ownersStandInForApproversWhomNobodyIs() {
        Requirement two = named(new Quorum.AtLeast(2), true, "role:dba", "team:ghosts");
        List<Requirement> resolved = Ballot.resolved(List.of(two), "", ALL);
        assertThat(resolved.getFirst().approvers())
                .containsExactly("role:dba", "team:ghosts", "role:owner");
        assertThat(resolved.getFirst().quorum()).isEqualTo(new Quorum.AtLeast(2));
        assertThat(resolved.getFirst().notRequester()).isTrue();
        Requirement all = named(new Quorum.All(), false, "zoe@x.org", "role:dba");
        assertThat(Ballot.resolved(List.of(all), "", ALL).getFirst().approvers())
                .containsExactly("role:owner");
    }

    @Test
    void whereSomebodyIsNamedTheOwnersDoNotStandIn() {
        List<Requirement> rule =
                List.of(
                        named(new Quorum.AtLeast(3), false, "role:maintainer"),
                        named(new Quorum.All(), false, "role:maintainer", "role:dba"));
        assertThat(Ballot.resolved(rule, "", ALL)).isEqualTo(rule);
        // The driver is somebody, even where they are kept out.
        List<Requirement> bo = List.of(named(new Quorum.Any(), true, BO.email()));
        assertThat(Ballot.resolved(bo, BO.email(), ALL)).isEqualTo(bo);
        assertThat(Ballot.resolved(List.of(), "", ALL)).isEmpty();
    }

    /** The order of votes never matters for an approval, and more votes never undo one. */
    @Test
    void approvalIsMonotoneAndKnowsNoOrder() {
        Random random = new Random(7);
        String[] sources = {"role:maintainer", "role:owner", "team:pay", "li@x.org", "bo@x.org"};
        for (int round = 0; round < 5_000; round++) {
            List<Requirement> requirements = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Set<String> named = new HashSet<>();
                for (int j = random.nextInt(3); j > 0; j--) {
                    named.add(sources[random.nextInt(sources.length)]);
                }
                Quorum quorum =
                        switch (random.nextInt(3)) {
                            case 0 -> new Quorum.Any();
                            case 1 -> new Quorum.All();
                            default -> new Quorum.AtLeast(1 + random.nextInt(3));
                        };
                requirements.add(
                        new Requirement("r", List.copyOf(named), quorum, random.nextBoolean()));
            }
            List<Vote> votes = new ArrayList<>();
            ALL.forEach(voter -> {
                if (random.nextBoolean()) {
                    votes.add(yes(voter));
                }
            });
            Standing one = Ballot.standing(requirements, BO.email(), votes, BallotTest::person);
            List<Vote> shuffled = new ArrayList<>(votes);
            Collections.shuffle(shuffled, random);
            assertThat(Ballot.standing(requirements, BO.email(), shuffled, BallotTest::person))
                    .isEqualTo(one);
            if (one instanceof Standing.Approved) {
                List<Vote> more = new ArrayList<>(votes);
                ALL.forEach(voter -> more.add(yes(voter)));
                assertThat(Ballot.standing(requirements, BO.email(), more, BallotTest::person))
                        .isEqualTo(one);
                assertThat(obviously(requirements, votes)).isTrue();
            } else {
                assertThat(obviously(requirements, votes)).isFalse();
            }
        }
    }

    /** The slow, obvious reading of the rules: every requirement on its own, by counting people. */
    private static boolean obviously(List<Requirement> requirements, List<Vote> votes) {
        for (Requirement requirement : requirements) {
            Map<String, Set<String>> bySource = new HashMap<>();
            Set<String> union = new HashSet<>();
            List<String> sources =
                    requirement.approvers().isEmpty()
                            ? List.of("role:owner", BO.email())
                            : requirement.approvers();
            for (String source : sources) {
                Set<String> people = new HashSet<>();
                for (Vote vote : votes) {
                    Voter v = person(vote.person()).orElseThrow();
                    boolean is =
                            switch (source) {
                                case "role:maintainer" -> v.roles().contains("maintainer");
                                case "role:owner" -> v.roles().contains("owner");
                                case "team:pay" -> v.teams().contains("pay");
                                default -> v.email().equals(source);
                            };
                    if (is && !(requirement.notRequester() && v.equals(BO))) {
                        people.add(v.email());
                    }
                }
                bySource.put(source, people);
                union.addAll(people);
            }
            boolean met =
                    switch (requirement.quorum()) {
                        case Quorum.Any _ -> !union.isEmpty();
                        case Quorum.AtLeast(int n) -> union.size() >= n;
                        case Quorum.All _ ->
                                requirement.approvers().isEmpty()
                                        ? !union.isEmpty()
                                        : bySource.values().stream().noneMatch(Set::isEmpty);
                    };
            if (!met) {
                return false;
            }
        }
        return true;
    }

    private static Voter holding(Holding... held) {
        return new Voter("cy@x.org", Set.of("viewer"), Set.of("pay"), Set.of(held), Set.of());
    }

    @Test
    void aRoleInAProjectCountsThere() {
        Voter cy = holding(new Holding("maintainer", Holding.Kind.PROJECT, "shop"));
        assertThat(Ballot.matches("role:maintainer", cy)).isFalse();
        assertThat(Ballot.matches("role:maintainer", cy.at(new Place("shop", Set.of())))).isTrue();
        assertThat(Ballot.matches("role:maintainer", cy.at(new Place("web", Set.of("shop")))))
                .isFalse();
        // They are in the team, and the role is not the team's.
        assertThat(Ballot.matches("role:maintainer@pay", cy.at(new Place("shop", Set.of("pay")))))
                .isFalse();
    }

    @Test
    void aRoleInATeamCountsForItsCallsAndWhereTheTeamIsNamed() {
        Voter cy = holding(new Holding("maintainer", Holding.Kind.TEAM, "web"));
        assertThat(Ballot.matches("role:maintainer", cy.at(new Place("shop", Set.of("web")))))
                .isTrue();
        assertThat(Ballot.matches("role:maintainer", cy.at(new Place("shop", Set.of("pay")))))
                .isFalse();
        assertThat(Ballot.matches("role:maintainer@web", cy)).isTrue();
        assertThat(Ballot.matches("role:maintainer@pay", cy)).isFalse();
        assertThat(Ballot.matches("team:web", cy)).isFalse();
        // A role of the tenant counts in the teams its holder is in, and in no others.
        assertThat(Ballot.matches("role:viewer@pay", cy)).isTrue();
        assertThat(Ballot.matches("role:viewer@web", cy)).isFalse();
    }
}
