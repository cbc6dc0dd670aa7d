package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Operations and calls built from the few words a case needs to say. */
final class Operations {
    static final Context CONTEXT =
            new Context("/w", "/w", "/home/u", Shell.BASH, "linux", Map.of());

    private static final Set<String> KEYS =
            Set.of(
                    "action",
                    "risk",
                    "path",
                    "resolved",
                    "outside",
                    "whole",
                    "from",
                    "host",
                    "url",
                    "branch",
                    "remote",
                    "program",
                    "server",
                    "tool",
                    "name",
                    "command",
                    "wrapper",
                    "assignments",
                    "origin",
                    "opaque",
                    "floor",
                    "tags",
                    "cell",
                    "fact",
                    "summary",
                    "handed");

    private Operations() {}

    static ToolCall call(String agent, @Nullable String type, @Nullable String person) {
        return new ToolCall(
                "claude-code",
                "Bash",
                JsonNodeFactory.instance.objectNode(),
                CONTEXT,
                new Subject("default", agent, type, person, null),
                "s1",
                null,
                null);
    }

    static Operation of(Map<String, Object> spec) {
        for (String key : spec.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("no such key in an operation: " + key);
            }
        }
        Action action = Action.of(text(spec, "action", "shell_run")).orElseThrow();
        RiskTier risk =
                spec.containsKey("risk")
                        ? RiskTier.of(text(spec, "risk", "")).orElseThrow()
                        : action.risk();
        CommandLine command = null;
        if (spec.get("command") instanceof String words) {
            command =
                    command(
                            words,
                            spec.get("wrapper") instanceof String w
                                    ? command(w, null, false)
                                    : null,
                            Boolean.TRUE.equals(spec.get("assignments")));
        }
        Set<String> tags = new TreeSet<>();
        if (spec.get("tags") instanceof List<?> list) {
            list.forEach(tag -> tags.add(String.valueOf(tag)));
        }
        return new Operation(
                action,
                resource(action, spec),
                risk,
                tags,
                Boolean.TRUE.equals(spec.get("opaque")),
                spec.containsKey("cell") ? Action.of(text(spec, "cell", "")).orElseThrow() : action,
                Operation.Origin.valueOf(text(spec, "origin", "program").toUpperCase(Locale.ROOT)),
                command,
                spec.get("floor") instanceof String floor ? floor : null,
                text(spec, "summary", "`" + action.wire() + "` happens"),
                new Span(0, 1),
                spec.get("handed") instanceof List<?> handed
                        ? handed.stream().map(String::valueOf).collect(Collectors.toSet())
                        : Set.of(),
                List.of());
    }

    private static Resource resource(Action action, Map<String, Object> spec) {
        if (spec.get("fact") instanceof String fact) {
            return new Resource.Named(fact, "a fact");
        }
        return switch (action.domain()) {
            case FILESYSTEM -> {
                String written = known(text(spec, "path", "/w/a.txt"));
                String resolved =
                        spec.containsKey("resolved") ? known(text(spec, "resolved", "")) : written;
                boolean outside =
                        spec.containsKey("outside")
                                ? Boolean.TRUE.equals(spec.get("outside"))
                                : outside(written) || outside(resolved);
                boolean whole = Boolean.TRUE.equals(spec.get("whole"));
                String before = spec.containsKey("from") ? text(spec, "from", "") : null;
                yield new Resource.Path(
                        written,
                        resolved,
                        outside,
                        whole,
                        before == null ? null : moved(known(before), whole));
            }
            case GIT ->
                    new Resource.Repository(
                            known(text(spec, "remote", "origin")),
                            known(text(spec, "branch", "?")));
            case SHELL -> new Resource.Program(known(text(spec, "program", "prog")));
            case WEB, BROWSER -> {
                String host = known(text(spec, "host", "example.com"));
                yield new Resource.Web(
                        spec.containsKey("url")
                                ? known(text(spec, "url", ""))
                                : host == null ? null : "https://" + host + "/",
                        host);
            }
            case MCP -> new Resource.Tool(text(spec, "server", "srv"), text(spec, "tool", "t"));
            case TASKS, PROJECTS, COMMS, TEAMS, WORKFLOWS, AGENTS, SKILLS ->
                    new Resource.Named("name", known(text(spec, "name", "n")));
        };
    }

    private static Resource.Path moved(@Nullable String from, boolean whole) {
        return new Resource.Path(from, from, outside(from), whole);
    }

    private static boolean outside(@Nullable String path) {
        return path == null || !(path.equals("/w") || path.startsWith("/w/"));
    }

    private static @Nullable String known(String text) {
        return text.equals("?") ? null : text;
    }

    /** Words that start with a dollar sign are not known. */
    static CommandLine command(String text, @Nullable CommandLine wrapper, boolean assignments) {
        List<Argument> words = new ArrayList<>();
        for (String word : CommandPattern.split(text).orElseThrow()) {
            words.add(
                    new Argument(word.startsWith("$") ? null : word, word, false, new Span(0, 0)));
        }
        return new CommandLine(words, wrapper, assignments);
    }

    private static String text(Map<String, Object> spec, String key, String otherwise) {
        Object value = spec.get(key);
        return value == null ? otherwise : String.valueOf(value);
    }
}
