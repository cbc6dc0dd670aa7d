package dev.countersign.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Action;
import dev.countersign.call.Context;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the tools of the clients do: {@code client-tools.yaml} beside this class, applied to a call.
 */
final class ClientTools {
    private static final Map<String, Entry> ENTRIES = read();
    private static final int MOST_TEXTS = 200;

    /** One line of the table. */
    private record Entry(
            String does, List<String> fields, List<String> cwd, boolean optional, String kind) {}

    private final Call call;
    private final ToolCall tool;
    private final ObjectNode input;
    private final String shown;

    ClientTools(Call call, ToolCall tool, String shown) {
        this.call = call;
        this.tool = tool;
        this.input = tool.input();
        this.shown = shown;
    }

    private static Map<String, Entry> read() {
        Map<String, Entry> entries = new HashMap<>();
        DataFile.read("client-tools.yaml")
                .entries()
                .forEach((name, value) -> {
                    Map<String, Object> map = Flow.map(value);
                    entries.put(
                            name,
                            new Entry(
                                    String.valueOf(map.get("does")),
                                    Flow.texts(map.get("field")),
                                    Flow.texts(map.get("cwd")),
                                    "true".equals(map.get("optional")),
                                    String.valueOf(map.getOrDefault("kind", "tool"))));
                });
        return entries;
    }

    static boolean knows(String name) {
        return ENTRIES.containsKey(name);
    }

    /** The command of a tool that runs shell text, if it has one that is plain text. */
    static Optional<String> command(ToolCall call) {
        Entry entry = ENTRIES.get(call.tool());
        if (entry == null || !(entry.does.equals("shell") || entry.does.equals("pwsh"))) {
            return Optional.empty();
        }
        JsonNode node = field(call.input(), entry.fields);
        if (node != null && node.isTextual()) {
            return Optional.of(node.textValue());
        }
        return node != null && node.isArray() ? joined(node) : Optional.empty();
    }

    private static Optional<String> joined(JsonNode words) {
        StringBuilder text = new StringBuilder();
        for (JsonNode word : words) {
            if (!word.isTextual()) {
                return Optional.empty();
            }
            text.append(CodeCommands.quote(word.textValue())).append(' ');
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    private static @Nullable JsonNode field(ObjectNode input, List<String> names) {
        for (String name : names) {
            JsonNode node = input.get(name);
            if (node != null && !node.isNull()) {
                return node;
            }
        }
        return null;
    }

    void judge() {
        String name = tool.tool();
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            stranger(name);
            return;
        }
        switch (entry.does) {
            case "shell", "pwsh" -> shell(entry);
            case "read" -> file(entry, Places.Touch.READ, false);
            case "list" -> file(entry, Places.Touch.READ, true);
            case "write", "edit" -> file(entry, Places.Touch.WRITE, false);
            case "delete" -> file(entry, Places.Touch.DELETE, true);
            case "web" -> web(entry);
            case "patch" -> patch(entry);
            case "opaque" ->
                    add(
                                    Action.SHELL_RUN,
                                    new Resource.Program(null),
                                    RiskTier.MEDIUM,
                                    "`" + name + "` types into a program that runs")
                            .opaque();
            default -> plain(entry);
        }
    }

    private Draft add(Action action, Resource resource, RiskTier risk, String summary) {
        Draft draft = new Draft(action, resource, risk, summary, null, span(null));
        call.drafts.add(draft);
        return draft;
    }

    private Span span(@Nullable String value) {
        String wanted = value == null ? "" : value;
        int at = wanted.isEmpty() ? -1 : shown.indexOf(wanted);
        return at < 0 ? new Span(0, shown.length()) : new Span(at, at + wanted.length());
    }

    private void missing(Action action, Entry entry) {
        add(
                        action,
                        new Resource.Named("input", null),
                        action.risk(),
                        "`"
                                + tool.tool()
                                + "` without a text in `"
                                + String.join("`, `", entry.fields)
                                + "`")
                .opaque();
    }

    private void shell(Entry entry) {
        Optional<String> command = command(tool);
        if (command.isEmpty()) {
            missing(Action.SHELL_RUN, entry);
            return;
        }
        Context context = call.context;
        JsonNode cwd = field(input, entry.cwd);
        if (cwd != null) {
            String given = cwd.isTextual() ? cwd.textValue() : null;
            String moved = call.paths.place(given, false, context.cwd()).written();
            if (moved == null) {
                missing(Action.SHELL_RUN, entry);
                return;
            }
            context = context.withCwd(moved);
        }
        if (entry.does.equals("pwsh")) {
            context =
                    new Context(
                            context.cwd(),
                            context.workspace(),
                            context.home(),
                            Shell.PWSH,
                            context.platform(),
                            context.environment());
        }
        new Judge(call).text(command.get(), context);
        JsonNode unboxed = input.get("dangerouslyDisableSandbox");
        if (unboxed != null && unboxed.asBoolean(true)) {
            add(
                            Action.SHELL_RUN,
                            new Resource.Program(null),
                            RiskTier.MEDIUM,
                            "asks the client to run it without its sandbox")
                    .tag("escape");
        }
    }

    private void file(Entry entry, Places.Touch touch, boolean whole) {
        JsonNode node = field(input, entry.fields);
        String path;
        if (node == null && entry.optional) {
            path = ".";
        } else if (node != null && node.isTextual() && !node.textValue().isEmpty()) {
            path = node.textValue();
        } else {
            missing(Judge.action(touch), entry);
            return;
        }
        String directory = Paths.normalise(call.context.cwd());
        touch(touch, path, directory, whole);
        JsonNode pattern = input.get("pattern");
        boolean globs =
                tool.tool().equalsIgnoreCase("glob") && pattern != null && pattern.isTextual();
        if (globs) {
            String text = pattern.textValue();
            boolean leaves = text.startsWith("/") || text.startsWith("~") || text.contains("..");
            if (leaves) {
                Paths.Place start = call.paths.place(path, false, directory);
                touch(
                        touch,
                        call.paths.place(
                                text, true, start.written() == null ? directory : start.written()),
                        text,
                        true);
            }
        }
    }

    private void touch(Places.Touch touch, String path, String directory, boolean whole) {
        touch(touch, call.paths.place(path, false, directory), path, whole);
    }

    private void touch(Places.Touch touch, Paths.Place place, String path, boolean whole) {
        Places.Verdict verdict =
                call.places.judge(touch, place, whole && touch == Places.Touch.DELETE);
        String verb =
                switch (touch) {
                    case READ -> "reads ";
                    case WRITE -> "writes ";
                    case DELETE -> "deletes ";
                };
        String note = verdict.note();
        Draft draft =
                new Draft(
                        Judge.action(touch),
                        place.resource(whole),
                        verdict.risk(),
                        verb
                                + (place.written() == null
                                        ? "`" + Judge.cut(path) + "`"
                                        : place.shown(call.paths.workspace()))
                                + (note == null ? "" : ", " + note),
                        null,
                        span(path));
        draft.tag(verdict.tags().toArray(String[]::new));
        draft.cell = verdict.cell();
        String floor = verdict.floor();
        if (floor != null) {
            draft.floor(floor);
        }
        if (place.written() == null) {
            draft.opaque();
        }
        call.drafts.add(draft);
    }

    private void web(Entry entry) {
        JsonNode node = field(input, entry.fields);
        if (node == null || !node.isTextual()) {
            missing(Action.WEB_FETCH, entry);
            return;
        }
        Network.Target target = call.network.target(node.textValue());
        Draft draft =
                new Draft(
                        Action.WEB_FETCH,
                        new Resource.Web(target.url(), target.host()),
                        target.loopback() ? RiskTier.LOW : Action.WEB_FETCH.risk(),
                        "fetches from "
                                + (target.host() == null
                                        ? "a host that is not known"
                                        : "`" + target.host() + "`"),
                        null,
                        span(node.textValue()));
        draft.tag("network");
        if (target.own()) {
            draft.floor("Countersign's own address is out of reach for agents");
        }
        if (target.host() == null || target.host().indexOf(' ') >= 0) {
            draft.opaque();
        }
        if (Labels.prod(target.host())) {
            draft.tag("prod");
            draft.risk = draft.risk.raised();
        }
        call.drafts.add(draft);
        if (node.textValue().regionMatches(true, 0, "file:", 0, 5)) {
            touch(
                    Places.Touch.READ,
                    node.textValue().substring(5).replaceFirst("^//(localhost)?", ""),
                    call.context.cwd(),
                    false);
        }
    }

    private void patch(Entry entry) {
        JsonNode node = field(input, entry.fields);
        String text = node != null && node.isTextual() ? node.textValue() : null;
        List<PatchText.Change> changes = text == null ? List.of() : PatchText.changes(text);
        if (changes.isEmpty()) {
            missing(Action.FILE_WRITE, entry);
            return;
        }
        for (PatchText.Change change : changes) {
            touch(
                    change.deletes() ? Places.Touch.DELETE : Places.Touch.WRITE,
                    change.path(),
                    Paths.normalise(call.context.cwd()),
                    false);
        }
    }

    private void plain(Entry entry) {
        Action action = Action.of(entry.does).orElseThrow();
        JsonNode node = field(input, entry.fields);
        if (!entry.fields.isEmpty() && !entry.optional && (node == null || !node.isTextual())) {
            missing(action, entry);
            return;
        }
        String name = node != null && node.isTextual() ? node.textValue() : tool.tool();
        Resource resource =
                switch (action.domain()) {
                    case GIT -> new Resource.Repository(null, null);
                    case MCP -> new Resource.Tool(null, tool.tool());
                    default -> new Resource.Named(entry.kind, name);
                };
        String words =
                action.wire().replace('_', ' ')
                        + (entry.fields.isEmpty() ? "" : " `" + Judge.cut(name) + "`");
        Draft draft =
                new Draft(
                        action,
                        resource,
                        action.risk(),
                        words,
                        null,
                        span(node == null ? null : name));
        call.drafts.add(draft);
    }

    /** A tool of an MCP server, or one nobody told us about. */
    private void stranger(String name) {
        String server = null;
        String toolName = name;
        boolean mcp = true;
        if (name.startsWith("mcp__") && name.indexOf("__", 5) > 5) {
            int at = name.indexOf("__", 5);
            server = name.substring(5, at);
            toolName = name.substring(at + 2);
        } else if (name.startsWith("mcp_") && name.indexOf('_', 4) > 4) {
            int at = name.indexOf('_', 4);
            server = name.substring(4, at);
            toolName = name.substring(at + 1);
        } else if (name.indexOf('/') > 0 && name.indexOf('/') < name.length() - 1) {
            server = name.substring(0, name.indexOf('/'));
            toolName = name.substring(name.indexOf('/') + 1);
        } else {
            mcp = false;
        }
        Draft draft =
                add(
                        Action.MCP_CALL,
                        new Resource.Tool(server, toolName),
                        Action.MCP_CALL.risk(),
                        mcp
                                ? "calls `"
                                        + Judge.cut(toolName)
                                        + "` of the MCP server `"
                                        + Judge.cut(String.valueOf(server))
                                        + "`"
                                : "calls `" + Judge.cut(name) + "`, a tool that is not known");
        protectedTexts(draft, toolName);
    }

    /** Whatever the tool is: what it is given may name what no agent may touch. */
    private void protectedTexts(Draft draft, String toolName) {
        boolean reads =
                toolName.toLowerCase(Locale.ROOT)
                        .matches("(read|get|list|view|search|find|show)([_-].*)?");
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(input);
        int seen = 0;
        while (!open.isEmpty() && seen++ < MOST_TEXTS) {
            JsonNode node = open.poll();
            if (node.isTextual()) {
                text(draft, node.textValue(), reads);
            } else {
                node.forEach(open::add);
            }
        }
        if (!open.isEmpty()) {
            draft.opaque();
        }
    }

    private void text(Draft draft, String text, boolean reads) {
        if (text.length() > 2000) {
            return;
        }
        boolean address = text.contains("://") && call.network.target(text).own();
        if (address || call.network.mentionsOwn(text)) {
            draft.floor("Countersign's own address is out of reach for agents");
        }
        if (text.length() < 400 && text.indexOf('\n') < 0) {
            Paths.Place place = call.paths.place(text, false, Paths.normalise(call.context.cwd()));
            if (place.written() != null && !place.stream()) {
                Places.Touch touch = reads ? Places.Touch.READ : Places.Touch.WRITE;
                Places.Verdict verdict = call.places.judge(touch, place, false);
                String floor = verdict.floor();
                if (floor != null) {
                    draft.floor(floor);
                }
            }
        }
    }
}
