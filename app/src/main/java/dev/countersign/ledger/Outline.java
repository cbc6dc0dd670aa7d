package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a check needs to know of a record, found by reading its bytes once.
 *
 * <p>A tree of every record costs several times its hashes. So {@link RecordScan} reads what is in
 * canonical form beyond doubt and in the plain way records are written; of anything else there is
 * no outline, and whoever asked makes a tree.
 *
 * @param index its place, as it says
 * @param previous the hash of the record before it, as it says
 * @param kind empty where it says none
 * @param sealed whether it has a member of that name
 * @param digest of what it holds by a salted hash only, or empty
 * @param person whose that is, or empty
 * @param payload the hash of what is kept beside it, or null where nothing is
 */
public record Outline(
        long index,
        String previous,
        String kind,
        boolean sealed,
        String digest,
        String person,
        @Nullable String payload) {

    /** Of a record that was read as a tree, whatever it is. */
    static Outline of(JsonNode json) {
        JsonNode sealed = json.path("sealed");
        JsonNode payload = json.path("payload").path("sha256");
        return new Outline(
                json.path(Draft.INDEX).asLong(),
                json.path(Draft.PREVIOUS).asText(),
                json.path("kind").asText(),
                !sealed.isMissingNode(),
                sealed.path("digest").asText(),
                sealed.path("person").asText(),
                payload.isMissingNode() ? null : payload.asText());
    }

    /** Of a record in canonical form; empty where only a tree can tell. */
    static Optional<Outline> scan(byte[] record) {
        RecordScan scan = new RecordScan();
        return scan.read(record, 0, record.length) ? Optional.of(of(scan)) : Optional.empty();
    }

    private static Outline of(RecordScan scan) {
        return new Outline(
                scan.index(),
                scan.previous().toString(),
                scan.kind().toString(),
                scan.sealed(),
                scan.digest().toString(),
                scan.person().toString(),
                scan.hasPayload() ? scan.payload().toString() : null);
    }
}
