package dev.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 6962 and RFC 9162, by the vectors of others, a slow tree and every small size. */
final class MerkleTreeTest {
    private static final int SIZES = 130;

    private final JsonNode vectors = Vectors.read("merkle.json");

    @Test
    void hasTheHashesAndRootsOfTheReference() {
        List<Hash> leaves = new ArrayList<>();
        MerkleTree.Edge edge = new MerkleTree.Edge();
        assertThat(edge.root().hex()).isEqualTo(vectors.at("/rootsHexBySize/0").textValue());
        for (int i = 0; i < vectors.path("leafInputsHex").size(); i++) {
            byte[] input = HexFormat.of().parseHex(vectors.at("/leafInputsHex/" + i).textValue());
            Hash leaf = MerkleTree.leaf(input);
            leaves.add(leaf);
            edge.add(leaf);
            assertThat(leaf.hex()).isEqualTo(vectors.at("/leafHashesHex/" + i).textValue());
            String root = vectors.at("/rootsHexBySize/" + (i + 1)).textValue();
            assertThat(edge.root().hex()).isEqualTo(root);
            assertThat(MerkleTree.root(i + 1, Vectors.nodes(leaves)).hex()).isEqualTo(root);
        }
    }

    @Test
    void acceptsAndRefusesTheProofsOfTheReference() {
        for (JsonNode one : vectors.path("inclusion")) {
            assertThat(includes(one))
                    .as(one.path("case").textValue())
                    .isEqualTo(!one.path("wantErr").booleanValue());
        }
        for (JsonNode one : vectors.path("consistency")) {
            assertThat(consistent(one))
                    .as(one.path("case").textValue())
                    .isEqualTo(!one.path("wantErr").booleanValue());
        }
    }

    private static boolean includes(JsonNode one) {
        try {
            return MerkleTree.includes(
                    one.path("leafIdx").longValue(),
                    one.path("treeSize").longValue(),
                    Hash.ofBase64(one.path("leafHash").asText()),
                    path(one),
                    Hash.ofBase64(one.path("root").asText()));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean consistent(JsonNode one) {
        try {
            return MerkleTree.consistent(
                    one.path("size1").longValue(),
                    one.path("size2").longValue(),
                    hash(one.path("root1")),
                    hash(one.path("root2")),
                    path(one));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** One case has roots of another length, which are equal: their hashes stand for them. */
    private static Hash hash(JsonNode base64) {
        byte[] bytes = Base64.getDecoder().decode(base64.asText(""));
        return bytes.length == Hash.SIZE ? Hash.of(bytes) : Hash.sha256(bytes);
    }

    private static List<Hash> path(JsonNode one) {
        return one.path("proof").valueStream().map(each -> Hash.ofBase64(each.asText())).toList();
    }

    @Test
    void provesEveryLeafOfEverySmallTree() {
        List<Hash> all = Vectors.numbers(SIZES);
        for (int size = 1; size <= SIZES; size++) {
            Hash root = Vectors.root(all.subList(0, size));
            for (int index = 0; index < size; index++) {
                List<Hash> path = MerkleTree.inclusion(index, size, Vectors.nodes(all));
                assertThat(MerkleTree.includes(index, size, all.get(index), path, root)).isTrue();
                Hash other = all.get((index + 1) % SIZES);
                assertThat(MerkleTree.includes(index, size, other, path, root)).isFalse();
                assertThat(MerkleTree.includes(index + 1, size, all.get(index), path, root))
                        .isFalse();
            }
        }
    }

    @Test
    void provesThatEverySmallTreeBeginsWithEverySmallerOne() {
        List<Hash> all = Vectors.numbers(SIZES);
        List<Hash> roots = new ArrayList<>();
        for (int size = 0; size <= SIZES; size++) {
            roots.add(Vectors.root(all.subList(0, size)));
        }
        for (int size = 1; size <= SIZES; size++) {
            for (int older = 1; older <= size; older++) {
                List<Hash> path = MerkleTree.consistency(older, size, Vectors.nodes(all));
                Hash old = roots.get(older);
                Hash now = roots.get(size);
                assertThat(MerkleTree.consistent(older, size, old, now, path)).isTrue();
                assertThat(MerkleTree.consistent(older, size, roots.get(older - 1), now, path))
                        .isFalse();
                if (older < size) {
                    assertThat(MerkleTree.consistent(older, size, now, old, path)).isFalse();
                }
            }
        }
    }

    @Test
    void keepsALargeTreeInTilesAndFindsItAgain() {
        JsonNode tiles = Vectors.read("tlog.json").path("tiles");
        Vectors.Kept kept = new Vectors.Kept();
        for (Hash leaf : Vectors.numbers(70_000)) {
            kept.add(leaf);
            String root = tiles.path("roots").path(Long.toString(kept.edge.size())).asText("");
            if (!root.isEmpty()) {
                assertThat(kept.edge.root().hex()).isEqualTo(root);
            }
        }
        MerkleTree.Nodes nodes = Tile.nodes(kept);
        assertThat(MerkleTree.inclusion(69_999, 70_000, nodes))
                .extracting(Hash::hex)
                .containsExactlyElementsOf(texts(tiles.path("inclusion_69999_of_70000")));
        for (int older : new int[] {65_536, 1_000}) {
            assertThat(MerkleTree.consistency(older, 70_000, nodes))
                    .extracting(Hash::hex)
                    .containsExactlyElementsOf(
                            texts(tiles.path("consistency_" + older + "_to_70000")));
        }
        MerkleTree.Edge again = new MerkleTree.Edge(70_000, nodes);
        assertThat(again.root()).isEqualTo(kept.edge.root());
        tiles.path("tiles_size_70000")
                .properties()
                .forEach(tile -> {
                    if (!tile.getKey().contains("entries")) {
                        assertThat(Sha256.hex(bytes(kept, tile.getKey())))
                                .as(tile.getKey())
                                .isEqualTo(tile.getValue().path("sha256").textValue());
                    }
                });
    }

    private static byte[] bytes(Vectors.Kept kept, String path) {
        Tile tile = Tile.parse(path.substring("tile/".length()));
        assertThat("tile/" + tile.path()).isEqualTo(path);
        assertThat(tile.isWithin(70_000)).isTrue();
        ByteBuffer bytes = ByteBuffer.allocate(Hash.SIZE * tile.width());
        kept.read(tile.level(), tile.index() * Tile.WIDTH, tile.width())
                .forEach(hash -> bytes.put(hash.bytes()));
        return bytes.array();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::textValue).toList();
    }

    @Test
    void refusesProofsOfWhatIsNotThere() {
        MerkleTree.Nodes nodes = Vectors.nodes(Vectors.numbers(8));
        assertThatThrownBy(() -> MerkleTree.inclusion(8, 8, nodes))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MerkleTree.consistency(0, 8, nodes))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MerkleTree.consistency(9, 8, nodes))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
