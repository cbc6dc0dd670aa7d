package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.PrivateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.nio.file.Files;
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
    private static final Duration LONG_ENOUGH = ApprovalDialog.READING.plusSeconds(1);

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
                                + " {\"answer\":\"approve\",\"scope\":\"once\",\"version\":0}");
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
    void anOwnerBreaksTheGlassInTwoStepsWithAReason() throws Exception {
        server.waits("APR-1", "high", "git push").mayBreakGlass();
        Thread watch = watching();
        until(() -> said("b break the glass"));
        clock.pass(LONG_ENOUGH);
        answer("b", "Why, in one line?");
        answer("", "Nothing was approved.");
        answer("b", "Why, in one line?");
        answer("production is down", "y and Enter to break the glass:");
        assertThat(called("POST")).isFalse();
        answer("y", "APR-1: ");
        quit(watch);
        assertThat(server.calls)
                .contains(
                        "POST /v1/approvals/APR-1/votes Bearer personal"
                                + " {\"answer\":\"approve\",\"scope\":\"once\",\"break_glass\":true,"
                                + "\"reason\":\"production is down\",\"version\":0}");
    }

    @Test
    void whoIsNotOfferedTheGlassDoesNotBreakIt() throws Exception {
        server.waits("APR-1", "high", "git push");
        Thread watch = watching();
        until(() -> said("a approve once"));
        clock.pass(LONG_ENOUGH);
        answer("b", "Only an owner who signed in");
        quit(watch);
        assertThat(desk.out.toString()).doesNotContain("b break the glass");
        assertThat(called("POST")).isFalse();
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

    /** Starts the watch and waits until a text stands there that is old enough to be answered. */
    private Thread reading(String text) {
        Thread watch = watching();
        until(() -> said(text));
        clock.pass(LONG_ENOUGH);
        return watch;
    }

    private void answer(String line, String said) throws IOException {
        type(line);
        until(() -> said(said));
        clock.pass(LONG_ENOUGH);
    }

    private void quit(Thread watch) throws Exception {
        type("q");
        watch.join();
    }

    @Test
    void itGoesOnWithTheNextAfterAVote() throws Exception {
        server.waits("APR-1", "low", "one")
                .waits("APR-2", "high", "two")
                .waits("APR-3", "low", "x");
        Thread watch = reading("APR-1  low");
        answer("a", "APR-2  high");
        answer("", "APR-3  low");
        answer("d", "APR-3: Denied.");
        server.waits("APR-4", "low", "later");
        until(() -> said("APR-4  low"));
        clock.pass(LONG_ENOUGH);
        answer("a", "APR-4: Approved.");
        quit(watch);
        assertThat(desk.out.toString()).contains("APR-1: Approved.", "APR-2: Denied.");
        assertThat(server.calls.stream().filter(call -> call.startsWith("POST"))).hasSize(4);
    }

    @Test
    void whatIsOfferedForLongerIsShownAndChosen() throws Exception {
        server.waits("APR-1", "medium", "npm install left-pad").offers("npm install *");
        server.waits("APR-2", "medium", "npm install right-pad").offers("npm install *");
        server.waits("APR-3", "medium", "git push");
        Thread watch = reading("t for this task · p for this project");
        answer("t", "At most these calls");
        answer("y", "APR-1: Approved.");
        until(() -> said("APR-2  medium"));
        clock.pass(LONG_ENOUGH);
        answer("p", "for this project:");
        answer("", "Nothing was approved.");
        answer("p", "for this project:");
        answer("npm install right-*", "APR-2: Approved.");
        until(() -> said("APR-3  medium"));
        clock.pass(LONG_ENOUGH);
        answer("t", "This call can be approved once only.");
        quit(watch);
        assertThat(called("POST /v1/approvals/APR-3")).isFalse();
        assertThat(server.calls)
                .anyMatch(call ->
                        call.contains("APR-1/votes")
                                && call.contains("\"scope\":\"task\"")
                                && call.contains("\"pattern\":\"npm install *\""))
                .anyMatch(call ->
                        call.contains("APR-2/votes")
                                && call.contains("\"scope\":\"project\"")
                                && call.contains("\"pattern\":\"npm install right-*\""));
    }

    @Test
    void aChangeIsShownAndConfirmed() throws Exception {
        server.waits("APR-1", "medium", "git push origin main");
        Thread watch = reading("e edit and approve");
        answer("e", "What may run instead");
        answer("git push origin \u202enext", "+ git push origin <U+202E>next");
        assertThat(desk.out.toString()).contains("- git push origin main");
        answer("", "Nothing was approved.");
        assertThat(called("POST")).isFalse();
        answer("e", "What may run instead");
        answer("git push origin next", "+ git push origin next");
        answer("y", "APR-1: Approved.");
        quit(watch);
        assertThat(server.calls)
                .anyMatch(call ->
                        call.contains("\"edited_input\":{\"command\":\"git push origin next\"}"));
    }

    @Test
    void theEditorOfThePersonIsUsed() throws Exception {
        Path script = home.resolve("edit.sh");
        Files.writeString(script, "sed -i s/main/next/ \"$1\"\n");
        desk.environment.put("EDITOR", "sh " + script);
        server.waits("APR-1", "medium", "git push origin main\ngit status");
        Thread watch = reading("e edit and approve");
        answer("e", "+ git push origin next");
        answer("y", "APR-1: Approved.");
        quit(watch);
        assertThat(server.calls)
                .anyMatch(call -> call.contains("\"git push origin next\\ngit status\""));
    }

    @Test
    void aLongCallIsReadPageByPageBeforeItIsApproved() throws Exception {
        StringBuilder command = new StringBuilder("cat <<END");
        for (int i = 1; i <= 45; i++) {
            command.append("\nline ").append(i);
        }
        server.waits("APR-1", "medium", command.toString());
        Thread watch = reading("28 more lines of this call; m shows them");
        assertThat(desk.out.toString()).contains("line 17").doesNotContain("line 18");
        answer("a", "Read it to its end first: m shows the other 28 lines.");
        answer("m", "10 more lines of this call");
        answer("m", "line 45");
        until(() -> said("why    a push reaches others"));
        answer("a", "APR-1: Approved.");
        quit(watch);
    }

    @Test
    void xExplains() throws Exception {
        server.waits("APR-1", "medium", "git push");
        server.on(
                "POST /v1/approvals/explain",
                200,
                "{\"effect\":\"ask\",\"reason\":\"somebody must agree\",\"requirements\":[{\"from\":"
                        + "\"the rule\",\"needed\":1,\"answerable\":true,\"people\":[{\"email\":"
                        + "\"li@example.com\",\"because\":\"maintainer\"}]}]}");
        Thread watch = reading("x explain");
        answer("x", "li@example.com  maintainer");
        assertThat(desk.out.toString()).contains("One of these must agree, says the rule");
        quit(watch);
    }

    @Test
    void aServerThatIsAwayForAWhileEndsNothing() throws Exception {
        server.waits("APR-1", "medium", "git push");
        Thread watch = reading("APR-1  medium");
        server.on("GET /v1/approvals", 503, "{\"title\":\"not now\"}");
        until(() -> said("Not connected: not now. Trying again."));
        server.on("GET /v1/approvals", 200, "{\"approvals\":[]}");
        until(() -> said("Connected again."));
        until(() -> said("APR-1 no longer waits."));
        quit(watch);
    }

    @Test
    void severalAreAnsweredWithALineForEach() {
        server.waits("APR-1", "low", "one").waits("APR-2", "low", "two");
        server.on(
                "POST /v1/approvals/votes",
                200,
                "{\"counted\":1,\"results\":[{\"id\":\"APR-1\",\"result\":\"counted\",\"approval\":"
                        + "{\"status\":\"approved\"}},{\"id\":\"APR-2\",\"result\":\"too_late\","
                        + "\"why\":\"APR-2 was denied\"}]}");
        assertThat(desk.run("approve", "APR-1", "APR-2")).isEqualTo(1);
        assertThat(desk.out.toString())
                .contains("APR-1: Approved.")
                .contains("APR-2: Not counted: APR-2 was denied.");
        assertThat(server.calls.getLast())
                .contains("\"answer\":\"approve\"")
                .contains("[{\"id\":\"APR-1\",\"version\":0},{\"id\":\"APR-2\",\"version\":0}]");
    }

    @Test
    void theLastWordOfADenyOfSeveralGoesToTheAgent() {
        server.waits("APR-1", "low", "one").waits("APR-2", "low", "two");
        server.on(
                "POST /v1/approvals/votes",
                200,
                "{\"counted\":2,\"results\":[{\"id\":\"APR-1\",\"result\":\"counted\",\"approval\":"
                        + "{\"status\":\"denied\"}},{\"id\":\"APR-2\",\"result\":\"counted\","
                        + "\"approval\":{\"status\":\"denied\"}}]}");
        assertThat(desk.run("approvals", "deny", "APR-1", "APR-2", "use a branch")).isZero();
        assertThat(server.calls.getLast()).contains("\"guidance\":\"use a branch\"");
        assertThat(desk.out.toString()).contains("APR-1: Denied.", "APR-2: Denied.");
    }

    /** What was begun for one question answers no other. */
    @Test
    void aLineThatWasBegunForAnotherAnswersNothing() throws Exception {
        server.waits("APR-1", "low", "one");
        Thread watch = reading("APR-1  low");
        answer("g", "Your word to the agent");
        server.pending.clear();
        server.waits("APR-2", "low", "two");
        server.on("POST /v1/approvals/APR-1/votes", 409, "{\"title\":\"APR-1 was denied\"}");
        until(() ->
                server.calls.stream().filter(c -> c.startsWith("GET /v1/approvals ")).count() > 4);
        clock.pass(LONG_ENOUGH);
        answer("a", "Not counted: APR-1 was denied");
        until(() -> said("APR-1 no longer waits.") && said("APR-2  low"));
        assertThat(called("POST /v1/approvals/APR-2")).isFalse();
        quit(watch);
    }

    @Test
    void allAreListedOnDemand() {
        server.waits("APR-2", "low", "two");
        server.on(
                "GET /v1/approvals?lane=done",
                200,
                "{\"approvals\":[{\"id\":\"APR-1\",\"status\":\"denied\",\"given\":0,\"needed\":1}]}");
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString()).contains("APR-2").doesNotContain("APR-1");
        assertThat(desk.run("approvals", "list", "--all")).isZero();
        assertThat(desk.out.toString()).contains("APR-1  -     denied, 0 of 1 yes");
    }

    /** Whoever searches a listing finds what is in it. */
    @Test
    void whatIsPipedIsNeitherCutNorWrapped() {
        server.waits("APR-1", "low", "git commit -m '" + "word ".repeat(60) + "end'");
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString()).contains("…").doesNotContain("end'");
        desk.screen = false;
        assertThat(desk.run("approvals", "list")).isZero();
        assertThat(desk.out.toString()).contains("word end'\n");
        assertThat(desk.run("policy", "list")).isZero();
        assertThat(desk.out.toString().lines())
                .contains(
                        "freeze                           From one day to another nothing is"
                                + " deployed and nothing is pushed to a protected branch.");
    }

    @Test
    void severalAreApprovedForOnceOnly() {
        assertThat(desk.run("approve", "APR-1", "APR-2", "--scope", "task")).isEqualTo(2);
        assertThat(desk.run("deny", "APR-1", "use", "a branch")).isEqualTo(2);
        assertThat(called("POST")).isFalse();
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
        assertThat(desk.run("approvals", "show", "APR-1", "--data", "data")).isZero();
        assertThat(desk.out.toString()).contains("git push");
        server.on(
                "POST /v1/approvals/APR-1/votes",
                403,
                "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"the owner shortcut never votes; sign in with `countersign login`\"}");
        assertThat(desk.run("approvals", "approve", "APR-1", "--data", "data")).isEqualTo(1);
        assertThat(desk.err.toString()).contains("`countersign login`");
        // It is put to the server, so that people hear of it.
        assertThat(called("POST /v1/approvals/APR-1/votes Bearer owner")).isTrue();
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
