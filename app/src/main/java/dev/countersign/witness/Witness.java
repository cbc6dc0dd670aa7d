package dev.countersign.witness;

import dev.countersign.ledger.AddCheckpoint;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.WitnessRule;
import dev.countersign.ledger.WitnessRule.Answer;
import dev.countersign.ledger.WitnessRule.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Co-signs the checkpoints of one log, each once it is known to begin with the one before. What it
 * signed is on its disk before anybody hears of it.
 */
public final class Witness {
    private final WitnessFolder folder;
    private final NoteKey log;
    private final Clock clock;
    private Optional<SignedNote> newest;

    /**
     * Goes on from what lies in the folder.
     *
     * @param log whose checkpoints are co-signed
     */
    public Witness(WitnessFolder folder, NoteKey log, Clock clock) throws WitnessException {
        if (log.kind() != NoteKey.Kind.LOG) {
            throw new WitnessException(
                    "`" + log.name() + "` is the key of a witness, not of a log");
        }
        this.folder = folder;
        this.log = log;
        this.clock = clock;
        newest = folder.newest(log);
    }

    /** The log it watches. */
    public NoteKey log() {
        return log;
    }

    /** What it signs with. */
    public NoteKey key() {
        return folder.key();
    }

    /** What it co-signed last, with both signatures. */
    public synchronized Optional<SignedNote> newest() {
        return newest;
    }

    /** How many records that has. */
    synchronized long size() {
        return newest.map(note -> Checkpoint.parse(note.text()).size()).orElse(0L);
    }

    /**
     * Co-signs a checkpoint, or says why not.
     *
     * @throws IOException when it could not be kept, and so was not signed
     */
    synchronized Answer show(AddCheckpoint shown) throws IOException {
        Answer answer =
                WitnessRule.judge(log, newest.map(note -> Checkpoint.parse(note.text())), shown);
        if (answer instanceof Answer.Good) {
            SignedNote signed =
                    folder.signer().sign(shown.checkpoint().only(List.of(log)), clock.instant());
            folder.keep(log, signed);
            newest = Optional.of(signed);
        }
        return answer;
    }

    /** Keeps what was signed last together with what contradicts it, once for each kind. */
    synchronized Optional<Path> evidence(Reason reason, SignedNote shown) throws IOException {
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        String what = reason == Reason.SMALLER ? "rolled-back-from-" : "forked-after-";
        return Optional.of(
                folder.evidence(log, what + size(), newest.get(), shown.only(List.of(log))));
    }
}
