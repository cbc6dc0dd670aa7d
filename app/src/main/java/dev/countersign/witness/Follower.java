package dev.countersign.witness;

import dev.countersign.ledger.AddCheckpoint;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.WitnessRule;
import dev.countersign.ledger.WitnessRule.Answer;
import dev.countersign.ledger.WitnessRule.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Looks at a log again and again, co-signs what it signed, and hands that back to it. What
 * contradicts what was co-signed before is never signed; a person hears of it.
 */
public final class Follower implements AutoCloseable {
    /**
     * A log in which nothing happens is signed again after this, so that nobody takes it for dead.
     */
    static final Duration REFRESH = Duration.ofMinutes(5);

    private final Witness witness;
    private final Web web;
    private final LogReader log;
    private final URI cosignatures;
    private final Clock clock;
    private Optional<SignedNote> handed = Optional.empty();

    /**
     * Follows a log.
     *
     * @param address where it is: the prefix of its tiles, or a server of Countersign
     * @param token to show it
     */
    public Follower(Witness witness, URI address, Optional<String> token, Clock clock) {
        this.witness = witness;
        this.clock = clock;
        web = new Web(token);
        URI prefix = prefix(address);
        log = new LogReader(web, prefix);
        cosignatures = prefix.resolve("cosignatures");
    }

    private static URI prefix(URI address) {
        String path = address.getRawPath();
        if (path == null || path.isEmpty() || path.equals("/")) {
            return address.resolve("/v1/ledger/");
        }
        return path.endsWith("/") ? address : URI.create(address + "/");
    }

    /** How one look at the log ended. */
    public sealed interface Round {
        /**
         * It was co-signed.
         *
         * @param records how many it has
         * @param anew whether a signature was made now; else what was signed last still stands
         * @param trouble why the log did not take the signature, or empty
         */
        record Signed(long records, boolean anew, Optional<String> trouble) implements Round {}

        /** The log cannot be read at the moment: nothing is wrong with it so far. */
        record Away(String text) implements Round {}

        /**
         * It is not what was co-signed before, or was not signed as it must be.
         *
         * @param evidence where both checkpoints are kept
         */
        record Refused(Reason reason, String text, Optional<Path> evidence) implements Round {}
    }

    /** Looks once. */
    public Round look() throws InterruptedException {
        try {
            // Before the log is asked: what is pushed meanwhile is no sign of less.
            Optional<SignedNote> before = witness.newest();
            SignedNote shown = log.checkpoint();
            return judged(before, shown);
        } catch (LogReader.Contradiction e) {
            return new Round.Refused(Reason.UNPROVED, e.text(), Optional.empty());
        } catch (LogReader.Unreadable e) {
            return new Round.Away(e.text());
        } catch (IOException e) {
            return new Round.Away("the co-signature could not be kept: " + e.getMessage());
        }
    }

    private Round judged(Optional<SignedNote> before, SignedNote shown)
            throws LogReader.Unreadable, IOException, InterruptedException {
        long old = before.map(note -> Checkpoint.parse(note.text()).size()).orElse(0L);
        if (before.isPresent() && before.get().text().equals(shown.text()) && fresh(before.get())) {
            return new Round.Signed(old, false, hand(before.get()));
        }
        // Only what the log signed is worth asking it for tiles.
        Checkpoint checkpoint;
        switch (WitnessRule.signed(witness.log(), shown)) {
            case Answer.Refused refused -> {
                return new Round.Refused(refused.reason(), refused.text(), Optional.empty());
            }
            case Answer.Good good -> checkpoint = good.checkpoint();
        }
        if (checkpoint.size() < old) {
            return contradicted(
                    Reason.SMALLER,
                    "it has "
                            + checkpoint.size()
                            + " records, but "
                            + old
                            + " were co-signed: it was rolled back",
                    shown);
        }
        Answer answer =
                witness.show(new AddCheckpoint(old, log.consistency(old, checkpoint), shown));
        return switch (answer) {
            case Answer.Good good ->
                    new Round.Signed(
                            good.checkpoint().size(), true, hand(witness.newest().orElseThrow()));
            case Answer.Refused refused -> refused(refused, shown);
        };
    }

    private boolean fresh(SignedNote note) {
        Instant at = note.cosignedAt(witness.key()).orElse(Instant.EPOCH);
        return Duration.between(at, clock.instant()).abs().compareTo(REFRESH) < 0;
    }

    private Round refused(Answer.Refused refused, SignedNote shown)
            throws IOException, InterruptedException {
        return switch (refused.reason()) {
            case SMALLER, FORKED, UNPROVED -> contradicted(refused.reason(), refused.text(), shown);
            // Somebody pushed in between; the next look goes on from there.
            case OTHER_OLD_SIZE -> new Round.Away("it was shown by another at the same time");
            case OTHER_LOG, NOT_SIGNED ->
                    new Round.Refused(refused.reason(), refused.text(), Optional.empty());
        };
    }

    private Round contradicted(Reason reason, String text, SignedNote shown)
            throws IOException, InterruptedException {
        Optional<Path> evidence = witness.evidence(reason, shown);
        // The log is told what it signed before, each time, and can tell its own people.
        handed = Optional.empty();
        Optional<SignedNote> before = witness.newest();
        if (before.isPresent()) {
            Optional<String> _ = hand(before.get());
        }
        return new Round.Refused(reason, text, evidence);
    }

    /** Hands a co-signature to the log, once; empty when the log has it. */
    private Optional<String> hand(SignedNote note) throws InterruptedException {
        if (handed.equals(Optional.of(note))) {
            return Optional.empty();
        }
        try {
            Web.Answer answer = web.post(cosignatures, note.toString());
            if (answer.good()) {
                handed = Optional.of(note);
                return Optional.empty();
            }
            return Optional.of(
                    "`"
                            + cosignatures
                            + "` answers with status "
                            + answer.status()
                            + ": "
                            + answer.text());
        } catch (IOException e) {
            return Optional.of("`" + cosignatures + "` cannot be reached: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        web.close();
    }
}
