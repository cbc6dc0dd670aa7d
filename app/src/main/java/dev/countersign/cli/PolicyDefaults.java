package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a newer program would newly allow by what is built into it, and its acceptance. */
final class PolicyDefaults implements Command {
    private static final String PATH = "/v1/policies/defaults";

    private final Tools tools;

    PolicyDefaults(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "policy defaults",
                        "Say what newer built-in defaults would allow, or accept them.")
                .note(
                        "Until an owner accepts them, what only they allow stays as it was; needs `"
                                + Program.command("login")
                                + "`.")
                .flag("--accept", "put them in force, after saying what they allow")
                .flag("--json", "print JSON");
    }

    @Override
    public int run(Given given) {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        ObjectNode now = server.get(PATH);
        boolean waits = now.path("waiting").asBoolean();
        Terminal terminal = tools.terminal();
        boolean json = given.has("--json");
        if (!json) {
            terminal.line("In force: built-in " + Json.text(now, "in_force"));
            if (waits) {
                terminal.line("Waiting:  built-in " + Json.text(now, "version"));
                PolicyChanges.widening(terminal, now.path("newly_allowed"));
            }
        }
        if (!given.has("--accept") || !waits) {
            if (json) {
                terminal.line(Json.write(now));
            }
            return 0;
        }
        // The version that was shown, and no later one.
        ObjectNode accepted =
                server.post(PATH, Json.object().put("version", Json.text(now, "version")));
        terminal.line(
                json
                        ? Json.write(accepted)
                        : "Accepted: built-in " + Json.text(accepted, "in_force"));
        return 0;
    }
}
