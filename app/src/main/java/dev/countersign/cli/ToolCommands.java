package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The commands on what MCP servers say of their tools. */
final class ToolCommands {
    private static final String PATH = "/v1/mcp/tools";
    private static final int SHOWN = 12;

    private ToolCommands() {}

    /** Lists what is known. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("tools list", "List what MCP servers say of their tools.")
                        .flag("--waiting", "only what a person has to accept"),
                given -> PATH + (given.has("--waiting") ? "?state=waiting" : ""),
                "tools",
                List.of("SERVER", "TOOL", "STATE", "SHA256", "SEEN", "AGENT"),
                tool ->
                        List.of(
                                Visible.line(Json.text(tool, "server")),
                                Visible.line(Json.text(tool, "tool")),
                                Json.text(tool, "state"),
                                shortened(Json.text(tool, "sha256")),
                                Rows.second(Json.text(tool, "seen")),
                                Visible.line(Json.text(tool, "agent"))),
                "None. A client whose MCP server runs behind `"
                        + Program.command("mcp")
                        + "` brings some.");
    }

    private static String shortened(String sha256) {
        return sha256.substring(0, Math.min(SHOWN, sha256.length()));
    }

    /** Every definition of one tool that is known. */
    static final class Show implements Command {
        private final Tools tools;

        Show(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("tools show", "Show every description of a tool that is known.")
                    .argument("SERVER")
                    .argument("TOOL")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            List<JsonNode> known = of(tools, given, PATH, given.argument(0), given.argument(1));
            if (known.isEmpty()) {
                throw none(given);
            }
            for (JsonNode each : known) {
                if (given.has("--json")) {
                    tools.terminal().line(Json.write(each));
                    continue;
                }
                tools.terminal()
                        .line(
                                Json.text(each, "state")
                                        + "  "
                                        + Json.text(each, "sha256")
                                        + "  seen "
                                        + Rows.second(Json.text(each, "seen"))
                                        + " by "
                                        + Visible.line(Json.text(each, "agent")));
                tools.terminal().line("  " + Visible.line(Json.text(each, "definition")));
            }
            return 0;
        }
    }

    /** A person accepts a definition that is not the first. */
    static final class Accept implements Command {
        private final Tools tools;

        Accept(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("tools accept", "Accept a changed description of a tool.")
                    .argument("SERVER")
                    .argument("TOOL")
                    .argument("SHA256")
                    .note("SHA256 may be its first eight digits or more; `tools list` shows them.");
        }

        @Override
        public int run(Given given) {
            String wanted = given.argument(2);
            if (!wanted.matches("[0-9a-f]{8,64}")) {
                throw Failure.usage("`SHA256` is eight hexadecimal digits or more");
            }
            List<JsonNode> waiting =
                    of(tools, given, PATH + "?state=waiting", given.argument(0), given.argument(1))
                            .stream()
                            .filter(each -> Json.text(each, "sha256").startsWith(wanted))
                            .toList();
            if (waiting.size() != 1) {
                throw none(given);
            }
            ObjectNode body =
                    Json.object()
                            .put("server", given.argument(0))
                            .put("tool", given.argument(1))
                            .put("sha256", Json.text(waiting.getFirst(), "sha256"));
            ObjectNode _ =
                    ServerClient.of(Where.of(given, tools.around())).post(PATH + "/accept", body);
            tools.terminal()
                    .line(
                            "accepted what `"
                                    + Visible.line(given.argument(0))
                                    + "` says of `"
                                    + Visible.line(given.argument(1))
                                    + "`");
            return 0;
        }
    }

    private static Failure none(Given given) {
        return Failure.failed(
                "no such description of `"
                        + Visible.line(given.argument(1))
                        + "` of the MCP server `"
                        + Visible.line(given.argument(0))
                        + "`; see `"
                        + Program.command("tools list")
                        + "`");
    }

    private static List<JsonNode> of(
            Tools tools, Given given, String path, String server, String tool) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode each :
                ServerClient.of(Where.of(given, tools.around())).get(path).path("tools")) {
            if (Json.text(each, "server").equals(server) && Json.text(each, "tool").equals(tool)) {
                found.add(each);
            }
        }
        return found;
    }
}
