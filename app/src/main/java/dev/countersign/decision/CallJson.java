package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;

/** A tool call as JSON, for the ledger and for pages. */
public final class CallJson {
    /** The input field that says most about a call, best first. */
    private static final List<String> TELLING =
            List.of("command", "file_path", "notebook_path", "path", "url", "query", "pattern");

    private CallJson() {}

    public static ObjectNode of(ToolCall call) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("client", call.client());
        json.put("tool", call.tool());
        json.set("input", call.input());
        json.put("cwd", call.context().cwd());
        json.put("workspace", call.context().workspace());
        json.put("home", call.context().home());
        json.put("shell", call.context().shell().wire());
        json.put("platform", call.context().platform());
        json.put("tenant", call.subject().tenant());
        json.put("agent", call.subject().agent());
        json.put("agent_type", call.subject().agentType());
        json.put("driver", call.subject().person());
        json.put("project", call.subject().project());
        json.put("session", call.session());
        json.put("task", call.task());
        json.put("call_id", call.callId());
        return json;
    }

    /** The call that {@link #of} wrote; the environment is not kept, so nothing is known of it. */
    public static ToolCall read(ObjectNode json) {
        Context context =
                new Context(
                        json.path("cwd").asText(),
                        json.path("workspace").asText(),
                        json.path("home").asText(),
                        Shell.of(json.path("shell").asText()).orElse(Shell.BASH),
                        json.path("platform").asText(),
                        Map.of());
        Subject subject =
                new Subject(
                        json.path("tenant").asText(),
                        json.path("agent").asText(),
                        json.path("agent_type").textValue(),
                        json.path("driver").textValue(),
                        json.path("project").textValue());
        return new ToolCall(
                json.path("client").asText(),
                json.path("tool").asText(),
                json.withObject("/input"),
                context,
                subject,
                json.path("session").textValue(),
                json.path("task").textValue(),
                json.path("call_id").textValue());
    }

    /**
     * What a row of a listing shows: the command, path or address, else the tool; at most 300
     * characters.
     */
    public static String headline(ToolCall call) {
        return headline(call.tool(), call.input());
    }

    /** The same from the parts. */
    public static String headline(String tool, JsonNode input) {
        for (String field : TELLING) {
            JsonNode value = input.path(field);
            if (value.isTextual()) {
                String text = value.textValue();
                String line = "command".equals(field) ? text : tool + " " + text;
                return line.length() <= 300 ? line : line.substring(0, 299) + "…";
            }
        }
        return tool;
    }
}
