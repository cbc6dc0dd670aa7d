package dev.countersign.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * A text with signatures below it (C2SP signed-note).
 *
 * @param text lines of Unicode without control characters, the last one ended too
 * @param lines the signatures
 */
public record SignedNote(String text, List<Line> lines) {
    /** More signatures than this are refused. */
    public static final int MOST_LINES = 100;

    private static final int MOST_CHARACTERS = 1_000_000;
    private static final String SIGN = "\u2014 ";

    /**
     * One signature.
     *
     * @param name of the key
     * @param id of the key
     * @param signature in base64, as it stands in the note behind the id
     */
    public record Line(String name, int id, String signature) {
        static Line of(NoteKey key, byte[] signature) {
            return new Line(key.name(), key.id(), Base64.getEncoder().encodeToString(signature));
        }

        private byte[] bytes() {
            return Base64.getDecoder().decode(signature);
        }

        private String written() {
            byte[] bytes = bytes();
            byte[] whole =
                    ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(id).put(bytes).array();
            return SIGN + name + " " + Base64.getEncoder().encodeToString(whole) + "\n";
        }
    }

    public SignedNote {
        lines = List.copyOf(lines);
        if (!text.endsWith("\n") || text.codePoints().anyMatch(SignedNote::isControl)) {
            throw new IllegalArgumentException(
                    "the text of a note is whole lines without control characters");
        }
    }

    private static boolean isControl(int c) {
        return c < ' ' && c != '\n';
    }

    /** A note nobody has signed yet. */
    public static SignedNote of(String text) {
        return new SignedNote(text, List.of());
    }

    /**
     * Reads a note; that its signatures are good is another question.
     *
     * @throws IllegalArgumentException when it is no note with at least one signature
     */
    public static SignedNote parse(String written) {
        int empty = written.lastIndexOf("\n\n");
        if (written.length() > MOST_CHARACTERS || empty < 0 || !written.endsWith("\n")) {
            throw new IllegalArgumentException(
                    "a note is a text, an empty line and lines of signatures");
        }
        String below = written.substring(empty + 2);
        List<Line> lines = new ArrayList<>();
        for (String line : below.lines().toList()) {
            lines.add(line(line));
        }
        if (lines.isEmpty() || lines.size() > MOST_LINES) {
            throw new IllegalArgumentException(
                    "a note has 1 to " + MOST_LINES + " signatures, not " + lines.size());
        }
        return new SignedNote(written.substring(0, empty + 1), lines);
    }

    private static Line line(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 3 || !words[0].equals(SIGN.strip()) || !NoteKey.isName(words[1])) {
            throw new IllegalArgumentException("no signature of a note: " + line);
        }
        byte[] bytes = NoteKey.base64(words[2]);
        if (bytes.length <= Integer.BYTES) {
            throw new IllegalArgumentException("a signature without bytes: " + line);
        }
        return new Line(
                words[1],
                ByteBuffer.wrap(bytes).getInt(),
                Base64.getEncoder()
                        .encodeToString(Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length)));
    }

    SignedNote with(Line line) {
        List<Line> all = new ArrayList<>(lines);
        all.add(line);
        return new SignedNote(text, all);
    }

    /**
     * The keys among those known that signed it; lines of others are passed over.
     *
     * @throws IllegalArgumentException when a line in the name of a known key is not its signature
     */
    public List<NoteKey> signers(Collection<NoteKey> known) {
        List<NoteKey> signers = new ArrayList<>();
        for (Line line : lines) {
            for (NoteKey key : known) {
                if (!key.name().equals(line.name) || key.id() != line.id) {
                    continue;
                }
                if (!key.verifies(text, line.bytes())) {
                    throw new IllegalArgumentException(
                            "the signature of `" + key.name() + "` is not good");
                }
                if (!signers.contains(key)) {
                    signers.add(key);
                }
            }
        }
        return signers;
    }

    /** The whole note. */
    @Override
    public String toString() {
        StringBuilder written = new StringBuilder(text).append('\n');
        lines.forEach(line -> written.append(line.written()));
        return written.toString();
    }
}
