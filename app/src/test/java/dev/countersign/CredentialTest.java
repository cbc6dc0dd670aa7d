package dev.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Callers;
import dev.countersign.cli.Product;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.Surroundings;
import dev.countersign.testing.RawHttp;
import dev.countersign.testing.SignInLink;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where everybody must set a password or a passkey, a link alone opens nothing else. */
@SuppressWarnings("NullAway.Init")
final class CredentialTest {
    private @TempDir Path folder;

    private Product.Server serve(String settings) {
        return new App(new Surroundings(Map.of(), folder, folder, "linux", Clock.systemUTC()))
                .start(
                        SettingsFile.read("settings.yaml", folder, settings)
                                .complete(folder.resolve("data")));
    }

    private record Caller(RawHttp http, int port, Map<String, String> headers) {
        static Caller of(Product.Server server) throws Exception {
            URI link = server.signInLink();
            try (HttpClient client = HttpClient.newHttpClient()) {
                SignInLink.Browser browser = SignInLink.enter(client, link);
                String value = browser.cookie().replaceFirst("^[^=]+=", "");
                return new Caller(
                        new RawHttp(link.getPort()),
                        link.getPort(),
                        Map.of(
                                "Cookie",
                                browser.cookie(),
                                "X-Countersign-CSRF",
                                Callers.csrf(value),
                                "X-Countersign-Key",
                                browser.key(),
                                "Content-Type",
                                "application/json"));
            }
        }

        RawHttp.Answer call(String method, String path, String body) {
            return http.send(method, path, "localhost:" + port, headers, body);
        }
    }

    @Test
    void programsGetNothingFromABareSessionEither() throws Exception {
        try (Product.Server server =
                serve("listen: 127.0.0.1:0\nsign_in: {credential: required}\n")) {
            Caller caller = Caller.of(server);
            assertThat(caller.call("GET", "/", "").status()).isEqualTo(303);
            for (String path :
                    new String[] {"/v1/approvals", "/v1/people", "/v1/audit", "/events"}) {
                RawHttp.Answer answer = caller.call("GET", path, "");
                assertThat(answer.status()).as(path).isEqualTo(403);
                assertThat(answer.body()).contains("set a password or a passkey", "/account");
            }
            String token = "{\"kind\":\"personal\",\"name\":\"t\"}";
            assertThat(caller.call("POST", "/v1/tokens", token).status()).isEqualTo(403);
            assertThat(caller.call("POST", "/v1/approvals/APR-1/votes", "{}").status())
                    .isEqualTo(403);
            assertThat(caller.call("GET", "/account", "").status()).isEqualTo(200);
            assertThat(caller.call("POST", "/v1/logout", "").status()).isEqualTo(204);
            assertThat(caller.call("GET", "/v1/approvals", "").status()).isEqualTo(401);
        }
    }

    @Test
    void elsewhereALinkIsEnough() throws Exception {
        try (Product.Server server = serve("listen: 127.0.0.1:0\n")) {
            assertThat(Caller.of(server).call("GET", "/v1/approvals", "").status()).isEqualTo(200);
        }
    }
}
