package dev.countersign.notify.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * Sockets that connect to an address that was judged before, whatever the name of the host leads to
 * by then. TLS still asks for that name.
 */
final class JudgedSockets extends SocketFactory {
    private final InetAddress judged;

    JudgedSockets(InetAddress judged) {
        this.judged = judged;
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public void connect(SocketAddress wanted) throws IOException {
                connect(wanted, 0);
            }

            @Override
            public void connect(SocketAddress wanted, int timeout) throws IOException {
                if (!(wanted instanceof InetSocketAddress host)) {
                    throw new IOException("no address of a network");
                }
                super.connect(new InetSocketAddress(judged, host.getPort()), timeout);
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(judged, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(judged, port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(new InetSocketAddress(judged, port));
        return socket;
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress from, int fromPort)
            throws IOException {
        return createSocket(judged, port);
    }
}
