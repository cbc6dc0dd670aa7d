package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** The one message of MCP that is decided, however it travels. */
final class McpCall {
    static final String METHOD = "tools/call";

    private static final Set<String> NAMES =
            Set.of("name", "arguments", "_meta", "task", "inputResponses", "requestState");
    private static final String ANSWERS = "inputResponses";
    private static final int MOST_OUTPUT = 64 * 1024;

    private McpCall() {}

    /**
     * Whether a question is one.
     *
     * @throws Rpc.Unreadable when it could be taken for one, is none that can be judged, or is of a
     *     revision that nobody here knows
     */
    static boolean is(Rpc.Request request) throws Rpc.Unreadable {
        boolean call = request.method().equals(METHOD);
        if (!call && Rpc.resembles(request.method(), METHOD)) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST, request.id(), "its method is only like `tools/call`");
        }
        String version = Revision.of(request.params());
        if (version != null && !Revision.KNOWN.contains(version)) {
            throw new Rpc.Unreadable(
                    Rpc.UNSUPPORTED_VERSION,
                    request.id(),
                    "revision `"
                            + Words.visible(version)
                            + "` of the protocol is not known here; known are "
                            + String.join(", ", Revision.KNOWN));
        }
        if (call) {
            requireReadable(request);
        }
        return call;
    }

    /** Refuses one that nobody can be answered. */
    static void requireNone(Rpc.Notice notice) throws Rpc.Unreadable {
        if (Rpc.resembles(notice.method(), METHOD)) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST, null, "a call without an id can get no answer");
        }
    }

    private static void requireReadable(Rpc.Request request) throws Rpc.Unreadable {
        ObjectNode params = request.params();
        if (params == null || !params.path("name").isTextual()) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_PARAMS, request.id(), "it does not name a tool to call");
        }
        Rpc.unambiguous(params, NAMES, request.id());
        JsonNode arguments = params.path("arguments");
        if (!arguments.isMissingNode() && !arguments.isNull() && !arguments.isObject()) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_PARAMS, request.id(), "the arguments of the tool are no object");
        }
    }

    /** What the tool is given, also by answers to what it asked in return. */
    static ObjectNode arguments(ObjectNode params) {
        ObjectNode arguments =
                params.get("arguments") instanceof ObjectNode given
                        ? given
                        : JsonNodeFactory.instance.objectNode();
        if (params.hasNonNull(ANSWERS)) {
            // What was answered to a question of the server goes to the tool as well.
            arguments = arguments.deepCopy();
            arguments.set(ANSWERS, params.get(ANSWERS));
        }
        return arguments;
    }

    /** It as the authority is asked about it. */
    static ObjectNode body(Origin origin, String tool, ObjectNode arguments, Toolbox toolbox) {
        ObjectNode body = origin.body();
        body.put("tool", origin.tool(tool));
        body.set("input", arguments);
        return body.put("definition", toolbox.hash(tool));
    }

    /** What came of it, for the record. */
    static ObjectNode outcome(String decision, long since, Rpc.Reply reply) {
        JsonNode result = reply.result();
        boolean failed = result == null || result.path("isError").asBoolean(false);
        String output = String.valueOf(result == null ? reply.error() : result.path("content"));
        ObjectNode outcome = JsonNodeFactory.instance.objectNode();
        outcome.put("decision", decision).put("status", failed ? "failure" : "success");
        outcome.put("duration_ms", Math.max(0, (System.nanoTime() - since) / 1_000_000));
        return outcome.put("output", output.substring(0, Math.min(output.length(), MOST_OUTPUT)));
    }
}
