package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.CosignatureStore.Cosigned;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Fault;
import dev.countersign.ledger.MerkleTree;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The witnesses of this ledger: takes their co-signatures, and tells people when one is silent or
 * holds something that this ledger no longer has.
 */
public final class Witnesses {
    /** Clocks of two machines may differ by so much. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private final Duration silentAfter;
    private final LedgerProofs proofs;
    private final CosignatureStore store;
    private final Alarms alarms;
    private final Clock clock;
    private final Instant started;
    private final Map<NoteKey, Watched> watched = new LinkedHashMap<>();

    /** How it stands with a witness; the later, the worse. */
    public enum State {
        /** It co-signed not long ago. */
        FRESH,
        /** It never did, and there was not much time yet. */
        WAITING,
        /** It did not for too long. */
        SILENT,
        /** It co-signed what this ledger does not hold any more. */
        REFUSES;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How it stands with a witness.
     *
     * @param last what it co-signed last
     */
    public record Status(String name, State state, Optional<Cosigned> last) {}

    private static final class Watched {
        private volatile @Nullable Cosigned last;
        private volatile boolean told;
        private volatile boolean refuses;
    }

    /** A co-signature that is not taken; the message is for people. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean contradicts;

        Refused(boolean contradicts, String message) {
            super(message);
            this.contradicts = contradicts;
        }

        /** Whether it is good and this ledger is not what was co-signed. */
        public boolean contradicts() {
            return contradicts;
        }

        /** The message. */
        public String text() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * With what was kept before.
     *
     * @param known whose co-signatures count
     * @param silentAfter when people are told that one is silent
     */
    public Witnesses(
            List<NoteKey> known,
            Duration silentAfter,
            LedgerProofs proofs,
            CosignatureStore store,
            Alarms alarms,
            Clock clock) {
        this.silentAfter = silentAfter;
        this.proofs = proofs;
        this.store = store;
        this.alarms = alarms;
        this.clock = clock;
        started = clock.instant();
        known.forEach(key -> watched.put(key, new Watched()));
        for (Cosigned each : store.newest()) {
            watched.forEach((key, of) -> {
                if (key.toString().equals(each.witness()) && good(key, each)) {
                    of.last = each;
                }
            });
        }
    }

    /** Whether what was kept is what it says; under an older key of the ledger it is not. */
    private boolean good(NoteKey key, Cosigned kept) {
        try {
            Optional<Cosigned> read = cosigned(key, ours(kept.note()), kept.note());
            return read.isPresent() && read.get().records() == kept.records();
        } catch (Refused _) {
            return false;
        }
    }

    /**
     * Takes a checkpoint of this ledger that known witnesses co-signed.
     *
     * @return who did
     * @throws Refused when it is not of this ledger, no known witness signed it, a signature is not
     *     good, or this ledger does not hold what was signed, of which people are told
     */
    public synchronized List<String> take(SignedNote note) throws Refused, NotRecorded {
        Checkpoint checkpoint = ours(note);
        Map<NoteKey, Cosigned> signers = new LinkedHashMap<>();
        for (NoteKey key : watched.keySet()) {
            cosigned(key, checkpoint, note).ifPresent(each -> signers.put(key, each));
        }
        if (signers.isEmpty()) {
            throw new Refused(
                    false,
                    "no witness that is known here signed it; they stand under `witnesses` in the"
                            + " settings of the server");
        }
        Optional<Fault> fault = contradiction(checkpoint);
        if (fault.isPresent()) {
            for (Map.Entry<NoteKey, Cosigned> each : signers.entrySet()) {
                refuses(each.getKey(), fault.get().text(), each.getValue().note());
            }
            throw new Refused(true, fault.get().text());
        }
        List<String> names = new ArrayList<>();
        for (Map.Entry<NoteKey, Cosigned> each : signers.entrySet()) {
            keep(each.getKey(), each.getValue());
            names.add(each.getKey().name());
        }
        return names;
    }

    private Checkpoint ours(SignedNote note) throws Refused {
        try {
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            if (!note.signers(List.of(proofs.key())).isEmpty()
                    && checkpoint.origin().equals(proofs.key().name())) {
                return checkpoint;
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new Refused(false, "it was not signed with the key of this ledger, " + proofs.key());
    }

    private Optional<Cosigned> cosigned(NoteKey key, Checkpoint checkpoint, SignedNote note)
            throws Refused {
        Optional<Instant> at;
        try {
            at = note.cosignedAt(key);
        } catch (IllegalArgumentException e) {
            throw new Refused(false, String.valueOf(e.getMessage()));
        }
        if (at.filter(time -> time.isAfter(clock.instant().plus(AHEAD))).isPresent()) {
            throw new Refused(
                    false, "`" + key.name() + "` signed at " + at.get() + ", which is to come yet");
        }
        return at.map(time ->
                new Cosigned(
                        key.toString(),
                        checkpoint.size(),
                        time,
                        note.only(List.of(proofs.key(), key))));
    }

    /** What the ledger signed once and does not hold now, or empty. */
    private Optional<Fault> contradiction(Checkpoint signed) {
        Checkpoint newest =
                proofs.checkpoint()
                        .map(note -> Checkpoint.parse(note.text()))
                        .orElse(new Checkpoint(signed.origin(), 0, MerkleTree.EMPTY));
        if (signed.size() > newest.size()) {
            return Optional.of(
                    new Fault(
                            newest.size(),
                            Fault.Kind.CUT,
                            "the ledger has "
                                    + newest.size()
                                    + " records, but "
                                    + signed.size()
                                    + " were co-signed: it was rolled back"));
        }
        boolean same =
                signed.size() == 0
                        || MerkleTree.consistent(
                                signed.size(),
                                newest.size(),
                                signed.root(),
                                newest.root(),
                                proofs.consistency(signed.size(), newest.size()));
        return same
                ? Optional.empty()
                : Optional.of(
                        new Fault(
                                signed.size() - 1,
                                Fault.Kind.FORKED,
                                "the first "
                                        + signed.size()
                                        + " records are not those that were co-signed"));
    }

    private void keep(NoteKey key, Cosigned cosigned) throws NotRecorded {
        Watched of = watched.getOrDefault(key, new Watched());
        Cosigned last = of.last;
        boolean newer =
                last == null
                        || cosigned.at().isAfter(last.at())
                        || cosigned.records() > last.records();
        if (newer) {
            store.keep(cosigned);
            of.last = cosigned;
            of.told = false;
        }
        of.refuses = false;
    }

    /**
     * A witness does not sign any more.
     *
     * @param text why, for people
     * @param held what it co-signed before
     */
    private void refuses(NoteKey key, String text, SignedNote held) {
        Watched of = watched.get(key);
        if (of == null || of.refuses) {
            return;
        }
        // First the state: the record of the alarm makes a ledger that fits even less.
        of.refuses = true;
        alarms.tell(
                System.Logger.Level.ERROR,
                "the witness `" + key.name() + "` holds another ledger: " + text,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("witness", key.toString())
                        .put("cosigned", held.toString()));
    }

    /** Tells people, once, of witnesses that became silent. */
    public void tick() {
        Instant now = clock.instant();
        watched.forEach((key, of) -> {
            if (!of.told && silent(of, now)) {
                of.told = true;
                Cosigned last = of.last;
                alarms.tell(
                        System.Logger.Level.ERROR,
                        "the witness `"
                                + key.name()
                                + "` is silent: "
                                + (last == null
                                        ? "it never co-signed"
                                        : "it co-signed last at " + last.at()),
                        JsonNodeFactory.instance.objectNode().put("witness", key.toString()));
            }
        });
    }

    private boolean silent(Watched of, Instant now) {
        Cosigned last = of.last;
        Instant since = last == null || last.at().isBefore(started) ? started : last.at();
        return Duration.between(since, now).compareTo(silentAfter) > 0;
    }

    /** How it stands with each. */
    public List<Status> status() {
        Instant now = clock.instant();
        List<Status> status = new ArrayList<>();
        watched.forEach((key, of) -> {
            State state =
                    of.refuses
                            ? State.REFUSES
                            : silent(of, now)
                                    ? State.SILENT
                                    : of.last == null ? State.WAITING : State.FRESH;
            status.add(new Status(key.name(), state, Optional.ofNullable(of.last)));
        });
        return status;
    }

    /** The longest checkpoint that a known witness co-signed, with its signature. */
    public Optional<SignedNote> cosigned() {
        return watched.values().stream()
                .map(of -> Optional.ofNullable(of.last))
                .flatMap(Optional::stream)
                .max(Comparator.comparingLong(Cosigned::records))
                .map(last -> with(last.note()));
    }

    /** A checkpoint with the signatures of all known witnesses that co-signed this very one. */
    public SignedNote with(SignedNote checkpoint) {
        SignedNote with = checkpoint;
        for (Map.Entry<NoteKey, Watched> each : watched.entrySet()) {
            Cosigned last = each.getValue().last;
            if (last != null && last.note().text().equals(checkpoint.text())) {
                for (SignedNote.Line line : last.note().only(List.of(each.getKey())).lines()) {
                    with = with.with(line);
                }
            }
        }
        return with;
    }

    /** What a witness co-signed last, or empty. */
    public Optional<Cosigned> last(NoteKey key) {
        Watched of = watched.get(key);
        return of == null ? Optional.empty() : Optional.ofNullable(of.last);
    }
}
