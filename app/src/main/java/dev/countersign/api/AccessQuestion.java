package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Scene;
import dev.countersign.call.Context;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One question of OpenID AuthZEN: may this subject do this with that resource? It becomes a tool
 * call like any other, and whoever holds the token is who asks: a subject that is somebody else is
 * a label that rules may restrict by, as for subagents, and never a reason to allow.
 *
 * @param subject who would act, with type and id
 * @param action what they would do, with a name
 * @param resource what they would do it with, with type and id
 * @param context the occasion, without the approval
 * @param approval what the caller says people approved, or empty
 */
record AccessQuestion(
        ObjectNode subject,
        ObjectNode action,
        ObjectNode resource,
        ObjectNode context,
        Optional<ObjectNode> approval) {
    static final String CLIENT = "authzen";

    /** What is called by another name here, with the actions there are. */
    static final Map<String, List<String>> ACTIONS =
            Map.of(
                    "tool", List.of("call"),
                    "command", List.of("run"),
                    "file", List.of("delete", "read", "write"),
                    "url", List.of("fetch"));

    /** The tool whose calls are judged by what was said of the thing. */
    private static final String ANY_THING = "evaluation";

    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_LABEL = 128;
    private static final int LONGEST_PATH = 4_096;

    /** Where a question without a folder is asked: no path is within it. */
    private static final String NOWHERE = "/nowhere";

    /** Reads what must be there; other members are left alone. */
    static AccessQuestion of(ObjectNode body) {
        ObjectNode subject = entity(body, "subject");
        text(subject, "subject", "type", LONGEST_NAME);
        text(subject, "subject", "id", LONGEST_NAME);
        ObjectNode action = entity(body, "action");
        text(action, "action", "name", LONGEST_NAME);
        ObjectNode resource = entity(body, "resource");
        text(resource, "resource", "type", LONGEST_NAME);
        text(resource, "resource", "id", Bodies.MOST_BYTES);
        ObjectNode context = JsonNodeFactory.instance.objectNode();
        JsonNode given = body.path("context");
        if (given instanceof ObjectNode occasion) {
            context = occasion.deepCopy();
        } else if (!given.isMissingNode() && !given.isNull()) {
            throw Problem.badRequest("`context` must be an object");
        }
        Optional<ObjectNode> approval =
                context.remove("approval") instanceof ObjectNode shown
                        ? Optional.of(shown)
                        : Optional.empty();
        return new AccessQuestion(subject, action, resource, context, approval);
    }

    private static ObjectNode entity(ObjectNode body, String name) {
        JsonNode value = body.path(name);
        if (!(value instanceof ObjectNode entity)) {
            throw Problem.badRequest(
                    value.isMissingNode()
                            ? "`" + name + "` is missing"
                            : "`" + name + "` must be an object");
        }
        JsonNode properties = entity.path("properties");
        if (!properties.isMissingNode() && !properties.isNull() && !properties.isObject()) {
            throw Problem.badRequest("`" + name + ".properties` must be an object");
        }
        return entity;
    }

    private static String text(ObjectNode entity, String of, String name, int longest) {
        JsonNode value = entity.path(name);
        String field = "`" + of + "." + name + "`";
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw Problem.badRequest(
                    value.isMissingNode()
                            ? field + " is missing"
                            : field + " must be a text that is not empty");
        }
        if (value.textValue().length() > longest || value.textValue().indexOf('\0') >= 0) {
            throw Problem.badRequest(
                    field + " is longer than " + longest + " characters, or holds a NUL");
        }
        return value.textValue();
    }

    /**
     * The call it is about.
     *
     * @param scene who holds the token, and where their calls run
     */
    ToolCall call(Scene scene) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        String id = resource.path("id").textValue();
        String name = action.path("name").textValue();
        return switch (resource.path("type").textValue()) {
            case "tool" -> {
                JsonNode properties = resource.path("properties");
                String client = properties.path("client").asText(CLIENT);
                JsonNode given =
                        properties.has("input")
                                ? properties.path("input")
                                : action.path("properties");
                if (!given.isMissingNode() && !given.isObject()) {
                    throw Problem.badRequest("`resource.properties.input` must be an object");
                }
                if (id.length() > LONGEST_NAME || client.length() > 64) {
                    throw Problem.badRequest("the name of the tool or its client is too long");
                }
                yield call(
                        scene,
                        client,
                        id,
                        given instanceof ObjectNode object ? object.deepCopy() : input,
                        folder());
            }
            case "command" -> call(scene, CLIENT, "shell_run", input.put("command", id), folder());
            case "file" -> {
                Optional<String> tool =
                        switch (name) {
                            case "read", "file_read" -> Optional.of("file_read");
                            case "write", "file_write" -> Optional.of("file_write");
                            case "delete", "file_delete" -> Optional.of("file_delete");
                            default -> Optional.empty();
                        };
                yield tool.isPresent()
                        ? call(scene, CLIENT, tool.get(), input.put("path", id), folder())
                        : thing(scene);
            }
            case "url" ->
                    List.of("read", "get", "fetch", "web_fetch").contains(name)
                            ? call(scene, CLIENT, "fetch", input.put("url", id), place())
                            : thing(scene);
            default -> thing(scene);
        };
    }

    /** The question as one about a thing of somebody's own, whatever its type. */
    ToolCall thing(Scene scene) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.set("subject", kept(subject));
        input.set("action", kept(action));
        input.set("resource", kept(resource));
        if (!context.isEmpty()) {
            input.set("context", context);
        }
        return call(scene, CLIENT, ANY_THING, input, place());
    }

    /** Without members nobody knows. */
    private static ObjectNode kept(ObjectNode entity) {
        return entity.deepCopy().retain(List.of("type", "id", "name", "properties"));
    }

    /** Without it a path would be within any workspace. */
    private String folder() {
        return said("cwd", LONGEST_PATH)
                .map(DecisionRoutes::absoluteFolder)
                .orElseThrow(() ->
                        Problem.badRequest(
                                "`context.cwd` is missing: for a tool, a command or a file it is"
                                        + " the folder it is in, as an absolute path"));
    }

    private String place() {
        return said("cwd", LONGEST_PATH).map(DecisionRoutes::absoluteFolder).orElse(NOWHERE);
    }

    private Optional<String> said(String name, int longest) {
        JsonNode value = context.path(name);
        return value.isTextual()
                        && !value.textValue().isEmpty()
                        && value.textValue().length() <= longest
                ? Optional.of(value.textValue())
                : Optional.empty();
    }

    private ToolCall call(Scene scene, String client, String tool, ObjectNode input, String cwd) {
        String session = said("session", LONGEST_NAME).orElse(null);
        return new ToolCall(
                client,
                tool,
                input,
                new Context(
                        cwd,
                        said("workspace", LONGEST_PATH)
                                .map(DecisionRoutes::absoluteFolder)
                                .orElseGet(() -> scene.workspace().apply(cwd)),
                        scene.home(),
                        scene.shell(),
                        scene.platform(),
                        scene.environment(),
                        scene.machine()),
                who(scene.subject()),
                session,
                said("task", LONGEST_NAME).orElse(session),
                null);
    }

    /** The token's own agent or person, or what it asks for as a label. */
    private Subject who(Subject token) {
        String id = subject.path("id").textValue();
        if (id.equals(token.agent()) || id.equals(token.person())) {
            return token;
        }
        String label =
                id.startsWith(token.agent() + "/") ? id.substring(token.agent().length() + 1) : id;
        if (label.length() > LONGEST_LABEL) {
            throw Problem.badRequest(
                    "`subject.id` is longer than " + LONGEST_LABEL + " characters");
        }
        return new Subject(token.tenant(), token.agent(), label, token.person(), token.project());
    }
}
