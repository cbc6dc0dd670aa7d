package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;

/** Signs in by a code that the person confirms in a page (RFC 8628). */
final class Login implements Command {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final Tools tools;

    Login(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("login", "Sign in, so that you can vote from this terminal.")
                .note("Prints a code and a page; confirm the code where you are signed in.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        ServerClient server = ServerClient.of(Where.of(given, tools.around())).anonymous();
        ObjectNode start =
                server.post("/v1/login/device", Json.object().put("name", "countersign login"));
        String page = Json.text(start, "verification_uri");
        Instant end = now().plusSeconds(start.path("expires_in").asLong(600));
        Terminal terminal = tools.terminal();
        terminal.line("Open   " + terminal.paint(Terminal.Ink.ACCENT, Visible.line(page)));
        terminal.line(
                "Code   "
                        + terminal.paint(
                                Terminal.Ink.STRONG, Visible.line(Json.text(start, "user_code"))));
        terminal.line("Waiting until you confirm the code there.");
        terminal.out().flush();
        Duration pause = Duration.ofSeconds(Math.max(1, start.path("interval").asLong(2)));
        ObjectNode request =
                Json.object()
                        .put("grant_type", GRANT)
                        .put("client_id", "countersign-cli")
                        .put("device_code", Json.text(start, "device_code"));
        while (now().isBefore(end)) {
            Thread.sleep(pause);
            ServerClient.Answer answer = server.exchange("POST", "/v1/login/token", request);
            String state = state(answer);
            switch (state) {
                case "ok" -> {
                    return signedIn(server, answer.body());
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

    private static String expired() {
        return "the code expired before it was confirmed; run `"
                + Program.command("login")
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

    private static String token(ObjectNode body) {
        String token = Json.text(body, "access_token");
        return token.isEmpty() ? Json.text(body, "token") : token;
    }

    private int signedIn(ServerClient server, ObjectNode body) {
        SignIns signIns = new SignIns(tools.around());
        signIns.keep(server.base(), token(body), Json.text(body, "id"));
        String person = Json.text(body, "person");
        tools.terminal()
                .line("Signed in" + (person.isEmpty() ? "" : " as " + Visible.line(person)) + ".");
        return 0;
    }

    private Instant now() {
        return tools.around().clock().instant();
    }
}
