package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an editor and an agent that speak the Agent Client Protocol. Where the agent asks
 * for permission, the authority answers and not the editor; a mode in which it would not ask is
 * refused. Everything else passes as the bytes it came as.
 */
public final class AcpProxy implements Relay {
    private static final String PERMISSION = "session/request_permission";
    private static final String SET_MODE = "session/set_mode";
    private static final String SET_OPTION = "session/set_config_option";
    private static final Set<String> OPENS =
            Set.of("session/new", "session/load", "session/resume", "session/fork");

    /** What a person says who knows that an agent has no modes. */
    private static final String NONE = "none";

    /** Modes that ask before what they do, the best first. */
    private static final List<String> ASKING =
            List.of("default", "approve", "ask", "manual", "read-only");

    /** What an editor may choose as well: it does less. */
    private static final Set<String> STRICTER = Set.of("plan", "read-only");

    /** Settings of a session that have nothing to do with permission. */
    private static final Set<String> HARMLESS = Set.of("model", "thought_level");

    /** The protocol knows no deadline; the server ends a question before. */
    private static final Duration HOLD = Duration.ofMinutes(55);

    private final Settings settings;
    private final Gate gate;
    private final Wire editor;
    private final Wire agent;
    private final Map<Rpc.Id, Rpc.Request> askedOfAgent = new ConcurrentHashMap<>();
    private final Map<Rpc.Id, Consumer<Rpc.Reply>> own = new ConcurrentHashMap<>();
    private final Set<Rpc.Id> askedOfEditor = ConcurrentHashMap.newKeySet();
    private final Map<Rpc.Id, Held> held = new ConcurrentHashMap<>();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    /**
     * How it works.
     *
     * @param client the agent, as rules and records name it
     * @param cwd where sessions are that say nothing of it
     * @param run tells the sessions of this run from those of others
     * @param mode the mode that sessions are kept in; empty for the best of those that ask
     * @param hold how long a call waits for people
     */
    public record Settings(
            String client,
            String cwd,
            String run,
            Optional<String> mode,
            Optional<Duration> hold,
            Consumer<String> notes) {}

    /** A session: where it works, and the mode it is kept in. */
    private record Session(String cwd, @Nullable String mode, Modes modes) {}

    /** A question for permission that waits. */
    private static final class Held {
        private final String session;
        private volatile boolean cancelled;

        Held(String session) {
            this.session = session;
        }
    }

    AcpProxy(Settings settings, Authority authority, Wire editor, Wire agent) {
        this.settings = settings;
        this.gate = new Gate(authority);
        this.editor = editor;
        this.agent = agent;
    }

    @Override
    public void fromClient(byte[] line) {
        try {
            switch (Rpc.read(line)) {
                case Rpc.Request request -> ofEditor(request);
                case Rpc.Notice notice -> {
                    if (Rpc.resembles(notice.method(), SET_MODE)
                            || Rpc.resembles(notice.method(), SET_OPTION)) {
                        throw new Rpc.Unreadable(
                                Rpc.INVALID_REQUEST, null, "a change of mode without an id");
                    }
                    if (notice.method().equals("session/cancel")) {
                        cancel(text(notice.params(), "sessionId"));
                    }
                    agent.send(notice.raw());
                }
                case Rpc.Reply reply -> {
                    if (reply.id() != null && askedOfEditor.remove(reply.id())) {
                        agent.send(reply.raw());
                    } else {
                        settings.notes().accept("the editor answered what nobody asked it");
                    }
                }
            }
        } catch (Rpc.Unreadable e) {
            settings.notes().accept("a message of the editor was not passed on: " + e.getMessage());
            Rpc.Id id = e.id() != null && askedOfAgent.containsKey(e.id()) ? null : e.id();
            editor.send(
                    Rpc.error(
                            id,
                            e.code(),
                            "Countersign did not pass this message on: " + e.getMessage()));
        }
    }

    private void ofEditor(Rpc.Request request) throws Rpc.Unreadable {
        for (String method : List.of(SET_MODE, SET_OPTION)) {
            if (Rpc.resembles(request.method(), method) && !request.method().equals(method)) {
                throw new Rpc.Unreadable(
                        Rpc.INVALID_REQUEST, request.id(), "its method is only like another");
            }
        }
        if (request.params() != null) {
            Rpc.unambiguous(
                    request.params(),
                    Set.of("sessionId", "modeId", "configId", "value"),
                    request.id());
        }
        Session session = sessions.get(text(request.params(), "sessionId"));
        switch (request.method()) {
            case SET_MODE -> requireMode(request, session, text(request.params(), "modeId"));
            case SET_OPTION -> {
                String option = text(request.params(), "configId");
                String kind =
                        session == null
                                ? ""
                                : session.modes().categories().getOrDefault(option, "");
                if (kind.equals("mode")) {
                    requireMode(request, session, text(request.params(), "value"));
                } else if (!HARMLESS.contains(kind)) {
                    throw new Rpc.Unreadable(
                            Rpc.INVALID_PARAMS,
                            request.id(),
                            "the option `"
                                    + Words.visible(option)
                                    + "` may decide whether the agent asks");
                }
            }
            default -> {}
        }
        if (askedOfAgent.putIfAbsent(request.id(), request) != null) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST, null, "another question with this id waits");
        }
        agent.send(request.raw());
    }

    private void requireMode(Rpc.Request request, @Nullable Session session, String mode)
            throws Rpc.Unreadable {
        if (session != null && (mode.equals(session.mode()) || STRICTER.contains(mode))) {
            return;
        }
        throw new Rpc.Unreadable(
                Rpc.INVALID_PARAMS,
                request.id(),
                "the mode stays `"
                        + (session == null || session.mode() == null ? "as it is" : session.mode())
                        + "`, so that the agent asks; a person chooses another with `--mode` of"
                        + " countersign acp");
    }

    @Override
    public void fromServer(byte[] line) {
        try {
            switch (Rpc.read(line)) {
                case Rpc.Request request -> ofAgent(request);
                case Rpc.Notice notice -> {
                    if (Rpc.resembles(notice.method(), PERMISSION)) {
                        settings.notes().accept("the agent asked for permission without an id");
                        return;
                    }
                    editor.send(notice.raw());
                    if (notice.method().equals("session/update")) {
                        updated(notice.params());
                    }
                }
                case Rpc.Reply reply -> answered(reply);
            }
        } catch (Rpc.Unreadable e) {
            settings.notes().accept("a message of the agent was not passed on: " + e.getMessage());
            if (e.id() != null) {
                agent.send(
                        Rpc.error(
                                e.id(),
                                e.code(),
                                "Countersign did not pass this message on: " + e.getMessage()));
            }
        }
    }

    private void ofAgent(Rpc.Request request) throws Rpc.Unreadable {
        if (Rpc.resembles(request.method(), PERMISSION)) {
            if (!request.method().equals(PERMISSION)) {
                throw new Rpc.Unreadable(
                        Rpc.INVALID_REQUEST, request.id(), "its method is only like another");
            }
            permission(request);
            return;
        }
        if (!askedOfEditor.add(request.id())) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST, null, "another question with this id waits");
        }
        editor.send(request.raw());
    }

    private void permission(Rpc.Request request) throws Rpc.Unreadable {
        ObjectNode params = request.params();
        if (params == null || !params.path("toolCall").isObject()) {
            throw new Rpc.Unreadable(Rpc.INVALID_PARAMS, request.id(), "it does not say what for");
        }
        Held one = new Held(text(params, "sessionId"));
        if (held.putIfAbsent(request.id(), one) != null) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST, null, "another question with this id waits");
        }
        Thread.ofVirtual()
                .name("permission")
                .start(() -> {
                    Gate.Outcome outcome;
                    try {
                        outcome = decide(params, one);
                    } catch (RuntimeException | StackOverflowError e) {
                        outcome =
                                new Gate.Outcome.Refused(
                                        Words.notJudged(
                                                "an error in the gateway ("
                                                        + e.getClass().getSimpleName()
                                                        + ")"));
                    }
                    if (held.remove(request.id(), one)) {
                        tell(request, params, outcome);
                    }
                });
    }

    private Gate.Outcome decide(ObjectNode params, Held one) {
        JsonNode toolCall = params.path("toolCall");
        if (toolCall.path("kind").asText("").equals("switch_mode")) {
            return new Gate.Outcome.Refused(
                    Words.notJudged("Countersign keeps the mode of the session"));
        }
        Session session = sessions.get(one.session);
        Gate.Outcome outcome =
                new Gate.Outcome.Refused(Words.notJudged("it does not say what for"));
        for (AcpCall call : AcpCall.of(toolCall)) {
            ObjectNode body =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("client", settings.client())
                            .put("tool", call.tool())
                            .put("cwd", session == null ? settings.cwd() : session.cwd())
                            .put("session", settings.run() + "-" + one.session);
            body.set("input", call.input());
            outcome =
                    gate.decide(
                            body,
                            new Gate.Patience(
                                    settings.hold().orElse(HOLD), () -> one.cancelled, _ -> {}));
            if (!(outcome instanceof Gate.Outcome.Allowed)) {
                return outcome;
            }
        }
        return outcome;
    }

    /** Answers the agent, and tells the editor why where it is a no: the agent gets no reason. */
    private void tell(Rpc.Request request, ObjectNode params, Gate.Outcome outcome) {
        switch (outcome) {
            case Gate.Outcome.Allowed _ -> {
                Optional<String> once = option(params, "allow_once");
                if (once.isPresent()) {
                    agent.send(Rpc.result(request.id(), selected(once.get())));
                } else {
                    settings.notes().accept("the agent offers no answer that is for once");
                    agent.send(Rpc.result(request.id(), no(params)));
                }
            }
            case Gate.Outcome.Refused(String words) -> {
                editor.send(why(params, words));
                agent.send(Rpc.result(request.id(), no(params)));
            }
        }
    }

    private static byte[] why(ObjectNode params, String words) {
        ObjectNode message = Rpc.message().put("method", "session/update");
        ObjectNode update =
                message.putObject("params")
                        .put("sessionId", text(params, "sessionId"))
                        .putObject("update");
        update.put("sessionUpdate", "tool_call_update");
        update.put("toolCallId", params.path("toolCall").path("toolCallId").asText(""));
        ObjectNode content = update.putArray("content").addObject().put("type", "content");
        content.putObject("content").put("type", "text").put("text", words);
        return Rpc.bytes(message);
    }

    private static JsonNode no(ObjectNode params) {
        return option(params, "reject_once")
                .or(() -> option(params, "reject_always"))
                .map(AcpProxy::selected)
                .orElseGet(AcpProxy::cancelled);
    }

    /** The only option of a kind; one id under two kinds is none. */
    private static Optional<String> option(ObjectNode params, String kind) {
        for (JsonNode option : params.path("options")) {
            String id = option.path("optionId").textValue();
            if (id == null || !option.path("kind").asText("").equals(kind)) {
                continue;
            }
            boolean twice =
                    params.path("options")
                            .valueStream()
                            .anyMatch(other ->
                                    id.equals(other.path("optionId").textValue())
                                            && !other.path("kind").asText("").equals(kind));
            if (!twice) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    private static JsonNode selected(String option) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.putObject("outcome").put("outcome", "selected").put("optionId", option);
        return result;
    }

    private static JsonNode cancelled() {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.putObject("outcome").put("outcome", "cancelled");
        return result;
    }

    /** The editor ends the turn: what waits in it is answered so, as the protocol wants it. */
    private void cancel(String session) {
        held.forEach((id, one) -> {
            if (one.session.equals(session) && held.remove(id, one)) {
                one.cancelled = true;
                agent.send(Rpc.result(id, cancelled()));
            }
        });
    }

    private void answered(Rpc.Reply reply) {
        Consumer<Rpc.Reply> ours = reply.id() == null ? null : own.remove(reply.id());
        if (ours != null) {
            ours.accept(reply);
            return;
        }
        Rpc.Request request = reply.id() == null ? null : askedOfAgent.remove(reply.id());
        if (request == null) {
            settings.notes().accept("the agent answered what nobody asked it");
        } else if (OPENS.contains(request.method()) && reply.result() != null) {
            opened(request, reply, reply.result());
        } else {
            editor.send(reply.raw());
        }
    }

    /** A session opens: it is put into a mode that asks before the editor hears of it. */
    private void opened(Rpc.Request request, Rpc.Reply reply, JsonNode result) {
        String id = result.path("sessionId").asText(text(request.params(), "sessionId"));
        String cwd = text(request.params(), "cwd");
        Modes modes = Modes.of(result);
        boolean any = settings.mode().equals(Optional.of(NONE));
        Optional<String> wanted =
                any ? Optional.empty() : settings.mode().or(() -> modes.asking(ASKING));
        if (wanted.isPresent() && !modes.offers(wanted.get())) {
            refuse(request, "the agent has no mode `" + Words.visible(wanted.get()) + "`");
            return;
        }
        if (wanted.isEmpty() && !any) {
            refuse(
                    request,
                    modes.isEmpty()
                            ? "the agent does not say which mode it is in; `--mode none` runs it"
                                    + " all the same"
                            : "none of the agent's modes is known to ask; choose one with `--mode`: "
                                    + modes.names());
            return;
        }
        String mode = wanted.orElse(null);
        sessions.put(id, new Session(cwd.isEmpty() ? settings.cwd() : cwd, mode, modes));
        if (mode == null || mode.equals(modes.current())) {
            editor.send(reply.raw());
            return;
        }
        set(
                id,
                mode,
                modes,
                done -> {
                    if (done.error() != null) {
                        sessions.remove(id);
                        refuse(request, "the agent does not go into the mode `" + mode + "`");
                        return;
                    }
                    editor.send(reply.raw());
                    editor.send(current(id, mode));
                });
    }

    private void refuse(Rpc.Request request, String why) {
        settings.notes().accept(why);
        editor.send(
                Rpc.error(
                        request.id(),
                        Rpc.INTERNAL_ERROR,
                        "Countersign did not open the session: " + why));
    }

    private void set(String session, String mode, Modes modes, Consumer<Rpc.Reply> then) {
        Rpc.Id id = Rpc.Id.of("countersign-" + number.incrementAndGet());
        ObjectNode message = Rpc.message();
        message.set("id", id.node());
        ObjectNode params;
        if (modes.option() == null) {
            params = message.put("method", SET_MODE).putObject("params").put("modeId", mode);
        } else {
            params =
                    message.put("method", SET_OPTION)
                            .putObject("params")
                            .put("configId", modes.option())
                            .put("value", mode);
        }
        params.put("sessionId", session);
        own.put(id, then);
        agent.send(Rpc.bytes(message));
    }

    private static byte[] current(String session, String mode) {
        ObjectNode message = Rpc.message().put("method", "session/update");
        message.putObject("params")
                .put("sessionId", session)
                .putObject("update")
                .put("sessionUpdate", "current_mode_update")
                .put("currentModeId", mode);
        return Rpc.bytes(message);
    }

    /** The agent may change its mode by itself; it is put back, or the turn ends. */
    private void updated(@Nullable ObjectNode params) {
        String id = text(params, "sessionId");
        Session session = sessions.get(id);
        String kept = session == null ? null : session.mode();
        if (params == null || session == null || kept == null) {
            return;
        }
        String mode =
                switch (params.path("update").path("sessionUpdate").asText("")) {
                    case "current_mode_update" ->
                            params.path("update").path("currentModeId").asText("");
                    case "config_option_update" -> Modes.of(params.path("update")).current();
                    default -> "";
                };
        if (mode.isEmpty() || mode.equals(kept) || STRICTER.contains(mode)) {
            return;
        }
        settings.notes().accept("the agent went into another mode and is put back");
        set(
                id,
                kept,
                session.modes(),
                done -> {
                    if (done.error() == null) {
                        editor.send(current(id, kept));
                        return;
                    }
                    settings.notes().accept("the agent stays in another mode; its turn is ended");
                    cancel(id);
                    ObjectNode message = Rpc.message().put("method", "session/cancel");
                    message.putObject("params").put("sessionId", id);
                    agent.send(Rpc.bytes(message));
                });
    }

    private static String text(@Nullable ObjectNode params, String name) {
        return params == null ? "" : params.path(name).asText("");
    }

    @Override
    public void tooLong(boolean ofClient) {
        settings.notes()
                .accept("a message longer than " + Lines.LONGEST + " bytes was not passed on");
        (ofClient ? editor : agent)
                .send(
                        Rpc.error(
                                null,
                                Rpc.INVALID_REQUEST,
                                "Countersign did not pass a message on: it is longer than "
                                        + Lines.LONGEST
                                        + " bytes"));
    }

    @Override
    public void serverGone() {
        askedOfAgent.forEach((id, request) -> {
            if (askedOfAgent.remove(id, request)) {
                editor.send(Rpc.error(id, Rpc.INTERNAL_ERROR, "the agent has ended"));
            }
        });
    }
}
