package dev.countersign.cli;

import dev.countersign.gateway.Authority;
import dev.countersign.gateway.Child;
import dev.countersign.gateway.McpProxy;
import dev.countersign.gateway.Origin;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Stands in front of an MCP server that its client starts, and has its calls decided. */
final class McpCommand implements Command {
    private final Tools tools;
    private final Gateway.Streams streams;

    McpCommand(Tools tools) {
        this(tools, Gateway.Streams.ofProcess());
    }

    McpCommand(Tools tools, Gateway.Streams streams) {
        this.tools = tools;
        this.streams = streams;
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
        Authority authority = Gateway.authority(given, tools);
        Origin origin =
                new Origin(
                        given.value("--client").orElse("mcp"),
                        name,
                        tools.around().cwd().toString(),
                        "mcp-" + UUID.randomUUID());
        try {
            return Child.mcp(
                    new Child.Started(command, tools.around().cwd(), streams.in(), streams.out()),
                    new McpProxy.Settings(
                            origin, Gateway.hold(given), line -> Gateway.note(tools, "mcp", line)),
                    authority);
        } catch (IOException e) {
            throw Failure.failed("the MCP server cannot be started: " + e.getMessage());
        }
    }
}
