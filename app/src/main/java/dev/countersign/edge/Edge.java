package dev.countersign.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.HookAnswer;
import dev.countersign.agent.HookEvent;
import dev.countersign.agent.Scene;
import dev.countersign.agent.Workspaces;
import dev.countersign.analysis.Facts;
import dev.countersign.api.Bodies;
import dev.countersign.api.Hooks;
import dev.countersign.api.Hosts;
import dev.countersign.api.Problem;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.config.DataFolder;
import dev.countersign.config.Listen;
import dev.countersign.config.Surroundings;
import dev.countersign.config.TrustedRoots;
import dev.countersign.edge.Upstream.Answer;
import dev.countersign.edge.Upstream.Unreachable;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stands on a laptop where its clients' hooks point: tells the server what only this machine knows,
 * and answers with the client's own deny while the server does not. It decides nothing.
 */
public final class Edge implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Edge.class.getName());

    /** The library tells of every start at length. Held, or it would be forgotten. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    /** Before the client stops waiting, and so hears why. */
    private static final Duration AHEAD = Duration.ofSeconds(5);

    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final int LONGEST_SECRET = 512;

    private final EdgeFolder folder;
    private final ClientTokens tokens;
    private final Upstream upstream;
    private final Telling telling;
    private final Hosts hosts;
    private final Duration most;
    private final URI url;
    private final WebServer web;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * How an edge is set up.
     *
     * @param listen where its clients find it; the loopback only
     * @param server the server that judges, with a slash at its end
     * @param token the token of this device there
     * @param most how long a call waits at most, if less than its client would
     */
    public record Settings(
            EdgeFolder folder, Listen listen, URI server, String token, Duration most) {
        @Override
        public String toString() {
            return "Settings[" + listen + ", " + server + "]";
        }
    }

    /** What could not be begun, in words for people. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message, null, false, false);
        }
    }

    private Edge(
            Settings settings,
            int port,
            ClientTokens tokens,
            Upstream upstream,
            Telling telling,
            URI url) {
        LIBRARY.setLevel(Level.OFF);
        folder = settings.folder();
        most = settings.most();
        hosts = new Hosts(Set.of(host(settings.listen())));
        this.tokens = tokens;
        this.upstream = upstream;
        this.telling = telling;
        this.url = url;
        web =
                WebServer.builder()
                        .host(settings.listen().host())
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .routing(this::route)
                        .build();
    }

    /**
     * Begins to answer.
     *
     * @param machine the facts of this machine
     */
    public static Edge start(Settings settings, Surroundings around, Facts machine)
            throws Unusable {
        if (!settings.listen().loopback()) {
            throw new Unusable(
                    "an edge answers the programs of its own machine; `"
                            + settings.listen()
                            + "` is not the loopback");
        }
        try {
            int port = port(settings.listen());
            URI url = URI.create("http://" + host(settings.listen()) + ":" + port);
            ClientTokens tokens = new ClientTokens(settings.folder());
            Upstream upstream =
                    new Upstream(
                            settings.server(),
                            settings.token(),
                            () -> TrustedRoots.context(around.variable(TrustedRoots.VARIABLE)));
            Edge edge =
                    new Edge(
                            settings,
                            port,
                            tokens,
                            upstream,
                            telling(settings, around, machine, url, port),
                            url);
            edge.open(settings.listen());
            return edge;
        } catch (IOException e) {
            throw new Unusable(
                    "`" + settings.folder().path() + "` cannot be used: " + e.getMessage());
        }
    }

    private void open(Listen listen) throws Unusable, IOException {
        try {
            web.start();
        } catch (RuntimeException e) {
            close();
            throw new Unusable("cannot listen on `" + listen + "`: " + e.getMessage());
        }
        // A port that is taken is only logged by the library.
        if (!web.isRunning()) {
            close();
            throw new Unusable(
                    "cannot listen on `"
                            + listen
                            + "`; another edge may be there: --listen names"
                            + " another port");
        }
        folder.note(url.toString(), tokens.owner());
        upstream.warm();
    }

    private static Telling telling(
            Settings settings, Surroundings around, Facts machine, URI url, int port) {
        String home = around.home().toString();
        Scene scene =
                new Scene(
                        Subject.local("edge"),
                        home,
                        around.platform(),
                        around.shell(),
                        Map.of(),
                        Workspaces.below(home));
        Set<String> addresses =
                new TreeSet<>(
                        List.of(
                                url.getRawAuthority(),
                                "127.0.0.1:" + port,
                                "localhost:" + port,
                                "[::1]:" + port,
                                settings.server().getRawAuthority()));
        return new Telling(
                machine,
                scene,
                new Told.Guard(
                        List.of(
                                settings.folder().path().toString(),
                                DataFolder.edge(around).toString(),
                                DataFolder.standard(around).toString(),
                                DataFolder.signIns(around).toString()),
                        addresses,
                        Set.of(ProcessHandle.current().pid())),
                List.of(url.toString(), "http://127.0.0.1:" + port, "http://localhost:" + port));
    }

    private static String host(Listen listen) {
        return listen.host().indexOf(':') >= 0 ? "[" + listen.host() + "]" : listen.host();
    }

    /** A free port is found beforehand: what is guarded must have it from the first call on. */
    private static int port(Listen listen) throws IOException {
        if (listen.port() != 0) {
            return listen.port();
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(listen.host(), 0));
            return probe.getLocalPort();
        }
    }

    private void route(HttpRouting.Builder routing) {
        routing.addFilter((chain, request, response) -> {
            response.header("X-Content-Type-Options", "nosniff");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            if (hosts.answers(request.authority())) {
                chain.proceed();
            } else {
                problem(
                        response,
                        421,
                        "misdirected",
                        "this edge does not answer under the name in the Host header");
            }
        });
        routing.get("/health/live", (_, response) -> send(response, 200, live()));
        routing.get("/health/ready", (_, response) -> ready(response));
        routing.post("/hooks/{client}/{event}", by(tokens::knows, this::hook));
        routing.post("/v1/decisions", by(tokens::knows, this::decide));
        routing.get("/v1/decisions/{id}", by(tokens::knows, this::decision));
        routing.post(
                "/v1/outcomes",
                by(
                        tokens::knows,
                        (request, response) ->
                                pass(response, "v1/outcomes", Bodies.bytes(request), SHORT)));
        routing.post(
                "/v1/mcp/tools",
                by(
                        tokens::knows,
                        (request, response) ->
                                pass(response, "v1/mcp/tools", Bodies.bytes(request), SHORT)));
        routing.post("/v1/tokens", by(tokens::isOwner, this::makeToken));
        routing.delete("/v1/tokens/{id}", by(tokens::isOwner, this::revokeToken));
        routing.any(
                "/*",
                by(
                        tokens::knows,
                        (_, response) ->
                                problem(
                                        response,
                                        404,
                                        "not-found",
                                        "an edge only passes calls on; for all else ask "
                                                + upstream.server())));
    }

    /** Something done for a caller who is known. */
    @FunctionalInterface
    private interface Done {
        void with(ServerRequest request, ServerResponse response)
                throws IOException, InterruptedException, Bodies.Unusable;
    }

    private Handler by(Predicate<String> known, Done done) {
        return (request, response) -> {
            if (bearer(request).filter(known).isEmpty()) {
                response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
                problem(
                        response,
                        401,
                        "unauthorized",
                        "send a token of this edge, as `Authorization: Bearer TOKEN`");
                return;
            }
            try {
                done.with(request, response);
            } catch (Bodies.Unusable e) {
                problem(response, 400, "bad-request", e.reason());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                problem(response, 503, "unreachable", "the edge is stopping");
            } catch (IOException | RuntimeException | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "error in an edge", e);
                if (!response.isSent()) {
                    problem(response, 500, "internal", "this is a bug; the log says more");
                }
            }
        };
    }

    private static Optional<String> bearer(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.AUTHORIZATION)
                .map(String::strip)
                .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(header -> header.substring(7).strip())
                .filter(secret -> !secret.isEmpty() && secret.length() <= LONGEST_SECRET);
    }

    private void hook(ServerRequest request, ServerResponse response)
            throws IOException, InterruptedException {
        String name = request.path().pathParameters().first("client").orElse("");
        String eventName = request.path().pathParameters().first("event").orElse("");
        Optional<Client> found = Clients.named(name);
        if (found.isEmpty()) {
            problem(response, 404, "not-found", "no such client");
            return;
        }
        Client client = found.get();
        HookEvent event;
        byte[] body;
        try {
            body = located(request, Bodies.bytes(request));
            event = read(client, eventName, body);
        } catch (Bodies.Unusable e) {
            HookEvent unread = client.unreadable(eventName, e.reason());
            send(request, response, client, refusal(client, unread, e.reason()));
            return;
        }
        try {
            byte[] asked = told(event, body);
            Answer answer =
                    upstream.ask(
                            "hooks/" + name + "/" + part(eventName),
                            asked,
                            deadline(client.patience(eventName)));
            if (answer.status() != 200) {
                throw new Unreachable(refusal(answer));
            }
            if (!answer.json()
                    || !(Telling.parsed(answer.body()) instanceof ObjectNode json)
                    || !client.isAnswer(event, json)) {
                throw new Unreachable(
                        "the server at "
                                + upstream.server()
                                + " answered something that is no decision");
            }
            send(request, response, client, json);
        } catch (Unreachable e) {
            String why = String.valueOf(e.getMessage());
            send(request, response, client, refusal(client, event, why));
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "error in an edge", e);
            String why = "an error inside Countersign (" + e.getClass().getSimpleName() + ")";
            send(request, response, client, refusal(client, event, why));
        }
    }

    /** With the folder that a sender says it runs in. */
    private static byte[] located(ServerRequest request, byte[] body) {
        JsonNode json = Telling.parsed(body);
        if (json == null || !Hooks.fromSender(request)) {
            return body;
        }
        Hooks.located(request, json);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void send(
            ServerRequest request, ServerResponse response, Client client, ObjectNode answer) {
        Optional<String> sent = Hooks.forSender(request, client.name(), answer);
        if (sent.isPresent()) {
            response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .send(sent.get().getBytes(StandardCharsets.UTF_8));
        } else {
            send(response, 200, answer);
        }
    }

    private HookEvent read(Client client, String event, byte[] body) {
        JsonNode json = Telling.parsed(body);
        return json == null
                ? client.unreadable(event, "the body is not JSON")
                : client.read(event, json, telling.scene());
    }

    /** What the server gets: the body, with what this machine knows about it. */
    private byte[] told(HookEvent event, byte[] body) throws JsonProcessingException {
        Optional<Told> told = telling.about(event);
        return told.isEmpty() ? body : Telling.with(body, told.get());
    }

    private String refusal(Answer answer) {
        return answer.status() == 401 || answer.status() == 403
                ? "the server at "
                        + upstream.server()
                        + " refuses the token of this device; `countersign login --device` gets a"
                        + " new one"
                : "the server at " + upstream.server() + " answered with status " + answer.status();
    }

    /** The client's own form of deny, whatever was asked. */
    private static ObjectNode refusal(Client client, HookEvent event, String reason) {
        // A canary that is answered as it should be would say that calls reach the server.
        HookEvent asked =
                event instanceof HookEvent.CanaryCall
                        ? client.unreadable(client.calling(), reason)
                        : event;
        return client.answer(asked, new HookAnswer.Failed(reason, ""));
    }

    private Duration deadline(Duration patience) {
        Duration wanted =
                patience.compareTo(AHEAD.multipliedBy(2)) > 0 ? patience.minus(AHEAD) : patience;
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    private void decide(ServerRequest request, ServerResponse response)
            throws IOException, InterruptedException, Bodies.Unusable {
        byte[] body = Bodies.bytes(request);
        JsonNode json = Telling.parsed(body);
        Optional<Told> told = json == null ? Optional.empty() : telling.about(json);
        pass(
                response,
                "v1/decisions",
                told.isEmpty() ? body : Telling.with(body, told.get()),
                most);
    }

    private void decision(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        String id = request.path().pathParameters().first("id").orElse("");
        String wait = request.query().first("wait").asOptional().orElse("");
        pass(
                response,
                "v1/decisions/" + part(id) + (wait.isEmpty() ? "" : "?wait=" + part(wait)),
                null,
                most);
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void pass(
            ServerResponse response, String path, byte @Nullable [] body, Duration deadline)
            throws InterruptedException {
        try {
            Answer answer = upstream.ask(path, body, deadline);
            if (answer.status() / 100 == 2 && !answer.json()) {
                throw new Unreachable(
                        "the server at " + upstream.server() + " answered something else");
            }
            send(response, answer);
        } catch (Unreachable e) {
            problem(response, 503, "unreachable", "not judged: " + e.getMessage());
        }
    }

    private ObjectNode live() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("status", "up");
        json.putObject("edge").put("server", upstream.server().toString());
        return json;
    }

    private void ready(ServerResponse response) throws InterruptedException {
        try {
            Answer answer = upstream.ask("health/ready", null, SHORT);
            if (answer.json() && Telling.parsed(answer.body()) instanceof ObjectNode json) {
                json.putObject("edge").put("server", upstream.server().toString());
                send(response, answer.status(), json);
                return;
            }
            unready(response, "the server at " + upstream.server() + " answered something else");
        } catch (Unreachable e) {
            unready(response, String.valueOf(e.getMessage()));
        }
    }

    private void unready(ServerResponse response, String why) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("status", "not ready");
        json.put("why", why).putObject("edge").put("server", upstream.server().toString());
        send(response, 503, json);
    }

    private void makeToken(ServerRequest request, ServerResponse response)
            throws IOException, Bodies.Unusable {
        JsonNode body = Telling.parsed(Bodies.bytes(request));
        String name = body == null ? "" : body.path("name").asText("");
        ClientTokens.Made made = tokens.make(name.length() <= 128 ? name : name.substring(0, 128));
        send(
                response,
                201,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", made.id())
                        .put("token", made.secret()));
    }

    private void revokeToken(ServerRequest request, ServerResponse response) throws IOException {
        if (tokens.revoke(request.path().pathParameters().first("id").orElse(""))) {
            response.status(204).send();
        } else {
            problem(response, 404, "not-found", "no such token");
        }
    }

    private static void send(ServerResponse response, Answer answer) {
        response.header(HeaderNames.CONTENT_TYPE, answer.type());
        response.status(answer.status()).send(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void send(ServerResponse response, int status, ObjectNode json) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.status(status).send(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void problem(ServerResponse response, int status, String kind, String detail) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", Problem.TYPE + kind)
                .put("title", "the edge did not pass this on")
                .put("status", status)
                .put("detail", detail);
        response.header(HeaderNames.CONTENT_TYPE, "application/problem+json");
        response.status(status).send(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Where it answers, without a slash at the end. */
    public URI url() {
        return url;
    }

    public void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        try {
            upstream.close();
            web.stop();
            folder.forgetNote();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the edge did not close cleanly", e);
        } finally {
            closed.countDown();
        }
    }
}
