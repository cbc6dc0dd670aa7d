package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Disclosure;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.ProofFile;
import dev.countersign.ledger.Sha256;
import dev.countersign.ledger.SignedNote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks one record anew: its hash, what is beside it, its neighbours, and that it was signed. */
public final class RecordCheck {
    private final AuditQuery audit;
    private final LedgerProofs proofs;

    public RecordCheck(AuditQuery audit, LedgerProofs proofs) {
        this.audit = audit;
        this.proofs = proofs;
    }

    /** How a question was answered. */
    public enum State {
        GOOD,
        BAD,
        /** Nothing is wrong, and nothing shows yet that it is right. */
        OPEN
    }

    /**
     * One thing that was checked.
     *
     * @param what was asked
     * @param words the answer, for people
     */
    public record Finding(State state, String what, String words) {}

    /** Every question with its answer; empty where there is no such record. */
    public List<Finding> check(long index) {
        Optional<Stored> found = stored(index);
        if (found.isEmpty()) {
            return List.of();
        }
        Stored record = found.get();
        JsonNode json;
        try {
            json = CanonicalJson.parse(record.record());
        } catch (IllegalArgumentException e) {
            return List.of(new Finding(State.BAD, "Its text", "is no record: " + e.getMessage()));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(hash(record));
        beside(record, json).ifPresent(findings::add);
        findings.add(before(record, json));
        after(record).ifPresent(findings::add);
        findings.add(signed(record));
        return findings;
    }

    private Optional<Stored> stored(long index) {
        return index < 0
                ? Optional.empty()
                : audit.next(Map.of(), index - 1, index + 1).stream().findFirst();
    }

    private static Finding hash(Stored record) {
        boolean good = Sha256.hex(record.record()).equals(record.hash());
        return new Finding(
                good ? State.GOOD : State.BAD,
                "Its text",
                good
                        ? "has the SHA-256 " + record.hash()
                        : "has not the SHA-256 that the ledger noted for it: it was changed");
    }

    /** What the record holds by its hash only. */
    private static Optional<Finding> beside(Stored record, JsonNode json) {
        JsonNode sealed = json.path("sealed");
        if (sealed.isObject()) {
            String text = record.disclosure();
            if (text == null) {
                return Optional.of(
                        new Finding(
                                State.OPEN,
                                "What is sealed of it",
                                "is not there any more, as after an erasure; `countersign audit"
                                        + " verify` looks for the record of that"));
            }
            boolean good = new Disclosure(text).digest().equals(sealed.path("digest").asText());
            return Optional.of(
                    new Finding(
                            good ? State.GOOD : State.BAD,
                            "What is sealed of it",
                            good
                                    ? "opens, and has the salted hash that stands in the record"
                                    : "is not what the record has the salted hash of"));
        }
        JsonNode payload = json.path("payload").path("sha256");
        if (payload.isTextual()) {
            String body = record.payload();
            boolean good = body != null && Sha256.hex(body).equals(payload.textValue());
            return Optional.of(
                    new Finding(
                            good ? State.GOOD : State.BAD,
                            "Its body, which is kept beside it,",
                            good
                                    ? "has the SHA-256 that stands in the record"
                                    : "is not what the record has the SHA-256 of"));
        }
        return Optional.empty();
    }

    private Finding before(Stored record, JsonNode json) {
        String what = "The record before";
        String named = json.path(Draft.PREVIOUS).asText();
        if (record.index() == 0) {
            boolean first = named.equals(Draft.GENESIS);
            return new Finding(
                    first ? State.GOOD : State.BAD,
                    what,
                    first
                            ? "is none: it names 64 zeros, as the first does"
                            : "is none, yet it names one");
        }
        Optional<Stored> before = stored(record.index() - 1);
        if (before.isEmpty()) {
            return new Finding(
                    State.OPEN,
                    what,
                    audit.pruned().first() >= record.index()
                            ? "was archived and taken out"
                            : "is not there");
        }
        boolean good = before.get().hash().equals(named);
        return new Finding(
                good ? State.GOOD : State.BAD,
                what,
                good ? "has the hash that this one names" : "has not the hash that this one names");
    }

    private Optional<Finding> after(Stored record) {
        return stored(record.index() + 1)
                .map(after -> {
                    boolean good =
                            after.record()
                                    .contains(
                                            "\"" + Draft.PREVIOUS + "\":\"" + record.hash() + "\"");
                    return new Finding(
                            good ? State.GOOD : State.BAD,
                            "The record after",
                            good
                                    ? "names the hash of this one"
                                    : "names another hash than this one's");
                });
    }

    private Finding signed(Stored record) {
        String what = "The signed ledger";
        Optional<SignedNote> newest = proofs.checkpoint();
        long size = newest.map(note -> Checkpoint.parse(note.text()).size()).orElse(0L);
        if (newest.isEmpty() || size <= record.index()) {
            proofs.hasten();
            return new Finding(State.OPEN, what, "does not reach it yet: ask again in a second");
        }
        boolean good;
        try {
            good =
                    new ProofFile(
                                    record.index(),
                                    proofs.inclusion(record.index(), size),
                                    newest.get())
                            .proves(
                                    record.record().getBytes(StandardCharsets.UTF_8),
                                    proofs.key(),
                                    List.of());
        } catch (IllegalArgumentException e) {
            good = false;
        }
        return new Finding(
                good ? State.GOOD : State.BAD,
                what,
                good
                        ? "of "
                                + size
                                + " records has it at its place, by a proof up to the root that "
                                + proofs.key().name()
                                + " signed"
                        : "has another record at its place, or its signature is not good");
    }
}
