package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.LedgerProofs;
import dev.countersign.ledger.Checkpoint;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.ProofFile;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import io.helidon.common.uri.UriQuery;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/ledger}: signed checkpoints, proofs, and the tree as tiles, which tools for
 * transparency logs read (C2SP tlog-tiles).
 */
final class LedgerRoutes {
    private static final String ENTRIES = "entries/";

    private final LedgerProofs proofs;

    LedgerRoutes(LedgerProofs proofs) {
        this.proofs = proofs;
    }

    /** The newest checkpoint, as a signed note. */
    String checkpoint() {
        return newest().toString();
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
