package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * The vectors under {@code ledger/} of the test resources, and a slow tree that is plainly right.
 */
final class Vectors {
    private Vectors() {}

    static JsonNode read(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream("/ledger/" + file)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaf i is the ASCII decimal of i. */
    static List<Hash> numbers(long count) {
        return LongStream.range(0, count)
                .mapToObj(
                        i -> MerkleTree.leaf(Long.toString(i).getBytes(StandardCharsets.US_ASCII)))
                .toList();
    }

    /** RFC 6962 section 2.1, as it stands there. */
    static Hash root(List<Hash> leaves) {
        if (leaves.isEmpty()) {
            return MerkleTree.EMPTY;
        }
        if (leaves.size() == 1) {
            return leaves.getFirst();
        }
        int split = 1;
        while (split * 2 < leaves.size()) {
            split *= 2;
        }
        return MerkleTree.node(
                root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
    }

    static MerkleTree.Nodes nodes(List<Hash> leaves) {
        return (level, index) ->
                root(
                        leaves.subList(
                                Math.toIntExact(index << level),
                                Math.toIntExact((index + 1) << level)));
    }

    /** The hashes of the levels of tiles, kept as a store keeps them. */
    static final class Kept implements Tile.Reader {
        private final List<List<Hash>> levels = new ArrayList<>();
        final MerkleTree.Edge edge = new MerkleTree.Edge();

        Kept() {
            for (int level = 0; level < 4; level++) {
                levels.add(new ArrayList<>());
            }
        }

        void add(Hash leaf) {
            for (MerkleTree.Node node : edge.add(leaf)) {
                if (node.level() % Tile.HEIGHT == 0) {
                    List<Hash> row = levels.get(node.level() / Tile.HEIGHT);
                    if (row.size() != node.index()) {
                        throw new IllegalStateException("out of order");
                    }
                    row.add(node.hash());
                }
            }
        }

        @Override
        public List<Hash> read(int level, long from, int count) {
            int first = Math.toIntExact(from);
            return levels.get(level).subList(first, first + count);
        }
    }
}
