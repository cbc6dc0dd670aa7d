package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.cli.Cli;
import dev.countersign.cli.Product;
import dev.countersign.cli.Terminal;
import dev.countersign.cli.Tools;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.SignInLink;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way back of who has lost everything they sign in with: a link made on the server's machine.
 */
@SuppressWarnings("NullAway.Init")
final class PeopleLinkTest {
    private @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Surroundings around;
    private App app;
    private Path data;

    @BeforeEach
    void prepare() {
        around = new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC());
        app = new App(around);
        data = folder.resolve("data");
    }

    private Product.Server server() {
        return app.start(
                ServerSettings.Given.NONE
                        .over(
                                new ServerSettings.Given(
                                        Optional.of(data),
                                        Optional.empty(),
                                        Optional.of(new Listen("127.0.0.1", 0)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))
                        .complete(data));
    }

    private int run(String... words) {
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
        return new Cli(new Tools(app, terminal, around)).run(all);
    }

    private static HttpResponse<String> send(
            HttpClient http, URI address, String cookie, Optional<String> form) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Cookie", cookie);
        form.ifPresent(body ->
                request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void whileTheServerStandsStillItsOwnerMakesOneAndEverybodyIsTold() throws Exception {
        server().close();
        assertThat(run("people", "link", "owner@localhost")).as(err.toString()).isZero();
        String code = out.toString().strip().replaceFirst(".*code=", "");
        assertThat(run("people", "link", "eve@example.com")).isEqualTo(1);
        assertThat(err.toString()).contains("nobody is `eve@example.com`");
        try (Product.Server server = server();
                HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> in =
                    send(
                            http,
                            server.url().resolve("/sign-in/code"),
                            "a=b",
                            Optional.of("code=" + code));
            assertThat(in.statusCode()).isEqualTo(200);
            String cookie =
                    in.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
            assertThat(send(http, server.url().resolve("/"), cookie, Optional.empty()).body())
                    .contains("ALARM")
                    .contains("a sign-in link for owner@localhost was made");
            assertThat(run("audit", "list", "--kind", "sign-in")).isZero();
            assertThat(out.toString()).contains("made by the owner of the data folder");
        }
    }

    /** Where the settings ask for it, nobody goes on with nothing but a link. */
    @Test
    void whoMustSetAPasswordDoesSoFirst() throws Exception {
        ServerSettings.Given given =
                SettingsFile.read(
                        "c.yaml", folder, "listen: 127.0.0.1:0\nsign_in: {credential: required}\n");
        try (Product.Server server = app.start(given.complete(data));
                HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> in =
                    send(
                            http,
                            server.url().resolve("/sign-in/code"),
                            "a=b",
                            Optional.of(server.signInLink().getRawQuery()));
            String cookie =
                    in.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
            HttpResponse<String> inbox =
                    send(http, server.url().resolve("/"), cookie, Optional.empty());
            assertThat(inbox.statusCode()).isEqualTo(303);
            URI where = server.url().resolve(inbox.headers().firstValue("Location").orElseThrow());
            String page = send(http, where, cookie, Optional.empty()).body();
            assertThat(page).contains("Welcome").doesNotContain("Not now");
            String csrf = page.replaceFirst("(?s).*?name=\"csrf\" value=\"([0-9a-f]+)\".*", "$1");
            String form =
                    "csrf="
                            + csrf
                            + "&password=a+long+sentence&again=a+long+sentence&key="
                            + SignInLink.key(in.body());
            assertThat(
                            send(
                                            http,
                                            server.url().resolve("/account/password"),
                                            cookie,
                                            Optional.of(form))
                                    .statusCode())
                    .isEqualTo(303);
            assertThat(send(http, server.url().resolve("/"), cookie, Optional.empty()).statusCode())
                    .isEqualTo(200);
        }
    }

    /** Whoever runs as the same user gets no sign-in from a server that runs. */
    @Test
    void aRunningServerMakesNoneForTheOwnerShortcut() {
        try (Product.Server _ = server()) {
            assertThat(run("people", "link", "owner@localhost")).isEqualTo(1);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString()).contains("countersign login");
        }
    }
}
