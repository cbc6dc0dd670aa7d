package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.HookFields.Unclear;
import dev.countersign.call.Context;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of a client that differs from others in nothing but its names: most clients send
 * one flat object with a session, a folder, a tool and its input.
 */
final class HookReader {
    private static final List<String> PATH_FIELDS = List.of("file_path", "notebook_path", "path");
    private static final int LONGEST_PROMPT = 2_000;

    /** What an event of a client is about. */
    enum Moment {
        /** A tool is about to run. */
        CALL,
        /** The client's own rules would ask about a call that was a moment ago. */
        PERMISSION,
        RAN,
        FAILED,
        SESSION_START,
        SESSION_END,
        PROMPT,
        SUBAGENT_START,
        SUBAGENT_STOP,
        TURN_END
    }

    /**
     * What a client calls what it sends.
     *
     * @param event where the event's name stands, or null where it says none
     */
    record Names(
            @Nullable String event,
            String session,
            String tool,
            String input,
            String callId,
            String output) {
        /** As Claude Code and those that followed it have them. */
        static final Names SNAKE =
                new Names(
                        "hook_event_name",
                        "session_id",
                        "tool_name",
                        "tool_input",
                        "tool_use_id",
                        "tool_response");
    }

    private final String client;
    private final Map<String, Moment> events;
    private final Names names;

    /**
     * For one client.
     *
     * @param events its own names of what happens
     */
    HookReader(String client, Map<String, Moment> events, Names names) {
        this.client = client;
        this.events = Map.copyOf(events);
        this.names = names;
    }

    /** The client's name. */
    String client() {
        return client;
    }

    /** The client's own names of its events. */
    Set<String> events() {
        return events.keySet();
    }

    /** Whether the client waits for a decision there; a name that nobody knows may be one. */
    boolean decides(String event) {
        Moment moment = events.get(event);
        return moment == null || moment == Moment.CALL || moment == Moment.PERMISSION;
    }

    /** Whether an answer to this has to be a decision. */
    boolean asks(HookEvent event) {
        return switch (event) {
            case HookEvent.ToolUse _, HookEvent.PermissionRequest _, HookEvent.CanaryCall _ -> true;
            case HookEvent.Unreadable unreadable -> decides(unreadable.event());
            case HookEvent.Other other -> decides(other.name());
            case HookEvent.Ran _,
                    HookEvent.SessionStart _,
                    HookEvent.SessionEnd _,
                    HookEvent.Prompt _,
                    HookEvent.SubagentStart _,
                    HookEvent.SubagentStop _,
                    HookEvent.Stop _,
                    HookEvent.ConfigChange _ ->
                    false;
        };
    }

    HookEvent read(String event, JsonNode body, Scene scene) {
        if (!(body instanceof ObjectNode hook)) {
            return unreadable(event, "the body is not a JSON object");
        }
        String session = HookFields.text(hook, names.session());
        String named = names.event() == null ? null : HookFields.text(hook, names.event());
        try {
            if (named != null && !named.equals(event)) {
                throw new Unclear(
                        "the hook for `%s` is wired to the address of `%s`"
                                .formatted(HookFields.shown(named), HookFields.shown(event)));
            }
            Moment moment = events.get(event);
            return moment == null
                    ? new HookEvent.Other(Wording.bounded(event, HookFields.LONGEST_NAME), session)
                    : read(moment, hook, scene);
        } catch (Unclear problem) {
            return new HookEvent.Unreadable(
                    named == null || decides(event) ? event : named, problem.reason, session);
        }
    }

    HookEvent.Unreadable unreadable(String event, String reason) {
        return new HookEvent.Unreadable(event, reason, null);
    }

    private HookEvent read(Moment moment, ObjectNode hook, Scene scene) throws Unclear {
        return switch (moment) {
            case CALL -> {
                if (Canary.TOOL.equals(HookFields.text(hook, names.tool()))) {
                    yield new HookEvent.CanaryCall(
                            HookFields.text(hook, names.session()), nonce(hook));
                }
                yield new HookEvent.ToolUse(
                        call(hook, HookFields.text(hook, names.callId()), scene));
            }
            case PERMISSION -> new HookEvent.PermissionRequest(call(hook, null, scene));
            case RAN -> ran(hook, "success", hook.path(names.output()));
            case FAILED -> ran(hook, "failure", hook.path("error"));
            case SESSION_START ->
                    new HookEvent.SessionStart(
                            HookFields.required(hook, names.session()),
                            HookFields.cwd(hook, scene),
                            Wording.bounded(
                                    hook.path("source").asText(""), HookFields.LONGEST_NAME));
            case SESSION_END ->
                    new HookEvent.SessionEnd(
                            HookFields.required(hook, names.session()),
                            Wording.bounded(
                                    hook.path("reason").asText(""), HookFields.LONGEST_NAME));
            case PROMPT ->
                    new HookEvent.Prompt(
                            HookFields.required(hook, names.session()),
                            HookFields.text(hook, "turn_id"),
                            Wording.bounded(hook.path("prompt").asText(""), LONGEST_PROMPT),
                            true);
            case SUBAGENT_START ->
                    new HookEvent.SubagentStart(
                            HookFields.required(hook, names.session()),
                            HookFields.text(hook, "agent_id"),
                            HookFields.text(hook, "agent_type"));
            case SUBAGENT_STOP ->
                    new HookEvent.SubagentStop(
                            HookFields.required(hook, names.session()),
                            HookFields.text(hook, "agent_id"),
                            HookFields.text(hook, "agent_type"));
            case TURN_END -> new HookEvent.Stop(HookFields.required(hook, names.session()));
        };
    }

    private HookEvent ran(ObjectNode hook, String status, JsonNode output) throws Unclear {
        return new HookEvent.Ran(
                new Outcome(
                        null,
                        HookFields.text(hook, names.callId()),
                        HookFields.required(hook, names.session()),
                        HookFields.required(hook, names.tool()),
                        status,
                        null,
                        HookFields.summary(output)));
    }

    private ToolCall call(ObjectNode hook, @Nullable String callId, Scene scene) throws Unclear {
        JsonNode given = hook.path(names.input());
        if (!(given instanceof ObjectNode input)) {
            throw new Unclear(
                    given.isMissingNode()
                            ? "`%s` is missing".formatted(names.input())
                            : "`%s` is not a JSON object".formatted(names.input()));
        }
        String agentType = HookFields.text(hook, "agent_type");
        if (agentType == null && hook.hasNonNull("agent_id")) {
            agentType = "subagent";
        }
        return call(
                client,
                HookFields.required(hook, names.tool()),
                input,
                HookFields.cwd(hook, scene),
                HookFields.required(hook, names.session()),
                agentType,
                callId,
                scene);
    }

    private String nonce(ObjectNode hook) throws Unclear {
        return nonce(hook.path(names.input()));
    }

    /** What a canary must be answered with. */
    static String nonce(JsonNode input) throws Unclear {
        return Canary.nonce(input.path("nonce").asText(""))
                .orElseThrow(() ->
                        new Unclear(
                                "the `nonce` of a canary is not 1 to 64 letters, digits or"
                                        + " dashes"));
    }

    /** A call of a client, whose session is its task. */
    static ToolCall call(
            String client,
            String tool,
            ObjectNode input,
            String cwd,
            String session,
            @Nullable String agentType,
            @Nullable String callId,
            Scene scene)
            throws Unclear {
        for (String field : PATH_FIELDS) {
            if (input.path(field).isTextual()) {
                HookFields.checkPath(field, input.path(field).textValue());
            }
        }
        Subject who = scene.subject();
        return new ToolCall(
                client,
                tool,
                input,
                new Context(
                        cwd,
                        scene.workspace().apply(cwd),
                        scene.home(),
                        scene.shell(),
                        scene.platform(),
                        scene.environment(),
                        scene.machine()),
                new Subject(who.tenant(), who.agent(), agentType, who.person(), who.project()),
                session,
                session,
                callId);
    }

    /** The call that proves a wiring, as this client would send it. */
    ObjectNode canary(String nonce) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, Moment> event : events.entrySet()) {
            if (names.event() != null && event.getValue() == Moment.CALL) {
                body.put(names.event(), event.getKey());
            }
        }
        body.put(names.session(), "canary-" + nonce).put("cwd", "/").put(names.tool(), Canary.TOOL);
        body.putObject(names.input()).put("nonce", nonce);
        return body;
    }
}
