package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.DatabaseUrl;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.Cable;
import dev.countersign.testing.PostgresServer;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with its data in PostgreSQL, and the commands that read it, as people use them. */
@SuppressWarnings("NullAway.Init")
final class PostgresCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final HttpClient http = HttpClient.newHttpClient();
    private Cable cable;
    private String url;
    private Path data;
    private Product.Server server;
    private String agent;

    @BeforeEach
    void start() throws Exception {
        cable = new Cable(PostgresServer.port());
        url = PostgresServer.fresh().replace(":" + PostgresServer.port(), ":" + cable.port());
        data = folder.resolve("data");
        server =
                new App(around(Map.of()))
                        .start(
                                new ServerSettings.Given(
                                                Optional.of(data),
                                                Optional.of(DatabaseUrl.of(url)),
                                                Optional.of(new Listen("127.0.0.1", 0)),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.of(true),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty())
                                        .complete(data));
        assertThat(run(Map.of(), "tokens", "create", "--kind", "agent", "--name", "a", "--json"))
                .as(err.toString())
                .isZero();
        agent = JSON.readTree(out.toString()).path("token").asText();
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
        cable.close();
    }

    private Surroundings around(Map<String, String> environment) {
        return new Surroundings(environment, folder, folder, "linux", Clock.systemUTC());
    }

    private int run(Map<String, String> environment, String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader("")),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        100,
                        false,
                        false,
                        false);
        String[] all =
                Stream.concat(Stream.of(words), Stream.of("--data", data.toString()))
                        .toArray(String[]::new);
        Surroundings around = around(environment);
        return new Cli(new Tools(new App(around), terminal, around)).run(all);
    }

    private JsonNode decision(String command) throws Exception {
        String body =
                JSON.createObjectNode()
                        .put("client", "claude-code")
                        .put("tool", "Bash")
                        .put("cwd", folder.toString())
                        .set("input", JSON.createObjectNode().put("command", command))
                        .toString();
        HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(at("/v1/decisions"))
                                .header("authorization", "Bearer " + agent)
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private URI at(String path) {
        return server.url().resolve(path);
    }

    private void awaitReady(int status) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        HttpRequest ask = HttpRequest.newBuilder(at("/health/ready")).build();
        while (http.send(ask, BodyHandlers.ofString()).statusCode() != status) {
            assertThat(System.nanoTime()).as("within %s", PATIENCE).isLessThan(end);
        }
    }

    @Test
    void whileTheDatabaseIsAwayCallsAreDeniedAndThenItGoesOn() throws Exception {
        assertThat(decision("ls").path("effect").asText()).isEqualTo("allow");
        awaitReady(200);
        cable.pull();
        awaitReady(503);
        // Longer than what was looked up counts without another look.
        Thread.sleep(1_200);
        // What is denied anyhow keeps its reason.
        for (String command : List.of("rm -rf /", "ls", "rm -rf /")) {
            JsonNode denied = decision(command);
            assertThat(denied.path("effect").asText()).isEqualTo("deny");
            assertThat(denied.path("decider").path("kind").asText())
                    .as(denied.toString())
                    .isEqualTo(command.equals("ls") ? "failure" : "floor");
            assertThat(denied.toString()).doesNotContain("postgres:postgres");
        }
        cable.putBack();
        awaitReady(200);
        assertThat(decision("ls").path("effect").asText()).isEqualTo("allow");
        assertThat(run(Map.of("COUNTERSIGN_DATABASE_URL", url), "audit", "verify")).isZero();
        assertThat(out.toString()).contains("INTACT", "COMPLETE");
    }

    @Test
    void whatIsThereIsReadVerifiedAndMoved() throws Exception {
        assertThat(decision("ls").path("effect").asText()).isEqualTo("allow");
        server.close();
        Map<String, String> named = Map.of("COUNTERSIGN_DATABASE_URL", url);
        assertThat(run(named, "audit", "list", "--kind", "decision")).isZero();
        assertThat(out.toString()).contains("ls");
        assertThat(run(Map.of(), "audit", "verify", "--database-url", url)).isZero();
        assertThat(out.toString()).contains("INTACT", "COMPLETE");
        String export = folder.resolve("all.jsonl").toString();
        assertThat(run(named, "audit", "export", "--out", export)).as(err.toString()).isZero();
        assertThat(run(named, "audit", "erase", "--person", "owner@localhost", "--reason", "asked"))
                .as(err.toString())
                .isZero();

        assertThat(run(Map.of(), "audit", "verify")).isEqualTo(1);
        assertThat(err.toString()).contains("--database-url names the database whose keys are");

        // Its password from elsewhere, as `ps` shows options.
        String bare = url.replace("postgres:postgres@", "postgres@");
        Path moved = folder.resolve("moved");
        assertThat(
                        run(
                                Map.of("PGPASSWORD", "postgres"),
                                "data",
                                "copy",
                                "--from",
                                bare,
                                "--to",
                                moved.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("records verify on both sides");
        data = moved;
        assertThat(run(Map.of(), "audit", "verify")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("INTACT", "COMPLETE");
        assertThat(run(Map.of(), "audit", "verify", "--database-url", "postgresql://x"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("the database URL names no database");
    }
}
