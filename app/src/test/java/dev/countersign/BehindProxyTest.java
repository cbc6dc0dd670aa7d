package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.cli.Product;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs where a proxy stands in front that does TLS. */
@SuppressWarnings("NullAway.Init")
final class BehindProxyTest {
    private static final String PROXIED =
            "listen: 127.0.0.1:0\nbehind_proxy: true\npublic_url: https://countersign.example/\n";

    private @TempDir Path folder;

    private Product.Server serve(String settings) {
        return new App(new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC()))
                .start(
                        SettingsFile.read("settings.yaml", folder, settings)
                                .complete(folder.resolve("data")));
    }

    /** Where the server itself answers: the note for its owner has it. */
    private URI local() throws Exception {
        return URI.create(
                new com.fasterxml.jackson.databind.ObjectMapper()
                        .readTree(folder.resolve("data").resolve("owner.json").toFile())
                        .path("url")
                        .asText());
    }

    private static HttpResponse<String> post(
            HttpClient http, URI address, String form, String forwarded) throws Exception {
        return http.send(
                HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-Forwarded-For", forwarded)
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void cookiesAndPagesAreForTlsAlone() throws Exception {
        try (Product.Server server = serve(PROXIED);
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(server.signInLink().toString()).startsWith("https://countersign.example/");
            HttpResponse<String> in =
                    post(
                            http,
                            local().resolve("/sign-in/code"),
                            server.signInLink().getRawQuery(),
                            "192.0.2.1");
            assertThat(in.statusCode()).isEqualTo(200);
            List<String> cookies = in.headers().allValues("Set-Cookie");
            assertThat(cookies).hasSize(1);
            assertThat(cookies.getFirst())
                    .startsWith("__Host-countersign_session=")
                    .contains("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
                    .doesNotContain("Domain");
            String value = cookies.getFirst().replaceFirst("^[^=]+=([^;]+);.*", "$1");
            assertThat(status(http, "__Host-countersign_session=" + value)).isEqualTo(200);
            // A neighbouring host could set the plain name.
            assertThat(status(http, "countersign_session=" + value)).isEqualTo(401);
            for (String path : List.of("/", "/v1/approvals", "/openapi.json", "/nothing")) {
                HttpResponse<String> page =
                        http.send(
                                HttpRequest.newBuilder(local().resolve(path)).build(),
                                BodyHandlers.ofString());
                assertThat(page.headers().firstValue("Strict-Transport-Security"))
                        .as(path)
                        .contains("max-age=63072000; includeSubDomains");
                assertThat(page.headers().allValues("X-Content-Type-Options"))
                        .as(path)
                        .containsExactly("nosniff");
                assertThat(page.headers().allValues("Cache-Control"))
                        .as(path)
                        .containsExactly(path.equals("/openapi.json") ? "no-cache" : "no-store");
            }
        }
    }

    private int status(HttpClient http, String cookie) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(local().resolve("/account"))
                                .header("Cookie", cookie)
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    private int tries(HttpClient http, int times, String forwarded) throws Exception {
        int status = 0;
        for (int i = 0; i < times; i++) {
            status =
                    post(
                                    http,
                                    local().resolve("/sign-in"),
                                    "email=p" + i + "%40example.com&password=x",
                                    forwarded.replace("N", Integer.toString(i)))
                            .statusCode();
        }
        return status;
    }

    /** What the proxy adds stands last; what a sender claims, before it. */
    @Test
    void theProxySaysWhoAsks() throws Exception {
        try (Product.Server _ = serve(PROXIED);
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(tries(http, 31, "203.0.113.N, 192.0.2.7")).isEqualTo(429);
            assertThat(tries(http, 1, "203.0.113.1, 192.0.2.8")).isEqualTo(403);
        }
    }

    @Test
    void withoutOneNobodyElseDoes() throws Exception {
        try (Product.Server _ = serve("listen: 127.0.0.1:0\n");
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(tries(http, 31, "203.0.113.N")).isEqualTo(429);
            HttpResponse<String> page =
                    http.send(
                            HttpRequest.newBuilder(local().resolve("/sign-in")).build(),
                            BodyHandlers.ofString());
            assertThat(page.headers().firstValue("Strict-Transport-Security")).isEmpty();
        }
    }
}
