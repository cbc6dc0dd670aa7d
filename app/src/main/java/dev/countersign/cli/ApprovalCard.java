package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One approval as a person reads it in a terminal: the exact call first, then why it is asked. */
final class ApprovalCard {
    private static final String INDENT = "  ";

    private ApprovalCard() {}

    /** All of it. */
    static List<String> lines(JsonNode approval, Terminal terminal, Instant now) {
        List<String> lines = new ArrayList<>(head(approval, terminal, now));
        lines.add("");
        lines.addAll(callLines(approval, terminal));
        lines.add("");
        lines.addAll(about(approval, terminal, now));
        return lines;
    }

    /** Who asks, from where, and how it stands. */
    static List<String> head(JsonNode approval, Terminal terminal, Instant now) {
        JsonNode call = approval.path("call");
        String risk = Rows.or(Json.text(approval.path("decision"), "risk"), "-");
        List<String> lines = new ArrayList<>();
        lines.add(
                terminal.paint(Terminal.Ink.STRONG, one(Json.text(approval, "id")))
                        + INDENT
                        + terminal.paint(Terminal.Ink.ofRisk(risk), one(risk))
                        + INDENT
                        + one(standing(approval, now)));
        lines.add("asks   " + one(who(approval, call)));
        lines.add("in     " + one(Rows.or(Json.text(call, "cwd"), "-")));
        String workspace = Json.text(call, "workspace");
        if (!workspace.equals(Json.text(call, "cwd"))) {
            lines.add("of     " + one(Rows.or(workspace, "-")));
        }
        return lines;
    }

    /** The exact call, every character of it. */
    static List<String> callLines(JsonNode approval, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (String line : Visible.lines(exact(approval.path("call"))).split("\n", -1)) {
            for (String part : breakBetweenWords(line, terminal.width() - INDENT.length())) {
                lines.add(INDENT + terminal.paint(Terminal.Ink.STRONG, part));
            }
        }
        return lines;
    }

    /** Why it is asked, in short, and what people said to it. */
    static List<String> about(JsonNode approval, Terminal terminal, Instant now) {
        JsonNode decision = approval.path("decision");
        List<String> lines = new ArrayList<>();
        int column = 7;
        if (!approval.path("break_glass").isMissingNode()) {
            lines.addAll(Text.beside("GLASS", column, one(broken(approval)), terminal.width()));
        }
        lines.addAll(
                Text.beside("why", column, one(Json.text(decision, "reason")), terminal.width()));
        for (JsonNode operation : decision.path("operations")) {
            lines.addAll(Text.beside("", column, one(operation(operation)), terminal.width()));
        }
        String instead = Json.text(decision, "instead");
        if (!instead.isEmpty()) {
            lines.addAll(Text.beside("better", column, one(instead), terminal.width()));
        }
        String pattern = approval.path("offer").path("pattern").asText("");
        if (!pattern.isEmpty() && Json.text(approval, "status").equals("pending")) {
            lines.addAll(
                    Text.beside(
                            "longer",
                            column,
                            one("at most `" + pattern.replace("\n", "`, `") + "`"),
                            terminal.width()));
        }
        lines.addAll(absence(approval, column, terminal.width(), now));
        for (JsonNode vote : approval.path("votes")) {
            String self = vote.path("self").asBoolean() ? " (self)" : "";
            String said =
                    Json.text(vote, "person")
                            + self
                            + " "
                            + Json.text(vote, "answer")
                            + " "
                            + Json.text(vote, "guidance");
            lines.addAll(Text.beside("vote", column, one(said).stripTrailing(), terminal.width()));
        }
        return lines;
    }

    /** What time does to it while nobody answers. */
    private static List<String> absence(JsonNode approval, int column, int width, Instant now) {
        List<String> lines = new ArrayList<>();
        if (!Json.text(approval, "status").equals("pending")) {
            return lines;
        }
        for (JsonNode step : approval.path("escalations")) {
            String who = Json.text(step, "needs");
            lines.addAll(
                    Text.beside(
                            "later",
                            column,
                            one(
                                    step.path("reached").asBoolean()
                                            ? "escalated to " + who
                                            : "escalates to "
                                                    + who
                                                    + " in "
                                                    + Rows.span(Json.text(step, "at"), now)),
                            width));
        }
        String unanswered = Json.text(approval, "unanswered");
        if (unanswered.equals("wait")) {
            lines.addAll(Text.beside("", column, "stays open when nobody answers in time", width));
        } else if (unanswered.equals("defer")) {
            lines.addAll(
                    Text.beside(
                            "",
                            column,
                            one(
                                    "when nobody answers, asked about once more at "
                                            + Json.text(approval, "asked_again_at")),
                            width));
        }
        return lines;
    }

    /** What each part of it does, and everything that spoke about it. */
    static List<String> reasons(JsonNode approval, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (JsonNode operation : approval.path("decision").path("operations")) {
            String summary = Json.text(operation, "summary");
            lines.addAll(
                    Text.beside(
                            one(Json.text(operation, "effect")),
                            7,
                            one(
                                    Rows.or(summary, Json.text(operation, "action"))
                                            + " ("
                                            + Json.text(operation, "action")
                                            + ", "
                                            + Json.text(operation, "risk")
                                            + (operation.path("opaque").asBoolean()
                                                    ? ", cannot be read to its end)"
                                                    : ")")),
                            terminal.width()));
            for (JsonNode because : operation.path("because")) {
                String at = Json.text(because, "at");
                lines.addAll(
                        Text.beside(
                                "",
                                7,
                                one(
                                        Json.text(because, "effect")
                                                + " by "
                                                + Json.text(because, "document")
                                                + " "
                                                + Json.text(because, "rule")
                                                + (at.isEmpty() ? "" : " (" + at + ")")
                                                + ": "
                                                + Json.text(because, "text")),
                                terminal.width()));
            }
        }
        return lines;
    }

    /**
     * What a person is told until they say that they know.
     *
     * @param listing the answer to a listing of approvals
     * @param wanted whether to tell of the thing of this id
     */
    static List<String> notices(JsonNode listing, Predicate<String> wanted, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (JsonNode alarm : listing.path("alarms")) {
            long times = alarm.path("times").asLong(1);
            String often = times > 1 ? ", " + times + " times" : "";
            String text = "ALARM" + often + ": " + Json.text(alarm, "text");
            lines.addAll(notice(alarm, one(text), wanted, terminal));
        }
        for (JsonNode alone : listing.path("break_glass")) {
            lines.addAll(notice(alone, broken(alone), wanted, terminal));
        }
        return lines;
    }

    private static List<String> notice(
            JsonNode about, String text, Predicate<String> wanted, Terminal terminal) {
        String id = Json.text(about, "id");
        String command = Program.command("approvals acknowledge " + Visible.line(id));
        return wanted.test(id)
                ? Text.wrap(text + "; say that you know: " + command, terminal.width())
                : List.of();
    }

    /** That an owner answered alone, and why. */
    static String broken(JsonNode approval) {
        JsonNode glass = approval.path("break_glass");
        return one(
                "BREAK-GLASS: "
                        + Json.text(glass, "person")
                        + " approved "
                        + Json.text(approval, "id")
                        + " alone: "
                        + Json.text(glass, "reason"));
    }

    /** What would run, whole: the command, or the tool and its input. */
    static String exact(JsonNode call) {
        JsonNode command = call.path("input").path("command");
        if (command.isTextual()) {
            return command.textValue();
        }
        return Json.text(call, "tool") + " " + Json.pretty(call.path("input"));
    }

    static String standing(JsonNode approval, Instant now) {
        String status = Json.text(approval, "status");
        String votes =
                Json.text(approval, "given")
                        + " of "
                        + Json.text(approval, "needed")
                        + " yes"
                        + (approval.has("tried_again")
                                ? ", tried again " + approval.path("tried_again").asInt() + "×"
                                : "");
        if (status.equals("pending") && approval.path("overdue").asBoolean()) {
            return "overdue, " + votes;
        }
        return status.equals("pending")
                ? Rows.left(Json.text(approval, "expires_at"), now) + ", " + votes
                : status + ", " + votes;
    }

    private static String who(JsonNode approval, JsonNode call) {
        String driver = Json.text(approval, "driver");
        return Rows.or(Json.text(approval, "agent"), "an agent")
                + (driver.isEmpty() ? "" : " for " + driver)
                + " in "
                + Rows.or(Json.text(call, "client"), "a client");
    }

    private static String operation(JsonNode operation) {
        JsonNode because = operation.path("because").path(0);
        String rule =
                because.isMissingNode()
                        ? ""
                        : ": " + Json.text(because, "document") + " " + Json.text(because, "rule");
        return Json.text(operation, "action") + " " + Json.text(operation, "risk") + rule;
    }

    private static String one(String text) {
        return Visible.line(text);
    }

    /** Every character stays; a word longer than the line is left whole. */
    static List<String> breakBetweenWords(String line, int width) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        while (line.length() - start > width) {
            int at = line.lastIndexOf(' ', start + width);
            if (at <= start) {
                at = line.indexOf(' ', start + width);
            }
            if (at < 0 || at + 1 >= line.length()) {
                break;
            }
            parts.add(line.substring(start, at + 1));
            start = at + 1;
        }
        parts.add(line.substring(start));
        return parts;
    }
}
