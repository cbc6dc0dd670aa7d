package dev.countersign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** The side of Slack that talks by connections: RFC 6455, as far as Socket Mode needs it. */
final class FakeSlackSocket implements AutoCloseable {
    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;

    private final ServerSocket server;
    private final CopyOnWriteArrayList<Socket> open = new CopyOnWriteArrayList<>();

    /** Envelopes that were said to have come. */
    final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();

    /** How many connections there were. */
    final ConcurrentLinkedQueue<Integer> connected = new ConcurrentLinkedQueue<>();

    FakeSlackSocket() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread _ = Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "ws://127.0.0.1:" + server.getLocalPort() + "/link/?ticket=t";
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread _ = Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            String key = "";
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + ACCEPT).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream()
                    .write(
                            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection:"
                                            + " Upgrade\r\nSec-WebSocket-Accept: "
                                            + Base64.getEncoder().encodeToString(hash)
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            connected.add(socket.getPort());
            write(socket, TEXT, JsonNodeFactory.instance.objectNode().put("type", "hello"));
            open.add(socket);
            write(socket, PING, JsonNodeFactory.instance.objectNode());
            while (true) {
                take(in);
            }
        } catch (Exception e) {
            open.remove(socket);
        }
    }

    private void take(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7F;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] body = in.readNBytes(length);
        for (int i = 0; i < body.length; i++) {
            body[i] ^= mask[i % 4];
        }
        if (first == CLOSE) {
            throw new IOException("closed");
        }
        if (first == TEXT) {
            JsonNode said = NotifiedServer.JSON.readTree(body);
            heard.add(said.path("envelope_id").asText());
        }
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static synchronized void write(Socket socket, int kind, JsonNode said)
            throws IOException {
        byte[] body = said.toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(kind);
        if (body.length < 126) {
            frame.write(body.length);
        } else {
            frame.write(126);
            frame.write(body.length >> 8);
            frame.write(body.length & 0xFF);
        }
        frame.writeBytes(body);
        OutputStream out = socket.getOutputStream();
        out.write(frame.toByteArray());
        out.flush();
    }

    /** Says what somebody pressed. */
    void press(String envelope, ObjectNode payload) throws IOException {
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.put("envelope_id", envelope).put("type", "interactive");
        said.put("accepts_response_payload", false).set("payload", payload);
        write(open.getLast(), TEXT, said);
    }

    /** Wants to be connected to anew, as Slack does every few hours. */
    void refresh() throws IOException {
        write(
                open.getLast(),
                TEXT,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "disconnect")
                        .put("reason", "refresh_requested"));
    }

    /** Breaks off. */
    void breakOff() throws IOException {
        for (Socket each : open) {
            each.close();
        }
        open.clear();
    }

    int open() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        breakOff();
    }
}
