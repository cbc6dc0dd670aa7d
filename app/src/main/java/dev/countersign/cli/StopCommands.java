package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The commands that stop work and let it go on. */
final class StopCommands {
    private static final String PATH = "/v1/stops";

    private StopCommands() {}

    /** Stops work, or lists what is stopped. */
    static final class Stop implements Command {
        private final Tools tools;
        private final Listing list;

        Stop(Tools tools) {
            this.tools = tools;
            list =
                    new Listing(
                            tools,
                            Syntax.of("stop", "List what is stopped."),
                            _ -> PATH,
                            "stops",
                            List.of("ID", "STOPPED", "BY", "SINCE", "REASON"),
                            stop ->
                                    List.of(
                                            Json.text(stop, "id"),
                                            what(stop),
                                            Json.text(stop, "person"),
                                            Rows.second(Json.text(stop, "at")),
                                            Rows.or(Json.text(stop, "reason"), "-")),
                            "Nothing is stopped. Name a --task, an --agent or a --project to stop"
                                    + " it.");
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("stop", "Stop work until a person lets it go on; with nothing, list.")
                    .option("--task", "T", "a task, or a client's session")
                    .option("--agent", "A", "an agent")
                    .option("--project", "P", "a project, by name or folder")
                    .flag("--all", "everything")
                    .option("--reason", "TEXT", "what the agent and other people are told")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ObjectNode body = Json.object();
            for (String kind : List.of("task", "agent", "project")) {
                given.value("--" + kind).ifPresent(name -> body.put(kind, name));
            }
            if (given.has("--all")) {
                body.put("all", true);
            }
            if (body.size() > 1) {
                throw Failure.usage("say one thing to stop: --task, --agent, --project or --all");
            }
            if (body.isEmpty()) {
                list.print(given, server.get(PATH));
                return 0;
            }
            given.value("--reason").ifPresent(reason -> body.put("reason", reason));
            ObjectNode stop = server.post(PATH, body);
            tools.terminal()
                    .line(
                            given.has("--json")
                                    ? Json.write(stop)
                                    : "Stopped "
                                            + what(stop)
                                            + " as "
                                            + Visible.line(Json.text(stop, "id"))
                                            + ". A signed-in person lets it go on: "
                                            + Program.command("resume " + Json.text(stop, "id")));
            return 0;
        }
    }

    /** Lets stopped work go on. */
    static Command resume(Tools tools) {
        return new Removal(
                tools,
                Syntax.of("resume", "Let stopped work go on; needs a signed-in person.")
                        .argument("ID"),
                PATH,
                stop -> what(stop) + " may go on.");
    }

    private static String what(JsonNode stop) {
        String kind = Json.text(stop, "stops");
        return kind.equals("all")
                ? "all work"
                : Visible.line(kind) + " " + Visible.line(Json.text(stop, "name"));
    }
}
