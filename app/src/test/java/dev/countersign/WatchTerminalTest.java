package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The watch as a process of its own against a real server: in a pseudo terminal where the machine
 * has {@code script}, otherwise over pipes.
 */
@Timeout(90)
@SuppressWarnings("NullAway.Init")
final class WatchTerminalTest {
    private static final String ESCAPES = "\u001b\\[[0-9;?]*[a-zA-Z]";

    @TempDir Path home;
    private final StringWriter screen = new StringWriter();
    private TestServer server;
    private Process watch;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        watch.destroyForcibly();
        server.close();
    }

    private void open() throws IOException, NotRecorded {
        List<String> java =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dcountersign.terminal=in,out",
                        "-Dcountersign.columns=80",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "approvals",
                        "watch");
        List<String> command = new ArrayList<>(java);
        Path script = Path.of("/usr/bin/script");
        if (Files.isExecutable(script) && System.getProperty("os.name").equals("Linux")) {
            String quoted = String.join(" ", java.stream().map(w -> "'" + w + "'").toList());
            command = List.of(script.toString(), "-qefc", "exec " + quoted, "/dev/null");
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        builder.environment().put("COUNTERSIGN_URL", server.address());
        builder.environment().put("COUNTERSIGN_TOKEN", server.personal(TestServer.ANA, true));
        builder.environment().keySet().removeAll(List.of("EDITOR", "VISUAL", "COLUMNS"));
        watch = builder.start();
        InputStream out = watch.getInputStream();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        byte[] some = new byte[8_192];
                        for (int n = out.read(some); n >= 0; n = out.read(some)) {
                            screen.write(new String(some, 0, n, StandardCharsets.UTF_8));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private String shown() {
        return screen.toString().replaceAll(ESCAPES, "").replace("\r", "");
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private void type(String line) throws IOException {
        OutputStream keys = watch.getOutputStream();
        keys.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    /** Answers again while the card has only just appeared. */
    private void answer(ApprovalRequest request, String key, String said) throws IOException {
        until(() -> shown().contains(request.id() + "  "));
        while (true) {
            int early = early();
            type(key);
            until(() -> shown().contains(said) || early() > early);
            if (shown().contains(said)) {
                return;
            }
        }
    }

    private int early() {
        return shown().split("had only just appeared", -1).length - 1;
    }

    private ApprovalRequest now(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow();
    }

    @Test
    void itAnswersOneAfterTheOther() throws Exception {
        ApprovalRequest first = server.ask("git push origin \u202emain", "medium");
        ApprovalRequest second = server.ask("rm -rf build " + "long-name ".repeat(30), "high");
        ApprovalRequest third = server.ask("npm publish", "medium");
        open();
        answer(first, "a", first.id() + ": Approved.");
        answer(second, "", second.id() + ": Denied.");
        answer(third, "g", "Your word to the agent");
        type("open a pull request");
        until(() -> shown().contains(third.id() + ": Denied."));
        ApprovalRequest fourth = server.ask("git push origin main", "medium");
        answer(fourth, "e", "What may run instead");
        type("git push origin next");
        until(() -> shown().contains("+ git push origin next"));
        type("n");
        until(() -> shown().contains("Nothing was approved."));
        type("a");
        until(() -> shown().contains(fourth.id() + ": Approved."));
        type("q");
        assertThat(watch.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.exitValue()).isZero();
        assertThat(now(first).state()).isEqualTo(State.APPROVED);
        assertThat(now(second).state()).isEqualTo(State.DENIED);
        assertThat(now(third).votes())
                .extracting(Vote::guidance)
                .containsExactly("open a pull request");
        assertThat(now(fourth).state()).isEqualTo(State.APPROVED);
        assertThat(shown()).contains("git push origin <U+202E>main").doesNotContain("\u202e");
        assertThat(shown().lines().filter(line -> line.length() > 80)).isEmpty();
    }
}
