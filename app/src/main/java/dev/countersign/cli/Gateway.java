package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCode;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.Sending;
import dev.countersign.agent.Setup;
import dev.countersign.gateway.Authority;
import dev.countersign.gateway.Child;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the commands that stand between two programs have in common. */
final class Gateway {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,5})(s|m)");
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(60);

    private final Tools tools;
    private final String command;

    /** With the name of the command. */
    Gateway(Tools tools, String command) {
        this.tools = tools;
        this.command = command;
    }

    /** Runs the program behind it, with the streams of who started us. */
    @FunctionalInterface
    interface Running {
        int run(Child.Started started) throws IOException, InterruptedException;
    }

    /** Runs it to its end; nothing but the protocol may be written to the output. */
    int run(Given given, String what, Running running) throws InterruptedException {
        try {
            return running.run(
                    new Child.Started(
                            given.arguments(),
                            tools.around().cwd(),
                            System.in,
                            new FileOutputStream(FileDescriptor.out)));
        } catch (IOException e) {
            throw Failure.failed(what + " cannot be started: " + e.getMessage());
        }
    }

    /** The directory that calls are made in. */
    String folder() {
        return tools.around().cwd().toString();
    }

    /** The client that is named, or what stands in for it. */
    String client(Given given) {
        return given.value("--client").orElse(command);
    }

    /** Names a session that no client names. */
    String session() {
        return command + "-" + UUID.randomUUID();
    }

    /** The options of both. */
    static Syntax addTo(Syntax syntax) {
        return syntax.option(
                        "--client",
                        "CLIENT",
                        "the client that starts it; the token that `connect` made for that is used"
                                + " unless another is given")
                .option("--token-file", "FILE", "file with the token of the agent")
                .option("--hold", "TIME", "how long a call waits for people, such as 45s")
                .note(
                        "The token: that in --token-file, COUNTERSIGN_TOKEN, or the one of the"
                                + " client. Neither it nor any other variable of ours reaches the"
                                + " command.");
    }

    /** A line for a person; the output belongs to the protocol. */
    void note(String line) {
        tools.terminal().err().println("countersign " + command + ": " + Visible.line(line));
        tools.terminal().err().flush();
    }

    static Optional<Duration> hold(Given given) {
        return given.value("--hold").map(Gateway::duration);
    }

    private static Duration duration(String text) {
        Matcher written = DURATION.matcher(text);
        if (written.matches()) {
            long number = Long.parseLong(written.group(1));
            Duration hold =
                    written.group(2).equals("m")
                            ? Duration.ofMinutes(number)
                            : Duration.ofSeconds(number);
            if (hold.compareTo(LONGEST_HOLD) <= 0) {
                return hold;
            }
        }
        throw Failure.usage(
                "`--hold` is `"
                        + Visible.line(text)
                        + "`; expected a time such as 45s, at most 60m");
    }

    /** The server, spoken to as the agent. */
    Authority authority(Given given) {
        Where where = Where.of(given, tools.around());
        Optional<String> client = given.value("--client").map(Wiring::checkedClient);
        Optional<Wired> wired = client.flatMap(this::wired);
        Optional<String> token =
                given.value("--token-file")
                        .map(file -> file(Where.path(file, tools.around())))
                        .or(() -> tools.around().variable("COUNTERSIGN_TOKEN"))
                        .or(() -> wired.map(Wired::token));
        if (token.isEmpty()) {
            throw Failure.usage(
                    client.isPresent()
                            ? "`"
                                    + client.get()
                                    + "` has no token yet: run `"
                                    + Program.command("connect " + client.get())
                                    + "` first"
                            : "no token: set COUNTERSIGN_TOKEN to one of `"
                                    + Program.command("tokens create --kind agent")
                                    + "`, name its file with `--token-file`, or name a client that"
                                    + " is connected with `--client`");
        }
        URI server =
                where.server().isEmpty() && where.namedData().isEmpty() && wired.isPresent()
                        ? ServerClient.address(wired.get().server())
                        : ServerClient.of(where).base();
        return new ServerAuthority(
                new ServerClient(server, token.get(), ServerClient.Credential.TOKEN));
    }

    /** What `connect` left for a client. */
    private record Wired(String server, String token) {}

    private Optional<Wired> wired(String client) {
        if (client.equals(ClaudeCode.NAME)) {
            String settings = Wiring.read(Wiring.places(tools.around()).userFile());
            return ClaudeCodeSettings.token(settings)
                    .flatMap(token ->
                            Sending.server(settings)
                                    .or(() -> ClaudeCodeSettings.server(settings))
                                    .map(server -> new Wired(server, token)));
        }
        SenderWiring found = SenderWiring.found(client, Setup.Level.USER, tools.around());
        return found.token()
                .flatMap(token -> found.server().map(server -> new Wired(server, token)));
    }

    private static String file(Path file) {
        try {
            String token = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (!token.matches("[\\x21-\\x7e]{1,500}")) {
                throw Failure.failed("`" + file + "` holds no token");
            }
            return token;
        } catch (IOException e) {
            throw Failure.failed("cannot read `" + file + "`: " + Reading.why(e));
        }
    }

    /** The server by HTTP. */
    private static final class ServerAuthority implements Authority {
        private static final Duration ANSWER = Duration.ofSeconds(20);

        private final ServerClient server;

        ServerAuthority(ServerClient server) {
            this.server = server;
        }

        @Override
        public ObjectNode decide(ObjectNode call) throws Silent {
            return exchange("POST", "/v1/decisions", call, ANSWER);
        }

        @Override
        public ObjectNode later(String id, Duration wait) throws Silent {
            return exchange(
                    "GET",
                    "/v1/decisions/"
                            + ServerClient.part(id)
                            + "?wait="
                            + Math.max(1, wait.toMillis())
                            + "ms",
                    null,
                    wait.plus(ANSWER));
        }

        @Override
        public ObjectNode seen(ObjectNode tools) throws Silent {
            return exchange("POST", "/v1/mcp/tools", tools, ANSWER);
        }

        @Override
        public void outcome(ObjectNode outcome) throws Silent {
            ObjectNode _ = exchange("POST", "/v1/outcomes", outcome, ANSWER);
        }

        private ObjectNode exchange(
                String method, String path, @Nullable ObjectNode body, Duration patience)
                throws Silent {
            ServerClient.Answer answer;
            try {
                answer = server.exchange(method, path, body, patience);
            } catch (Failure e) {
                throw new Silent(e.text());
            }
            if (answer.status() / 100 == 2) {
                return answer.body();
            }
            throw new Silent(server.refused(answer).text());
        }
    }
}
