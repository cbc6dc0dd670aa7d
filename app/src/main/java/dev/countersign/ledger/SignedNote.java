package dev.countersign.ledger;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

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

        /** Whether it says to be of this key. */
        boolean isOf(NoteKey key) {
            return key.name().equals(name) && key.id() == id;
        }

        private byte[] bytes() {
            return Base64.getDecoder().decode(signature);
        }

        /** As it stands in a note, with its line end. */
        public String text() {
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

    /**
     * Reads notes that stand one after the other, as in a file that checkpoints are added to. Empty
     * lines between them are passed over.
     *
     * @throws IllegalArgumentException when something between them is no note; it says in which
     *     line, counted from 1
     */
    public static List<SignedNote> parseAll(String written) {
        List<SignedNote> notes = new ArrayList<>();
        List<String> lines = List.of(written.split("\n", -1));
        int next = 0;
        while (next < lines.size()) {
            if (lines.get(next).isEmpty()) {
                next++;
                continue;
            }
            int from = next;
            while (next < lines.size() && !lines.get(next).isEmpty()) {
                next++;
            }
            do {
                next++;
            } while (next < lines.size() && lines.get(next).startsWith(SIGN));
            try {
                int to = Math.min(next, lines.size());
                notes.add(parse(String.join("\n", lines.subList(from, to)) + "\n"));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + (from + 1) + ": " + e.getMessage(), e);
            }
        }
        if (notes.isEmpty()) {
            throw new IllegalArgumentException("there is no note");
        }
        return List.copyOf(notes);
    }

    /**
     * Reads one signature, as a witness answers with it.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Line line(String line) {
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

    /** The same with one more signature, unless it has it. */
    public SignedNote with(Line line) {
        if (lines.contains(line)) {
            return this;
        }
        List<Line> all = new ArrayList<>(lines);
        all.add(line);
        return new SignedNote(text, all);
    }

    /** The same with the signatures of these keys alone. */
    public SignedNote only(Collection<NoteKey> keys) {
        return new SignedNote(
                text, lines.stream().filter(line -> keys.stream().anyMatch(line::isOf)).toList());
    }

    /**
     * When a witness co-signed it, the last time where it did more than once; empty where it did
     * not.
     *
     * @throws IllegalArgumentException when a line in its name is not its signature
     */
    public Optional<Instant> cosignedAt(NoteKey witness) {
        if (witness.kind() != NoteKey.Kind.WITNESS) {
            throw new IllegalArgumentException("`" + witness.name() + "` is no key of a witness");
        }
        if (signers(List.of(witness)).isEmpty()) {
            return Optional.empty();
        }
        return lines.stream()
                .filter(line -> line.isOf(witness))
                .map(line -> Instant.ofEpochSecond(NoteKey.seconds(line.bytes())))
                .max(Instant::compareTo);
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
                if (!line.isOf(key)) {
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
        lines.forEach(line -> written.append(line.text()));
        return written.toString();
    }
}
