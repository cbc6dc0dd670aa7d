package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.countersign.cli.Cli;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person types to have people told, against a server and a receiver that are there. */
@Timeout(120)
final class NotifyCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicInteger taken = new AtomicInteger();
    private @TempDir Path folder;
    private HttpServer receiver;
    private volatile int status = 200;
    private String typed = "";
    private NotifiedServer server;
    private String person;

    @BeforeEach
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    taken.incrementAndGet();
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        receiver.start();
        server = new NotifiedServer(folder, "notify: {allow_private: [127.0.0.1]}\n");
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.call("PUT", "/v1/teams/payments", server.owner, "{}");
        person = server.ownPerson();
    }

    @AfterEach
    void stop() {
        server.close();
        receiver.stop(0);
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Map<String, String> environment =
                Map.of(
                        "COUNTERSIGN_URL",
                        server.server.url().toString(),
                        "COUNTERSIGN_TOKEN",
                        person);
        Surroundings around =
                new Surroundings(environment, folder, folder, "linux", Clock.systemUTC());
        Terminal terminal =
                new Terminal(
                        new BufferedReader(new StringReader(typed)),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        120,
                        false,
                        false,
                        false);
        return new Cli(new Tools(new App(around), terminal, around)).run(words);
    }

    private String does(String... words) {
        assertThat(run(words)).as("%s: %s%s", String.join(" ", words), out, err).isZero();
        return out.toString();
    }

    private String refused(int code, String... words) {
        assertThat(run(words)).as("%s: %s%s", String.join(" ", words), out, err).isEqualTo(code);
        return out.toString() + err;
    }

    private void ops() {
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
        String secret = does("notify", "add", "ops", "--kind", "webhook", "--set", "url=" + url);
        assertThat(secret)
                .contains("People are told by ops", "Secret:     whsec_", "notify test ops");
    }

    @Test
    void aChannelIsAddedTriedListedAndEnded() {
        assertThat(does("notify", "list")).contains("People are told on the pages alone");
        ops();
        assertThat(does("notify", "test", "ops")).isEqualToIgnoringNewLines("It arrived.");
        assertThat(taken).hasValue(1);
        assertThat(does("notify", "list"))
                .contains("NAME", "WAITING")
                .containsPattern("ops +webhook +")
                .doesNotContain("whsec_");
        status = 403;
        assertThat(refused(1, "notify", "test", "ops")).contains("It did not arrive", "403");
        assertThat(does("notify", "remove", "ops")).contains("Nobody is told by ops any more");
        assertThat(refused(1, "notify", "test", "ops")).contains("no channel");
    }

    @Test
    void whatWasGivenUpIsListedAndSentAgain() throws Exception {
        ops();
        status = 410;
        String question = server.ask("git push origin main");
        until("the end of the tries", () -> does("notify", "failures").contains(question));
        assertThat(does("notify", "failures", "--channel", "ops")).contains("410", "msg_");
        status = 200;
        int before = taken.get();
        assertThat(does("notify", "replay", "--channel", "ops")).contains("Trying 1 again.");
        until("what was given up", () -> taken.get() > before);
        until("its note", () -> does("notify", "failures").contains("None."));
        assertThat(does("notify", "failures", "--status", "sent")).contains(question);
    }

    @Test
    void mailThatCameBackIsTakenFromAPipe() {
        typed = "From: li@example.com\n\nThank you.\n";
        assertThat(refused(1, "notify", "bounced")).contains("no delivery status notification");
    }

    @Test
    void whoIsToldOfWhatIsSaidAndTakenBack() {
        ops();
        assertThat(does("notify", "routes"))
                .contains("Whoever can answer is told by every channel");
        String hours = "mon-fri 08:00-18:00 Europe/Amsterdam";
        assertThat(
                        does(
                                "notify",
                                "route",
                                "team:payments",
                                "--channels",
                                "ops",
                                "--risk",
                                "medium",
                                "--hours",
                                hours,
                                "--digest",
                                "low every 4h"))
                .contains("Saved how team:payments is told");
        assertThat(does("notify", "route", "me", "--risk", "high")).contains("owner@localhost");
        assertThat(does("notify", "route", "person:" + ANA, "--silent")).contains(ANA);
        assertThat(does("notify", "routes").lines().map(String::strip))
                .anyMatch(each ->
                        each.matches(
                                "team:payments +yes +ops +medium +"
                                        + hours
                                        + " +low every 4h +page"))
                .anyMatch(each -> each.matches("person:" + ANA + " +no +all .*"))
                .anyMatch(each -> each.matches("person:owner@localhost +yes +all +high .*"));
        assertThat(does("notify", "route", "team:payments", "--remove"))
                .contains("team:payments is told by all channels again");
        assertThat(does("notify", "routes")).doesNotContain("team:payments");
        assertThat(refused(1, "notify", "route", "team:payments", "--channels", "none"))
                .contains("there is no channel `none`");
        assertThat(refused(2, "notify", "route", "payments")).contains("is neither team:NAME");
        assertThat(refused(2, "notify", "route", "me", "--remove")).contains("--remove");
    }

    @Test
    void whoseTurnItIsIsSaidAndEnded() {
        assertThat(does("notify", "on-call")).contains("Nobody. Say who");
        assertThat(
                        does(
                                "notify",
                                "rota",
                                "payments",
                                "--people",
                                ANA + "," + LI,
                                "--every",
                                "week",
                                "--at",
                                "09:00 Europe/Amsterdam",
                                "--from",
                                "2026-01-05"))
                .containsPattern("(ana|li)@example.com is on call for payments until 20");
        assertThat(does("notify", "on-call"))
                .contains("TEAM", "payments", ANA, LI, "09:00 Europe/Amsterdam");
        assertThat(refused(1, "notify", "rota", "nobody", "--people", ANA, "--at", "09:00 UTC"))
                .contains("there is no team `nobody`");
        assertThat(refused(1, "notify", "rota", "payments", "--people", ANA, "--at", "nine"))
                .contains("is no hand-over");
        assertThat(does("notify", "rota", "payments", "--remove"))
                .contains("Nobody is on call for payments any more");
    }
}
