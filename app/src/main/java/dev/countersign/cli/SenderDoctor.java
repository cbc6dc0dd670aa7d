package dev.countersign.cli;

import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.HookAnswer;
import dev.countersign.agent.Sending;
import dev.countersign.agent.Setup;
import dev.countersign.agent.SetupFiles;
import dev.countersign.cli.Doctor.Finding;
import dev.countersign.cli.Doctor.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code doctor} finds of the clients that run the sender. */
final class SenderDoctor {
    private final Tools tools;

    SenderDoctor(Tools tools) {
        this.tools = tools;
    }

    /** Every place in which a client is wired. */
    List<SenderWiring> wired() {
        List<SenderWiring> wired = new ArrayList<>();
        for (Client client : Clients.all()) {
            if (client.setup().isPresent()) {
                for (Setup.Level level : Setup.Level.values()) {
                    SenderWiring one = SenderWiring.found(client.name(), level, tools.around());
                    if (one.server().isPresent()) {
                        wired.add(one);
                    }
                }
            }
        }
        return wired;
    }

    /** Clients that are installed and ask nobody. */
    List<Finding> unwired(List<SenderWiring> wired) {
        List<Finding> findings = new ArrayList<>();
        for (Client client : Clients.all()) {
            boolean asks = wired.stream().anyMatch(one -> one.client().equals(client.name()));
            Optional<Setup> setup = client.setup();
            if (!asks && setup.isPresent()) {
                ClientProgram.find(tools.around(), setup.get().programs())
                        .ifPresent(program ->
                                findings.add(
                                        new Finding(
                                                client.name(),
                                                Status.NOTE,
                                                "`"
                                                        + program.file()
                                                        + "` is installed and asks nobody: `"
                                                        + Program.command(
                                                                "connect " + client.name())
                                                        + "`")));
            }
        }
        return findings;
    }

    List<Finding> findings(SenderWiring wiring) {
        List<Finding> findings = new ArrayList<>();
        Optional<ClientProgram> program =
                ClientProgram.find(tools.around(), wiring.setup().programs());
        program(findings, wiring, program);
        int good = findings.size();
        for (Setup.Part part : wiring.parts()) {
            SetupFiles.problems(part).forEach(text -> add(findings, wiring, Status.PROBLEM, text));
        }
        sender(findings, wiring);
        if (findings.size() == good) {
            add(
                    findings,
                    wiring,
                    Status.OK,
                    wiring.parts().getFirst().file()
                            + " holds our hooks; the sender is as shipped ("
                            + Sending.hash(wiring.sending().shipped()).substring(0, 12)
                            + ")");
        }
        findings.add(canary(wiring));
        if (wiring.client().equals("codex") && !wiring.managed() && program.isPresent()) {
            switch (CodexTrust.look(
                    program.get().file(), wiring.parts().getFirst().file(), tools.around())) {
                case CodexTrust.Trusted.Yes yes ->
                        add(
                                findings,
                                wiring,
                                Status.OK,
                                "Codex trusts its " + yes.hooks() + " hooks");
                case CodexTrust.Trusted.No no ->
                        add(
                                findings,
                                wiring,
                                Status.PROBLEM,
                                "Codex skips hooks it does not trust, in silence: "
                                        + no.why()
                                        + "; run connect again, or trust them in `/hooks`");
            }
        }
        wiring.setup().gaps().forEach(gap -> add(findings, wiring, Status.NOTE, gap));
        return findings;
    }

    private static void add(
            List<Finding> findings, SenderWiring wiring, Status status, String text) {
        findings.add(new Finding(wiring.client(), status, text));
    }

    private static void program(
            List<Finding> findings, SenderWiring wiring, Optional<ClientProgram> program) {
        String tried = "; tried with: " + wiring.setup().tried();
        if (program.isEmpty()) {
            add(
                    findings,
                    wiring,
                    Status.NOTE,
                    "`"
                            + wiring.setup().programs().getFirst()
                            + "` is not on the search path"
                            + tried);
            return;
        }
        Optional<String> version = program.get().version().map(Object::toString);
        boolean same = version.filter(wiring.setup().tried()::equals).isPresent();
        add(
                findings,
                wiring,
                same ? Status.OK : Status.NOTE,
                wiring.setup().title()
                        + version.map(v -> " " + v).orElse("")
                        + ", `"
                        + program.get().file()
                        + "`"
                        + (same ? "" : tried));
    }

    /** Whether the program that asks is the one that was shipped, and its token is there. */
    private static void sender(List<Finding> findings, SenderWiring wiring) {
        String text = Wiring.read(wiring.sending().script());
        boolean plugin = wiring.client().equals("opencode");
        if (!plugin && !text.equals(wiring.sending().shipped())) {
            add(
                    findings,
                    wiring,
                    Status.PROBLEM,
                    "`"
                            + wiring.sending().script()
                            + "` is "
                            + (text.isEmpty()
                                    ? "missing, so every tool call is refused"
                                    : "not the sender this build ships ("
                                            + Sending.hash(text).substring(0, 12)
                                            + ", not "
                                            + Sending.hash(wiring.sending().shipped())
                                                    .substring(0, 12)
                                            + ")")
                            + "; run connect again");
        }
        if (wiring.token().isEmpty()) {
            add(
                    findings,
                    wiring,
                    Status.PROBLEM,
                    "`"
                            + wiring.sending().config()
                            + "` holds no token, so every tool call is refused; run connect again");
        }
    }

    private static Finding canary(SenderWiring wiring) {
        Wiring.Canaried went = wiring.sent();
        return switch (went) {
            case Wiring.Canaried.Refused _ ->
                    new Finding(
                            wiring.client(),
                            Status.OK,
                            "a canary call through the sender arrived at "
                                    + wiring.server().orElse("")
                                    + " and was refused as it should be");
            case Wiring.Canaried.WrongToken _ ->
                    new Finding(wiring.client(), Status.PROBLEM, "the server refuses the token");
            case Wiring.Canaried.WrongAnswer wrong ->
                    new Finding(
                            wiring.client(),
                            Status.PROBLEM,
                            wrong.what().startsWith(HookAnswer.NOT_JUDGED)
                                    ? "a canary call did not arrive; a tool call would be refused"
                                            + " like it: "
                                            + wrong.what()
                                    : "a canary call was answered wrongly: " + wrong.what());
            case Wiring.Canaried.NoAnswer none ->
                    new Finding(wiring.client(), Status.PROBLEM, none.what());
        };
    }
}
