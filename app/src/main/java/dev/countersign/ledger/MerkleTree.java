package dev.countersign.ledger;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree of RFC 6962 section 2.1 with the proofs of RFC 9162 section 2.1.3 and 2.1.4: how
 * anybody checks that a record is in a ledger, and that a ledger only grew, without reading it.
 */
public final class MerkleTree {
    /** The root of a tree without leaves. */
    public static final Hash EMPTY = Hash.sha256(new byte[0]);

    static final byte LEAF = 0;
    private static final byte NODE = 1;

    private MerkleTree() {}

    /** Roots of the complete subtrees of a tree. */
    @FunctionalInterface
    public interface Nodes {
        /** The root over the leaves from {@code index << level} to {@code (index + 1) << level}. */
        Hash at(int level, long index);
    }

    /** The hash of a leaf of these bytes. */
    public static Hash leaf(byte[] entry) {
        MessageDigest digest = Sha256.digest();
        digest.update(LEAF);
        return Hash.of(digest.digest(entry));
    }

    public static Hash node(Hash left, Hash right) {
        MessageDigest digest = Sha256.digest();
        digest.update(NODE);
        left.update(digest);
        right.update(digest);
        return Hash.of(digest.digest());
    }

    /** The root of the first {@code size} leaves. */
    public static Hash root(long size, Nodes nodes) {
        return size == 0 ? EMPTY : root(0, size, nodes);
    }

    private static Hash root(long from, long to, Nodes nodes) {
        long size = to - from;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.at(level, from >> level);
        }
        long split = from + split(size);
        return node(root(from, split, nodes), root(split, to, nodes));
    }

    /** The largest power of two below a size of at least 2. */
    private static long split(long size) {
        return Long.highestOneBit(size - 1);
    }

    /**
     * That a leaf is in a tree: the siblings on its way up, from the leaf on.
     *
     * @throws IllegalArgumentException when the tree has no such leaf
     */
    public static List<Hash> inclusion(long index, long size, Nodes nodes) {
        checkLeaf(index, size);
        List<Hash> path = new ArrayList<>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long split = from + split(to - from);
            if (index < split) {
                path.addFirst(root(split, to, nodes));
                to = split;
            } else {
                path.addFirst(root(from, split, nodes));
                from = split;
            }
        }
        return List.copyOf(path);
    }

    /**
     * That a tree of {@code size} leaves begins with the tree of {@code older} leaves. Empty for
     * equal sizes.
     *
     * @throws IllegalArgumentException when the older tree is empty or the larger
     */
    public static List<Hash> consistency(long older, long size, Nodes nodes) {
        checkSizes(older, size);
        List<Hash> path = new ArrayList<>();
        long from = 0;
        long to = size;
        boolean known = true;
        while (to != older) {
            long split = from + split(to - from);
            if (older <= split) {
                path.addFirst(root(split, to, nodes));
                to = split;
            } else {
                path.addFirst(root(from, split, nodes));
                from = split;
                known = false;
            }
        }
        if (!known) {
            path.addFirst(root(from, to, nodes));
        }
        return List.copyOf(path);
    }

    /** Refuses a leaf that a tree does not have. */
    public static void checkLeaf(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException(
                    "there is no leaf " + index + " in a tree of " + size);
        }
    }

    /** Refuses sizes between which nothing can be proved. */
    public static void checkSizes(long older, long size) {
        if (older <= 0 || older > size) {
            throw new IllegalArgumentException(
                    "no proof leads from " + older + " leaves to " + size);
        }
    }

    /** Whether a path proves that a leaf stands at this place of the tree with this root. */
    public static boolean includes(long index, long size, Hash leaf, List<Hash> path, Hash root) {
        if (index < 0 || index >= size) {
            return false;
        }
        long first = index;
        long last = size - 1;
        Hash hash = leaf;
        for (Hash sibling : path) {
            if (last == 0) {
                return false;
            }
            if ((first & 1) == 1 || first == last) {
                hash = node(sibling, hash);
                while ((first & 1) == 0 && first != 0) {
                    first >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node(hash, sibling);
            }
            first >>= 1;
            last >>= 1;
        }
        return last == 0 && hash.equals(root);
    }

    /** Whether a path proves that the tree of the new root begins with the tree of the old one. */
    public static boolean consistent(
            long older, long size, Hash oldRoot, Hash newRoot, List<Hash> path) {
        if (older <= 0 || older > size) {
            return false;
        }
        if (older == size) {
            return path.isEmpty() && oldRoot.equals(newRoot);
        }
        List<Hash> hashes = new ArrayList<>(path);
        if (path.isEmpty()) {
            return false;
        }
        if (Long.bitCount(older) == 1) {
            hashes.addFirst(oldRoot);
        }
        int zeros = Long.numberOfTrailingZeros(older);
        long first = (older - 1) >> zeros;
        long last = (size - 1) >> zeros;
        Hash old = hashes.getFirst();
        Hash now = old;
        for (Hash sibling : hashes.subList(1, hashes.size())) {
            if (last == 0) {
                return false;
            }
            if ((first & 1) == 1 || first == last) {
                old = node(sibling, old);
                now = node(sibling, now);
                while ((first & 1) == 0 && first != 0) {
                    first >>= 1;
                    last >>= 1;
                }
            } else {
                now = node(now, sibling);
            }
            first >>= 1;
            last >>= 1;
        }
        return last == 0 && old.equals(oldRoot) && now.equals(newRoot);
    }

    /** The right edge of a growing tree: all it takes to add leaves and to tell the root. */
    public static final class Edge {
        private final @Nullable Hash[] complete = new Hash[Long.SIZE];
        private long size;

        /** Of a tree without leaves. */
        public Edge() {}

        /** Of a tree that was kept. */
        public Edge(long size, Nodes nodes) {
            this.size = size;
            for (int level = 0; level < Long.SIZE - 1; level++) {
                if ((size >> level & 1) == 1) {
                    complete[level] = nodes.at(level, (size >> level) - 1);
                }
            }
        }

        /**
         * Of a tree of which only the roots of its complete subtrees are known.
         *
         * @param nodes from left to right, as {@link #nodes} gives them
         * @throws IllegalArgumentException when a tree of this size has not so many
         */
        public Edge(long size, List<Hash> nodes) {
            if (size < 0 || nodes.size() != Long.bitCount(size)) {
                throw new IllegalArgumentException(
                        nodes.size() + " hashes are not the edge of a tree of " + size);
            }
            this.size = size;
            int next = nodes.size();
            for (int level = 0; level < Long.SIZE - 1; level++) {
                if ((size >> level & 1) == 1) {
                    complete[level] = nodes.get(--next);
                }
            }
        }

        private Edge(Edge other) {
            System.arraycopy(other.complete, 0, complete, 0, complete.length);
            size = other.size;
        }

        /** As it is now: what is added to one of them later is not in the other. */
        public Edge copy() {
            return new Edge(this);
        }

        public long size() {
            return size;
        }

        /** The roots of the complete subtrees, the largest first, which is from left to right. */
        public List<Hash> nodes() {
            List<Hash> nodes = new ArrayList<>();
            for (Hash each : complete) {
                if (each != null) {
                    nodes.addFirst(each);
                }
            }
            return List.copyOf(nodes);
        }

        /**
         * Adds a leaf.
         *
         * @return the subtrees that are complete now, the leaf first
         */
        public List<Node> add(Hash leaf) {
            List<Node> made = new ArrayList<>(2);
            Hash hash = leaf;
            int level = 0;
            made.add(new Node(0, size, hash));
            for (Hash left = complete[0]; left != null; left = complete[level]) {
                hash = node(left, hash);
                complete[level++] = null;
                made.add(new Node(level, size >> level, hash));
            }
            complete[level] = hash;
            size++;
            return made;
        }

        /**
         * Adds leaves that stand one after the other, and says nothing of what is complete then.
         */
        void add(byte[] leaves, int first, int count) {
            MessageDigest digest = Sha256.digest();
            for (int i = first; i < first + count; i++) {
                Hash hash = Hash.of(leaves, i * Hash.SIZE, Hash.SIZE);
                int level = 0;
                for (Hash left = complete[0]; left != null; left = complete[level]) {
                    digest.update(NODE);
                    left.update(digest);
                    hash.update(digest);
                    hash = Hash.of(digest.digest());
                    complete[level++] = null;
                }
                complete[level] = hash;
                size++;
            }
        }

        public Hash root() {
            Hash root = null;
            for (Hash left : complete) {
                if (left != null) {
                    root = root == null ? left : node(left, root);
                }
            }
            return root == null ? EMPTY : root;
        }
    }

    /**
     * The root of a complete subtree.
     *
     * @param level it is over {@code 1 << level} leaves
     * @param index which one of its level
     */
    public record Node(int level, long index, Hash hash) {}
}
