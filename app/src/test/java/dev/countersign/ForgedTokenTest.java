package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A provider of the test's own that says whatever the test wants: what no real one would say. */
@SuppressWarnings({"NullAway.Init", "JavaUtilDate"}) // tokens are built of such dates
final class ForgedTokenTest {
    private static final String SECRET = "a secret for the tests only, and long";
    private static RSAKey key;
    private static RSAKey other;

    private @TempDir Path folder;
    private HttpServer provider;
    private Product.Server server;
    private HttpClient http;
    private Function<JWTClaimsSet, String> answer = claims -> signed(claims, key);
    private UnaryOperator<JWTClaimsSet.Builder> change = UnaryOperator.identity();
    private String nonce = "";

    @BeforeAll
    static void keys() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k").generate();
        other = new RSAKeyGenerator(2048).keyID("k").generate();
    }

    @BeforeEach
    void start() throws Exception {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext(
                "/",
                exchange -> {
                    switch (exchange.getRequestURI().getPath()) {
                        case "/.well-known/openid-configuration" ->
                                send(
                                        exchange,
                                        """
                                        {"issuer":"%1$s","authorization_endpoint":"%1$s/auth",
                                        "token_endpoint":"%1$s/token","jwks_uri":"%1$s/jwks",
                                        "response_types_supported":["code"],
                                        "subject_types_supported":["public"],
                                        "id_token_signing_alg_values_supported":["RS256"]}\
                                        """
                                                .formatted(issuer()));
                        case "/jwks" -> send(exchange, new JWKSet(key.toPublicJWK()).toString());
                        case "/token" ->
                                send(
                                        exchange,
                                        "{\"access_token\":\"a\",\"token_type\":\"Bearer\","
                                                + "\"id_token\":\""
                                                + answer.apply(change.apply(claims()).build())
                                                + "\"}");
                        default -> exchange.sendResponseHeaders(404, -1);
                    }
                    exchange.close();
                });
        provider.start();
        http =
                HttpClient.newBuilder()
                        .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
                        .build();
        server = serve("member");
    }

    @AfterEach
    void stop() {
        http.close();
        server.close();
        provider.stop(0);
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String issuer() {
        return "http://127.0.0.1:" + provider.getAddress().getPort();
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject("one")
                .audience("countersign")
                .issueTime(new Date())
                .expirationTime(in(Duration.ofMinutes(5)))
                .claim("nonce", nonce)
                .claim("email", "ana@example.com")
                .claim("email_verified", true)
                .claim("groups", List.of("everybody"));
    }

    private static Date in(Duration time) {
        return Date.from(Instant.now().plus(time));
    }

    private static String signed(JWTClaimsSet claims, RSAKey by) {
        try {
            SignedJWT token =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(), claims);
            token.sign(new RSASSASigner(by));
            return token.serialize();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String byMac(JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
            return token.serialize();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private Product.Server serve(String role) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(folder.resolve("secret"), SECRET);
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        ServerSettings.Given given =
                SettingsFile.read(
                        "settings.yaml",
                        folder,
                        """
                        listen: 127.0.0.1:%d
                        sign_in:
                          providers:
                            - name: Double
                              issuer: %s
                              client_id: countersign
                              client_secret_file: secret
                              domains: [example.com]
                              create_people: true
                              roles: {everybody: %s}
                        """
                                .formatted(port, issuer(), role));
        return new App(
                        new Surroundings(
                                Map.of("SHELL", "/bin/bash"),
                                home,
                                home,
                                "linux",
                                Clock.systemUTC()))
                .start(given.complete(folder.resolve("data")));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(server.url() + path)).build(),
                BodyHandlers.ofString());
    }

    private static String parameter(HttpResponse<String> begun, String name) {
        return begun.headers()
                .firstValue("Location")
                .orElseThrow()
                .replaceFirst(".*[?&]" + name + "=([^&]+).*", "$1");
    }

    private HttpResponse<String> signIn(String more) throws Exception {
        HttpResponse<String> begun = get("/sign-in/oidc?provider=double" + more);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
        nonce = parameter(begun, "nonce");
        return get("/sign-in/oidc/return?code=c&state=" + parameter(begun, "state"));
    }

    @Test
    void whatIsRightSignsIn() throws Exception {
        HttpResponse<String> in = signIn("");
        assertThat(in.statusCode()).as(in.body()).isEqualTo(200);
        assertThat(get("/account").body()).contains("ana@example.com");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                changed("another audience", c -> c.audience("somebody-else")),
                changed("no audience", c -> c.audience((String) null)),
                changed("another issuer", c -> c.issuer("https://evil.example")),
                changed("no issuer", c -> c.issuer(null)),
                changed("expired", c -> c.expirationTime(in(Duration.ofMinutes(-3)))),
                changed("no end", c -> c.expirationTime(null)),
                changed("issued tomorrow", c -> c.issueTime(in(Duration.ofMinutes(3)))),
                changed("not valid yet", c -> c.notBeforeTime(in(Duration.ofMinutes(3)))),
                changed("of another sign-in", c -> c.claim("nonce", "another")),
                changed("of no sign-in", c -> c.claim("nonce", null)),
                changed("nobody", c -> c.subject(null)));
    }

    private static Arguments changed(String what, UnaryOperator<JWTClaimsSet.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void whatDoesNotFitIsRefused(String what, UnaryOperator<JWTClaimsSet.Builder> wrong)
            throws Exception {
        change = wrong;
        refused(signIn(""), "");
    }

    @Test
    void whatTheProviderDidNotSignIsRefused() throws Exception {
        answer = claims -> signed(claims, other);
        refused(signIn(""), "does not hold");
        answer = ForgedTokenTest::byMac;
        refused(signIn(""), "does not hold");
        answer = claims -> new PlainJWT(claims).serialize();
        refused(signIn(""), "does not hold");
        answer = claims -> signed(claims, key).replaceFirst("^[^.]+", "eyJhbGciOiJub25lIn0");
        refused(signIn(""), "");
        answer = _ -> "not.a.token";
        refused(signIn(""), "cannot be read");
    }

    private void refused(HttpResponse<String> reply, String words) throws Exception {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(403);
        assertThat(reply.body()).contains("Sign in", words);
        assertThat(get("/account").statusCode()).isEqualTo(401);
    }

    /** Within two minutes nobody is refused. */
    @Test
    void clocksThatAreALittleApartAreBorne() throws Exception {
        change =
                c ->
                        c.issueTime(in(Duration.ofSeconds(90)))
                                .notBeforeTime(in(Duration.ofSeconds(90)));
        assertThat(signIn("").statusCode()).isEqualTo(200);
        change = c -> c.expirationTime(in(Duration.ofSeconds(-90)));
        assertThat(signIn("").statusCode()).isEqualTo(200);
    }

    /** Addresses are given to somebody else one day. */
    @Test
    void anotherAccountWithTheSameAddressIsRefusedAndOwnersAreTold() throws Exception {
        assertThat(signIn("").statusCode()).isEqualTo(200);
        change = c -> c.subject("two");
        HttpClient first = http;
        http =
                HttpClient.newBuilder()
                        .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
                        .build();
        refused(signIn(""), "An owner here has to say whose it is");
        http.close();
        http = first;
        assertThat(get("/").body()).contains("another account at " + issuer());
        change = UnaryOperator.identity();
        assertThat(signIn("").statusCode()).isEqualTo(200);
    }

    /** Only who signed in there just now is confirmed here. */
    @Test
    void howLongAgoSomebodySignedInThereCounts() throws Exception {
        for (Map.Entry<Duration, Boolean> each :
                Map.of(
                                Duration.ofMinutes(-1), true,
                                Duration.ofMinutes(1), true,
                                Duration.ofMinutes(-6), false,
                                Duration.ofDays(30), false)
                        .entrySet()) {
            change = c -> c.claim("auth_time", Instant.now().plus(each.getKey()).getEpochSecond());
            HttpResponse<String> begun = get("/sign-in/oidc?provider=double&again=yes");
            assertThat(begun.headers().firstValue("Location").orElseThrow())
                    .contains("prompt=login", "max_age=0");
            assertThat(signIn("&again=yes").statusCode()).isEqualTo(200);
            assertThat(get("/confirm?then=%2Fgrants").statusCode())
                    .as(each.toString())
                    .isEqualTo(each.getValue() ? 303 : 200);
        }
        // One that does not say when it was is no confirmation.
        change = UnaryOperator.identity();
        assertThat(signIn("&again=yes").statusCode()).isEqualTo(200);
        assertThat(get("/confirm?then=%2Fgrants").statusCode()).isEqualTo(200);
    }

    @Test
    void whoBeginsTooManySignInsWaits() throws Exception {
        for (int i = 0; i < 60; i++) {
            assertThat(get("/sign-in/oidc?provider=double").statusCode()).isEqualTo(303);
        }
        HttpResponse<String> later = get("/sign-in/oidc?provider=double");
        for (int i = 0; i < 60 && later.statusCode() != 429; i++) {
            later = get("/sign-in/oidc?provider=double");
        }
        assertThat(later.statusCode()).isEqualTo(429);
        assertThat(later.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aRoleThatNobodyAddedIsSaidAtTheStart() throws Exception {
        server.close();
        assertThatThrownBy(() -> serve("engineer"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("the provider `Double` gives the role `engineer`");
        server = serve("maintainer");
    }
}
