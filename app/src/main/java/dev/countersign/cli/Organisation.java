package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The commands on own roles, teams, projects and agents: each kind is listed, shown and changed.
 */
final class Organisation {
    private Organisation() {}

    /** The commands on roles. */
    static Command roles(String verb, Tools tools) {
        return switch (verb) {
            case "list" ->
                    list(
                            tools,
                            "roles",
                            "List roles and what they permit.",
                            List.of("NAME", "PERMITS", "DESCRIPTION"),
                            role ->
                                    List.of(
                                            Json.text(role, "name"),
                                            names(role, "permissions"),
                                            role.path("built_in").asBoolean()
                                                    ? "built in"
                                                    : Json.text(role, "description")));
            case "show" -> show(tools, "roles", "Show a role and who holds it.");
            case "add" ->
                    put(
                            tools,
                            Syntax.of("roles add", "Add a role of your own, or change it.")
                                    .argument("NAME")
                                    .options("--permission", "P", "what it permits, such as `see`")
                                    .option("--description", "TEXT", "one line for people"),
                            "roles",
                            (given, body) -> {
                                list(given, body, "--permission", "permissions");
                                text(given, body, "description");
                            });
            default -> remove(tools, "roles", "Remove a role that nobody holds.");
        };
    }

    /** The commands on teams. */
    static Command teams(String verb, Tools tools) {
        return switch (verb) {
            case "list" ->
                    list(
                            tools,
                            "teams",
                            "List teams.",
                            List.of("NAME", "DESCRIPTION"),
                            team ->
                                    List.of(
                                            Json.text(team, "name"),
                                            Rows.or(Json.text(team, "description"), "-")));
            case "show" -> show(tools, "teams", "Show a team and who is in it.");
            case "add" ->
                    put(
                            tools,
                            Syntax.of("teams add", "Add a team, or change who is in it.")
                                    .note(
                                            "Members that are given are those it has from then on;"
                                                    + " of a kind that is not given, all stay.")
                                    .argument("NAME")
                                    .options("--person", "EMAIL", "a person who is in it")
                                    .options("--agent", "A", "an agent that is in it")
                                    .options("--project", "P", "a project it owns")
                                    .option("--description", "TEXT", "one line for people"),
                            "teams",
                            (given, body) -> {
                                list(given, body, "--person", "people");
                                list(given, body, "--agent", "agents");
                                list(given, body, "--project", "projects");
                                text(given, body, "description");
                            });
            default -> remove(tools, "teams", "Remove a team that nobody is in.");
        };
    }

    /** The commands on projects. */
    static Command projects(String verb, Tools tools) {
        return switch (verb) {
            case "list" ->
                    list(
                            tools,
                            "projects",
                            "List projects.",
                            List.of("NAME", "TEAMS", "WORKSPACE", "DESCRIPTION"),
                            project ->
                                    List.of(
                                            Json.text(project, "name"),
                                            names(project, "teams"),
                                            Rows.or(Json.text(project, "workspace"), "-"),
                                            Rows.or(Json.text(project, "description"), "-")));
            case "show" -> show(tools, "projects", "Show a project.");
            case "add" ->
                    put(
                            tools,
                            Syntax.of("projects add", "Add a project, or change it.")
                                    .argument("NAME")
                                    .option(
                                            "--workspace",
                                            "DIR",
                                            "its main working tree, which all its worktrees share")
                                    .options("--team", "T", "a team that owns it")
                                    .option("--description", "TEXT", "one line for people"),
                            "projects",
                            (given, body) -> {
                                given.value("--workspace")
                                        .ifPresent(folder ->
                                                body.put(
                                                        "workspace",
                                                        Where.path(folder, tools.around())
                                                                .toString()));
                                list(given, body, "--team", "teams");
                                text(given, body, "description");
                            });
            default -> remove(tools, "projects", "Remove a project that nothing needs.");
        };
    }

    /** The commands on agents. */
    static Command agents(String verb, Tools tools) {
        return switch (verb) {
            case "list" ->
                    new Listing(
                            tools,
                            Syntax.of("agents list", "List agents.")
                                    .flag("--unregistered", "those that asked and nobody added")
                                    .option("--after", "NAME", "go on after that one")
                                    .option("--limit", "N", "how many, at most 1000"),
                            given -> {
                                String path = page("/v1/agents", given);
                                return given.has("--unregistered")
                                        ? path
                                                + (path.contains("?") ? "&" : "?")
                                                + "unregistered=true"
                                        : path;
                            },
                            "agents",
                            List.of(
                                    "NAME", "STATE", "OWNER", "TEAMS", "PROJECT", "PERSONA",
                                    "SEEN"),
                            agent ->
                                    List.of(
                                            Json.text(agent, "name"),
                                            Json.text(agent, "state"),
                                            Rows.or(
                                                    Json.text(agent, "owner"),
                                                    Rows.or(Json.text(agent, "owner_team"), "-")),
                                            names(agent, "teams"),
                                            Rows.or(Json.text(agent, "project"), "-"),
                                            Rows.or(Json.text(agent, "persona"), "-"),
                                            Rows.second(Json.text(agent, "last_seen"))),
                            "None.");
            case "show" -> show(tools, "agents", "Show an agent.");
            case "add" ->
                    put(
                            tools,
                            Syntax.of("agents add", "Add an agent, or change it; it may ask then.")
                                    .argument("NAME")
                                    .option("--persona", "P", "the persona that is its envelope")
                                    .option("--owner", "EMAIL", "the person who answers for it")
                                    .option("--owner-team", "T", "the team that answers for it")
                                    .options("--team", "T", "a team it is in")
                                    .option("--project", "P", "the one project it works in")
                                    .option("--description", "TEXT", "one line for people"),
                            "agents",
                            (given, body) -> {
                                for (String field : List.of("persona", "owner", "project")) {
                                    text(given, body, field);
                                }
                                given.value("--owner-team")
                                        .ifPresent(
                                                team -> body.putObject("owner").put("team", team));
                                list(given, body, "--team", "teams");
                                text(given, body, "description");
                            });
            case "disable" -> disable(tools);
            default -> remove(tools, "agents", "Remove an agent; its tokens end, its calls too.");
        };
    }

    private static Command list(
            Tools tools,
            String kind,
            String summary,
            List<String> heads,
            Function<JsonNode, List<String>> row) {
        return new Listing(
                tools,
                Syntax.of(kind + " list", summary)
                        .option("--after", "NAME", "go on after that one")
                        .option("--limit", "N", "how many, at most 1000"),
                given -> page("/v1/" + kind, given),
                kind,
                heads,
                row,
                "None yet. Add one: " + Program.command(kind + " add NAME"));
    }

    /** The address of the part of a listing that is wanted. */
    static String page(String path, Given given) {
        List<String> wanted = new ArrayList<>();
        for (String option : List.of("after", "limit")) {
            given.value("--" + option)
                    .ifPresent(value -> wanted.add(option + "=" + ServerClient.part(value)));
        }
        return wanted.isEmpty() ? path : path + "?" + String.join("&", wanted);
    }

    /** Shows one of a kind, a line for each thing said of it. */
    static Command show(Tools tools, String kind, String summary) {
        Syntax syntax =
                Syntax.of(kind + " show", summary).argument("NAME").flag("--json", "print JSON");
        return new Command() {
            @Override
            public Syntax syntax() {
                return syntax;
            }

            @Override
            public int run(Given given) {
                ObjectNode shown =
                        ServerClient.of(Where.of(given, tools.around()))
                                .get("/v1/" + kind + "/" + ServerClient.part(given.argument(0)));
                if (given.has("--json")) {
                    tools.terminal().line(Json.write(shown));
                    return 0;
                }
                for (var field : shown.properties()) {
                    JsonNode value = field.getValue();
                    String text = value.isArray() ? names(shown, field.getKey()) : value.asText();
                    if (!value.isNull() && !text.isEmpty()) {
                        tools.terminal()
                                .line(
                                        Visible.line(field.getKey().replace('_', ' '))
                                                + ": "
                                                + Visible.line(text));
                    }
                }
                return 0;
            }
        };
    }

    private static Command remove(Tools tools, String kind, String summary) {
        return new Removal(
                tools,
                Syntax.of(kind + " remove", summary).argument("NAME"),
                "/v1/" + kind,
                gone -> "Removed " + Visible.line(Json.text(gone, "name")));
    }

    /** Adds or changes one. */
    private static Command put(
            Tools tools, Syntax syntax, String kind, BiConsumer<Given, ObjectNode> fill) {
        return new Request(
                tools,
                syntax,
                (server, given) -> {
                    ObjectNode body = Json.object();
                    fill.accept(given, body);
                    return server.put(Request.named("/v1/" + kind, given), body);
                },
                (made, terminal) ->
                        terminal.line("Added " + Visible.line(Json.text(made, "name"))));
    }

    /** Disables an agent and leaves everything else about it as it is. */
    private static Command disable(Tools tools) {
        return new Request(
                tools,
                Syntax.of("agents disable", "Let an agent ask no more; its tokens end.")
                        .note("`agents add` with the same options lets it ask again.")
                        .argument("NAME"),
                (server, given) ->
                        server.post(Request.named("/v1/agents", given) + "/disable", Json.object()),
                (made, terminal) ->
                        terminal.line("Disabled " + Visible.line(Json.text(made, "name"))));
    }

    private static void text(Given given, ObjectNode body, String field) {
        given.value("--" + field).ifPresent(value -> body.put(field, value));
    }

    private static void list(Given given, ObjectNode body, String option, String field) {
        if (given.has(option)) {
            ArrayNode list = body.putArray(field);
            given.values(option).forEach(list::add);
        }
    }

    private static String names(JsonNode json, String field) {
        List<String> names = new ArrayList<>();
        json.path(field).forEach(name -> names.add(name.asText()));
        return Rows.or(String.join(",", names), "-");
    }
}
