package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of records that was written to a file.
 *
 * @param first the index of its first record
 * @param size how many records the ledger had at its end, which is the index of the next record
 * @param name of the file, without a folder
 * @param sha256 of the bytes of the file before its last line, 64 hexadecimal digits
 */
public record Segment(long first, long size, String name, String sha256) {

    /** What a record of the ledger has of it. */
    public ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("first", first)
                .put("size", size)
                .put("name", name)
                .put("sha256", sha256);
    }

    /** Reads a list of {@link #json}. */
    public static List<Segment> list(JsonNode array) {
        List<Segment> segments = new ArrayList<>();
        array.forEach(each ->
                segments.add(
                        new Segment(
                                each.path("first").asLong(-1),
                                each.path("size").asLong(-1),
                                each.path("name").asText(),
                                each.path("sha256").asText())));
        return segments;
    }
}
