package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** The commands on tokens. */
final class Tokens {
    private static final String PATH = "/v1/tokens";
    private static final List<String> KINDS = List.of("agent", "personal", "device");

    private Tokens() {}

    /** Makes a token and prints it once. */
    static final class Create implements Command {
        private final Tools tools;

        Create(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("tokens create", "Make a token; it is shown once.")
                    .option("--kind", "KIND", "agent, personal or device")
                    .option("--name", "N", "what listings call it")
                    .option("--agent", "A", "the agent it speaks for")
                    .option("--person", "EMAIL", "the person it belongs to")
                    .option("--project", "P", "the project it is bound to")
                    .options(
                            "--scope",
                            "S",
                            "decide, report, read, answer, manage or gate (default: all"
                                    + " that its kind can be for, but gate)")
                    .option("--expires", "TIME", "such as 30d (default and most: the server's)")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            String kind = needed(given, "--kind");
            if (!KINDS.contains(kind)) {
                throw Failure.usage(
                        "unknown kind `"
                                + Visible.line(kind)
                                + "`; expected "
                                + String.join(", ", KINDS));
            }
            ObjectNode body = Json.object().put("kind", kind).put("name", needed(given, "--name"));
            for (String field : List.of("agent", "person", "project")) {
                given.value("--" + field).ifPresent(value -> body.put(field, value));
            }
            given.value("--expires").ifPresent(time -> body.put("expires", time));
            if (given.has("--scope")) {
                ArrayNode scopes = body.putArray("scopes");
                given.values("--scope").forEach(scopes::add);
            }
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ObjectNode made = server.post(PATH, body);
            if (given.has("--json")) {
                tools.terminal().line(Json.write(made));
                return 0;
            }
            tools.terminal().line(Visible.line(Json.text(made, "token")));
            String expires = Json.text(made, "expires_at");
            tools.terminal()
                    .note(
                            "id "
                                    + Visible.line(Json.text(made, "id"))
                                    + (expires.isEmpty() ? "" : ", valid until " + expires)
                                    + "; the token is not shown again");
            return 0;
        }
    }

    /** Lists tokens, never their secrets. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("tokens list", "List tokens, without their secrets.")
                        .option("--after", "ID", "go on after that one")
                        .option("--limit", "N", "how many, at most 1000"),
                given -> Organisation.page(PATH, given),
                "tokens",
                List.of("ID", "KIND", "FOR", "STATE", "EXPIRES", "USED", "NAME"),
                token ->
                        List.of(
                                Json.text(token, "id"),
                                Json.text(token, "kind"),
                                Rows.or(
                                        Json.text(token, "agent"),
                                        Rows.or(Json.text(token, "person"), "-")),
                                state(token, tools.around().clock().instant()),
                                Rows.day(Json.text(token, "expires_at")),
                                Rows.day(Json.text(token, "last_used_at")),
                                Json.text(token, "name")),
                "No tokens yet. Make one: "
                        + Program.command("tokens create --kind agent --name ci --agent ci"));
    }

    private static String state(JsonNode token, Instant now) {
        if (!Json.text(token, "revoked_at").isEmpty()) {
            return "revoked";
        }
        String expires = Json.text(token, "expires_at");
        if (!expires.isEmpty() && !now.isBefore(Instant.parse(expires))) {
            return "expired";
        }
        boolean waits = token.has("confirmed") && !token.path("confirmed").asBoolean();
        return waits && "personal".equals(Json.text(token, "kind")) ? "unconfirmed" : "valid";
    }

    /** Ends a token. */
    static final class Revoke implements Command {
        private final Tools tools;

        Revoke(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "tokens revoke", "End a token at once, with all that was made with it.")
                    .argument("ID");
        }

        @Override
        public int run(Given given) {
            ServerClient.of(Where.of(given, tools.around()))
                    .delete(PATH + "/" + ServerClient.part(given.argument(0)));
            tools.terminal().line("Revoked " + Visible.line(given.argument(0)));
            return 0;
        }
    }

    private static String needed(Given given, String option) {
        return given.value(option)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> Failure.usage("`" + option + "` is missing"));
    }
}
