package dev.countersign.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import dev.countersign.agent.JsonText.Items;
import dev.countersign.agent.JsonText.Member;
import dev.countersign.agent.JsonText.Members;
import dev.countersign.agent.JsonText.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Our entries in the lists of {@code hooks} of a client's JSON file, with comments or without: put
 * in, taken out, found. Everything else keeps every character. Pure.
 */
final class HookEntries {
    static final ObjectMapper LENIENT =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();

    private HookEntries() {}

    /** The text with exactly these entries of ours in it; the same text when they are there. */
    static String with(String text, Setup.Content.Entries wanted) throws Unusable {
        String body = text.isBlank() ? "{}\n" : text;
        try {
            JsonText json = JsonText.lenient(body);
            json = pinned(json, wanted);
            if (holds(tree(json), wanted)) {
                return json.text().equals(body) ? text : json.text();
            }
            json = without(json);
            for (Map.Entry<String, JsonNode> beside : wanted.beside().entrySet()) {
                if (json.root().named(beside.getKey()) == null) {
                    json = json.with(json.root(), beside.getKey(), beside.getValue());
                }
            }
            for (Map.Entry<String, ObjectNode> hook : wanted.hooks().entrySet()) {
                json = with(json, hook.getKey(), hook.getValue());
            }
            return json.text();
        } catch (JsonText.Broken broken) {
            throw new Unusable(broken.what(), broken.line(), broken.column());
        }
    }

    /** The text with nothing of ours in it; the same text when there is nothing. */
    static String without(String text) throws Unusable {
        if (text.isBlank()) {
            return text;
        }
        try {
            return without(JsonText.lenient(text)).text();
        } catch (JsonText.Broken broken) {
            throw new Unusable(broken.what(), broken.line(), broken.column());
        }
    }

    /** What is wrong with the wiring in a text; empty when the client runs every hook of ours. */
    static List<String> problems(String text, Setup.Content.Entries wanted) {
        List<String> problems = new ArrayList<>();
        try {
            JsonNode tree = tree(JsonText.lenient(text.isBlank() ? "{}" : text));
            if (!holds(tree, wanted)) {
                problems.add("our hooks are missing or were changed");
            }
            wanted.switches()
                    .forEach((path, must) -> {
                        JsonNode value = tree.at("/" + path.replace('.', '/'));
                        if (wanted.pinned() && value.isMissingNode()) {
                            problems.add(
                                    "`"
                                            + path
                                            + "` is not pinned, so that a user's own takes the"
                                            + " hooks away; run connect again");
                        } else if (!value.isMissingNode() && value.asBoolean(must) != must) {
                            problems.add("`" + path + "` takes the hooks away");
                        }
                    });
            for (JsonNode name : tree.path("hooksConfig").path("disabled")) {
                if (name.asText().contains("countersign")) {
                    problems.add("`hooksConfig.disabled` takes `" + name.asText() + "` away");
                }
            }
        } catch (JsonText.Broken broken) {
            problems.add(broken.line() + ":" + broken.column() + ": " + broken.what());
        }
        return problems;
    }

    /** With the switches that have to stand there, as they must be. */
    private static JsonText pinned(JsonText json, Setup.Content.Entries wanted)
            throws Unusable, JsonText.Broken {
        JsonText result = json;
        for (Map.Entry<String, Boolean> each : wanted.switches().entrySet()) {
            int dot = each.getKey().indexOf('.');
            JsonNode must = BooleanNode.valueOf(each.getValue());
            if (!wanted.pinned() || dot < 0 || stands(tree(result), each.getKey(), must)) {
                continue;
            }
            String group = each.getKey().substring(0, dot);
            String name = each.getKey().substring(dot + 1);
            Member there = result.root().named(group);
            if (there == null) {
                JsonNode fresh = JsonNodeFactory.instance.objectNode().set(name, must);
                result = result.with(result.root(), group, fresh);
            } else if (there.value() instanceof Members members) {
                Member old = members.named(name);
                result =
                        old == null
                                ? result.with(members, name, must)
                                : result.replaced(old.value(), must);
            } else {
                throw misplaced(result, there.value(), "`" + group + "` must be an object, `{…}`");
            }
        }
        return result;
    }

    private static boolean stands(JsonNode tree, String path, JsonNode must) {
        return tree.at("/" + path.replace('.', '/')).equals(must);
    }

    private static boolean holds(JsonNode tree, Setup.Content.Entries wanted) {
        int ours = 0;
        for (Map.Entry<String, JsonNode> event : tree.path("hooks").properties()) {
            for (JsonNode entry : event.getValue()) {
                if (isOurs(entry)) {
                    ours++;
                    if (!entry.equals(wanted.hooks().get(event.getKey()))) {
                        return false;
                    }
                }
            }
        }
        return ours == wanted.hooks().size();
    }

    private static boolean isOurs(JsonNode entry) {
        return entry.toString().contains(Sending.NAME);
    }

    private static JsonNode tree(JsonText json) {
        return node(json.text());
    }

    private static JsonNode node(String text) {
        try {
            return LENIENT.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a part of read JSON is none (this is a bug)", e);
        }
    }

    private static JsonText with(JsonText json, String event, ObjectNode entry)
            throws Unusable, JsonText.Broken {
        Member hooks = json.root().named("hooks");
        if (hooks == null) {
            ObjectNode fresh = JsonNodeFactory.instance.objectNode();
            fresh.putArray(event).add(entry);
            return json.with(json.root(), "hooks", fresh);
        }
        if (!(hooks.value() instanceof Members events)) {
            throw misplaced(json, hooks.value(), "`hooks` must be an object, `{…}`");
        }
        Member list = events.named(event);
        if (list == null) {
            return json.with(events, event, JsonNodeFactory.instance.arrayNode().add(entry));
        }
        if (!(list.value() instanceof Items items)) {
            throw misplaced(json, list.value(), "`hooks." + event + "` must be a list, `[…]`");
        }
        return json.with(items, entry);
    }

    private static JsonText without(JsonText json) throws JsonText.Broken {
        JsonText result = json;
        boolean any = false;
        for (JsonText next = withoutOne(result); next != null; next = withoutOne(result)) {
            result = next;
            any = true;
        }
        Member hooks = result.root().named("hooks");
        return any
                        && hooks != null
                        && hooks.value() instanceof Members events
                        && events.members().isEmpty()
                ? result.without(result.root(), hooks)
                : result;
    }

    private static @Nullable JsonText withoutOne(JsonText json) throws JsonText.Broken {
        Member hooks = json.root().named("hooks");
        if (hooks == null || !(hooks.value() instanceof Members events)) {
            return null;
        }
        for (Member event : events.members()) {
            if (event.value() instanceof Items items) {
                for (Value item : items.items()) {
                    if (isOurs(node(json.text().substring(item.start(), item.end())))) {
                        return items.items().size() > 1
                                ? json.without(items, item)
                                : json.without(events, event);
                    }
                }
            }
        }
        return null;
    }

    private static Unusable misplaced(JsonText json, Value value, String message) {
        String before = json.text().substring(0, value.start());
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Unusable(message, line, value.start() - before.lastIndexOf('\n'));
    }
}
