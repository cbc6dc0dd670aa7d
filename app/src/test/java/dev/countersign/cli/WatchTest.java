package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.PrivateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class WatchTest {
    private static final Duration LONG_ENOUGH = Watch.READING.plusSeconds(1);

    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));
    private FakeServer server;
    private PipedWriter keys;
    private Hand clock;

    WatchTest() throws IOException {
        server = new FakeServer();
        keys = new PipedWriter();
        clock = new Hand();
    }

    @BeforeEach
    void person() throws IOException {
        desk = new Desk(home);
        desk.environment.put("COUNTERSIGN_URL", server.url());
        desk.environment.put("COUNTERSIGN_TOKEN", "personal");
        desk.in = new BufferedReader(new PipedReader(keys));
        desk.interactive = true;
        desk.clock = clock;
        desk.width = 80;
    }

    @AfterEach
    void close() throws IOException {
        keys.close();
        server.close();
    }

    /** A clock somebody moves by hand. */
    private static final class Hand extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Desk.NOW);

        void pass(Duration time) {
            now.updateAndGet(instant -> instant.plus(time));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private boolean said(String text) {
        return desk.out.toString().contains(text);
    }

    private boolean called(String start) {
        return server.calls.stream().anyMatch(call -> call.startsWith(start));
    }

    private void type(String line) throws IOException {
        keys.write(line + "\n");
        keys.flush();
    }

    private Thread watching() {
        return Thread.ofPlatform().start(() -> desk.run("approvals", "watch"));
    }

    @Test
    void aCardFitsEightyColumnsAndHidesNothing() throws Exception {
        server.waits("APR-1", "high", "git push origin \u202emain && " + "echo word ".repeat(20));
        Thread watch = watching();
        until(() -> said("a approve once"));
        type("q");
        watch.join();
        assertThat(desk.out.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(desk.out.toString())
                .contains("APR-1  high  4 min left, 0 of 1 yes")
                .contains("asks   migrations for ana@example.com in claude-code")
                .contains("git push origin <U+202E>main && echo word")
                .contains("why    a push reaches others; somebody must agree")
                .contains("better push a branch and open a pull request")
                .contains("Enter denies");
        assertThat(called("POST")).isFalse();
    }

    @Test
    void aApprovesOnce() throws Exception {
        server.waits("APR-1", "high", "git push");
        Thread watch = watching();
        until(() -> said("a approve once"));
        clock.pass(LONG_ENOUGH);
        type("a");
        until(() -> said("APR-1: Approved."));
        type("q");
        watch.join();
        assertThat(server.calls)
                .contains(
                        "POST /v1/approvals/APR-1/votes Bearer personal"
                                + " {\"answer\":\"approve\",\"scope\":\"once\"}");
    }

    @Test
    void guidanceGoesWithTheDenyEvenWhenItIsAKey() throws Exception {
        server.waits("APR-1", "low", "git push");
        Thread watch = watching();
        until(() -> said("a approve once"));
        clock.pass(LONG_ENOUGH);
        type("g");
        until(() -> said("Your word to the agent"));
        type("q");
        until(() -> said("APR-1: Denied."));
        type("q");
        watch.join();
        assertThat(server.calls)
                .contains(
                        "POST /v1/approvals/APR-1/votes Bearer personal"
                                + " {\"answer\":\"deny\",\"scope\":\"once\",\"guidance\":\"q\"}");
    }

    @Test
    void anAnswerTypedForTheCardBeforeIsNotTaken() throws Exception {
        server.waits("APR-1", "high", "git push");
        Thread watch = watching();
        until(() -> said("a approve once"));
        type("a");
        until(() -> said("had only just appeared"));
        assertThat(called("POST")).isFalse();
        type("q");
        watch.join();
    }

    @Test
    void aBareEnterDeniesWhatIsDangerousAndNothingElse() throws Exception {
        server.waits("APR-1", "medium", "git commit").waits("APR-2", "critical", "git push -f");
        Thread watch = watching();
        until(() -> said("APR-1"));
        clock.pass(LONG_ENOUGH);
        type("");
        type("s");
        until(() -> said("APR-2"));
        assertThat(called("POST")).isFalse();
        assertThat(desk.out.toString()).containsOnlyOnce("Enter denies");
        clock.pass(LONG_ENOUGH);
        type("");
        until(() -> said("APR-2: Denied."));
        type("q");
        watch.join();
    }

    @Test
    void whoeverMayNotVoteIsToldHowToSignIn() throws Exception {
        desk.environment.remove("COUNTERSIGN_TOKEN");
        server.waits("APR-1", "high", "git push");
        Thread watch = watching();
        until(() -> said("To answer: `countersign login`"));
        clock.pass(LONG_ENOUGH);
        type("a");
        type("");
        type("q");
        watch.join();
        assertThat(desk.out.toString()).doesNotContain("a approve", "Enter denies");
        assertThat(called("POST")).isFalse();
    }

    @Test
    void theWordAfterADenyGoesToTheAgent() {
        server.waits("APR-1", "high", "git push");
        assertThat(desk.run("approvals", "deny", "APR-1", "use a branch")).isZero();
        assertThat(server.calls.getLast()).contains("\"guidance\":\"use a branch\"");
    }

    @Test
    void theOwnerOfTheDataFolderReadsButDoesNotVote() throws Exception {
        desk.environment.clear();
        PrivateFile.write(
                home.resolve("data").resolve("owner.json"),
                "{\"url\":\"" + server.url() + "\",\"token\":\"owner\",\"pid\":1}");
        server.waits("APR-1", "high", "git push");
        assertThat(desk.run("approvals", "approve", "APR-1", "--data", "data")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("`countersign login`");
        assertThat(desk.run("approvals", "show", "APR-1", "--data", "data")).isZero();
        assertThat(desk.out.toString()).contains("git push");
        assertThat(called("POST")).isFalse();
        assertThat(called("GET /v1/approvals/APR-1 Bearer owner")).isTrue();
    }

    @Test
    void whoeverCannotTypeSeesEachOnce() throws Exception {
        desk.interactive = false;
        server.waits("APR-1", "high", "git push");
        Thread watch = watching();
        until(() -> said("APR-1"));
        server.pending.clear();
        server.waits("APR-2", "high", "git push");
        until(() -> said("APR-2"));
        server.close();
        watch.join();
        assertThat(desk.out.toString()).containsOnlyOnce("APR-1").containsOnlyOnce("APR-2");
        assertThat(desk.err.toString()).contains("no server answers");
    }
}
