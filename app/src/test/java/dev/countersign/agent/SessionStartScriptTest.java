package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What runs at the start of a session, by a real shell. */
@DisabledOnOs(OS.WINDOWS)
final class SessionStartScriptTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private @TempDir Path folder;

    private HttpServer server(String name) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    asked.add(
                            name
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        return server;
    }

    /** A file of the user would send the token wherever somebody wrote into it. */
    @Test
    void noFileOfTheUserChangesWhereTheTokenGoes() throws Exception {
        HttpServer ours = server("ours");
        HttpServer theirs = server("theirs");
        try {
            Files.writeString(
                    folder.resolve(".curlrc"),
                    "url = \"http://127.0.0.1:" + theirs.getAddress().getPort() + "/\"\n");
            String hooks = "http://127.0.0.1:" + ours.getAddress().getPort() + "/hooks/";
            ProcessBuilder shell =
                    new ProcessBuilder("sh", "-c", SessionStartScript.text(hooks))
                            .redirectErrorStream(true);
            shell.environment().put("HOME", folder.toString());
            shell.environment().put("COUNTERSIGN_TOKEN", "csa_secret");
            shell.environment().remove("CURL_HOME");
            shell.environment().remove("XDG_CONFIG_HOME");
            Process running = shell.start();
            running.getOutputStream()
                    .write("{\"session_id\": \"s1\"}".getBytes(StandardCharsets.UTF_8));
            running.getOutputStream().close();
            String said =
                    new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(said).contains("no right answer");
            assertThat(asked).containsExactly("ours /hooks/PreToolUse Bearer csa_secret");
        } finally {
            ours.stop(0);
            theirs.stop(0);
        }
    }
}
