package dev.countersign.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
     * @param filters values by the names of {@link AuditFilters}
     * @param before only records with a smaller index, or {@link Long#MAX_VALUE}
     * @param limit at most 1,000
     * @throws IllegalArgumentException when there is no such filter, or its value is none
     */
    List<Recorded> list(Map<String, String> filters, long before, int limit);

    /**
     * How many records there are of these. Reads them all, in constant memory.
     *
     * @param filters as above
     * @param before only records with a smaller index, or {@link Long#MAX_VALUE}
     * @throws IllegalArgumentException when there is no such filter, or its value is none
     */
    default long count(Map<String, String> filters, long before) {
        long count = 0;
        long last = before;
        while (true) {
            List<Recorded> part = list(filters, last, 1_000);
            count += part.size();
            if (part.isEmpty() || part.getLast().index() == 0) {
                return count;
            }
            last = part.getLast().index();
        }
    }

    /**
     * A record as it was written.
     *
     * @param index its place, from 0
     * @param hash 64 hexadecimal digits
     * @param record its canonical JSON, the bytes that were hashed
     * @param payload the canonical JSON kept beside it, or null
     * @param disclosure what it holds by a salted hash only, or null where nothing or erased
     * @param people addresses by the names it has for people
     * @param view as people read it: with what is beside it, and addresses for names
     */
    record Stored(
            long index,
            String hash,
            String record,
            @Nullable String payload,
            @Nullable String disclosure,
            Map<String, String> people,
            ObjectNode view) {}

    /**
     * Oldest first, a part at a time: as many as fit into some megabytes, and none only where there
     * are no more.
     *
     * @param filters values by the names of {@link AuditFilters}
     * @param after only records with a larger index, or -1
     * @param before only records with a smaller index
     */
    List<Stored> next(Map<String, String> filters, long after, long before);

    Optional<Recorded> byIndex(long index);

    /**
     * The text of a record as it stands in the ledger, nothing of it opened.
     *
     * @param index its place, from 0
     */
    record Written(long index, String text) {}

    /**
     * Newest first.
     *
     * @param from only records with this index or a larger one
     * @param before only records with a smaller index
     */
    default List<Written> written(long from, long before, int limit) {
        return list(Map.of(), before, limit).stream()
                .filter(each -> each.index() >= from)
                .map(each -> new Written(each.index(), each.body().toString()))
                .toList();
    }

    /**
     * Those of some records that filters choose, in the order of their indexes given here.
     *
     * @param indexes at most 1,000, the newest first
     * @throws IllegalArgumentException when there is no such filter, or its value is none
     */
    default List<Recorded> of(List<Long> indexes, Map<String, String> filters) {
        return indexes.stream().flatMap(index -> byIndex(index).stream()).toList();
    }

    /** Filters as the ledger itself writes their values: its own names for people. */
    default Map<String, String> stored(Map<String, String> filters) {
        return filters;
    }

    /** A text of the ledger as people read it: with addresses for its names. */
    default String shown(String text) {
        return text;
    }

    /** What is not there any more because it was archived and taken out. */
    default Pruned pruned() {
        return Pruned.NOTHING;
    }

    /**
     * What is kept of a person beside the ledger, each {@code {"kind": …, "value": …}}: what they
     * may read of it. To be read once, to its end.
     */
    default Stream<ObjectNode> beside(String email) {
        return Stream.of();
    }

    /** All records of one decision, oldest first. */
    List<Recorded> ofDecision(String decision);
}
