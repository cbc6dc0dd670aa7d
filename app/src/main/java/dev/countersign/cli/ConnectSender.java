package dev.countersign.cli;

import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import dev.countersign.agent.Sending;
import dev.countersign.agent.SettingsFiles.Change;
import dev.countersign.agent.Setup;
import dev.countersign.agent.SetupFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Wires a client that runs the sender: the sender, its token, and the client's own files. */
final class ConnectSender {
    private final Tools tools;
    private final Connect connect;

    ConnectSender(Tools tools, Connect connect) {
        this.tools = tools;
        this.connect = connect;
    }

    int run(Given given, String client) throws IOException, InterruptedException {
        Setup.Level level = SenderWiring.level(given);
        ServerClient server = ServerClient.of(connect.where(given));
        Optional<String> behind = server.behind();
        if (behind.isPresent() && given.value("--agent").isPresent()) {
            throw Failure.usage(
                    "behind an edge all clients are the agent of its device; `"
                            + Program.command("login --device --agent NAME")
                            + "` names that");
        }
        String base = Wiring.base(server.base());
        boolean windows = SenderWiring.windows(tools.around());
        if (windows && level == Setup.Level.MANAGED) {
            throw Failure.failed("nothing is written for all users of a Windows machine yet");
        }
        SenderWiring wiring = wiring(client, level, base, windows || given.has("--powershell"));
        if (wiring.parts().isEmpty()) {
            throw Failure.usage(
                    wiring.setup().title()
                            + " has no "
                            + (level == Setup.Level.MANAGED ? "machine-wide" : level.wire())
                            + " place for hooks; use `--user` or `--project`");
        }
        // Every file is tried before a token is made or anything is written.
        for (Setup.Part part : wiring.parts()) {
            try {
                String _ = SetupFiles.with(part, Wiring.read(part.file()));
            } catch (Unusable e) {
                throw Failure.failed(e.in(part.file().toString()) + "; nothing was changed");
            }
        }
        Optional<String> kept =
                wiring.token()
                        .filter(token ->
                                wiring.posted(base, token) instanceof Wiring.Canaried.Refused);
        String token =
                kept.isPresent()
                        ? kept.get()
                        : connect.newToken(
                                client,
                                wiring.sending().config(),
                                server,
                                given.value("--agent").orElse(client));
        boolean changed = ours(wiring, token);
        for (Setup.Part part : wiring.parts()) {
            changed |= theirs(part);
        }
        if (!changed) {
            tools.terminal().line("nothing to do: wired to " + base + " already");
        }
        behind.ifPresent(far -> tools.terminal().line(base + " is an edge and asks " + far));
        report(wiring, base);
        return 0;
    }

    private SenderWiring wiring(String client, Setup.Level level, String base, boolean powershell) {
        try {
            return SenderWiring.of(client, level, base, tools.around(), powershell);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** The sender and what it needs; the token is its owner's alone unless it is everybody's. */
    private boolean ours(SenderWiring wiring, String token) {
        Sending sending = wiring.sending();
        boolean changed = false;
        changed |=
                keep(
                        sending.script(),
                        sending.shipped(),
                        wiring.managed() ? "rwxr-xr-x" : "rwx------");
        changed |=
                keep(
                        sending.config(),
                        Sending.config(token),
                        wiring.managed() ? "rw-r--r--" : "rw-------");
        return changed;
    }

    private boolean keep(Path file, String text, String mode) {
        if (Wiring.read(file).equals(text)) {
            return false;
        }
        try {
            Path folder = file.getParent();
            if (folder == null) {
                throw new IllegalStateException("no folder of " + file + " (this is a bug)");
            }
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".countersign", ".new");
            try {
                mode(fresh, "rw-------");
                Files.writeString(fresh, text);
                mode(fresh, mode);
                Files.move(
                        fresh,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        tools.terminal().line("wrote " + file);
        return true;
    }

    /** Where there are no such modes, a user's folder is the user's alone. */
    private static void mode(Path file, String mode) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        }
    }

    private boolean theirs(Setup.Part part) {
        try {
            Change change = SetupFiles.connect(part, tools.around().clock().instant());
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
            throw Failure.failed(e.in(part.file().toString()));
        } catch (IOException e) {
            throw unwritable(part.file(), e);
        }
    }

    private static Failure unwritable(Path file, IOException e) {
        boolean machine = file.startsWith("/etc") || file.startsWith("/Library");
        return Failure.failed(
                "cannot write `"
                        + file
                        + "`: "
                        + Reading.why(e)
                        + (machine ? "; run it as root" : ""));
    }

    private void report(SenderWiring wiring, String base) {
        Terminal terminal = tools.terminal();
        Optional<ClientProgram> program =
                ClientProgram.find(tools.around(), wiring.setup().programs());
        String which =
                wiring.setup().title()
                        + program.flatMap(ClientProgram::version)
                                .map(version -> " " + version)
                                .orElse("");
        if (program.isEmpty()) {
            terminal.note(
                    "countersign: `"
                            + wiring.setup().programs().getFirst()
                            + "` is not on the search path; it was wired all the same, as tried"
                            + " with: "
                            + wiring.setup().tried());
        }
        switch (wiring.sent()) {
            case Wiring.Canaried.Refused _ ->
                    terminal.line(
                            which
                                    + " asks "
                                    + base
                                    + "; a canary call through its sender was refused as it should"
                                    + " be");
            case Wiring.Canaried.WrongToken _ ->
                    terminal.note("countersign: the server refuses the token; run connect again");
            case Wiring.Canaried.WrongAnswer wrong ->
                    terminal.note(
                            "countersign: the canary call was answered wrongly: " + wrong.what());
            case Wiring.Canaried.NoAnswer none ->
                    terminal.note(
                            "countersign: " + none.what() + "; until then every call is blocked");
        }
        if (wiring.client().equals("codex") && !wiring.managed()) {
            trust(wiring, program);
        }
        if (wiring.level() == Setup.Level.PROJECT) {
            terminal.line(
                    "The project's file names your own sender: keep it out of version control.");
        }
        terminal.line("Next step:  " + Program.command("doctor"));
    }

    /** Codex runs no hook of a user that was not trusted, and says nothing. */
    private void trust(SenderWiring wiring, Optional<ClientProgram> program) {
        String left =
                "one thing is left to do: start `codex`, open `/hooks` and trust those of"
                        + " Countersign; until then Codex runs none of them and says nothing";
        if (program.isEmpty()) {
            tools.terminal().note("countersign: " + left);
            return;
        }
        switch (CodexTrust.grant(
                program.get().file(), wiring.parts().getFirst().file(), tools.around())) {
            case CodexTrust.Trusted.Yes yes ->
                    tools.terminal().line("Codex trusts the " + yes.hooks() + " hooks");
            case CodexTrust.Trusted.No no ->
                    tools.terminal().note("countersign: " + left + " (" + no.why() + ")");
        }
    }
}
