package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Claude Code's hooks, as measured on 2.1.329.
 *
 * <p>What it does with an answer decides how we word it: a PreToolUse {@code allow} does not lift
 * the user's own deny and ask rules; {@code ask} is a denial without a terminal and no gate in auto
 * mode, so it is never written; an answer without a decision lets the normal flow go on, so a tool
 * call never gets one; {@code continue:false} alone still runs the call, so a stop also denies; on
 * Stop and SubagentStop a {@code block} would make the model go on, so those are only observed.
 */
public final class ClaudeCode implements Client {
    public static final String NAME = "claude-code";

    private static final Set<String> SILENT =
            Set.of(
                    "PostToolUse",
                    "PostToolUseFailure",
                    "PostToolBatch",
                    "SessionStart",
                    "SessionEnd",
                    "UserPromptSubmit",
                    "SubagentStart",
                    "SubagentStop",
                    "Stop",
                    "Notification",
                    "MessageDisplay",
                    "PermissionDenied",
                    "Elicitation",
                    "ElicitationResult");

    private static final List<String> PATH_FIELDS = List.of("file_path", "notebook_path", "path");

    private static final int LONGEST_PROMPT = 2_000;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public HookEvent read(String event, JsonNode body, Scene scene) {
        if (!(body instanceof ObjectNode hook)) {
            return unreadable(event, "the body is not a JSON object");
        }
        String session = HookFields.text(hook, "session_id");
        String named = HookFields.text(hook, "hook_event_name");
        // The client reads the answer as one to its own event, whatever address it was wired to.
        String actual = named == null ? event : named;
        try {
            if (!actual.equals(event)) {
                throw new HookFields.Unclear(
                        "the hook for `%s` is wired to the address of `%s`"
                                .formatted(HookFields.shown(actual), HookFields.shown(event)));
            }
            return read(hook, actual, session, scene);
        } catch (HookFields.Unclear problem) {
            return new HookEvent.Unreadable(actual, problem.reason, session);
        }
    }

    private static HookEvent read(
            ObjectNode hook, String event, @Nullable String session, Scene scene)
            throws HookFields.Unclear {
        return switch (event) {
            case "PreToolUse" -> {
                if (Canary.TOOL.equals(HookFields.text(hook, "tool_name"))) {
                    yield new HookEvent.CanaryCall(session, nonce(hook));
                }
                yield new HookEvent.ToolUse(
                        call(
                                hook,
                                HookFields.required(hook, "session_id"),
                                HookFields.text(hook, "tool_use_id"),
                                scene));
            }
            case "PermissionRequest" ->
                    new HookEvent.PermissionRequest(
                            call(hook, HookFields.required(hook, "session_id"), null, scene));
            case "PostToolUse" ->
                    outcome(hook, "success", HookFields.summary(hook.path("tool_response")));
            case "PostToolUseFailure" ->
                    outcome(
                            hook,
                            "failure",
                            (hook.path("is_interrupt").asBoolean(false) ? "interrupted: " : "")
                                    + HookFields.summary(hook.path("error")));
            case "SessionStart" ->
                    new HookEvent.SessionStart(
                            HookFields.required(hook, "session_id"),
                            HookFields.cwd(hook, scene),
                            Wording.bounded(
                                    hook.path("source").asText(""), HookFields.LONGEST_NAME));
            case "SessionEnd" ->
                    new HookEvent.SessionEnd(
                            HookFields.required(hook, "session_id"),
                            Wording.bounded(
                                    hook.path("reason").asText(""), HookFields.LONGEST_NAME));
            case "UserPromptSubmit" -> {
                String prompt = hook.path("prompt").asText("");
                yield new HookEvent.Prompt(
                        HookFields.required(hook, "session_id"),
                        HookFields.text(hook, "prompt_id"),
                        Wording.bounded(prompt, LONGEST_PROMPT),
                        !prompt.stripLeading().startsWith("<task-notification>"));
            }
            case "SubagentStart" ->
                    new HookEvent.SubagentStart(
                            HookFields.required(hook, "session_id"),
                            HookFields.text(hook, "agent_id"),
                            HookFields.text(hook, "agent_type"));
            case "SubagentStop" ->
                    new HookEvent.SubagentStop(
                            HookFields.required(hook, "session_id"),
                            HookFields.text(hook, "agent_id"),
                            HookFields.text(hook, "agent_type"));
            case "Stop" -> new HookEvent.Stop(HookFields.required(hook, "session_id"));
            case "ConfigChange" -> {
                String file = HookFields.required(hook, "file_path");
                HookFields.checkPath("file_path", file);
                yield new HookEvent.ConfigChange(
                        HookFields.required(hook, "session_id"),
                        HookFields.cwd(hook, scene),
                        file,
                        Wording.bounded(hook.path("source").asText(""), HookFields.LONGEST_NAME));
            }
            default ->
                    new HookEvent.Other(Wording.bounded(event, HookFields.LONGEST_NAME), session);
        };
    }

    private static ToolCall call(
            ObjectNode hook, String session, @Nullable String callId, Scene scene)
            throws HookFields.Unclear {
        String tool = HookFields.required(hook, "tool_name");
        JsonNode given = hook.path("tool_input");
        if (!(given instanceof ObjectNode input)) {
            throw new HookFields.Unclear(
                    given.isMissingNode()
                            ? "`tool_input` is missing"
                            : "`tool_input` is not a JSON object");
        }
        for (String field : PATH_FIELDS) {
            if (input.path(field).isTextual()) {
                HookFields.checkPath("tool_input." + field, input.path(field).textValue());
            }
        }
        String cwd = HookFields.cwd(hook, scene);
        Subject who = scene.subject();
        // A subagent sends the session of its main agent and is told apart by its agent_type only.
        String agentType = HookFields.text(hook, "agent_type");
        if (agentType == null && hook.has("agent_id")) {
            agentType = "subagent";
        }
        return new ToolCall(
                NAME,
                tool,
                input,
                new Context(
                        cwd,
                        scene.workspace().apply(projectFolder(hook, cwd)),
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

    /**
     * Where the session was started, when it can be told: the working directory may have moved
     * below it since, and the workspace must not shrink or grow with every {@code cd}. The name of
     * the folder that holds the transcript is the start folder with all but letters and digits
     * turned into dashes.
     */
    private static String projectFolder(ObjectNode hook, String cwd) {
        String transcript = HookFields.text(hook, "transcript_path");
        if (transcript == null) {
            return cwd;
        }
        String[] parts = transcript.split("[/\\\\]", -1);
        if (parts.length < 2) {
            return cwd;
        }
        String key = parts[parts.length - 2];
        for (String folder = cwd; !folder.isEmpty(); folder = parent(folder)) {
            if (folder.replaceAll("[^A-Za-z0-9]", "-").equals(key)) {
                return folder;
            }
        }
        return cwd;
    }

    private static String parent(String folder) {
        int slash = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
        return slash <= 0 ? "" : folder.substring(0, slash);
    }

    private static String nonce(ObjectNode hook) throws HookFields.Unclear {
        return Canary.nonce(hook.path("tool_input").path("nonce").asText(""))
                .orElseThrow(() ->
                        new HookFields.Unclear(
                                "`tool_input.nonce` of a canary is not 1 to 64 letters,"
                                        + " digits or dashes"));
    }

    private static HookEvent outcome(ObjectNode hook, String status, String output)
            throws HookFields.Unclear {
        JsonNode duration = hook.path("duration_ms");
        return new HookEvent.Ran(
                new Outcome(
                        null,
                        HookFields.text(hook, "tool_use_id"),
                        HookFields.required(hook, "session_id"),
                        HookFields.required(hook, "tool_name"),
                        status,
                        duration.isNumber() ? Math.max(0, duration.asLong()) : null,
                        output));
    }

    @Override
    public ObjectNode answer(HookEvent event, HookAnswer answer) {
        return switch (event) {
            case HookEvent.ToolUse _ -> preToolUse(answer);
            case HookEvent.CanaryCall canary -> denied(Canary.ANSWER + canary.nonce());
            case HookEvent.PermissionRequest _ -> permissionRequest(answer);
            case HookEvent.ConfigChange _ -> configChange(answer);
            case HookEvent.SessionStart _ -> sessionStart(answer);
            case HookEvent.Prompt _ -> prompt(answer);
            case HookEvent.Ran _ -> outcome(answer);
            case HookEvent.Unreadable unreadable -> unreadable(unreadable, answer);
            case HookEvent.SessionEnd _,
                    HookEvent.SubagentStart _,
                    HookEvent.SubagentStop _,
                    HookEvent.Stop _,
                    HookEvent.Other _ ->
                    nothing();
        };
    }

    @Override
    public Duration patience(String event) {
        return ClaudeCodeSettings.patience(event);
    }

    @Override
    public boolean isAnswer(HookEvent event, ObjectNode answer) {
        JsonNode specific = answer.path("hookSpecificOutput");
        String said =
                switch (event) {
                    case HookEvent.ToolUse _, HookEvent.CanaryCall _ ->
                            specific.path("permissionDecision").asText();
                    case HookEvent.PermissionRequest _ ->
                            specific.path("decision").path("behavior").asText();
                    case HookEvent.Unreadable(String name, _, _) ->
                            switch (name) {
                                case "PreToolUse" -> specific.path("permissionDecision").asText();
                                case "PermissionRequest" ->
                                        specific.path("decision").path("behavior").asText();
                                default -> "deny";
                            };
                    // These are allowed to be silent.
                    case HookEvent.Ran _,
                            HookEvent.SessionStart _,
                            HookEvent.SessionEnd _,
                            HookEvent.Prompt _,
                            HookEvent.SubagentStart _,
                            HookEvent.SubagentStop _,
                            HookEvent.Stop _,
                            HookEvent.ConfigChange _,
                            HookEvent.Other _ ->
                            "deny";
                };
        return said.equals("allow") || said.equals("deny");
    }

    @Override
    public Set<String> markers() {
        return Set.of("CLAUDECODE");
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public boolean carriesNews(HookEvent event, HookAnswer answer) {
        if (answer instanceof HookAnswer.Stopped || answer instanceof HookAnswer.Failed) {
            return false;
        }
        return switch (event) {
            case HookEvent.ToolUse _,
                    HookEvent.Ran _,
                    HookEvent.Prompt _,
                    HookEvent.SessionStart _ ->
                    true;
            case HookEvent.PermissionRequest _,
                    HookEvent.CanaryCall _,
                    HookEvent.SessionEnd _,
                    HookEvent.SubagentStart _,
                    HookEvent.SubagentStop _,
                    HookEvent.Stop _,
                    HookEvent.ConfigChange _,
                    HookEvent.Other _,
                    HookEvent.Unreadable _ ->
                    false;
        };
    }

    /** A refused call shows the model its reason only, so the news stand there too. */
    @Override
    public void tell(HookEvent event, ObjectNode out, String news) {
        String text = Wording.clean(news);
        ObjectNode specific =
                out.path("hookSpecificOutput") instanceof ObjectNode there
                        ? there
                        : out.putObject("hookSpecificOutput").put("hookEventName", named(event));
        if ("deny".equals(specific.path("permissionDecision").asText())) {
            add(specific, "permissionDecisionReason", text);
        } else {
            add(specific, "additionalContext", text);
        }
    }

    private static void add(ObjectNode to, String field, String text) {
        String before = to.path(field).asText("");
        to.put(field, before.isEmpty() ? text : before + "\n" + text);
    }

    private static String named(HookEvent event) {
        return switch (event) {
            case HookEvent.Ran(Outcome outcome) ->
                    "failure".equals(outcome.status()) ? "PostToolUseFailure" : "PostToolUse";
            case HookEvent.Prompt _ -> "UserPromptSubmit";
            case HookEvent.SessionStart _ -> "SessionStart";
            default -> "PreToolUse";
        };
    }

    private static ObjectNode preToolUse(HookAnswer answer) {
        if (answer instanceof HookAnswer.Allow allow) {
            ObjectNode out = nothing();
            ObjectNode specific =
                    out.putObject("hookSpecificOutput")
                            .put("hookEventName", "PreToolUse")
                            .put("permissionDecision", "allow")
                            .put(
                                    "permissionDecisionReason",
                                    "Allowed by Countersign."
                                            + Wording.reference(allow.reference()));
            if (allow.input() != null) {
                specific.set("updatedInput", allow.input());
                // The client does not tell the model that something else ran.
                specific.put(
                        "additionalContext",
                        "A person approved this call with a change; what ran is: "
                                + Wording.visible(allow.input().toString()));
            }
            return out;
        }
        ObjectNode out = denied(Wording.refusal(answer));
        halt(out, answer);
        return out;
    }

    private static ObjectNode denied(String reason) {
        ObjectNode out = nothing();
        out.putObject("hookSpecificOutput")
                .put("hookEventName", "PreToolUse")
                .put("permissionDecision", "deny")
                .put("permissionDecisionReason", reason);
        return out;
    }

    private static ObjectNode permissionRequest(HookAnswer answer) {
        ObjectNode out = nothing();
        ObjectNode decision =
                out.putObject("hookSpecificOutput")
                        .put("hookEventName", "PermissionRequest")
                        .putObject("decision");
        if (answer instanceof HookAnswer.Allow) {
            decision.put("behavior", "allow");
        } else {
            decision.put("behavior", "deny").put("message", Wording.refusal(answer));
            if (answer instanceof HookAnswer.Stopped) {
                decision.put("interrupt", true);
            }
            halt(out, answer);
        }
        return out;
    }

    private static ObjectNode configChange(HookAnswer answer) {
        return switch (answer) {
            case HookAnswer.Noted _, HookAnswer.Allow _ -> nothing();
            case HookAnswer.Deny _,
                    HookAnswer.Failed _,
                    HookAnswer.Stopped _,
                    HookAnswer.Greeting _,
                    HookAnswer.Block _ ->
                    nothing().put("decision", "block").put("reason", Wording.refusal(answer));
        };
    }

    private static ObjectNode sessionStart(HookAnswer answer) {
        ObjectNode out = nothing();
        if (answer instanceof HookAnswer.Greeting greeting) {
            if (!greeting.forPerson().isEmpty()) {
                out.put("systemMessage", Wording.clean(greeting.forPerson()));
            }
            if (!greeting.forAgent().isEmpty()) {
                out.putObject("hookSpecificOutput")
                        .put("hookEventName", "SessionStart")
                        .put("additionalContext", Wording.clean(greeting.forAgent()));
            }
        } else if (answer instanceof HookAnswer.Failed || answer instanceof HookAnswer.Stopped) {
            out.put("systemMessage", Wording.refusal(answer));
        }
        return out;
    }

    /** A stopped task takes no further prompt; anything else is not a prompt's business. */
    private static ObjectNode prompt(HookAnswer answer) {
        return answer instanceof HookAnswer.Stopped
                ? nothing().put("decision", "block").put("reason", Wording.refusal(answer))
                : nothing();
    }

    private static ObjectNode outcome(HookAnswer answer) {
        ObjectNode out = nothing();
        halt(out, answer);
        return out;
    }

    private static ObjectNode unreadable(HookEvent.Unreadable event, HookAnswer answer) {
        // Only a stop says more than that the body could not be judged.
        HookAnswer refusal =
                answer instanceof HookAnswer.Failed || answer instanceof HookAnswer.Stopped
                        ? answer
                        : new HookAnswer.Failed(event.reason(), "");
        if (SILENT.contains(event.event())) {
            return nothing();
        }
        return switch (event.event()) {
            case "PermissionRequest" -> permissionRequest(refusal);
            case "ConfigChange" -> configChange(refusal);
            // A name we do not know may stand in front of a tool call for all we can tell.
            default -> preToolUse(refusal);
        };
    }

    private static void halt(ObjectNode out, HookAnswer answer) {
        if (answer instanceof HookAnswer.Stopped) {
            out.put("continue", false).put("stopReason", Wording.refusal(answer));
        }
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }
}
