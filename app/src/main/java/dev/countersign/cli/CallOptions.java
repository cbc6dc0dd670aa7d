package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import java.util.List;
import java.util.stream.Stream;

/** The options that describe a call, shared by {@code check} and {@code analyze}. */
final class CallOptions {
    private static final List<String> WAYS = List.of("--command", "--tool", "--batch");

    private CallOptions() {}

    static Syntax addTo(Syntax syntax) {
        return syntax.option("--command", "STRING", "a shell command")
                .option("--tool", "NAME", "a tool, by the client's own name")
                .option("--input", "JSON", "the input of the tool")
                .option("--client", "CLIENT", "such as claude-code")
                .flag(
                        "--batch",
                        "read one call a line as JSON from standard input, answer likewise")
                .option("--workspace", "DIR", "root of the work (default: the working directory)")
                .option("--cwd", "DIR", "where the call runs (default: the workspace, or here)")
                .option("--agent", "NAME", "who asks (default: cli)")
                .option("--shell", "SHELL", "bash, zsh, sh, pwsh or cmd (default: bash)")
                .flag("--json", "print JSON");
    }

    private static void checkClient(String client) {
        List<String> known =
                Stream.concat(
                                Clients.all().stream().map(Client::name),
                                Stream.of(CallReader.CLIENT))
                        .toList();
        if (!known.contains(client)) {
            throw Failure.usage(
                    "unknown client `"
                            + Visible.line(client)
                            + "`"
                            + Closest.hint(client, known)
                            + "; expected one of: "
                            + String.join(", ", known));
        }
    }

    /** What holds for every call of this run. */
    static ObjectNode standard(Given given) {
        ObjectNode json = Json.object();
        for (String field : List.of("workspace", "cwd", "agent", "shell", "client")) {
            given.value("--" + field).ifPresent(value -> json.put(field, value));
        }
        return json;
    }

    /** The one call of this run. */
    static ObjectNode one(Given given) {
        ObjectNode json = Json.object();
        given.value("--command").ifPresent(value -> json.put("command", value));
        given.value("--tool").ifPresent(value -> json.put("tool", value));
        given.value("--input")
                .ifPresent(value -> {
                    try {
                        json.set("input", Json.read(value));
                    } catch (Json.Broken e) {
                        throw Failure.usage("`--input`: " + e.text());
                    }
                });
        return json;
    }

    /** Refuses what does not go together. */
    static void check(Given given) {
        List<String> ways = WAYS.stream().filter(given::has).toList();
        if (ways.isEmpty()) {
            throw Failure.usage(
                    "nothing to judge; expected --command STRING, --tool NAME with --input JSON,"
                            + " or --batch");
        }
        if (ways.size() > 1) {
            throw Failure.usage("only one of `" + String.join("`, `", ways) + "` can be given");
        }
        if (given.value("--command").filter(String::isBlank).isPresent()) {
            throw Failure.usage("`--command` is empty; expected a shell command");
        }
        given.value("--client").ifPresent(CallOptions::checkClient);
        if (given.has("--input") && !given.has("--tool")) {
            throw Failure.usage("`--input` belongs to `--tool`");
        }
    }
}
