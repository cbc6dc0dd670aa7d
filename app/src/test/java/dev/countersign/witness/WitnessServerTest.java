package dev.countersign.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.config.Listen;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol of C2SP tlog-witness, by the vectors of its specification. */
@SuppressWarnings("NullAway.Init")
final class WitnessServerTest {
    private @TempDir Path temporary;
    private final List<String> alarms = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private JsonNode own;
    private NoteKey log;
    private WitnessFolder folder;
    private Witness witness;
    private WitnessServer server;

    @BeforeEach
    void start() throws Exception {
        own =
                new ObjectMapper()
                        .readTree(Path.of("src/test/resources/ledger/tlog.json").toFile())
                        .path("own");
        log = NoteKey.parse(own.path("log_vkey").textValue());
        open();
    }

    private void open() throws Exception {
        folder = WitnessFolder.open(temporary.resolve("w"), Optional.empty());
        witness = new Witness(folder, log, Clock.systemUTC());
        server =
                WitnessServer.start(
                        witness,
                        new Listen("127.0.0.1", 0),
                        (text, file) -> alarms.add(text + " " + file));
    }

    @AfterEach
    void stop() {
        server.close();
        folder.close();
        http.close();
    }

    private HttpResponse<String> add(String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(at("add-checkpoint"))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/" + path);
    }

    private String first() {
        return "old 0\n\n" + own.path("checkpoint_6").textValue();
    }

    private SignedNote signed(long size, byte first) {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) 1);
        byte[] root = new byte[32];
        root[0] = first;
        return NoteSigner.of(log.name(), NoteKey.Kind.LOG, seed)
                .sign(new Checkpoint(log.name(), size, Hash.of(root)).note(), Instant.EPOCH);
    }

    @Test
    void aLogPushesAndEveryoneReadsWhatWasCoSigned() throws Exception {
        assertThat(add(first()).statusCode()).isEqualTo(200);
        HttpResponse<String> answer = add(own.path("add_checkpoint_request_6_to_8").textValue());
        assertThat(answer.statusCode()).isEqualTo(200);
        SignedNote note = SignedNote.parse(own.path("checkpoint_8").textValue() + answer.body());
        assertThat(note.cosignedAt(witness.key())).isPresent();
        HttpResponse<String> kept =
                http.send(
                        HttpRequest.newBuilder(at(own.path("monitor_path").textValue())).build(),
                        BodyHandlers.ofString());
        assertThat(SignedNote.parse(kept.body())).isEqualTo(note);
        // The same once more is a newer signature, not a contradiction.
        assertThat(add("old 8\n\n" + own.path("checkpoint_8").textValue()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatDoesNotFollowIsRefusedAsTheProtocolSays() throws Exception {
        assertThat(add(own.path("add_checkpoint_request_6_to_8").textValue()).statusCode())
                .isEqualTo(409);
        assertThat(add(first()).statusCode()).isEqualTo(200);
        HttpResponse<String> again = add(first());
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).isEqualTo("6\n");
        assertThat(again.headers().firstValue("Content-Type")).contains("text/x.tlog.size");
        assertThat(add("old 6\n").statusCode()).isEqualTo(400);
        assertThat(add("old 9\n\n" + own.path("checkpoint_8").textValue()).statusCode())
                .isEqualTo(400);
        assertThat(add("old 6\n\n" + own.path("checkpoint_8").textValue()).statusCode())
                .isEqualTo(422);
        assertThat(alarms).isEmpty();
        String unknown = own.path("checkpoint_8").textValue().replace("log.example", "other");
        assertThat(add("old 6\n\n" + unknown).statusCode()).isEqualTo(404);
        String bad = own.path("checkpoint_8").textValue().replace("\n8\n", "\n9\n");
        assertThat(add("old 6\n\n" + bad).statusCode()).isEqualTo(403);
        assertThat(add("x".repeat(70_000)).statusCode()).isEqualTo(413);
        assertThat(add("old 6\n\n" + signed(6, (byte) 7)).statusCode()).isEqualTo(422);
        assertThat(alarms).hasSize(1);
        assertThat(alarms.getFirst()).contains("two different ledgers of 6 records");
        try (var files = Files.walk(temporary)) {
            Path evidence =
                    files.filter(file -> file.getFileName().toString().startsWith("evidence-"))
                            .findAny()
                            .orElseThrow();
            assertThat(SignedNote.parseAll(Files.readString(evidence))).hasSize(2);
        }
        assertThat(witness.newest().orElseThrow().text())
                .isEqualTo(SignedNote.parse(own.path("checkpoint_6").textValue()).text());
    }

    @Test
    void whatWasSignedIsNotForgotten() throws Exception {
        assertThat(add(first()).statusCode()).isEqualTo(200);
        SignedNote before = witness.newest().orElseThrow();
        assertThatThrownBy(() -> WitnessFolder.open(temporary.resolve("w"), Optional.empty()))
                .isInstanceOf(WitnessException.class)
                .hasMessageContaining("another witness uses");
        server.close();
        folder.close();
        open();
        assertThat(witness.newest()).contains(before);
        assertThat(add("old 6\n\n" + signed(6, (byte) 7)).statusCode()).isEqualTo(422);
        server.close();
        folder.close();
        Path state;
        try (var files = Files.walk(temporary)) {
            state = files.filter(file -> file.endsWith("checkpoint")).findAny().orElseThrow();
        }
        // A memory that was changed is not gone on from, nor is it taken for none.
        Files.writeString(state, own.path("checkpoint_8").textValue());
        folder = WitnessFolder.open(temporary.resolve("w"), Optional.empty());
        assertThatThrownBy(() -> new Witness(folder, log, Clock.systemUTC()))
                .isInstanceOf(WitnessException.class)
                .hasMessageContaining("is not what was co-signed last");
    }

    @Test
    void aKeyThatIsThereKeepsItsName() {
        assertThatThrownBy(
                        () -> {
                            folder.close();
                            WitnessFolder.open(temporary.resolve("w"), Optional.of("other"));
                        })
                .isInstanceOf(WitnessException.class)
                .hasMessageContaining("is called");
    }
}
