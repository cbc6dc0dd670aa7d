package dev.countersign.policy.imports;

import dev.countersign.policy.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Policy files of Gemini CLI. There the matching rule of the highest priority decides. */
final class Gemini {
    private static final Map<String, String> ACTIONS =
            Map.ofEntries(
                    Map.entry("run_shell_command", "shell_run"),
                    Map.entry("write_file", "file_write"),
                    Map.entry("replace", "file_write"),
                    Map.entry("read_file", "file_read"),
                    Map.entry("read_many_files", "file_read"),
                    Map.entry("web_fetch", "web_fetch"),
                    Map.entry("google_web_search", "web_search"),
                    Map.entry("activate_skill", "skill_use"),
                    Map.entry("invoke_agent", "agent_spawn"));

    /** Tools that list and search, or keep notes. */
    private static final Set<String> QUIET =
            Set.of(
                    "glob",
                    "grep_search",
                    "search_file_content",
                    "list_directory",
                    "write_todos",
                    "update_topic",
                    "ask_user",
                    "enter_plan_mode",
                    "exit_plan_mode");

    private static final Set<String> KEYS =
            Set.of(
                    "toolName",
                    "mcpName",
                    "commandPrefix",
                    "commandRegex",
                    "argsPattern",
                    "decision",
                    "priority",
                    "denyMessage",
                    "deny_message",
                    "modes",
                    "interactive",
                    "subagent",
                    "toolAnnotations",
                    "allowRedirection",
                    "allow_redirection");

    private static final String COMMAND = "\"command\":\"";
    private static final String PATH = "\"file_path\":\"";
    private static final Set<String> FILES = Set.of("file_read", "file_write");

    private final Sketch sketch;

    Gemini(Sketch sketch) {
        this.sketch = sketch;
    }

    void read(String text) throws Imports.BadFile {
        TomlParseResult root = TomlFile.read(sketch.file(), text);
        for (String key : root.keySet()) {
            TomlPosition at = Objects.requireNonNull(root.inputPositionOf(List.of(key)));
            if (!key.equals("rule")) {
                sketch.part(at.line(), at.column(), key).say("no rule; not known here");
                continue;
            }
            if (!(root.get(List.of(key)) instanceof TomlArray rules)) {
                throw bad(at, "`rule` is no list of tables; expected `[[rule]]`");
            }
            for (int i = 0; i < rules.size(); i++) {
                if (!(rules.get(i) instanceof TomlTable table)) {
                    throw bad(rules.inputPositionOf(i), "a rule is no table; expected `[[rule]]`");
                }
                rule(table, rules.inputPositionOf(i), i);
            }
        }
        sketch.head().put("autonomy", "manual");
        sketch.notes()
                .addAll(
                        List.of(
                                "What no rule is about is asked about unless it only reads, as"
                                        + " Gemini CLI does: `autonomy: manual`.",
                                "There the highest priority decides; here the strictest, except"
                                        + " that a narrower rule of the same kind speaks in place of a"
                                        + " wider one.",
                                "A rule here is about what a call does, by whatever tool, also"
                                        + " within a chain, a wrapper or a script.",
                                "No allow lifts what is opaque or critical, nor a secret or a path"
                                        + " outside the workspace that its words do not name."));
    }

    private void rule(TomlTable table, TomlPosition at, int index) throws Imports.BadFile {
        String decision = text(table, "decision").orElse("");
        if (!List.of("allow", "deny", "ask_user").contains(decision)) {
            throw bad(
                    position(table, "decision", at),
                    "`decision` is `" + decision + "`; expected one of allow, deny, ask_user");
        }
        Effect effect = Assembler.effect(decision);
        boolean allow = effect == Effect.ALLOW;
        long priority = 0;
        Object given = table.get(List.of("priority"));
        if (given instanceof Long number && number >= 0 && number <= 999) {
            priority = number;
        } else if (given != null) {
            throw bad(position(table, "priority", at), "`priority` is no number from 0 to 999");
        }
        List<String> tools = texts(table, "toolName");
        List<String> prefixes = texts(table, "commandPrefix");
        Optional<String> regex = text(table, "commandRegex");
        Optional<String> server = text(table, "mcpName");
        Sketch.Part part =
                sketch.part(
                        at.line(),
                        at.column(),
                        shown(
                                decision,
                                tools,
                                prefixes,
                                regex.or(() -> text(table, "argsPattern")),
                                server));
        if (conditions(table, part, allow)) {
            return;
        }
        List<Sketch.Target> targets = new ArrayList<>();
        Optional<String> arguments = text(table, "argsPattern");
        if (!prefixes.isEmpty()) {
            CommandText reader = new CommandText(allow, false, part);
            List<String> patterns =
                    prefixes.stream()
                            .map(String::strip)
                            .filter(prefix -> !prefix.isEmpty())
                            .flatMap(prefix -> reader.prefix(words(prefix)).stream())
                            .toList();
            if (!patterns.isEmpty()) {
                targets.addAll(commands(allow, patterns));
            }
        } else if (regex.isPresent()) {
            targets.addAll(commands(allow, regex(part, allow, regex.get())));
        } else if (arguments.isPresent()) {
            boolean denies = effect == Effect.DENY;
            Arguments found = arguments(part, allow, denies, tools, arguments.get());
            targets.addAll(found.targets());
            effect = found.asks() ? Effect.ASK : effect;
        } else if (server.isPresent()) {
            targets.add(server(server.get(), tools));
        } else if (tools.isEmpty()) {
            part.say("it names no tool");
        } else {
            for (String tool : tools) {
                tool(part, allow, tool).ifPresent(targets::add);
            }
        }
        Optional<String> subagent = text(table, "subagent");
        Optional<String> message = text(table, "denyMessage").or(() -> text(table, "deny_message"));
        for (Sketch.Target target : targets) {
            Sketch.Target whole =
                    subagent.isPresent() ? pattern(target).and("agent", subagent.get()) : target;
            Sketch.Rule rule = sketch.rule(part, effect, whole);
            // Of two with one priority the first in the file decides.
            rule.ranked(priority * 100_000 + 99_999 - index);
            message.filter(text -> !text.isBlank() && text.length() <= 1000)
                    .ifPresent(rule::because);
        }
    }

    /** One rule for each allowed pattern, so that each may be an exception by itself. */
    private static List<Sketch.Target> commands(boolean allow, List<String> patterns) {
        if (patterns.isEmpty()) {
            return List.of();
        }
        return allow
                ? patterns.stream().map(one -> Sketch.Target.of("shell_run", one)).toList()
                : List.of(Sketch.Target.of("shell_run", patterns));
    }

    /** An action alone takes no further key; with a pattern for everything it does. */
    private static Sketch.Target pattern(Sketch.Target target) {
        Map.Entry<String, List<String>> first = target.keys().entrySet().iterator().next();
        return first.getValue().isEmpty()
                ? Sketch.Target.of(first.getKey(), first.getKey().startsWith("file_") ? "**" : "*")
                : target;
    }

    /** Says what conditions cannot be carried over; whether the rule cannot be either. */
    private boolean conditions(TomlTable table, Sketch.Part part, boolean allow)
            throws Imports.BadFile {
        boolean out = false;
        for (String key : table.keySet()) {
            if (!KEYS.contains(key)) {
                part.widen("`" + key + "` is not known here");
                out |= allow;
            }
        }
        List<String> modes = texts(table, "modes");
        if (!modes.isEmpty() && !modes.containsAll(List.of("default", "autoEdit", "plan"))) {
            part.widen(
                    allow
                            ? "it holds in the modes " + modes + " only, and there are none here"
                            : "it holds in every mode here, there in " + modes);
            out |= allow;
        }
        if (table.contains(List.of("interactive"))) {
            part.widen(
                    allow
                            ? "it holds only with or only without a terminal, which is not told"
                                    + " apart here"
                            : "it holds with and without a terminal here");
            out |= allow;
        }
        if (table.contains(List.of("toolAnnotations"))) {
            part.widen(
                    allow
                            ? "what a server says of its own tools allows nothing here"
                            : "it holds whatever a server says of its own tools");
            out |= allow;
        }
        if (table.contains(List.of("allowRedirection"))
                || table.contains(List.of("allow_redirection"))) {
            part.say("a redirection is a write of its own here, and judged as one");
        }
        return out;
    }

    private Optional<Sketch.Target> tool(Sketch.Part part, boolean allow, String tool) {
        if (tool.equals("*")) {
            if (allow) {
                part.say("so broad an allow reaches risk medium at most");
            }
            return Optional.of(Sketch.Target.of("tool", "*"));
        }
        if (tool.startsWith("mcp_")) {
            if (tool.equals("mcp_*")) {
                return Optional.of(Sketch.Target.of("domain", "mcp"));
            }
            int gap = tool.indexOf('_', 4);
            return Optional.of(
                    gap < 0
                            ? Sketch.Target.of("tool", tool)
                            : Sketch.Target.of(
                                    "tool",
                                    tool,
                                    tool.substring(4, gap) + "/" + tool.substring(gap + 1)));
        }
        String action = ACTIONS.get(tool);
        if (action == null) {
            if (allow && !QUIET.contains(tool)) {
                part.say("what `" + tool + "` does is judged as what it is; no allow by its name");
                return Optional.empty();
            }
            return Optional.of(Sketch.Target.of("tool", tool));
        }
        if (!allow) {
            return Optional.of(Sketch.Target.of(action, List.of()));
        }
        return Optional.of(
                switch (action) {
                    case "file_write", "file_read" -> {
                        part.say("in the workspace and up to risk medium only");
                        yield Sketch.Target.of(action, "./**").atMostMedium();
                    }
                    case "shell_run" -> {
                        part.say("so broad an allow reaches risk medium at most");
                        yield Sketch.Target.of(action, "*");
                    }
                    default -> Sketch.Target.of(action, List.of());
                });
    }

    private static Sketch.Target server(String server, List<String> tools) {
        List<String> names = tools.isEmpty() ? List.of("*") : tools;
        if (server.equals("*") && names.contains("*")) {
            return Sketch.Target.of("domain", "mcp");
        }
        List<String> patterns = new ArrayList<>();
        for (String name : names) {
            patterns.add("mcp_" + server + "_" + name);
            patterns.add(server + "/" + name);
        }
        return Sketch.Target.of("tool", patterns);
    }

    /**
     * What a pattern over the arguments of tools comes to.
     *
     * @param asks whether it can only be asked about
     */
    private record Arguments(List<Sketch.Target> targets, boolean asks) {}

    /** The arguments are JSON there, and the pattern may match anywhere in them. */
    private Arguments arguments(
            Sketch.Part part, boolean allow, boolean denies, List<String> tools, String pattern) {
        String plain = pattern.replace("\\\"", "\"");
        if (tools.equals(List.of("run_shell_command")) && plain.startsWith(COMMAND)) {
            return new Arguments(
                    commands(allow, regex(part, allow, plain.substring(COMMAND.length()))), false);
        }
        if (allow || tools.isEmpty()) {
            part.say(
                    "a pattern over the arguments of a tool cannot be said here; write it by hand");
            return new Arguments(List.of(), false);
        }
        boolean files = tools.stream().allMatch(t -> FILES.contains(ACTIONS.getOrDefault(t, "")));
        if (files && plain.startsWith(PATH)) {
            List<String> paths = paths(plain.substring(PATH.length()));
            if (!paths.isEmpty()) {
                part.widen("a path that starts like this at any depth is meant here");
                return new Arguments(
                        tools.stream()
                                .map(ACTIONS::get)
                                .distinct()
                                .map(action -> Sketch.Target.of(String.valueOf(action), paths))
                                .toList(),
                        false);
            }
        }
        part.widen(
                denies
                        ? "it denies there what its arguments match, and here asks whatever they"
                                + " are; write what is to be denied by hand"
                        : "it asks here whatever the arguments are");
        List<Sketch.Target> targets = new ArrayList<>();
        tools.forEach(tool -> tool(part, false, tool).ifPresent(targets::add));
        return new Arguments(targets, true);
    }

    /** Patterns of all paths that start as the regular expression does; empty when it is open. */
    private static List<String> paths(String regex) {
        List<String> starts = CommandRegex.of(regex).starts();
        boolean said =
                starts.stream().allMatch(start -> start.matches("[A-Za-z0-9_./ -]*[A-Za-z0-9_/-]"));
        return said
                ? starts.stream()
                        .map(start -> start.endsWith("/") ? start + "**" : start + "*")
                        .toList()
                : List.of();
    }

    private static List<String> regex(Sketch.Part part, boolean allow, String regex) {
        CommandRegex read = CommandRegex.of(regex);
        if (allow && !read.whole()) {
            part.say("so much of a regular expression cannot be said here; write it by hand");
            return List.of();
        }
        CommandText reader = new CommandText(allow, false, part);
        List<String> patterns = new ArrayList<>();
        for (String start : read.starts()) {
            List<String> words = new ArrayList<>(words(start));
            boolean cut = !words.isEmpty() && !start.endsWith(" ");
            String last = cut ? words.removeLast() : "";
            if (allow) {
                words.add(last);
                words.removeIf(String::isEmpty);
            }
            Optional<String> pattern = reader.prefix(words);
            if (pattern.isEmpty() || (words.isEmpty() && last.isEmpty())) {
                continue;
            }
            if (allow || last.isEmpty()) {
                patterns.add(pattern.get());
            } else if (!last.startsWith("-")) {
                String head = words.isEmpty() ? "" : pattern.get().replaceAll("\\*$", "");
                patterns.add(head + CommandText.quoted(last + "*") + " *");
            } else if (!words.isEmpty()) {
                patterns.add(pattern.get());
            }
        }
        if (patterns.isEmpty() || (!allow && patterns.size() < read.starts().size())) {
            part.say("the regular expression starts with nothing that can be said here");
            return List.of();
        }
        if (!read.whole()) {
            part.widen("everything that starts like this is caught, whatever follows there");
        } else if (allow) {
            part.say("it ends with a whole word here");
        }
        return patterns.stream().distinct().toList();
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split(" +")).stream().filter(w -> !w.isEmpty()).toList();
    }

    private static String shown(
            String decision,
            List<String> tools,
            List<String> prefixes,
            Optional<String> regex,
            Optional<String> server) {
        StringBuilder shown = new StringBuilder(decision);
        server.ifPresent(name -> shown.append(' ').append(name));
        if (!tools.isEmpty()) {
            shown.append(' ').append(String.join(", ", tools));
        }
        if (!prefixes.isEmpty()) {
            shown.append(' ').append(String.join(", ", prefixes));
        }
        regex.ifPresent(text -> shown.append(" /").append(text).append('/'));
        return shown.toString();
    }

    private Optional<String> text(TomlTable table, String key) {
        return table.get(List.of(key)) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    /** A text or a list of texts; none when the key is absent. */
    private List<String> texts(TomlTable table, String key) throws Imports.BadFile {
        Object value = table.get(List.of(key));
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return List.of(text);
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i) instanceof String text) {
                    texts.add(text);
                }
            }
            if (texts.size() == array.size()) {
                return texts;
            }
        }
        throw bad(
                position(table, key, TomlPosition.positionAt(1, 1)),
                "`" + key + "` is no text and no list of texts");
    }

    private static TomlPosition position(TomlTable table, String key, TomlPosition otherwise) {
        TomlPosition at = table.inputPositionOf(List.of(key));
        return at == null ? otherwise : at;
    }

    private Imports.BadFile bad(@Nullable TomlPosition at, String message) {
        return new Imports.BadFile(
                sketch.file(),
                at == null ? 1 : Math.max(1, at.line()),
                at == null ? 1 : Math.max(1, at.column()),
                message);
    }
}
