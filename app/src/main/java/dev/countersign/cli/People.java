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
                    .options("--role", "R", "viewer, member, maintainer, security or owner")
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
            (named.isEmpty() ? List.of("member") : named).forEach(roles::add);
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
                Syntax.of("people list", "List people, their roles and their teams."),
                _ -> PATH,
                "people",
                List.of("EMAIL", "ROLES", "TEAMS", "NAME"),
                person ->
                        List.of(
                                Json.text(person, "email"),
                                named(person, "roles"),
                                named(person, "teams"),
                                Json.text(person, "name")),
                "Nobody yet. Add someone: "
                        + Program.command("people add ana@example.com --role owner"));
    }

    private static String named(JsonNode person, String list) {
        List<String> names = new ArrayList<>();
        person.path(list).forEach(name -> names.add(name.asText()));
        return Rows.or(String.join(",", names), "-");
    }
}
