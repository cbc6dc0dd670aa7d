package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The sender, run by a real shell: every way it can fail ends in the client's own deny. */
@DisabledOnOs(OS.WINDOWS)
final class SendingTest {
    @TempDir private Path folder;
    private @Nullable HttpServer server;
    private String url = "";
    private volatile int status = 200;
    private volatile String answer = "countersign 0\n{\"x\":1}";
    private volatile String asked = "";
    private volatile String headers = "";

    @BeforeEach
    void start() throws IOException {
        HttpServer started =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        started.createContext(
                "/",
                exchange -> {
                    asked =
                            exchange.getRequestURI()
                                    + " "
                                    + new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8);
                    headers = exchange.getRequestHeaders().entrySet().toString();
                    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        started.start();
        server = started;
        url = "http://127.0.0.1:" + started.getAddress().getPort();
        Files.writeString(folder.resolve(Sending.NAME), sending().shipped());
        Files.writeString(folder.resolve("codex.curl"), Sending.config("csa_secret"));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private record Ended(int code, String out, String err) {}

    private Sending sending() {
        return new Sending(folder.resolve(Sending.NAME), folder.resolve("codex.curl"), url);
    }

    /** As a client does: a shell with the command of the hook. */
    private Ended hook(Sending.Form form, int seconds, String before, String after)
            throws IOException, InterruptedException {
        String command = sending().command("codex", "PreToolUse", form, seconds);
        return run(List.of("sh", "-c", before + "{ " + command + "; }" + after));
    }

    private Ended hook(Sending.Form form) throws IOException, InterruptedException {
        return hook(form, 60, "", "");
    }

    private Ended run(List<String> words) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                new ProcessBuilder(words)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try (var in = process.getOutputStream()) {
            in.write("{\"tool_name\":\"Bash\"}".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It refused before it read.
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Test
    void anAnswerIsHandedOver() throws IOException, InterruptedException {
        assertThat(hook(Sending.Form.EXIT)).isEqualTo(new Ended(0, "{\"x\":1}\n", ""));
        assertThat(asked).isEqualTo("/hooks/codex/PreToolUse {\"tool_name\":\"Bash\"}");
        assertThat(headers)
                .containsIgnoringCase("Authorization=[Bearer csa_secret]")
                .containsIgnoringCase("X-Countersign-Cwd=[" + folder.toRealPath());

        answer = "countersign 0\n";
        assertThat(hook(Sending.Form.EXIT)).isEqualTo(new Ended(0, "", ""));
        answer = "countersign 2\nnot today\nnor tomorrow";
        assertThat(hook(Sending.Form.EXIT))
                .isEqualTo(new Ended(2, "", "not today\nnor tomorrow\n"));
        answer = "countersign 0\n{\"a\":\"\\n %s %d \\\\ 'x' $HOME `id`\"}";
        assertThat(hook(Sending.Form.EXIT).out()).isEqualTo(answer.substring(14) + "\n");
    }

    /** What a client is told, in each of their forms, and that nothing else is said. */
    private void refused(String why) throws IOException, InterruptedException {
        refused(why, 60, "", "");
    }

    private void refused(String why, int seconds, String before, String after)
            throws IOException, InterruptedException {
        Ended exit = hook(Sending.Form.EXIT, seconds, before, after);
        assertThat(exit.code()).as(exit.toString()).isEqualTo(2);
        assertThat(exit.out()).isEmpty();
        assertThat(exit.err())
                .contains("Countersign could not judge this: ", why, "not a policy decision");
        assertThat(exit.err().lines()).as("said once").hasSize(1);
        Ended cancel = hook(Sending.Form.CANCEL, seconds, before, after);
        assertThat(cancel.code()).isZero();
        assertThat(cancel.out())
                .startsWith("{\"cancel\":true,\"errorMessage\":\"Countersign could not judge")
                .contains(why)
                .endsWith("\"}\n");
        Ended decision = hook(Sending.Form.DECISION, seconds, before, after);
        assertThat(decision.code()).isZero();
        assertThat(decision.out())
                .startsWith("{\"permissionDecision\":\"deny\",\"permissionDecisionReason\":\"")
                .contains(why);
        assertThat(hook(Sending.Form.QUIET, seconds, before, after))
                .isEqualTo(new Ended(0, "", ""));
    }

    @Test
    void withoutAServer() throws IOException, InterruptedException {
        stop();
        refused("no server answers at " + url);
    }

    @Test
    void whenTheServerIsSilent() throws IOException, InterruptedException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + silent.getLocalPort();
            refused("did not answer within 1 seconds", 4, "", "");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|'<html>sign in to this network</html>'|is none of ours",
                "200|'{}'|is none of ours",
                "200|''|is none of ours",
                "200|'countersign 1'|is none of ours",
                "200|'countersign 2'|is none of ours",
                "204|''|status 204",
                "302|''|status 302",
                "401|'{}'|refuses the token",
                "403|'{}'|refuses the token",
                "404|'{}'|status 404",
                "500|'countersign 0'|status 500"
            })
    void whenTheAnswerIsNone(int code, String text, String why)
            throws IOException, InterruptedException {
        status = code;
        answer = text;
        refused(why);
    }

    @Test
    void withoutCurl() throws IOException, InterruptedException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("sh"), Path.of("/bin/sh"));
        refused("curl is not installed", 60, "PATH=" + bin + "; export PATH; ", "");
    }

    @Test
    void withoutItsToken() throws IOException, InterruptedException {
        Files.delete(folder.resolve("codex.curl"));
        refused("the file with its token cannot be read");
    }

    @Test
    void whenTheSenderIsGoneOrCutShort() throws IOException, InterruptedException {
        Files.writeString(folder.resolve(Sending.NAME), "kill -9 $$\n");
        Ended killed = hook(Sending.Form.EXIT);
        assertThat(killed.code()).isEqualTo(2);
        assertThat(killed.err()).contains("its sender did not run");
        Files.writeString(folder.resolve(Sending.NAME), "if true; then\n");
        assertThat(hook(Sending.Form.EXIT).code()).isEqualTo(2);
        assertThat(hook(Sending.Form.EXIT).err()).isNotEmpty();
        Files.delete(folder.resolve(Sending.NAME));
        Ended gone = hook(Sending.Form.EXIT);
        assertThat(gone.code()).isEqualTo(2);
        assertThat(gone.err()).isNotEmpty();
        assertThat(hook(Sending.Form.CANCEL).out()).contains("\"cancel\":true");
        assertThat(hook(Sending.Form.DECISION).out()).contains("\"deny\"");
    }

    /** An answer that nobody can read is no allow. */
    @ParameterizedTest
    @EnumSource(
            value = Sending.Form.class,
            names = {"EXIT", "DECISION", "CANCEL"})
    void whenNobodyReads(Sending.Form form) throws IOException, InterruptedException {
        Ended closed = hook(form, 60, "", " >&-");
        if (form == Sending.Form.EXIT) {
            assertThat(closed.code()).isEqualTo(2);
            assertThat(closed.err()).contains("its answer could not be handed over");
        } else {
            assertThat(closed.code()).isNotZero();
        }
        Ended full = hook(form, 60, "", " >/dev/full");
        assertThat(full.code()).as(full.toString()).isNotZero();
    }

    @Test
    void noFileOfTheUserChangesWhereItAsks() throws IOException, InterruptedException {
        Files.writeString(
                folder.resolve(".curlrc"),
                "url = \"http://127.0.0.1:1/\"\nproxy = \"http://127.0.0.1:1\"\n");
        String before =
                "HOME=" + folder + "; http_proxy=http://127.0.0.1:1; export HOME http_proxy; ";
        assertThat(hook(Sending.Form.EXIT, 60, before, ""))
                .isEqualTo(new Ended(0, "{\"x\":1}\n", ""));
    }

    @Test
    void theCommandNamesTheServerAndNotTheToken() {
        List<String> texts = new ArrayList<>();
        for (Sending.Form form : Sending.Form.values()) {
            texts.add(sending().command("codex", "PreToolUse", form, 3_600));
        }
        assertThat(texts)
                .allSatisfy(text -> {
                    assertThat(Sending.server(text)).hasValue(url);
                    assertThat(text).doesNotContain("csa_").contains(" 3580 $PPID");
                });
        assertThat(Sending.token(Sending.config("csa_x"))).hasValue("csa_x");
    }
}
