package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditRecord;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.ProofFile;
import dev.countersign.ledger.SignedNote;
import dev.countersign.store.Store;
import io.helidon.common.uri.UriQuery;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger checks of a ledger with nothing but these answers. */
final class LedgerRoutesTest {
    private static final int RECORDS = 300;

    @TempDir private static Path data;

    private static Store store;
    private static LedgerRoutes routes;

    @BeforeAll
    static void fill() throws Exception {
        Path folder = data.resolve("data");
        try (Store first = Store.open(folder, Clock.systemUTC())) {
            for (int i = 0; i < RECORDS; i++) {
                first.auditLog()
                        .append(
                                AuditRecord.change(
                                        "policy",
                                        Instant.EPOCH,
                                        null,
                                        null,
                                        "change " + i,
                                        JsonNodeFactory.instance.objectNode()));
            }
        }
        store = Store.open(folder, Clock.systemUTC());
        routes = new LedgerRoutes(store.proofs());
    }

    @AfterAll
    static void close() throws Exception {
        store.close();
    }

    private static List<byte[]> entries(byte[] bundle) {
        List<byte[]> entries = new ArrayList<>();
        for (int at = 0; at < bundle.length; ) {
            int length = (bundle[at] & 0xff) << 8 | (bundle[at + 1] & 0xff);
            entries.add(Arrays.copyOfRange(bundle, at + 2, at + 2 + length));
            at += 2 + length;
        }
        return entries;
    }

    private static List<Hash> path(JsonNode answer) {
        return answer.path("path").valueStream().map(each -> Hash.ofBase64(each.asText())).toList();
    }

    @Test
    void theTilesAreTheTreeThatIsSigned() {
        NoteKey key = NoteKey.parse(routes.key().strip());
        SignedNote note = SignedNote.parse(routes.checkpoint());
        assertThat(note.signers(List.of(key))).containsExactly(key);
        Checkpoint checkpoint = Checkpoint.parse(note.text());
        assertThat(checkpoint.size()).isEqualTo(RECORDS);
        List<byte[]> records = entries(routes.tile("entries/000"));
        records.addAll(entries(routes.tile("entries/001.p/44")));
        MerkleTree.Edge edge = new MerkleTree.Edge();
        byte[] hashes = routes.tile("0/000");
        for (int i = 0; i < records.size(); i++) {
            Hash leaf = MerkleTree.leaf(records.get(i));
            edge.add(leaf);
            if (i < 256) {
                assertThat(Arrays.copyOfRange(hashes, 32 * i, 32 * i + 32)).isEqualTo(leaf.bytes());
            }
            if (i == 255) {
                assertThat(routes.tile("1/000.p/1")).isEqualTo(edge.root().bytes());
            }
        }
        assertThat(edge.root()).isEqualTo(checkpoint.root());
        ProofFile proof = ProofFile.parse(routes.proof("299"));
        assertThat(proof.proves(records.get(299), key, List.of())).isTrue();
        JsonNode inclusion = routes.inclusion(UriQuery.create("index=7&size=300"));
        assertThat(
                        MerkleTree.includes(
                                7,
                                RECORDS,
                                MerkleTree.leaf(records.get(7)),
                                path(inclusion),
                                checkpoint.root()))
                .isTrue();
        MerkleTree.Edge half = new MerkleTree.Edge();
        records.subList(0, 150).forEach(record -> half.add(MerkleTree.leaf(record)));
        JsonNode consistency = routes.consistency(UriQuery.create("from=150&to=300"));
        assertThat(
                        MerkleTree.consistent(
                                150, RECORDS, half.root(), checkpoint.root(), path(consistency)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/001", "1/000", "0/000.p/0", "0/0", "9/000", "entries/002", "../x"})
    void whatIsNotThereIsNotFound(String tile) {
        assertThatThrownBy(() -> routes.tile(tile))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.kind().status()).isEqualTo(404));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index=300&size=300", "index=1", "index=1&size=301", "index=x&size=3"})
    void whatCannotBeProvedIsRefused(String query) {
        assertThatThrownBy(() -> routes.inclusion(UriQuery.create(query)))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.kind().status()).isEqualTo(400));
    }
}
