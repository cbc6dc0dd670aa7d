package dev.countersign.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * That a record is in a ledger, in one file that is checked offline (C2SP tlog-proof).
 *
 * @param index the place of the record
 * @param path its siblings on the way to the root
 * @param checkpoint signed by the log, and by witnesses where there are some
 */
public record ProofFile(long index, List<Hash> path, SignedNote checkpoint) {
    private static final String HEAD = "c2sp.org/tlog-proof@v1\n";
    private static final String INDEX = "index ";
    private static final int LONGEST = 64;

    public ProofFile {
        path = List.copyOf(path);
    }

    /**
     * Reads a file; whether it proves anything {@link #proves} says.
     *
     * @throws IllegalArgumentException when it is no such file
     */
    public static ProofFile parse(String file) {
        int empty = file.indexOf("\n\n");
        if (!file.startsWith(HEAD) || empty < 0) {
            throw new IllegalArgumentException("a proof begins with " + HEAD.strip());
        }
        List<String> lines = new ArrayList<>(file.substring(HEAD.length(), empty).lines().toList());
        if (!lines.isEmpty() && lines.getFirst().startsWith("extra ")) {
            lines.removeFirst();
        }
        boolean index =
                !lines.isEmpty()
                        && lines.getFirst().matches(INDEX + "(0|[1-9][0-9]{0,17})")
                        && lines.size() <= LONGEST;
        if (!index) {
            throw new IllegalArgumentException("a proof says which record it is of");
        }
        List<Hash> path = lines.stream().skip(1).map(Hash::ofBase64).toList();
        return new ProofFile(
                Long.parseLong(lines.getFirst().substring(INDEX.length())),
                path,
                SignedNote.parse(file.substring(empty + 2)));
    }

    /**
     * Whether it proves that a record is in the log of a key.
     *
     * @param record its bytes
     * @param witnesses that must have signed as well
     * @throws IllegalArgumentException when a signature in one of these names is not good
     */
    public boolean proves(byte[] record, NoteKey log, Collection<NoteKey> witnesses) {
        Checkpoint at = Checkpoint.parse(checkpoint.text());
        return at.origin().equals(log.name())
                && !checkpoint.signers(List.of(log)).isEmpty()
                && checkpoint.signers(witnesses).containsAll(witnesses)
                && MerkleTree.includes(index, at.size(), MerkleTree.leaf(record), path, at.root());
    }

    @Override
    public String toString() {
        StringBuilder file = new StringBuilder(HEAD).append(INDEX).append(index).append('\n');
        path.forEach(hash -> file.append(hash.base64()).append('\n'));
        return file.append('\n').append(checkpoint).toString();
    }
}
