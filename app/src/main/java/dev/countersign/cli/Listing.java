package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/**
 * A command that shows a list of the server, as a table or as it came.
 *
 * @param syntax how it is written, without {@code --json}
 * @param path what it asks for
 * @param member where the list is in the answer
 * @param heads of the columns
 * @param row the cells of one member
 * @param whenEmpty a sentence that says how there will be some
 */
record Listing(
        Tools tools,
        Syntax syntax,
        Function<Given, String> path,
        String member,
        List<String> heads,
        Function<JsonNode, List<String>> row,
        String whenEmpty)
        implements Command {

    Listing {
        syntax = syntax.flag("--json", "print JSON");
        heads = List.copyOf(heads);
    }

    @Override
    public int run(Given given) {
        print(given, ServerClient.of(Where.of(given, tools.around())).get(path.apply(given)));
        return 0;
    }

    /** The same of an answer that is at hand. */
    void print(Given given, ObjectNode answer) {
        if (given.has("--json")) {
            tools.terminal().line(Json.write(answer));
            return;
        }
        Table table = new Table(heads.toArray(String[]::new));
        for (JsonNode each : answer.path(member)) {
            table.row(row.apply(each).toArray(String[]::new));
        }
        Rows.print(tools.terminal(), table, whenEmpty);
        String next = Json.text(answer, "next");
        if (!next.isEmpty() && syntax.find("--after").isPresent()) {
            tools.terminal().note("More follow: --after " + Visible.line(next));
        }
    }
}
