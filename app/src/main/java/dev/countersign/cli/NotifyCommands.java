package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The commands on the ways by which people are told of questions. */
final class NotifyCommands {
    private static final String CHANNELS = "/v1/channels";
    private static final String MESSAGES = "/v1/notifications";

    /** In characters. What is said of a mail comes first, and only then the mail. */
    private static final int LONGEST_MAIL = 500_000;

    private NotifyCommands() {}

    /** Lists the channels. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("notify list", "List by what ways people are told of questions."),
                _ -> CHANNELS,
                "channels",
                List.of("NAME", "KIND", "STATE", "WAITING", "FAILED", "LAST SENT", "ERROR"),
                channel ->
                        List.of(
                                Json.text(channel, "name"),
                                Json.text(channel, "kind"),
                                Json.text(channel, "state"),
                                channel.path("waiting").asText(),
                                channel.path("failed").asText(),
                                Rows.or(Rows.second(Json.text(channel, "sent_at")), "-"),
                                Rows.or(Json.text(channel, "error"), "-")),
                "People are told on the pages alone. Add a channel: "
                        + Program.command("notify add NAME --kind webhook --set url=https://…"));
    }

    /** Lists what was given up. */
    static Command failures(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("notify failures", "List the messages that were given up.")
                        .option("--channel", "NAME", "those of one channel")
                        .option("--status", "STATUS", "waiting, sent or failed (default)"),
                given ->
                        MESSAGES
                                + "?status="
                                + ServerClient.part(given.value("--status").orElse("failed"))
                                + given.value("--channel")
                                        .map(name -> "&channel=" + ServerClient.part(name))
                                        .orElse(""),
                "notifications",
                List.of("ID", "CHANNEL", "QUESTION", "OF", "TRIES", "WHY"),
                each ->
                        List.of(
                                Json.text(each, "id"),
                                Json.text(each, "channel"),
                                Json.text(each, "approval"),
                                Json.text(each, "of"),
                                each.path("attempts").asText(),
                                Rows.or(Json.text(each, "error"), "-")),
                "None.");
    }

    /** Ends a channel. */
    static Command remove(Tools tools) {
        return new Removal(
                tools,
                Syntax.of("notify remove", "End a channel, and drop what it was to send.")
                        .argument("NAME"),
                CHANNELS,
                gone -> "Nobody is told by " + Visible.line(Json.text(gone, "name")) + " any more");
    }

    /** Adds a channel or changes it. */
    static Command add(Tools tools) {
        return new Request(
                tools,
                Syntax.of("notify add", "Tell people of questions by a channel, or change one.")
                        .note(
                                "Kinds: webhook (url), email (host, from, user), slack (channel),"
                                        + " push (contact), ntfy, teams. All take risk, teams, hours and"
                                        + " digest. Secrets are read from files, so that no list of"
                                        + " processes shows them: slack has token and signing_secret or"
                                        + " app_token, email password, ntfy url and token, teams url; a"
                                        + " webhook's secret and the keys of push are made unless they"
                                        + " are given.")
                        .argument("NAME")
                        .option("--kind", "KIND", "webhook, email, slack, push, ntfy or teams")
                        .options("--set", "FIELD=VALUE", "what is said of it")
                        .options("--secret-file", "FIELD=FILE", "what is secret, from a file"),
                (server, given) -> server.put(Request.named(CHANNELS, given), channel(given)),
                (made, terminal) -> {
                    String name = Visible.line(Json.text(made, "name"));
                    terminal.line("People are told by " + name);
                    if (made.has("secret")) {
                        terminal.line("Secret:     " + Visible.line(Json.text(made, "secret")));
                        terminal.note("requests are signed with it; it is not shown again");
                    }
                    terminal.line("Next step:  " + Program.command("notify test " + name));
                });
    }

    private static ObjectNode channel(Given given) {
        ObjectNode body = Json.object();
        given.value("--kind").ifPresent(kind -> body.put("kind", kind));
        ObjectNode settings = body.putObject("settings");
        for (String each : given.values("--set")) {
            settings.put(field(each), each.substring(each.indexOf('=') + 1));
        }
        ObjectNode secrets = body.putObject("secrets");
        for (String each : given.values("--secret-file")) {
            secrets.put(field(each), secret(each.substring(each.indexOf('=') + 1)));
        }
        return body;
    }

    private static String field(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage("`" + Visible.line(text) + "` is no `FIELD=VALUE`");
        }
        return text.substring(0, equals);
    }

    private static String secret(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
        } catch (IOException | InvalidPathException e) {
            throw Failure.failed("cannot read `" + file + "`: " + e.getMessage());
        }
    }

    /** Sends a test message. */
    record Test(Tools tools) implements Command {
        @Override
        public Syntax syntax() {
            return Syntax.of("notify test", "Send a test message by a channel.")
                    .argument("NAME")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ObjectNode tried =
                    ServerClient.of(Where.of(given, tools.around()))
                            .post(Request.named(CHANNELS, given) + "/test", Json.object());
            boolean arrived = tried.path("arrived").asBoolean();
            tools.terminal()
                    .line(
                            given.has("--json")
                                    ? Json.write(tried)
                                    : arrived
                                            ? "It arrived."
                                            : "It did not arrive: "
                                                    + Visible.line(Json.text(tried, "error")));
            return arrived ? 0 : 1;
        }
    }

    /** Tries again what was given up. */
    static Command replay(Tools tools) {
        return new Request(
                tools,
                Syntax.of("notify replay", "Try again what was given up.")
                        .optionalArgument("ID")
                        .option("--channel", "NAME", "all of one channel"),
                (server, given) -> {
                    ObjectNode body = Json.object();
                    given.value("--channel").ifPresent(name -> body.put("channel", name));
                    given.arguments().stream().findFirst().ifPresent(id -> body.put("id", id));
                    return server.post(MESSAGES + "/replay", body);
                },
                (again, terminal) ->
                        terminal.line("Trying " + again.path("again").asInt() + " again."));
    }

    /** Takes mail that came back from a mail server's pipe. */
    static Command bounced(Tools tools) {
        return new Request(
                tools,
                Syntax.of("notify bounced", "Take in mail that came back, from standard input.")
                        .note(
                                "For the address that mail of Countersign is from: let the mail"
                                        + " server pipe there what comes in. What is no delivery"
                                        + " status notification (RFC 3464) of ours is refused."),
                (server, _) ->
                        server.post(
                                MESSAGES + "/bounced",
                                Json.object().put("mail", mail(tools.terminal()))),
                (back, terminal) ->
                        terminal.line(
                                Visible.line(
                                        Json.text(back, "approval")
                                                + " did not reach "
                                                + Json.text(back, "to")
                                                + ": "
                                                + Json.text(back, "error"))));
    }

    private static String mail(Terminal terminal) {
        char[] read = new char[LONGEST_MAIL];
        int length = 0;
        try {
            for (int more = 0; more >= 0 && length < LONGEST_MAIL; ) {
                length += more;
                more = terminal.in().read(read, length, LONGEST_MAIL - length);
            }
        } catch (IOException e) {
            throw Failure.failed("standard input cannot be read: " + e.getMessage());
        }
        return new String(read, 0, length);
    }
}
