package dev.countersign.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that waits for people, or runs since they agreed, under a handle of ours. */
final class Task {
    /** What a call has that is to be a task, in the older form. */
    static final String PARAMETER = "task";

    private static final String OURS = "countersign-";
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final String RELATED = "io.modelcontextprotocol/related-task";
    private static final String FOR_THE_MODEL = "io.modelcontextprotocol/model-immediate-response";

    /** How tasks are written. */
    enum Form {
        /** In 2025-11-25, where a call says by a parameter that it is to be one. */
        PARAMETER,
        /** In the extension of 2026-07-28, where the server makes one of what it likes. */
        EXTENSION
    }

    private enum Status {
        WORKING,
        INPUT_REQUIRED,
        COMPLETED,
        FAILED,
        CANCELLED;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean over() {
            return switch (this) {
                case WORKING, INPUT_REQUIRED -> false;
                case COMPLETED, FAILED, CANCELLED -> true;
            };
        }
    }

    private final String id = OURS + UUID.randomUUID();
    private final Form form;
    private final Clock clock;
    private final Instant created;
    private final CompletableFuture<Task> over = new CompletableFuture<>();

    private Instant updated;
    private Status status = Status.WORKING;
    private String message;
    private @Nullable JsonNode result;
    private @Nullable JsonNode error;
    private int size;
    private Runnable stop = () -> {};

    /** What the server wants to know before it goes on, and what goes back with the answer. */
    private @Nullable ObjectNode asked;

    private ObjectNode answers = JsonNodeFactory.instance.objectNode();
    private Consumer<ObjectNode> goOn = _ -> {};

    Task(Form form, String message, Instant created, Clock clock) {
        this.form = form;
        this.message = message;
        this.created = created;
        this.updated = created;
        this.clock = clock;
    }

    /** Whether an id is one of ours. */
    static boolean named(String id) {
        return id.startsWith(OURS);
    }

    String id() {
        return id;
    }

    Form form() {
        return form;
    }

    Instant created() {
        return created;
    }

    synchronized int size() {
        return size;
    }

    synchronized boolean over() {
        return status.over();
    }

    /** Told once the task has ended. */
    void whenOver(Runnable then) {
        CompletableFuture<Void> _ = over.thenRun(then);
    }

    /**
     * What goes on with the answers to what the server asked.
     *
     * @param goOn given the members that the call has in addition
     */
    synchronized void onAnswers(Consumer<ObjectNode> goOn) {
        this.goOn = goOn;
    }

    /** What stops the call at the server. */
    synchronized void onStop(Runnable stop) {
        this.stop = stop;
    }

    /** Whether the call may be sent now: nobody cancelled it. */
    synchronized boolean start() {
        if (status.over()) {
            return false;
        }
        say(Status.WORKING, "it was allowed and runs");
        return true;
    }

    /** It has its answer; one that was cancelled stays so. */
    void end(@Nullable JsonNode result, @Nullable JsonNode error, int size) {
        synchronized (this) {
            if (status.over()) {
                return;
            }
            this.result = result;
            this.error = error;
            this.size = size;
            boolean failed =
                    switch (form) {
                        case EXTENSION -> result == null;
                        case PARAMETER -> result == null || result.path("isError").asBoolean(false);
                    };
            say(failed ? Status.FAILED : Status.COMPLETED, failed ? "it failed" : "it is done");
        }
        over.complete(this);
    }

    void fail(String why) {
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        end(null, said.put("code", Rpc.INTERNAL_ERROR).put("message", why), why.length());
    }

    /** Whether it was not over before. */
    boolean cancel() {
        Runnable stopped;
        synchronized (this) {
            if (status.over()) {
                return false;
            }
            say(Status.CANCELLED, "it was cancelled");
            stopped = stop;
        }
        stopped.run();
        over.complete(this);
        return true;
    }

    /** Takes a reply in which the server asks something in return; false where it does not. */
    synchronized boolean asks(Rpc.Reply reply) {
        if (form != Form.EXTENSION
                || !(reply.result() instanceof ObjectNode wanted)
                || !wanted.path("resultType").asText("").equals("input_required")) {
            return false;
        }
        if (!status.over()) {
            asked = wanted;
            answers = JsonNodeFactory.instance.objectNode();
            say(Status.INPUT_REQUIRED, "the tool asks something in return");
        }
        return true;
    }

    /** Takes answers of the client; with the last of them the call goes on, judged anew. */
    void answered(ObjectNode params) {
        ObjectNode more;
        Consumer<ObjectNode> then;
        synchronized (this) {
            ObjectNode wanted = asked;
            if (status != Status.INPUT_REQUIRED || wanted == null) {
                return;
            }
            JsonNode questions = wanted.path("inputRequests");
            params.path("inputResponses")
                    .properties()
                    .forEach(given -> {
                        if (questions.has(given.getKey())) {
                            answers.set(given.getKey(), given.getValue());
                        }
                    });
            if (answers.size() < questions.size()) {
                return;
            }
            more = JsonNodeFactory.instance.objectNode();
            more.set("inputResponses", answers);
            if (wanted.has("requestState")) {
                more.set("requestState", wanted.get("requestState"));
            }
            asked = null;
            say(Status.WORKING, "what was answered is judged");
            then = goOn;
        }
        then.accept(more);
    }

    private void say(Status now, String words) {
        status = now;
        message = words;
        updated = clock.instant();
    }

    /** What the call is answered with while it waits. */
    synchronized ObjectNode handle() {
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        return switch (form) {
            case EXTENSION -> {
                made.put("resultType", "task");
                yield made.setAll(fields());
            }
            case PARAMETER -> {
                made.set(PARAMETER, fields());
                made.putObject("_meta").put(FOR_THE_MODEL, message);
                yield made;
            }
        };
    }

    /** How it stands, as {@code tasks/get} says it. */
    synchronized ObjectNode state() {
        return switch (form) {
            case PARAMETER -> fields();
            case EXTENSION -> {
                ObjectNode state = Revision.complete();
                state.setAll(fields());
                if (result != null) {
                    state.set("result", result);
                }
                if (error != null) {
                    state.set("error", error);
                }
                if (status == Status.INPUT_REQUIRED && asked != null) {
                    state.set("inputRequests", asked.path("inputRequests"));
                }
                yield state;
            }
        };
    }

    private ObjectNode fields() {
        boolean old = form == Form.PARAMETER;
        return JsonNodeFactory.instance
                .objectNode()
                .put("taskId", id)
                .put("status", status.wire())
                .put("statusMessage", message)
                .put("createdAt", created.toString())
                .put("lastUpdatedAt", updated.toString())
                .put(old ? "ttl" : "ttlMs", Tasks.LIFE.toMillis())
                .put(old ? "pollInterval" : "pollIntervalMs", POLL.toMillis());
    }

    /** What the call itself would have been answered with, as {@code tasks/result} says it. */
    synchronized byte[] outcome(Rpc.Id asking) {
        if (result instanceof ObjectNode known) {
            ObjectNode shown = known.deepCopy();
            shown.withObject("/_meta").putObject(RELATED).put("taskId", id);
            return Rpc.result(asking, shown);
        }
        ObjectNode answer = Rpc.message();
        answer.set("id", asking.node());
        ObjectNode why = JsonNodeFactory.instance.objectNode();
        why.put("code", Rpc.INTERNAL_ERROR).put("message", message);
        answer.set("error", error == null ? why : error);
        return Rpc.bytes(answer);
    }

    /** A notice of how it stands; only the older form has one that nobody subscribes to. */
    byte[] notice() {
        ObjectNode notice = Rpc.message().put("method", "notifications/tasks/status");
        notice.set("params", state());
        return Rpc.bytes(notice);
    }
}
