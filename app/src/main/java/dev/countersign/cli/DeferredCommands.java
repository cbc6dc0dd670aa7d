package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The commands on calls that wait for their time. */
final class DeferredCommands {
    private static final String PATH = "/v1/deferred";

    private DeferredCommands() {}

    /** Lists what waits. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("deferred list", "List calls that wait for their time.")
                        .flag("--all", "those that are over too"),
                given -> PATH + (given.has("--all") ? "?lane=all" : ""),
                "deferred",
                List.of("ID", "RISK", "POSSIBLE FROM", "STANDING", "AGENT", "WHAT"),
                deferred ->
                        List.of(
                                Json.text(deferred, "id"),
                                Rows.or(Json.text(deferred.path("decision"), "risk"), "-"),
                                Rows.second(Json.text(deferred, "until")),
                                standing(deferred),
                                Rows.or(Json.text(deferred, "agent"), "-"),
                                ApprovalCard.exact(deferred.path("call"))),
                "Nothing waits for its time. A rule that says `defer` puts calls here.");
    }

    /** What a person does to one. */
    static final class Act implements Command {
        private final Tools tools;
        private final String verb;
        private final String help;
        private final String reason;

        private Act(Tools tools, String verb, String help, String reason) {
            this.tools = tools;
            this.verb = verb;
            this.help = help;
            this.reason = reason;
        }

        static Act approve(Tools tools) {
            return new Act(
                    tools,
                    "approve",
                    "Approve a deferred call for when its time comes.",
                    "a word to the agent");
        }

        static Act release(Tools tools) {
            return new Act(tools, "release", "Let a deferred call run now.", "a word to the agent");
        }

        static Act cancel(Tools tools) {
            return new Act(tools, "cancel", "Take a deferred call back.", "what the agent is told");
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("deferred " + verb, help)
                    .argument("ID")
                    .option("--reason", "TEXT", reason)
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            switch (server.credential()) {
                case TOKEN, SIGN_IN, OWNER -> {}
                case NONE -> throw Failure.failed(ApprovalCommands.cannotVote());
            }
            ObjectNode body = Json.object();
            given.value("--reason").ifPresent(text -> body.put("reason", text));
            ObjectNode deferred =
                    server.post(
                            PATH + "/" + ServerClient.part(given.argument(0)) + "/" + verb, body);
            tools.terminal()
                    .line(
                            given.has("--json")
                                    ? Json.write(deferred)
                                    : Visible.line(Json.text(deferred, "id"))
                                            + ": "
                                            + standing(deferred)
                                            + ".");
            return 0;
        }
    }

    /** Where it stands, in a few words. */
    private static String standing(JsonNode deferred) {
        String approval = Json.text(deferred, "approval");
        return switch (Json.text(deferred, "status")) {
            case "queued" ->
                    deferred.path("votes").isEmpty()
                            ? "waits"
                            : "waits, " + deferred.path("votes").size() + " approved";
            case "ready" -> "may run once";
            case "asked" -> "asked as " + Visible.line(approval);
            default -> Visible.line(Json.text(deferred, "status"));
        };
    }
}
