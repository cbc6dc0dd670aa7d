package dev.countersign.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Network;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A request waits for nobody without an end. */
final class PostingTest {
    @Test
    void whoAnswersByteByByteHoldsUpNobody() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread dripping = Thread.ofVirtual().start(() -> drip(slow));
            Posting posting =
                    new Posting(
                            new Addresses(List.of(Network.of("127.0.0.1"))), Duration.ofSeconds(1));
            URI url = URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/");
            assertThatThrownBy(() -> posting.post(url, Map.of(), new byte[0]))
                    .isInstanceOf(Undelivered.class)
                    .hasMessage("no answer within 1 seconds");
            assertThat(dripping.join(Duration.ofSeconds(20))).isTrue();
        }
    }

    private static void drip(ServerSocket slow) {
        try (Socket socket = slow.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write("HTTP/1.1 200".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException e) {
            // The other side hung up.
        }
    }
}
