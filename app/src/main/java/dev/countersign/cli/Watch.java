package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shows what waits for people as it comes, and takes their answers. */
final class Watch implements Command {
    /** The list is fetched again at least this often, events or not. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    private static final Duration RECONNECT = Duration.ofSeconds(2);

    private final Tools tools;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Set<String> skipped = new HashSet<>();
    private final Set<String> told = new HashSet<>();

    /** One line is read when the one before was dealt with: an editor may want the keys. */
    private final Semaphore turn = new Semaphore(1);

    private @Nullable ApprovalDialog current;
    private boolean votes;
    private boolean reached = true;

    Watch(Tools tools) {
        this.tools = tools;
    }

    /** Something that makes the watch look up. */
    private sealed interface Signal {
        /** The server said that something changed. */
        record Changed() implements Signal {}

        /** The person wrote a line. */
        record Typed(String text, Instant at) implements Signal {}

        /** There is nobody any more. */
        record Ended() implements Signal {}
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "approvals watch", "Show what waits for people as it comes, and answer it.")
                .note(
                        "Keys: a approve once, t for this task, p for this project, e edit and"
                                + " approve, d deny, g deny with a word to the agent, b break the"
                                + " glass, x explain, m more of a long call, s skip, q quit; then"
                                + " Enter.")
                .note(
                        "A bare Enter denies what is high or critical and does nothing"
                                + " otherwise. EDITOR names the editor for e.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        Terminal terminal = tools.terminal();
        votes = mayVote(server);
        Map<String, JsonNode> pending = pending(server);
        terminal.line(
                pending.isEmpty()
                        ? "Nothing waits. What agents ask will show here; q and Enter to quit."
                        : "");
        if (!votes) {
            Text.wrap("countersign: " + ApprovalCommands.cannotVote(), terminal.width())
                    .forEach(terminal::note);
        }
        start("events", () -> follow(server));
        if (terminal.interactive()) {
            start("keys", this::listen);
        }
        while (true) {
            showNext(server, pending);
            Signal signal = signals.poll(REFRESH.toMillis(), TimeUnit.MILLISECONDS);
            switch (signal) {
                case null -> {}
                case Signal.Changed _ -> {}
                case Signal.Ended _ -> {
                    return 0;
                }
                case Signal.Typed typed -> {
                    if (!answer(typed)) {
                        return 0;
                    }
                    turn.release();
                }
            }
            pending = again(server, pending);
        }
    }

    /** The list of now; while the server is away, the last one. */
    private Map<String, JsonNode> again(ServerClient server, Map<String, JsonNode> last) {
        try {
            Map<String, JsonNode> now = pending(server);
            if (!reached) {
                tools.terminal().line("Connected again.");
            }
            reached = true;
            return now;
        } catch (Failure e) {
            if (!tools.terminal().interactive()) {
                throw e;
            }
            if (reached) {
                Text.wrap(
                                "Not connected: " + e.text() + ". Trying again.",
                                tools.terminal().width())
                        .forEach(tools.terminal()::line);
            }
            reached = false;
            return last;
        }
    }

    private static boolean mayVote(ServerClient server) {
        return switch (server.credential()) {
            case TOKEN, SIGN_IN -> true;
            case OWNER, NONE -> false;
        };
    }

    private static void start(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    /** Follows the server's events; each is only a reason to fetch the list again. */
    private void follow(ServerClient server) {
        while (true) {
            try (BufferedReader events =
                    new BufferedReader(
                            new InputStreamReader(
                                    server.events("/events"), StandardCharsets.UTF_8))) {
                for (String line = events.readLine(); line != null; line = events.readLine()) {
                    if (line.startsWith("data")) {
                        signals.add(new Signal.Changed());
                    }
                }
            } catch (IOException | Failure e) {
                // The list is fetched every two seconds anyway.
            }
            try {
                Thread.sleep(RECONNECT);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void listen() {
        try {
            BufferedReader in = tools.terminal().in();
            turn.acquire();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                signals.add(new Signal.Typed(line, tools.around().clock().instant()));
                turn.acquire();
            }
        } catch (IOException | InterruptedException e) {
            // Nobody can type any more.
        }
        signals.add(new Signal.Ended());
    }

    private Map<String, JsonNode> pending(ServerClient server) {
        Map<String, JsonNode> pending = new LinkedHashMap<>();
        JsonNode answer = server.get("/v1/approvals");
        ApprovalCard.notices(answer, told::add, tools.terminal()).forEach(tools.terminal()::line);
        for (JsonNode approval : answer.path("approvals")) {
            if (Json.text(approval, "status").equals("pending")) {
                pending.put(Json.text(approval, "id"), approval);
            }
        }
        return pending;
    }

    private void showNext(ServerClient server, Map<String, JsonNode> pending) {
        Terminal terminal = tools.terminal();
        // Who is in the middle of a line answers what it was begun for; the server says if that is
        // over.
        if (current != null && !current.asks()) {
            JsonNode now = pending.get(current.id());
            if (now == null) {
                terminal.line("");
                terminal.line(Visible.line(current.id()) + " no longer waits.");
                current = null;
            } else if (current.stale(now)) {
                String happened = current.happened(now);
                terminal.line("");
                terminal.line(
                        Visible.line(
                                current.id()
                                        + (happened.isEmpty()
                                                ? " changed: somebody answered. It is now:"
                                                : ": " + happened + ". It is now:")));
                current = null;
            }
        }
        List<JsonNode> open =
                pending.entrySet().stream()
                        .filter(entry -> !skipped.contains(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .toList();
        if (current == null && !open.isEmpty()) {
            current = new ApprovalDialog(tools, server, votes, open.getFirst());
            current.show(open.size() - 1);
            if (!terminal.interactive()) {
                // Without keys nobody answers here: each is shown once.
                skipped.add(current.id());
                current = null;
            }
        }
        terminal.out().flush();
    }

    /** Returns whether to go on. */
    private boolean answer(Signal.Typed typed) throws InterruptedException {
        ApprovalDialog card = current;
        boolean asked = card != null && card.asks();
        if (typed.text().strip().equalsIgnoreCase("q") && !asked) {
            return false;
        }
        if (card == null) {
            tools.terminal().line("Nothing to answer right now.");
            return true;
        }
        switch (card.take(typed.text(), typed.at())) {
            case STAYS -> {}
            case OVER -> {
                skipped.add(card.id());
                current = null;
            }
        }
        return true;
    }
}
