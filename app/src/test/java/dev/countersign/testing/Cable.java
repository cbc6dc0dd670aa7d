package dev.countersign.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lies between a client and a server on the loopback, and can be pulled out: every connection
 * ends at once and none is taken until it is put back, at the same port.
 */
public final class Cable implements AutoCloseable {
    private final int server;
    private final int port;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private ServerSocket listening;

    public Cable(int server) {
        this.server = server;
        listening = listen(0);
        port = listening.getLocalPort();
    }

    /** The server's address on this side of the cable. */
    public String address() {
        return "http://127.0.0.1:" + port;
    }

    /** Where it begins. */
    public int port() {
        return port;
    }

    public void pull() {
        try {
            listening.close();
            for (Socket end : ends) {
                end.close();
            }
            ends.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void putBack() {
        listening = listen(port);
    }

    @Override
    public void close() {
        pull();
    }

    private ServerSocket listen(int at) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
            Thread.ofVirtual().start(() -> take(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(ServerSocket from) {
        while (true) {
            try {
                Socket near = from.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), server);
                ends.add(near);
                ends.add(far);
                Thread.ofVirtual().start(() -> carry(near, far));
                Thread.ofVirtual().start(() -> carry(far, near));
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Until either end is closed. */
    private void carry(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] some = new byte[8_192];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                to.getOutputStream().write(some, 0, n);
                to.getOutputStream().flush();
            }
        } catch (IOException e) {
            // Pulled out, or the other side hung up.
        } finally {
            ends.remove(from);
            ends.remove(to);
        }
    }
}
