package dev.countersign;

import static dev.countersign.NotifiedServer.ANA;
import static dev.countersign.NotifiedServer.LI;
import static dev.countersign.NotifiedServer.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.testing.SignInLink;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People are told in their browsers, which alone can read it. */
@SuppressWarnings("NullAway.Init")
final class PushTest {
    private static final String POLICY =
            """
            policy: story
            rules:
              - ask: {shell_run: "git push"}
                approvers: [ana@example.com, li@example.com]
            """;

    private @TempDir Path folder;
    private HttpServer service;
    private final byte[] auth = "sixteen bytes ok".getBytes(StandardCharsets.US_ASCII);
    private KeyPair browser;
    private volatile int status = 201;

    /** What the browser was shown. */
    private final ConcurrentLinkedQueue<JsonNode> shown = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void serve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        browser = generator.generateKeyPair();
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        service.createContext("/", this::take);
        service.start();
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    private String endpoint(String name) {
        return "http://127.0.0.1:" + service.getAddress().getPort() + "/" + name;
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        try {
            proven(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!"aes128gcm".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                    || Integer.parseInt(exchange.getRequestHeaders().getFirst("TTL")) < 1) {
                wrong.add("headers " + exchange.getRequestHeaders().entrySet());
            }
            JsonNode said = NotifiedServer.JSON.readTree(opened(body));
            if (status == 201) {
                shown.add(said);
            }
        } catch (Exception e) {
            wrong.add(e.toString());
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** As a push service does: whoever has the key signed that, for this service. */
    private void proven(String header) throws Exception {
        Matcher form =
                Pattern.compile("vapid t=([^.]+)\\.([^.]+)\\.([^,]+), k=(\\S+)").matcher(header);
        if (!form.matches()) {
            wrong.add("no vapid: " + header);
            return;
        }
        byte[] point = Base64.getUrlDecoder().decode(form.group(4));
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(point(point));
        signature.update((form.group(1) + "." + form.group(2)).getBytes(StandardCharsets.US_ASCII));
        JsonNode claims =
                NotifiedServer.JSON.readTree(Base64.getUrlDecoder().decode(form.group(2)));
        boolean here = endpoint("").startsWith(claims.path("aud").asText() + "/");
        boolean signed = signature.verify(Base64.getUrlDecoder().decode(form.group(3)));
        long left = claims.path("exp").asLong() - System.currentTimeMillis() / 1_000;
        if (!here || !signed || left < 60 || left > 86_400) {
            wrong.add("not proven: " + claims + " " + signed);
        }
    }

    private ECPublicKey point(byte[] point) throws Exception {
        return (ECPublicKey)
                KeyFactory.getInstance("EC")
                        .generatePublic(
                                new ECPublicKeySpec(
                                        new ECPoint(
                                                new BigInteger(1, point, 1, 32),
                                                new BigInteger(1, point, 33, 32)),
                                        ((ECPublicKey) browser.getPublic()).getParams()));
    }

    private byte[] ownPoint() {
        ECPoint point = ((ECPublicKey) browser.getPublic()).getW();
        byte[] bytes = new byte[65];
        bytes[0] = 4;
        for (int i = 0; i < 32; i++) {
            bytes[32 - i] = point.getAffineX().shiftRight(8 * i).byteValue();
            bytes[64 - i] = point.getAffineY().shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    /** As a browser does (RFC 8188, RFC 8291), by other means than ours. */
    private byte[] opened(byte[] body) throws Exception {
        byte[] salt = Arrays.copyOf(body, 16);
        byte[] sender = Arrays.copyOfRange(body, 21, 86);
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(browser.getPrivate());
        agreement.doPhase(point(sender), true);
        byte[] info = "WebPush: info\0".getBytes(StandardCharsets.US_ASCII);
        byte[] both = Arrays.copyOf(info, info.length + 130);
        System.arraycopy(ownPoint(), 0, both, info.length, 65);
        System.arraycopy(sender, 0, both, info.length + 65, 65);
        byte[] shared = expand(mac(auth, agreement.generateSecret()), both);
        byte[] secret = mac(salt, shared);
        byte[] key =
                expand(secret, "Content-Encoding: aes128gcm\0".getBytes(StandardCharsets.US_ASCII));
        byte[] nonce =
                expand(secret, "Content-Encoding: nonce\0".getBytes(StandardCharsets.US_ASCII));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, 0, 16, "AES"),
                new GCMParameterSpec(128, nonce, 0, 12));
        byte[] plain = cipher.doFinal(body, 86, body.length - 86);
        assertThat(plain[plain.length - 1]).isEqualTo((byte) 2);
        return Arrays.copyOf(plain, plain.length - 1);
    }

    private static byte[] expand(byte[] key, byte[] info) throws Exception {
        byte[] first = Arrays.copyOf(info, info.length + 1);
        first[info.length] = 1;
        return mac(key, first);
    }

    private static byte[] mac(byte[] key, byte[] text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    private static NotifiedServer ready(NotifiedServer server) throws Exception {
        String _ = server.person(ANA, "maintainer");
        String _ = server.person(LI, "maintainer");
        server.policy(POLICY);
        String body = "{\"kind\":\"push\",\"settings\":{\"contact\":\"ops@example.com\"}}";
        HttpResponse<String> made =
                server.send("PUT", "/v1/channels/browsers", server.ownPerson(), body);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(made.body()).doesNotContain("\"secret\"");
        return server;
    }

    private NotifiedServer started() throws Exception {
        return ready(
                new NotifiedServer(
                        folder,
                        """
                        sign_in: {credential: optional}
                        notify: {allow_private: [127.0.0.1]}
                        """));
    }

    private static HttpResponse<String> page(
            NotifiedServer server, String method, String path, SignInLink.Browser at, String form)
            throws Exception {
        return server.http()
                .send(
                        HttpRequest.newBuilder(URI.create(server.server.url() + path))
                                .header("Cookie", at.cookie())
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .method(method, BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString());
    }

    /** What the page's script sends once the browser has subscribed. */
    private HttpResponse<String> subscribe(
            NotifiedServer server, SignInLink.Browser at, String endpoint) throws Exception {
        String account = page(server, "GET", "/link/accounts", at, "").body();
        Matcher csrf = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"").matcher(account);
        assertThat(csrf.find()).isTrue();
        assertThat(account).containsPattern("data-push=\"B[A-Za-z0-9_-]{86}\"");
        Base64.Encoder text = Base64.getUrlEncoder().withoutPadding();
        String form =
                "csrf="
                        + csrf.group(1)
                        + "&key="
                        + at.key()
                        + "&label=phone&endpoint="
                        + URLEncoder.encode(endpoint, StandardCharsets.UTF_8)
                        + "&p256dh="
                        + text.encodeToString(ownPoint())
                        + "&auth="
                        + text.encodeToString(auth);
        return page(server, "POST", "/account/browsers", at, form);
    }

    @Test
    void aBrowserIsToldWhoAsksAndNeverTheCommand() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            assertThat(subscribe(server, ana, endpoint("a")).body())
                    .contains("You are told in this browser.", "phone");
            String id = server.ask("git push https://x:hunter2hunter2@example.com main");
            until("the message", () -> shown.size() == 1);
            assertThat(wrong).isEmpty();
            JsonNode said = shown.peek();
            assertThat(said.path("title").asText())
                    .isEqualTo(
                            server.approval(id).path("risk").asText("high")
                                    + " risk: builder asks in payments");
            assertThat(said.path("url").asText()).endsWith("/approvals/" + id);
            assertThat(said.path("tag").asText()).isEqualTo(id);
            assertThat(said.toString()).doesNotContain("hunter2", "git push");

            server.vote(id, server.token(token(LI)), "deny");
            until("its end", () -> shown.size() == 2);
            assertThat(shown.toArray(JsonNode[]::new)[1].path("body").asText()).contains("denied");
            assertThat(server.call("GET", "/v1/audit?kind=sign-in", server.owner, "").toString())
                    .contains("the browser phone of " + ANA + " is told of questions");
        }
    }

    private static String token(String email) {
        return "{\"kind\":\"personal\",\"name\":\"t\",\"person\":\"" + email + "\"}";
    }

    /** The push service says that the browser is no more: that is the end of it, for it alone. */
    @Test
    void whatIsGoneIsToldNoMore() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> _ = subscribe(server, ana, endpoint("gone"));
            status = 410;
            String _ = server.ask("git push origin main");
            until(
                    "it is noted",
                    () ->
                            server.call("GET", "/v1/audit?kind=sign-in", server.owner, "")
                                    .toString()
                                    .contains("its push service says status 410"));
            status = 201;
            HttpResponse<String> _ = subscribe(server, ana, endpoint("new"));
            String _ = server.ask("git push origin dev");
            until("the message", () -> shown.size() == 1);
            assertThat(page(server, "GET", "/link/accounts", ana, "").body())
                    .containsOnlyOnce("name=\"browser\"");
            assertThat(server.channel("browsers").path("failed").asInt()).isZero();
            assertThat(server.channel("browsers").path("state").asText()).isEqualTo("working");
        }
    }

    /** Whoever is signed in could else make the server talk to what only it can reach. */
    @Test
    void aBrowserElsewhereThanInTheInternetIsNotTold() throws Exception {
        try (NotifiedServer server =
                ready(new NotifiedServer(folder, "sign_in: {credential: optional}\n"))) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> _ = subscribe(server, ana, endpoint("inside"));
            JsonNode tried = server.call("POST", "/v1/channels/browsers/test", server.owner, "");
            assertThat(tried.path("error").asText()).contains("private network");
            String _ = server.ask("git push origin main");
            until("it fails", () -> server.channel("browsers").path("waiting").asInt() == 1);
            assertThat(shown).isEmpty();
            assertThat(subscribe(server, ana, "file:///etc/passwd").body())
                    .contains("said nothing by which");
        }
    }

    /** The page can be installed, and its worker and manifest are ours and static. */
    @Test
    void thePageIsAnApp() throws Exception {
        try (NotifiedServer server = started()) {
            SignInLink.Browser ana = server.browser(ANA);
            HttpResponse<String> inbox = page(server, "GET", "/", ana, "");
            assertThat(inbox.body()).contains("rel=\"manifest\" href=\"/static/app.webmanifest\"");
            assertThat(inbox.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("manifest-src 'self'", "script-src 'self'")
                    .doesNotContain("unsafe");
            JsonNode manifest =
                    NotifiedServer.JSON.readTree(
                            page(server, "GET", "/static/app.webmanifest", ana, "").body());
            assertThat(manifest.path("display").asText()).isEqualTo("standalone");
            assertThat(
                            page(server, "GET", "/static/worker.js", ana, "")
                                    .headers()
                                    .firstValue("Content-Type"))
                    .hasValue("text/javascript; charset=utf-8");
            assertThat(List.of(manifest.at("/icons/0/src").asText()))
                    .containsExactly("/static/icon.svg");
        }
    }
}
