package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.audit.Witnesses;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.ProofFile;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/ledger}: signed checkpoints, proofs, and the tree as tiles, which tools for
 * transparency logs read (C2SP tlog-tiles).
 */
final class LedgerRoutes {
    private static final String ENTRIES = "entries/";

    private final LedgerProofs proofs;
    private final Witnesses witnesses;

    LedgerRoutes(LedgerProofs proofs, Witnesses witnesses) {
        this.proofs = proofs;
        this.witnesses = witnesses;
    }

    /**
     * The newest checkpoint, as a signed note, with the signatures of witnesses that co-signed it.
     *
     * @param cosigned {@code true} for the newest that has some
     */
    String checkpoint(Optional<String> cosigned) {
        if (cosigned.isEmpty() || cosigned.get().equals("false")) {
            return witnesses.with(newest()).toString();
        }
        if (!cosigned.get().equals("true")) {
            throw Problem.badRequest("`cosigned` is `true` or `false`");
        }
        return witnesses
                .cosigned()
                .orElseThrow(() -> Problem.notFound("no witness co-signed anything yet"))
                .toString();
    }

    /** Takes a checkpoint that a witness co-signed; its signatures say who that is. */
    ObjectNode cosign(ServerRequest request) throws NotRecorded {
        try {
            SignedNote note = SignedNote.parse(Bodies.text(Bodies.bytes(request)));
            ArrayNode names = JsonNodeFactory.instance.arrayNode();
            witnesses.take(note).forEach(names::add);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.set("witnesses", names);
            return json.put("records", Checkpoint.parse(note.text()).size());
        } catch (Bodies.Unusable e) {
            throw e.problem();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        } catch (Witnesses.Refused e) {
            throw e.contradicts() ? Problem.conflict(e.text()) : Problem.forbidden(e.text());
        }
    }

    /** Whether no witness holds another ledger than this one. */
    boolean fits() {
        return witnesses.status().stream()
                .noneMatch(each -> each.state() == Witnesses.State.REFUSES);
    }

    /**
     * How it stands with the witness of which there is least good to say, and how old its
     * co-signature is; nothing where there are no witnesses.
     */
    void addWitness(ObjectNode health, Instant now) {
        witnesses.status().stream()
                .max(Comparator.comparing(Witnesses.Status::state))
                .ifPresent(worst -> {
                    health.put("witness", worst.state().wire());
                    worst.last()
                            .ifPresent(last ->
                                    health.put(
                                            "witness_seconds",
                                            Duration.between(last.at(), now).toSeconds()));
                });
    }

    private SignedNote newest() {
        return proofs.checkpoint().orElseThrow(() -> Problem.notFound("nothing was recorded yet"));
    }

    /** The key to check signatures with. */
    String key() {
        return proofs.key() + "\n";
    }

    /** That a record is in the ledger, as a file that is checked offline. */
    String proof(String index) {
        SignedNote note = newest();
        long place = number("index", index);
        List<Hash> path =
                proved(() -> proofs.inclusion(place, Checkpoint.parse(note.text()).size()));
        return new ProofFile(place, path, note).toString();
    }

    /** That a record is in the tree of the first {@code size} records. */
    ObjectNode inclusion(UriQuery query) {
        long index = number("index", query.first("index").orElse(null));
        long size = number("size", query.first("size").orElse(null));
        return json(proved(() -> proofs.inclusion(index, size)))
                .put("index", index)
                .put("size", size);
    }

    /** That the first {@code to} records begin with the first {@code from}. */
    ObjectNode consistency(UriQuery query) {
        long from = number("from", query.first("from").orElse(null));
        long to = number("to", query.first("to").orElse(null));
        return json(proved(() -> proofs.consistency(from, to))).put("from", from).put("to", to);
    }

    private static ObjectNode json(List<Hash> path) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode hashes = json.putArray("path");
        path.forEach(hash -> hashes.add(hash.base64()));
        return json;
    }

    @FunctionalInterface
    private interface Proving {
        List<Hash> path();
    }

    private static List<Hash> proved(Proving proving) {
        try {
            return proving.path();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The bytes of a tile, or of its records. */
    byte[] tile(String path) {
        boolean entries = path.startsWith(ENTRIES);
        Tile tile;
        try {
            tile = Tile.parse(entries ? "0/" + path.substring(ENTRIES.length()) : path);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound(String.valueOf(e.getMessage()));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Tile.WIDTH * Hash.SIZE);
        if (entries) {
            for (byte[] record : proofs.entries(tile).orElseThrow(LedgerRoutes::notThere)) {
                bytes.write(record.length >> 8);
                bytes.write(record.length);
                bytes.writeBytes(record);
            }
        } else {
            proofs.tile(tile)
                    .orElseThrow(LedgerRoutes::notYet)
                    .forEach(hash -> bytes.writeBytes(hash.bytes()));
        }
        return bytes.toByteArray();
    }

    private static Problem notYet() {
        return Problem.notFound("the ledger is not so long yet");
    }

    private static Problem notThere() {
        return Problem.notFound(
                "the ledger is not so long yet, or these records were archived and taken out");
    }

    private static long number(String name, @Nullable String written) {
        try {
            long number = Long.parseLong(String.valueOf(written));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw Problem.badRequest(
                "`"
                        + name
                        + "` is `"
                        + Fields.shown(String.valueOf(written))
                        + "`; expected a number of records");
    }
}
