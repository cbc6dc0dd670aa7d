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
    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    private static final List<String> OF_THE_CLIENT =
            List.of(VERSION, CAPABILITIES, "io.modelcontextprotocol/clientInfo");

    private Revision() {}

    /** The one a message says it is of, or null. */
    static @Nullable String of(@Nullable ObjectNode params) {
        return params == null ? null : params.path(META).path(VERSION).textValue();
    }

    /** Whether a message is of a revision that says everything in every message. */
    static boolean stateless(@Nullable ObjectNode params) {
        String version = of(params);
        return version != null && version.compareTo(STATELESS) >= 0;
    }

    /** What the sender of a stateless message says that it can do. */
    static JsonNode capabilities(ObjectNode params) {
        return params.path(META).path(CAPABILITIES);
    }

    /** An empty result of the stateless revision. */
    static ObjectNode complete() {
        return JsonNodeFactory.instance.objectNode().put("resultType", "complete");
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
        ObjectNode result = stateless(params) ? complete() : JsonNodeFactory.instance.objectNode();
        result.putArray("content").addObject().put("type", "text").put("text", words);
        return result.put("isError", true);
    }
}
