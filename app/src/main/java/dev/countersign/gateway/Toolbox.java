package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tools of a server as it describes them now. What is new is told to the authority, which keeps
 * the first description of each.
 */
final class Toolbox {
    /** What a call carries whose tool nobody described. */
    static final String UNKNOWN = "unknown";

    private static final Set<String> HELD = Set.of("first", "accepted");
    private static final int MOST_TOOLS = 5_000;
    private static final int MOST_CHANGES = 20;
    private static final int MOST_TOLD = 512 * 1024;
    private static final int LONGEST_TEXT = 32 * 1024;

    private final Origin origin;

    /** Everything that was said of each tool, the last at the end: a client may use any of it. */
    private final Map<String, Set<ToolDefinition>> said = new ConcurrentHashMap<>();

    /** Of which the server said nothing since it said that something changed. */
    private final Set<String> current = ConcurrentHashMap.newKeySet();

    /** What the authority knows and takes for what it was. */
    private final Set<ToolDefinition> held = ConcurrentHashMap.newKeySet();

    private final Set<ToolDefinition> told = ConcurrentHashMap.newKeySet();

    Toolbox(Origin origin) {
        this.origin = origin;
    }

    /** A list that nobody can read in one way only. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super(why, null, false, false);
        }
    }

    /** Forgets what the server said: it says that this changed. */
    void clear() {
        current.clear();
    }

    boolean knows(String tool) {
        return current.contains(tool);
    }

    /** Whether the server says of a tool, and never said otherwise, that it may be a task. */
    boolean mayBeTask(String tool) {
        Set<ToolDefinition> all = said.getOrDefault(tool, Set.of());
        return !all.isEmpty() && all.stream().allMatch(ToolDefinition::mayBeTask);
    }

    /** The hash of what the server says of a tool, or that nobody knows. */
    String hash(String tool) {
        Set<ToolDefinition> all = said.getOrDefault(tool, Set.of());
        return all.stream()
                .filter(each -> !held.contains(each))
                .findFirst()
                .or(() -> all.stream().findFirst())
                .map(ToolDefinition::sha256)
                .orElse(UNKNOWN);
    }

    /**
     * Takes in a page of the list.
     *
     * @return the page without what is denied outright; the very same where that is nothing
     */
    ObjectNode take(ObjectNode result, Authority authority) throws Unusable {
        return without(result, tell(read(result), authority));
    }

    /** Tells the authority what it was not told yet; a call must not be the first to be told of. */
    void tell(String tool, Authority authority) throws Authority.Silent {
        List<ToolDefinition> news =
                said.getOrDefault(tool, Set.of()).stream()
                        // What waited may have been accepted meanwhile.
                        .filter(each -> !told.contains(each) || !held.contains(each))
                        .toList();
        if (!news.isEmpty()) {
            Set<String> _ = send(news, authority);
        }
    }

    private List<ToolDefinition> read(ObjectNode result) throws Unusable {
        try {
            Rpc.unambiguous(result, Set.of("tools", "nextCursor"), null);
        } catch (Rpc.Unreadable e) {
            throw new Unusable("its " + e.getMessage());
        }
        if (!(result.get("tools") instanceof ArrayNode tools)) {
            throw new Unusable("it holds no tools");
        }
        Map<String, ToolDefinition> page = new LinkedHashMap<>();
        for (JsonNode each : tools) {
            String name = each.path("name").textValue();
            if (!(each instanceof ObjectNode tool) || name == null || name.isEmpty()) {
                throw new Unusable("a tool in it has no name");
            }
            ToolDefinition definition;
            try {
                Rpc.unambiguous(tool, Set.of("name"), null);
                definition = ToolDefinition.of(name, tool);
            } catch (Rpc.Unreadable | IllegalArgumentException e) {
                throw new Unusable(
                        "`"
                                + Words.visible(name)
                                + "` is described in a way that readers differ on");
            }
            if (page.put(name, definition) != null) {
                throw new Unusable("`" + Words.visible(name) + "` stands in it twice");
            }
        }
        if (said.size() + page.size() > MOST_TOOLS) {
            throw new Unusable("the server has more than " + MOST_TOOLS + " tools");
        }
        for (ToolDefinition each : page.values()) {
            Set<ToolDefinition> before =
                    said.computeIfAbsent(each.name(), _ -> ConcurrentHashMap.newKeySet());
            if (before.size() >= MOST_CHANGES && !before.contains(each)) {
                throw new Unusable(
                        "`" + Words.visible(each.name()) + "` was described in too many ways");
            }
            before.add(each);
            current.add(each.name());
        }
        return List.copyOf(page.values());
    }

    /** The tools that are denied outright; none where nobody could say so. */
    private Set<String> tell(List<ToolDefinition> definitions, Authority authority) {
        Set<String> hidden = new HashSet<>();
        List<ToolDefinition> some = new ArrayList<>();
        int size = 0;
        try {
            for (ToolDefinition each : definitions) {
                if (size > 0 && size + length(each) > MOST_TOLD) {
                    hidden.addAll(send(some, authority));
                    some.clear();
                    size = 0;
                }
                some.add(each);
                size += length(each);
            }
            if (!some.isEmpty()) {
                hidden.addAll(send(some, authority));
            }
        } catch (Authority.Silent e) {
            // Calls are refused as long as this lasts; the list itself gives nothing away.
            return hidden;
        }
        return hidden;
    }

    private static int length(ToolDefinition definition) {
        return 2 * Math.min(definition.text().length(), LONGEST_TEXT) + 200;
    }

    private Set<String> send(List<ToolDefinition> definitions, Authority authority)
            throws Authority.Silent {
        ObjectNode body = origin.body();
        body.put("server", origin.server());
        ArrayNode tools = body.putArray("tools");
        for (ToolDefinition each : definitions) {
            tools.addObject()
                    .put("name", each.name())
                    .put("sha256", each.sha256())
                    .put("definition", cut(each.text()));
        }
        ObjectNode answer = authority.seen(body);
        Set<String> hidden = new HashSet<>();
        Set<String> known = new HashSet<>();
        for (JsonNode tool : answer.path("tools")) {
            if (HELD.contains(tool.path("state").asText(""))) {
                known.add(tool.path("sha256").asText("") + " " + tool.path("name").asText(""));
            }
            if (tool.path("hidden").asBoolean(false)) {
                hidden.add(tool.path("name").asText(""));
            }
        }
        told.addAll(definitions);
        for (ToolDefinition each : definitions) {
            if (known.contains(each.sha256() + " " + each.name())) {
                held.add(each);
            }
        }
        return hidden;
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        int end = LONGEST_TEXT - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }

    private static ObjectNode without(ObjectNode result, Set<String> hidden) {
        if (hidden.isEmpty()) {
            return result;
        }
        ObjectNode rest = result.deepCopy();
        ArrayNode tools = JsonNodeFactory.instance.arrayNode();
        for (JsonNode tool : result.path("tools")) {
            if (!hidden.contains(tool.path("name").asText(""))) {
                tools.add(tool);
            }
        }
        rest.set("tools", tools);
        if (rest.has("cacheScope")) {
            // What one agent may not see is not for the next one's cache.
            rest.put("cacheScope", "private");
        }
        return rest;
    }

    /** Where the next page starts. */
    static Optional<String> next(JsonNode result) {
        return Optional.ofNullable(result.path("nextCursor").textValue());
    }
}
