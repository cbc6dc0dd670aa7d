package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes an organisation what one file says, all of it or nothing. */
final class Apply implements Command {
    private static final String PATH = "/v1/organisation";

    private final Tools tools;

    Apply(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of(
                        "apply", "Make roles, teams, people, agents and policies what a file says.")
                .note("All of it or nothing; what is so already is left alone.")
                .argument("FILE")
                .flag("--dry-run", "only say what would change")
                .flag(
                        "--prune",
                        "take out what a section that is there does not name; policies stay")
                .flag("--json", "print JSON");
    }

    @Override
    public int run(Given given) {
        String name = given.argument(0);
        Path path = Where.path(name, tools.around());
        OrganisationFile file = OrganisationFile.read(name, text(path, name));
        policies(file, path);
        ObjectNode body = file.json();
        body.put("dry_run", given.has("--dry-run"));
        body.put("prune", given.has("--prune"));
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        ServerClient.Answer answer = server.exchange("POST", PATH, body);
        if (answer.status() / 100 != 2) {
            if (answer.body().has("pointer")) {
                throw file.failure(
                        Json.text(answer.body(), "pointer"), Json.text(answer.body(), "detail"));
            }
            throw server.refused(answer);
        }
        print(given, answer.body());
        return 0;
    }

    private void print(Given given, ObjectNode answer) {
        Terminal terminal = tools.terminal();
        if (given.has("--json")) {
            terminal.line(Json.write(answer));
            return;
        }
        for (JsonNode change : answer.path("plan")) {
            terminal.line(
                    Visible.line(Json.text(change, "change"))
                            + "  "
                            + Visible.line(Json.text(change, "kind"))
                            + " "
                            + Visible.line(Json.text(change, "name"))
                            + differences(change));
        }
        boolean policies = false;
        for (JsonNode change : answer.path("plan")) {
            policies |= Json.text(change, "kind").equals("policy");
        }
        if (policies) {
            PolicyChanges.widening(terminal, answer.path("newly_allowed"));
        }
        int count = answer.path("plan").size();
        terminal.line(
                count == 0
                        ? "Everything is as the file says."
                        : given.has("--dry-run")
                                ? count + (count == 1 ? " change" : " changes") + ", none made."
                                : count + (count == 1 ? " change" : " changes") + " made.");
    }

    /** The fields of something that was there and becomes different. */
    private static String differences(JsonNode change) {
        if (!change.has("before") || !change.has("after")) {
            return "";
        }
        List<String> fields = new ArrayList<>();
        for (var field : change.path("after").properties()) {
            JsonNode before = change.path("before").path(field.getKey());
            if (!field.getValue().equals(before)) {
                fields.add(Visible.line(field.getKey() + " " + before + " → " + field.getValue()));
            }
        }
        return fields.isEmpty() ? "" : ": " + String.join(", ", fields);
    }

    /** Puts the text of each policy in the place of the name of its file. */
    private void policies(OrganisationFile file, Path path) {
        int i = 0;
        for (JsonNode policy : file.json().path("policies")) {
            String pointer = "/policies/" + i++;
            if (policy instanceof ObjectNode object && object.path("file").isTextual()) {
                String named = object.path("file").asText();
                Path folder = path.toAbsolutePath().getParent();
                Path source = folder == null ? Path.of(named) : folder.resolve(named);
                try {
                    object.put("text", Files.readString(source));
                } catch (IOException e) {
                    throw file.failure(pointer, "`file` is `" + named + "`, which cannot be read");
                }
                object.put("file", String.valueOf(source.getFileName()));
            }
        }
    }

    private static String text(Path path, String name) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw Failure.usage("`" + Visible.line(name) + "` cannot be read");
        }
    }

    /** Prints the organisation as such a file, in JSON, which is YAML. */
    static Command export(Tools tools) {
        Syntax syntax =
                Syntax.of("export-org", "Print the organisation as a file that `apply` takes.")
                        .note("It is JSON, which is YAML too; policies are not in it.");
        return new Command() {
            @Override
            public Syntax syntax() {
                return syntax;
            }

            @Override
            public int run(Given given) {
                tools.terminal()
                        .line(
                                Json.pretty(
                                        ServerClient.of(Where.of(given, tools.around()))
                                                .get(PATH)));
                return 0;
            }
        };
    }
}
