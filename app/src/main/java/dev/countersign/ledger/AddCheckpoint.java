package dev.countersign.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * What a log shows a witness (the request {@code add-checkpoint} of C2SP tlog-witness): the size
 * the witness signed last, the proof that the log only grew since, and the new checkpoint.
 *
 * @param old how many records the log had when the witness signed it last, 0 where it never did
 * @param proof the path of RFC 9162 section 2.1.4 from there; empty where there is nothing to prove
 * @param checkpoint signed by the log
 */
public record AddCheckpoint(long old, List<Hash> proof, SignedNote checkpoint) {
    /** No tree has a longer proof. */
    public static final int MOST_HASHES = 63;

    private static final String OLD = "old ";

    public AddCheckpoint {
        proof = List.copyOf(proof);
    }

    /**
     * Reads a request; whether it proves anything {@link WitnessRule} says.
     *
     * @throws IllegalArgumentException when it is no such request
     */
    public static AddCheckpoint parse(String body) {
        int empty = body.indexOf("\n\n");
        if (!body.startsWith(OLD) || empty < 0) {
            throw new IllegalArgumentException(
                    "a request is the old size, a proof, an empty line and a checkpoint");
        }
        List<String> lines = body.substring(0, empty).lines().toList();
        String size = lines.getFirst().substring(OLD.length());
        if (!size.matches("0|[1-9][0-9]{0,17}") || lines.size() > MOST_HASHES + 1) {
            throw new IllegalArgumentException("no old size and proof of a log");
        }
        List<Hash> proof = new ArrayList<>();
        lines.subList(1, lines.size()).forEach(line -> proof.add(Hash.ofBase64(line)));
        return new AddCheckpoint(
                Long.parseLong(size), proof, SignedNote.parse(body.substring(empty + 2)));
    }

    @Override
    public String toString() {
        StringBuilder body = new StringBuilder(OLD).append(old).append('\n');
        proof.forEach(hash -> body.append(hash.base64()).append('\n'));
        return body.append('\n').append(checkpoint).toString();
    }
}
