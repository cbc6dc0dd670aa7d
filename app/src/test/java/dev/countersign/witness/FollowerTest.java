package dev.countersign.witness;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import dev.countersign.ledger.WitnessRule.Reason;
import dev.countersign.witness.Follower.Round;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a witness makes of a log that is served as plain files, true ones and others. */
@SuppressWarnings("NullAway.Init")
final class FollowerTest {
    private @TempDir Path temporary;
    private final NoteSigner log =
            NoteSigner.of("log.example.test", NoteKey.Kind.LOG, new byte[32]);
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private WitnessFolder folder;
    private Witness witness;
    private Follower follower;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] file = files.get(exchange.getRequestURI().getPath());
                    synchronized (asked) {
                        asked.add(
                                exchange.getRequestMethod()
                                        + " "
                                        + exchange.getRequestURI().getPath()
                                        + " "
                                        + exchange.getRequestHeaders().getFirst("Authorization"));
                    }
                    exchange.getResponseHeaders().add("Location", "/elsewhere");
                    exchange.sendResponseHeaders(
                            file == null ? 404 : file.length == 0 ? 302 : 200,
                            file == null || file.length == 0 ? -1 : file.length);
                    if (file != null && file.length > 0) {
                        exchange.getResponseBody().write(file);
                    }
                    exchange.close();
                });
        server.start();
        folder = WitnessFolder.open(temporary.resolve("w"), Optional.of("w.example.test"));
        witness = new Witness(folder, log.key(), Clock.systemUTC());
        follower =
                new Follower(
                        witness,
                        URI.create(
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/logs/one"),
                        Optional.of("secret"),
                        Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        follower.close();
        folder.close();
        server.stop(0);
    }

    private static List<Hash> leaves(int size, String kind) {
        List<Hash> leaves = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            leaves.add(MerkleTree.leaf((kind + i).getBytes(StandardCharsets.UTF_8)));
        }
        return leaves;
    }

    private static Hash root(List<Hash> leaves) {
        MerkleTree.Edge edge = new MerkleTree.Edge();
        leaves.forEach(edge::add);
        return edge.root();
    }

    private void sign(int size, Hash root) {
        SignedNote note =
                log.sign(new Checkpoint(log.key().name(), size, root).note(), Instant.EPOCH);
        files.put("/logs/one/checkpoint", note.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Serves a tree as C2SP tlog-tiles says, and nothing of older ones. */
    private void serve(List<Hash> leaves) {
        files.clear();
        List<Hash> row = leaves;
        for (int level = 0; !row.isEmpty(); level++) {
            List<Hash> above = new ArrayList<>();
            for (int from = 0; from < row.size(); from += Tile.WIDTH) {
                List<Hash> tile = row.subList(from, Math.min(from + Tile.WIDTH, row.size()));
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                tile.forEach(hash -> bytes.writeBytes(hash.bytes()));
                files.put(
                        "/logs/one/tile/" + new Tile(level, from / Tile.WIDTH, tile.size()).path(),
                        bytes.toByteArray());
                if (tile.size() == Tile.WIDTH) {
                    above.add(root(tile));
                }
            }
            row = above;
        }
        sign(leaves.size(), root(leaves));
    }

    private Reason refused() throws InterruptedException {
        Round round = follower.look();
        assertThat(round).isInstanceOf(Round.Refused.class);
        return ((Round.Refused) round).reason();
    }

    private String away() throws InterruptedException {
        Round round = follower.look();
        assertThat(round).isInstanceOf(Round.Away.class);
        return ((Round.Away) round).text();
    }

    @Test
    void aLogOfTilesThatGrowsIsFollowed() throws Exception {
        for (int size : new int[] {1, 2, 255, 256, 257, 600, 601, 66_000, 66_001}) {
            serve(leaves(size, "true "));
            assertThat(follower.look())
                    .as("%s", size)
                    .isInstanceOfSatisfying(
                            Round.Signed.class,
                            signed -> {
                                assertThat(signed.records()).isEqualTo(size);
                                assertThat(signed.anew()).isTrue();
                                // This log takes no co-signatures; the witness has them.
                                assertThat(signed.trouble()).isPresent();
                            });
            assertThat(witness.newest().orElseThrow().cosignedAt(witness.key())).isPresent();
        }
        assertThat(asked).allMatch(line -> line.endsWith(" Bearer secret"));
        assertThat(asked).anyMatch(line -> line.startsWith("POST /logs/one/cosignatures "));
    }

    @Test
    void nothingIsSignedThatDoesNotFollow() throws Exception {
        serve(leaves(300, "true "));
        assertThat(follower.look()).isInstanceOf(Round.Signed.class);
        SignedNote before = witness.newest().orElseThrow();
        serve(leaves(299, "true "));
        assertThat(refused()).isEqualTo(Reason.SMALLER);
        serve(leaves(300, "other "));
        assertThat(refused()).isEqualTo(Reason.FORKED);
        serve(leaves(400, "other "));
        assertThat(refused()).isEqualTo(Reason.UNPROVED);
        // Tiles of the true tree, below a root that is not theirs.
        serve(leaves(400, "true "));
        sign(400, root(leaves(400, "other ")));
        assertThat(refused()).isEqualTo(Reason.UNPROVED);
        assertThat(witness.newest()).contains(before);
        serve(leaves(400, "true "));
        assertThat(follower.look()).isInstanceOf(Round.Signed.class);
    }

    @Test
    void whatCannotBeReadIsNoFaultOfTheLog() throws Exception {
        assertThat(away()).contains("status 404");
        files.put("/logs/one/checkpoint", "hello\n".getBytes(StandardCharsets.UTF_8));
        assertThat(away()).contains("no signed note");
        files.put("/logs/one/checkpoint", new byte[0]);
        assertThat(away()).contains("status 302");
        files.put("/logs/one/checkpoint", new byte[2 << 20]);
        assertThat(follower.look()).isInstanceOf(Round.Away.class);
        serve(leaves(10, "true "));
        assertThat(follower.look()).isInstanceOf(Round.Signed.class);
        serve(leaves(20, "true "));
        files.keySet().removeIf(path -> path.contains("/tile/"));
        assertThat(away()).contains("status 404");
        serve(leaves(20, "true "));
        files.replaceAll((path, file) -> path.contains("/tile/") ? new byte[31] : file);
        assertThat(away()).contains("has 31 bytes");
        assertThat(asked).noneMatch(line -> line.contains("/elsewhere"));
    }

    @Test
    void anotherKeyIsNotTheLog() throws Exception {
        serve(leaves(10, "true "));
        byte[] seed = new byte[32];
        seed[0] = 1;
        NoteSigner imposter = NoteSigner.of(log.key().name(), NoteKey.Kind.LOG, seed);
        NoteSigner other = NoteSigner.of("other.example.test", NoteKey.Kind.LOG, seed);
        for (NoteSigner each : List.of(imposter, other)) {
            SignedNote note =
                    each.sign(
                            new Checkpoint(each.key().name(), 10, root(leaves(10, "true "))).note(),
                            Instant.EPOCH);
            files.put("/logs/one/checkpoint", note.toString().getBytes(StandardCharsets.UTF_8));
            assertThat(refused())
                    .isEqualTo(each == imposter ? Reason.NOT_SIGNED : Reason.OTHER_LOG);
        }
        assertThat(witness.newest()).isEmpty();
    }

    @Test
    void whatCannotBeKeptIsNotSigned() throws Exception {
        serve(leaves(10, "true "));
        Path inTheWay =
                Files.writeString(
                        temporary.resolve("w").resolve(WitnessFolder.nameOf(log.key())), "x");
        assertThat(away()).contains("could not be kept");
        assertThat(witness.newest()).isEmpty();
        assertThat(asked).noneMatch(line -> line.startsWith("POST "));
        Files.delete(inTheWay);
        assertThat(follower.look()).isInstanceOf(Round.Signed.class);
    }
}
