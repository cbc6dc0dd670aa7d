package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A call as rules know it, out of what an agent asks permission for. The agent says less than it
 * does: what it leaves out is asked about.
 *
 * @param tool a tool of the usual names
 * @param input its input
 */
record AcpCall(String tool, ObjectNode input) {
    private static final List<String> COMMAND = List.of("command", "cmd");
    private static final List<String> PATH =
            List.of("file_path", "filePath", "abs_path", "absolute_path", "path", "filename");
    private static final List<String> ADDRESS = List.of("url", "uri");

    /** Everything that must be allowed before the agent may go on. */
    static List<AcpCall> of(JsonNode toolCall) {
        JsonNode raw = toolCall.path("rawInput");
        String kind = toolCall.path("kind").asText("other");
        List<AcpCall> calls = new ArrayList<>();
        // What it runs counts whatever it calls itself.
        String command = command(raw);
        if (!command.isEmpty() || kind.equals("execute")) {
            calls.add(
                    call(
                            "Bash",
                            "command",
                            command.isEmpty() || !whole(raw) ? unsaid(toolCall) : command));
        }
        for (String name : ADDRESS) {
            if (raw.path(name).isTextual()) {
                calls.add(call("WebFetch", "url", raw.path(name).asText()));
            }
        }
        switch (kind) {
            case "execute" -> {}
            case "read" -> files(calls, "Read", toolCall);
            case "edit" -> files(calls, "Edit", toolCall);
            case "move" -> {
                // It is gone from one of the places, and nobody says which.
                files(calls, "Write", toolCall);
                files(calls, DELETE, toolCall);
            }
            case "delete" -> files(calls, DELETE, toolCall);
            case "search" -> files(calls, "LS", toolCall);
            case "fetch" -> {
                if (ADDRESS.stream().noneMatch(name -> raw.path(name).isTextual())) {
                    calls.add(vague("WebFetch", toolCall));
                }
            }
            case "think" -> {
                if (calls.isEmpty()) {
                    calls.add(vague("TodoWrite", toolCall));
                }
            }
            default -> calls.add(vague(OTHER, toolCall));
        }
        return calls;
    }

    /** What says nothing of what a command does. */
    private static final Set<String> BESIDE =
            Set.of("description", "timeout", "timeout_ms", "title", "is_background");

    /** Whether a command stands alone: its words, its input and its folder may stand elsewhere. */
    private static boolean whole(JsonNode raw) {
        int said = 0;
        for (Map.Entry<String, JsonNode> field : raw.properties()) {
            if (COMMAND.contains(field.getKey())) {
                said++;
            } else if (!BESIDE.contains(field.getKey()) && !nothing(field.getValue())) {
                return false;
            }
        }
        return said == 1;
    }

    private static boolean nothing(JsonNode value) {
        return value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isContainerNode() && value.isEmpty());
    }

    /** The name under which rules find what has no kind of its own. */
    static final String OTHER = "acp_other";

    private static final String DELETE = "delete_file";

    private static String command(JsonNode raw) {
        for (String name : COMMAND) {
            JsonNode command = raw.path(name);
            if (command.isTextual()) {
                return command.textValue();
            }
            if (command.isArray() && !command.isEmpty()) {
                List<String> words = new ArrayList<>();
                command.forEach(word -> words.add(quoted(word.asText())));
                return String.join(" ", words);
            }
        }
        return "";
    }

    /**
     * A command that the agent does not say, so that nothing but a person can allow it; each title
     * is one of its own.
     */
    private static String unsaid(JsonNode toolCall) {
        return "\"$COMMAND_NOT_SAID\" " + quoted(toolCall.path("title").asText(""));
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** The files it names anywhere. */
    private static void files(List<AcpCall> calls, String tool, JsonNode toolCall) {
        Set<String> paths = new LinkedHashSet<>();
        JsonNode raw = toolCall.path("rawInput");
        PATH.forEach(name -> paths.add(raw.path(name).asText("")));
        toolCall.path("locations").forEach(place -> paths.add(place.path("path").asText("")));
        toolCall.path("content")
                .forEach(each -> {
                    if (each.path("type").asText("").equals("diff")) {
                        paths.add(each.path("path").asText(""));
                    }
                });
        paths.remove("");
        if (paths.isEmpty()) {
            calls.add(vague(tool, toolCall));
        }
        for (String path : paths) {
            AcpCall call = call(tool, "file_path", path);
            call.input.put("path", path);
            calls.add(call);
        }
    }

    private static AcpCall call(String tool, String name, String value) {
        return new AcpCall(tool, JsonNodeFactory.instance.objectNode().put(name, value));
    }

    /** One whose own input does not say what it does: people read what the agent says of it. */
    private static AcpCall vague(String tool, JsonNode toolCall) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("title", toolCall.path("title").asText(""));
        if (toolCall.has("rawInput")) {
            input.set("rawInput", toolCall.get("rawInput"));
        }
        if (toolCall.has("locations")) {
            input.set("locations", toolCall.get("locations"));
        }
        return new AcpCall(tool, input);
    }
}
