package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The revisions of MCP that are understood; a later one may run tools by other messages. */
final class Revision {
    static final List<String> KNOWN =
            List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");

    /** Since then every message says its revision, and every result whether it is complete. */
    private static final String STATELESS = "2026-07-28";

    private static final String META = "_meta";
    private static final String VERSION = "io.modelcontextprotocol/protocolVersion";
    private static final List<String> OF_THE_CLIENT =
            List.of(
                    VERSION,
                    "io.modelcontextprotocol/clientCapabilities",
                    "io.modelcontextprotocol/clientInfo");

    private Revision() {}

    /** The one a message says it is of, or null. */
    static @Nullable String of(@Nullable ObjectNode params) {
        return params == null ? null : params.path(META).path(VERSION).textValue();
    }

    /** The parameters of a question of ours in the same conversation. */
    static ObjectNode like(@Nullable ObjectNode params) {
        ObjectNode ours = JsonNodeFactory.instance.objectNode();
        JsonNode meta = params == null ? ours.path(META) : params.path(META);
        for (String name : OF_THE_CLIENT) {
            if (meta.has(name)) {
                ours.withObject("/" + META).set(name, meta.get(name));
            }
        }
        return ours;
    }

    /** The result that says to a model why a call did not run. */
    static ObjectNode refusal(@Nullable ObjectNode params, String words) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        String version = of(params);
        if (version != null && version.compareTo(STATELESS) >= 0) {
            result.put("resultType", "complete");
        }
        result.putArray("content").addObject().put("type", "text").put("text", words);
        return result.put("isError", true);
    }
}
