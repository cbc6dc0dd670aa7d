package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says who could approve a call, or answer an open question, and why. */
final class ApprovalExplain implements Command {
    private final Tools tools;

    ApprovalExplain(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("approvals explain", "Say who could approve a call, and why.")
                .optionalArgument("ID")
                .note("ID is an open question; without it, a call is tried:")
                .option("--command", "STRING", "a shell command")
                .option("--tool", "NAME", "a tool, by the client's own name")
                .option("--input", "JSON", "the input of the tool")
                .option("--client", "CLIENT", "such as claude-code")
                .option("--workspace", "DIR", "root of the work (default: the working directory)")
                .option("--agent", "NAME", "who would ask")
                .option("--driver", "EMAIL", "in whose session it would run")
                .flag("--json", "print JSON");
    }

    @Override
    public int run(Given given) {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        ObjectNode answer = server.post("/v1/approvals/explain", body(given));
        if (given.has("--json")) {
            tools.terminal().line(Json.write(answer));
            return 0;
        }
        lines(answer).forEach(tools.terminal()::line);
        return 0;
    }

    /** Who could answer, and why. */
    static List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        String effect = Json.text(answer, "effect");
        lines.add(
                Visible.line(effect.toUpperCase(Locale.ROOT) + "  " + Json.text(answer, "reason")));
        if (!effect.equals("ask")) {
            return lines;
        }
        for (JsonNode part : answer.path("requirements")) {
            int needed = part.path("needed").asInt();
            lines.add("");
            lines.add(
                    (needed == 1 ? "One of these" : needed + " of these")
                            + " must agree, says "
                            + Visible.line(Json.text(part, "from")));
            people(lines, part.path("people"), "  ");
            people(lines, part.path("left_out"), "  not ");
            for (JsonNode step : part.path("escalations")) {
                lines.add(
                        Visible.line(
                                (step.path("reached").asBoolean() ? "  since " : "  from ")
                                        + Json.text(step, "at")
                                        + " on also "
                                        + Json.text(step, "needs")));
            }
            if (!part.path("answerable").asBoolean()) {
                lines.add("  There are not enough of them: as it is, the call is denied.");
            }
        }
        return lines;
    }

    private static void people(List<String> lines, JsonNode people, String before) {
        for (JsonNode person : people) {
            lines.add(
                    before
                            + Visible.line(Json.text(person, "email"))
                            + "  "
                            + Visible.line(Json.text(person, "because")));
        }
    }

    private ObjectNode body(Given given) {
        Optional<String> id = given.optionalArgument(0);
        Optional<String> command = given.value("--command");
        Optional<String> tool = given.value("--tool");
        if ((id.isPresent() ? 1 : 0) + (command.isPresent() ? 1 : 0) + (tool.isPresent() ? 1 : 0)
                != 1) {
            throw Failure.usage("say an ID, a --command or a --tool with its --input");
        }
        ObjectNode body = Json.object();
        if (id.isPresent()) {
            return body.put("approval", id.get());
        }
        body.put("client", given.value("--client").orElse("claude-code"));
        body.put("tool", tool.orElse("Bash"));
        body.set("input", input(given));
        String workspace =
                given.value("--workspace")
                        .map(w -> Where.path(w, tools.around()).toString())
                        .orElse(tools.around().cwd().toString());
        body.put("cwd", workspace).put("workspace", workspace);
        given.value("--agent").ifPresent(agent -> body.put("agent", agent));
        given.value("--driver").ifPresent(driver -> body.put("driver", driver));
        return body;
    }

    private static ObjectNode input(Given given) {
        Optional<String> command = given.value("--command");
        if (command.isPresent()) {
            return Json.object().put("command", command.get());
        }
        try {
            return Json.readObject(given.value("--input").orElse("{}"));
        } catch (Json.Broken e) {
            throw Failure.usage("--input: " + e.text());
        }
    }
}
