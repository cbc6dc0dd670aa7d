package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A code that a person confirms in a page where they are signed in (RFC 8628). */
final class DeviceFlow {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Terminal terminal;
    private final Clock clock;

    /** What the code is for, and how to begin again: {@code login}, {@code login --device}. */
    private final String command;

    DeviceFlow(Tools tools, String command) {
        this.terminal = tools.terminal();
        this.clock = tools.around().clock();
        this.command = command;
    }

    /**
     * Waits until a person has answered.
     *
     * @param start what is asked for: a name, and an agent where it is for a device
     * @return the answer with the token, see {@link #token}
     * @throws Failure when they refuse it or do not answer in time
     */
    ObjectNode run(ServerClient server, ObjectNode start) throws InterruptedException {
        ServerClient anonymous = server.anonymous();
        ObjectNode begun = anonymous.post("/v1/login/device", start);
        String page = Json.text(begun, "verification_uri");
        Instant end = clock.instant().plusSeconds(begun.path("expires_in").asLong(600));
        terminal.line("Open   " + terminal.paint(Terminal.Ink.ACCENT, Visible.line(page)));
        terminal.line(
                "Code   "
                        + terminal.paint(
                                Terminal.Ink.STRONG, Visible.line(Json.text(begun, "user_code"))));
        terminal.line("Waiting until you confirm the code there.");
        terminal.out().flush();
        Duration pause = Duration.ofSeconds(Math.max(1, begun.path("interval").asLong(2)));
        ObjectNode request =
                Json.object()
                        .put("grant_type", GRANT)
                        .put("client_id", "countersign-cli")
                        .put("device_code", Json.text(begun, "device_code"));
        while (clock.instant().isBefore(end)) {
            Thread.sleep(pause);
            ServerClient.Answer answer = anonymous.exchange("POST", "/v1/login/token", request);
            String state = state(answer);
            switch (state) {
                case "ok" -> {
                    return answer.body();
                }
                case "authorization_pending" -> {}
                case "slow_down" -> {
                    pause = pause.plusSeconds(5);
                    if (pause.compareTo(LONGEST_PAUSE) > 0) {
                        pause = LONGEST_PAUSE;
                    }
                }
                case "access_denied" -> throw Failure.failed("the sign-in was refused in the page");
                case "expired_token" -> throw Failure.failed(expired());
                default -> throw Failure.failed("the sign-in failed: " + Visible.line(state));
            }
        }
        throw Failure.failed(expired());
    }

    private String expired() {
        return "the code expired before it was confirmed; run `"
                + Program.command(command)
                + "` again";
    }

    /** {@code ok}, one of the words of RFC 8628, or what went wrong. */
    private static String state(ServerClient.Answer answer) {
        if (answer.status() / 100 == 2) {
            String error = Json.text(answer.body(), "error");
            return token(answer.body()).isEmpty()
                    ? (error.isEmpty() ? "authorization_pending" : error)
                    : "ok";
        }
        String error = Json.text(answer.body(), "error");
        if (!error.isEmpty()) {
            return error;
        }
        String type = Json.text(answer.body(), "type");
        String word = type.substring(type.lastIndexOf('/') + 1).replace('-', '_');
        return word.isEmpty() ? "status " + answer.status() : word;
    }

    static String token(ObjectNode body) {
        String token = Json.text(body, "access_token");
        return token.isEmpty() ? Json.text(body, "token") : token;
    }
}
