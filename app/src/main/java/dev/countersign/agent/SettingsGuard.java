package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether a client's settings still guard a session: what is missing, switched off or narrowed, and
 * what would make the client drop a file with our hooks in it. Pure.
 */
public final class SettingsGuard {
    private static final Set<String> HOOK_TYPES =
            Set.of("command", "http", "mcp_tool", "prompt", "agent");

    /** Variables by which a settings file could lead the hooks' calls elsewhere, or end them. */
    private static final Set<String> LEADING_ASTRAY =
            Set.of(
                    "CLAUDE_CODE_SIMPLE",
                    "CLAUDE_CONFIG_DIR",
                    "NODE_OPTIONS",
                    "NODE_EXTRA_CA_CERTS",
                    "NODE_TLS_REJECT_UNAUTHORIZED");

    private static final Set<String> PROXIES = Set.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");

    private SettingsGuard() {}

    /** Where a settings file stands; later places win for single values, hooks add up. */
    public enum Origin {
        USER,
        PROJECT,
        LOCAL,
        MANAGED
    }

    /** What a settings file holds. */
    public sealed interface Content {
        /** There is no such file. */
        record Absent() implements Content {}

        /**
         * It cannot be used, so the client drops all of it.
         *
         * @param what {@code 3:7: not valid JSON: …} or why it cannot be read
         */
        record Broken(String what) implements Content {}

        record Parsed(ObjectNode settings) implements Content {}
    }

    /** One settings file. */
    public record Place(String file, Origin origin, Content content) {}

    /**
     * What is wrong with the wiring, most serious first; empty when every event still reaches the
     * server.
     *
     * @param places all settings files of a session
     * @param servers every base address the server is known by, without a slash at the end
     */
    public static List<String> problems(List<Place> places, Set<String> servers) {
        List<String> problems = new ArrayList<>();
        boolean allOff = false;
        boolean othersOff = false;
        for (Place place : places) {
            if (!(place.content() instanceof Content.Parsed parsed)) {
                continue;
            }
            boolean managed = place.origin() == Origin.MANAGED;
            if (parsed.settings().path("disableAllHooks").asBoolean(false)) {
                problems.add(
                        "`disableAllHooks` in `%s` switches %s off"
                                .formatted(
                                        place.file(),
                                        managed ? "every hook" : "every hook but managed ones"));
                allOff |= managed;
                othersOff = true;
            }
            if (managed && parsed.settings().path("allowManagedHooksOnly").asBoolean(false)) {
                othersOff = true;
            }
        }
        places.forEach(place -> problems.addAll(shutOut(place, servers)));
        Set<String> missing = new TreeSet<>();
        for (String event : ClaudeCodeSettings.events()) {
            boolean wired = false;
            for (Place place : places) {
                boolean off = allOff || (othersOff && place.origin() != Origin.MANAGED);
                wired |= !off && wires(place, event, servers);
            }
            if (!wired) {
                missing.add(event);
            }
        }
        if (missing.contains("PreToolUse")) {
            problems.addFirst(
                    "tool calls would no longer be decided: no `PreToolUse` hook of ours");
            missing.remove("PreToolUse");
        }
        if (!missing.isEmpty()) {
            problems.add("no hook of ours for " + String.join(", ", missing));
        }
        if (othersOff && !allOff && !missing.isEmpty()) {
            for (Place place : places) {
                if (place.content() instanceof Content.Parsed parsed
                        && parsed.settings().path("allowManagedHooksOnly").asBoolean(false)) {
                    problems.add(
                            "`allowManagedHooksOnly` in `%s` drops hooks from all other files"
                                    .formatted(place.file()));
                }
            }
        }
        return problems;
    }

    /** Lists that would keep the hooks from calling, or from showing their token: all blocked. */
    private static List<String> shutOut(Place place, Set<String> servers) {
        if (!(place.content() instanceof Content.Parsed parsed)) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        JsonNode urls = parsed.settings().path("allowedHttpHookUrls");
        if (urls.isArray() && servers.stream().noneMatch(server -> listed(urls, server))) {
            problems.add(
                    "`allowedHttpHookUrls` in `%s` does not list the server, so every call is blocked"
                            .formatted(place.file()));
        }
        JsonNode variables = parsed.settings().path("httpHookAllowedEnvVars");
        if (variables.isArray() && !texts(variables).contains(ClaudeCodeSettings.TOKEN_VARIABLE)) {
            problems.add(
                    "`httpHookAllowedEnvVars` in `%s` does not list `%s`, so every call is blocked"
                            .formatted(place.file(), ClaudeCodeSettings.TOKEN_VARIABLE));
        }
        return problems;
    }

    private static boolean listed(JsonNode patterns, String server) {
        String url =
                ClaudeCodeSettings.group("PreToolUse", server)
                        .path("hooks")
                        .path(0)
                        .path("url")
                        .asText();
        return texts(patterns).stream()
                .map(pattern ->
                        Arrays.stream(pattern.split("\\*", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining(".*")))
                .anyMatch(url::matches);
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /**
     * What a change of one file weakens, the wiring as a whole included.
     *
     * @param changed the file that changed, one of the places
     */
    public static List<String> problemsOfChange(
            String changed, List<Place> places, Set<String> servers) {
        List<String> problems = new ArrayList<>(problems(places, servers));
        for (Place place : places) {
            if (place.file().equals(changed)) {
                problems.addAll(defects(place));
                if (place.content() instanceof Content.Parsed parsed
                        && place.origin() != Origin.MANAGED) {
                    problems.addAll(detours(parsed.settings(), servers));
                }
            }
        }
        return List.copyOf(problems);
    }

    /** Whether a file sends an event of every tool, unconditionally, to the server. */
    public static boolean wires(Place place, String event, Set<String> servers) {
        if (!(place.content() instanceof Content.Parsed parsed)
                || (place.origin() != Origin.MANAGED && !defects(place).isEmpty())) {
            return false;
        }
        for (JsonNode group : parsed.settings().path("hooks").path(event)) {
            String matcher = group.path("matcher").asText("");
            if (!matcher.isEmpty() && !matcher.equals("*")) {
                continue;
            }
            for (JsonNode hook : group.path("hooks")) {
                if (servers.stream().anyMatch(server -> fits(hook, event, server))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fits(JsonNode hook, String event, String server) {
        JsonNode wanted = ClaudeCodeSettings.group(event, server).path("hooks").path(0);
        boolean whole =
                !hook.has("if")
                        && !hook.path("async").asBoolean(false)
                        && !hook.path("asyncRewake").asBoolean(false)
                        && !hook.path("once").asBoolean(false);
        if (!whole || !hook.path("type").equals(wanted.path("type"))) {
            return false;
        }
        if (wanted.has("command")) {
            return hook.path("command").equals(wanted.path("command"));
        }
        boolean blocks =
                !wanted.has("onFailure") || hook.path("onFailure").equals(wanted.path("onFailure"));
        return blocks
                && hook.path("url").equals(wanted.path("url"))
                && !hook.path("headers").path("Authorization").asText("").isEmpty();
    }

    /** What makes the client drop a whole file, as far as it is known. */
    public static List<String> defects(Place place) {
        return switch (place.content()) {
            case Content.Absent _ -> List.of();
            case Content.Broken broken ->
                    List.of("`%s` cannot be used: %s".formatted(place.file(), broken.what()));
            case Content.Parsed parsed -> {
                List<String> defects = new ArrayList<>();
                shape(parsed.settings(), defects);
                yield defects.stream()
                        .map(defect ->
                                "the client would drop all of `%s`: %s"
                                        .formatted(place.file(), defect))
                        .toList();
            }
        };
    }

    private static void shape(ObjectNode settings, List<String> defects) {
        for (String flag : List.of("disableAllHooks", "allowManagedHooksOnly")) {
            if (settings.has(flag) && !settings.path(flag).isBoolean()) {
                defects.add("`%s` is neither true nor false".formatted(flag));
            }
        }
        JsonNode env = settings.path("env");
        if (!env.isMissingNode() && !env.isObject()) {
            defects.add("`env` is no object");
        }
        for (Map.Entry<String, JsonNode> variable : env.properties()) {
            if (!variable.getValue().isValueNode() || variable.getValue().isNull()) {
                defects.add("`env.%s` is no text".formatted(Wording.clean(variable.getKey())));
            }
        }
        JsonNode permissions = settings.path("permissions");
        if (!permissions.isMissingNode() && !permissions.isObject()) {
            defects.add("`permissions` is no object");
        }
        for (String list : List.of("allow", "ask", "deny", "additionalDirectories")) {
            JsonNode rules = permissions.path(list);
            boolean texts = rules.isMissingNode() || rules.isArray();
            for (JsonNode rule : rules) {
                texts &= rule.isTextual();
            }
            if (!texts) {
                defects.add("`permissions.%s` is no list of texts".formatted(list));
            }
        }
        JsonNode mode = permissions.path("defaultMode");
        if (!mode.isMissingNode() && !mode.isTextual()) {
            defects.add("`permissions.defaultMode` is no text");
        }
        hooks(settings.path("hooks"), defects);
    }

    private static void hooks(JsonNode hooks, List<String> defects) {
        if (hooks.isMissingNode()) {
            return;
        }
        if (!hooks.isObject()) {
            defects.add("`hooks` is no object");
            return;
        }
        for (Map.Entry<String, JsonNode> event : hooks.properties()) {
            String name = "hooks." + Wording.clean(event.getKey());
            if (!event.getValue().isArray()) {
                defects.add("`%s` is no list".formatted(name));
                continue;
            }
            for (JsonNode group : event.getValue()) {
                if (!group.path("hooks").isArray()
                        || !(group.path("matcher").isMissingNode()
                                || group.path("matcher").isTextual())) {
                    defects.add("an entry of `%s` has no list `hooks`".formatted(name));
                    continue;
                }
                for (JsonNode hook : group.path("hooks")) {
                    hook(name, hook, defects);
                }
            }
        }
    }

    private static void hook(String name, JsonNode hook, List<String> defects) {
        String type = hook.path("type").asText("");
        if (!HOOK_TYPES.contains(type)) {
            defects.add("a hook of `%s` has no known `type`".formatted(name));
            return;
        }
        JsonNode onFailure = hook.path("onFailure");
        if (!onFailure.isMissingNode()
                && !Set.of("block", "continue").contains(onFailure.asText())) {
            defects.add("`onFailure` of a hook of `%s` is not `block`".formatted(name));
        }
        JsonNode timeout = hook.path("timeout");
        if (!timeout.isMissingNode() && !(timeout.isNumber() && timeout.asDouble() > 0)) {
            defects.add("`timeout` of a hook of `%s` is no number above 0".formatted(name));
        }
        if (type.equals("http") && !hook.path("url").isTextual()) {
            defects.add("an http hook of `%s` has no `url`".formatted(name));
        }
        if (type.equals("command") && !hook.path("command").isTextual()) {
            defects.add("a command hook of `%s` has no `command`".formatted(name));
        }
    }

    /** Variables in a file's {@code env} that would lead the hooks' calls past the server. */
    public static List<String> detours(ObjectNode settings, Set<String> servers) {
        List<String> problems = new ArrayList<>();
        JsonNode env = settings.path("env");
        boolean exempt = exempt(env, servers);
        for (String name :
                new TreeSet<>(env.properties().stream().map(Map.Entry::getKey).toList())) {
            String upper = name.toUpperCase(Locale.ROOT);
            if (LEADING_ASTRAY.contains(upper)) {
                problems.add("`env.%s` changes how the client runs its hooks".formatted(name));
            } else if (PROXIES.contains(upper) && !exempt && !env.path(name).asText("").isEmpty()) {
                problems.add(
                        "`env.%s` sends the hooks through a proxy; add the server to `NO_PROXY`"
                                .formatted(name));
            }
        }
        JsonNode token = env.path(ClaudeCodeSettings.TOKEN_VARIABLE);
        if (!token.isMissingNode() && token.asText("").isBlank()) {
            problems.add("`env.%s` is empty".formatted(ClaudeCodeSettings.TOKEN_VARIABLE));
        }
        return problems;
    }

    private static boolean exempt(JsonNode env, Set<String> servers) {
        Set<String> hosts = new TreeSet<>();
        for (String name : List.of("NO_PROXY", "no_proxy")) {
            for (String host : env.path(name).asText("").split("[, ]+", -1)) {
                hosts.add(host);
            }
        }
        return hosts.contains("*")
                || servers.stream()
                        .allMatch(server -> hosts.contains(URI.create(server).getHost()));
    }
}
