package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Has a call decided, and waits while people are asked. */
final class Waiting {
    /** A server that is being started anew is back by then. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration ONE_WAIT = Duration.ofSeconds(20);

    private final ServerClient server;
    private final Terminal terminal;
    private final Clock clock;
    private volatile @Nullable String open;

    Waiting(ServerClient server, Terminal terminal, Clock clock) {
        this.server = server;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** How long somebody waits. */
    record Patience(Duration atMost, String written) {
        static Patience of(String written) {
            String number = written.replaceAll("[a-z]+$", "");
            try {
                long count = Long.parseLong(number);
                Duration time =
                        switch (written.substring(number.length())) {
                            case "s" -> Duration.ofSeconds(count);
                            case "m" -> Duration.ofMinutes(count);
                            case "h" -> Duration.ofHours(count);
                            case "d" -> Duration.ofDays(count);
                            default -> Duration.ofSeconds(-1);
                        };
                if (!time.isNegative()) {
                    return new Patience(time, written);
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // Said below.
            }
            throw Failure.usage(
                    "`--wait` is `" + Visible.line(written) + "`; expected such as `10m` or `0s`");
        }
    }

    /**
     * The decision, which is an allow with its receipt.
     *
     * @throws Failure for whatever else it is, with the exit code that says so
     */
    ObjectNode decide(ObjectNode call, Optional<Patience> patience) throws InterruptedException {
        ObjectNode decision = server.post("/v1/decisions", call);
        if (asked(decision)) {
            decision = answered(decision, patience);
        }
        String effect = Json.text(decision, "effect");
        String reason = Visible.line(Json.text(decision, "reason"));
        return switch (effect) {
            case "allow" -> receipted(decision);
            case "ask" ->
                    throw Failure.withCode(
                            10, "nothing ran: people have to agree, and were not asked: " + reason);
            case "defer" -> throw Failure.withCode(30, "not now, and nothing ran: " + reason);
            case "deny" ->
                    throw Failure.withCode(
                            20, "denied, and nothing ran: " + reason + rest(decision));
            default ->
                    throw Failure.failed(
                            "the server's answer is `"
                                    + Visible.line(effect)
                                    + "`, which is no permission; nothing ran");
        };
    }

    private static ObjectNode receipted(ObjectNode decision) {
        if (Json.text(decision.path("receipt"), "hash").isEmpty()) {
            throw Failure.failed("the server allowed it without a receipt; nothing ran");
        }
        return decision;
    }

    private static String rest(ObjectNode decision) {
        String instead = Json.text(decision, "instead");
        return instead.isEmpty() ? "" : "; instead: " + Visible.line(instead);
    }

    private static boolean asked(ObjectNode decision) {
        return Json.text(decision, "effect").equals("ask") && !approval(decision).isEmpty();
    }

    private static String approval(JsonNode decision) {
        return Json.text(decision.path("approval"), "id");
    }

    private ObjectNode answered(ObjectNode first, Optional<Patience> patience)
            throws InterruptedException {
        String approval = Visible.line(approval(first));
        open = approval;
        say(first, approval);
        Optional<Instant> until = patience.map(time -> clock.instant().plus(time.atMost()));
        Instant heard = clock.instant();
        ObjectNode decision = first;
        while (asked(decision)) {
            Duration left =
                    until.map(end -> Duration.between(clock.instant(), end)).orElse(ONE_WAIT);
            if (!left.isPositive()) {
                throw Failure.withCode(
                        10,
                        "nobody answered "
                                + approval
                                + " within "
                                + patience.map(Patience::written).orElse("")
                                + ", so nothing ran; the same command finds the answer later");
            }
            try {
                decision = later(first, left.compareTo(ONE_WAIT) < 0 ? left : ONE_WAIT);
                heard = clock.instant();
            } catch (Failure silent) {
                if (heard.plus(SILENCE).isBefore(clock.instant())) {
                    throw Failure.failed("nothing ran: " + silent.text());
                }
                Thread.sleep(AGAIN);
            }
        }
        open = null;
        return decision;
    }

    private ObjectNode later(ObjectNode first, Duration wait) {
        return server.get(
                "/v1/decisions/"
                        + ServerClient.part(Json.text(first, "id"))
                        + "?wait="
                        + wait.toMillis()
                        + "ms");
    }

    private void say(ObjectNode decision, String approval) {
        JsonNode asked = decision.path("approval");
        terminal.note("countersign: " + Visible.line(Json.text(decision, "reason")));
        terminal.note(
                "countersign: waiting for "
                        + approval
                        + (Json.text(asked, "expires_at").isEmpty()
                                ? ""
                                : " until " + Visible.line(Json.text(asked, "expires_at")))
                        + ": "
                        + Visible.line(Json.text(asked, "url")));
    }

    /** Somebody ended us before anything ran. */
    void interrupted(String signal, WorkToken token) {
        String asked = open;
        terminal.note(
                "countersign: ended by "
                        + signal
                        + " before anything ran"
                        + (asked == null
                                ? ""
                                : "; "
                                        + asked
                                        + " stays open, and the same command finds its answer"));
        token.close();
    }
}
