package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.Documents;
import dev.countersign.policy.Library;
import dev.countersign.policy.PolicyProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The commands on templates and named rules. */
final class PolicyNames {
    private PolicyNames() {}

    /** One built-in definition as JSON. */
    static ObjectNode json(Library.Entry entry) {
        ObjectNode json =
                Json.object()
                        .put("name", entry.name())
                        .put("kind", entry.kind())
                        .put("summary", entry.summary());
        ObjectNode parameters = json.putObject("parameters");
        entry.parameters().forEach(parameters::put);
        return json;
    }

    /** Lists what documents can use, and the documents on the server. */
    static final class Listing implements Command {
        private final Tools tools;

        Listing(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "policy list",
                            "List templates, named rules and the documents on the server.")
                    .note("`" + Program.command("policy show NAME") + "` shows one of them whole.")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            Optional<ObjectNode> server = server(Where.of(given, tools.around()));
            Terminal terminal = tools.terminal();
            if (given.has("--json")) {
                ObjectNode json = Json.object();
                ArrayNode built = json.putArray("built_in");
                Library.builtIn().entries().forEach(entry -> built.add(json(entry)));
                json.set(
                        "policies",
                        server.<JsonNode>map(answer -> answer.path("policies"))
                                .orElseGet(() -> Json.object().nullNode()));
                terminal.line(Json.write(json));
                return 0;
            }
            builtIn(terminal, true, "TEMPLATE");
            terminal.line("");
            builtIn(terminal, false, "NAMED RULE");
            terminal.line("");
            if (server.isEmpty()) {
                terminal.line("No server answered; its documents are not listed.");
                return 0;
            }
            Table documents = new Table("LEVEL", "OF", "POLICY", "PUT BY", "AT");
            for (JsonNode one : server.get().path("policies")) {
                documents.row(
                        Json.text(one, "level"),
                        Rows.or(Json.text(one, "of"), "-"),
                        Json.text(one, "name"),
                        Json.text(one, "person"),
                        Rows.second(Json.text(one, "at")));
            }
            Rows.print(
                    terminal,
                    documents,
                    "No documents on the server. Put one: "
                            + Program.command("policy put --level tenant FILE"));
            return 0;
        }

        /** Those of one kind, their summaries whole, in the same columns as the others. */
        private static void builtIn(Terminal terminal, boolean templates, String heading) {
            List<Library.Entry> all = Library.builtIn().entries();
            int column = 2 + all.stream().mapToInt(one -> one.name().length()).max().orElse(0);
            terminal.line(
                    terminal.paint(
                            Terminal.Ink.SOFT,
                            heading + " ".repeat(column - heading.length()) + "WHAT IT DOES"));
            for (Library.Entry entry : all) {
                if (entry.kind().equals("template") == templates) {
                    Text.beside(entry.name(), column, entry.summary(), terminal.rowWidth())
                            .forEach(terminal::line);
                }
            }
        }

        /** A list is useful without a server too. */
        private static Optional<ObjectNode> server(Where where) {
            try {
                return Optional.of(ServerClient.of(where).get("/v1/policies"));
            } catch (Failure none) {
                return Optional.empty();
            }
        }
    }

    /** Tries the examples of definitions, or of a document. */
    static final class Test implements Command {
        private final Tools tools;

        Test(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("policy test", "Try the examples of a document or of a named rule.")
                    .note("Without a name all that are built in. Exit code: 0 as written, 1 not.")
                    .optionalArgument("NAME|FILE")
                    .options("--set", "NAME=VALUE", "a parameter")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            PolicyFiles files = new Judge(tools, Where.of(given, tools.around()).data()).files();
            Optional<String> named = given.optionalArgument(0);
            List<String> lines = new ArrayList<>();
            List<PolicyProblem> problems = new ArrayList<>();
            int examples = 0;
            if (named.isPresent() && Library.builtIn().entry(named.get()).isEmpty()) {
                Documents.Found found = files.named(named.get());
                problems.addAll(found.result().problems());
                lines.add(
                        Visible.line(named.get())
                                + (problems.isEmpty() ? ": every example is as written" : ""));
            } else {
                Map<String, String> parameters = parameters(given.values("--set"));
                for (Library.Entry entry : Library.builtIn().entries()) {
                    boolean wanted =
                            named.isEmpty()
                                    || Library.builtIn()
                                            .entry(named.get())
                                            .filter(one -> one.name().equals(entry.name()))
                                            .isPresent();
                    if (!wanted) {
                        continue;
                    }
                    Map<String, String> all = new TreeMap<>(parameters);
                    if (entry.parameters().getOrDefault("dates", "x").isEmpty()) {
                        // An example needs some dates; which ones does not matter.
                        all.putIfAbsent("dates", "2026-12-20..2027-01-03");
                    }
                    List<PolicyProblem> wrong =
                            Library.builtIn().test(entry.name(), all, files.examples());
                    problems.addAll(wrong);
                    int count = Library.builtIn().examples(entry.name());
                    examples += count;
                    lines.add(
                            entry.name()
                                    + ": "
                                    + count
                                    + (count == 1 ? " example" : " examples")
                                    + (wrong.isEmpty() ? ", as written" : ", NOT as written"));
                }
            }
            boolean well = problems.stream().noneMatch(PolicyProblem::error);
            Terminal terminal = tools.terminal();
            if (given.has("--json")) {
                ObjectNode json = Json.object().put("passed", well).put("examples", examples);
                ArrayNode list = json.putArray("problems");
                problems.forEach(problem -> list.add(problem.toString()));
                terminal.line(Json.write(json));
            } else {
                lines.forEach(terminal::line);
                problems.forEach(problem -> terminal.line(Visible.line(problem.toString())));
            }
            return well ? 0 : 1;
        }

        private static Map<String, String> parameters(List<String> given) {
            Map<String, String> parameters = new TreeMap<>();
            for (String one : given) {
                int equals = one.indexOf('=');
                if (equals <= 0) {
                    throw Failure.usage(
                            "`" + Visible.line(one) + "` sets nothing; expected NAME=VALUE");
                }
                parameters.put(one.substring(0, equals), one.substring(equals + 1));
            }
            return parameters;
        }
    }
}
