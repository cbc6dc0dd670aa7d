package dev.countersign.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Machine;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;

/** A tool call as JSON, for the ledger and for pages. */
public final class CallJson {
    /** The input field that says most about a call, best first. */
    private static final List<String> TELLING =
            List.of("command", "file_path", "notebook_path", "path", "url", "query", "pattern");

    private static final String MACHINE = "machine";
    private static final String TOLD = "told";
    private static final String DRIFTED = "drifted";
    private static final String AS_TOLD = "as told";

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
        if (call.drifted()) {
            json.put(DRIFTED, true);
        }
        machine(json, call.context().machine());
        return json;
    }

    /** The same for good, without what a machine told of the content of its files. */
    public static ObjectNode brief(ToolCall call) {
        return of(
                call.context().machine() instanceof Machine.Elsewhere(Told told) && told != null
                        ? call.in(call.context().on(new Machine.Elsewhere(ToldJson.brief(told))))
                        : call);
    }

    /** What {@link #of} wrote, in brief. */
    public static ObjectNode brief(ObjectNode json) {
        return json.path(MACHINE).has(TOLD) ? brief(read(json)) : json;
    }

    private static void machine(ObjectNode json, Machine machine) {
        switch (machine) {
            case Machine.Here() -> {}
            case Machine.Elsewhere(Told told) -> {
                ObjectNode where = json.putObject(MACHINE).put("judged", "as written");
                if (told != null) {
                    where.set(TOLD, ToldJson.of(told));
                }
            }
            case Machine.AsTold(Told told) ->
                    json.putObject(MACHINE).put("judged", AS_TOLD).set(TOLD, ToldJson.of(told));
        }
    }

    private static Machine machine(JsonNode json) {
        if (json.isMissingNode()) {
            return Machine.HERE;
        }
        Told told = json.has(TOLD) ? told(json.path(TOLD)) : null;
        return told != null && AS_TOLD.equals(json.path("judged").asText())
                ? new Machine.AsTold(told)
                : new Machine.Elsewhere(told);
    }

    /** What was kept, or something that is asked about where a mask made it unreadable. */
    private static Told told(JsonNode json) {
        try {
            return ToldJson.kept(json);
        } catch (ToldJson.Malformed e) {
            return new Told(
                    "linux",
                    "/home/unknown",
                    Shell.BASH,
                    null,
                    Told.Guard.NONE,
                    List.of(),
                    false,
                    null,
                    false);
        }
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
                        Map.of(),
                        machine(json.path(MACHINE)));
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
                json.path("call_id").textValue(),
                json.path(DRIFTED).asBoolean(false));
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
