package dev.countersign;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A push service with one browser behind it, which checks what the real ones check. */
final class FakePushService implements AutoCloseable {
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final HttpServer service;
    private final byte[] auth = "sixteen bytes ok".getBytes(StandardCharsets.US_ASCII);
    private final KeyPair browser;

    /** What a sender is answered. */
    volatile int status = 201;

    /** What the browser was shown. */
    final ConcurrentLinkedQueue<JsonNode> shown = new ConcurrentLinkedQueue<>();

    /** What a real one would not have taken. */
    final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

    FakePushService() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        browser = generator.generateKeyPair();
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        service.createContext("/", this::take);
        service.start();
    }

    /** The key of the browser, as its subscription says it. */
    String key() {
        return TEXT.encodeToString(ownPoint());
    }

    /** The secret of the subscription. */
    String auth() {
        return TEXT.encodeToString(auth);
    }

    /** Where a browser of that name is told. */
    String endpoint(String name) {
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

    /** The key of the browser, as a subscription has it (an uncompressed point). */
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
        if (plain[plain.length - 1] != 2) {
            wrong.add("not the last record");
        }
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

    @Override
    public void close() {
        service.stop(0);
    }
}
