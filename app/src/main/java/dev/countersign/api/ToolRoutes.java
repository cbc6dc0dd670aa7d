package dev.countersign.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.DecisionPoint;
import dev.countersign.decision.PolicySource;
import dev.countersign.decision.ToldJson;
import dev.countersign.decision.ToolPins;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import dev.countersign.policy.Decision;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /v1/mcp/tools}: what MCP servers say of their tools. */
public final class ToolRoutes {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_TOOLS = 5_000;
    private static final int LONGEST_DEFINITION = 33_000;

    private final ToolPins pins;
    private final DecisionPoint point;
    private final DecisionRoutes calls;

    ToolRoutes(ToolPins pins, DecisionPoint point, DecisionRoutes calls) {
        this.pins = pins;
        this.point = point;
        this.calls = calls;
    }

    /** What the page shows. */
    public ToolPins pins() {
        return pins;
    }

    /** Takes in what a gateway saw, and says what to show of it. */
    ObjectNode seen(ServerRequest request, ObjectNode body, Principal principal)
            throws NotRecorded {
        Fields fields =
                new Fields(body, "client", "server", "cwd", "session", "tools", ToldJson.MEMBER);
        String server = fields.required("server", 256);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tools");
        for (ObjectNode each : fields.objects("tools", MOST_TOOLS)) {
            Fields tool = new Fields(each, "name", "sha256", "definition");
            String name = tool.required("name", 256);
            String sha256 = tool.required("sha256", 64);
            if (!SHA256.matcher(sha256).matches()) {
                throw Problem.badRequest("`sha256` must be 64 hexadecimal digits");
            }
            State state =
                    pins.seen(
                            server,
                            name,
                            sha256,
                            tool.required("definition", LONGEST_DEFINITION),
                            calls.subject(principal).agent());
            ObjectNode call = body.deepCopy();
            call.remove(List.of("server", "tools", "session"));
            call.put("tool", "mcp__" + server + "__" + name).putObject("input");
            list.addObject()
                    .put("name", name)
                    .put("sha256", sha256)
                    .put("state", state.wire())
                    .put(
                            "hidden",
                            denied(calls.call(request, call, principal, calls.subject(principal))));
        }
        return json;
    }

    /** Whether policy denies the tool whatever it is given. */
    private boolean denied(ToolCall call) {
        try {
            return point.tried(call) instanceof Decision.Deny deny
                    && switch (deny.explanation().decider().kind()) {
                        case RULE, DEFAULT_POLICY, FLOOR -> true;
                        case GRANT, PERSON, STOP, FAILURE -> false;
                    };
        } catch (PolicySource.Unreadable e) {
            // Its calls are refused for that; what is listed says nothing of it.
            return false;
        }
    }

    /** What is known. */
    ObjectNode list(Optional<String> state) {
        Optional<State> wanted =
                state.map(text ->
                        State.of(text)
                                .orElseThrow(() ->
                                        Problem.badRequest(
                                                "`state` is `"
                                                        + Fields.shown(text)
                                                        + "`; expected first, waiting or"
                                                        + " accepted")));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("tools");
        pins.all(wanted).forEach(pin -> list.add(json(pin)));
        return json;
    }

    private static ObjectNode json(Pin pin) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("server", pin.server())
                .put("tool", pin.tool())
                .put("sha256", pin.sha256())
                .put("state", pin.state().wire())
                .put("agent", pin.agent())
                .put("seen", pin.at().toString())
                .put("definition", pin.definition());
    }

    /** A person accepts a definition that is not the first. */
    ObjectNode accept(ObjectNode body, Principal principal) throws NotRecorded {
        Fields fields = new Fields(body, "server", "tool", "sha256");
        accept(
                fields.required("server", 256),
                fields.required("tool", 256),
                fields.required("sha256", 64),
                principal);
        return body;
    }

    /**
     * The same for pages.
     *
     * @throws Problem when this person may not, or nothing such waits
     */
    public void accept(String server, String tool, String sha256, Principal principal)
            throws NotRecorded {
        if (!(principal instanceof Principal.Person person) || !person.votes()) {
            throw Problem.forbidden("only signed-in people accept what a tool says of itself");
        }
        Problem.require(person, Permission.ACCEPT);
        if (!pins.accept(server, tool, sha256, person.email())) {
            throw Problem.notFound(
                    "no such description of `"
                            + Fields.shown(tool)
                            + "` of `"
                            + Fields.shown(server)
                            + "` waits to be accepted");
        }
    }
}
