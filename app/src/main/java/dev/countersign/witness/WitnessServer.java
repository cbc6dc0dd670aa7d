package dev.countersign.witness;

import dev.countersign.config.Listen;
import dev.countersign.ledger.AddCheckpoint;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.WitnessRule.Answer;
import dev.countersign.ledger.WitnessRule.Reason;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where logs show their checkpoints to a witness, and anybody reads what it co-signed (C2SP
 * tlog-witness): {@code POST /add-checkpoint} and {@code GET /<SHA-256 of origin>/checkpoint}.
 */
public final class WitnessServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WitnessServer.class.getName());

    /** The library tells of every start at length. Held, or it would be forgotten. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    /** A checkpoint with many signatures and a proof is far smaller. */
    private static final int MOST_BYTES = 64 << 10;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int UNPROCESSABLE = 422;

    private final Witness witness;
    private final BiConsumer<String, Optional<Path>> alarm;
    private final WebServer web;

    private WitnessServer(
            Witness witness, Listen listen, BiConsumer<String, Optional<Path>> alarm) {
        LIBRARY.setLevel(Level.OFF);
        this.witness = witness;
        this.alarm = alarm;
        this.web =
                WebServer.builder()
                        .host(listen.host())
                        .port(listen.port())
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .routing(routing ->
                                routing.post("/add-checkpoint", this::add)
                                        .get(
                                                "/"
                                                        + WitnessFolder.nameOf(witness.log())
                                                        + "/checkpoint",
                                                (_, response) -> newest(response)))
                        .build();
    }

    /**
     * Begins to answer.
     *
     * @param alarm hears of two checkpoints that cannot both be true, and where they are kept
     */
    public static WitnessServer start(
            Witness witness, Listen listen, BiConsumer<String, Optional<Path>> alarm)
            throws WitnessException {
        WitnessServer server = new WitnessServer(witness, listen, alarm);
        try {
            server.web.start();
        } catch (RuntimeException e) {
            throw new WitnessException("cannot listen on `" + listen + "`: " + e.getMessage(), e);
        }
        // A port that is taken is only logged by the library.
        if (!server.web.isRunning()) {
            throw new WitnessException("cannot listen on `" + listen + "`");
        }
        return server;
    }

    /** The port it really has. */
    public int port() {
        return web.port();
    }

    private void newest(ServerResponse response) {
        Optional<SignedNote> newest = witness.newest();
        if (newest.isPresent()) {
            send(response, 200, newest.get().toString());
        } else {
            send(response, 404, "nothing was co-signed yet\n");
        }
    }

    private void add(ServerRequest request, ServerResponse response) {
        try {
            Optional<String> body = body(request);
            if (body.isEmpty()) {
                send(response, 413, "larger than " + MOST_BYTES + " bytes\n");
                return;
            }
            answer(AddCheckpoint.parse(body.get()), response);
        } catch (IllegalArgumentException e) {
            send(response, 400, e.getMessage() + "\n");
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "nothing was co-signed", e);
            if (!response.isSent()) {
                send(response, 500, "nothing was co-signed\n");
            }
        }
    }

    private static Optional<String> body(ServerRequest request) throws IOException {
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES
                    ? Optional.empty()
                    : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private void answer(AddCheckpoint shown, ServerResponse response) throws IOException {
        switch (witness.show(shown)) {
            case Answer.Good _ -> {
                // Another may have come since; what is answered must be of this checkpoint.
                SignedNote newest = witness.newest().orElseThrow();
                if (newest.text().equals(shown.checkpoint().text())) {
                    send(response, 200, lines(newest));
                } else {
                    conflict(response);
                }
            }
            case Answer.Refused refused -> refused(shown, refused, response);
        }
    }

    private String lines(SignedNote note) {
        StringBuilder lines = new StringBuilder();
        note.only(List.of(witness.key())).lines().forEach(line -> lines.append(line.text()));
        return lines.toString();
    }

    private void refused(AddCheckpoint shown, Answer.Refused refused, ServerResponse response)
            throws IOException {
        switch (refused.reason()) {
            case OTHER_LOG -> send(response, 404, refused.text() + "\n");
            case NOT_SIGNED -> send(response, 403, refused.text() + "\n");
            case SMALLER -> send(response, 400, refused.text() + "\n");
            case OTHER_OLD_SIZE -> conflict(response);
            case UNPROVED -> send(response, UNPROCESSABLE, refused.text() + "\n");
            case FORKED -> {
                // Both are signed by the log: proof enough, whoever brought the second one.
                alarm.accept(refused.text(), witness.evidence(Reason.FORKED, shown.checkpoint()));
                send(response, UNPROCESSABLE, refused.text() + "\n");
            }
        }
    }

    /** The log is to prove from what was co-signed last. */
    private void conflict(ServerResponse response) {
        response.status(Status.CONFLICT_409)
                .header(HeaderNames.CONTENT_TYPE, "text/x.tlog.size")
                .send((witness.size() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void send(ServerResponse response, int status, String text) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, TEXT)
                .send(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        web.stop();
    }
}
