package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCodeSettings;
import dev.countersign.agent.ClientVersion;
import dev.countersign.agent.SettingsGuard;
import dev.countersign.agent.SettingsGuard.Content;
import dev.countersign.agent.SettingsGuard.Origin;
import dev.countersign.agent.SettingsGuard.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says whether every hook is really wired, proves it with a canary call, and what is not covered.
 */
final class Doctor implements Command {
    private final Tools tools;

    Doctor(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("doctor", "Check that every hook is wired and what is not covered.")
                .flag("--json", "one JSON object instead of lines")
                .note(
                        "With a person's token or sign-in it also says whether clients told"
                                + " results that nobody had allowed.")
                .note("Exit code: 0 when every check is good, 1 otherwise.");
    }

    /** How a check ended. */
    enum Status {
        OK,
        PROBLEM,
        /** Works as it should, and still something no hook sees or decides alone. */
        NOTE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Finding(String check, Status status, String text) {}

    @Override
    public int run(Given given) {
        InShort inShort = new InShort();
        List<Finding> findings = findings(given, inShort);
        boolean good = findings.stream().noneMatch(f -> f.status() == Status.PROBLEM);
        if (given.has("--json")) {
            ObjectNode json = Json.object();
            json.put("ok", good).put("version", Cli.VERSION);
            json.put("platform", tools.around().platform());
            json.put("at", tools.around().clock().instant().toString());
            ArrayNode checks = json.putArray("checks");
            for (Finding finding : findings) {
                checks.addObject()
                        .put("check", finding.check())
                        .put("status", finding.status().wire())
                        .put("text", finding.text());
            }
            inShort.json(json.putArray("clients"));
            tools.terminal().line(Json.write(json));
        } else {
            findings.forEach(this::print);
            tools.terminal().line("");
            tools.terminal().line("In short:");
            inShort.lines().forEach(this::print);
        }
        return good ? 0 : 1;
    }

    private void print(Finding finding) {
        Terminal terminal = tools.terminal();
        String word =
                switch (finding.status()) {
                    case OK -> "ok";
                    case PROBLEM -> "problem";
                    case NOTE -> "note";
                };
        Terminal.Ink ink =
                switch (finding.status()) {
                    case OK -> Terminal.Ink.ALLOW;
                    case PROBLEM -> Terminal.Ink.DENY;
                    case NOTE -> Terminal.Ink.ASK;
                };
        List<String> lines =
                Text.beside(
                        String.format("%-8s %-9s", word, finding.check()),
                        19,
                        Visible.line(finding.text()),
                        Math.clamp(terminal.width(), 60, Terminal.STANDARD_WIDTH));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            terminal.line(
                    i == 0
                            ? terminal.paint(ink, line.substring(0, word.length()))
                                    + line.substring(word.length())
                            : line);
        }
    }

    private void print(String line) {
        int width = Math.clamp(tools.terminal().width(), 60, Terminal.STANDARD_WIDTH);
        Text.beside("  -", 4, Visible.line(line), width).forEach(tools.terminal()::line);
    }

    private List<Finding> findings(Given given, InShort inShort) {
        List<Finding> findings = new ArrayList<>();
        SenderDoctor others = new SenderDoctor(tools);
        List<SenderWiring> wired = others.wired();
        List<Place> places = Wiring.places(tools.around()).read();
        Set<String> servers = servers(places);
        if (servers.isEmpty() && !wired.isEmpty()) {
            ClientProgram.claudeCode(tools.around())
                    .ifPresent(program -> {
                        findings.add(
                                new Finding(
                                        "client",
                                        Status.NOTE,
                                        "`"
                                                + program.file()
                                                + "` is installed and asks nobody: `"
                                                + Program.command("connect claude-code")
                                                + "`"));
                        inShort.add(claudeCode(InShort.State.NOBODY, false));
                    });
            wired.stream()
                    .flatMap(one -> one.server().stream())
                    .distinct()
                    .forEach(server -> server(findings, server, true));
        } else {
            claudeCode(findings, places, servers, given);
            if (!servers.isEmpty()) {
                inShort.add(claudeCode(state(findings), managed(places, servers)));
            } else if (ClientProgram.claudeCode(tools.around()).isPresent()) {
                inShort.add(claudeCode(InShort.State.NOBODY, false));
            }
        }
        for (SenderWiring one : wired) {
            List<Finding> those = others.findings(one);
            findings.addAll(those);
            inShort.add(
                    new InShort.Standing(
                            one.client(), one.setup().title(), state(those), one.managed()));
        }
        for (Finding one : others.unwired(wired)) {
            findings.add(one);
            inShort.add(
                    new InShort.Standing(
                            one.check(),
                            SenderWiring.setup(one.check()).title(),
                            InShort.State.NOBODY,
                            false));
        }
        results(findings, given);
        return findings;
    }

    private static InShort.Standing claudeCode(InShort.State state, boolean machine) {
        return new InShort.Standing("claude-code", "Claude Code", state, machine);
    }

    private static InShort.State state(List<Finding> findings) {
        return findings.stream().anyMatch(f -> f.status() == Status.PROBLEM)
                ? InShort.State.PROBLEM
                : InShort.State.ASKS;
    }

    private static boolean managed(List<Place> places, Set<String> servers) {
        return places.stream()
                .anyMatch(place ->
                        place.content() instanceof Content.Parsed
                                && place.origin() == Origin.MANAGED
                                && SettingsGuard.wires(place, "PreToolUse", servers));
    }

    /** What the ledger knows of calls that ran past the hooks. */
    private void results(List<Finding> findings, Given given) {
        try {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ResultsHealth.of(server, tools.around().clock().instant())
                    .ifPresent(health ->
                            findings.add(
                                    new Finding(
                                            "results",
                                            health.problem() ? Status.PROBLEM : Status.OK,
                                            health.text())));
        } catch (Failure e) {
            // That no server answers is said where it matters.
        }
    }

    private void claudeCode(
            List<Finding> findings, List<Place> places, Set<String> servers, Given given) {
        client(findings);
        if (servers.isEmpty()) {
            findings.add(
                    new Finding(
                            "wiring",
                            Status.PROBLEM,
                            "no hook of ours in any settings file of this folder, so nobody is"
                                    + " asked and every tool call runs; run `countersign connect"
                                    + " claude-code`"));
            server(
                    findings,
                    Wiring.base(ServerClient.of(Where.of(given, tools.around())).base()),
                    false);
        } else {
            wiring(findings, places, servers);
            for (String server : servers) {
                server(findings, server, true);
                canary(findings, places, server);
            }
        }
        uncovered(findings, places, servers);
    }

    private void client(List<Finding> findings) {
        Optional<ClientProgram> client = ClientProgram.claudeCode(tools.around());
        if (client.isEmpty()) {
            findings.add(
                    new Finding(
                            "client",
                            Status.NOTE,
                            "`claude` is not on the search path; hooks need Claude Code "
                                    + Wiring.NEEDED
                                    + " or later"));
            return;
        }
        Optional<ClientVersion> version = client.get().version();
        String file = client.get().file().toString();
        if (version.isEmpty()) {
            findings.add(
                    new Finding(
                            "client",
                            Status.PROBLEM,
                            "`" + file + " --version` did not say its version"));
        } else if (version.get().compareTo(Wiring.NEEDED) < 0) {
            findings.add(
                    new Finding(
                            "client",
                            Status.PROBLEM,
                            "Claude Code "
                                    + version.get()
                                    + " (`"
                                    + file
                                    + "`) lets a call run when its hook fails; "
                                    + Wiring.NEEDED
                                    + " or later is needed"));
        } else {
            findings.add(
                    new Finding(
                            "client",
                            Status.OK,
                            "Claude Code " + version.get() + ", `" + file + "`"));
        }
    }

    /** Every server some file is wired to. */
    private static Set<String> servers(List<Place> places) {
        Set<String> servers = new LinkedHashSet<>();
        for (Place place : places) {
            if (place.content() instanceof Content.Parsed parsed) {
                ClaudeCodeSettings.server(parsed.settings().toString()).ifPresent(servers::add);
            }
        }
        return servers;
    }

    private static void wiring(List<Finding> findings, List<Place> places, Set<String> servers) {
        for (Place place : places) {
            if (place.content() instanceof Content.Broken broken) {
                findings.add(
                        new Finding(
                                "settings",
                                Status.PROBLEM,
                                "the client drops all of `"
                                        + place.file()
                                        + "`: "
                                        + broken.what()));
            }
        }
        List<String> problems = SettingsGuard.problems(places, servers);
        problems.forEach(text -> findings.add(new Finding("wiring", Status.PROBLEM, text)));
        for (Place place : places) {
            if (place.content() instanceof Content.Parsed parsed
                    && ClaudeCodeSettings.present(parsed.settings().toString())) {
                SettingsGuard.defects(place)
                        .forEach(text -> findings.add(new Finding("wiring", Status.PROBLEM, text)));
                boolean hooks = ClaudeCodeSettings.server(parsed.settings().toString()).isPresent();
                findings.add(
                        new Finding(
                                "wiring",
                                problems.isEmpty() ? Status.OK : Status.NOTE,
                                place.file() + (hooks ? " holds our hooks" : " holds the token")));
            }
        }
        if (servers.size() > 1) {
            findings.add(
                    new Finding(
                            "wiring",
                            Status.PROBLEM,
                            "several servers are wired and each is asked about every call: "
                                    + String.join(", ", servers)));
        }
    }

    /**
     * @param asked whether hooks ask it, and block what they cannot ask about
     */
    private static void server(List<Finding> findings, String server, boolean asked) {
        try {
            int status =
                    new ServerClient(
                                    ServerClient.address(server),
                                    null,
                                    ServerClient.Credential.NONE)
                            .exchange("GET", "/health/live", null)
                            .status();
            Optional<String> behind =
                    new ServerClient(
                                    ServerClient.address(server),
                                    null,
                                    ServerClient.Credential.NONE)
                            .behind();
            if (behind.isPresent()) {
                edge(findings, server, behind.get());
                return;
            }
            findings.add(
                    status == 200
                            ? new Finding("server", Status.OK, server + " answers" + direct(server))
                            : new Finding(
                                    "server",
                                    Status.PROBLEM,
                                    server + " answers with status " + status));
            WitnessHealth.of(
                            new ServerClient(
                                    ServerClient.address(server),
                                    null,
                                    ServerClient.Credential.NONE))
                    .ifPresent(health ->
                            findings.add(
                                    new Finding(
                                            "witness",
                                            health.problem() ? Status.PROBLEM : Status.OK,
                                            health.text())));
        } catch (Failure e) {
            findings.add(
                    new Finding(
                            "server",
                            Status.PROBLEM,
                            e.text() + (asked ? "; until then every tool call is blocked" : "")));
        }
    }

    /** What a server elsewhere does not know of this machine. */
    private static String direct(String server) {
        return Connect.isLoopback(ServerClient.address(server))
                ? ""
                : "; it is asked directly, so calls are judged as they are written: an edge would"
                        + " tell it where links lead and what scripts do";
    }

    /** The edge of this machine, and whether the chain goes on to the server that judges. */
    private static void edge(List<Finding> findings, String edge, String server) {
        findings.add(
                new Finding("edge", Status.OK, edge + " answers, an edge that asks " + server));
        ServerClient.Answer ready =
                new ServerClient(ServerClient.address(edge), null, ServerClient.Credential.NONE)
                        .exchange("GET", "/health/ready", null);
        String why = Json.text(ready.body(), "why");
        findings.add(
                ready.status() == 200
                        ? new Finding("server", Status.OK, server + " answers through the edge")
                        : new Finding(
                                "server",
                                Status.PROBLEM,
                                (why.isEmpty() ? server + " is not ready" : why)
                                        + "; until then every tool call is blocked"));
    }

    private static void canary(List<Finding> findings, List<Place> places, String server) {
        Optional<String> token = token(places);
        if (token.isEmpty()) {
            findings.add(
                    new Finding(
                            "token",
                            Status.PROBLEM,
                            "no settings file holds a token in `env."
                                    + ClaudeCodeSettings.TOKEN_VARIABLE
                                    + "`, so every tool call is blocked; run connect again"));
            return;
        }
        findings.add(
                switch (Wiring.canary(server, token.get())) {
                    case Wiring.Canaried.Refused _ ->
                            new Finding(
                                    "canary",
                                    Status.OK,
                                    "a canary call with the token of the settings arrived and was"
                                            + " refused as it should be");
                    case Wiring.Canaried.WrongToken _ ->
                            new Finding(
                                    "token",
                                    Status.PROBLEM,
                                    "the server refuses the token, so every tool call is blocked;"
                                            + " run connect again");
                    case Wiring.Canaried.WrongAnswer wrong ->
                            new Finding(
                                    "canary",
                                    Status.PROBLEM,
                                    server + " answered a canary call wrongly: " + wrong.what());
                    case Wiring.Canaried.NoAnswer none ->
                            new Finding("canary", Status.PROBLEM, none.what());
                });
    }

    /** The token the client would use: later places win, managed ones over all. */
    private static Optional<String> token(List<Place> places) {
        Optional<String> found = Optional.empty();
        for (Place place : places) {
            if (place.content() instanceof Content.Parsed parsed
                    && (place.origin() == Origin.MANAGED
                            || SettingsGuard.defects(place).isEmpty())) {
                Optional<String> here = ClaudeCodeSettings.token(parsed.settings().toString());
                found = here.isPresent() ? here : found;
            }
        }
        return found;
    }

    private void uncovered(List<Finding> findings, List<Place> places, Set<String> servers) {
        for (Place place : places) {
            if (place.content() instanceof Content.Parsed parsed) {
                ObjectNode settings = parsed.settings();
                rules(findings, place, settings);
                otherHooks(findings, place, settings);
                SettingsGuard.detours(settings, servers)
                        .forEach(text ->
                                findings.add(
                                        new Finding(
                                                "detour",
                                                Status.PROBLEM,
                                                text + " in `" + place.file() + "`")));
            }
        }
        for (String proxy : List.of("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")) {
            tools.around()
                    .variable(proxy)
                    .filter(value -> !servers.isEmpty() && !exempt(servers))
                    .ifPresent(value ->
                            findings.add(
                                    new Finding(
                                            "detour",
                                            Status.PROBLEM,
                                            "the client sends its hooks through the proxy"
                                                    + " in "
                                                    + proxy
                                                    + "; add the server's host to"
                                                    + " NO_PROXY")));
        }
        if (!servers.isEmpty() && !managed(places, servers)) {
            findings.add(
                    note(
                            "the hooks of Claude Code are in settings a user can switch off"
                                    + " (`disableAllHooks`, `--bare`, `--safe-mode`,"
                                    + " `--setting-sources`, CLAUDE_CODE_SIMPLE, another"
                                    + " CLAUDE_CONFIG_DIR); only `connect --managed` survives that"));
        }
        findings.add(
                note(
                        "no hook sees what a build or test does once it runs, nor another program"
                                + " of the same user"));
    }

    private boolean exempt(Set<String> servers) {
        String listed =
                tools.around().variable("NO_PROXY").orElse("")
                        + ","
                        + tools.around().variable("no_proxy").orElse("");
        List<String> hosts = List.of(listed.split("[, ]+", -1));
        return hosts.contains("*")
                || servers.stream()
                        .map(server -> ServerClient.address(server).getHost())
                        .allMatch(hosts::contains);
    }

    private static void rules(List<Finding> findings, Place place, ObjectNode settings) {
        JsonNode permissions = settings.path("permissions");
        rules(
                findings,
                place,
                permissions,
                "ask",
                "the prompt is answered for a call we allowed (`PermissionRequest` hook)");
        rules(findings, place, permissions, "deny", "refused even when we allowed the call");
        String mode = Json.text(permissions, "defaultMode");
        if (mode.equals("plan") || mode.equals("bypassPermissions")) {
            findings.add(
                    note(
                            mode.equals("plan")
                                    ? "`permissions.defaultMode` in `%s` is plan: writes we allow are"
                                                    .formatted(place.file())
                                            + " still refused"
                                    : "`permissions.defaultMode` in `%s` skips the client's own"
                                                    .formatted(place.file())
                                            + " prompts; ours decide alone"));
        }
    }

    private static void rules(
            List<Finding> findings, Place place, JsonNode permissions, String list, String what) {
        int rules = permissions.path(list).size();
        if (rules > 0) {
            findings.add(
                    note(
                            "%d rule%s of `permissions.%s` in `%s`: %s"
                                    .formatted(
                                            rules,
                                            rules == 1 ? "" : "s",
                                            list,
                                            place.file(),
                                            what)));
        }
    }

    private static void otherHooks(List<Finding> findings, Place place, ObjectNode settings) {
        int others = 0;
        for (JsonNode group : settings.path("hooks").path("PreToolUse")) {
            for (JsonNode hook : group.path("hooks")) {
                others += ClaudeCodeSettings.ours(hook) ? 0 : 1;
            }
        }
        if (others > 0) {
            findings.add(
                    note(
                            "%d other `PreToolUse` hook%s in `%s`: the strictest answer wins, and"
                                            .formatted(others, others == 1 ? "" : "s", place.file())
                                    + " one may change a call's input after we judged it"));
        }
    }

    private static Finding note(String text) {
        return new Finding("coverage", Status.NOTE, text);
    }
}
