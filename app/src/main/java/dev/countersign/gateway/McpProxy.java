package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one client and one MCP server that talk line by line. Calls of tools pass when
 * they were allowed; everything else passes as the bytes it came as. What cannot be read in one way
 * only passes in no direction, and an answer passes only to who asked.
 */
public final class McpProxy implements Relay {
    private static final String LIST = "tools/list";
    private static final String DISCOVER = "server/discover";
    private static final int MOST_HELD = 256;
    private static final int MOST_PAGES = 100;
    private static final Duration LISTING = Duration.ofSeconds(15);

    /** Below the minute after which most clients give up. */
    static final Duration HOLD = Duration.ofSeconds(45);

    /** Of a client that is told of progress, and may wait longer for it. */
    private static final Duration HOLD_WITH_PROGRESS = Duration.ofMinutes(10);

    private final Origin origin;
    private final Authority authority;
    private final Gate gate;
    private final Toolbox toolbox;
    private final Consumer<String> notes;
    private final Optional<Duration> hold;
    private final Wire client;
    private final Wire server;

    private final Map<Rpc.Id, Asked> asked = new ConcurrentHashMap<>();
    private final Map<Rpc.Id, CompletableFuture<Rpc.Reply>> own = new ConcurrentHashMap<>();
    private final Set<Rpc.Id> askedOfClient = ConcurrentHashMap.newKeySet();
    private final AtomicLong held = new AtomicLong();
    private final Tasks tasks = new Tasks(Clock.systemUTC());
    private final ReentrantLock listing = new ReentrantLock();

    /** Whether the server said that its tools can be called as tasks. */
    private volatile boolean takesTasks;

    /**
     * How it works.
     *
     * @param hold how long a call is held while people are asked; empty for what suits the client
     * @param notes told what a person at the terminal may want to know
     */
    public record Settings(Origin origin, Optional<Duration> hold, Consumer<String> notes) {}

    McpProxy(Settings settings, Authority authority, Wire client, Wire server) {
        this.origin = settings.origin();
        this.authority = authority;
        this.gate = new Gate(authority);
        this.toolbox = new Toolbox(origin);
        this.notes = settings.notes();
        this.hold = settings.hold();
        this.client = client;
        this.server = server;
    }

    /** A question of the client. */
    private static final class Asked {
        private enum State {
            HELD,
            SENT,
            CANCELLED
        }

        private final Rpc.Request request;
        private final long since = System.nanoTime();
        private @Nullable String decision;
        private State state;

        Asked(Rpc.Request request, boolean held) {
            this.request = request;
            this.state = held ? State.HELD : State.SENT;
        }

        /** Whether nobody waits for it any more. */
        synchronized boolean cancelled() {
            return state == State.CANCELLED;
        }

        /** Whether it was held; it goes nowhere then. */
        synchronized boolean cancel() {
            boolean held = state == State.HELD;
            state = State.CANCELLED;
            return held;
        }

        /** Whether it may be sent now. */
        synchronized boolean send(String allowedBy) {
            if (state != State.HELD) {
                return false;
            }
            state = State.SENT;
            decision = allowedBy;
            return true;
        }

        synchronized @Nullable String decision() {
            return decision;
        }
    }

    @Override
    public void fromClient(byte[] line) {
        try {
            switch (Rpc.read(line)) {
                case Rpc.Request request -> request(request);
                case Rpc.Notice notice -> notice(notice);
                case Rpc.Reply reply -> {
                    if (reply.id() != null && askedOfClient.remove(reply.id())) {
                        toServer(reply.raw());
                    } else {
                        notes.accept("the client answered what nobody asked; it was not passed on");
                    }
                }
            }
        } catch (Rpc.Unreadable e) {
            refuse(e, line);
        }
    }

    /** Says so to whoever waits for an answer, but never ends another question by it. */
    private void refuse(Rpc.Unreadable e, byte[] line) {
        String text = "Countersign did not pass this message on: " + e.getMessage();
        Rpc.Id id = e.id() != null && asked.containsKey(e.id()) ? null : e.id();
        client.send(Rpc.error(id, e.code(), text));
        for (Rpc.Id each : Rpc.askedTogether(line)) {
            if (!asked.containsKey(each)) {
                client.send(Rpc.error(each, e.code(), text));
            }
        }
        notes.accept("a message of the client was not passed on: " + e.getMessage());
    }

    @Override
    public void tooLong(boolean ofClient) {
        String text =
                "Countersign did not pass a message on: it is longer than "
                        + Lines.LONGEST
                        + " bytes";
        notes.accept(text);
        if (ofClient) {
            client.send(Rpc.error(null, Rpc.INVALID_REQUEST, text));
        } else {
            // Nobody knows which question it answers; none of them is left to wait for ever.
            failAll(text);
        }
    }

    private void request(Rpc.Request request) throws Rpc.Unreadable {
        if (Tasks.ours(request)) {
            tasks.answer(request, client::send);
            return;
        }
        boolean call = McpCall.is(request);
        Asked one = new Asked(request, call);
        if (asked.putIfAbsent(request.id(), one) != null) {
            throw new Rpc.Unreadable(
                    Rpc.INVALID_REQUEST,
                    null,
                    "another question with the same id waits for its answer");
        }
        if (call) {
            hold(one);
        } else {
            sendOn(one);
        }
    }

    private void notice(Rpc.Notice notice) throws Rpc.Unreadable {
        McpCall.requireNone(notice);
        if (notice.method().equals("notifications/cancelled") && notice.params() != null) {
            Rpc.Id id = Rpc.Id.of(notice.params().get("requestId"));
            Asked one = id == null ? null : asked.get(id);
            if (one != null) {
                boolean held = one.cancel();
                boolean _ = asked.remove(id, one);
                if (held) {
                    // The server never heard of it.
                    return;
                }
            }
        }
        toServer(notice.raw());
    }

    private void hold(Asked one) {
        if (held.incrementAndGet() > MOST_HELD) {
            held.decrementAndGet();
            answer(one, Words.notJudged("too many calls wait for a decision at once"));
            return;
        }
        Thread.ofVirtual()
                .name("call")
                .start(() -> {
                    try {
                        call(one);
                    } catch (RuntimeException | StackOverflowError e) {
                        answer(
                                one,
                                Words.notJudged(
                                        "an error in the gateway ("
                                                + e.getClass().getSimpleName()
                                                + ")"));
                    } finally {
                        held.decrementAndGet();
                    }
                });
    }

    private void call(Asked one) {
        String tool = params(one).path("name").asText();
        AtomicReference<@Nullable Task> made = new AtomicReference<>();
        Gate.Outcome outcome = decide(one, tool, made);
        Task task = made.get();
        if (task != null) {
            run(task, tool, params(one), outcome);
            return;
        }
        switch (outcome) {
            case Gate.Outcome.Allowed(String decision) -> {
                if (one.send(decision)) {
                    sendOn(one);
                }
            }
            case Gate.Outcome.Refused(String words) -> answer(one, words);
        }
    }

    /**
     * Decides a call.
     *
     * @param made the task that was made of it, where it waits and its client knows tasks
     */
    private Gate.Outcome decide(Asked one, String tool, AtomicReference<@Nullable Task> made) {
        describe(one, tool);
        ObjectNode params = params(one);
        JsonNode token = params.path("_meta").path("progressToken");
        boolean progress = token.isTextual() || token.isNumber();
        Optional<Task.Form> form = Tasks.form(params, takesTasks && toolbox.mayBeTask(tool));
        AtomicLong steps = new AtomicLong();
        return decide(
                tool,
                params,
                new Gate.Patience(
                        hold.orElse(
                                form.isPresent()
                                        ? Tasks.LIFE
                                        : progress ? HOLD_WITH_PROGRESS : HOLD),
                        () -> {
                            Task task = made.get();
                            return task == null ? one.cancelled() : task.over();
                        },
                        line -> {
                            if (form.isPresent()) {
                                if (made.get() == null) {
                                    made.set(handed(one, form.get(), line));
                                }
                            } else if (progress && !one.cancelled()) {
                                client.send(progress(token, steps.incrementAndGet(), line));
                            }
                        }));
    }

    private Gate.Outcome decide(String tool, ObjectNode params, Gate.Patience patience) {
        try {
            toolbox.tell(tool, authority);
        } catch (Authority.Silent e) {
            return new Gate.Outcome.Refused(Words.notJudged(String.valueOf(e.getMessage())));
        }
        return gate.decide(
                McpCall.body(origin, tool, McpCall.arguments(params), toolbox), patience);
    }

    /** A call that waits is a task from here on: its client has its answer. */
    private Task handed(Asked one, Task.Form form, String line) {
        Task task = tasks.open(form, line);
        if (asked.remove(one.request.id(), one) && !one.cancelled()) {
            client.send(Rpc.result(one.request.id(), task.handle()));
            if (form == Task.Form.PARAMETER) {
                task.whenOver(() -> client.send(task.notice()));
            }
        } else {
            boolean _ = task.cancel();
        }
        return task;
    }

    private void run(Task task, String tool, ObjectNode params, Gate.Outcome outcome) {
        task.onAnswers(answers -> {
            ObjectNode more = params.deepCopy();
            more.setAll(answers);
            Thread.ofVirtual()
                    .name("task")
                    .start(() -> run(task, tool, more, decide(tool, more, patience(task))));
        });
        Tasks.run(task, params, outcome, (plain, decision) -> behind(plain, task, decision));
    }

    private static Gate.Patience patience(Task task) {
        return new Gate.Patience(Tasks.LIFE, task::over, _ -> {});
    }

    /** Sends the call of a task under an id of ours, and waits for its answer. */
    private Rpc.Reply behind(ObjectNode params, Task task, String decision)
            throws InterruptedException {
        Rpc.Id id = Rpc.Id.of(UUID.randomUUID().toString());
        CompletableFuture<Rpc.Reply> answer = new CompletableFuture<>();
        own.put(id, answer);
        task.onStop(() -> {
            ObjectNode cancel = Rpc.message().put("method", "notifications/cancelled");
            cancel.putObject("params").set("requestId", id.node());
            toServer(Rpc.bytes(cancel));
            answer.completeExceptionally(new IllegalStateException("it was cancelled"));
        });
        long since = System.nanoTime();
        try {
            ObjectNode message = Rpc.message();
            message.set("id", id.node());
            message.put("method", McpCall.METHOD).set("params", params);
            if (!server.send(Rpc.bytes(message))) {
                return Rpc.Reply.failed(id, "the MCP server takes no more");
            }
            Rpc.Reply reply = answer.get();
            ran(decision, since, reply);
            return reply;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return Rpc.Reply.failed(
                    id, String.valueOf(cause == null ? e.getMessage() : cause.getMessage()));
        } finally {
            own.remove(id);
        }
    }

    /** Its values only grow, and stay below those of the server that come after them. */
    private static byte[] progress(JsonNode token, long step, String line) {
        ObjectNode message = Rpc.message().put("method", "notifications/progress");
        ObjectNode params = message.putObject("params");
        params.set("progressToken", token);
        params.put("progress", step / 1e6).put("message", line);
        return Rpc.bytes(message);
    }

    /** Asks the server itself what a tool is that the client did not list. */
    private void describe(Asked one, String tool) {
        if (toolbox.knows(tool)) {
            return;
        }
        listing.lock();
        try {
            ObjectNode params = Revision.like(one.request.params());
            for (int page = 0; page < MOST_PAGES && !toolbox.knows(tool); page++) {
                ObjectNode result = ask(params);
                ObjectNode _ = toolbox.take(result, authority);
                Optional<String> next = Toolbox.next(result);
                if (next.isEmpty()) {
                    return;
                }
                params.put("cursor", next.get());
            }
        } catch (Toolbox.Unusable | TimeoutException | ExecutionException e) {
            // The call is judged as one of a tool that nobody described.
            notes.accept("the tools of the server are not known: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            listing.unlock();
        }
    }

    private ObjectNode ask(ObjectNode params)
            throws TimeoutException, ExecutionException, InterruptedException {
        Rpc.Id id = Rpc.Id.of(UUID.randomUUID().toString());
        CompletableFuture<Rpc.Reply> answer = new CompletableFuture<>();
        own.put(id, answer);
        try {
            ObjectNode message = Rpc.message();
            message.set("id", id.node());
            message.put("method", LIST).set("params", params);
            server.send(Rpc.bytes(message));
            if (answer.get(LISTING.toMillis(), TimeUnit.MILLISECONDS).result()
                    instanceof ObjectNode result) {
                return result;
            }
            throw new ExecutionException("the server does not say", null);
        } finally {
            own.remove(id);
        }
    }

    private static ObjectNode params(Asked one) {
        ObjectNode params = one.request.params();
        return params == null ? JsonNodeFactory.instance.objectNode() : params;
    }

    private void sendOn(Asked one) {
        if (!server.send(one.request.raw()) && asked.remove(one.request.id(), one)) {
            client.send(
                    Rpc.error(
                            one.request.id(), Rpc.INTERNAL_ERROR, "the MCP server takes no more"));
        }
    }

    private void toServer(byte[] raw) {
        if (!server.send(raw)) {
            notes.accept("the MCP server takes no more");
        }
    }

    private void answer(Asked one, String words) {
        if (asked.remove(one.request.id(), one) && !one.cancelled()) {
            client.send(
                    Rpc.result(one.request.id(), Revision.refusal(one.request.params(), words)));
        }
    }

    @Override
    public void fromServer(byte[] line) {
        try {
            switch (Rpc.read(line)) {
                case Rpc.Request request -> {
                    if (askedOfClient.size() < Rpc.MOST_ASKED && askedOfClient.add(request.id())) {
                        client.send(request.raw());
                    } else {
                        notes.accept(
                                "the server asked twice under one id, or too much at once; it was"
                                        + " not passed on");
                    }
                }
                case Rpc.Notice notice -> {
                    if (notice.method().equals("notifications/tools/list_changed")) {
                        toolbox.clear();
                    }
                    client.send(notice.raw());
                }
                case Rpc.Reply reply -> reply(reply);
            }
        } catch (Rpc.Unreadable e) {
            notes.accept("a message of the server was not passed on: " + e.getMessage());
            Asked one = e.id() == null ? null : asked.remove(e.id());
            if (one != null) {
                client.send(
                        Rpc.error(
                                e.id(),
                                Rpc.INTERNAL_ERROR,
                                "Countersign did not pass the server's answer on: "
                                        + e.getMessage()));
            }
        }
    }

    private void reply(Rpc.Reply reply) {
        CompletableFuture<Rpc.Reply> ours = reply.id() == null ? null : own.get(reply.id());
        if (ours != null) {
            ours.complete(reply);
            return;
        }
        Asked one = reply.id() == null ? null : asked.get(reply.id());
        // What is held was never asked of the server: an answer to it is made up.
        if (one == null || !sent(one) || !asked.remove(reply.id(), one)) {
            notes.accept("the server answered what nobody asked; it was not passed on");
            return;
        }
        switch (one.request.method()) {
            case LIST -> Thread.ofVirtual().name("list").start(() -> listed(one, reply));
            case "initialize" -> initialized(reply);
            case DISCOVER -> shown(one, reply, Tasks::announced);
            case Tasks.LIST -> shown(one, reply, result -> tasks.listed(one.request, result));
            case McpCall.METHOD -> {
                client.send(reply.raw());
                String decision = one.decision();
                if (decision != null) {
                    ran(decision, one.since, reply);
                }
            }
            default -> client.send(reply.raw());
        }
    }

    private static boolean sent(Asked one) {
        synchronized (one) {
            return one.state == Asked.State.SENT;
        }
    }

    /** Passes an answer on with what is added to it here; as it came where that is nothing. */
    private void shown(Asked one, Rpc.Reply reply, UnaryOperator<ObjectNode> adding) {
        if (reply.result() instanceof ObjectNode result) {
            ObjectNode shown = adding.apply(result);
            client.send(shown.equals(result) ? reply.raw() : Rpc.result(one.request.id(), shown));
        } else {
            client.send(reply.raw());
        }
    }

    private void initialized(Rpc.Reply reply) {
        JsonNode version =
                reply.result() == null
                        ? JsonNodeFactory.instance.missingNode()
                        : reply.result().path("protocolVersion");
        if (reply.result() != null && !Revision.KNOWN.contains(version.asText(""))) {
            client.send(
                    Rpc.error(
                            reply.id(),
                            Rpc.INTERNAL_ERROR,
                            "the server speaks revision `"
                                    + Words.visible(version.asText(""))
                                    + "` of the protocol, which Countersign does not know"));
            return;
        }
        takesTasks =
                reply.result() != null
                        && reply.result().at("/capabilities/tasks/requests/tools/call").isObject();
        client.send(reply.raw());
    }

    private void listed(Asked one, Rpc.Reply reply) {
        if (!(reply.result() instanceof ObjectNode result)) {
            client.send(reply.raw());
            return;
        }
        try {
            ObjectNode shown = toolbox.take(result, authority);
            client.send(shown.equals(result) ? reply.raw() : Rpc.result(one.request.id(), shown));
        } catch (Toolbox.Unusable e) {
            notes.accept("the list of tools was not passed on: " + e.getMessage());
            client.send(
                    Rpc.error(
                            one.request.id(),
                            Rpc.INTERNAL_ERROR,
                            "Countersign did not pass the server's list of tools on: "
                                    + e.getMessage()));
        } catch (RuntimeException e) {
            client.send(
                    Rpc.error(
                            one.request.id(),
                            Rpc.INTERNAL_ERROR,
                            "Countersign could not read the server's list of tools"));
        }
    }

    /** Tells the authority what came of an allowed call. */
    private void ran(String decision, long since, Rpc.Reply reply) {
        ObjectNode outcome = McpCall.outcome(decision, since, reply);
        Thread.ofVirtual()
                .name("outcome")
                .start(() -> {
                    try {
                        authority.outcome(outcome);
                    } catch (Authority.Silent e) {
                        notes.accept("an outcome was not recorded: " + e.getMessage());
                    }
                });
    }

    /** The server has ended: nobody is left waiting for it. */
    @Override
    public void serverGone() {
        failAll("the MCP server has ended");
        tasks.failAll("the MCP server has ended");
    }

    private void failAll(String why) {
        for (Asked one : List.copyOf(asked.values())) {
            boolean _ = one.cancel();
            if (asked.remove(one.request.id(), one)) {
                client.send(Rpc.error(one.request.id(), Rpc.INTERNAL_ERROR, why));
            }
        }
        own.values().forEach(f -> f.completeExceptionally(new IllegalStateException(why)));
    }
}
