package dev.countersign.cli;

import dev.countersign.gateway.Authority;
import dev.countersign.gateway.Child;
import dev.countersign.gateway.McpProxy;
import dev.countersign.gateway.Origin;
import java.util.List;

/** Stands in front of an MCP server that its client starts, and has its calls decided. */
final class McpCommand implements Command {
    private final Gateway gateway;

    McpCommand(Tools tools) {
        gateway = new Gateway(tools, "mcp");
    }

    @Override
    public Syntax syntax() {
        return Gateway.addTo(
                        Syntax.of(
                                "mcp", "Run an MCP server and decide on every call of its tools."))
                .option(
                        "--name",
                        "NAME",
                        "the server's name in rules and records (default: that of its program or"
                                + " package)")
                .arguments("COMMAND")
                .note(
                        "Put it in front of the server's command in the client's settings, with --"
                                + " between: "
                                + Program.command("mcp --name files -- npx some-server"));
    }

    @Override
    public int run(Given given) throws InterruptedException {
        List<String> command = given.arguments();
        String name =
                given.value("--name")
                        .or(() -> Origin.serverName(command))
                        .orElseThrow(() ->
                                Failure.usage(
                                        "the command does not say what the server is called; name"
                                                + " it with `--name`"));
        if (!Origin.isServerName(name)) {
            throw Failure.usage(
                    "`"
                            + Visible.line(name)
                            + "` is no name for rules; expected letters, digits, dots, hyphens and"
                            + " single underscores");
        }
        Authority authority = gateway.authority(given);
        Origin origin =
                new Origin(gateway.client(given), name, gateway.folder(), gateway.session());
        McpProxy.Settings settings =
                new McpProxy.Settings(origin, Gateway.hold(given), gateway::note);
        return gateway.run(
                given, "the MCP server", started -> Child.mcp(started, settings, authority));
    }
}
