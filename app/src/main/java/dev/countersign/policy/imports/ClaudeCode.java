package dev.countersign.policy.imports;

import dev.countersign.policy.Effect;
import dev.countersign.policy.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Claude Code. There deny counts before ask and ask before allow, whatever is narrower.
 */
final class ClaudeCode {
    private static final String BY_ANY_TOOL =
            "it counts for whatever tool does it here, shell commands too";
    private static final String MEDIUM =
            "so broad an allow reaches risk medium at most here, so secrets stay a question";

    /** Tools that only keep the agent's own notes and plans. */
    private static final Set<String> HARMLESS =
            Set.of(
                    "TodoRead",
                    "TodoWrite",
                    "TaskCreate",
                    "TaskUpdate",
                    "TaskGet",
                    "TaskList",
                    "TaskOutput",
                    "TaskStop",
                    "BashOutput",
                    "KillShell",
                    "KillBash",
                    "AskUserQuestion",
                    "EnterPlanMode",
                    "ExitPlanMode",
                    "ToolSearch");

    private static final Map<String, String> MODES =
            Map.of(
                    "default", "manual",
                    "manual", "manual",
                    "acceptEdits", "manual",
                    "plan", "manual",
                    "dontAsk", "manual",
                    "auto", "partial",
                    "bypassPermissions", "full");

    private final Sketch sketch;
    private final Imports.Original original;

    ClaudeCode(Sketch sketch, Imports.Original original) {
        this.sketch = sketch;
        this.original = original;
    }

    void read() throws Imports.BadFile {
        Tree.Entries root = JsonFile.map(original.file(), original.text());
        if (!namesMode(root)) {
            Sketch.Part part = sketch.part(root.line(), root.column(), "no defaultMode");
            mode(part, "default", part.line(), part.column());
            part.say("read as `default`, which asks before every change");
        }
        for (Tree.Entry entry : root.entries()) {
            String key = entry.key().value();
            if (!key.equals("permissions")) {
                sketch.part(entry.key().line(), entry.key().column(), key)
                        .say("no permission rule; it stays with Claude Code");
            } else if (entry.value() instanceof Tree.Entries permissions) {
                for (Tree.Entry part : permissions.entries()) {
                    permission(part);
                }
            } else {
                throw JsonFile.expected(
                        original.file(), entry.value(), key, "a map with `allow`, `ask`, `deny`");
            }
        }
        sketch.notes()
                .addAll(
                        List.of(
                                "What is proved only to read, in the workspace, is never asked about"
                                        + " here; Claude Code has a list of its own for that.",
                                "A rule here is about what a call does, also within a chain, a"
                                        + " wrapper or a script; a deny or an ask also catches other"
                                        + " spellings of a command.",
                                "No allow lifts what is opaque or critical, nor a secret or a path"
                                        + " outside the workspace that its words do not name."));
    }

    private static boolean namesMode(Tree.Entries root) {
        return root.entries().stream()
                .filter(entry -> entry.key().value().equals("permissions"))
                .flatMap(entry ->
                        entry.value() instanceof Tree.Entries permissions
                                ? permissions.entries().stream()
                                : Stream.empty())
                .anyMatch(entry -> entry.key().value().equals("defaultMode"));
    }

    private void permission(Tree.Entry entry) throws Imports.BadFile {
        String key = entry.key().value();
        int line = entry.key().line();
        int column = entry.key().column();
        switch (key) {
            case "allow", "ask", "deny" -> {
                for (Tree.Text rule : JsonFile.texts(original.file(), entry.value(), key)) {
                    rule(
                            sketch.part(rule.line(), rule.column(), key + " " + rule.value()),
                            Assembler.effect(key),
                            rule.value().strip());
                }
            }
            case "defaultMode" -> {
                String named = entry.value() instanceof Tree.Text text ? text.value() : "";
                mode(sketch.part(line, column, key + " " + named), named, line, column);
            }
            case "additionalDirectories" -> {
                for (Tree.Text folder : JsonFile.texts(original.file(), entry.value(), key)) {
                    folder(folder);
                }
            }
            case "disableBypassPermissionsMode" ->
                    // Always so here: nothing skips every question.
                    sketch.part(line, column, key).settle();
            default ->
                    sketch.part(line, column, key).say("not known here; it stays with Claude Code");
        }
    }

    private void mode(Sketch.Part part, String named, int line, int column) throws Imports.BadFile {
        String autonomy = MODES.get(named);
        if (autonomy == null) {
            throw new Imports.BadFile(
                    original.file(),
                    line,
                    column,
                    "`defaultMode` is `"
                            + named
                            + "`; expected one of "
                            + String.join(", ", MODES.keySet().stream().sorted().toList()));
        }
        part.settle();
        sketch.head().put("autonomy", autonomy);
        switch (named) {
            case "acceptEdits" -> {
                sketch.rule(
                        part, Effect.ALLOW, Sketch.Target.of("file_write", "./**").atMostMedium());
                part.say("edits are allowed in the workspace up to risk medium, by any tool");
            }
            case "plan" -> {
                sketch.head().put("profile", "read-only");
                part.say("it holds for good here: a session cannot leave it by approving a plan");
            }
            case "dontAsk" ->
                    part.say("looser: what no rule allows is a question to people here, not a no");
            case "auto" ->
                    part.say(
                            "no classifier here: low risk is allowed, medium and high are asked"
                                    + " about, critical is denied");
            case "bypassPermissions" -> {
                sketch.head().put("profile", "full-access");
                part.say("what is opaque or critical is asked about all the same");
            }
            default -> {}
        }
        // Neither asks there.
        if (autonomy.equals("manual") && !named.equals("dontAsk")) {
            sketch.rule(
                    part,
                    Effect.ALLOW,
                    new Sketch.Target(Map.of("tool", HARMLESS.stream().sorted().toList())));
            if (!named.equals("plan")) {
                sketch.rule(part, Effect.ALLOW, Sketch.Target.of("agent_spawn"));
            }
        }
    }

    private void folder(Tree.Text folder) throws Imports.BadFile {
        Sketch.Part part =
                sketch.part(
                        folder.line(), folder.column(), "additionalDirectories " + folder.value());
        String path = folder.value().strip();
        while (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        if (!(path.startsWith("/") || path.startsWith("~/")) || path.equals("/")) {
            part.say("only a path from `/` or `~/` can be said here");
            return;
        }
        if (hasPattern(path)) {
            part.say("a pattern would stand for other folders here");
            return;
        }
        sketch.rule(part, Effect.ALLOW, Sketch.Target.of("file_read", path + "/**"));
        part.say("reading only; a write there is a question unless a rule allows it");
    }

    private void rule(Sketch.Part part, Effect effect, String text) throws Imports.BadFile {
        int open = text.indexOf('(');
        String tool = (open < 0 ? text : text.substring(0, open)).strip();
        if (tool.isEmpty() || (open >= 0 && !text.endsWith(")"))) {
            part.say("not the form `Tool` or `Tool(…)`; Claude Code does not match it either");
            return;
        }
        String inside = open < 0 ? null : text.substring(open + 1, text.length() - 1);
        if (inside != null && (inside.isBlank() || inside.equals("*"))) {
            inside = null;
        }
        boolean allow = effect == Effect.ALLOW;
        if (tool.startsWith("mcp__")) {
            mcp(part, effect, tool, inside);
            return;
        }
        switch (tool) {
            case "Bash" -> bash(part, effect, inside);
            case "Read" -> file(part, effect, "file_read", inside);
            case "Edit" -> file(part, effect, "file_write", inside);
            case "Write", "MultiEdit", "NotebookEdit" -> {
                if (inside != null && allow) {
                    part.say("Claude Code does not match it either; write `Edit(…)`");
                } else {
                    if (inside != null) {
                        part.say("Claude Code does not match it; here it counts");
                    }
                    file(part, effect, "file_write", inside);
                }
            }
            case "Glob", "Grep", "LS", "NotebookRead" -> {
                if (inside != null) {
                    part.say("Claude Code does not match it either; write `Read(…)`");
                } else if (allow) {
                    sketch.rule(part, effect, Sketch.Target.of("file_read", "./**").atMostMedium());
                    part.say("in the workspace only, and no secrets");
                } else {
                    sketch.rule(part, effect, Sketch.Target.of("tool", tool));
                }
            }
            case "WebFetch" -> web(part, effect, inside);
            case "WebSearch" -> {
                if (inside != null) {
                    part.say("what is searched for cannot be limited here");
                } else {
                    sketch.rule(part, effect, Sketch.Target.of("web_search"));
                }
            }
            case "Agent", "Task" -> named(part, effect, "agent_spawn", inside);
            case "Skill", "SlashCommand" -> named(part, effect, "skill_use", inside);
            default -> other(part, effect, tool, inside);
        }
    }

    private void bash(Sketch.Part part, Effect effect, @Nullable String inside)
            throws Imports.BadFile {
        boolean allow = effect == Effect.ALLOW;
        if (inside == null) {
            sketch.rule(
                    part,
                    effect,
                    allow ? Sketch.Target.of("shell_run", "*") : Sketch.Target.of("shell_run"));
            if (allow) {
                part.say("so broad an allow reaches risk medium at most");
            }
            return;
        }
        if (inside.matches(
                "(timeout|run_in_background|dangerouslyDisableSandbox|description):.*")) {
            part.say("the parameters of a tool cannot be said here");
            return;
        }
        String text =
                inside.endsWith(":*") ? inside.substring(0, inside.length() - 2) + " *" : inside;
        List<String> patterns = new CommandText(allow, false, part).glob(text);
        if (!patterns.isEmpty()) {
            sketch.rule(part, effect, Sketch.Target.of("shell_run", patterns));
        }
    }

    private void file(Sketch.Part part, Effect effect, String action, @Nullable String inside)
            throws Imports.BadFile {
        boolean allow = effect == Effect.ALLOW;
        if (inside == null || inside.equals("**")) {
            if (allow) {
                sketch.rule(
                        part,
                        effect,
                        Sketch.Target.of(action, action.equals("file_read") ? "/**" : "./**")
                                .atMostMedium());
                part.say(action.equals("file_read") ? MEDIUM : "in the workspace only; " + MEDIUM);
            } else {
                sketch.rule(part, effect, Sketch.Target.of(action));
            }
            part.say(BY_ANY_TOOL);
            return;
        }
        String path = path(part, allow, inside.strip());
        if (path != null) {
            sketch.rule(part, effect, Sketch.Target.of(action, path));
            if (allow && action.equals("file_write")) {
                part.say(BY_ANY_TOOL);
            }
        }
    }

    /** A pattern like those of gitignore as one of ours, or null when it cannot be said. */
    private @Nullable String path(Sketch.Part part, boolean allow, String given) {
        String path = given;
        if (path.startsWith("!")) {
            part.say("what is excepted cannot be said in a rule here");
            return null;
        }
        if (path.indexOf('[') >= 0 || path.indexOf('\\') >= 0) {
            if (allow) {
                part.say("sets of characters and escapes mean nothing in a path here");
                return null;
            }
            path = path.replaceAll("\\[[^\\]/]*\\]", "?").replace("\\", "").replace('[', '?');
            part.say("sets of characters are read as any character");
        }
        if (path.startsWith("//")) {
            return "/" + path.replaceFirst("^/+", "");
        }
        if (path.equals("~") || path.startsWith("~/")) {
            return path;
        }
        if (path.startsWith("/")) {
            if (!original.ofUser()) {
                part.say("taken from the workspace, as in a project's settings");
                return "." + path;
            }
            part.say("taken from the folder of the settings, as Claude Code does");
            return "~/.claude" + path;
        }
        if (path.startsWith("./")) {
            return path;
        }
        if (path.startsWith("../") || path.equals("..")) {
            if (allow) {
                part.say("a path that goes up cannot be said here");
                return null;
            }
            path = path.replaceFirst("^(\\.\\./?)+", "");
            part.say("a path that goes up is read as a name at any depth, outside too");
            return path.isEmpty() ? "**" : path;
        }
        boolean anywhere = path.startsWith("**/");
        while (path.startsWith("**/")) {
            path = path.substring(3);
        }
        int slash = path.indexOf('/');
        if (allow && !anywhere && slash >= 0 && slash < path.length() - 1) {
            return "./" + path;
        }
        return path.isEmpty() ? "**" : path;
    }

    private void web(Sketch.Part part, Effect effect, @Nullable String inside)
            throws Imports.BadFile {
        boolean allow = effect == Effect.ALLOW;
        if (inside == null) {
            sketch.rule(part, effect, Sketch.Target.of("web_fetch"));
        } else if (inside.startsWith("domain:") && !inside.substring(7).isBlank()) {
            String host = inside.substring(7).strip();
            sketch.rule(
                    part,
                    effect,
                    allow || host.contains("*")
                            ? Sketch.Target.of("web_fetch", host)
                            : Sketch.Target.of("web_fetch", host, "*." + host));
            if (!allow && !host.contains("*")) {
                part.say("hosts below it are caught too");
            }
        } else {
            part.say("only `domain:…` can be said here");
            return;
        }
        part.say(BY_ANY_TOOL);
    }

    private void named(Sketch.Part part, Effect effect, String action, @Nullable String inside)
            throws Imports.BadFile {
        if (inside == null) {
            sketch.rule(part, effect, Sketch.Target.of(action));
        } else if (inside.contains(":") && inside.matches("[a-z_]+:.*")) {
            part.say("the parameters of a tool cannot be said here");
        } else {
            String name = inside.strip();
            String bare = name.endsWith(" *") ? name.substring(0, name.length() - 2) : name;
            sketch.rule(part, effect, Sketch.Target.of(action, bare));
        }
    }

    private void mcp(Sketch.Part part, Effect effect, String tool, @Nullable String inside)
            throws Imports.BadFile {
        if (inside != null) {
            part.say("what an MCP tool is given cannot be said here; Claude Code skips it too");
            return;
        }
        String rest = tool.substring(5);
        int gap = rest.indexOf("__");
        String server = gap < 0 ? rest : rest.substring(0, gap);
        String name = gap < 0 ? "*" : rest.substring(gap + 2);
        boolean allow = effect == Effect.ALLOW;
        if (server.isEmpty() || name.isEmpty() || (allow && server.contains("*"))) {
            part.say("an allow needs a server by name");
            return;
        }
        if (server.equals("*") && name.equals("*")) {
            sketch.rule(part, effect, Sketch.Target.of("tool", "mcp__*", "*/*"));
            return;
        }
        sketch.rule(
                part,
                effect,
                Sketch.Target.of("tool", "mcp__" + server + "__" + name, server + "/" + name));
    }

    private void other(Sketch.Part part, Effect effect, String tool, @Nullable String inside)
            throws Imports.BadFile {
        boolean allow = effect == Effect.ALLOW;
        if (inside != null) {
            part.say("the parameters of a tool cannot be said here");
        } else if (allow && !HARMLESS.contains(tool)) {
            part.say("what this tool does is judged as what it is; an allow by its name is not");
        } else {
            sketch.rule(part, effect, Sketch.Target.of("tool", tool));
        }
    }

    private static boolean hasPattern(String path) {
        return path.chars().anyMatch(c -> "*?[".indexOf(c) >= 0);
    }
}
