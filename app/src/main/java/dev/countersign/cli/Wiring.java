package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Canary;
import dev.countersign.agent.ClaudeCode;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.ClaudeCodeSettings.Entries;
import dev.countersign.agent.Client;
import dev.countersign.agent.ClientVersion;
import dev.countersign.agent.Clients;
import dev.countersign.agent.SettingsFiles;
import dev.countersign.agent.SettingsPlaces;
import dev.countersign.config.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which settings files a connection of Claude Code consists of.
 *
 * @param hooks the file that holds the hooks
 * @param token the file that holds the token; the same one unless the hooks are shared
 * @param managed whether it is the machine-wide file, which every user must be able to read
 */
record Wiring(Path hooks, Path token, boolean managed) {
    /** Below this version a hook that fails lets the call run. */
    static final ClientVersion NEEDED = new ClientVersion(2, 1, 295);

    static SettingsPlaces places(Surroundings around) {
        return new SettingsPlaces(
                around.variable("CLAUDE_CONFIG_DIR")
                        .map(folder -> Where.path(folder, around))
                        .orElse(around.home().resolve(".claude")),
                around.cwd(),
                SettingsPlaces.managed(around.platform()));
    }

    static Wiring of(Given given, SettingsPlaces places) {
        List<String> named =
                List.of("--user", "--project", "--managed").stream().filter(given::has).toList();
        if (named.size() > 1) {
            throw Failure.usage(
                    "`" + named.get(0) + "` and `" + named.get(1) + "` exclude each other");
        }
        return switch (named.isEmpty() ? "--user" : named.getFirst()) {
            case "--project" -> new Wiring(places.projectFile(), places.localFile(), false);
            case "--managed" -> new Wiring(places.managedFile(), places.managedFile(), true);
            default -> new Wiring(places.userFile(), places.userFile(), false);
        };
    }

    /** The options of the commands that work on one place. */
    static Syntax addTo(Syntax syntax) {
        return syntax.argument("CLIENT")
                .flag("--user", "your own settings, for every project (default)")
                .flag("--project", "the settings of the current folder")
                .flag("--managed", "the machine-wide settings nobody can switch off; needs root");
    }

    /** Every client that can be wired. */
    static List<String> clients() {
        return Clients.all().stream().map(Client::name).toList();
    }

    /** A client that is one. */
    static String checkedClient(String client) {
        if (!clients().contains(client)) {
            throw Failure.usage(
                    "unknown client `"
                            + Visible.line(client)
                            + "`"
                            + Closest.hint(client, clients())
                            + "; there are: "
                            + String.join(", ", clients()));
        }
        return client;
    }

    boolean shared() {
        return !hooks.equals(token);
    }

    /** What goes into a file of this wiring. */
    Entries entries(Path file, String server, @Nullable String secret) {
        return new Entries(server, file.equals(hooks), file.equals(token) ? secret : null);
    }

    /** The files, the one that switches the hooks on last. */
    List<Path> files() {
        return shared() ? List.of(token, hooks) : List.of(hooks);
    }

    static String read(Path file) {
        try {
            return SettingsFiles.read(file);
        } catch (IOException e) {
            throw Failure.failed("cannot read `" + file + "`: " + Reading.why(e));
        }
    }

    /** How a canary call went. */
    sealed interface Canaried {
        record Refused() implements Canaried {}

        record WrongToken() implements Canaried {}

        record WrongAnswer(String what) implements Canaried {}

        record NoAnswer(String what) implements Canaried {}
    }

    /** Sends the call that must be refused, as the client would. */
    static Canaried canary(String server, String token) {
        String nonce = UUID.randomUUID().toString();
        ObjectNode body = Json.object();
        body.put("session_id", "canary-" + nonce);
        body.put("cwd", "/");
        body.put("hook_event_name", "PreToolUse");
        body.put("tool_name", Canary.TOOL);
        body.putObject("tool_input").put("nonce", nonce);
        ServerClient.Answer answer;
        try {
            answer =
                    new ServerClient(
                                    ServerClient.address(server),
                                    token,
                                    ServerClient.Credential.TOKEN)
                            .exchange("POST", "/hooks/" + ClaudeCode.NAME + "/PreToolUse", body);
        } catch (Failure e) {
            return new Canaried.NoAnswer(e.text());
        }
        if (answer.status() == 401 || answer.status() == 403) {
            return new Canaried.WrongToken();
        }
        String said =
                Json.text(answer.body().path("hookSpecificOutput"), "permissionDecisionReason");
        boolean denied =
                Json.text(answer.body().path("hookSpecificOutput"), "permissionDecision")
                        .equals("deny");
        return answer.status() == 200 && denied && said.equals(Canary.ANSWER + nonce)
                ? new Canaried.Refused()
                : new Canaried.WrongAnswer(
                        denied && !said.isEmpty()
                                ? Visible.line(said)
                                : "status " + answer.status());
    }

    /** A token that is already there and that the server takes. */
    Optional<String> usableToken(String server) {
        return ClaudeCodeSettings.token(read(token))
                .filter(secret -> canary(server, secret) instanceof Canaried.Refused);
    }

    /** The address without the slash at its end. */
    static String base(URI server) {
        String text = server.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
