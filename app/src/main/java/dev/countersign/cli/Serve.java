package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.DataFolder;
import dev.countersign.config.DatabaseUrl;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Runs the server until it is told to end. */
final class Serve implements Command {
    private final Tools tools;

    Serve(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("serve", "Start the server and print the sign-in link.")
                .option("--listen", "HOST:PORT", "address to listen on (default: 127.0.0.1:7373)")
                .option("--config", "FILE", "settings as YAML; options on the command line win")
                .flag(
                        "--behind-proxy",
                        "a proxy in front does TLS: allows to listen beyond this machine")
                .option("--public-url", "URL", "how people reach this server, for links")
                .option(
                        "--approval-expiry",
                        "DURATION",
                        "how long a question stands open before it is a deny (default: 30m)")
                .option(
                        "--hold",
                        "DURATION",
                        "how long a call is held for people's answer before the agent is told to"
                                + " go on and try again (default: 55m, or what its client allows)")
                .flag(
                        "--trust-setup",
                        "let tokens made by the owner shortcut vote; for provisioning and tests");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        if (given.has("--server")) {
            throw Failure.usage("`serve` starts a server; `--server` names one that runs already");
        }
        ServerSettings settings =
                flags(given)
                        .over(file(given))
                        .over(variables())
                        .withPassword(tools.around())
                        .complete(DataFolder.standard(tools.around()));
        try (Product.Server server = tools.product().start(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
            announce(server, settings);
            server.await();
        }
        return 0;
    }

    private ServerSettings.Given flags(Given given) {
        return new ServerSettings.Given(
                Where.of(given, tools.around()).namedData(),
                given.value("--database-url").map(DatabaseUrl::of),
                given.value("--listen").map(Listen::of),
                given.has("--behind-proxy") ? Optional.of(true) : Optional.empty(),
                given.value("--public-url").map(SettingsFile::url),
                given.has("--trust-setup") ? Optional.of(true) : Optional.empty(),
                given.value("--approval-expiry").map(SettingsFile::duration),
                Optional.empty(),
                given.value("--hold").map(SettingsFile::duration),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The weakest: options and the file win. */
    private ServerSettings.Given variables() {
        return ServerSettings.Given.NONE.withDatabase(
                tools.around().variable(DatabaseUrl.VARIABLE).map(DatabaseUrl::of));
    }

    private ServerSettings.Given file(Given given) {
        Optional<String> config = given.value("--config");
        if (config.isEmpty()) {
            return ServerSettings.Given.NONE;
        }
        Path file = Where.path(config.get(), tools.around());
        Path folder = file.getParent() == null ? tools.around().cwd() : file.getParent();
        try {
            return SettingsFile.read(config.get(), folder, Files.readString(file));
        } catch (IOException e) {
            throw new SettingsProblem("cannot read `" + config.get() + "`: " + Reading.why(e));
        }
    }

    /** Whether an agent may ask already; when in doubt not, and the next step is shown. */
    private boolean hasAgents(Product.Server server, ServerSettings settings) {
        Optional<ObjectNode> owner = ServerClient.owner(settings.data());
        if (owner.isEmpty()) {
            return false;
        }
        try {
            ServerClient client =
                    new ServerClient(
                            ServerClient.address(server.url().toString()),
                            Json.text(owner.get(), "token"),
                            ServerClient.Credential.OWNER);
            String after = "";
            do {
                JsonNode page = client.get("/v1/tokens?after=" + ServerClient.part(after));
                for (JsonNode token : page.path("tokens")) {
                    if (asks(token, tools.around().clock().instant())) {
                        return true;
                    }
                }
                after = Json.text(page, "next");
            } while (!after.isEmpty());
        } catch (Failure e) {
            // The server was started all the same; that is what was asked for.
        }
        return false;
    }

    private static boolean asks(JsonNode token, Instant now) {
        String expires = Json.text(token, "expires_at");
        return !Json.text(token, "kind").equals("personal")
                && Json.text(token, "revoked_at").isEmpty()
                && (expires.isEmpty() || now.isBefore(Instant.parse(expires)));
    }

    private void announce(Product.Server server, ServerSettings settings) {
        Terminal terminal = tools.terminal();
        terminal.line("Countersign answers at " + server.url());
        terminal.line("Data in " + settings.data());
        settings.database().ifPresent(url -> terminal.line("Ledger in " + url));
        terminal.line("");
        terminal.line(
                "Sign in:    "
                        + terminal.paint(Terminal.Ink.ACCENT, server.signInLink().toString()));
        if (!hasAgents(server, settings)) {
            terminal.line("Next step:  " + Program.command("connect claude-code"));
        }
        if (settings.trustSetup()) {
            terminal.line("");
            terminal.line(
                    terminal.paint(
                            Terminal.Ink.DENY,
                            "--trust-setup is on: tokens made on this machine can vote."));
        }
        terminal.out().flush();
    }
}
