package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The read side. */
public interface AuditQuery {

    /**
     * A record as it stands in the ledger.
     *
     * @param index its place, from 0
     * @param hash 64 hexadecimal digits
     * @param body the whole record
     */
    record Recorded(long index, String hash, ObjectNode body) {}

    /**
     * Newest first.
     *
     * @param filters by field name: {@code agent project person client session call kind tool
     *     effect risk decider decision from to q}; unknown names are an error of the caller
     * @param before only records with a smaller index, or {@link Long#MAX_VALUE}
     * @param limit at most 1,000
     */
    List<Recorded> list(Map<String, String> filters, long before, int limit);

    Optional<Recorded> byIndex(long index);

    /** All records of one decision, oldest first. */
    List<Recorded> ofDecision(String decision);
}
