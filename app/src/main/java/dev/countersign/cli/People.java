package dev.countersign.cli;

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
            return Syntax.of("people add", "Add a person, or replace the roles of one.")
                    .argument("EMAIL")
                    .options("--role", "R", "viewer, member, maintainer, security or owner")
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

    /** Lists people. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("people list", "List people and their roles."),
                _ -> PATH,
                "people",
                List.of("EMAIL", "ROLES", "NAME"),
                person -> {
                    List<String> roles = new ArrayList<>();
                    person.path("roles").forEach(role -> roles.add(role.asText()));
                    return List.of(
                            Json.text(person, "email"),
                            Rows.or(String.join(",", roles), "-"),
                            Json.text(person, "name"));
                },
                "Nobody yet. Add someone: "
                        + Program.command("people add ana@example.com --role owner"));
    }
}
