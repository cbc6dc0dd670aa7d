package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of an organisation's own, which no JDK knows. */
@SuppressWarnings("NullAway.Init")
final class TrustedRootsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private @TempDir Path folder;
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        Path store = folder.resolve("store.p12");
        keytool(
                "-genkeypair",
                store,
                "-keyalg",
                "EC",
                "-dname",
                "CN=team",
                "-ext",
                "san=dns:localhost");
        keytool("-exportcert", store, "-rfc", "-file", pem().toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Path pem() {
        return folder.resolve("team.pem");
    }

    private static void keytool(String what, Path store, String... more) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                what,
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                "changeit",
                                "-alias",
                                "team"));
        command.addAll(List.of(more));
        assertThat(new ProcessBuilder(command).redirectErrorStream(true).start().waitFor())
                .isZero();
    }

    private int status(String host, Optional<String> file) throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(TrustedRoots.context(file)).build()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "https://"
                                                            + host
                                                            + ":"
                                                            + server.getAddress().getPort()
                                                            + "/"))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void believesWhatThePlatformBelieves() throws Exception {
        assertThat(status("localhost", Optional.of(pem().toString()))).isEqualTo(204);
    }

    @Test
    void believesNobodyElse() {
        assertThatThrownBy(() -> status("localhost", Optional.empty()))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aCertificateIsForItsOwnName() {
        assertThatThrownBy(() -> status("127.0.0.1", Optional.of(pem().toString())))
                .isInstanceOf(SSLHandshakeException.class);
    }
}
