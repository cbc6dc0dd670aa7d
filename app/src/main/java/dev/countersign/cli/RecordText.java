package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** One record of the ledger as a person reads it: what happened first, its place in the end. */
final class RecordText {
    private static final int COLUMN = 11;
    private static final String INDENT = "  ";

    private final Terminal terminal;
    private final List<String> lines = new ArrayList<>();

    private RecordText(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * The lines, an empty one at the end.
     *
     * @param entry {@code index}, {@code hash} and the {@code record} itself
     */
    static List<String> lines(JsonNode entry, Terminal terminal) {
        RecordText text = new RecordText(terminal);
        JsonNode record = entry.path("record");
        JsonNode body = record.path("body");
        text.head(entry, record);
        text.who(record, body);
        text.field("reason", Json.text(body, "reason"));
        text.field("instead", Json.text(body, "instead"));
        text.call(body.path("call"));
        body.path("operations").forEach(text::operation);
        text.approval(body);
        text.others(record, body);
        text.field("decision", Json.text(record, "decision"));
        text.field("policy", Json.text(body, "policy_version"));
        text.field("hash", Json.text(entry, "hash"));
        text.field("previous", Json.text(record, "previous"));
        text.lines.add("");
        return text.lines;
    }

    private void head(JsonNode entry, JsonNode record) {
        String effect = Json.text(record, "effect");
        String risk = Json.text(record, "risk");
        String decider = Json.text(record, "decider");
        StringBuilder line = new StringBuilder();
        line.append(terminal.paint(Terminal.Ink.STRONG, "#" + one(Json.text(entry, "index"))))
                .append(INDENT)
                .append(one(Rows.second(Json.text(record, "at"))))
                .append(INDENT)
                .append(one(Rows.or(Json.text(record, "kind"), "-")));
        if (!effect.isEmpty()) {
            line.append(INDENT).append(terminal.paint(Terminal.Ink.ofEffect(effect), one(effect)));
        }
        if (!risk.isEmpty()) {
            line.append(INDENT)
                    .append("risk ")
                    .append(terminal.paint(Terminal.Ink.ofRisk(risk), one(risk)));
        }
        lines.add(line.toString());
        field("what", Json.text(record, "summary"));
        if (!decider.isEmpty()) {
            String id = Json.text(record.path("body").path("decider"), "id");
            field("decided by", decider + (id.isEmpty() ? "" : " " + id));
        }
    }

    private void who(JsonNode record, JsonNode body) {
        String driver = Json.text(body.path("call"), "driver");
        field("agent", Json.text(record, "agent") + (driver.isEmpty() ? "" : " for " + driver));
        field("person", Json.text(record, "person"));
        field("client", Json.text(record, "client"));
        field("project", Json.text(record, "project"));
        field("session", Json.text(record, "session"));
    }

    private void call(JsonNode call) {
        if (call.isMissingNode()) {
            return;
        }
        field("tool", Json.text(call, "tool"));
        field("in", Json.text(call, "cwd"));
        lines.add("input");
        JsonNode command = call.path("input").path("command");
        boolean bare = command.isTextual() && call.path("input").size() == 1;
        String input = bare ? command.textValue() : Json.pretty(call.path("input"));
        for (String line : Visible.lines(input).split("\n", -1)) {
            for (String part :
                    ApprovalCard.breakBetweenWords(line, terminal.width() - INDENT.length())) {
                lines.add(INDENT + part);
            }
        }
    }

    private void operation(JsonNode operation) {
        String effect = Json.text(operation, "effect");
        lines.add(
                "operation  "
                        + terminal.paint(Terminal.Ink.ofEffect(effect), one(effect))
                        + INDENT
                        + one(Json.text(operation, "action"))
                        + INDENT
                        + "risk "
                        + one(Json.text(operation, "risk")));
        field("", Json.text(operation, "summary"));
        JsonNode because = operation.path("because").path(0);
        if (!because.isMissingNode()) {
            String at = Json.text(because, "at");
            field(
                    "",
                    "because "
                            + Json.text(because, "text")
                            + " ["
                            + Json.text(because, "document")
                            + ": "
                            + Json.text(because, "rule")
                            + (at.isEmpty() ? "" : ", " + at)
                            + "]");
        }
    }

    private void approval(JsonNode body) {
        String status = Json.text(body, "status");
        String id = Json.text(body, "approval");
        if (!id.isEmpty()) {
            field("approval", id + (status.isEmpty() ? "" : " " + status));
        }
        field("ending", Json.text(body, "ending"));
        for (JsonNode vote : body.path("votes")) {
            field(
                    "vote",
                    Json.text(vote, "person")
                            + " "
                            + Json.text(vote, "answer")
                            + " "
                            + Rows.second(Json.text(vote, "at")));
        }
        field("guidance", Json.text(body, "guidance"));
    }

    /** What other kinds of records say of themselves, under its own names. */
    private void others(JsonNode record, JsonNode body) {
        if (!body.isObject() || Json.text(record, "kind").equals("decision")) {
            return;
        }
        List<String> shown =
                List.of(
                        "reason",
                        "instead",
                        "call",
                        "operations",
                        "approval",
                        "status",
                        "ending",
                        "votes",
                        "guidance");
        body.properties().stream()
                .filter(one -> !shown.contains(one.getKey()) || one.getKey().equals("status"))
                .filter(one ->
                        !one.getKey().equals("status") || Json.text(body, "approval").isEmpty())
                .forEach(one -> {
                    JsonNode value = one.getValue();
                    field(one.getKey(), value.isValueNode() ? value.asText() : value.toString());
                });
    }

    /** Nothing where there is nothing to say. */
    private void field(String name, String value) {
        if (value.isBlank()) {
            return;
        }
        int column = Math.max(COLUMN, name.length() + 1);
        lines.addAll(Text.beside(one(name), column, one(value), terminal.width()));
    }

    private static String one(String text) {
        return Visible.line(text);
    }
}
