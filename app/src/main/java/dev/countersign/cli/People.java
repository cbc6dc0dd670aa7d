package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The commands on people. */
final class People {
    private static final String PATH = "/v1/people";

    private People() {}

    /** Adds a person who can sign in. */
    static final class Add implements Command {
        private final Tools tools;

        Add(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("people add", "Add a person, or replace the roles and teams of one.")
                    .argument("EMAIL")
                    .options(
                            "--role",
                            "R",
                            "a role, or ROLE@team:NAME or ROLE@project:NAME for there only")
                    .options("--team", "T", "a team they belong to")
                    .option("--name", "N", "what pages show (default: the e-mail)")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            String email = given.argument(0);
            if (email.indexOf('@') <= 0 || email.endsWith("@") || email.indexOf(' ') >= 0) {
                throw Failure.usage("`" + Visible.line(email) + "` is no e-mail address");
            }
            ObjectNode body = Json.object().put("email", email);
            ArrayNode roles = body.putArray("roles");
            List<String> named = given.values("--role");
            (named.isEmpty() ? List.of("member") : named).forEach(role -> add(roles, role));
            ArrayNode teams = body.putArray("teams");
            given.values("--team").forEach(teams::add);
            given.value("--name").ifPresent(name -> body.put("name", name));
            ObjectNode made = ServerClient.of(Where.of(given, tools.around())).post(PATH, body);
            if (given.has("--json")) {
                tools.terminal().line(Json.write(made));
            } else {
                tools.terminal().line("Added " + email);
            }
            return 0;
        }
    }

    /** A role, or one that is held in a team or project. */
    private static void add(ArrayNode roles, String role) {
        for (String kind : List.of("team", "project")) {
            int at = role.indexOf("@" + kind + ":");
            if (at > 0) {
                roles.addObject()
                        .put("role", role.substring(0, at))
                        .put(kind, role.substring(at + kind.length() + 2));
                return;
            }
        }
        roles.add(role);
    }

    /** Removes a person. */
    static Command remove(Tools tools) {
        return new Removal(
                tools,
                Syntax.of(
                                "people remove",
                                "Remove a person; what they said counts no longer, and their tokens"
                                        + " end.")
                        .argument("EMAIL"),
                PATH,
                person -> "Removed " + Visible.line(Json.text(person, "email")));
    }

    /** Lists people. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("people list", "List people, their roles and their teams.")
                        .option("--after", "EMAIL", "go on after that one")
                        .option("--limit", "N", "how many, at most 1000"),
                given -> Organisation.page(PATH, given),
                "people",
                List.of("EMAIL", "ROLES", "TEAMS", "NAME"),
                person ->
                        List.of(
                                Json.text(person, "email"),
                                roles(person),
                                named(person, "teams"),
                                Json.text(person, "name")),
                "Nobody yet. Add someone: "
                        + Program.command("people add ana@example.com --role owner"));
    }

    private static String roles(JsonNode person) {
        List<String> names = new ArrayList<>();
        person.path("roles").forEach(name -> names.add(name.asText()));
        for (JsonNode held : person.path("held")) {
            String where = held.has("team") ? "team" : "project";
            names.add(Json.text(held, "role") + "@" + where + ":" + Json.text(held, where));
        }
        return Rows.or(String.join(",", names), "-");
    }

    private static String named(JsonNode person, String list) {
        List<String> names = new ArrayList<>();
        person.path(list).forEach(name -> names.add(name.asText()));
        return Rows.or(String.join(",", names), "-");
    }
}
