package dev.countersign.witness;

import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import dev.countersign.ledger.TileCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A log as anybody reads it: its checkpoint and its tree in tiles (C2SP tlog-tiles). Nothing it
 * says is believed; proofs are computed here.
 */
final class LogReader {
    private final Web web;
    private final URI prefix;

    /**
     * A log.
     *
     * @param prefix what stands in front of {@code checkpoint} and {@code tile/}, with its slash
     */
    LogReader(Web web, URI prefix) {
        this.web = web;
        this.prefix = prefix;
    }

    /** The log cannot be read. */
    static class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /** The log can be read and is not what it signed. */
    static final class Contradiction extends Unreadable {
        private static final long serialVersionUID = 1L;

        Contradiction(String message) {
            super(message);
        }
    }

    /** The newest checkpoint; who signed it is another question. */
    SignedNote checkpoint() throws Unreadable, InterruptedException {
        try {
            return SignedNote.parse(new String(bytes("checkpoint"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new Unreadable("its checkpoint is no signed note: " + e.getMessage());
        }
    }

    /**
     * The proof that the tree of a checkpoint begins with that of fewer records, from tiles that
     * have the root that was signed.
     *
     * @throws Contradiction when the tiles are not those of the checkpoint
     */
    List<Hash> consistency(long older, Checkpoint checkpoint)
            throws Unreadable, InterruptedException {
        if (older == 0 || older == checkpoint.size()) {
            return List.of();
        }
        try {
            MerkleTree.Nodes nodes =
                    new TileCache(
                            checkpoint.size(),
                            (level, from, count) -> tile(level, from, count, checkpoint.size()));
            if (!MerkleTree.root(checkpoint.size(), nodes).equals(checkpoint.root())) {
                throw new Contradiction(
                        "its tiles are not those of the "
                                + checkpoint.size()
                                + " records it signed");
            }
            return MerkleTree.consistency(older, checkpoint.size(), nodes);
        } catch (IllegalStateException e) {
            throw new Unreadable(String.valueOf(e.getMessage()));
        } catch (Interrupted e) {
            throw e.before;
        } catch (Failed e) {
            throw e.before;
        }
    }

    /** Hashes of one tile, which is asked for as wide as it is in a tree of this size. */
    private List<Hash> tile(int level, long from, int count, long size) {
        long index = from / Tile.WIDTH;
        long there = (size >> (Tile.HEIGHT * level)) - index * Tile.WIDTH;
        Tile tile = new Tile(level, index, Math.clamp(there, 1, Tile.WIDTH));
        try {
            byte[] bytes = bytes("tile/" + tile.path());
            if (bytes.length != tile.width() * Hash.SIZE) {
                throw new Unreadable("tile " + tile.path() + " has " + bytes.length + " bytes");
            }
            List<Hash> hashes = new ArrayList<>();
            int first = (int) (from % Tile.WIDTH);
            for (int i = first; i < first + count; i++) {
                hashes.add(Hash.of(Arrays.copyOfRange(bytes, i * Hash.SIZE, (i + 1) * Hash.SIZE)));
            }
            return hashes;
        } catch (Unreadable e) {
            throw new Failed(e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    private byte[] bytes(String path) throws Unreadable, InterruptedException {
        try {
            Web.Answer answer = web.get(prefix.resolve(path));
            if (answer.status() == 200) {
                return answer.body();
            }
            throw new Unreadable(
                    "`"
                            + prefix.resolve(path)
                            + "` answers with status "
                            + answer.status()
                            + (answer.status() == 401
                                    ? "; give a token that reads in COUNTERSIGN_TOKEN"
                                    : ""));
        } catch (IOException | UncheckedIOException e) {
            throw new Unreadable("`" + prefix + "` cannot be reached: " + e.getMessage());
        }
    }

    /** Carries a failure through the tree, which knows nothing of networks. */
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Unreadable before;

        Failed(Unreadable before) {
            super(before);
            this.before = before;
        }
    }

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final InterruptedException before;

        Interrupted(InterruptedException before) {
            super(before);
            this.before = before;
        }
    }
}
