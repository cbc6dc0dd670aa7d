package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.config.Surroundings;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a call from JSON: {@code {"command": …}} or {@code {"client": …, "tool": …, "input": {…}}},
 * each with {@code cwd workspace agent shell platform home environment session at} as far as known.
 */
final class CallReader {
    /** The times that calls are judged at: windows look ahead, and years have four digits. */
    private static final Instant FIRST = Instant.EPOCH;

    private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

    /** The client of a call that names none. */
    static final String CLIENT = "cli";

    /** The tool of a bare command. */
    static final String SHELL_TOOL = "Bash";

    private static final List<String> PLATFORMS = List.of("linux", "macos", "windows");

    private final ObjectNode standard;
    private final Surroundings around;

    /**
     * Reads calls in this process.
     *
     * @param standard fields for calls that do not have them: what the command line said
     */
    CallReader(ObjectNode standard, Surroundings around) {
        this.standard = standard;
        this.around = around;
    }

    /**
     * A call and the time it is judged at.
     *
     * @param at the time given, or empty for now
     */
    record Request(ToolCall call, Optional<Instant> at) {}

    Request read(ObjectNode line) throws Json.Broken {
        ObjectNode json = standard.deepCopy();
        // The directories of the command line belong together, and so do those of a line.
        if (line.has("cwd") || line.has("workspace")) {
            json.remove(List.of("cwd", "workspace"));
        }
        json.setAll(line);
        String command = text(json, "command");
        String tool = text(json, "tool");
        if (command == null == (tool == null)) {
            throw new Json.Broken("expected either `command` or `tool` with `input`");
        }
        if (command != null && json.has("input")) {
            throw new Json.Broken("`input` belongs to `tool`, not to `command`");
        }
        if (tool != null && tool.isBlank()) {
            throw new Json.Broken("`tool` is empty; expected the client's name of the tool");
        }
        String agent = or(text(json, "agent"), CLIENT);
        String session = text(json, "session");
        ToolCall call =
                new ToolCall(
                        or(text(json, "client"), CLIENT),
                        or(tool, SHELL_TOOL),
                        command == null ? input(json) : Json.object().put("command", command),
                        context(json),
                        Subject.local(agent),
                        session,
                        session,
                        null);
        return new Request(call, at(json));
    }

    private Context context(ObjectNode json) throws Json.Broken {
        String platform = or(text(json, "platform"), around.platform());
        if (!PLATFORMS.contains(platform)) {
            throw new Json.Broken(
                    "unknown platform `" + platform + "`; expected linux, macos or windows");
        }
        String cwd = text(json, "cwd");
        String workspace = text(json, "workspace");
        String here = around.cwd().toString();
        String root = or(workspace, or(cwd, here));
        return new Context(
                directory("cwd", or(cwd, root)),
                directory("workspace", root),
                directory("home", or(text(json, "home"), around.home().toString())),
                shell(text(json, "shell")),
                platform,
                environment(json));
    }

    private static Shell shell(@Nullable String written) throws Json.Broken {
        if (written == null) {
            return Shell.BASH;
        }
        Optional<Shell> shell = Shell.of(written);
        if (shell.isEmpty()) {
            String known =
                    Arrays.stream(Shell.values())
                            .map(Shell::wire)
                            .collect(Collectors.joining(", "));
            throw new Json.Broken("unknown shell `" + written + "`; expected one of: " + known);
        }
        return shell.get();
    }

    /** Absolute on whatever platform the call is from; a relative one counts from here. */
    private String directory(String field, String written) throws Json.Broken {
        if (written.isEmpty() || written.indexOf('\0') >= 0) {
            throw new Json.Broken("`" + field + "` is empty or has a NUL; expected a directory");
        }
        boolean windows =
                written.startsWith("\\\\")
                        || (written.length() > 2
                                && Character.isLetter(written.charAt(0))
                                && written.charAt(1) == ':'
                                && (written.charAt(2) == '\\' || written.charAt(2) == '/'));
        if (windows) {
            return written;
        }
        return around.cwd().resolve(written).normalize().toString();
    }

    private static ObjectNode input(ObjectNode json) throws Json.Broken {
        JsonNode input = json.path("input");
        if (input.isMissingNode()) {
            return Json.object();
        }
        if (input instanceof ObjectNode object) {
            return object;
        }
        throw new Json.Broken("`input` must be a JSON object");
    }

    private static Map<String, String> environment(ObjectNode json) throws Json.Broken {
        JsonNode given = json.path("environment");
        if (given.isMissingNode() || given.isNull()) {
            return Map.of();
        }
        if (!given.isObject()) {
            throw new Json.Broken("`environment` must be an object of texts");
        }
        Map<String, String> variables = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new Json.Broken(
                        "`environment." + Visible.line(entry.getKey()) + "` must be a text");
            }
            variables.put(entry.getKey(), entry.getValue().textValue());
        }
        return variables;
    }

    private static Optional<Instant> at(ObjectNode json) throws Json.Broken {
        String written = text(json, "at");
        if (written == null) {
            return Optional.empty();
        }
        try {
            Instant at = Instant.parse(written);
            if (!at.isBefore(FIRST) && at.isBefore(END)) {
                return Optional.of(at);
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw new Json.Broken(
                "`at` is `"
                        + written
                        + "`; expected a time such as `2026-03-29T10:00:00Z`, of the years 1970 to"
                        + " 9998");
    }

    private static @Nullable String text(ObjectNode json, String field) throws Json.Broken {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new Json.Broken("`" + field + "` must be a text");
        }
        return value.textValue();
    }

    private static String or(@Nullable String text, String other) {
        return text == null ? other : text;
    }
}
