package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.config.DataFolder;
import dev.countersign.config.Listen;
import dev.countersign.config.MachineFacts;
import dev.countersign.config.Surroundings;
import dev.countersign.edge.Edge;
import dev.countersign.edge.EdgeFolder;
import dev.countersign.people.Token;
import dev.countersign.testing.TestServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laptop's way to a server elsewhere, by the commands alone. */
@SuppressWarnings("NullAway.Init")
final class EdgeCommandsTest {
    private static final Pattern CODE = Pattern.compile("Code +([A-Z]{4}-[A-Z]{4})");

    private @TempDir Path home;
    private TestServer server;
    private Desk desk;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        desk = new Desk(home);
        desk.environment.put("HOSTNAME", "Anas-Laptop.example");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Surroundings around() {
        return desk.tools().around();
    }

    private Path folder() {
        return DataFolder.edge(around());
    }

    /** Runs a command that waits for a code, and lets Ana answer it. */
    private int confirmed(boolean yes, String... command) throws Exception {
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> desk.run(command));
        while (!exit.isDone()) {
            Matcher code = CODE.matcher(desk.out.toString());
            if (code.find() && server.logins.find(code.group(1)).isPresent()) {
                assertThat(server.logins.answer(code.group(1), TestServer.ANA, "session", yes))
                        .isTrue();
                break;
            }
            Thread.onSpinWait();
        }
        return exit.get();
    }

    private Edge edge() throws Exception {
        EdgeFolder kept = new EdgeFolder(folder());
        EdgeFolder.Device device = kept.device().orElseThrow();
        return Edge.start(
                new Edge.Settings(
                        kept,
                        new Listen("127.0.0.1", 0),
                        URI.create(device.server()),
                        device.token(),
                        Duration.ofMinutes(1)),
                around(),
                new MachineFacts());
    }

    @Test
    void aDeviceGetsItsTokenByACode() throws Exception {
        assertThat(confirmed(true, "login", "--device", "--server", server.address())).isZero();
        assertThat(desk.out.toString())
                .contains("asks as the agent anas-laptop, driven by ana@example.com")
                .contains("edge --server " + server.address());
        Token token =
                server.people.tokensOf(TestServer.ANA).stream()
                        .filter(each -> each.kind() == Token.Kind.DEVICE)
                        .findFirst()
                        .orElseThrow();
        assertThat(token.agent()).isEqualTo("anas-laptop");
        Path file = folder().resolve("device.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aRefusedCodeLeavesNothing() throws Exception {
        assertThat(confirmed(false, "login", "--device", "--server", server.address()))
                .isEqualTo(1);
        assertThat(desk.err.toString()).contains("refused in the page");
        assertThat(folder().resolve("device.json")).doesNotExist();
    }

    @Test
    void anEdgeWithoutATokenSaysHowToGetOne() {
        assertThat(desk.run("edge", "--server", server.address())).isEqualTo(1);
        assertThat(desk.err.toString()).contains("login --device --server " + server.address());
    }

    @Test
    void anEdgeForAnotherServerThanItsTokenDoesNotStart() throws Exception {
        new EdgeFolder(folder()).keep(URI.create("https://team.example/"), "csa_x", "");
        assertThat(desk.run("edge", "--server", server.address())).isEqualTo(1);
        assertThat(desk.err.toString()).contains("is for `https://team.example/`");
    }

    @Test
    void clientsAreWiredToTheEdgeAndTakenOffAgain() throws Exception {
        assertThat(confirmed(true, "login", "--device", "--server", server.address())).isZero();
        Path settings = home.resolve(".claude/settings.json");
        try (Edge edge = edge()) {
            assertThat(desk.run("connect", "claude-code")).as(desk.err.toString()).isZero();
            assertThat(desk.out.toString())
                    .contains(edge.url() + " is an edge and asks " + server.address())
                    .contains("a canary call was refused as it should be");
            assertThat(Files.readString(settings))
                    .contains(edge.url() + "/hooks/claude-code/PreToolUse", "cse_")
                    .doesNotContain("csa_");
            int _ = desk.run("doctor");
            assertThat(desk.out.toString())
                    .contains(edge.url() + " answers, an edge that asks " + server.address())
                    .contains("a canary call with the token of the settings arrived");

            assertThat(desk.run("disconnect", "claude-code")).isEqualTo(1);
            assertThat(desk.err.toString()).contains("needs a person who signed in");
            new SignIns(around())
                    .keep(
                            ServerClient.address(server.address()),
                            server.personal(TestServer.ANA, true),
                            "");
            assertThat(desk.run("disconnect", "claude-code")).as(desk.err.toString()).isZero();
            assertThat(desk.out.toString()).contains("revoked its agent token edg_");
            assertThat(settings).doesNotExist();
            assertThat(
                            new ObjectMapper()
                                    .readTree(folder().resolve("clients.json").toFile())
                                    .path("clients"))
                    .isEmpty();
        }
        assertThat(folder().resolve("owner.json")).doesNotExist();
    }

    /** Linux takes this address for the loopback; to us it is that of another machine. */
    private String far() {
        return server.address().replace("127.0.0.1", "0.0.0.0");
    }

    @Test
    void aServerElsewhereIsAskedDirectlyWithADeviceToken() throws Exception {
        assertThat(confirmed(true, "connect", "claude-code", "--server", far()))
                .as(desk.err.toString())
                .isZero();
        assertThat(desk.out.toString()).contains("a canary call was refused as it should be");
        assertThat(Files.readString(home.resolve(".claude/settings.json")))
                .contains(far() + "/hooks/claude-code/PreToolUse", "csa_");
        assertThat(server.people.tokensOf(TestServer.ANA))
                .filteredOn(token -> token.kind() == Token.Kind.DEVICE)
                .extracting(Token::agent)
                .containsExactly("claude-code");
        int _ = desk.run("doctor");
        assertThat(desk.out.toString().replaceAll("\\s+", " "))
                .contains("it is asked directly, so calls are judged as they are written");
    }

    @Test
    void whoIsSignedInMakesADeviceTokenForAServerElsewhere() throws Exception {
        new SignIns(around())
                .keep(ServerClient.address(far()), server.personal(TestServer.ANA, true), "");
        assertThat(desk.run("connect", "claude-code", "--server", far()))
                .as(desk.err.toString())
                .isZero();
        assertThat(server.people.tokensOf(TestServer.ANA))
                .extracting(Token::kind)
                .contains(Token.Kind.DEVICE)
                .doesNotContain(Token.Kind.AGENT);
    }

    @Test
    void theDoctorSaysWhereTheChainEnds() throws Exception {
        assertThat(confirmed(true, "login", "--device", "--server", server.address())).isZero();
        try (Edge _ = edge()) {
            assertThat(desk.run("connect", "claude-code")).isZero();
            server.server.stop();
            assertThat(desk.run("doctor")).isEqualTo(1);
            assertThat(desk.out.toString().replaceAll("\\s+", " "))
                    .contains("cannot be reached; until then every tool call is blocked");
        }
    }

    @Test
    void behindAnEdgeNobodyNamesAnAgent() throws Exception {
        assertThat(confirmed(true, "login", "--device", "--server", server.address())).isZero();
        try (Edge _ = edge()) {
            assertThat(desk.run("connect", "claude-code", "--agent", "other")).isEqualTo(2);
            assertThat(desk.err.toString()).contains("login --device --agent NAME");
        }
    }
}
