package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The commands that change the documents on the server. */
final class PolicyChanges {
    private static final int MOST_LINES = 20;

    private PolicyChanges() {}

    private static String path(Given given) {
        String level =
                given.value("--level")
                        .orElseThrow(() ->
                                Failure.usage(
                                        "`--level` is missing; expected tenant, team, project or"
                                                + " agent"));
        Optional<String> of = given.value("--of");
        return "/v1/policies/"
                + ServerClient.part(level)
                + of.map(name -> "/" + ServerClient.part(name)).orElse("");
    }

    /** What becomes allowed, said before it does. */
    static void widening(Terminal terminal, JsonNode report) {
        int count = report.path("count").asInt();
        String tried =
                " (tried: "
                        + report.path("examples").asInt()
                        + " example calls, "
                        + report.path("records").asInt()
                        + " recorded ones)";
        if (count == 0) {
            terminal.line("Nothing becomes allowed by this" + tried + ".");
            limits(terminal, report);
            return;
        }
        terminal.line(
                count
                        + (count == 1 ? " call becomes" : " calls become")
                        + " allowed"
                        + tried
                        + ":");
        int shown = 0;
        for (JsonNode call : report.path("calls")) {
            if (shown++ == MOST_LINES) {
                terminal.line("  … and " + (count - MOST_LINES) + " more; --json lists them");
                break;
            }
            int recorded = call.path("recorded").asInt();
            terminal.line(
                    "  "
                            + Json.text(call, "before")
                            + " → allow  "
                            + Visible.line(Json.text(call, "call"))
                            + (Json.text(call, "agent").equals("an agent")
                                    ? ""
                                    : "  by " + Visible.line(Json.text(call, "agent")))
                            + (recorded == 0 ? "" : "  (" + recorded + " in the last 30 days)"));
        }
        limits(terminal, report);
    }

    private static void limits(Terminal terminal, JsonNode report) {
        String limits = Json.text(report, "limits");
        if (!limits.isEmpty()) {
            terminal.line("Not everything was tried: " + Visible.line(limits) + ".");
        }
    }

    /** Puts a document in force. */
    static final class Put implements Command {
        private final Tools tools;

        Put(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("policy put", "Put a document on the server, in force at once.")
                    .note("Says first what it newly allows.")
                    .argument("FILE")
                    .option("--level", "L", "tenant, team, project or agent")
                    .option("--of", "NAME", "of which team, project or agent")
                    .flag("--dry-run", "only say what it would newly allow")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            String name = given.argument(0);
            Path file = Where.path(name, tools.around());
            String text;
            try {
                text = Files.readString(file);
            } catch (IOException e) {
                throw Failure.usage("`" + Visible.line(name) + "` cannot be read");
            }
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ObjectNode body =
                    Json.object().put("file", String.valueOf(file.getFileName())).put("text", text);
            ObjectNode tried = server.put(path(given), body.put("dry_run", true));
            Terminal terminal = tools.terminal();
            boolean json = given.has("--json");
            if (!json) {
                tried.path("warnings")
                        .forEach(w -> terminal.line("warning  " + Visible.line(w.asText())));
                widening(terminal, tried.path("newly_allowed"));
            }
            if (given.has("--dry-run")) {
                if (json) {
                    terminal.line(Json.write(tried));
                }
                return 0;
            }
            ObjectNode stored = server.put(path(given), body.put("dry_run", false));
            if (json) {
                terminal.line(Json.write(stored));
            } else {
                terminal.line(
                        "In force: "
                                + Json.text(stored, "level")
                                + "/"
                                + Visible.line(Json.text(stored, "name")));
            }
            return 0;
        }
    }

    /** Takes a document out of force. */
    static final class Remove implements Command {
        private final Tools tools;

        Remove(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("policy remove", "Take a document on the server out of force.")
                    .note("Says first what that newly allows.")
                    .argument("NAME")
                    .option("--level", "L", "tenant, team, project or agent")
                    .option("--of", "NAME", "of which team, project or agent")
                    .flag("--dry-run", "only say what it would newly allow")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            String path = path(given) + "?name=" + ServerClient.part(given.argument(0));
            ObjectNode tried = server.delete(path + "&dry_run=true");
            Terminal terminal = tools.terminal();
            boolean json = given.has("--json");
            if (!json) {
                widening(terminal, tried.path("newly_allowed"));
            }
            if (given.has("--dry-run")) {
                if (json) {
                    terminal.line(Json.write(tried));
                }
                return 0;
            }
            ObjectNode removed = server.delete(path);
            terminal.line(
                    json
                            ? Json.write(removed)
                            : "Out of force: "
                                    + Json.text(removed, "level")
                                    + "/"
                                    + Visible.line(Json.text(removed, "name")));
            return 0;
        }
    }
}
