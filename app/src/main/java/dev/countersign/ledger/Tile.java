package dev.countersign.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a Merkle tree as C2SP tlog-tiles hands it out: up to 256 hashes of one level, each over
 * {@code 256^level} leaves.
 *
 * @param level from 0, where the hashes are those of leaves
 * @param index which tile of the level
 * @param width how many hashes it has, 1 to 256
 */
public record Tile(int level, long index, int width) {
    /** Hashes of a full tile. */
    public static final int WIDTH = 256;

    /** How many levels of the tree are between two levels of tiles. */
    public static final int HEIGHT = 8;

    private static final int MOST_LEVEL = 7;
    private static final Pattern PATH =
            Pattern.compile("([0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

    public Tile {
        if (level < 0 || level > MOST_LEVEL || index < 0 || width < 1 || width > WIDTH) {
            throw new IllegalArgumentException("no tile: " + level + ", " + index + ", " + width);
        }
    }

    /**
     * Reads what stands behind {@code tile/}.
     *
     * @throws IllegalArgumentException when it is no such path, or not written in the one way
     */
    public static Tile parse(String path) {
        Matcher match = PATH.matcher(path);
        if (!match.matches() || path.length() > 64) {
            throw new IllegalArgumentException("no path of a tile: " + path);
        }
        String digits = match.group(2).replace("x", "").replace("/", "");
        if (digits.length() > 18) {
            throw new IllegalArgumentException("no path of a tile: " + path);
        }
        int width = match.group(3) == null ? WIDTH : Integer.parseInt(match.group(3));
        Tile tile = new Tile(Integer.parseInt(match.group(1)), Long.parseLong(digits), width);
        if (!tile.path().equals(path)) {
            throw new IllegalArgumentException("no path of a tile: " + path);
        }
        return tile;
    }

    /** Behind {@code tile/}: {@code 0/x001/234} or {@code 1/000.p/17}. */
    public String path() {
        return level + "/" + place(index) + (width == WIDTH ? "" : ".p/" + width);
    }

    /** An index in groups of three digits, all but the last marked: {@code x001/x234/067}. */
    static String place(long index) {
        StringBuilder path = new StringBuilder("%03d".formatted(index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            path.insert(0, "x%03d/".formatted(rest % 1000));
        }
        return path.toString();
    }

    /** Whether a tree of so many leaves has all hashes of this tile. */
    public boolean isWithin(long size) {
        return index * WIDTH + width <= size >> (HEIGHT * level);
    }

    /** Reads the hashes of a level that are kept. */
    @FunctionalInterface
    public interface Reader {
        /** {@code count} hashes of a level of tiles, from this one on. */
        List<Hash> read(int level, long from, int count);
    }

    /** All complete subtrees, from the hashes of the levels tiles have. */
    public static MerkleTree.Nodes nodes(Reader reader) {
        return (level, index) -> {
            int below = level % HEIGHT;
            int width = 1 << below;
            List<Hash> hashes = reader.read(level / HEIGHT, index * width, width);
            if (hashes.size() != width) {
                throw new IllegalStateException(
                        "hashes of the tree are missing at level " + level + ", " + index);
            }
            List<Hash> row = hashes;
            while (row.size() > 1) {
                List<Hash> above = new ArrayList<>(row.size() / 2);
                for (int i = 0; i < row.size(); i += 2) {
                    above.add(MerkleTree.node(row.get(i), row.get(i + 1)));
                }
                row = above;
            }
            return row.getFirst();
        };
    }
}
