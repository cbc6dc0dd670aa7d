package dev.countersign.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The calls of one conversation that wait for people as tasks: the client has a handle and comes
 * for the answer when it likes. Bounded; what is over the bound or its time is forgotten, and a
 * call that was forgotten does not run.
 */
final class Tasks {
    static final String EXTENSION = "io.modelcontextprotocol/tasks";

    /** As long as a task is kept, answered or not. */
    static final Duration LIFE = Duration.ofHours(24);

    static final String LIST = "tasks/list";
    private static final int MOST = 512;

    /** Of answers that nobody fetched yet. */
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final Clock clock;
    private final Map<String, Task> tasks = new LinkedHashMap<>();

    Tasks(Clock clock) {
        this.clock = clock;
    }

    /** Where an allowed call goes. */
    @FunctionalInterface
    interface Behind {
        /** Sends it, waits for the answer and tells the authority what came of it. */
        Rpc.Reply call(ObjectNode params, String decision) throws InterruptedException;
    }

    /**
     * How a client that sent a call would be given a task for it, if it knows tasks.
     *
     * @param declared whether the server said that its tools can be called as tasks
     */
    static Optional<Task.Form> form(ObjectNode params, boolean declared) {
        if (Revision.stateless(params)) {
            return Revision.capabilities(params).path("extensions").path(EXTENSION).isObject()
                    ? Optional.of(Task.Form.EXTENSION)
                    : Optional.empty();
        }
        return declared && params.path(Task.PARAMETER).isObject()
                ? Optional.of(Task.Form.PARAMETER)
                : Optional.empty();
    }

    /** The call as the server gets it: the task is ours, so it is to make none of its own. */
    static ObjectNode plain(ObjectNode params) {
        ObjectNode plain = params.deepCopy();
        plain.remove(Task.PARAMETER);
        if (Revision.capabilities(plain).path("extensions") instanceof ObjectNode extensions) {
            extensions.remove(EXTENSION);
        }
        return plain;
    }

    /** What a server says of itself, with the tasks that are made here. */
    static ObjectNode announced(ObjectNode discovered) {
        if (discovered.path("capabilities").path("extensions").has(EXTENSION)
                || !discovered.path("capabilities").isObject()) {
            return discovered;
        }
        ObjectNode more = discovered.deepCopy();
        more.withObject("/capabilities").withObject("/extensions").putObject(EXTENSION);
        return more;
    }

    /** Whether a message is about a task of ours; those of the server are its own. */
    static boolean ours(Rpc.Request request) {
        return request.method().startsWith("tasks/")
                && request.params() != null
                && Task.named(request.params().path("taskId").asText(""));
    }

    Task open(Task.Form form, String message) {
        Task task = new Task(form, message, clock.instant(), clock);
        forget();
        synchronized (tasks) {
            tasks.put(task.id(), task);
        }
        return task;
    }

    /**
     * Lets go of what is too old or too much: the oldest first, and of what is too much only what
     * is answered.
     */
    private void forget() {
        Instant oldest = clock.instant().minus(LIFE);
        List<Task> old;
        synchronized (tasks) {
            old = tasks.values().stream().filter(t -> t.created().isBefore(oldest)).toList();
            tasks.values().removeAll(old);
            long bytes = tasks.values().stream().mapToLong(Task::size).sum();
            for (Iterator<Task> each = tasks.values().iterator();
                    each.hasNext() && (tasks.size() > MOST || bytes > MOST_BYTES); ) {
                Task task = each.next();
                if (task.over()) {
                    bytes -= task.size();
                    each.remove();
                }
            }
        }
        old.forEach(Task::cancel);
    }

    private Optional<Task> find(String id) {
        forget();
        synchronized (tasks) {
            return Optional.ofNullable(tasks.get(id));
        }
    }

    /** Runs what was decided of a task. */
    static void run(Task task, ObjectNode params, Gate.Outcome outcome, Behind server) {
        try {
            switch (outcome) {
                case Gate.Outcome.Refused(String words) ->
                        task.end(Revision.refusal(params, words), null, words.length());
                case Gate.Outcome.Allowed(String decision) -> {
                    if (task.start()) {
                        Rpc.Reply reply = server.call(plain(params), decision);
                        if (!task.asks(reply)) {
                            task.end(reply.result(), reply.error(), reply.raw().length);
                        }
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.fail("the gateway is stopping");
        } catch (RuntimeException | StackOverflowError e) {
            task.fail("an error in the gateway (" + e.getClass().getSimpleName() + ")");
        }
    }

    /**
     * Answers a message about a task of ours.
     *
     * @param answer told once, now or when the task has ended
     */
    void answer(Rpc.Request request, Consumer<byte[]> answer) {
        ObjectNode params = request.params();
        String id = params == null ? "" : params.path("taskId").asText("");
        Optional<Task> found = find(id);
        if (found.isEmpty()) {
            answer.accept(
                    Rpc.error(
                            request.id(),
                            Rpc.INVALID_PARAMS,
                            "there is no such task; it was answered long ago, or never made"));
            return;
        }
        Task task = found.get();
        switch (request.method()) {
            case "tasks/get" -> answer.accept(Rpc.result(request.id(), task.state()));
            case "tasks/result" -> task.whenOver(() -> answer.accept(task.outcome(request.id())));
            case "tasks/cancel" -> answer.accept(cancelled(request, task));
            case "tasks/update" -> {
                if (params != null) {
                    task.answered(params);
                }
                answer.accept(Rpc.result(request.id(), Revision.complete()));
            }
            default ->
                    answer.accept(
                            Rpc.error(
                                    request.id(),
                                    Rpc.METHOD_NOT_FOUND,
                                    "tasks know tasks/get, tasks/result, tasks/cancel and"
                                            + " tasks/update"));
        }
    }

    private static byte[] cancelled(Rpc.Request request, Task task) {
        boolean ended = task.cancel();
        return switch (task.form()) {
            case EXTENSION -> Rpc.result(request.id(), Revision.complete());
            case PARAMETER ->
                    ended
                            ? Rpc.result(request.id(), task.state())
                            : Rpc.error(
                                    request.id(),
                                    Rpc.INVALID_PARAMS,
                                    "the task is over and cannot be cancelled");
        };
    }

    /** A page of the server's tasks, the first one with ours. */
    ObjectNode listed(Rpc.Request request, ObjectNode result) {
        boolean first = request.params() == null || !request.params().has("cursor");
        forget();
        List<Task> ours = all();
        if (!first || ours.isEmpty() || !(result.get("tasks") instanceof ArrayNode theirs)) {
            return result;
        }
        ObjectNode all = result.deepCopy();
        ArrayNode list = all.putArray("tasks");
        ours.forEach(task -> list.add(task.state()));
        list.addAll(theirs);
        return all;
    }

    /** Nobody will answer any more. */
    void failAll(String why) {
        all().forEach(task -> task.fail(why));
    }

    private List<Task> all() {
        synchronized (tasks) {
            return List.copyOf(tasks.values());
        }
    }
}
