package dev.countersign.cli;

import dev.countersign.agent.ClaudeCode;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import dev.countersign.agent.SettingsFiles;
import dev.countersign.agent.SettingsFiles.Change;
import dev.countersign.agent.SettingsPlaces;
import dev.countersign.agent.Setup;
import dev.countersign.agent.SetupFiles;
import dev.countersign.cli.ServerClient.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Takes our hooks out of a client's settings and restores what was there. */
final class Disconnect implements Command {
    private final Tools tools;

    Disconnect(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Wiring.addTo(
                        Syntax.of("disconnect", "Take our hooks out of a client's settings again."))
                .note(
                        "While the server runs, only a person who signed in may do so: run"
                                + " `"
                                + Program.command("login")
                                + "` first.");
    }

    @Override
    public int run(Given given) throws IOException {
        String named = Wiring.checkedClient(given.argument(0));
        if (!named.equals(ClaudeCode.NAME)) {
            return sender(given, named);
        }
        SettingsPlaces places = Wiring.places(tools.around());
        Wiring wiring = Wiring.of(given, places);
        Optional<String> server = ClaudeCodeSettings.server(Wiring.read(wiring.hooks()));
        Optional<String> token = ClaudeCodeSettings.token(Wiring.read(wiring.token()));
        // The server that guards is asked, whatever other one is named.
        Optional<String> judge = server.map(Disconnect::judge);
        Optional<ServerClient> person = judge.flatMap(url -> person(given, url));
        boolean changed = false;
        for (Path file : wiring.files().reversed()) {
            changed |= restore(wiring, file, server.orElse(""), token.orElse(""));
        }
        if (changed && token.isPresent()) {
            revoke(wiring.token(), server.orElse(""), revoker(given, server, judge, person));
        }
        if (wiring.shared()) {
            GitExclude.remove(places.project());
        }
        tools.terminal()
                .line(
                        changed
                                ? "Sessions that run already keep their hooks until they end."
                                : "nothing to do: no hook of ours in " + wiring.hooks());
        return 0;
    }

    /** The same for a client that runs the sender. */
    private int sender(Given given, String client) throws IOException {
        SenderWiring wiring = SenderWiring.found(given, client, tools.around());
        Optional<String> server = wiring.server();
        Optional<String> judge = server.map(Disconnect::judge);
        Optional<ServerClient> person = judge.flatMap(url -> person(given, url));
        boolean changed = false;
        for (Setup.Part part : wiring.parts()) {
            try {
                Change change = SetupFiles.disconnect(part, tools.around().clock().instant());
                changed |= change.changed();
                if (change.changed()) {
                    tools.terminal()
                            .line(
                                    (Files.exists(change.file()) ? "restored " : "removed ")
                                            + change.file());
                }
            } catch (Unusable e) {
                throw Failure.failed(
                        e.in(part.file().toString()) + "; take our entries out by hand");
            }
        }
        if (changed && !wiring.stillUsed(tools.around())) {
            Files.deleteIfExists(wiring.sending().config());
            wiring.sweep();
            revoke(
                    wiring.sending().config(),
                    server.orElse(""),
                    revoker(given, server, judge, person));
        }
        tools.terminal()
                .line(
                        changed
                                ? "Sessions that run already may keep their hooks until they end."
                                : "nothing to do: no hook of ours there");
        return 0;
    }

    /** The server that judges: the one behind an edge, where the hooks point at one. */
    private static String judge(String wired) {
        return new ServerClient(ServerClient.address(wired), null, ServerClient.Credential.NONE)
                .behind()
                .map(far -> Wiring.base(ServerClient.address(far)))
                .orElse(wired);
    }

    /**
     * A bare process of the same user may be the agent itself, so the owner shortcut is not enough.
     * Nobody can ask a server that does not answer; then every call of the agent is blocked anyway.
     */
    private Optional<ServerClient> person(Given given, String server) {
        Where where = Where.of(given, tools.around());
        ServerClient client =
                ServerClient.of(
                        new Where(
                                where.namedData(),
                                Optional.of(server),
                                Optional.empty(),
                                tools.around()));
        int status;
        try {
            // Only a person may vote: for anybody else this ends before the request is looked for.
            status =
                    client.exchange(
                                    "POST",
                                    "/v1/approvals/APR-0/votes",
                                    Json.object().put("answer", "deny"))
                            .status();
        } catch (Failure unreachable) {
            tools.terminal().note("countersign: " + unreachable.text());
            return Optional.empty();
        }
        boolean person =
                (client.credential() == Credential.SIGN_IN
                                || client.credential() == Credential.TOKEN)
                        && status != 401
                        && status != 403;
        if (!person) {
            throw Failure.failed(
                    "removing hooks needs a person who signed in: run `"
                            + Program.command("login --server " + server)
                            + "` first");
        }
        return Optional.of(client);
    }

    /** Who ends the token: the person, or at an edge its owner. */
    private Optional<ServerClient> revoker(
            Given given,
            Optional<String> wired,
            Optional<String> judge,
            Optional<ServerClient> person) {
        if (wired.equals(judge)) {
            return person;
        }
        Where where = Where.of(given, tools.around());
        return Optional.of(
                        ServerClient.of(
                                new Where(
                                        where.namedData(),
                                        wired,
                                        Optional.empty(),
                                        tools.around())))
                .filter(client -> client.credential() == Credential.OWNER);
    }

    /** A token that stands in no settings any more is of no use to anybody but a thief. */
    private void revoke(Path file, String server, Optional<ServerClient> person) {
        WiredTokens known = new WiredTokens(tools.around());
        Optional<String> id = known.id(file, server);
        String why = "";
        if (person.isPresent() && id.isPresent()) {
            try {
                person.get().delete("/v1/tokens/" + ServerClient.part(id.get()));
                known.forget(file);
                tools.terminal().line("revoked its agent token " + Visible.line(id.get()));
                return;
            } catch (Failure e) {
                why = " (" + e.text() + ")";
            }
        }
        tools.terminal()
                .line(
                        "Its agent token is still valid"
                                + why
                                + ": `"
                                + Program.command(
                                        "tokens revoke " + id.map(Visible::line).orElse("ID"))
                                + "` ends it"
                                + (id.isPresent()
                                        ? "."
                                        : ", `"
                                                + Program.command("tokens list")
                                                + "` shows the id."));
    }

    private boolean restore(Wiring wiring, Path file, String server, String token)
            throws IOException {
        try {
            Change change =
                    SettingsFiles.restore(
                            file,
                            tools.around().clock().instant(),
                            text ->
                                    server.isEmpty()
                                            ? text
                                            : ClaudeCodeSettings.with(
                                                    text, wiring.entries(file, server, token)),
                            ClaudeCodeSettings::without);
            if (change.changed()) {
                tools.terminal()
                        .line(
                                (Files.exists(change.file()) ? "restored " : "removed ")
                                        + change.file());
            }
            return change.changed();
        } catch (Unusable e) {
            throw Failure.failed(e.in(file.toString()) + "; take our entries out by hand");
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot write `"
                            + file
                            + "`: "
                            + Reading.why(e)
                            + (wiring.managed() ? "; run it as root" : ""));
        }
    }
}
