package dev.countersign.cli;

import dev.countersign.config.DataFolder;
import dev.countersign.config.Listen;
import dev.countersign.config.MachineFacts;
import dev.countersign.edge.Edge;
import dev.countersign.edge.EdgeFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Runs the relay of a laptop until it is told to end. */
final class EdgeCommand implements Command {
    private static final String LISTEN = "127.0.0.1:7374";

    /** Longer than any client waits. */
    private static final Duration MOST = Duration.ofDays(1);

    /** Of agents and devices; an edge's own clients have others, and run below it. */
    private static final String DEVICE_TOKEN = "csa_";

    private final Tools tools;

    EdgeCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("edge", "Pass this laptop's calls on to a server elsewhere.")
                .option("--listen", "HOST:PORT", "address to listen on (default: " + LISTEN + ")")
                .note(
                        "Tells the server what only this machine knows, holds the token of the"
                                + " device, and denies while the server cannot be reached.")
                .note(
                        "The token: `"
                                + Program.command("login --device --server URL")
                                + "`, or COUNTERSIGN_TOKEN when it is started first.");
    }

    @Override
    public int run(Given given) throws InterruptedException {
        Path folder =
                Where.of(given, tools.around())
                        .namedData()
                        .orElseGet(() -> DataFolder.edge(tools.around()));
        EdgeFolder kept = new EdgeFolder(folder);
        EdgeFolder.Device device = device(given, kept);
        Edge.Settings settings =
                new Edge.Settings(
                        kept,
                        Listen.of(given.value("--listen").orElse(LISTEN)),
                        ServerClient.address(device.server()),
                        device.token(),
                        MOST);
        try (Edge edge = Edge.start(settings, tools.around(), new MachineFacts())) {
            Runtime.getRuntime().addShutdownHook(new Thread(edge::close, "shutdown"));
            Terminal terminal = tools.terminal();
            terminal.line("Edge answers at " + edge.url());
            terminal.line("It asks " + Wiring.base(settings.server()));
            terminal.line("Data in " + folder);
            terminal.line("");
            terminal.line(
                    "Next step:  " + Program.command("connect claude-code --server " + edge.url()));
            terminal.out().flush();
            edge.await();
        } catch (Edge.Unusable e) {
            throw Failure.failed(String.valueOf(e.getMessage()));
        }
        return 0;
    }

    /** The server and the token for it; a token in the environment is kept. */
    private EdgeFolder.Device device(Given given, EdgeFolder folder) {
        try {
            Optional<String> named = Where.of(given, tools.around()).server();
            Optional<String> token = tools.around().variable("COUNTERSIGN_TOKEN");
            if (named.isPresent() && token.isPresent()) {
                if (!token.get().startsWith(DEVICE_TOKEN)) {
                    throw Failure.failed(
                            "COUNTERSIGN_TOKEN holds no token of a device; unset it, or make one"
                                    + " with `"
                                    + Program.command("tokens create --kind device")
                                    + "`");
                }
                folder.keep(ServerClient.address(named.get()), token.get(), "");
            }
            Optional<EdgeFolder.Device> device = folder.device();
            if (device.isEmpty()) {
                throw Failure.failed(
                        "this device has no token yet: run `"
                                + Program.command("login --device --server " + named.orElse("URL"))
                                + "`");
            }
            URI kept = ServerClient.address(device.get().server());
            if (named.isPresent() && !ServerClient.address(named.get()).equals(kept)) {
                throw Failure.failed(
                        "the token of this device is for `"
                                + kept
                                + "`; run `"
                                + Program.command("login --device --server " + named.get())
                                + "` for another");
            }
            return device.get();
        } catch (IOException e) {
            throw Failure.failed("`" + folder.path() + "` cannot be used: " + Reading.why(e));
        }
    }
}
