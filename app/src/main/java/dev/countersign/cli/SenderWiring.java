package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Canary;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.Sending;
import dev.countersign.agent.Setup;
import dev.countersign.agent.Setup.Level;
import dev.countersign.agent.SetupFiles;
import dev.countersign.config.DataFolder;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The wiring of a client that runs the sender, in one place.
 *
 * @param client its name
 * @param parts the files of the client
 */
record SenderWiring(
        String client,
        Setup setup,
        Level level,
        Sending sending,
        Optional<String> server,
        List<Setup.Part> parts) {
    private static final int CANARY_SECONDS = 20;

    /** What is there now stands in for the server, so that it is found again. */
    private static final String NO_SERVER = "http://127.0.0.1:7373";

    static Level level(Given given) {
        List<Level> named =
                List.of(Level.values()).stream().filter(l -> given.has("--" + l.wire())).toList();
        if (named.size() > 1) {
            throw Failure.usage(
                    "`--"
                            + named.get(0).wire()
                            + "` and `--"
                            + named.get(1).wire()
                            + "` exclude each other");
        }
        return named.isEmpty() ? Level.USER : named.getFirst();
    }

    static Setup setup(String client) {
        return Clients.named(client)
                .flatMap(Client::setup)
                .orElseThrow(() -> new IllegalStateException(client + " (this is a bug)"));
    }

    /** Whether a machine has PowerShell and no POSIX shell. */
    static boolean windows(Surroundings around) {
        return around.platform().equals("windows");
    }

    /**
     * As it would be with a server.
     *
     * @param powershell whether the sender is the one of PowerShell
     */
    static SenderWiring of(
            String client, Level level, String server, Surroundings around, boolean powershell) {
        Setup setup = setup(client);
        Sending sending = sending(client, level, server, around, powershell);
        List<Setup.Part> parts = setup.layout().at(level, homes(around), sending);
        return new SenderWiring(client, setup, level, sending, Optional.of(server), parts);
    }

    /** As it is; with no server where nothing of ours is there. */
    static SenderWiring found(String client, Level level, Surroundings around) {
        for (boolean powershell : List.of(windows(around), !windows(around))) {
            for (Setup.Part part : of(client, level, NO_SERVER, around, powershell).parts) {
                String text = Wiring.read(part.file());
                Optional<String> server =
                        SetupFiles.present(text) ? Sending.server(text) : Optional.empty();
                if (server.isPresent() && text.contains(Sending.POWERSHELL) == powershell) {
                    try {
                        return of(client, level, server.get(), around, powershell);
                    } catch (IllegalArgumentException e) {
                        throw Failure.failed("`" + part.file() + "`: " + e.getMessage());
                    }
                }
            }
        }
        SenderWiring assumed = of(client, level, NO_SERVER, around, windows(around));
        return new SenderWiring(
                client, assumed.setup, level, assumed.sending, Optional.empty(), assumed.parts);
    }

    static SenderWiring found(Given given, String client, Surroundings around) {
        return found(client, level(given), around);
    }

    private static Setup.Homes homes(Surroundings around) {
        return new Setup.Homes(around.home(), around.cwd(), around.platform(), around::variable);
    }

    private static Sending sending(
            String client, Level level, String server, Surroundings around, boolean powershell) {
        Path folder =
                level == Level.MANAGED
                        ? Path.of("/etc/countersign/hooks")
                        : DataFolder.signIns(around).resolve("hooks");
        return new Sending(
                folder.resolve(powershell ? Sending.POWERSHELL : Sending.NAME),
                folder.resolve(client + ".curl"),
                server);
    }

    boolean managed() {
        return level == Level.MANAGED;
    }

    /** Whether another place of this client needs the token all the same. */
    boolean stillUsed(Surroundings around) {
        return !managed()
                && List.of(Level.USER, Level.PROJECT).stream()
                        .anyMatch(other -> found(client, other, around).server().isPresent());
    }

    /** Takes the sender away where no client has a token for it any more. */
    void sweep() throws IOException {
        Path folder = sending.script().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.anyMatch(file -> file.toString().endsWith(".curl"))) {
                return;
            }
        }
        Files.deleteIfExists(folder.resolve(Sending.NAME));
        Files.deleteIfExists(folder.resolve(Sending.POWERSHELL));
    }

    /** The token that is kept for it. */
    Optional<String> token() {
        return Sending.token(Wiring.read(sending.config()));
    }

    /** Sends the call that must be refused, as a client that needs no sender would. */
    Wiring.Canaried posted(String server, String token) {
        String nonce = UUID.randomUUID().toString();
        ServerClient.Answer answer;
        try {
            answer =
                    new ServerClient(
                                    ServerClient.address(server),
                                    token,
                                    ServerClient.Credential.TOKEN)
                            .exchange(
                                    "POST",
                                    "/hooks/" + client + "/" + setup.canary().event(),
                                    setup.canary().body().apply(nonce));
        } catch (Failure e) {
            return new Wiring.Canaried.NoAnswer(e.text());
        }
        if (answer.status() == 401 || answer.status() == 403) {
            return new Wiring.Canaried.WrongToken();
        }
        return answer.status() == 200 && answer.body().toString().contains(Canary.ANSWER + nonce)
                ? new Wiring.Canaried.Refused()
                : new Wiring.Canaried.WrongAnswer("status " + answer.status());
    }

    /** Sends it through the sender, with all that a real call needs. */
    Wiring.Canaried sent() {
        String nonce = UUID.randomUUID().toString();
        ObjectNode body = setup.canary().body().apply(nonce);
        List<String> words = sending.words(client, setup.canary().event(), CANARY_SECONDS);
        try {
            Path said = Files.createTempFile("countersign", ".out");
            try {
                Process process =
                        new ProcessBuilder(words)
                                .redirectErrorStream(true)
                                .redirectOutput(said.toFile())
                                .start();
                try (var in = process.getOutputStream()) {
                    in.write(Json.write(body).getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // It refused before it read, and says why.
                }
                if (!process.waitFor(CANARY_SECONDS + 5L, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return new Wiring.Canaried.NoAnswer("the sender did not end");
                }
                String text = Files.readString(said, StandardCharsets.UTF_8);
                return text.contains(Canary.ANSWER + nonce)
                        ? new Wiring.Canaried.Refused()
                        : new Wiring.Canaried.WrongAnswer(Visible.line(text.strip()));
            } finally {
                Files.deleteIfExists(said);
            }
        } catch (IOException e) {
            return new Wiring.Canaried.NoAnswer("the sender cannot be run: " + Reading.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Wiring.Canaried.NoAnswer("interrupted");
        }
    }
}
