package dev.countersign.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Roots of the complete subtrees of one tree, kept while they are asked for in order: each tile is
 * read and hashed once. Not for use by two threads.
 */
public final class TileCache implements MerkleTree.Nodes {
    /** Some for each level of tiles: the one a proof is in, and those beside it. */
    private static final int MOST = 32;

    private final long size;
    private final Tile.Reader reader;
    private final Map<Place, List<List<Hash>>> kept =
            new LinkedHashMap<>(MOST, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Place, List<List<Hash>>> eldest) {
                    return size() > MOST;
                }
            };

    private record Place(int level, long tile) {}

    /** Of the first {@code size} leaves. */
    public TileCache(long size, Tile.Reader reader) {
        this.size = size;
        this.reader = reader;
    }

    @Override
    public Hash at(int level, long index) {
        int below = level % Tile.HEIGHT;
        int bits = Tile.HEIGHT - below;
        Place place = new Place(level / Tile.HEIGHT, index >> bits);
        List<List<Hash>> rows = kept.get(place);
        if (rows == null) {
            rows = rows(place);
            kept.put(place, rows);
        }
        int column = (int) (index & ((1 << bits) - 1));
        List<Hash> row = rows.get(below);
        if (column >= row.size()) {
            throw new IllegalStateException(
                    "hashes of the tree are missing at level " + level + ", " + index);
        }
        return row.get(column);
    }

    /** A tile with the complete subtrees above it, up to the one over all of it. */
    private List<List<Hash>> rows(Place place) {
        long from = place.tile * Tile.WIDTH;
        long there = (size >> (Tile.HEIGHT * place.level)) - from;
        List<Hash> row = reader.read(place.level, from, Math.clamp(there, 0, Tile.WIDTH));
        List<List<Hash>> rows = new ArrayList<>(Tile.HEIGHT);
        rows.add(row);
        while (rows.size() < Tile.HEIGHT) {
            List<Hash> above = new ArrayList<>(row.size() / 2);
            for (int i = 0; i + 1 < row.size(); i += 2) {
                above.add(MerkleTree.node(row.get(i), row.get(i + 1)));
            }
            rows.add(above);
            row = above;
        }
        return rows;
    }
}
