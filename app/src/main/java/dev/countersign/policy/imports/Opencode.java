package dev.countersign.policy.imports;

import dev.countersign.policy.Effect;
import dev.countersign.policy.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The permission blocks of codeflow.json and opencode.json. In opencode the last match in the file
 * wins and an agent's own block stands last; in codeflow the order never mattered.
 */
final class Opencode {
    private static final Map<String, String> ACTIONS =
            Map.of(
                    "edit", "file_write",
                    "read", "file_read",
                    "bash", "shell_run",
                    "webfetch", "web_fetch",
                    "websearch", "web_search",
                    "task", "agent_spawn",
                    "skill", "skill_use");

    /** Keys that are about one tool and none of our actions. */
    private static final Set<String> TOOLS =
            Set.of(
                    "glob",
                    "grep",
                    "list",
                    "todowrite",
                    "todoread",
                    "question",
                    "lsp",
                    "codesearch");

    private static final Map<String, String> OLD_TOOLS =
            Map.of("write", "edit", "patch", "edit", "edit", "edit");

    private final Sketch sketch;
    private final boolean ordered;
    private long rank;
    private boolean refusedOutside;

    Opencode(Sketch sketch, boolean ordered) {
        this.sketch = sketch;
        this.ordered = ordered;
    }

    void read(String text) throws Imports.BadFile {
        Tree.Entries root = JsonFile.map(sketch.file(), text);
        Sketch.Part base = sketch.part(root.line(), root.column(), "what the file does not name");
        base.settle().say("allowed as there, but what is opaque or critical is asked about");
        sketch.head().put("profile", "full-access");
        sketch.head().put("autonomy", "full");
        List<Tree.Entry> agents = new ArrayList<>();
        boolean folders = false;
        for (Tree.Entry entry : root.entries()) {
            switch (entry.key().value()) {
                case "permission" -> folders |= block(entry, null);
                case "tools" -> tools(entry, null);
                // An older name of the same.
                case "agent", "mode" -> agents.add(entry);
                default -> stays(entry.key(), entry.key().value());
            }
        }
        for (Tree.Entry entry : agents) {
            agents(entry);
        }
        if (ordered) {
            standard(root, folders);
        }
        sketch.notes()
                .add(
                        "A rule here is about what a call does, also within a chain, a wrapper or a"
                                + " script; a deny or an ask also catches other spellings.");
        if (ordered) {
            sketch.notes()
                    .add(
                            "There the last match in the file wins; here the strictest, except that"
                                    + " a narrower rule of the same kind speaks in place of a wider"
                                    + " one.");
        }
    }

    /** What holds there when a file does not say otherwise. */
    private void standard(Tree.Entries root, boolean folders) throws Imports.BadFile {
        if (!folders) {
            outside(
                    sketch.part(root.line(), root.column(), "by default: external_directory ask"),
                    Effect.ASK,
                    null);
        }
        Sketch.Part secrets = sketch.part(root.line(), root.column(), "by default: read *.env ask");
        // Looser than what is said of paths outside, it would be an exception to that.
        Effect effect = refusedOutside ? Effect.DENY : Effect.ASK;
        if (refusedOutside) {
            secrets.say("denied, as folders outside the workspace are");
        }
        sketch.rule(secrets, effect, Sketch.Target.of("file_read", "*.env", "*.env.*")).ranked(-2);
        sketch.rule(secrets, Effect.ALLOW, Sketch.Target.of("file_read", "*.env.example"))
                .ranked(-1);
    }

    private void stays(Tree.Text key, String shown) {
        sketch.part(key.line(), key.column(), shown).say("no permission; it stays where it is");
    }

    private void agents(Tree.Entry entry) throws Imports.BadFile {
        if (!(entry.value() instanceof Tree.Entries agents)) {
            throw JsonFile.expected(sketch.file(), entry.value(), "agent", "a map of agents");
        }
        for (Tree.Entry agent : agents.entries()) {
            String name = agent.key().value();
            if (!(agent.value() instanceof Tree.Entries settings)) {
                throw JsonFile.expected(sketch.file(), agent.value(), name, "a map of settings");
            }
            for (Tree.Entry setting : settings.entries()) {
                switch (setting.key().value()) {
                    case "permission" -> block(setting, name);
                    case "tools" -> tools(setting, name);
                    default -> stays(setting.key(), "agent." + name + "." + setting.key().value());
                }
            }
        }
    }

    /** Reads a block; says whether it speaks about folders outside the workspace. */
    private boolean block(Tree.Entry entry, @Nullable String agent) throws Imports.BadFile {
        if (entry.value() instanceof Tree.Text all) {
            Sketch.Part part = part(all, agent, "permission");
            everything(part, effect(all), known(), agent);
            return true;
        }
        if (!(entry.value() instanceof Tree.Entries map)) {
            throw JsonFile.expected(
                    sketch.file(), entry.value(), "permission", "such as `{\"bash\": \"ask\"}`");
        }
        boolean folders = false;
        for (int i = 0; i < map.entries().size(); i++) {
            Tree.Entry each = map.entries().get(i);
            String key = each.key().value();
            folders |= key.equals("*") || (key.equals("external_directory") && wholly(each));
            if (key.equals("*")) {
                if (!(each.value() instanceof Tree.Text word)) {
                    throw JsonFile.expected(
                            sketch.file(), each.value(), key, "one of allow, ask, deny");
                }
                Set<String> open = known();
                map.entries().subList(i + 1, map.entries().size()).stream()
                        .filter(Opencode::wholly)
                        .forEach(later -> open.remove(later.key().value()));
                everything(part(each.key(), agent, key), effect(word), open, agent);
            } else if (each.value() instanceof Tree.Entries patterns) {
                for (Tree.Entry pattern : patterns.entries()) {
                    String shown = key + ": " + pattern.key().value();
                    permission(
                            part(pattern.key(), agent, shown),
                            key,
                            pattern.key().value(),
                            effect(pattern.value()),
                            agent);
                }
            } else {
                permission(part(each.key(), agent, key), key, "*", effect(each.value()), agent);
            }
        }
        return folders;
    }

    private Set<String> known() {
        Set<String> keys = new HashSet<>(ACTIONS.keySet());
        keys.addAll(TOOLS);
        if (ordered) {
            keys.add("external_directory");
        }
        return keys;
    }

    /** Whether an entry decides about all of its permission. */
    private static boolean wholly(Tree.Entry entry) {
        return !(entry.value() instanceof Tree.Entries patterns)
                || patterns.entries().stream().anyMatch(p -> p.key().value().equals("*"));
    }

    private Sketch.Part part(Tree at, @Nullable String agent, String shown) {
        return sketch.part(
                at.line(), at.column(), (agent == null ? "" : "agent." + agent + " ") + shown);
    }

    private Effect effect(Tree tree) throws Imports.BadFile {
        if (tree instanceof Tree.Text text
                && List.of("allow", "ask", "deny").contains(text.value())) {
            return Assembler.effect(text.value());
        }
        throw JsonFile.expected(sketch.file(), tree, "permission", "one of allow, ask, deny");
    }

    /** A word for every permission that nothing after it decides. */
    private void everything(
            Sketch.Part part, Effect effect, Set<String> open, @Nullable String agent)
            throws Imports.BadFile {
        if (effect == Effect.ALLOW && agent == null) {
            part.settle();
            return;
        }
        for (String key : open.stream().sorted().toList()) {
            if (!TOOLS.contains(key)) {
                permission(part, key, "*", effect, agent);
            }
        }
        List<String> tools = open.stream().filter(TOOLS::contains).sorted().toList();
        if (!tools.isEmpty()) {
            add(part, effect, target("tool", tools, agent));
        }
        if (effect != Effect.ALLOW) {
            add(part, effect, target("domain", List.of("mcp"), agent));
        }
    }

    private void permission(
            Sketch.Part part, String key, String pattern, Effect effect, @Nullable String agent)
            throws Imports.BadFile {
        boolean allow = effect == Effect.ALLOW;
        String action = ACTIONS.get(key);
        if (key.equals("external_directory")) {
            if (pattern.equals("*") && !allow) {
                outside(part, effect, agent);
            } else if (pattern.equals("*")) {
                part.settle();
            } else {
                folder(part, home(pattern), effect, agent);
            }
            return;
        }
        if (action == null) {
            if (key.contains("*") || key.contains("?")) {
                String regex = Pattern.quote(key).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
                for (String known : ACTIONS.keySet().stream().sorted().toList()) {
                    if (known.matches(regex)) {
                        permission(part, known, pattern, effect, agent);
                    }
                }
            }
            if (key.equals("doom_loop")) {
                part.say("repetition is not judged here");
            } else if (!pattern.equals("*")) {
                part.say("what such a tool is given cannot be said here");
            } else if (allow) {
                if (TOOLS.contains(key)) {
                    part.settle();
                } else {
                    add(part, effect, target("tool", List.of(key), agent));
                }
            } else {
                add(part, effect, target("tool", List.of(key), agent));
            }
            return;
        }
        if (key.equals("bash")) {
            // Those of codeflow always had the meaning they have here.
            List<String> patterns =
                    ordered
                            ? new CommandText(allow, true, part).glob(home(pattern))
                            : List.of(pattern);
            if (!patterns.isEmpty()) {
                add(part, effect, target(action, patterns, agent));
            }
            return;
        }
        if (key.equals("edit") || key.equals("read")) {
            Optional<String> path =
                    pattern.equals("*")
                            ? Optional.of("**")
                            : ordered ? path(part, allow, pattern) : Optional.of(pattern);
            if (path.isPresent()) {
                add(part, effect, target(action, List.of(path.get()), agent));
            }
            return;
        }
        add(part, effect, target(action, List.of(pattern), agent));
    }

    private void folder(Sketch.Part part, String pattern, Effect effect, @Nullable String agent)
            throws Imports.BadFile {
        boolean anchored = pattern.startsWith("/") || pattern.startsWith("~/");
        if (!anchored || pattern.contains("..")) {
            part.say("only a path from `/` or `~/` can be said here");
            return;
        }
        String path = effect == Effect.ALLOW ? pattern : pattern.replaceAll("\\*+", "**");
        add(part, effect, plain("path", List.of(path), agent));
    }

    /** There a star crosses slashes, and a path starts at the workspace. */
    private static Optional<String> path(Sketch.Part part, boolean allow, String pattern) {
        String path = home(pattern);
        if (path.startsWith("./")) {
            path = path.substring(2);
        }
        if (path.contains("..")) {
            part.say("a path that goes up cannot be said here");
            return Optional.empty();
        }
        boolean anchored = path.startsWith("/") || path.startsWith("~");
        if (allow && anchored) {
            part.say(
                    "outside the workspace `external_directory` counts there, and nothing lifts it");
            return Optional.empty();
        }
        if (allow) {
            boolean inner = path.indexOf('*') >= 0 && path.indexOf('*') < path.length() - 1;
            if (inner && path.indexOf('/') >= 0) {
                part.say("a `*` in the middle does not cross a `/` here");
            }
            return Optional.of(path.startsWith("*") ? path : "./" + path);
        }
        boolean free = anchored || path.startsWith("*");
        return Optional.of((free ? "" : "./") + path.replaceAll("\\*+", "**"));
    }

    private static String home(String pattern) {
        return pattern.startsWith("$HOME") ? "~" + pattern.substring("$HOME".length()) : pattern;
    }

    /** Paths outside the workspace: all paths, with those inside as the exception. */
    private void outside(Sketch.Part part, Effect effect, @Nullable String agent)
            throws Imports.BadFile {
        refusedOutside |= effect == Effect.DENY && agent == null;
        // What is said of a path in the workspace is no word about those outside.
        sketch.rule(part, effect, plain("path", List.of("**"), agent)).ranked(-2);
        sketch.rule(part, Effect.ALLOW, plain("path", List.of("./**"), agent)).ranked(-1);
    }

    private void tools(Tree.Entry entry, @Nullable String agent) throws Imports.BadFile {
        if (!(entry.value() instanceof Tree.Entries map)) {
            throw JsonFile.expected(
                    sketch.file(), entry.value(), "tools", "a map of true or false");
        }
        for (Tree.Entry tool : map.entries()) {
            String key = tool.key().value();
            Sketch.Part part = part(tool.key(), agent, "tools " + key);
            String value = tool.value() instanceof Tree.Text text ? text.value() : "";
            switch (value) {
                case "false" -> {
                    if (key.equals("*")) {
                        everything(part, Effect.DENY, known(), agent);
                    } else {
                        permission(part, OLD_TOOLS.getOrDefault(key, key), "*", Effect.DENY, agent);
                    }
                }
                case "true" -> part.settle();
                default ->
                        throw JsonFile.expected(sketch.file(), tool.value(), key, "true or false");
            }
        }
    }

    private void add(Sketch.Part part, Effect effect, Sketch.Target target) throws Imports.BadFile {
        sketch.rule(part, effect, target).ranked(++rank);
    }

    /** With the agent it is for; everything of an action needs no pattern without one. */
    private static Sketch.Target target(String key, List<String> patterns, @Nullable String agent) {
        boolean all = patterns.equals(List.of("*")) || patterns.equals(List.of("**"));
        boolean bare = all && agent == null && ACTIONS.containsValue(key);
        return bare ? Sketch.Target.of(key, List.of()) : plain(key, patterns, agent);
    }

    private static Sketch.Target plain(String key, List<String> patterns, @Nullable String agent) {
        Sketch.Target target = Sketch.Target.of(key, patterns);
        return agent == null ? target : target.and("agent", agent);
    }
}
