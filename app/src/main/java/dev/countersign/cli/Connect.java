package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCode;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import dev.countersign.agent.ClientVersion;
import dev.countersign.agent.SettingsFiles;
import dev.countersign.agent.SettingsFiles.Change;
import dev.countersign.agent.SettingsPlaces;
import dev.countersign.config.DataFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Wires a client so that it asks before every tool call, and blocks when it cannot. */
final class Connect implements Command {
    private final Tools tools;

    Connect(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Wiring.addTo(
                        Syntax.of(
                                "connect", "Wire a client so that it asks before every tool call."))
                .option(
                        "--agent",
                        "NAME",
                        "the agent's name in rules and records (default: the client's; behind an"
                                + " edge its device's)")
                .flag(
                        "--powershell",
                        "the sender for PowerShell instead of a POSIX shell (always on Windows)")
                .note("Clients: " + String.join(", ", Wiring.clients()) + ".")
                .note(
                        "Everything else in the settings stays as it is; a backup is kept beside"
                                + " the file, and `disconnect` restores it.");
    }

    @Override
    public int run(Given given) throws IOException, InterruptedException {
        String named = Wiring.checkedClient(given.argument(0));
        if (!named.equals(ClaudeCode.NAME)) {
            return new ConnectSender(tools, this).run(given, named);
        }
        SettingsPlaces places = Wiring.places(tools.around());
        Wiring wiring = Wiring.of(given, places);
        Optional<ClientProgram> client = ClientProgram.claudeCode(tools.around());
        checkVersion(client);
        ServerClient server = ServerClient.of(where(given));
        Optional<String> behind = server.behind();
        if (behind.isPresent() && given.value("--agent").isPresent()) {
            throw Failure.usage(
                    "behind an edge all clients are the agent of its device; `"
                            + Program.command("login --device --agent NAME")
                            + "` names that");
        }
        String base = Wiring.base(server.base());
        // Every file is tried before a token is made or anything is written.
        for (Path file : wiring.files()) {
            tryOut(wiring, file, base);
        }
        if (wiring.shared() && GitExclude.tracked(wiring.token())) {
            throw Failure.failed(
                    "`"
                            + wiring.token()
                            + "` is under version control, and the token would be too; take it"
                            + " out with `git rm --cached`, or use `--user`");
        }
        Optional<String> usable = wiring.usableToken(base);
        String token =
                usable.isPresent()
                        ? usable.get()
                        : newToken(
                                ClaudeCode.NAME,
                                wiring.token(),
                                server,
                                given.value("--agent").orElse(ClaudeCode.NAME));
        Terminal terminal = tools.terminal();
        if (wiring.shared() && GitExclude.add(places.project())) {
            terminal.line("git will not see " + relative(wiring.token()) + " and the backups");
        }
        boolean changed = false;
        for (Path file : wiring.files()) {
            changed |= write(wiring, file, base, token);
        }
        if (!changed) {
            terminal.line("nothing to do: wired to " + base + " already");
        }
        behind.ifPresent(far -> terminal.line(base + " is an edge and asks " + far));
        report(wiring, base, token, client);
        return 0;
    }

    private void checkVersion(Optional<ClientProgram> client) {
        if (client.isEmpty()) {
            tools.terminal()
                    .note(
                            "countersign: `claude` is not on the search path; the settings are"
                                    + " written all the same, for version "
                                    + Wiring.NEEDED
                                    + " or later");
            return;
        }
        Optional<ClientVersion> version = client.get().version();
        if (version.isEmpty()) {
            tools.terminal()
                    .note(
                            "countersign: `"
                                    + client.get().file()
                                    + " --version` did not say its version; "
                                    + Wiring.NEEDED
                                    + " or later is needed");
        } else if (version.get().compareTo(Wiring.NEEDED) < 0) {
            throw Failure.failed(
                    "Claude Code "
                            + version.get()
                            + " (`"
                            + client.get().file()
                            + "`) lets a call run when its hook fails; "
                            + Wiring.NEEDED
                            + " or later is needed; nothing was changed");
        }
    }

    private static void tryOut(Wiring wiring, Path file, String base) {
        try {
            ClaudeCodeSettings.with(
                    Wiring.read(file), wiring.entries(file, base, "a token to try with"));
        } catch (Unusable e) {
            throw Failure.failed(e.in(file.toString()) + "; nothing was changed");
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** The server that is meant: on a laptop with an edge and no server of its own, the edge. */
    Where where(Given given) {
        Where where = Where.of(given, tools.around());
        if (where.server().isPresent() || ServerClient.running(where.data()).isPresent()) {
            return where;
        }
        return ServerClient.running(DataFolder.edge(tools.around()))
                .map(note ->
                        new Where(
                                where.namedData(),
                                Optional.of(Json.text(note, "url")),
                                where.namedDatabase(),
                                tools.around()))
                .orElse(where);
    }

    /** Makes a token for a client, and notes its id by the file it will stand in. */
    String newToken(String client, Path file, ServerClient server, String agent)
            throws InterruptedException {
        String name = "connect " + client;
        boolean far = !isLoopback(server.base());
        ObjectNode made =
                far && server.credential() == ServerClient.Credential.NONE
                        ? new DeviceFlow(tools, name)
                                .run(
                                        server,
                                        Json.object()
                                                .put("name", name + " on " + Login.machine(tools))
                                                .put("agent", agent))
                        : server.post(
                                "/v1/tokens",
                                Json.object()
                                        .put("kind", far ? "device" : "agent")
                                        .put("name", name)
                                        .put("agent", agent));
        String token = DeviceFlow.token(made);
        if (token.isEmpty()) {
            throw Failure.failed("the server made no token");
        }
        new WiredTokens(tools.around())
                .keep(file, Wiring.base(server.base()), Json.text(made, "id"));
        return token;
    }

    static boolean isLoopback(URI server) {
        String host = server.getHost();
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private boolean write(Wiring wiring, Path file, String base, String token) throws IOException {
        boolean secret = file.equals(wiring.token()) && !wiring.managed();
        try {
            Change change =
                    SettingsFiles.edit(
                            file,
                            secret,
                            tools.around().clock().instant(),
                            text ->
                                    ClaudeCodeSettings.with(
                                            text, wiring.entries(file, base, token)));
            if (change.changed()) {
                tools.terminal()
                        .line(
                                "wrote "
                                        + change.file()
                                        + (change.backup() == null
                                                ? ""
                                                : " (before: "
                                                        + change.backup().getFileName()
                                                        + ")"));
            }
            return change.changed();
        } catch (Unusable e) {
            throw Failure.failed(e.in(file.toString()));
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot write `"
                            + file
                            + "`: "
                            + Reading.why(e)
                            + (wiring.managed() ? "; run it as root" : ""));
        }
    }

    private void report(Wiring wiring, String base, String token, Optional<ClientProgram> client) {
        Terminal terminal = tools.terminal();
        String which =
                client.flatMap(ClientProgram::version)
                        .map(version -> "Claude Code " + version)
                        .orElse("Claude Code");
        switch (Wiring.canary(base, token)) {
            case Wiring.Canaried.Refused _ ->
                    terminal.line(
                            which
                                    + " asks "
                                    + base
                                    + "; a canary call was refused as it should be");
            case Wiring.Canaried.WrongToken _ ->
                    terminal.note("countersign: the server refuses the token; run connect again");
            case Wiring.Canaried.WrongAnswer wrong ->
                    terminal.note(
                            "countersign: the canary call was answered wrongly: " + wrong.what());
            case Wiring.Canaried.NoAnswer none ->
                    terminal.note(
                            "countersign: " + none.what() + "; until then every call is blocked");
        }
        if (wiring.shared()) {
            terminal.line(
                    "Sessions started in this very folder are covered, those in its subfolders are"
                            + " not; `--user` covers all.");
        }
        terminal.line("Next step:  " + Program.command("doctor"));
    }

    private String relative(Path file) {
        Path cwd = tools.around().cwd();
        return file.startsWith(cwd) ? cwd.relativize(file).toString() : file.toString();
    }
}
