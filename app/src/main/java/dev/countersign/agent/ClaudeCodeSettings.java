package dev.countersign.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.JsonText.Items;
import dev.countersign.agent.JsonText.Member;
import dev.countersign.agent.JsonText.Members;
import dev.countersign.agent.JsonText.Value;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Our entries in a Claude Code settings text: put in, taken out, found. Everything else keeps every
 * character. Pure: files are {@link SettingsFiles}'s business.
 */
public final class ClaudeCodeSettings {
    /** The variable that carries the agent's token to the hooks. */
    public static final String TOKEN_VARIABLE = "COUNTERSIGN_TOKEN";

    /** Seconds a deciding hook may take: longer than any question to people stands by default. */
    static final int PATIENCE = 3600;

    /** Hooks whose answer decides; when they fail the client must block. */
    static final List<String> DECIDING = List.of("PreToolUse", "PermissionRequest", "ConfigChange");

    private static final int OBSERVED = 30;

    private static final List<String> OBSERVING =
            List.of(
                    "PostToolUse",
                    "PostToolUseFailure",
                    "UserPromptSubmit",
                    "SubagentStart",
                    "SubagentStop",
                    "Stop",
                    "SessionEnd");

    private static final String PATH = "/hooks/" + ClaudeCode.NAME + "/";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ClaudeCodeSettings() {}

    /** The text is no JSON object, or something in it stands where our entries must go. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final int column;

        Unusable(String message, int line, int column) {
            super(message, null, false, false);
            this.line = line;
            this.column = column;
        }

        /** {@code file:line:column: what is wrong}. */
        public String in(String file) {
            return file + ":" + line + ":" + column + ": " + getMessage();
        }
    }

    /**
     * What goes into one file.
     *
     * @param server the base of the addresses, without a slash at its end
     * @param hooks whether our hooks stand in this file
     * @param token the token that stands in this file's {@code env}, or null for none
     */
    public record Entries(String server, boolean hooks, @Nullable String token) {
        public Entries {
            server = base(server);
        }
    }

    /** Every event that is wired, the tool events first. */
    public static List<String> events() {
        List<String> events = new ArrayList<>(DECIDING);
        events.addAll(OBSERVING);
        events.add("SessionStart");
        return List.copyOf(events);
    }

    /** An address without the slash at its end, fit to stand in quotes of a shell. */
    static String base(String server) {
        String base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        URI uri = URI.create(base);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null || !base.matches("[A-Za-z0-9:/.\\-_~\\[\\]%]+")) {
            throw new IllegalArgumentException(
                    "`" + server + "` is no server address such as `http://127.0.0.1:7373`");
        }
        return base;
    }

    /** The matcher group that is ours for an event. */
    static ObjectNode group(String event, String server) {
        ObjectNode group = JsonNodeFactory.instance.objectNode();
        if (toolEvent(event)) {
            group.put("matcher", "*");
        }
        ObjectNode hook = group.putArray("hooks").addObject();
        if (event.equals("SessionStart")) {
            // This client fires no HTTP hook when a session starts.
            hook.put("type", "command");
            hook.put("command", SessionStartScript.text(server + PATH));
            hook.put("timeout", OBSERVED);
            return group;
        }
        hook.put("type", "http");
        hook.put("url", server + PATH + event);
        hook.put("timeout", (int) patience(event).toSeconds());
        if (DECIDING.contains(event)) {
            // On observers it would only turn our absence into a loop: a blocked Stop goes on.
            hook.put("onFailure", "block");
        }
        hook.putObject("headers").put("Authorization", "Bearer $" + TOKEN_VARIABLE);
        hook.putArray("allowedEnvVars").add(TOKEN_VARIABLE);
        return group;
    }

    /** How long the client waits for us. */
    static Duration patience(String event) {
        return Duration.ofSeconds(DECIDING.contains(event) ? PATIENCE : OBSERVED);
    }

    static boolean toolEvent(String event) {
        return event.equals("PreToolUse")
                || event.equals("PermissionRequest")
                || event.equals("PostToolUse")
                || event.equals("PostToolUseFailure");
    }

    /** Whether a hook entry was written by us, for whatever server. */
    public static boolean ours(JsonNode hook) {
        return switch (hook.path("type").asText()) {
            case "http" -> hook.path("url").asText().contains(PATH);
            case "command" ->
                    hook.path("command").asText().contains(PATH.substring(0, PATH.length() - 1))
                            && hook.path("command").asText().contains(Canary.ANSWER);
            default -> false;
        };
    }

    /** The token in a text's {@code env}, if there is one. */
    public static Optional<String> token(String text) {
        try {
            String token =
                    tree(JsonText.of(body(text))).path("env").path(TOKEN_VARIABLE).asText("");
            return token.isEmpty() ? Optional.empty() : Optional.of(token);
        } catch (JsonText.Broken unreadable) {
            return Optional.empty();
        }
    }

    /** The server the hooks in a text are wired to, if they are. */
    public static Optional<String> server(String text) {
        try {
            for (JsonNode group : tree(JsonText.of(body(text))).path("hooks").path("PreToolUse")) {
                for (JsonNode hook : group.path("hooks")) {
                    String url = hook.path("url").asText();
                    if (ours(hook) && url.contains(PATH)) {
                        return Optional.of(url.substring(0, url.indexOf(PATH)));
                    }
                }
            }
        } catch (JsonText.Broken unreadable) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** Whether anything of ours stands in a text. Unreadable: no. */
    public static boolean present(String text) {
        try {
            JsonText json = JsonText.of(body(text));
            return !without(json).text().equals(json.text());
        } catch (JsonText.Broken | Unusable unreadable) {
            return false;
        }
    }

    /** The text with exactly these entries of ours in it; the same text when they are there. */
    public static String with(String text, Entries wanted) throws Unusable {
        String body = body(text);
        if (body.isBlank()) {
            body = "{}" + (body.isEmpty() ? "\n" : body);
        }
        try {
            JsonText json = JsonText.of(body);
            if (holds(json, wanted)) {
                return text;
            }
            JsonText result = without(json);
            if (wanted.token() != null) {
                result = withToken(result, wanted.token());
            }
            if (wanted.hooks()) {
                for (String event : events()) {
                    result = withGroup(result, event, group(event, wanted.server()));
                }
            }
            return mark(text) + result.text();
        } catch (JsonText.Broken broken) {
            throw unusable(broken);
        }
    }

    /** The text with nothing of ours in it; the same text when there is nothing. */
    public static String without(String text) throws Unusable {
        if (body(text).isBlank()) {
            return text;
        }
        try {
            return mark(text) + without(JsonText.of(body(text))).text();
        } catch (JsonText.Broken broken) {
            throw unusable(broken);
        }
    }

    private static boolean holds(JsonText json, Entries wanted) {
        JsonNode tree = tree(json);
        String token = tree.path("env").path(TOKEN_VARIABLE).asText("");
        if (!token.equals(wanted.token() == null ? "" : wanted.token())) {
            return false;
        }
        List<ObjectNode> expected = new ArrayList<>();
        List<JsonNode> found = new ArrayList<>();
        for (String event : events()) {
            if (wanted.hooks()) {
                expected.add(group(event, wanted.server()));
            }
        }
        for (var event : tree.path("hooks").properties()) {
            for (JsonNode group : event.getValue()) {
                boolean any = false;
                for (JsonNode hook : group.path("hooks")) {
                    any |= ours(hook);
                }
                if (any) {
                    // A right group under a wrong event guards nothing.
                    if (!events().contains(event.getKey())
                            || !group.equals(group(event.getKey(), wanted.server()))) {
                        return false;
                    }
                    found.add(group);
                }
            }
        }
        return found.size() == expected.size() && found.containsAll(expected);
    }

    private static JsonText withToken(JsonText json, String token)
            throws Unusable, JsonText.Broken {
        Member env = json.root().named("env");
        JsonNode value = JsonNodeFactory.instance.textNode(token);
        if (env == null) {
            ObjectNode fresh = JsonNodeFactory.instance.objectNode();
            fresh.set(TOKEN_VARIABLE, value);
            return json.with(json.root(), "env", fresh);
        }
        return json.with(members(json, env.value(), "env"), TOKEN_VARIABLE, value);
    }

    private static JsonText withGroup(JsonText json, String event, ObjectNode group)
            throws Unusable, JsonText.Broken {
        Member hooks = json.root().named("hooks");
        if (hooks == null) {
            ObjectNode fresh = JsonNodeFactory.instance.objectNode();
            fresh.putArray(event).add(group);
            return json.with(json.root(), "hooks", fresh);
        }
        Members all = members(json, hooks.value(), "hooks");
        Member groups = all.named(event);
        if (groups == null) {
            return json.with(all, event, JsonNodeFactory.instance.arrayNode().add(group));
        }
        return json.with(items(json, groups.value(), "hooks." + event), group);
    }

    private static JsonText without(JsonText json) throws Unusable, JsonText.Broken {
        JsonText result = json;
        for (Member token = token(result); token != null; token = token(result)) {
            Members env = members(result, holder(result, "env").value(), "env");
            result = result.without(env, token);
            result = withoutWhenEmpty(result, "env");
        }
        JsonText next = withoutOneHook(result);
        boolean any = next != null;
        while (next != null) {
            result = next;
            next = withoutOneHook(result);
        }
        return any ? withoutWhenEmpty(result, "hooks") : result;
    }

    private static @Nullable Member token(JsonText json) {
        Member env = json.root().named("env");
        return env != null && env.value() instanceof Members members
                ? members.named(TOKEN_VARIABLE)
                : null;
    }

    private static Member holder(JsonText json, String name) {
        Member member = json.root().named(name);
        if (member == null) {
            throw new IllegalStateException("`" + name + "` vanished (this is a bug)");
        }
        return member;
    }

    private static JsonText withoutWhenEmpty(JsonText json, String name) throws JsonText.Broken {
        Member member = json.root().named(name);
        return member != null
                        && member.value() instanceof Members members
                        && members.members().isEmpty()
                ? json.without(json.root(), member)
                : json;
    }

    /** Takes out the first hook of ours with what it leaves empty, or null when there is none. */
    private static @Nullable JsonText withoutOneHook(JsonText json) throws JsonText.Broken {
        Member hooks = json.root().named("hooks");
        if (hooks == null || !(hooks.value() instanceof Members events)) {
            return null;
        }
        for (Member event : events.members()) {
            if (!(event.value() instanceof Items groups)) {
                continue;
            }
            for (Value group : groups.items()) {
                Member list = group instanceof Members members ? members.named("hooks") : null;
                if (list == null || !(list.value() instanceof Items entries)) {
                    continue;
                }
                for (Value entry : entries.items()) {
                    if (ours(node(json, entry))) {
                        if (entries.items().size() > 1) {
                            return json.without(entries, entry);
                        }
                        return groups.items().size() > 1
                                ? json.without(groups, group)
                                : json.without(events, event);
                    }
                }
            }
        }
        return null;
    }

    private static Members members(JsonText json, Value value, String name) throws Unusable {
        if (value instanceof Members members) {
            return members;
        }
        throw misplaced(json, value, "`" + name + "` must be an object, `{…}`");
    }

    private static Items items(JsonText json, Value value, String name) throws Unusable {
        if (value instanceof Items items) {
            return items;
        }
        throw misplaced(json, value, "`" + name + "` must be a list, `[…]`");
    }

    private static Unusable misplaced(JsonText json, Value value, String message) {
        String before = json.text().substring(0, value.start());
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Unusable(message, line, value.start() - before.lastIndexOf('\n'));
    }

    private static JsonNode node(JsonText json, Value value) {
        return parsed(json.text().substring(value.start(), value.end()));
    }

    private static JsonNode tree(JsonText json) {
        return node(json, json.root());
    }

    private static JsonNode parsed(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON that was read once (this is a bug)", e);
        }
    }

    private static Unusable unusable(JsonText.Broken broken) {
        return new Unusable(broken.what(), broken.line(), broken.column());
    }

    /** A byte order mark in front is kept and not read. */
    private static String mark(String text) {
        return text.startsWith("\ufeff") ? "\ufeff" : "";
    }

    private static String body(String text) {
        return text.substring(mark(text).length());
    }
}
