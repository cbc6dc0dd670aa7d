package dev.countersign.cli;

import dev.countersign.gateway.AcpProxy;
import dev.countersign.gateway.Authority;
import dev.countersign.gateway.Child;

/**
 * Stands between an editor and an agent that it starts, and answers what that asks to be let do.
 */
final class AcpCommand implements Command {
    private final Gateway gateway;

    AcpCommand(Tools tools) {
        gateway = new Gateway(tools, "acp");
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
        Authority authority = gateway.authority(given);
        AcpProxy.Settings settings =
                new AcpProxy.Settings(
                        gateway.client(given),
                        gateway.folder(),
                        gateway.session(),
                        given.value("--mode"),
                        Gateway.hold(given),
                        gateway::note);
        return gateway.run(given, "the agent", started -> Child.acp(started, settings, authority));
    }
}
