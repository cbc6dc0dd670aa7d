package dev.countersign.ledger;

import java.util.List;
import java.util.Optional;

/**
 * When a witness co-signs: never two checkpoints between which the log did more than grow. The
 * order of the questions is that of C2SP tlog-witness.
 */
public final class WitnessRule {
    private WitnessRule() {}

    /** Why a checkpoint is not co-signed. */
    public enum Reason {
        /** It is of a log the witness does not know. */
        OTHER_LOG,
        /** The log did not sign it, or its signature is not good. */
        NOT_SIGNED,
        /** It is of fewer records than the log says it had before. */
        SMALLER,
        /** The log takes another checkpoint for the last that was co-signed. */
        OTHER_OLD_SIZE,
        /** It is of as many records as one that was co-signed, but of other ones. */
        FORKED,
        /** Nothing proves that it begins with what was co-signed. */
        UNPROVED
    }

    /** What to do with a checkpoint. */
    public sealed interface Answer {
        /** To be co-signed. */
        record Good(Checkpoint checkpoint) implements Answer {}

        /**
         * Not to be co-signed.
         *
         * @param text for people, lower case, no full stop
         */
        record Refused(Reason reason, String text) implements Answer {}
    }

    /** Whether a note is a checkpoint that this log signed; nothing else is asked. */
    public static Answer signed(NoteKey log, SignedNote note) {
        try {
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            if (!checkpoint.origin().equals(log.name())) {
                return new Answer.Refused(
                        Reason.OTHER_LOG,
                        "it is a checkpoint of `"
                                + checkpoint.origin()
                                + "`, not of `"
                                + log.name()
                                + "`");
            }
            return note.signers(List.of(log)).isEmpty()
                    ? new Answer.Refused(
                            Reason.NOT_SIGNED, "it was not signed with the key of the log")
                    : new Answer.Good(checkpoint);
        } catch (IllegalArgumentException e) {
            return new Answer.Refused(Reason.NOT_SIGNED, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Judges a checkpoint.
     *
     * @param log whose checkpoints are co-signed
     * @param known what was co-signed last, or empty
     */
    public static Answer judge(NoteKey log, Optional<Checkpoint> known, AddCheckpoint shown) {
        return switch (signed(log, shown.checkpoint())) {
            case Answer.Refused refused -> refused;
            case Answer.Good good -> judge(known, good.checkpoint(), shown);
        };
    }

    private static Answer judge(
            Optional<Checkpoint> known, Checkpoint checkpoint, AddCheckpoint shown) {
        long last = known.map(Checkpoint::size).orElse(0L);
        if (shown.old() > checkpoint.size()) {
            return new Answer.Refused(
                    Reason.SMALLER,
                    "it is of " + checkpoint.size() + " records, but there were " + shown.old());
        }
        if (shown.old() != last) {
            return new Answer.Refused(
                    Reason.OTHER_OLD_SIZE, "what was co-signed last is of " + last + " records");
        }
        return grown(known, checkpoint, shown.proof());
    }

    private static Answer grown(
            Optional<Checkpoint> known, Checkpoint checkpoint, List<Hash> proof) {
        if (known.isEmpty() || known.get().size() == 0) {
            boolean empty = checkpoint.size() > 0 || checkpoint.root().equals(MerkleTree.EMPTY);
            return proof.isEmpty() && empty
                    ? new Answer.Good(checkpoint)
                    : new Answer.Refused(Reason.UNPROVED, "nothing is to be proved of no records");
        }
        Checkpoint last = known.get();
        if (last.size() == checkpoint.size() && !last.root().equals(checkpoint.root())) {
            return new Answer.Refused(
                    Reason.FORKED,
                    "two different ledgers of " + last.size() + " records were signed");
        }
        return MerkleTree.consistent(
                        last.size(), checkpoint.size(), last.root(), checkpoint.root(), proof)
                ? new Answer.Good(checkpoint)
                : new Answer.Refused(
                        Reason.UNPROVED,
                        "its first " + last.size() + " records are not those that were co-signed");
    }
}
