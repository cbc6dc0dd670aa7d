package dev.countersign.notify.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.ChannelKind;
import dev.countersign.config.ChannelSettings;
import dev.countersign.config.Network;
import dev.countersign.notify.Addresses;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Channel;
import dev.countersign.notify.Undelivered;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * STARTTLS over a connection to the address that was judged: nothing that matters is said before
 * it, and only to the host that was asked for.
 */
@SuppressWarnings("NullAway.Init")
final class StartTlsTest {
    private static final char[] OPEN = "changeit".toCharArray();

    private @TempDir Path folder;
    private ServerSocket server;
    private SSLContext tls;
    private boolean offered = true;

    /** What was said in the clear, and what under TLS. */
    private final ConcurrentLinkedQueue<String> clear = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<String> secret = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void serve() throws Exception {
        Path keys = folder.resolve("keys.p12");
        Process made =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "mail",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=dns:localhost",
                                "-keystore",
                                keys.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .start();
        assertThat(made.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), OPEN);
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, OPEN);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(store);
        tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread _ = Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread _ = Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            say(socket, "220 mail");
            if (!commands(socket, false)) {
                return;
            }
            try (SSLSocket secured =
                    (SSLSocket)
                            tls.getSocketFactory()
                                    .createSocket(socket, null, socket.getPort(), false)) {
                secured.setUseClientMode(false);
                boolean _ = commands(secured, true);
            }
        } catch (IOException e) {
            // The other side broke off, as it should where something is wrong.
        }
    }

    /** Answers until the end; true where TLS begins. */
    private boolean commands(Socket socket, boolean secured) throws IOException {
        ConcurrentLinkedQueue<String> said = secured ? secret : clear;
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
        boolean data = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            said.add(line);
            String word = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
            if (data) {
                data = !line.equals(".");
                if (!data) {
                    say(socket, "250 taken");
                }
            } else if (word.equals("EHLO")) {
                boolean here = !secured && offered;
                say(
                        socket,
                        "250-mail\r\n250-AUTH PLAIN LOGIN"
                                + (here ? "\r\n250 STARTTLS" : "\r\n250 8BITMIME"));
            } else if (word.equals("STARTTLS")) {
                say(socket, "220 go");
                return true;
            } else if (word.equals("AUTH")) {
                say(socket, "235 in");
            } else if (word.equals("DATA")) {
                data = true;
                say(socket, "354 more");
            } else if (word.equals("QUIT")) {
                say(socket, "221 bye");
                return false;
            } else {
                say(socket, "250 ok");
            }
        }
        return false;
    }

    private static void say(Socket socket, String line) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private Mail mail(String host, SSLSocketFactory sockets) {
        Map<String, String> said = new HashMap<>();
        said.put("host", host);
        said.put("port", Integer.toString(server.getLocalPort()));
        said.put("from", "countersign@example.com");
        said.put("user", "countersign");
        ChannelSettings settings = new ChannelSettings("mail", ChannelKind.EMAIL, said);
        return new Mail(
                new Channel(settings, Map.of("password", "hunter2"), true),
                new Addresses(List.of(Network.of("127.0.0.1"), Network.of("::1"))),
                new AnswerLinks(new NoLinks(), Clock.systemUTC()),
                URI.create("https://countersign.example.com"),
                sockets,
                Clock.systemUTC());
    }

    /** A test message has no links. */
    private static final class NoLinks implements AnswerLinks.Store {
        @Override
        public void put(AnswerLinks.Link link) {}

        @Override
        public Optional<AnswerLinks.Link> kept(String hash) {
            return Optional.empty();
        }

        @Override
        public boolean use(String hash, Instant now) {
            return false;
        }

        @Override
        public void restore(String hash) {}
    }

    @Test
    void nothingThatMattersIsSaidBeforeTls() throws Exception {
        mail("localhost", tls.getSocketFactory()).test();
        assertThat(clear).hasSize(2).first().asString().startsWith("EHLO");
        assertThat(clear).last().isEqualTo("STARTTLS");
        assertThat(secret)
                .anyMatch(line -> line.startsWith("AUTH"))
                .contains("Subject: A test message of Countersign");
    }

    @Test
    void aServerThatOffersNoTlsGetsNothing() {
        offered = false;
        assertThatThrownBy(() -> mail("localhost", tls.getSocketFactory()).test())
                .isInstanceOf(Undelivered.class)
                .hasMessageContaining("STARTTLS");
        assertThat(clear).noneMatch(line -> line.startsWith("AUTH") || line.startsWith("MAIL"));
        assertThat(secret).isEmpty();
    }

    /** The address is the judged one; whom TLS must prove to be is the host of the settings. */
    @Test
    void aServerThatCannotProveItsNameGetsNothing() {
        assertThatThrownBy(() -> mail("127.0.0.1", tls.getSocketFactory()).test())
                .isInstanceOf(Undelivered.class);
        assertThat(secret).noneMatch(line -> line.startsWith("AUTH"));
    }

    /** What comes soon after goes by the same connection, which ends with the channel. */
    @Test
    void aConnectionServesWhatComesSoonAfter() throws Exception {
        try (Mail mail = mail("localhost", tls.getSocketFactory())) {
            mail.test();
            mail.test();
            assertThat(clear).containsOnlyOnce("STARTTLS");
            assertThat(secret.stream().filter(line -> line.startsWith("MAIL"))).hasSize(2);
            assertThat(secret).doesNotContain("QUIT");
        }
        assertThat(secret).endsWith("QUIT");
    }

    /** One that the other side ended meanwhile is not used. */
    @Test
    void aConnectionThatEndedIsMadeAnew() throws Exception {
        try (Mail mail = mail("localhost", tls.getSocketFactory())) {
            mail.test();
            sockets.element().close();
            mail.test();
            assertThat(clear.stream().filter("STARTTLS"::equals)).hasSize(2);
            assertThat(secret.stream().filter(line -> line.startsWith("MAIL"))).hasSize(2);
        }
    }

    /** Nor one whose certificate nobody vouches for. */
    @Test
    void aServerThatNobodyVouchesForGetsNothing() {
        assertThatThrownBy(() ->
                        mail("localhost", (SSLSocketFactory) SSLSocketFactory.getDefault()).test())
                .isInstanceOf(Undelivered.class);
        assertThat(secret).noneMatch(line -> line.startsWith("AUTH"));
    }
}
