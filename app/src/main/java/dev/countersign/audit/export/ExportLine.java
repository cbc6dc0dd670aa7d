package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.ledger.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way out.
 *
 * @param stored as it was written
 * @param proof that it is in the signed tree, or null in an export of all records, whose own tree
 *     is the proof
 */
record ExportLine(Stored stored, @Nullable List<Hash> proof) {

    /** As people read it. */
    ObjectNode record() {
        return stored.view();
    }

    /** What is in the record or beside it, or an empty object. */
    ObjectNode body() {
        return stored.view().path("body") instanceof ObjectNode body
                ? body
                : JsonNodeFactory.instance.objectNode();
    }

    /** The proof as JSON, or null. */
    static @Nullable ArrayNode json(@Nullable List<Hash> proof) {
        if (proof == null) {
            return null;
        }
        ArrayNode array = JsonNodeFactory.instance.arrayNode(proof.size());
        proof.forEach(hash -> array.add(hash.base64()));
        return array;
    }
}
