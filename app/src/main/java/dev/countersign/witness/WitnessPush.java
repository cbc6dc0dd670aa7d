package dev.countersign.witness;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.CosignatureStore.Cosigned;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Witnesses;
import dev.countersign.ledger.AddCheckpoint;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Shows the checkpoints of this ledger to a witness (C2SP tlog-witness) and takes what it signs.
 */
final class WitnessPush {
    private static final int CONFLICT = 409;
    private static final int UNPROVED = 422;

    private final NoteKey witness;
    private final URI prefix;
    private final LedgerProofs proofs;
    private final Witnesses witnesses;
    private final Web web;
    private final Clock clock;
    private Optional<Long> old = Optional.empty();

    /**
     * A witness.
     *
     * @param address what stands in front of {@code add-checkpoint}
     */
    WitnessPush(
            NoteKey witness,
            URI address,
            LedgerProofs proofs,
            Witnesses witnesses,
            Web web,
            Clock clock) {
        this.witness = witness;
        this.prefix = address.getRawPath().endsWith("/") ? address : URI.create(address + "/");
        this.proofs = proofs;
        this.witnesses = witnesses;
        this.web = web;
        this.clock = clock;
    }

    /** Shows the newest checkpoint where the witness did not sign it a short while ago. */
    boolean push() throws IOException, InterruptedException {
        Optional<SignedNote> newest = proofs.checkpoint();
        if (newest.isEmpty()) {
            return false;
        }
        Optional<Cosigned> last = witnesses.last(witness);
        if (last.isPresent() && fresh(last.get(), newest.get())) {
            return true;
        }
        long from = old.orElse(last.map(Cosigned::records).orElse(0L));
        Web.Answer answer = show(newest.get(), from);
        if (answer.status() == CONFLICT && size(answer) != from) {
            from = size(answer);
            answer = show(newest.get(), from);
        }
        if (!answer.good()) {
            old = Optional.empty();
            throw refusal(answer);
        }
        take(newest.get(), answer);
        old = Optional.of(Checkpoint.parse(newest.get().text()).size());
        return true;
    }

    private boolean fresh(Cosigned last, SignedNote newest) {
        return last.note().text().equals(newest.text())
                && Duration.between(last.at(), clock.instant()).abs().compareTo(Follower.REFRESH)
                        < 0;
    }

    private Web.Answer show(SignedNote note, long from) throws IOException, InterruptedException {
        long size = Checkpoint.parse(note.text()).size();
        if (from > size) {
            throw contradicted("it co-signed " + from + " records, and there are " + size);
        }
        List<Hash> proof = from == 0 || from == size ? List.of() : proofs.consistency(from, size);
        return web.post(
                prefix.resolve("add-checkpoint"), new AddCheckpoint(from, proof, note).toString());
    }

    private static long size(Web.Answer answer) throws IOException {
        try {
            return Long.parseLong(answer.text().strip());
        } catch (NumberFormatException e) {
            throw new IOException("a conflict without a size", e);
        }
    }

    private IOException refusal(Web.Answer answer) throws InterruptedException {
        String said = "status " + answer.status() + ": " + answer.text().strip();
        return answer.status() == UNPROVED ? contradicted(said) : new IOException(said);
    }

    /**
     * What it says is believed only where it shows what this ledger signed before: that is asked
     * for, and people are told.
     */
    private IOException contradicted(String said) throws InterruptedException {
        try {
            Web.Answer kept =
                    web.get(prefix.resolve(WitnessFolder.nameOf(proofs.key()) + "/checkpoint"));
            if (kept.good()) {
                List<String> _ = witnesses.take(SignedNote.parse(kept.text()));
            }
        } catch (Witnesses.Refused | NotRecorded | IllegalArgumentException | IOException e) {
            return new IOException(said + "; " + e.getMessage(), e);
        }
        return new IOException(said);
    }

    private void take(SignedNote shown, Web.Answer answer) throws IOException {
        try {
            SignedNote note = shown.only(List.of(proofs.key()));
            for (String line : answer.text().lines().toList()) {
                note = note.with(SignedNote.line(line));
            }
            List<String> _ = witnesses.take(note);
        } catch (IllegalArgumentException | Witnesses.Refused | NotRecorded e) {
            throw new IOException("its signature is not taken: " + e.getMessage(), e);
        }
    }
}
