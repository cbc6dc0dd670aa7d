package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Absence;
import dev.countersign.approval.Absences;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.DeferredStore;
import dev.countersign.approval.GrantStore;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Voter;
import dev.countersign.call.Organisation;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.policy.Unanswered;
import dev.countersign.testing.MemoryApprovalStore;
import dev.countersign.testing.MemoryDeferredStore;
import dev.countersign.testing.MemoryGrantStore;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random sequences of questions, votes, changes of roles, time and restarts, beside a model that
 * knows nothing but who said what and who is who.
 */
final class ApprovalsModelTest {
    private static final long SEED = Long.getLong("countersign.seed", System.nanoTime());
    private static final List<String> PEOPLE = List.of("ana@x", "bo@x", "cy@x", "di@x", "eve@x");
    private static final List<String> ROLES = List.of("owner", "maintainer", "member");
    private static final List<String> TEAMS = List.of("core", "web");

    private @TempDir Path data;

    /** A question as the model sees it. */
    private static final class Asked {
        final List<Requirement> requirements;
        final String driver;
        final Instant asked;
        final Instant expires;
        final Unanswered.Then then;
        final Map<String, Boolean> said = new java.util.LinkedHashMap<>();
        final Set<String> alone = new HashSet<>();
        final List<String> voters = new ArrayList<>();
        State state = State.PENDING;

        /** How long it had stood when it was approved. */
        Duration stood = Duration.ZERO;

        /** How many escalations were told of, and that nobody answered in time. */
        int told;

        boolean toldOverdue;

        Asked(
                List<Requirement> requirements,
                String driver,
                Instant asked,
                Instant expires,
                Unanswered.Then then) {
            this.requirements = requirements;
            this.driver = driver;
            this.asked = asked;
            this.expires = expires;
            this.then = then;
        }

        boolean over(Instant now) {
            return then != Unanswered.Then.WAIT && !now.isBefore(expires);
        }
    }

    private final Map<String, Voter> people = new HashMap<>();
    private final Map<String, Asked> model = new HashMap<>();
    private final MovableClock clock = new MovableClock("2026-03-01T12:00:00Z");

    @Test
    void inMemory() throws Exception {
        for (int run = 0; run < 300; run++) {
            Random random = new Random(SEED + run);
            MemoryLedger ledger = new MemoryLedger();
            GrantStore grants = new MemoryGrantStore(ledger);
            MemoryDeferredStore deferred = new MemoryDeferredStore(ledger);
            MemoryApprovalStore store =
                    new MemoryApprovalStore(ledger, (MemoryGrantStore) grants, deferred);
            begin(random);
            for (int step = 0; step < 60; step++) {
                step(random, store, grants, deferred, "seed " + (SEED + run) + ", step " + step);
            }
        }
    }

    /** With what was kept read again before every step: nothing lives in the process alone. */
    @ParameterizedTest
    @EnumSource
    void inADatabase(Databases database) throws Exception {
        Random random = new Random(SEED);
        begin(random);
        for (int part = 0; part < 6; part++) {
            try (Store store = Store.open(database.in(data.resolve("data")), clock)) {
                for (int step = 0; step < 40; step++) {
                    step(
                            random,
                            store.approvals(),
                            store.grants(),
                            store.deferred(),
                            "seed " + SEED + ", " + part + "/" + step);
                }
            }
        }
    }

    private void begin(Random random) {
        model.clear();
        people.clear();
        PEOPLE.forEach(person -> people.put(person, voter(random, person)));
    }

    private static Voter voter(Random random, String person) {
        return new Voter(person, some(random, ROLES), some(random, TEAMS));
    }

    private static Set<String> some(Random random, List<String> of) {
        Set<String> some = new HashSet<>();
        of.stream().filter(_ -> random.nextInt(3) == 0).forEach(some::add);
        return some;
    }

    private static <T> T pick(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private void step(
            Random random,
            ApprovalStore store,
            GrantStore grants,
            DeferredStore deferred,
            String where)
            throws Exception {
        Approvals approvals =
                new Approvals(
                        store,
                        clock,
                        email -> Optional.ofNullable(people.get(email)),
                        new Grants(
                                grants,
                                clock,
                                email -> Optional.ofNullable(people.get(email)),
                                Organisation.NONE),
                        Organisation.NONE);
        switch (random.nextInt(9)) {
            case 0 -> ask(random, approvals);
            case 1 -> clock.move(Duration.ofSeconds(random.nextInt(200)));
            case 2 -> people.put(pick(random, PEOPLE), voter(random, pick(random, PEOPLE)));
            case 3 -> people.remove(pick(random, PEOPLE));
            case 4 -> {
                new Absences(approvals, new Queue(deferred, clock), clock).tick();
                model.values().stream()
                        .filter(asked -> asked.state == State.PENDING)
                        .forEach(this::timePasses);
            }
            case 5 -> use(random, approvals, where);
            case 6 -> breakGlass(random, approvals, where);
            default -> vote(random, approvals, where);
        }
        fixNames();
        model.forEach((id, asked) -> {
            ApprovalRequest request = store.find(id).orElseThrow();
            assertThat(request.state()).as("%s %s", where, id).isEqualTo(asked.state);
            assertThat(request.votes())
                    .extracting(v -> v.person())
                    .as("%s %s", where, id)
                    .containsExactlyElementsOf(asked.voters);
            assertThat(request.absence().notices())
                    .as("%s %s", where, id)
                    .hasSize(asked.told + (asked.toldOverdue ? 1 : 0));
        });
        assertThat(deferred.recent(1_000))
                .extracting(Deferred::unanswered)
                .as(where)
                .containsExactlyInAnyOrderElementsOf(
                        model.entrySet().stream()
                                .filter(e -> e.getValue().state == State.EXPIRED)
                                .filter(e -> e.getValue().then == Unanswered.Then.DEFER)
                                .map(Map.Entry::getKey)
                                .toList());
        Set<String> pending = new TreeSet<>();
        model.forEach((id, asked) -> {
            if (asked.state == State.PENDING) {
                pending.add(id);
            }
        });
        assertThat(store.pending())
                .extracting(ApprovalRequest::id)
                .as(where)
                .containsExactlyInAnyOrderElementsOf(pending);
    }

    /** A person is kept under their own e-mail. */
    private void fixNames() {
        people.replaceAll((email, voter) -> new Voter(email, voter.roles(), voter.teams()));
    }

    private void ask(Random random, Approvals approvals) throws Exception {
        List<Requirement> requirements = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            List<String> sources = new ArrayList<>();
            for (int j = random.nextInt(3); j > 0; j--) {
                sources.add(source(random));
            }
            Quorum quorum =
                    pick(
                            random,
                            List.of(
                                    new Quorum.Any(),
                                    new Quorum.All(),
                                    new Quorum.AtLeast(1 + random.nextInt(3))));
            requirements.add(
                    new Requirement(
                            "r" + i, sources, quorum, random.nextBoolean(), steps(random), 0));
        }
        Asked asked =
                new Asked(
                        requirements,
                        pick(random, PEOPLE),
                        clock.instant(),
                        clock.instant().plusSeconds(random.nextInt(600)),
                        pick(random, List.of(Unanswered.Then.values())));
        long number = approvals.nextNumber();
        ApprovalRequest plain =
                ApprovalsContract.request(number, "d" + number, requirements, asked.expires);
        Instant again = asked.expires.plusSeconds(3_600);
        ApprovalRequest request =
                new ApprovalRequest(
                        plain.id(),
                        0,
                        plain.decision(),
                        plain.digest(),
                        State.PENDING,
                        plain.call(),
                        plain.explanation(),
                        requirements,
                        List.of(),
                        "builder",
                        asked.driver,
                        "task t",
                        Set.of(),
                        Offer.ONCE,
                        0,
                        clock.instant(),
                        asked.expires,
                        null,
                        null,
                        null,
                        new Absence(
                                asked.then,
                                asked.then == Unanswered.Then.DEFER ? again : null,
                                List.of()));
        approvals.open(request, Events.numbered(1));
        model.put(request.id(), asked);
    }

    private static List<Escalation> steps(Random random) {
        List<Escalation> steps = new ArrayList<>();
        int after = 0;
        for (int i = random.nextInt(3); i > 0; i--) {
            after += 1 + random.nextInt(200);
            List<String> to = new ArrayList<>(List.of(source(random)));
            if (random.nextBoolean()) {
                to.add(source(random));
            }
            steps.add(
                    new Escalation(
                            Duration.ofSeconds(after),
                            to,
                            pick(
                                    random,
                                    List.of(
                                            new Quorum.Any(),
                                            new Quorum.All(),
                                            new Quorum.AtLeast(1 + random.nextInt(2))))));
        }
        return steps;
    }

    private static String source(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> pick(random, PEOPLE);
            case 1 -> "role:" + pick(random, ROLES);
            case 2 -> "team:" + pick(random, TEAMS);
            default -> "role:" + pick(random, ROLES) + "@" + pick(random, TEAMS);
        };
    }

    private void vote(Random random, Approvals approvals, String where) throws Exception {
        String email = pick(random, PEOPLE);
        if (model.isEmpty() || !people.containsKey(email)) {
            return;
        }
        String id = pick(random, new ArrayList<>(new TreeSet<>(model.keySet())));
        Asked asked = Objects.requireNonNull(model.get(id));
        boolean approve = random.nextInt(4) != 0;
        VoteResult result =
                approvals.vote(
                        id,
                        Objects.requireNonNull(people.get(email)),
                        approve ? Cast.yes("") : Cast.no("use a branch"));
        boolean counts =
                asked.state == State.PENDING
                        && !asked.over(clock.instant())
                        && !asked.said.containsKey(email)
                        && mayAnswer(asked, email, open(asked));
        assertThat(result instanceof VoteResult.Counted)
                .as("%s: %s by %s, %s", where, id, email, result)
                .isEqualTo(counts);
        if (counts) {
            asked.said.put(email, approve);
            asked.voters.add(email);
            settle(asked);
        }
    }

    private void breakGlass(Random random, Approvals approvals, String where) throws Exception {
        String email = pick(random, PEOPLE);
        if (model.isEmpty() || !people.containsKey(email)) {
            return;
        }
        String id = pick(random, new ArrayList<>(new TreeSet<>(model.keySet())));
        Asked asked = Objects.requireNonNull(model.get(id));
        VoteResult result =
                approvals.vote(
                        id,
                        Objects.requireNonNull(people.get(email)),
                        Cast.breakGlass("the shop is down"));
        boolean counts =
                asked.state == State.PENDING
                        && !asked.over(clock.instant())
                        && mayBreak(asked, email);
        assertThat(result instanceof VoteResult.Counted)
                .as("%s: glass of %s by %s, %s", where, id, email, result)
                .isEqualTo(counts);
        if (counts) {
            asked.alone.add(email);
            asked.voters.add(email);
            settle(asked);
            assertThat(asked.state).isEqualTo(State.APPROVED);
        }
    }

    private void use(Random random, Approvals approvals, String where) throws Exception {
        List<String> approved =
                model.entrySet().stream()
                        .filter(e -> e.getValue().state == State.APPROVED)
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
        if (approved.isEmpty()) {
            return;
        }
        String id = pick(random, approved);
        ApprovalRequest request = approvals.find(id).orElseThrow();
        boolean stands = approvals.standing(request) instanceof Standing.Approved;
        Asked asked = Objects.requireNonNull(model.get(id));
        assertThat(stands)
                .as("%s: use of %s", where, id)
                .isEqualTo(outcome(asked, asked.stood) == State.APPROVED);
        State next = stands ? State.USED : State.SUPERSEDED;
        assertThat(approvals.end(request, next, "x", null)).isPresent();
        assertThat(approvals.end(request, next, "x", null)).as("used twice").isEmpty();
        asked.state = next;
    }

    // The rules of voting, said once more and as plainly as they can be.

    private Duration open(Asked asked) {
        return Duration.between(asked.asked, clock.instant());
    }

    private void settle(Asked asked) {
        asked.state = outcome(asked, open(asked));
        asked.stood = open(asked);
    }

    /** What a second of the server does to an open question. */
    private void timePasses(Asked asked) {
        if (asked.over(clock.instant())) {
            asked.state = State.EXPIRED;
            return;
        }
        int come = 0;
        for (Requirement requirement : asked.requirements) {
            come +=
                    (int)
                            requirement.escalations().stream()
                                    .filter(s -> s.after().compareTo(open(asked)) <= 0)
                                    .count();
        }
        boolean overdue = !clock.instant().isBefore(asked.expires);
        if (come > asked.told || (overdue && !asked.toldOverdue)) {
            settle(asked);
            if (asked.state == State.PENDING) {
                asked.told = come;
                asked.toldOverdue = overdue;
            } else if (come > asked.told) {
                asked.told++;
            } else {
                asked.toldOverdue = true;
            }
        }
    }

    /** An owner, unless they drive the agent and a rule keeps the driver out. */
    private boolean mayBreak(Asked asked, String email) {
        Voter voter = people.get(email);
        return voter != null
                && voter.roles().contains("owner")
                && (!email.equals(asked.driver)
                        || asked.requirements.stream().noneMatch(Requirement::notRequester));
    }

    /** Each way to meet a requirement by then, as one that has no other. */
    private static List<Requirement> ways(Requirement requirement, Duration open) {
        List<Requirement> ways = new ArrayList<>();
        ways.add(
                new Requirement(
                        "",
                        requirement.approvers(),
                        requirement.quorum(),
                        requirement.notRequester()));
        for (Escalation step : requirement.escalations()) {
            if (step.after().compareTo(open) <= 0) {
                ways.add(
                        new Requirement(
                                "", step.approvers(), step.quorum(), requirement.notRequester()));
            }
        }
        return ways;
    }

    /** Whether this person is one of those a requirement counts. */
    private boolean isOne(Requirement requirement, String driver, String email) {
        Voter voter = people.get(email);
        if (voter == null || (requirement.notRequester() && email.equals(driver))) {
            return false;
        }
        if (requirement.approvers().isEmpty()) {
            return email.equals(driver) || voter.roles().contains("owner");
        }
        return requirement.approvers().stream().anyMatch(source -> names(source, voter));
    }

    private static boolean names(String source, Voter voter) {
        for (String role : voter.roles()) {
            if (source.equals("role:" + role)
                    || voter.teams().stream()
                            .anyMatch(t -> source.equals("role:" + role + "@" + t))) {
                return true;
            }
        }
        return source.equals(voter.email())
                || voter.teams().stream().anyMatch(team -> source.equals("team:" + team));
    }

    private static List<Requirement> all(Asked asked) {
        return asked.requirements.isEmpty()
                ? List.of(new Requirement("", List.of(), new Quorum.Any(), false))
                : asked.requirements;
    }

    private boolean mayAnswer(Asked asked, String email, Duration open) {
        return all(asked).stream()
                .flatMap(r -> ways(r, open).stream())
                .anyMatch(way -> isOne(way, asked.driver, email));
    }

    private State outcome(Asked asked, Duration open) {
        List<String> yes = new ArrayList<>();
        for (Map.Entry<String, Boolean> vote : asked.said.entrySet()) {
            if (mayAnswer(asked, vote.getKey(), open)) {
                if (!vote.getValue()) {
                    return State.DENIED;
                }
                yes.add(vote.getKey());
            }
        }
        if (asked.alone.stream().anyMatch(email -> mayBreak(asked, email))) {
            return State.APPROVED;
        }
        for (Requirement requirement : all(asked)) {
            if (ways(requirement, open).stream().noneMatch(way -> met(way, asked.driver, yes))) {
                return State.PENDING;
            }
        }
        return State.APPROVED;
    }

    private boolean met(Requirement requirement, String driver, List<String> yes) {
        List<String> counting = yes.stream().filter(p -> isOne(requirement, driver, p)).toList();
        return switch (requirement.quorum()) {
            case Quorum.Any _ -> !counting.isEmpty();
            case Quorum.AtLeast(int n) -> counting.size() >= n;
            case Quorum.All _ ->
                    requirement.approvers().isEmpty()
                            ? !counting.isEmpty()
                            : requirement.approvers().stream()
                                    .allMatch(source ->
                                            counting.stream()
                                                    .anyMatch(p ->
                                                            names(
                                                                    source,
                                                                    Objects.requireNonNull(
                                                                            people.get(p)))));
        };
    }
}
