package dev.countersign.notify.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** Mail goes to the address that was judged. */
final class JudgedSocketsTest {
    @Test
    void whereverTheNameLeadsByThen() throws Exception {
        InetAddress judged = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, judged);
                Socket socket = new JudgedSockets(judged).createSocket()) {
            socket.connect(
                    InetSocketAddress.createUnresolved("nowhere.invalid", server.getLocalPort()),
                    5_000);
            assertThat(socket.getInetAddress()).isEqualTo(judged);
        }
    }
}
