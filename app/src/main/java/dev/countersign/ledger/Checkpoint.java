package dev.countersign.ledger;

import java.util.List;

/**
 * How long a ledger is and what it holds up to there (C2SP tlog-checkpoint): the text a log signs.
 *
 * @param origin which log, as its key is named
 * @param size how many records
 * @param root of the Merkle tree over them
 */
public record Checkpoint(String origin, long size, Hash root) {
    public Checkpoint {
        if (origin.isEmpty() || size < 0) {
            throw new IllegalArgumentException("a checkpoint has an origin and a size");
        }
    }

    /**
     * Reads the text of a note.
     *
     * @throws IllegalArgumentException when its first three lines are no checkpoint; lines below
     *     them are extensions and passed over
     */
    public static Checkpoint parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.size() < 3) {
            throw new IllegalArgumentException(
                    "a checkpoint has three lines: origin, size and root");
        }
        String size = lines.get(1);
        boolean decimal = size.matches("0|[1-9][0-9]{0,18}");
        if (!decimal) {
            throw new IllegalArgumentException("`" + size + "` is no size of a log");
        }
        try {
            return new Checkpoint(lines.get(0), Long.parseLong(size), Hash.ofBase64(lines.get(2)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("`" + size + "` is no size of a log", e);
        }
    }

    /** The text that is signed. */
    public String text() {
        return origin + "\n" + size + "\n" + root.base64() + "\n";
    }

    /** Unsigned. */
    public SignedNote note() {
        return SignedNote.of(text());
    }
}
