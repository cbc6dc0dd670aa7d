package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a ledger goes on without its first records: all it takes to add the next one to the chain
 * and to the tree, and so to prove what remains.
 *
 * @param size how many records are not there
 * @param root of the tree over them
 * @param head the hash of the last of them, or 64 zeros where there are none
 * @param nodes the roots of the complete subtrees of that tree, from left to right
 */
public record Anchor(long size, Hash root, String head, List<Hash> nodes) {
    /** The beginning of every ledger. */
    public static final Anchor NONE = new Anchor(0, MerkleTree.EMPTY, Draft.GENESIS, List.of());

    public Anchor {
        nodes = List.copyOf(nodes);
        if (!new MerkleTree.Edge(size, nodes).root().equals(root)) {
            throw new IllegalArgumentException("the hashes of the anchor are not under its root");
        }
    }

    /** At the end of a tree. */
    public static Anchor at(MerkleTree.Edge edge, String head) {
        return new Anchor(edge.size(), edge.root(), head, edge.nodes());
    }

    MerkleTree.Edge edge() {
        return new MerkleTree.Edge(size, nodes);
    }

    /** {@code {"size", "root", "head", "nodes"}}, hashes of the tree in base64. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("size", size).put("root", root.base64()).put("head", head);
        ArrayNode array = json.putArray("nodes");
        nodes.forEach(hash -> array.add(hash.base64()));
        return json;
    }

    /**
     * Reads {@link #json}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Anchor of(JsonNode json) {
        List<Hash> nodes = new ArrayList<>();
        json.path("nodes").forEach(each -> nodes.add(Hash.ofBase64(each.asText())));
        if (!json.path("size").isIntegralNumber() || !json.path("head").isTextual()) {
            throw new IllegalArgumentException("no anchor of a ledger");
        }
        return new Anchor(
                json.path("size").longValue(),
                Hash.ofBase64(json.path("root").asText()),
                json.path("head").textValue(),
                nodes);
    }
}
