package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where one request ends and the next begins. What a proxy in front might read otherwise than the
 * server must never be answered as a request of its own.
 */
@SuppressWarnings("NullAway.Init")
final class MessageBoundariesTest {
    private static final String HIDDEN = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** All that comes back until the server closes or says no more. */
    private String raw(String request) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
            socket.setSoTimeout(700);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            byte[] bytes = new byte[4_096];
            for (int n = socket.getInputStream().read(bytes);
                    n >= 0;
                    n = socket.getInputStream().read(bytes)) {
                all.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            // It waits for more, which is an answer too.
        }
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5|Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked|Content-Length: 5",
                "Content-Length: 5|Content-Length: 60",
                "Content-Length: 5, 60",
                "Content-Length: +5",
                "Content-Length: 0x5",
                "Content-Length: -1",
                "Content-Length : 5",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding : chunked",
            })
    void whatCanBeReadInTwoWaysIsNotAnsweredTwice(String headers) throws Exception {
        String answer =
                raw(
                        "POST /v1/login/token HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Type: application/json\r\n"
                                + headers.replace("|", "\r\n")
                                + "\r\n\r\n0\r\n\r\n"
                                + HIDDEN);
        assertThat(answer).as(answer).doesNotContain("\"status\":\"up\"");
    }

    @Test
    void oneAfterTheOtherIsAnsweredOneAfterTheOther() throws Exception {
        assertThat(raw(HIDDEN + HIDDEN).split("\"status\":\"up\"", -1)).hasSize(3);
    }
}
