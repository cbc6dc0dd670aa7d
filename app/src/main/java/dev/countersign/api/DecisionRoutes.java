package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Scene;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.Receipt;
import dev.countersign.call.Context;
import dev.countersign.call.Place;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Answer;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.Decisions;
import dev.countersign.decision.Journal;
import dev.countersign.decision.Outcome;
import dev.countersign.decision.PolicySource;
import dev.countersign.decision.ToldJson;
import dev.countersign.decision.ToolPins;
import dev.countersign.people.Principal;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Effect;
import dev.countersign.policy.PolicySnapshot;
import io.helidon.webserver.http.ServerRequest;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /v1/decisions} and {@code /v1/outcomes}. */
final class DecisionRoutes {
    /** The longest a call is held. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(60);

    private static final List<String> PATH_FIELDS =
            List.of("file_path", "notebook_path", "path", "command");

    /** The server ends where two underscores stand first. */
    private static final Pattern MCP_TOOL = Pattern.compile("(?s)mcp__(.+?)__(.+)");

    private final DecisionPoint point;
    private final Decisions found;
    private final Journal journal;
    private final AuditQuery audit;
    private final String tenant;
    private final Whereabouts whereabouts;
    private final ToolPins toolPins;
    private final Views views;
    private final Events events;
    private final Counters counters;

    DecisionRoutes(
            DecisionPoint point,
            Decisions found,
            Journal journal,
            AuditQuery audit,
            String tenant,
            Whereabouts whereabouts,
            ToolPins toolPins,
            Views views,
            Events events,
            Counters counters) {
        this.point = point;
        this.found = found;
        this.journal = journal;
        this.audit = audit;
        this.tenant = tenant;
        this.whereabouts = whereabouts;
        this.toolPins = toolPins;
        this.views = views;
        this.events = events;
        this.counters = counters;
    }

    /** Decides, and tells who watches. */
    Answer decide(ToolCall call, Duration wait, boolean rewrites) {
        long from = System.nanoTime();
        Answer answer = point.decide(call, wait, rewrites);
        counters.tookNanos(System.nanoTime() - from);
        tell(call, answer);
        return answer;
    }

    /** Decides, puts no question to people, and tells who watches. */
    Answer evaluate(ToolCall call) {
        return told(call, point.evaluate(call));
    }

    /** Whether policy allows a call by itself, with nothing recorded and nothing used up. */
    boolean wouldAllow(ToolCall call) {
        try {
            return point.foreseen(call) == Effect.ALLOW;
        } catch (PolicySource.Unreadable e) {
            return false;
        }
    }

    /** The documents in force for a call. */
    PolicySnapshot inForce(ToolCall call) {
        try {
            return point.inForce(call);
        } catch (PolicySource.Unreadable e) {
            throw new Problem(
                    Problem.Kind.UNSERVED, "the policies cannot be read: " + e.getMessage());
        }
    }

    /** Puts a call to people where policy asks, and tells who watches. */
    Answer request(ToolCall call) {
        return told(call, point.request(call));
    }

    private Answer told(ToolCall call, Answer answer) {
        tell(call, answer);
        return answer;
    }

    /** How long an approval may be used. */
    Duration expiry() {
        return point.expiry();
    }

    /** Records what could not even be read, and tells who watches. */
    Answer cannotJudge(String client, @Nullable String tool, Subject subject, String why) {
        Answer answer = point.cannotJudge(client, tool, subject.agent(), why);
        counters.decided(answer.effect(), true);
        return answer;
    }

    private void tell(ToolCall call, Answer answer) {
        counters.decided(answer.effect(), answer.decider().kind() == Decider.Kind.FAILURE);
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("id", answer.id());
        data.put("effect", answer.effect().wire());
        data.put("risk", answer.decision().explanation().risk().wire());
        data.put("reason", answer.reason());
        data.put("agent", call.subject().agent());
        data.put("client", call.client());
        data.put("tool", call.tool());
        if (answer.receipt() != null) {
            data.put("index", answer.receipt().index());
        }
        Subject subject = call.subject();
        events.publish(new Events.Event("decision", data, subject.project(), subject.person()));
    }

    /** {@code POST /v1/decisions}. */
    ObjectNode post(ServerRequest request, ObjectNode body, Principal principal) {
        Subject subject = subject(principal);
        ToolCall call;
        Duration wait;
        try {
            Scene scene = scene(request, principal, subject, body);
            Fields fields =
                    new Fields(
                            body,
                            "client",
                            "tool",
                            "input",
                            "cwd",
                            "workspace",
                            "agent",
                            "session",
                            "task",
                            "definition",
                            "wait");
            wait = fields.duration("wait", LONGEST_WAIT).orElse(Duration.ZERO);
            call = described(call(fields, scene), fields.text("definition", 64));
        } catch (Problem problem) {
            if (problem.kind() == Problem.Kind.BAD_REQUEST) {
                cannotJudge("api", null, subject, problem.detail());
            }
            throw problem;
        }
        return views.of(decide(call, wait, false));
    }

    /** The call of a tool, marked where that is described in another way than was accepted. */
    private ToolCall described(ToolCall call, Optional<String> sha256) {
        if (sha256.isEmpty()) {
            return call;
        }
        Matcher mcp = MCP_TOOL.matcher(call.tool());
        if (!mcp.matches()) {
            throw Problem.badRequest(
                    "`definition` belongs to a tool named `mcp__SERVER__TOOL`, not to `"
                            + Fields.shown(call.tool())
                            + "`");
        }
        return toolPins.holds(mcp.group(1), mcp.group(2), sha256.get())
                ? call
                : call.ofDriftedTool();
    }

    /** The call a body describes, as from this subject. */
    ToolCall call(ServerRequest request, ObjectNode body, Principal by, Subject subject) {
        Scene scene = scene(request, by, subject, body);
        return call(new Fields(body, "client", "tool", "input", "cwd", "workspace"), scene);
    }

    /** Where the calls of a body run. */
    Scene scene(ServerRequest request, Principal by, Subject subject, ObjectNode body) {
        try {
            return whereabouts.of(request, by, subject, body);
        } catch (ToldJson.Malformed e) {
            throw Problem.badRequest("`" + ToldJson.MEMBER + "`: " + e.getMessage());
        }
    }

    private static ToolCall call(Fields fields, Scene scene) {
        Subject token = scene.subject();
        String client = fields.required("client", 64);
        String tool = fields.required("tool", 256);
        ObjectNode input = fields.object("input");
        for (String name : PATH_FIELDS) {
            JsonNode value = input.path(name);
            if (value.isTextual() && value.textValue().indexOf('\0') >= 0) {
                throw Problem.badRequest("`input." + name + "` holds a NUL character");
            }
        }
        String cwd = absolute("cwd", fields.required("cwd", 4_096));
        Subject subject = withLabel(token, fields.text("agent", 128).orElse(token.agent()));
        String workspace =
                fields.text("workspace", 4_096)
                        .map(path -> absolute("workspace", path))
                        .orElseGet(() -> scene.workspace().apply(cwd));
        String session = fields.text("session", 256).orElse(null);
        String task = fields.text("task", 256).orElse(session);
        return new ToolCall(
                client, tool, input, context(scene, cwd, workspace), subject, session, task, null);
    }

    private static Context context(Scene scene, String cwd, String workspace) {
        return new Context(
                cwd,
                workspace,
                scene.home(),
                scene.shell(),
                scene.platform(),
                scene.environment(),
                scene.machine());
    }

    /** A folder as somebody names it. */
    static String absoluteFolder(String path) {
        return absolute("context", path);
    }

    private static String absolute(String name, String path) {
        // However it is written, it is the folder that projects are found by.
        if (path.startsWith("/") && path.indexOf('\0') < 0) {
            try {
                return Path.of(path).normalize().toString();
            } catch (InvalidPathException e) {
                // A name that this machine's locale cannot write; it is judged as it stands.
                return path;
            }
        }
        if (path.matches("[A-Za-z]:[/\\\\].*|\\\\\\\\[^\\\\]+\\\\.*")) {
            return path;
        }
        throw Problem.badRequest(
                "`" + name + "` must be an absolute path, not `" + Fields.shown(path) + "`");
    }

    /** The token's own agent, or one of its subagents as {@code AGENT/LABEL}. */
    private static Subject withLabel(Subject token, String agent) {
        if (agent.equals(token.agent())) {
            return token;
        }
        String prefix = token.agent() + "/";
        if (!agent.startsWith(prefix) || agent.length() == prefix.length()) {
            throw Problem.forbidden(
                    "`agent` is `"
                            + Fields.shown(agent)
                            + "`, but the token speaks for `"
                            + token.agent()
                            + "`; leave it out, or name a subagent as `"
                            + prefix
                            + "LABEL`");
        }
        return new Subject(
                token.tenant(),
                token.agent(),
                EntityReader.agentName(agent.substring(prefix.length())),
                token.person(),
                token.project());
    }

    /** The organisation all of it is of. */
    String tenant() {
        return tenant;
    }

    /** Who asks. */
    Subject subject(Principal principal) {
        return switch (principal) {
            case Principal.Agent agent -> agent.subject();
            case Principal.Person person ->
                    new Subject(tenant, "by-hand", null, person.email(), person.rights().project());
            case Principal.Owner _ ->
                    throw Problem.forbidden("the owner shortcut is no agent; use an agent's token");
        };
    }

    /**
     * {@code GET /v1/decisions/{id}}. The agent that asked gets the approval it waits for;
     * everybody else sees how things stand.
     */
    ObjectNode get(String id, Optional<String> waitText, Principal principal) {
        Duration wait =
                waitText.map(text -> Fields.duration("wait", text, LONGEST_WAIT))
                        .orElse(Duration.ZERO);
        Recorded last =
                visible(id, principal)
                        .orElseThrow(
                                () -> Problem.notFound("no decision `" + Fields.shown(id) + "`"));
        return (asks(principal, last)
                        ? found.find(id, wait, views::page)
                        : found.look(id, wait, views::page))
                .orElseThrow(() -> Problem.notFound("no decision `" + Fields.shown(id) + "`"));
    }

    /** Whether the caller is who asked for this decision: an approval is used up by nobody else. */
    private boolean asks(Principal principal, Recorded decision) {
        boolean may =
                principal instanceof Principal.Agent
                        || (principal instanceof Principal.Person p && p.votes());
        JsonNode call = decision.body().path("body").path("call");
        return may
                && subject(principal).agent().equals(call.path("agent").textValue())
                && Objects.equals(subject(principal).person(), call.path("driver").textValue());
    }

    /** The last word on a decision, if this caller may know it. */
    Optional<Recorded> visible(String id, Principal principal) {
        return audit.ofDecision(id).stream()
                .filter(r -> "decision".equals(r.body().path("kind").textValue()))
                .filter(r ->
                        principal instanceof Principal.Agent agent
                                ? agent.asked(
                                        r.body().path("agent").textValue(),
                                        r.body()
                                                .path("body")
                                                .path("call")
                                                .path("driver")
                                                .textValue())
                                : Places.reach(
                                        principal,
                                        new Place(r.body().path("project").textValue(), Set.of())))
                .reduce((_, later) -> later);
    }

    /** {@code POST /v1/outcomes}. */
    ObjectNode outcome(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "decision", "status", "duration_ms", "output");
        String decision = fields.required("decision", 64);
        String status = fields.choice("status", "success", "failure");
        Long duration = fields.count("duration_ms", 1L << 40).orElse(null);
        String output = fields.anyText("output", Bodies.MOST_BYTES).orElse("");
        Recorded known =
                visible(decision, principal)
                        .filter(asked -> asks(principal, asked))
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "no decision `"
                                                + Fields.shown(decision)
                                                + "` that you asked for"));
        Receipt receipt =
                journal.outcome(
                        known.body().path("client").asText("api"),
                        subject(principal),
                        new Outcome(
                                decision,
                                null,
                                known.body().path("session").textValue(),
                                known.body().path("tool").textValue(),
                                status,
                                duration,
                                output));
        counters.outcome();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("receipt").put("index", receipt.index()).put("hash", receipt.hash());
        return json;
    }
}
