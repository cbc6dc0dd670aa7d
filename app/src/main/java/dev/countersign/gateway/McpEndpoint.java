package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a remote MCP server that is spoken to by streamable HTTP. Calls of tools go on
 * when they were allowed; the rest goes on as the bytes it came as. A session belongs to the token
 * that opened it, and the server's own name for it never leaves this place.
 */
public final class McpEndpoint {
    private static final String SESSION = "mcp-session-id";
    private static final String VERSION = "mcp-protocol-version";
    private static final String JSON = "application/json";
    private static final String STREAM = "text/event-stream";
    private static final String LIST = "tools/list";
    private static final String DISCOVER = "server/discover";
    private static final Pattern PLAIN =
            Pattern.compile("application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?");
    private static final int HEADER_MISMATCH = -32_020;
    private static final int MOST_SESSIONS = 10_000;
    private static final int MOST_PAGES = 100;

    /** Calls that wait for people as tasks. */
    private static final int MOST_WAITING = 256;

    /** What of a client's headers the server gets. */
    private static final Set<String> PASSED =
            Set.of("accept", VERSION, "mcp-method", "mcp-name", "last-event-id");

    private final RemoteServer remote;
    private final AtomicLong waiting = new AtomicLong();
    private final Map<String, Session> sessions =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
                    return size() > MOST_SESSIONS;
                }
            };

    public McpEndpoint(RemoteServer remote) {
        this.remote = remote;
    }

    /**
     * What a client sends.
     *
     * @param method of HTTP
     * @param headers by their names in small letters
     * @param body as it came
     * @param token the id of the token it came with
     * @param client as records name it
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Incoming(
            String method,
            Map<String, String> headers,
            byte[] body,
            String token,
            String client,
            Authority authority) {}

    /** Writes what comes bit by bit. */
    @FunctionalInterface
    public interface Body {
        void to(OutputStream out) throws IOException;
    }

    /**
     * What it gets.
     *
     * @param type of the content, or empty text where there is none
     * @param session the name of a session that was opened, or empty text
     */
    public record Outgoing(int status, String type, String session, Body body) {}

    /** What is known of a conversation. */
    private static final class Session {
        private final String token;
        private final @Nullable String upstream;
        private final Origin origin;
        private final Toolbox toolbox;
        private final Tasks tasks = new Tasks(Clock.systemUTC());
        private final Set<Rpc.Id> askedOfClient = ConcurrentHashMap.newKeySet();

        Session(String token, @Nullable String upstream, Origin origin) {
            this.token = token;
            this.upstream = upstream;
            this.origin = origin;
            this.toolbox = new Toolbox(origin);
        }
    }

    /** Answers; never by throwing, but where the connection broke. */
    public Outgoing answer(Incoming in) throws IOException, InterruptedException {
        try {
            if (in.method().equals("POST") && !plain(in.headers())) {
                return error(
                        415,
                        null,
                        Rpc.INVALID_REQUEST,
                        "send `application/json` in UTF-8, without a content encoding");
            }
            String version = in.headers().get(VERSION);
            if (version != null && !Revision.KNOWN.contains(version)) {
                return error(
                        400,
                        null,
                        Rpc.UNSUPPORTED_VERSION,
                        "this revision of the protocol is not known here; known are "
                                + String.join(", ", Revision.KNOWN));
            }
            Optional<Session> session = session(in);
            if (session.isEmpty()) {
                return error(404, null, Rpc.INVALID_REQUEST, "there is no such session");
            }
            return switch (in.method()) {
                case "POST" -> posted(in, session.get());
                case "GET" -> stream(in, session.get());
                case "DELETE" -> ended(in, session.get());
                default -> error(405, null, Rpc.INVALID_REQUEST, "POST, GET or DELETE");
            };
        } catch (Rpc.Unreadable e) {
            return error(
                    400,
                    e.id(),
                    e.code(),
                    "Countersign did not pass this message on: " + e.getMessage());
        }
    }

    /** Whether the body is written in the one way that we read it in. */
    private static boolean plain(Map<String, String> headers) {
        String type = headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
        return PLAIN.matcher(type).matches()
                && headers.getOrDefault("content-encoding", "identity").equals("identity");
    }

    private Optional<Session> session(Incoming in) {
        String named = in.headers().get(SESSION);
        synchronized (sessions) {
            if (named != null) {
                return Optional.ofNullable(sessions.get(named))
                        .filter(session -> session.token.equals(in.token()));
            }
            // Without a session there is one for each token, for what the revision needs none.
            return Optional.of(
                    sessions.computeIfAbsent(
                            "token " + in.token(), _ -> made(in, null, "mcp-" + in.token())));
        }
    }

    private Session made(Incoming in, @Nullable String upstream, String name) {
        Origin origin = new Origin(in.client(), remote.name(), "/mcp/" + remote.name(), name);
        return new Session(in.token(), upstream, origin);
    }

    private Outgoing posted(Incoming in, Session session)
            throws Rpc.Unreadable, IOException, InterruptedException {
        return switch (Rpc.read(in.body())) {
            case Rpc.Request request -> asked(in, session, request);
            case Rpc.Notice notice -> {
                McpCall.requireNone(notice);
                yield relayed(in, session, null, null);
            }
            case Rpc.Reply reply -> {
                if (reply.id() == null || !session.askedOfClient.remove(reply.id())) {
                    throw new Rpc.Unreadable(
                            Rpc.INVALID_REQUEST, null, "nobody asked for this answer");
                }
                yield relayed(in, session, null, null);
            }
        };
    }

    private Outgoing asked(Incoming in, Session session, Rpc.Request request)
            throws Rpc.Unreadable, IOException, InterruptedException {
        boolean call = McpCall.is(request);
        requireSame(in, request);
        if (call) {
            return called(in, session, request);
        }
        if (Tasks.ours(request)) {
            return ofTask(session, request);
        }
        return switch (request.method()) {
            case LIST, "initialize", DISCOVER -> whole(in, session, request);
            default -> relayed(in, session, request, null);
        };
    }

    /** The headers that others route by say what the message says. */
    private static void requireSame(Incoming in, Rpc.Request request) throws Rpc.Unreadable {
        ObjectNode params = request.params();
        String name = params == null ? null : params.path(named(request.method())).textValue();
        requireSame("Mcp-Method", in.headers().get("mcp-method"), request.method(), request);
        requireSame("Mcp-Name", in.headers().get("mcp-name"), name, request);
        String version = Revision.of(params);
        if (version != null) {
            requireSame("MCP-Protocol-Version", in.headers().get(VERSION), version, request);
        }
        for (Map.Entry<String, String> header : in.headers().entrySet()) {
            if (header.getKey().startsWith("mcp-param-")
                    && (params == null
                            || !holds(params.path("arguments"), decoded(header.getValue())))) {
                throw mismatch(header.getKey(), request);
            }
        }
    }

    /** What of a message its header names. */
    private static String named(String method) {
        return method.equals("resources/read")
                ? "uri"
                : method.startsWith("tasks/") ? "taskId" : "name";
    }

    private static void requireSame(
            String header, @Nullable String said, @Nullable String meant, Rpc.Request request)
            throws Rpc.Unreadable {
        if (said != null && !decoded(said).equals(meant)) {
            throw mismatch(header, request);
        }
    }

    private static Rpc.Unreadable mismatch(String header, Rpc.Request request) {
        return new Rpc.Unreadable(
                HEADER_MISMATCH,
                request.id(),
                "the header `" + Words.visible(header) + "` says something else than the message");
    }

    private static boolean holds(JsonNode node, String value) {
        return node.isValueNode()
                ? node.asText().equals(value)
                : node.valueStream().anyMatch(each -> holds(each, value));
    }

    private static String decoded(String header) {
        if (!header.startsWith("=?base64?") || !header.endsWith("?=") || header.length() < 11) {
            return header;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(header.substring(9, header.length() - 2));
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return header;
        }
    }

    private Outgoing called(Incoming in, Session session, Rpc.Request request)
            throws IOException, InterruptedException {
        ObjectNode params = request.params();
        if (params == null) {
            throw new IllegalStateException("a call without parameters (this is a bug)");
        }
        String tool = params.path("name").asText();
        describe(in, session, request, tool);
        Gate.Outcome outcome;
        if (waiting.get() < MOST_WAITING && Tasks.form(params, false).isPresent()) {
            CompletableFuture<Decided> first = new CompletableFuture<>();
            Thread.ofVirtual()
                    .name("task")
                    .start(() -> new TaskOf(in, session, request, tool).run(params, first));
            switch (first.join()) {
                case Decided.Handed(ObjectNode handle) -> {
                    return json(200, Rpc.result(request.id(), handle));
                }
                case Decided.Now(Gate.Outcome now) -> outcome = now;
            }
        } else {
            outcome =
                    decided(
                            in,
                            session,
                            tool,
                            params,
                            new Gate.Patience(McpProxy.HOLD, () -> false, _ -> {}));
        }
        // People may have taken a while to answer, and have ended who asks meanwhile.
        if (!in.authority().present()) {
            outcome = new Gate.Outcome.Refused(Words.notJudged("the token has ended"));
        }
        return switch (outcome) {
            case Gate.Outcome.Allowed(String decision) ->
                    relayed(in, session, request, new Allowed(decision, System.nanoTime()));
            case Gate.Outcome.Refused(String words) ->
                    json(200, Rpc.result(request.id(), Revision.refusal(params, words)));
        };
    }

    private static Gate.Outcome decided(
            Incoming in, Session session, String tool, ObjectNode params, Gate.Patience patience) {
        try {
            session.toolbox.tell(tool, in.authority());
        } catch (Authority.Silent e) {
            return new Gate.Outcome.Refused(Words.notJudged(String.valueOf(e.getMessage())));
        }
        ObjectNode arguments = McpCall.arguments(params);
        return new Gate(in.authority())
                .decide(McpCall.body(session.origin, tool, arguments, session.toolbox), patience);
    }

    /** What a call comes to at first, whose client knows tasks. */
    private sealed interface Decided {
        record Now(Gate.Outcome outcome) implements Decided {}

        record Handed(ObjectNode handle) implements Decided {}
    }

    /** A call that becomes a task where people are asked about it. */
    private final class TaskOf {
        private final Incoming in;
        private final Session session;
        private final Rpc.Request request;
        private final String tool;
        private @Nullable Task task;

        TaskOf(Incoming in, Session session, Rpc.Request request, String tool) {
            this.in = in;
            this.session = session;
            this.request = request;
            this.tool = tool;
        }

        /** Tells at once what it comes to, and then sees to the task, if it is one. */
        void run(ObjectNode params, CompletableFuture<Decided> first) {
            waiting.incrementAndGet();
            try {
                Gate.Outcome outcome =
                        decided(
                                in,
                                session,
                                tool,
                                params,
                                new Gate.Patience(
                                        Tasks.LIFE,
                                        () -> task != null && task.over(),
                                        line -> {
                                            if (task == null) {
                                                task =
                                                        session.tasks.open(
                                                                Task.Form.EXTENSION, line);
                                                first.complete(new Decided.Handed(task.handle()));
                                            }
                                        }));
                if (task == null) {
                    first.complete(new Decided.Now(outcome));
                } else {
                    goOn(task, params, outcome);
                }
            } catch (RuntimeException | StackOverflowError e) {
                first.complete(
                        new Decided.Now(
                                new Gate.Outcome.Refused(
                                        Words.notJudged("an error in the gateway"))));
            } finally {
                waiting.decrementAndGet();
            }
        }

        private void goOn(Task one, ObjectNode params, Gate.Outcome outcome) {
            one.onAnswers(answers -> {
                ObjectNode more = params.deepCopy();
                more.setAll(answers);
                Gate.Patience patience = new Gate.Patience(Tasks.LIFE, one::over, _ -> {});
                Thread.ofVirtual()
                        .name("task")
                        .start(() -> goOn(one, more, decided(in, session, tool, more, patience)));
            });
            Tasks.run(one, params, outcome, (plain, decision) -> behind(one, plain, decision));
        }

        private Rpc.Reply behind(Task one, ObjectNode params, String decision)
                throws InterruptedException {
            if (!in.authority().present()) {
                return Rpc.Reply.failed(request.id(), "the token has ended");
            }
            long since = System.nanoTime();
            try {
                ObjectNode message = Rpc.message();
                message.set("id", request.id().node());
                message.put("method", McpCall.METHOD).set("params", params);
                HttpResponse<InputStream> answer =
                        remote.send("POST", headers(in, session), Rpc.bytes(message));
                try (InputStream body = answer.body()) {
                    one.onStop(() -> close(body));
                    if (answer.statusCode() / 100 != 2) {
                        return Rpc.Reply.failed(
                                request.id(),
                                "the MCP server answered with status " + answer.statusCode());
                    }
                    Rpc.Reply reply = reply(answer, body, request.id());
                    note(in, request, new Allowed(decision, since), reply);
                    return reply;
                }
            } catch (IOException | Rpc.Unreadable e) {
                return Rpc.Reply.failed(
                        request.id(), "the MCP server did not answer: " + e.getMessage());
            }
        }

        /** Ends the call at the server too: in this revision a closed stream says so. */
        private static void close(InputStream body) {
            try {
                body.close();
            } catch (IOException e) {
                // It is closed either way.
            }
        }
    }

    private static Outgoing ofTask(Session session, Rpc.Request request) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        if (request.method().equals("tasks/result")) {
            return error(
                    200,
                    request.id(),
                    Rpc.METHOD_NOT_FOUND,
                    "in this revision `tasks/get` has the result");
        }
        session.tasks.answer(request, answer::complete);
        return json(200, answer.join());
    }

    /** An allowed call, until its answer is there. */
    private record Allowed(String decision, long since) {}

    /** Asks the server itself what a tool is that the client did not list here. */
    private void describe(Incoming in, Session session, Rpc.Request request, String tool)
            throws InterruptedException {
        if (session.toolbox.knows(tool)) {
            return;
        }
        ObjectNode params = Revision.like(request.params());
        try {
            for (int page = 0; page < MOST_PAGES && !session.toolbox.knows(tool); page++) {
                Rpc.Id id = Rpc.Id.of(UUID.randomUUID().toString());
                ObjectNode message = Rpc.message();
                message.set("id", id.node());
                message.put("method", LIST).set("params", params);
                Map<String, String> headers = headers(in, session);
                headers.replaceAll((name, value) -> name.equals("mcp-method") ? LIST : value);
                headers.keySet().removeIf(h -> h.equals("mcp-name") || h.startsWith("mcp-param-"));
                HttpResponse<InputStream> answer = remote.send("POST", headers, Rpc.bytes(message));
                Rpc.Reply reply;
                try (InputStream body = answer.body()) {
                    reply = reply(answer, body, id);
                }
                if (!(reply.result() instanceof ObjectNode result)) {
                    return;
                }
                ObjectNode _ = session.toolbox.take(result, in.authority());
                Optional<String> next = Toolbox.next(result);
                if (next.isEmpty()) {
                    return;
                }
                params.put("cursor", next.get());
            }
        } catch (IOException | Rpc.Unreadable | Toolbox.Unusable e) {
            // The call is judged as one of a tool that nobody described.
        }
    }

    /** The answer to a question in what came, whichever of the two ways it came. */
    private static Rpc.Reply reply(HttpResponse<?> answer, InputStream body, Rpc.Id id)
            throws IOException, Rpc.Unreadable {
        if (type(answer).equals(STREAM)) {
            Events events = new Events(body);
            for (Optional<Events.Event> event = events.next();
                    event.isPresent();
                    event = events.next()) {
                if (event.get().data().length > 0
                        && Rpc.read(event.get().data()) instanceof Rpc.Reply reply
                        && id.equals(reply.id())) {
                    return reply;
                }
            }
        } else if (Rpc.read(all(body)) instanceof Rpc.Reply reply && id.equals(reply.id())) {
            return reply;
        }
        throw new IOException("the server did not answer");
    }

    /** Waits for the answer to a question whose answer is read before it goes on. */
    private Outgoing whole(Incoming in, Session session, Rpc.Request request)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = remote.send("POST", headers(in, session), in.body());
        try (InputStream body = answer.body()) {
            Optional<Outgoing> refused = refused(session, answer, request.id());
            if (refused.isPresent()) {
                return refused.get();
            }
            Rpc.Reply reply = reply(answer, body, request.id());
            if (request.method().equals(LIST)) {
                return json(200, listed(in, session, request, reply));
            }
            if (request.method().equals(DISCOVER)) {
                return json(200, discovered(request, reply));
            }
            return initialized(in, answer, request, reply);
        } catch (Rpc.Unreadable | Toolbox.Unusable e) {
            return error(
                    502,
                    request.id(),
                    Rpc.INTERNAL_ERROR,
                    "Countersign did not pass the server's answer on: " + e.getMessage());
        }
    }

    private static byte[] listed(Incoming in, Session session, Rpc.Request request, Rpc.Reply reply)
            throws Toolbox.Unusable {
        if (!(reply.result() instanceof ObjectNode result)) {
            return reply.raw();
        }
        ObjectNode shown = session.toolbox.take(result, in.authority());
        return shown.equals(result) ? reply.raw() : Rpc.result(request.id(), shown);
    }

    private static byte[] discovered(Rpc.Request request, Rpc.Reply reply) {
        if (!(reply.result() instanceof ObjectNode result)) {
            return reply.raw();
        }
        ObjectNode shown = Tasks.announced(result);
        return shown.equals(result) ? reply.raw() : Rpc.result(request.id(), shown);
    }

    private Outgoing initialized(
            Incoming in, HttpResponse<?> answer, Rpc.Request request, Rpc.Reply reply) {
        JsonNode result = reply.result();
        if (result != null && !Revision.KNOWN.contains(result.path("protocolVersion").asText(""))) {
            return error(
                    502,
                    request.id(),
                    Rpc.INTERNAL_ERROR,
                    "the server speaks a revision of the protocol that Countersign does not know");
        }
        Optional<String> upstream = answer.headers().firstValue(SESSION);
        if (upstream.isEmpty() || result == null) {
            return json(200, reply.raw());
        }
        String ours = UUID.randomUUID().toString();
        synchronized (sessions) {
            sessions.put(ours, made(in, upstream.get(), "mcp-" + ours));
        }
        byte[] raw = reply.raw();
        return new Outgoing(200, JSON, ours, out -> out.write(raw));
    }

    /** Sends something on, and what is answered back as it comes. */
    private Outgoing relayed(
            Incoming in, Session session, Rpc.@Nullable Request request, @Nullable Allowed allowed)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = remote.send("POST", headers(in, session), in.body());
        Optional<Outgoing> refused =
                refused(session, answer, request == null ? null : request.id());
        if (refused.isPresent()) {
            answer.body().close();
            return refused.get();
        }
        if (type(answer).equals(STREAM)) {
            return new Outgoing(
                    answer.statusCode(),
                    STREAM,
                    "",
                    out -> {
                        try (InputStream body = answer.body()) {
                            stream(in, session, request, allowed, body, out);
                        }
                    });
        }
        byte[] body;
        try (InputStream stream = answer.body()) {
            body = all(stream);
        }
        if (body.length == 0) {
            return new Outgoing(answer.statusCode(), "", "", _ -> {});
        }
        try {
            if (!(Rpc.read(body) instanceof Rpc.Reply reply) || !answers(reply, request)) {
                throw new Rpc.Unreadable(Rpc.INVALID_REQUEST, null, "nobody asked for it");
            }
            note(in, request, allowed, reply);
            return json(answer.statusCode(), body);
        } catch (Rpc.Unreadable e) {
            return error(
                    502,
                    request == null ? null : request.id(),
                    Rpc.INTERNAL_ERROR,
                    "Countersign did not pass the server's answer on: " + e.getMessage());
        }
    }

    private static boolean answers(Rpc.Reply reply, Rpc.@Nullable Request request) {
        return reply.id() == null || (request != null && request.id().equals(reply.id()));
    }

    private static void note(
            Incoming in,
            Rpc.@Nullable Request request,
            @Nullable Allowed allowed,
            Rpc.Reply reply) {
        if (allowed == null || request == null || request.params() == null) {
            return;
        }
        ObjectNode outcome = McpCall.outcome(allowed.decision(), allowed.since(), reply);
        try {
            in.authority().outcome(outcome);
        } catch (Authority.Silent e) {
            // The decision is on record; the session shows that nothing is known of its end.
        }
    }

    /** Events as they come, without those that answer what was not asked here. */
    private static void stream(
            Incoming in,
            Session session,
            Rpc.@Nullable Request request,
            @Nullable Allowed allowed,
            InputStream body,
            OutputStream out)
            throws IOException {
        Events events = new Events(body);
        for (Optional<Events.Event> next = events.next(); next.isPresent(); next = events.next()) {
            if (!in.authority().present()) {
                return;
            }
            Events.Event event = next.get();
            if (event.data().length == 0 || passes(in, session, request, allowed, event.data())) {
                event.write(out);
            }
        }
    }

    private static boolean passes(
            Incoming in,
            Session session,
            Rpc.@Nullable Request request,
            @Nullable Allowed allowed,
            byte[] data) {
        try {
            return switch (Rpc.read(data)) {
                case Rpc.Reply reply -> {
                    boolean asked =
                            request != null && reply.id() != null && answers(reply, request);
                    if (asked) {
                        note(in, request, allowed, reply);
                    }
                    yield asked;
                }
                case Rpc.Request question ->
                        session.askedOfClient.size() < Rpc.MOST_ASKED
                                && session.askedOfClient.add(question.id());
                case Rpc.Notice notice -> {
                    if (notice.method().equals("notifications/tools/list_changed")) {
                        session.toolbox.clear();
                    }
                    yield true;
                }
            };
        } catch (Rpc.Unreadable e) {
            return false;
        }
    }

    private Outgoing stream(Incoming in, Session session) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = remote.send("GET", headers(in, session), new byte[0]);
        Optional<Outgoing> refused = refused(session, answer, null);
        if (refused.isPresent() || !type(answer).equals(STREAM)) {
            answer.body().close();
            return refused.orElseGet(
                    () -> error(405, null, Rpc.INVALID_REQUEST, "the server has no stream"));
        }
        return new Outgoing(
                200,
                STREAM,
                "",
                out -> {
                    try (InputStream body = answer.body()) {
                        stream(in, session, null, null, body, out);
                    }
                });
    }

    private Outgoing ended(Incoming in, Session session) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = remote.send("DELETE", headers(in, session), new byte[0]);
        answer.body().close();
        synchronized (sessions) {
            sessions.values().remove(session);
        }
        return new Outgoing(answer.statusCode() / 100 == 2 ? 204 : 405, "", "", _ -> {});
    }

    /** What goes wrong between us and the server; its wish for a token is not the client's. */
    private Optional<Outgoing> refused(
            Session session, HttpResponse<?> answer, Rpc.@Nullable Id id) {
        int status = answer.statusCode();
        if (status == 404 && session.upstream != null) {
            synchronized (sessions) {
                sessions.values().remove(session);
            }
            return Optional.of(error(404, id, Rpc.INVALID_REQUEST, "the session is over"));
        }
        if (status == 401 || status == 403) {
            return Optional.of(
                    error(
                            502,
                            id,
                            Rpc.INTERNAL_ERROR,
                            "the MCP server `" + remote.name() + "` refuses Countersign's token"));
        }
        if (status / 100 != 2) {
            boolean ofClient = status == 400 || status == 405 || status == 406;
            return Optional.of(
                    error(
                            ofClient ? status : 502,
                            id,
                            Rpc.INTERNAL_ERROR,
                            "the MCP server `"
                                    + remote.name()
                                    + "` answered with status "
                                    + status));
        }
        return Optional.empty();
    }

    /** What of the client's headers goes on; neither its token nor its name for the session. */
    private static Map<String, String> headers(Incoming in, Session session) {
        Map<String, String> headers = new LinkedHashMap<>();
        in.headers()
                .forEach((name, value) -> {
                    if (PASSED.contains(name) || name.startsWith("mcp-param-")) {
                        headers.put(name, value);
                    }
                });
        if (in.method().equals("POST")) {
            // As we read it, and never as a client says that others should.
            headers.put("content-type", JSON);
        }
        if (session.upstream != null) {
            headers.put(SESSION, session.upstream);
        }
        return headers;
    }

    private static String type(HttpResponse<?> answer) {
        String type = answer.headers().firstValue("content-type").orElse("");
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static byte[] all(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Lines.LONGEST + 1);
        if (bytes.length > Lines.LONGEST) {
            throw new IOException("an answer is longer than " + Lines.LONGEST + " bytes");
        }
        return bytes;
    }

    private static Outgoing json(int status, byte[] body) {
        return new Outgoing(status, JSON, "", out -> out.write(body));
    }

    private static Outgoing error(int status, Rpc.@Nullable Id id, int code, String text) {
        return json(status, Rpc.error(id, code, text));
    }

    /** Every server in front of which one stands, by its name. */
    public static Map<String, McpEndpoint> all(List<RemoteServer> remotes) {
        Map<String, McpEndpoint> all = new LinkedHashMap<>();
        remotes.forEach(remote -> all.put(remote.name(), new McpEndpoint(remote)));
        return Map.copyOf(all);
    }
}
