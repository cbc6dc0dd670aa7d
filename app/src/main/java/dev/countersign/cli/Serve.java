package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.Listen;
import dev.countersign.config.ServerSettings;
import dev.countersign.config.ServerSettings.Given;
import dev.countersign.config.SettingsFile;
import dev.countersign.config.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the server until it is told to end. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Start the server and print the sign-in link.")
final class Serve implements Callable<Integer> {
    private final Tools tools;

    @Mixin private final Where where = new Where();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "address to listen on (default: 127.0.0.1:7373)")
    private @Nullable String listen;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "another database than the embedded one (not there yet)")
    private @Nullable String databaseUrl;

    @Option(names = "--config", paramLabel = "FILE", description = "settings as YAML")
    private @Nullable Path config;

    @Option(
            names = "--behind-proxy",
            description = "a proxy in front does TLS: allows to listen beyond this machine")
    private boolean behindProxy;

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "how people reach this server, for links")
    private @Nullable String publicUrl;

    @Option(
            names = "--approval-expiry",
            paramLabel = "DURATION",
            description = "how long a question stands open (default: 30m)")
    private @Nullable String approvalExpiry;

    @Option(
            names = "--trust-setup",
            description = "let tokens made by the owner shortcut vote; for provisioning and tests")
    private boolean trustSetup;

    Serve(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (databaseUrl != null) {
            throw Failure.usage(
                    "`--database-url` is not there yet; leave it out to use the embedded database");
        }
        if (where.namedServer().isPresent()) {
            throw Failure.usage("`serve` starts a server; `--server` names one that runs already");
        }
        ServerSettings settings =
                flags().over(file()).complete(DataFolder.standard(tools.around()));
        try (Product.Server server = tools.product().start(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
            announce(server, settings);
            server.await();
        }
        return 0;
    }

    private Given flags() {
        return new Given(
                where.given().map(path -> tools.around().cwd().resolve(path)),
                Optional.ofNullable(listen).map(Listen::of),
                behindProxy ? Optional.of(true) : Optional.empty(),
                Optional.ofNullable(publicUrl).map(SettingsFile::url),
                trustSetup ? Optional.of(true) : Optional.empty(),
                Optional.ofNullable(approvalExpiry).map(SettingsFile::duration));
    }

    private Given file() {
        if (config == null) {
            return Given.NONE;
        }
        Path file = tools.around().cwd().resolve(config);
        Path folder = file.getParent() == null ? tools.around().cwd() : file.getParent();
        try {
            return SettingsFile.read(config.toString(), folder, Files.readString(file));
        } catch (IOException e) {
            throw new SettingsProblem("cannot read `" + config + "`: " + Reading.why(e));
        }
    }

    private void announce(Product.Server server, ServerSettings settings) {
        Terminal terminal = tools.terminal();
        terminal.line("Countersign answers at " + server.url());
        terminal.line("Data in " + settings.data());
        terminal.line("");
        terminal.line(
                "Sign in:    "
                        + terminal.paint(Terminal.Ink.ACCENT, server.signInLink().toString()));
        terminal.line("Next step:  countersign connect claude-code");
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
