package dev.countersign.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Absence;
import dev.countersign.approval.Absences;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Approvals.Cast;
import dev.countersign.approval.Approvals.VoteResult;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Grants;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Voter;
import dev.countersign.call.Organisation;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.policy.Unanswered;
import dev.countersign.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What time does to questions in every database, with several servers at it and after restarts. */
@ParameterizedClass
@EnumSource
@SuppressWarnings("NullAway.Init")
final class SqlAbsenceTest {
    private static final int SERVERS = 8;
    private static final Voter ANA = new Voter("ana@x", Set.of("owner"), Set.of());
    private static final Voter OLA = new Voter("ola@x", Set.of("owner"), Set.of());
    private static final Voter BO = new Voter("bo@x", Set.of("maintainer"), Set.of());
    private static final Map<String, Voter> PEOPLE =
            Map.of(ANA.email(), ANA, OLA.email(), OLA, BO.email(), BO);

    private final MovableClock clock = new MovableClock(Events.NOON.toString());
    @Parameter Databases database = Databases.SQLITE;
    private @TempDir Path data;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(database.in(data.resolve("data")), clock);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Approvals approvals() {
        return new Approvals(
                store.approvals(),
                clock,
                SqlAbsenceTest::person,
                new Grants(store.grants(), clock, SqlAbsenceTest::person, Organisation.NONE),
                Organisation.NONE);
    }

    private static Optional<Voter> person(String email) {
        return Optional.ofNullable(PEOPLE.get(email));
    }

    private Absences server() {
        return new Absences(approvals(), new Queue(store.deferred(), clock), clock);
    }

    /** Asked at noon of maintainers, for half an hour; from 10 and 20 minutes on of owners too. */
    private String asked(Unanswered.Then then) throws Exception {
        List<Escalation> steps =
                List.of(
                        new Escalation(Duration.ofMinutes(10), List.of("ana@x"), new Quorum.Any()),
                        new Escalation(
                                Duration.ofMinutes(20), List.of("role:owner"), new Quorum.Any()));
        List<Requirement> requirements =
                List.of(
                        new Requirement(
                                "p f.yaml:1:1",
                                List.of("role:maintainer"),
                                new Quorum.AtLeast(2),
                                false,
                                steps,
                                0));
        Instant expires = Events.NOON.plus(Duration.ofMinutes(30));
        boolean putOff = then == Unanswered.Then.DEFER;
        Absence absence =
                new Absence(then, putOff ? expires.plus(Duration.ofHours(1)) : null, List.of());
        ApprovalRequest request =
                ApprovalsContract.request(
                        store.approvals().nextNumber(), "d", requirements, expires, absence);
        approvals().open(request, Events.numbered(0));
        return request.id();
    }

    private List<String> records(String kind) {
        return store.auditQuery().list(Map.of("kind", kind), Long.MAX_VALUE, 100).stream()
                .map(r -> r.body().path("summary").asText())
                .toList()
                .reversed();
    }

    private static void together(List<Callable<Void>> all) throws Exception {
        CyclicBarrier start = new CyclicBarrier(all.size());
        try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
            List<Future<Void>> running = new ArrayList<>();
            for (Callable<Void> each : all) {
                running.add(
                        threads.submit(() -> {
                            start.await();
                            return each.call();
                        }));
            }
            for (Future<Void> one : running) {
                one.get();
            }
        }
    }

    private List<Callable<Void>> ticks() {
        List<Callable<Void>> ticks = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            Absences server = server();
            ticks.add(() -> {
                server.tick();
                return null;
            });
        }
        return ticks;
    }

    @Test
    void severalServersSayItOnce() throws Exception {
        String id = asked(Unanswered.Then.EXPIRE);
        clock.move(Duration.ofMinutes(25));
        together(ticks());
        together(ticks());
        assertThat(records("escalation"))
                .containsExactly(
                        id + " escalated to one of ana@x", id + " escalated to one of role:owner");
        assertThat(store.ledgerCheck().verify().fault()).isEmpty();
    }

    @Test
    void severalServersPutItOffOnce() throws Exception {
        String id = asked(Unanswered.Then.DEFER);
        clock.move(Duration.ofMinutes(31));
        together(ticks());
        assertThat(store.deferred().recent(10))
                .extracting(Deferred::unanswered)
                .containsExactly(id);
        assertThat(records("deferred")).hasSize(1);
        assertThat(records("approval")).hasSize(1);
    }

    /** Either the yes counts, or the call waits in the queue; never both and never neither. */
    @Test
    void aYesAtTheDeadlineEndsOneWay() throws Exception {
        for (int round = 0; round < 20; round++) {
            clock.set(Events.NOON.toString());
            String id = asked(Unanswered.Then.DEFER);
            clock.move(Duration.ofMinutes(30).minusMillis(1));
            List<Callable<Void>> all = ticks();
            Approvals approvals = approvals();
            all.add(() -> {
                VoteResult _ = approvals.vote(id, ANA, Cast.yes(""));
                return null;
            });
            all.add(() -> {
                clock.move(Duration.ofMillis(1));
                return null;
            });
            together(all);
            server().tick();
            boolean approved = store.approvals().find(id).orElseThrow().state() == State.APPROVED;
            long waits =
                    store.deferred().recent(100).stream()
                            .filter(each -> id.equals(each.unanswered()))
                            .count();
            assertThat(waits).isEqualTo(approved ? 0 : 1);
        }
    }

    @Test
    void aRestartLosesNeitherStepsNorDeadlines() throws Exception {
        String steps = asked(Unanswered.Then.WAIT);
        clock.move(Duration.ofMinutes(10));
        server().tick();
        close();
        clock.move(Duration.ofHours(5));
        open();
        server().tick();
        assertThat(records("escalation"))
                .containsExactly(
                        steps + " escalated to one of ana@x",
                        steps + " escalated to one of role:owner",
                        steps + " nobody answered in time; it stays open");
        ApprovalRequest request = approvals().find(steps).orElseThrow();
        assertThat(request.state()).isEqualTo(State.PENDING);
        assertThat(request.due()).isEmpty();
        assertThat(request.requirements().getFirst().reached()).isEqualTo(2);
        assertThat(approvals().vote(steps, OLA, Cast.yes("")))
                .isInstanceOf(VoteResult.Counted.class);
    }

    @Test
    void whoKnowsOfABrokenGlassStillKnowsAfterARestart() throws Exception {
        String id = asked(Unanswered.Then.EXPIRE);
        assertThat(approvals().vote(id, ANA, Cast.breakGlass("the shop is down")))
                .isInstanceOf(VoteResult.Counted.class);
        assertThat(approvals().broken(ANA)).hasSize(1);
        assertThat(approvals().broken(BO)).isEmpty();
        assertThat(approvals().acknowledge(id, ANA)).isTrue();
        close();
        open();
        assertThat(approvals().broken(ANA)).isEmpty();
        assertThat(approvals().broken(OLA)).hasSize(1);
        assertThat(approvals().acknowledge(id, ANA)).isFalse();
        assertThat(approvals().acknowledge(id, BO)).isFalse();
        assertThat(
                        store.approvals()
                                .find(id)
                                .orElseThrow()
                                .brokenGlass()
                                .orElseThrow()
                                .breakGlass())
                .isEqualTo("the shop is down");
    }

    @Test
    void severalAcknowledgementsOfOnePersonAreOneRecord() throws Exception {
        String id = asked(Unanswered.Then.EXPIRE);
        VoteResult _ = approvals().vote(id, ANA, Cast.breakGlass("the shop is down"));
        List<Callable<Void>> all = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            Approvals server = approvals();
            all.add(() -> {
                boolean _ = server.acknowledge(id, OLA);
                return null;
            });
        }
        together(all);
        assertThat(records("approval")).filteredOn(text -> text.contains("knows of")).hasSize(1);
    }
}
