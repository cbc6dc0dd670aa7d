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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shows what waits for people as it comes, and takes their answers. */
final class Watch implements Command {
    /** The list is fetched again at least this often, events or not. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    /** An answer sooner than this after a card came was meant for the one before. */
    static final Duration READING = Duration.ofMillis(600);

    private static final String KEYS =
            "a approve once · d deny · g deny with a word to the agent · s skip · q quit, then"
                    + " Enter";

    private final Tools tools;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Set<String> skipped = new HashSet<>();
    private final Set<String> broken = new HashSet<>();

    private @Nullable JsonNode current;
    private Instant shownAt = Instant.EPOCH;
    private boolean guidance;
    private boolean votes;

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
                .note("Keys: " + KEYS + ".")
                .note(
                        "A bare Enter denies what is high or critical and does nothing"
                                + " otherwise.");
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
            showNext(pending);
            Signal signal = signals.poll(REFRESH.toMillis(), TimeUnit.MILLISECONDS);
            switch (signal) {
                case null -> {}
                case Signal.Changed _ -> {}
                case Signal.Ended _ -> {
                    return 0;
                }
                case Signal.Typed typed -> {
                    if (!answer(server, typed)) {
                        return 0;
                    }
                }
            }
            pending = pending(server);
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
        try (BufferedReader events =
                new BufferedReader(
                        new InputStreamReader(server.events("/events"), StandardCharsets.UTF_8))) {
            for (String line = events.readLine(); line != null; line = events.readLine()) {
                if (line.startsWith("data")) {
                    signals.add(new Signal.Changed());
                }
            }
        } catch (IOException | Failure e) {
            // The list is fetched every two seconds anyway.
        }
    }

    private void listen() {
        try {
            BufferedReader in = tools.terminal().in();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                signals.add(new Signal.Typed(line.strip(), now()));
            }
        } catch (IOException e) {
            // Nobody can type any more.
        }
        signals.add(new Signal.Ended());
    }

    private Map<String, JsonNode> pending(ServerClient server) {
        Map<String, JsonNode> pending = new LinkedHashMap<>();
        JsonNode answer = server.get("/v1/approvals");
        for (JsonNode alone : answer.path("break_glass")) {
            if (broken.add(Json.text(alone, "id"))) {
                ApprovalCard.alarm(alone, tools.terminal()).forEach(tools.terminal()::line);
            }
        }
        for (JsonNode approval : answer.path("approvals")) {
            if (Json.text(approval, "status").equals("pending")) {
                pending.put(Json.text(approval, "id"), approval);
            }
        }
        return pending;
    }

    private void showNext(Map<String, JsonNode> pending) {
        Terminal terminal = tools.terminal();
        if (current != null && !pending.containsKey(Json.text(current, "id"))) {
            terminal.line("");
            terminal.line(Visible.line(Json.text(current, "id")) + " no longer waits.");
            current = null;
            guidance = false;
        }
        if (current != null) {
            JsonNode now = pending.get(Json.text(current, "id"));
            if (now != null) {
                happened(current.path("notices").size(), now);
                current = now;
            }
        }
        if (current == null) {
            for (Map.Entry<String, JsonNode> entry : pending.entrySet()) {
                if (!skipped.contains(entry.getKey())) {
                    show(entry.getValue(), pending.size());
                    break;
                }
            }
        }
        terminal.out().flush();
    }

    /** Says what time did to the one that is shown. */
    private void happened(int known, JsonNode approval) {
        for (int i = known; i < approval.path("notices").size(); i++) {
            String text = Json.text(approval.path("notices").path(i), "text");
            tools.terminal().line(Visible.line(Json.text(approval, "id") + ": " + text));
        }
    }

    private void show(JsonNode approval, int count) {
        Terminal terminal = tools.terminal();
        current = approval;
        shownAt = now();
        terminal.line("");
        ApprovalCard.lines(approval, terminal, shownAt).forEach(terminal::line);
        terminal.line("");
        if (terminal.interactive()) {
            String rest = count > 1 ? " (" + (count - 1) + " more wait)" : "";
            Text.wrap(hint(approval) + rest, terminal.width()).forEach(terminal::line);
        } else {
            // Without keys nobody answers here: each is shown once.
            skipped.add(Json.text(approval, "id"));
            current = null;
        }
    }

    private String hint(JsonNode approval) {
        if (!votes) {
            return "To answer: `"
                    + Program.command("login")
                    + "`, then watch again · s skip · q quit, then Enter";
        }
        return KEYS + (dangerous(approval) ? " · Enter denies" : "");
    }

    /** Returns whether to go on. */
    private boolean answer(ServerClient server, Signal.Typed typed) {
        Terminal terminal = tools.terminal();
        String key = typed.text().toLowerCase(Locale.ROOT);
        if (key.equals("q") && !guidance) {
            return false;
        }
        JsonNode card = current;
        if (card == null) {
            terminal.line("Nothing to answer right now.");
            return true;
        }
        if (!votes && !key.equals("s")) {
            Text.wrap(hint(card), terminal.width()).forEach(terminal::line);
            return true;
        }
        if (Duration.between(shownAt, typed.at()).compareTo(READING) < 0) {
            terminal.line("This one had only just appeared: read it and answer again.");
            return true;
        }
        if (guidance) {
            guidance = false;
            vote(server, card, "deny", typed.text());
            return true;
        }
        switch (key) {
            case "a" -> vote(server, card, "approve", "");
            case "d" -> vote(server, card, "deny", "");
            case "g" -> {
                guidance = true;
                terminal.line("Your word to the agent, in one line:");
            }
            case "s" -> {
                skipped.add(Json.text(card, "id"));
                current = null;
            }
            case "" -> {
                if (dangerous(card)) {
                    vote(server, card, "deny", "");
                }
            }
            default ->
                    terminal.line("`" + Visible.line(typed.text()) + "` is no key: " + hint(card));
        }
        return true;
    }

    private void vote(ServerClient server, JsonNode card, String answer, String words) {
        Terminal terminal = tools.terminal();
        String id = Json.text(card, "id");
        try {
            JsonNode result = ApprovalCommands.vote(server, id, answer, words);
            terminal.line(Visible.line(id) + ": " + ApprovalCommands.outcome(result, answer));
            skipped.add(id);
            current = null;
        } catch (Failure e) {
            terminal.line("Not counted: " + e.text());
        }
    }

    private static boolean dangerous(JsonNode approval) {
        String risk = Json.text(approval.path("decision"), "risk");
        return !risk.equals("none") && !risk.equals("low") && !risk.equals("medium");
    }

    private Instant now() {
        return tools.around().clock().instant();
    }
}
