package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code countersign run} as a process of its own against a real server. */
@Timeout(120)
@SuppressWarnings("NullAway.Init")
final class RunTest {
    @TempDir Path folder;
    private Path work;
    private TestServer server;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        work = Files.createDirectories(folder.toRealPath().resolve("work"));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        server.close();
    }

    private ProcessBuilder command(String... words) throws NotRecorded {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "run"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("COUNTERSIGN_URL", server.address());
        builder.environment().put("COUNTERSIGN_TOKEN", server.agent("ci"));
        builder.redirectOutput(folder.resolve("out").toFile());
        builder.redirectError(folder.resolve("err").toFile());
        return builder;
    }

    private Process begin(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private int run(String... words) throws Exception {
        return end(begin(command(words)));
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String said(String stream) throws IOException {
        return Files.readString(folder.resolve(stream));
    }

    private Path script(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void until(BooleanSupplier condition) {
        long most = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it takes more than a minute").isLessThan(most);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Whether this process and what it starts never hear of a hang-up, as under {@code nohup}. */
    private static boolean isDeafToHangUps() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        // In hex, where the lowest bit is the first signal.
                        .anyMatch(line -> "13579bdf".indexOf(line.charAt(line.length() - 1)) >= 0);
    }

    private ApprovalRequest asked() {
        until(() -> !server.approvals.pending().isEmpty());
        return server.approvals.pending().getFirst();
    }

    private void answer(ApprovalRequest request, String answer) throws NotRecorded {
        TestServer.Reply reply =
                server.post(
                        "/v1/approvals/" + request.id() + "/votes",
                        server.personal(TestServer.ANA, true),
                        "{\"answer\": \"" + answer + "\", \"scope\": \"once\"}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private Optional<JsonNode> record(String kind) {
        return server.ledger.list(Map.of("kind", kind), Long.MAX_VALUE, 1).stream()
                .<JsonNode>map(found -> found.body())
                .findFirst();
    }

    @Test
    void whatIsAllowedRunsWithExactlyTheWordsThatWereJudged() throws Exception {
        assertThat(run("--reason", "a file with an odd name", "--", "touch", "a b", "c'd", "$HOME"))
                .as(said("err"))
                .isZero();
        try (var files = Files.list(work)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("a b", "c'd", "$HOME");
        }
        JsonNode decision = record("decision").orElseThrow();
        assertThat(decision.path("client").asText()).isEqualTo("run");
        assertThat(decision.path("agent").asText()).isEqualTo("ci");
        JsonNode input = decision.path("body").path("call").path("input");
        assertThat(input.path("command").asText()).isEqualTo("touch 'a b' 'c'\\''d' '$HOME'");
        assertThat(input.path("description").asText()).isEqualTo("a file with an odd name");
        JsonNode outcome = record("outcome").orElseThrow();
        assertThat(outcome.path("decision")).isEqualTo(decision.path("decision"));
        assertThat(outcome.path("body").path("status").asText()).isEqualTo("success");
        assertThat(said("err")).isEmpty();
    }

    @Test
    void itsExitCodeAndItsHelpAreTheCommandsOwn() throws Exception {
        assertThat(run("--", "ls", "not-there", "--help")).isZero();
        assertThat(said("out")).contains("ls");
        assertThat(run("--", "ls", "not-there")).isEqualTo(2);
        assertThat(record("outcome").orElseThrow().path("body").path("status").asText())
                .isEqualTo("failure");
    }

    @Test
    void whatIsDeniedDoesNotRun() throws Exception {
        // There is no repository here: even run, it would do nothing.
        assertThat(run("--", "git", "push", "--force", "origin", "main")).isEqualTo(20);
        assertThat(said("err")).startsWith("countersign: denied, and nothing ran: ");
        assertThat(record("outcome")).isEmpty();
    }

    @Test
    void aQuestionIsWaitedForAndAnApprovalRunsIt() throws Exception {
        Files.writeString(work.resolve("notes"), "");
        Process run = begin(command("--", "rm", "notes"));
        ApprovalRequest request = asked();
        until(() -> read("err").contains("waiting for " + request.id()));
        assertThat(work.resolve("notes")).exists();
        answer(request, "approve");
        assertThat(end(run)).as(said("err")).isZero();
        assertThat(work.resolve("notes")).doesNotExist();
    }

    private String read(String stream) {
        try {
            return said(stream);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aDenialByAPersonEndsIt() throws Exception {
        Files.writeString(work.resolve("notes"), "");
        Process run = begin(command("--", "rm", "notes"));
        answer(asked(), "deny");
        assertThat(end(run)).isEqualTo(20);
        assertThat(work.resolve("notes")).exists();
    }

    @Test
    void whoDoesNotWaitFindsTheAnswerLater() throws Exception {
        Files.writeString(work.resolve("notes"), "");
        assertThat(run("--wait", "0s", "--", "rm", "notes")).isEqualTo(10);
        ApprovalRequest request = asked();
        assertThat(said("err")).contains("nobody answered " + request.id() + " within 0s");
        answer(request, "approve");
        assertThat(run("--wait", "0s", "--", "rm", "notes")).as(said("err")).isZero();
        assertThat(work.resolve("notes")).doesNotExist();
    }

    @Test
    void withoutAServerNothingRuns() throws Exception {
        ProcessBuilder builder = command("--", "touch", "made");
        server.close();
        assertThat(end(begin(builder))).isEqualTo(1);
        assertThat(work.resolve("made")).doesNotExist();
        assertThat(said("err")).contains("no server answers");
    }

    @Test
    void aProgramThatIsNotThereIsNotAskedAbout() throws Exception {
        assertThat(run("--", "no-such-program-at-all")).isEqualTo(127);
        Files.writeString(work.resolve("plain"), "");
        assertThat(run("--", "./plain")).isEqualTo(126);
        assertThat(run("ls", "--all")).isEqualTo(2);
        assertThat(record("decision")).isEmpty();
    }

    @Test
    void aProgramThatChangedAfterItWasJudgedDoesNotRun() throws Exception {
        script("job.sh", "touch first");
        Process run = begin(command("--", "./job.sh"));
        ApprovalRequest request = asked();
        Files.delete(work.resolve("job.sh"));
        script("job.sh", "touch second");
        answer(request, "approve");
        assertThat(end(run)).isEqualTo(126);
        assertThat(said("err")).contains("changed after it was judged");
        assertThat(work.resolve("first")).doesNotExist();
        assertThat(work.resolve("second")).doesNotExist();
        assertThat(record("outcome").orElseThrow().path("body").path("status").asText())
                .isEqualTo("failure");
    }

    @Test
    void wordsThatThisLocaleCannotSayAreRefused() throws Exception {
        List<String> words = new ArrayList<>(List.of("sh", "-c"));
        words.add("exec \"$@\" \"$(printf 'x\\303\\251')\"");
        words.add("sh");
        ProcessBuilder builder = command("--", "touch");
        words.addAll(builder.command());
        builder.command(words).environment().put("LC_ALL", "C");
        assertThat(end(begin(builder))).isEqualTo(2);
        assertThat(said("err")).contains("no text in this locale");
        assertThat(record("decision")).isEmpty();
    }

    @Test
    void aFolderThatWasExchangedMeanwhileRunsNothing() throws Exception {
        Files.writeString(work.resolve("notes"), "");
        Process run = begin(command("--", "rm", "notes"));
        ApprovalRequest request = asked();
        Files.move(work, folder.resolve("away"));
        Files.createDirectories(work);
        Files.writeString(work.resolve("notes"), "");
        answer(request, "approve");
        assertThat(end(run)).isEqualTo(1);
        assertThat(said("err")).contains("another folder by now");
        assertThat(work.resolve("notes")).exists();
        assertThat(folder.resolve("away/notes")).exists();
    }

    @Test
    void aProgramOfTheWorkIsJudgedAsTheFileItIs() throws Exception {
        script("git", "touch taken");
        ProcessBuilder builder = command("--wait", "0s", "--", "git", "status");
        builder.environment().merge("PATH", work.toString(), (old, ours) -> ours + ":" + old);
        assertThat(end(begin(builder))).isEqualTo(10);
        assertThat(asked().call().path("input").path("command").asText())
                .isEqualTo(work.resolve("git") + " status");
    }

    @Test
    void whatItStartsHasATokenForAskingAndNoPersons() throws Exception {
        script("who.sh", "env > environment");
        ProcessBuilder builder =
                command("--agent", "nightly", "--session", "n-1", "--", "./who.sh");
        String personal = server.personal(TestServer.ANA, true);
        builder.environment().put("COUNTERSIGN_TOKEN", personal);
        builder.environment().put("LD_LIBRARY_PATH", "/nowhere");
        builder.environment().put("GIT_DIR", "/nowhere");
        builder.environment().put("TAR_OPTIONS", "--checkpoint-action=exec=x");
        builder.environment().merge("PATH", work.toString(), (old, ours) -> old + ":" + ours);
        builder.environment().put("KEPT", "yes");
        Process run = begin(builder);
        ApprovalRequest request = asked();
        assertThat(request.requester()).isEqualTo("nightly");
        answer(request, "approve");
        assertThat(end(run)).as(said("err")).isZero();
        assertThat(said("err")).contains("GIT_DIR, LD_LIBRARY_PATH, TAR_OPTIONS, parts of PATH");
        List<String> environment = Files.readAllLines(work.resolve("environment"));
        assertThat(environment)
                .contains("KEPT=yes", "COUNTERSIGN_SESSION=n-1")
                .noneMatch(line -> line.startsWith("LD_LIBRARY_PATH=") || line.contains(personal))
                .noneMatch(line -> line.startsWith("GIT_DIR=") || line.startsWith("TAR_OPTIONS="))
                .noneMatch(line -> line.startsWith("PATH=") && line.contains(work.toString()));
        String token =
                environment.stream()
                        .filter(line -> line.startsWith("COUNTERSIGN_TOKEN=csa_"))
                        .findFirst()
                        .orElseThrow()
                        .substring("COUNTERSIGN_TOKEN=".length());
        assertThat(server.get("/v1/approvals", token).status()).isEqualTo(401);
    }

    @Test
    void aSignalBeforeItRunsEndsTheWaitAndTheQuestionStays() throws Exception {
        Files.writeString(work.resolve("notes"), "");
        Process run = begin(command("--", "rm", "notes"));
        ApprovalRequest request = asked();
        until(() -> read("err").contains("waiting for " + request.id()));
        run.destroy();
        assertThat(end(run)).isEqualTo(128 + 15);
        assertThat(said("err")).contains("before anything ran", request.id() + " stays open");
        assertThat(work.resolve("notes")).exists();
        assertThat(server.approvals.pending()).hasSize(1);
    }

    @Test
    void signalsComeToTheCommandAndItsAnswerCounts() throws Exception {
        script(
                "loop.sh",
                """
                trap 'touch told; exit 9' TERM
                trap 'touch hung' HUP
                touch ready
                while :; do sleep 0.1; done\
                """);
        Process run = begin(command("--", "./loop.sh"));
        answer(asked(), "approve");
        until(() -> Files.exists(work.resolve("ready")));
        if (!isDeafToHangUps()) {
            assertThat(new ProcessBuilder("kill", "-HUP", "" + run.pid()).start().waitFor())
                    .isZero();
            until(() -> Files.exists(work.resolve("hung")));
        }
        run.destroy();
        assertThat(end(run)).as(said("err")).isEqualTo(9);
        assertThat(work.resolve("told")).exists();
    }
}
