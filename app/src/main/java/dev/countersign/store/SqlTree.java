package dev.countersign.store;

import dev.countersign.ledger.Hash;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.Tile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The Merkle tree over the records as a database keeps it: of every 256 hashes of a level the one
 * above them. The lowest hashes are those of the records themselves.
 */
final class SqlTree implements Tile.Reader {
    private static final int CHUNK = 5_000;

    private final Connection connection;

    SqlTree(Connection connection) {
        this.connection = connection;
    }

    /** How many records the ledger has. */
    long size() throws SQLException {
        return Rows.first(
                        connection,
                        "SELECT coalesce(max(idx) + 1, 0) FROM ledger",
                        row -> row.getLong(1))
                .orElse(0L);
    }

    /** Its right edge, at the end or where it ended before. */
    MerkleTree.Edge edge(long size) {
        return new MerkleTree.Edge(size, Tile.nodes(this));
    }

    Hash root(long size) {
        return MerkleTree.root(size, Tile.nodes(this));
    }

    @Override
    public List<Hash> read(int level, long from, int count) {
        try {
            return level == 0
                    ? leaves(from, count)
                    : Rows.all(
                            connection,
                            "SELECT hash FROM tree WHERE level = ? AND idx >= ?"
                                    + " ORDER BY idx LIMIT ?",
                            row -> Hash.of(row.getBytes(1)),
                            level,
                            from,
                            count);
        } catch (SQLException e) {
            throw new StoreException("the tree could not be read: " + e.getMessage(), e);
        }
    }

    /**
     * Of records, or of what is kept of those that were taken out. One statement: what is taken out
     * between two would be in neither.
     */
    private List<Hash> leaves(long from, int count) throws SQLException {
        List<Hash> leaves = new ArrayList<>();
        List<List<Hash>> runs =
                Rows.all(
                        connection,
                        "SELECT idx, hashes, NULL FROM leaf WHERE idx > ? AND idx < ?"
                                + " UNION ALL SELECT idx, NULL, record FROM ledger"
                                + " WHERE idx >= ? AND idx < ? ORDER BY 1",
                        row -> {
                            byte[] record = row.getBytes(3);
                            return record != null
                                    ? List.of(MerkleTree.leaf(record))
                                    : run(row.getLong(1), row.getBytes(2), from, from + count);
                        },
                        from - Tile.WIDTH,
                        from + count,
                        from,
                        from + count);
        runs.forEach(leaves::addAll);
        return leaves;
    }

    /** The hashes of a run that are within bounds. */
    private static List<Hash> run(long first, byte[] hashes, long from, long to) {
        List<Hash> run = new ArrayList<>();
        for (int at = 0; at < hashes.length; at += Hash.SIZE) {
            long index = first + at / Hash.SIZE;
            if (index >= from && index < to) {
                run.add(Hash.of(Arrays.copyOfRange(hashes, at, at + Hash.SIZE)));
            }
        }
        return run;
    }

    /** Adds the hashes above records that an older version wrote. */
    void complete(Engine engine) throws SQLException {
        long size = size();
        long kept =
                Rows.first(
                                connection,
                                "SELECT count(*) FROM tree WHERE level = 1",
                                row -> row.getLong(1))
                        .orElse(0L);
        long next = kept << Tile.HEIGHT;
        long last =
                Rows.first(
                                connection,
                                "SELECT coalesce(max(idx) + 1, 0) FROM tree WHERE level = 1",
                                row -> row.getLong(1))
                        .orElse(0L);
        if (last != kept) {
            throw new SQLException(
                    "hashes of the tree are missing, which `countersign audit resume` makes anew");
        }
        if (size - next < Tile.WIDTH) {
            return;
        }
        MerkleTree.Edge edge = edge(next);
        Rows.run(connection, engine.begin());
        try (PreparedStatement add = insert(connection)) {
            while (next < size) {
                List<Hash> leaves = read(0, next, CHUNK);
                if (leaves.isEmpty()) {
                    throw new SQLException("record " + next + " is missing");
                }
                for (Hash leaf : leaves) {
                    add(edge, leaf, add);
                }
                next += leaves.size();
            }
        }
        Rows.run(connection, "COMMIT");
    }

    /** Takes all hashes away, which {@link #complete} finds again from the records. */
    void forget(Engine engine) throws SQLException {
        Rows.run(connection, engine.begin() + "; " + engine.emptyTree() + " COMMIT;");
    }

    static PreparedStatement insert(Connection connection) throws SQLException {
        return connection.prepareStatement("INSERT INTO tree (level, idx, hash) VALUES (?, ?, ?)");
    }

    /** Adds a record to the edge, and what it completes to the table. */
    static void add(MerkleTree.Edge edge, Hash leaf, PreparedStatement insert) throws SQLException {
        for (MerkleTree.Node node : edge.add(leaf)) {
            if (node.level() > 0 && node.level() % Tile.HEIGHT == 0) {
                insert.setInt(1, node.level() / Tile.HEIGHT);
                insert.setLong(2, node.index());
                insert.setBytes(3, node.hash().bytes());
                insert.executeUpdate();
            }
        }
    }
}
