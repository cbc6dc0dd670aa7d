package dev.countersign.cli;

import dev.countersign.gateway.AcpProxy;
import dev.countersign.gateway.Authority;
import dev.countersign.gateway.Child;
import java.io.IOException;
import java.util.UUID;

/**
 * Stands between an editor and an agent that it starts, and answers what that asks to be let do.
 */
final class AcpCommand implements Command {
    private final Tools tools;
    private final Gateway.Streams streams;

    AcpCommand(Tools tools) {
        this(tools, Gateway.Streams.ofProcess());
    }

    AcpCommand(Tools tools, Gateway.Streams streams) {
        this.tools = tools;
        this.streams = streams;
    }

    @Override
    public Syntax syntax() {
        return Gateway.addTo(
                        Syntax.of(
                                "acp",
                                "Run an agent for an editor and answer what it asks to be let do."))
                .option(
                        "--mode",
                        "ID",
                        "the agent's mode that sessions are kept in (default: one that asks)")
                .arguments("AGENT")
                .note(
                        "Put it in front of the agent's command in the editor's settings, with --"
                                + " between: "
                                + Program.command("acp -- gemini --acp"));
    }

    @Override
    public int run(Given given) throws InterruptedException {
        Authority authority = Gateway.authority(given, tools);
        AcpProxy.Settings settings =
                new AcpProxy.Settings(
                        given.value("--client").orElse("acp"),
                        tools.around().cwd().toString(),
                        "acp-" + UUID.randomUUID(),
                        given.value("--mode"),
                        Gateway.hold(given),
                        line -> Gateway.note(tools, "acp", line));
        try {
            return Child.acp(
                    new Child.Started(
                            given.arguments(), tools.around().cwd(), streams.in(), streams.out()),
                    settings,
                    authority);
        } catch (IOException e) {
            throw Failure.failed("the agent cannot be started: " + e.getMessage());
        }
    }
}
