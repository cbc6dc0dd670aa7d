package dev.countersign.store;

import dev.countersign.audit.LedgerProofs;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import dev.countersign.ledger.TileCache;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Proofs from the stored tree; each takes a few tiles, however long the ledger is. */
final class SqlProofs implements LedgerProofs {
    private final Readers readers;
    private final Checkpoints checkpoints;

    SqlProofs(Readers readers, Checkpoints checkpoints) {
        this.readers = readers;
        this.checkpoints = checkpoints;
    }

    @Override
    public NoteKey key() {
        return checkpoints.key();
    }

    @Override
    public Optional<SignedNote> checkpoint() {
        return checkpoints.newest();
    }

    @Override
    public void hasten() {
        checkpoints.hasten();
    }

    @Override
    public List<Hash> inclusion(long index, long size) {
        MerkleTree.checkLeaf(index, size);
        return within(
                size,
                connection ->
                        MerkleTree.inclusion(index, size, Tile.nodes(new SqlTree(connection))));
    }

    @Override
    public Prover prover(long size) {
        MerkleTree.Nodes nodes =
                new TileCache(
                        size,
                        (level, from, count) ->
                                readers.search(connection ->
                                        new SqlTree(connection).read(level, from, count)));
        return index -> MerkleTree.inclusion(index, size, nodes);
    }

    @Override
    public List<Hash> consistency(long older, long size) {
        MerkleTree.checkSizes(older, size);
        return within(
                size,
                connection ->
                        MerkleTree.consistency(older, size, Tile.nodes(new SqlTree(connection))));
    }

    private List<Hash> within(long size, Query<List<Hash>> proof) {
        Optional<List<Hash>> found =
                readers.search(connection ->
                        size > size(connection)
                                ? Optional.empty()
                                : Optional.of(proof.ask(connection)));
        return found.orElseThrow(() ->
                new IllegalArgumentException("the ledger does not have " + size + " records"));
    }

    private static long size(Connection connection) throws SQLException {
        return new SqlTree(connection).size();
    }

    @Override
    public Optional<List<Hash>> tile(Tile tile) {
        return readers.search(connection ->
                tile.isWithin(size(connection))
                        ? Optional.of(
                                new SqlTree(connection)
                                        .read(
                                                tile.level(),
                                                tile.index() * Tile.WIDTH,
                                                tile.width()))
                        : Optional.empty());
    }

    @Override
    public Optional<List<byte[]>> entries(Tile tile) {
        return readers.search(connection -> {
            List<byte[]> records =
                    Rows.all(
                            connection,
                            "SELECT record FROM ledger WHERE idx >= ? AND idx < ?"
                                    + " AND idx >= (SELECT coalesce(max(size), 0) FROM anchor)"
                                    + " ORDER BY idx",
                            row -> row.getBytes(1),
                            tile.index() * Tile.WIDTH,
                            tile.index() * Tile.WIDTH + tile.width());
            return records.size() == tile.width() ? Optional.of(records) : Optional.empty();
        });
    }
}
