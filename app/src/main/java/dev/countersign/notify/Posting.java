package dev.countersign.notify;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP request to an address that was judged before, of whose answer nothing but its head is
 * read. The clients of the JDK resolve names themselves, so that what was judged and what is
 * connected to could differ.
 */
public final class Posting {
    private static final int CONNECT = 5_000;
    private static final int ANSWER = 15_000;
    private static final int LARGEST_HEAD = 16 * 1024;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Addresses addresses;
    private final Duration longest;

    Posting(Addresses addresses) {
        this(addresses, LONGEST);
    }

    /**
     * Wires it.
     *
     * @param longest all of it together may take, so that who answers byte by byte holds up nobody
     */
    Posting(Addresses addresses, Duration longest) {
        this.addresses = addresses;
        this.longest = longest;
    }

    /**
     * What the other side said.
     *
     * @param status such as 200
     * @param retryAfter how long it wants to be left alone
     */
    public record Answer(int status, Optional<Duration> retryAfter) {
        boolean good() {
            return status / 100 == 2;
        }
    }

    /** Posts a body. Nothing is sent on to where an answer points. */
    public Answer post(URI url, Map<String, String> headers, byte[] body) throws Undelivered {
        boolean secure = "https".equals(url.getScheme());
        String host = url.getHost();
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        InetAddress address = addresses.judged(name);
        if (!secure && !address.isLoopbackAddress()) {
            throw Undelivered.thisOne("`http` is for this machine alone; elsewhere it is `https`");
        }
        int port = url.getPort() < 0 ? (secure ? 443 : 80) : url.getPort();
        AtomicBoolean late = new AtomicBoolean();
        Thread watch = null;
        try (Socket plain = new Socket()) {
            watch = Thread.ofVirtual().name("deadline").start(() -> end(plain, late));
            plain.connect(new InetSocketAddress(address, port), CONNECT);
            plain.setSoTimeout(ANSWER);
            plain.setTcpNoDelay(true);
            try (Socket socket = secure ? secured(plain, name, port) : plain) {
                OutputStream out = socket.getOutputStream();
                out.write(request(url, headers, body));
                out.flush();
                return answer(new BufferedInputStream(socket.getInputStream()));
            }
        } catch (IOException e) {
            if (late.get()) {
                throw Undelivered.down("no answer within " + longest.toSeconds() + " seconds");
            }
            String why = e.getMessage();
            throw Undelivered.down(why == null ? "no connection" : why);
        } finally {
            if (watch != null) {
                watch.interrupt();
            }
        }
    }

    /** Closes a connection when its time is over. */
    private void end(Socket socket, AtomicBoolean late) {
        try {
            Thread.sleep(longest);
            late.set(true);
            socket.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(URI url, Map<String, String> headers, byte[] body) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        StringBuilder head = new StringBuilder("POST ").append(path);
        if (url.getRawQuery() != null) {
            head.append('?').append(url.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(url.getRawAuthority());
        head.append("\r\nUser-Agent: Countersign\r\nConnection: close\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n");
        headers.forEach((name, value) -> {
            if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IllegalArgumentException("no value of a header: " + name);
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(start);
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static Answer answer(InputStream in) throws IOException {
        String status = line(in, LARGEST_HEAD);
        if (!status.matches("HTTP/1\\.[01] [1-5]\\d\\d.*")) {
            throw new IOException("the answer is no HTTP");
        }
        Optional<Duration> retry = Optional.empty();
        int left = LARGEST_HEAD - status.length();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            left -= line.length() + 2;
            String small = line.toLowerCase(Locale.ROOT);
            if (small.matches("retry-after:\\s*\\d{1,6}\\s*")) {
                retry =
                        Optional.of(
                                Duration.ofSeconds(Long.parseLong(small.replaceAll("\\D", ""))));
            }
        }
        return new Answer(Integer.parseInt(status.substring(9, 12)), retry);
    }

    private static String line(InputStream in, int most) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > most) {
                throw new IOException("the answer broke off");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** What an answer means for whoever sent a message. */
    static void require(Answer answer) throws Undelivered {
        if (answer.good()) {
            return;
        }
        String why = "status " + answer.status();
        if (answer.status() == 429 || (answer.status() == 503 && answer.retryAfter().isPresent())) {
            throw Undelivered.notBefore(why, answer.retryAfter().orElse(Duration.ofSeconds(10)));
        }
        if (answer.status() >= 500) {
            throw Undelivered.down(why);
        }
        throw answer.status() == 410 ? Undelivered.gone(why) : Undelivered.thisOne(why);
    }
}
