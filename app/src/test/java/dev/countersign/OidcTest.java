package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.cli.Product;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.OpenIdProvider;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Signing in by a real OpenID provider, {@code oidc-provider} of npm, over a whole server. Needs
 * Node.js and npm.
 */
@Tag("provider")
@SuppressWarnings("NullAway.Init")
final class OidcTest {
    private static final Pattern ACTION = Pattern.compile("<form[^>]* action=\"([^\"]+)\"");

    private @TempDir Path folder;
    private int port;
    private int ours;
    private OpenIdProvider provider;
    private Product.Server server;

    @BeforeAll
    static void install() throws Exception {
        OpenIdProvider.install();
    }

    @AfterAll
    static void nothingIsLeftRunning() {
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    }

    @BeforeEach
    void start() throws Exception {
        port = OpenIdProvider.free();
        ours = OpenIdProvider.free();
        startProvider(0);
        server = serve("create_people: true");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        provider.close();
    }

    private void startProvider(int skewSeconds) throws Exception {
        provider =
                OpenIdProvider.start(
                        port,
                        "http://127.0.0.1:" + ours + "/sign-in/oidc/return",
                        Duration.ofSeconds(skewSeconds));
    }

    private Product.Server serve(String more) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path data = folder.resolve("data");
        Files.writeString(folder.resolve("secret"), OpenIdProvider.SECRET + "\n");
        String settings =
                """
                listen: 127.0.0.1:%d
                sign_in:
                  providers:
                    - name: Example
                      issuer: http://127.0.0.1:%d
                      client_id: countersign
                      client_secret_file: secret
                      domains: [example.com]
                      %s
                    - name: Misnamed
                      issuer: http://localhost:%d
                      client_id: countersign
                      client_secret_file: secret
                      domains: [example.com]
                    - name: Down
                      issuer: http://127.0.0.1:9
                      client_id: countersign
                      client_secret_file: secret
                      domains: [example.com]
                """
                        .formatted(ours, port, more, port);
        ServerSettings.Given given = SettingsFile.read("settings.yaml", folder, settings);
        return new App(
                        new Surroundings(
                                Map.of("SHELL", "/bin/bash"),
                                home,
                                home,
                                "linux",
                                Clock.systemUTC()))
                .start(given.complete(data));
    }

    /** A browser as far as this goes: cookies, redirects, the provider's two forms. */
    private final class Visitor implements AutoCloseable {
        private final HttpClient http =
                HttpClient.newBuilder()
                        .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();

        HttpResponse<String> get(String address) throws Exception {
            return http.send(
                    HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
        }

        private HttpResponse<String> post(String address, String form) throws Exception {
            return http.send(
                    HttpRequest.newBuilder(URI.create(address))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form))
                            .build(),
                    BodyHandlers.ofString());
        }

        private static String where(HttpResponse<String> response) {
            return response.uri()
                    .resolve(response.headers().firstValue("Location").orElseThrow())
                    .toString();
        }

        /** The address at which the provider begins. */
        String begin(String name) throws Exception {
            HttpResponse<String> begun =
                    get(
                            "http://127.0.0.1:"
                                    + ours
                                    + "/sign-in/oidc?then=%2Fgrants&provider="
                                    + name);
            assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
            return where(begun);
        }

        /** From the provider's first page to the address that leads back to us. */
        String through(String begun, String account) throws Exception {
            HttpResponse<String> page = get(begun);
            for (int steps = 0; steps < 12; steps++) {
                if (page.statusCode() / 100 == 3) {
                    String next = where(page);
                    if (next.startsWith("http://127.0.0.1:" + ours)) {
                        return next;
                    }
                    page = get(next);
                } else {
                    Matcher form = ACTION.matcher(page.body());
                    assertThat(form.find()).as(page.body()).isTrue();
                    String fields =
                            page.body().contains("name=\"login\"")
                                    ? "prompt=login&password=x&login=" + account
                                    : "prompt=consent";
                    page = post(page.uri().resolve(form.group(1)).toString(), fields);
                }
            }
            throw new AssertionError("the provider never leads back");
        }

        HttpResponse<String> signIn(String account) throws Exception {
            return get(through(begin("example"), account));
        }

        HttpResponse<String> page(String path) throws Exception {
            return get("http://127.0.0.1:" + ours + path);
        }

        @Override
        public void close() {
            http.close();
        }
    }

    @Test
    void aPersonOfTheProviderSignsInAndGetsTheRolesOfTheirGroups() throws Exception {
        server.close();
        server =
                serve(
                        "create_people: true\n      roles: {maintainers: maintainer, engineering: member}");
        try (Visitor ana = new Visitor();
                Visitor nobody = new Visitor()) {
            assertThat(ana.page("/sign-in").body()).contains("Sign in with Example");
            HttpResponse<String> in = ana.signIn("ana");
            assertThat(in.statusCode()).as(in.body()).isEqualTo(200);
            assertThat(in.body()).contains("data-then=\"/grants\"");
            assertThat(ana.page("/account").body())
                    .contains("ana@example.com", "by single sign-on");
            assertThat(ana.page("/v1/people").body()).contains("[\"maintainer\",\"member\"]");
            // The second time it is the same person.
            assertThat(ana.signIn("ana").statusCode()).isEqualTo(200);
            assertThat(ana.page("/v1/people").body().split("ana@example.com", -1)).hasSize(2);
            refused(nobody.signIn("nobody"), "None of your groups has a role here");
        }
    }

    private static void refused(HttpResponse<String> answer, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains(words);
        assertThat(answer.headers().allValues("Set-Cookie"))
                .noneMatch(each -> each.startsWith("countersign_session="));
    }

    @Test
    void onlyCheckedAddressesOfTrustedDomainsSignIn() throws Exception {
        try (Visitor visitor = new Visitor()) {
            refused(
                    visitor.signIn("unverified"),
                    "does not say that your e-mail address is checked");
        }
        try (Visitor visitor = new Visitor()) {
            refused(visitor.signIn("silent"), "does not say that your e-mail address is checked");
        }
        try (Visitor visitor = new Visitor()) {
            refused(visitor.signIn("stranger"), "cannot sign in this way");
        }
    }

    @Test
    void whoIsNotKnownIsNotAddedUnlessTheSettingsSaySo() throws Exception {
        server.close();
        server = serve("create_people: false");
        try (Visitor visitor = new Visitor()) {
            refused(visitor.signIn("bo"), "Nobody here has your e-mail address");
        }
    }

    /** Up to two minutes apart is borne, more is said. */
    @ParameterizedTest
    @CsvSource({"90, true", "-90, true", "600, false", "-300, false"})
    void clocksMayBeTwoMinutesApart(int seconds, boolean fine) throws Exception {
        provider.close();
        startProvider(seconds);
        try (Visitor visitor = new Visitor()) {
            HttpResponse<String> answer = visitor.signIn("bo");
            if (fine) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            } else {
                refused(answer, "its clock and ours are too far apart");
            }
        }
    }

    @Test
    void anAnswerOfAnotherSignInIsRefused() throws Exception {
        try (Visitor visitor = new Visitor();
                Visitor thief = new Visitor()) {
            // Somebody else's answer, in a browser that began nothing.
            String answer = visitor.through(visitor.begin("example"), "bo");
            refused(thief.get(answer), "was not begun in this browser");
            // In one that began its own: the state is another.
            String own = thief.begin("example");
            assertThat(own).contains("code_challenge_method=S256");
            refused(thief.get(answer), "belongs to another sign-in");
            // Once in the right one, and not again.
            assertThat(visitor.get(answer).statusCode()).isEqualTo(200);
            refused(visitor.get(answer), "was not begun in this browser");
        }
    }

    @Test
    void whatSomebodyChangedOnTheWayIsRefused() throws Exception {
        UnaryOperator<String> nonce = url -> url.replaceFirst("nonce=[^&]+", "nonce=another");
        UnaryOperator<String> client =
                url -> url.replaceFirst("client_id=[^&]+", "client_id=other");
        UnaryOperator<String> challenge =
                url -> url.replaceFirst("code_challenge=[^&]+", "code_challenge=" + "A".repeat(43));
        try (Visitor visitor = new Visitor()) {
            refused(through(visitor, nonce), "does not hold");
            refused(through(visitor, client), "did not take its own answer back");
            refused(through(visitor, challenge), "did not take its own answer back");
        }
    }

    private static HttpResponse<String> through(Visitor visitor, UnaryOperator<String> change)
            throws Exception {
        return visitor.get(visitor.through(change.apply(visitor.begin("example")), "bo"));
    }

    @Test
    void noOtherSiteBeginsASignIn() throws Exception {
        try (Visitor visitor = new Visitor()) {
            HttpResponse<String> answer =
                    visitor.http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + ours
                                                            + "/sign-in/oidc?provider=example"))
                                    .header("Sec-Fetch-Site", "cross-site")
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void whoCancelsThereIsNotSignedIn() throws Exception {
        try (Visitor visitor = new Visitor()) {
            String state = visitor.begin("example").replaceFirst(".*[?&]state=([^&]+).*", "$1");
            refused(
                    visitor.page("/sign-in/oidc/return?error=access_denied&state=" + state),
                    "did not sign you in");
        }
    }

    @Test
    void aProviderThatIsDownOrNamesItselfOtherwiseIsSaid() throws Exception {
        try (Visitor visitor = new Visitor()) {
            HttpResponse<String> down = visitor.page("/sign-in/oidc?provider=down");
            assertThat(down.statusCode()).isEqualTo(503);
            assertThat(down.body()).contains("Down cannot be reached at the moment");
            HttpResponse<String> misnamed = visitor.page("/sign-in/oidc?provider=misnamed");
            assertThat(misnamed.statusCode()).isEqualTo(503);
            assertThat(misnamed.body()).contains("does not fit our settings");
            assertThat(visitor.page("/sign-in/oidc?provider=none").statusCode()).isEqualTo(404);
            // Gone between there and back.
            String answer = visitor.through(visitor.begin("example"), "bo");
            provider.close();
            refused(visitor.get(answer), "Example cannot be reached at the moment");
        }
    }
}
