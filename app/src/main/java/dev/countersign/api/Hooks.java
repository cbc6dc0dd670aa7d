package dev.countersign.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.HookAnswer;
import dev.countersign.agent.HookEvent;
import dev.countersign.agent.Scene;
import dev.countersign.agent.Sending;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stops;
import dev.countersign.approval.Work;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Machine;
import dev.countersign.call.Subject;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Answer;
import dev.countersign.decision.DeferredView;
import dev.countersign.decision.Journal;
import dev.countersign.decision.Outcome;
import dev.countersign.decision.RecentAllows;
import dev.countersign.decision.ToldJson;
import dev.countersign.people.Principal;
import dev.countersign.policy.Effect;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /hooks/{client}/{event}}: read what the client says, do what it needs, write what the
 * client understands. Whatever cannot be judged is the client's own form of deny.
 */
public final class Hooks {
    private static final String GREETING =
            "Countersign decides on every tool call in this session. A call may be held until a"
                    + " person answers; a refusal says why, by which rule, and what would be"
                    + " allowed instead.";

    /** Where the sender says that it is one. */
    private static final HeaderName SENDER = HeaderNames.create("X-Countersign-Sender");

    /** Where it says in which folder it runs, for clients that say none. */
    private static final HeaderName CWD = HeaderNames.create("X-Countersign-Cwd");

    private final DecisionRoutes decisions;
    private final Journal journal;
    private final Stops stops;
    private final Queue queue;
    private final RecentAllows recent;
    private final Whereabouts whereabouts;
    private final Function<HookEvent.ConfigChange, List<String>> settings;
    private final ClientProcesses processes;
    private final Duration hold;

    /**
     * @param settings what a changed settings file would weaken; empty when nothing
     * @param processes what the clients run as
     * @param hold how long a call is held at most
     */
    Hooks(
            DecisionRoutes decisions,
            Journal journal,
            Stops stops,
            Queue queue,
            RecentAllows recent,
            Whereabouts whereabouts,
            Function<HookEvent.ConfigChange, List<String>> settings,
            ClientProcesses processes,
            Duration hold) {
        this.decisions = decisions;
        this.journal = journal;
        this.stops = stops;
        this.queue = queue;
        this.recent = recent;
        this.whereabouts = whereabouts;
        this.settings = settings;
        this.processes = processes;
        this.hold = hold;
    }

    /** The answer as the sender takes it, where it is the sender that asks. */
    public static Optional<String> forSender(
            ServerRequest request, String client, ObjectNode answer) {
        return request.headers().contains(SENDER)
                ? Clients.named(client).map(known -> Sending.answer(known.exit(answer)))
                : Optional.empty();
    }

    /** Adds the folder that the sender runs in to a body that names none. */
    public static void located(ServerRequest request, JsonNode body) {
        if (body instanceof ObjectNode hook && !hook.has("cwd")) {
            request.headers().first(CWD).ifPresent(cwd -> hook.put("cwd", cwd));
        }
    }

    ObjectNode handle(
            String clientName, String eventName, ServerRequest request, Principal.Agent agent) {
        Subject subject = agent.subject();
        Client client =
                Clients.named(clientName)
                        .orElseThrow(() ->
                                Problem.notFound("no client `" + Fields.shown(clientName) + "`"));
        Read read = read(client, eventName, request, agent);
        HookEvent event = read.event();
        if (!(event instanceof HookEvent.CanaryCall) && read.machine() instanceof Machine.Here) {
            // `connect` and `doctor` send the canary too, and are no clients.
            processes.hook(request, client.name(), subject.agent(), session(event));
        }
        HookAnswer answer = answer(client, event, subject, read.machine());
        ObjectNode out = client.answer(event, answer);
        if (client.carriesNews(event, answer)) {
            String news = news(subject, event);
            if (!news.isEmpty()) {
                client.tell(event, out, news);
            }
        }
        return out;
    }

    /** What became of the agent's deferred calls since it was told last, or empty. */
    private String news(Subject subject, HookEvent event) {
        try {
            return queue.news(subject.agent(), session(event)).stream()
                    .map(DeferredView::news)
                    .collect(Collectors.joining("\n"));
        } catch (NotRecorded e) {
            // It is told at the next occasion; the answer itself does not depend on it.
            return "";
        }
    }

    private static @Nullable String session(HookEvent event) {
        return switch (event) {
            case HookEvent.ToolUse(ToolCall call) -> call.session();
            case HookEvent.PermissionRequest(ToolCall call) -> call.session();
            case HookEvent.CanaryCall canary -> canary.session();
            case HookEvent.Ran(Outcome outcome) -> outcome.session();
            case HookEvent.SessionStart start -> start.session();
            case HookEvent.SessionEnd end -> end.session();
            case HookEvent.Prompt prompt -> prompt.session();
            case HookEvent.SubagentStart start -> start.session();
            case HookEvent.SubagentStop stop -> stop.session();
            case HookEvent.Stop stop -> stop.session();
            case HookEvent.ConfigChange change -> change.session();
            case HookEvent.Other other -> other.session();
            case HookEvent.Unreadable unreadable -> unreadable.session();
        };
    }

    /** What a client says, and of which machine. */
    private record Read(HookEvent event, Machine machine) {}

    private Read read(Client client, String name, ServerRequest request, Principal.Agent agent) {
        HookEvent event;
        try {
            JsonNode body = Bodies.json(request);
            located(request, body);
            Scene scene = whereabouts.of(request, agent, agent.subject(), body);
            return new Read(client.read(name, body, scene), scene.machine());
        } catch (Bodies.Unusable e) {
            event = client.unreadable(name, e.reason());
        } catch (ToldJson.Malformed e) {
            event = client.unreadable(name, "`" + ToldJson.MEMBER + "`: " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            event =
                    client.unreadable(
                            name,
                            "an error inside Countersign (" + e.getClass().getSimpleName() + ")");
        }
        return new Read(event, Machine.UNKNOWN);
    }

    private HookAnswer answer(Client wired, HookEvent event, Subject subject, Machine machine) {
        String client = wired.name();
        try {
            return switch (event) {
                case HookEvent.ToolUse(ToolCall call) -> decide(call, wired.rewrites());
                case HookEvent.PermissionRequest(ToolCall call) -> again(call);
                case HookEvent.CanaryCall(String session, String nonce) -> {
                    note(
                            client,
                            subject,
                            session,
                            "canary",
                            "canary call refused as it should be",
                            details().put("nonce", nonce));
                    yield new HookAnswer.Noted();
                }
                case HookEvent.Ran(Outcome outcome) -> {
                    journal.outcome(client, subject, outcome);
                    yield halted(subject, outcome.session());
                }
                case HookEvent.ConfigChange change -> settings(client, subject, change, machine);
                case HookEvent.Unreadable(String name, String reason, _) -> {
                    String id =
                            decisions.cannotJudge(client, null, subject, name + ": " + reason).id();
                    yield new HookAnswer.Failed(reason, id);
                }
                case HookEvent.SessionStart(String session, String cwd, String source) -> {
                    note(
                            client,
                            subject,
                            session,
                            "start",
                            "session started (" + source + ") in " + cwd,
                            details().put("cwd", cwd).put("source", source));
                    yield new HookAnswer.Greeting(GREETING, "");
                }
                case HookEvent.SessionEnd(String session, String reason) -> {
                    journal.sessionEnded(session);
                    queue.withdraw(
                            deferred ->
                                    session.equals(deferred.session())
                                            && subject.agent().equals(deferred.requester()),
                            "the session ended");
                    note(
                            client,
                            subject,
                            session,
                            "end",
                            "session ended (" + reason + ")",
                            details().put("reason", reason));
                    yield new HookAnswer.Noted();
                }
                case HookEvent.Prompt(
                                String session,
                                String step,
                                String text,
                                boolean byPerson) -> {
                    note(
                            client,
                            subject,
                            session,
                            "prompt",
                            byPerson ? "a prompt" : "a prompt by the client itself",
                            details()
                                    .put("step", step)
                                    .put("text", text)
                                    .put("by_person", byPerson));
                    yield halted(subject, session);
                }
                case HookEvent.SubagentStart(String session, String id, String type) ->
                        noted(
                                client,
                                subject,
                                session,
                                "subagent-start",
                                "subagent " + type + " started",
                                details().put("subagent", id).put("type", type));
                case HookEvent.SubagentStop(String session, String id, String type) ->
                        noted(
                                client,
                                subject,
                                session,
                                "subagent-stop",
                                "subagent " + type + " finished",
                                details().put("subagent", id).put("type", type));
                case HookEvent.Stop(String session) ->
                        noted(client, subject, session, "turn-end", "turn finished", details());
                case HookEvent.Other _ -> new HookAnswer.Noted();
            };
        } catch (NotRecorded e) {
            return new HookAnswer.Failed("it could not be recorded: " + e.getMessage(), "");
        } catch (RuntimeException | StackOverflowError e) {
            String why = "an error inside Countersign (" + e.getClass().getSimpleName() + ")";
            return new HookAnswer.Failed(
                    why, decisions.cannotJudge(client, null, subject, why).id());
        }
    }

    /** A client can be told to halt when something has run and when a person types. */
    private HookAnswer halted(Subject subject, @Nullable String session) {
        Set<String> projects = subject.project() == null ? Set.of() : Set.of(subject.project());
        return stops.against(new Work(subject.agent(), null, session, subject.project(), projects))
                .<HookAnswer>map(stop -> new HookAnswer.Stopped(stop.told(), stop.id()))
                .orElseGet(HookAnswer.Noted::new);
    }

    private HookAnswer decide(ToolCall call, boolean rewrites) {
        Answer answer = decisions.decide(call, hold, rewrites);
        if (answer.effect() == Effect.ALLOW) {
            recent.add(answer.input() == null ? call : call.withInput(answer.input()));
        }
        return HookAnswer.of(answer);
    }

    /** The client's own rules ask about a call that we allowed a moment ago, or about a new one. */
    private HookAnswer again(ToolCall call) {
        return recent.take(call)
                ? new HookAnswer.Allow("")
                : HookAnswer.of(decisions.decide(call, hold, false));
    }

    /** The files of another machine are for the edge there to read; without one nobody can. */
    private List<String> problems(HookEvent.ConfigChange change, Machine machine) {
        Told told =
                switch (machine) {
                    case Machine.Here() -> null;
                    case Machine.Elsewhere(Told said) -> said;
                    case Machine.AsTold(Told said) -> said;
                };
        if (machine instanceof Machine.Here) {
            return settings.apply(change);
        }
        return told == null || told.settings() == null
                ? List.of("the server cannot see the settings of another machine")
                : told.settings();
    }

    private HookAnswer settings(
            String client, Subject subject, HookEvent.ConfigChange change, Machine machine)
            throws NotRecorded {
        List<String> problems = problems(change, machine);
        ObjectNode details = details().put("file", change.file()).put("source", change.source());
        if (problems.isEmpty()) {
            return noted(
                    client,
                    subject,
                    change.session(),
                    "settings",
                    "settings changed: " + change.file(),
                    details);
        }
        journal.alarm(
                client,
                subject,
                change.session(),
                "settings change blocked in " + change.file() + ": " + String.join("; ", problems));
        return new HookAnswer.Block(problems);
    }

    private HookAnswer noted(
            String client,
            Subject subject,
            @Nullable String session,
            String event,
            String summary,
            ObjectNode details)
            throws NotRecorded {
        note(client, subject, session, event, summary, details);
        return new HookAnswer.Noted();
    }

    private void note(
            String client,
            Subject subject,
            @Nullable String session,
            String event,
            String summary,
            ObjectNode details)
            throws NotRecorded {
        journal.session(client, subject, session, event, summary, details);
    }

    private static ObjectNode details() {
        return JsonNodeFactory.instance.objectNode();
    }
}
