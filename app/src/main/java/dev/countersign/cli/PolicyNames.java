package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.Documents;
import dev.countersign.policy.Level;
import dev.countersign.policy.Library;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /**
     * A template or named rule on the server.
     *
     * @throws Failure when there is none of this name, nor a file
     */
    static OwnNames.Own own(Where where, String name) {
        Optional<ObjectNode> server = OwnNames.server(where);
        return server.flatMap(listed -> OwnNames.of(listed).find(name))
                .orElseThrow(() ->
                        Failure.usage(
                                "there is no file `"
                                        + Visible.line(name)
                                        + "`, and no template or named rule of that name is built"
                                        + " in"
                                        + (server.isPresent()
                                                ? " or on the server"
                                                : "; no server answered")));
    }

    /** Lists what documents can use, and the documents on the server. */
    static final class Listing implements Command {
        /** Columns that are at hand nearly everywhere. */
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
            Optional<ObjectNode> server = OwnNames.server(Where.of(given, tools.around()));
            OwnNames own = OwnNames.of(server.orElseGet(Json::object));
            Terminal terminal = tools.terminal();
            if (given.has("--json")) {
                ObjectNode json = Json.object();
                ArrayNode built = json.putArray("built_in");
                Library.builtIn().entries().forEach(entry -> built.add(json(entry)));
                ArrayNode defined = json.putArray("defined");
                own.all()
                        .forEach(one ->
                                defined.add(
                                        json(one.entry())
                                                .put("level", Json.text(one.stored(), "level"))
                                                .put("of", Json.text(one.stored(), "of"))));
                json.set(
                        "policies",
                        server.<JsonNode>map(answer -> answer.path("policies"))
                                .orElseGet(() -> Json.object().nullNode()));
                terminal.line(Json.write(json));
                return 0;
            }
            names(terminal, own, "template", "TEMPLATE");
            terminal.line("");
            names(terminal, own, "named_rule", "NAMED RULE");
            terminal.line("");
            if (server.isEmpty()) {
                terminal.line("No server answered; its documents are not listed.");
                return 0;
            }
            Table documents = new Table("LEVEL", "OF", "POLICY", "PUT BY", "AT");
            for (JsonNode one : server.get().path("policies")) {
                if (own.defines(one)) {
                    continue;
                }
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

        /**
         * Those of one kind, built in and put on the server: what each does, with its parameters
         * and where it stands.
         */
        private static void names(Terminal terminal, OwnNames own, String kind, String heading) {
            List<Library.Entry> builtIn = Library.builtIn().entries();
            int column =
                    2
                            + Stream.concat(
                                            builtIn.stream(),
                                            own.all().stream().map(OwnNames.Own::entry))
                                    .mapToInt(one -> one.name().length())
                                    .max()
                                    .orElse(0);
            terminal.line(
                    terminal.paint(
                            Terminal.Ink.SOFT,
                            heading + " ".repeat(column - heading.length()) + "WHAT IT DOES"));
            for (Library.Entry entry : builtIn) {
                if (entry.kind().equals(kind)) {
                    name(terminal, column, entry, "");
                }
            }
            for (OwnNames.Own one : own.all()) {
                if (one.entry().kind().equals(kind)) {
                    JsonNode stored = one.stored();
                    String of = Json.text(stored, "of");
                    name(
                            terminal,
                            column,
                            one.entry(),
                            "on the server: "
                                    + Json.text(stored, "level")
                                    + (of.isEmpty() ? "" : " " + of)
                                    + ", put by "
                                    + Json.text(stored, "person")
                                    + " "
                                    + Rows.second(Json.text(stored, "at")));
                }
            }
        }

        private static void name(Terminal terminal, int column, Library.Entry entry, String where) {
            int width = terminal.rowWidth();
            List<String> texts = new ArrayList<>(List.of(entry.summary()));
            if (!entry.parameters().isEmpty()) {
                texts.add("parameters: " + parameters(entry));
            }
            texts.add(where);
            texts.removeIf(String::isEmpty);
            String left = entry.name();
            for (String text : texts.isEmpty() ? List.of("") : texts) {
                Text.beside(Visible.line(left), column, Visible.line(text), width)
                        .forEach(terminal::line);
                left = "";
            }
        }

        private static String parameters(Library.Entry entry) {
            return entry.parameters().entrySet().stream()
                    .map(one ->
                            one.getValue().isEmpty()
                                    ? one.getKey() + " (must be given)"
                                    : one.getKey() + " = " + one.getValue())
                    .collect(Collectors.joining("; "));
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
            Where where = Where.of(given, tools.around());
            PolicyFiles files = new Judge(tools, where.place()).files();
            Optional<String> named = given.optionalArgument(0);
            Map<String, String> parameters = parameters(given.values("--set"));
            Tried tried = new Tried(files.examples(), parameters);
            if (named.isEmpty() && !parameters.isEmpty()) {
                throw Failure.usage("`--set` needs the name of a template or named rule");
            }
            if (named.isEmpty()) {
                Library.builtIn()
                        .entries()
                        .forEach(one -> tried.definition(Library.builtIn(), one));
            } else if (Library.builtIn().entry(named.get()).isPresent()) {
                tried.definition(
                        Library.builtIn(), Library.builtIn().entry(named.get()).orElseThrow());
            } else if (Files.exists(Where.path(named.get(), tools.around()))) {
                file(named.get(), files, tried);
            } else {
                OwnNames.Own own = own(where, named.get());
                tried.definition(own.library(), own.entry());
            }
            List<String> lines = tried.lines;
            List<PolicyProblem> problems = tried.problems;
            int examples = tried.examples;
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

        /** Its definition with the parameters given, or the whole document. */
        private void file(String name, PolicyFiles files, Tried tried) {
            Documents.Found found = files.named(name);
            boolean usable = found.result().problems().stream().noneMatch(PolicyProblem::error);
            if (usable && !found.result().defines().isEmpty()) {
                PolicyReader.Text text =
                        new PolicyReader.Text(
                                name, PolicyFiles.text(found.path(), name), Level.PROJECT, true);
                Library library = Library.of(List.of(text));
                OwnNames.defined(text).forEach(one -> tried.definition(library, one));
                return;
            }
            if (usable && !tried.parameters.isEmpty()) {
                throw Failure.usage(
                        "`"
                                + Visible.line(name)
                                + "` is no template or named rule; `--set` has nothing to set");
            }
            tried.problems.addAll(found.result().problems());
            tried.lines.add(
                    Visible.line(name)
                            + (tried.problems.isEmpty() ? ": every example is as written" : ""));
        }

        /** What came of it. */
        private static final class Tried {
            private final PolicyReader.Examples judge;
            private final Map<String, String> parameters;
            private final List<String> lines = new ArrayList<>();
            private final List<PolicyProblem> problems = new ArrayList<>();
            private int examples;

            Tried(PolicyReader.Examples judge, Map<String, String> parameters) {
                this.judge = judge;
                this.parameters = parameters;
            }

            void definition(Library library, Library.Entry entry) {
                for (String name : parameters.keySet()) {
                    if (!entry.parameters().containsKey(name)) {
                        throw Failure.usage(
                                "`"
                                        + Visible.line(entry.name())
                                        + "` has no parameter `"
                                        + Visible.line(name)
                                        + "`; it has "
                                        + (entry.parameters().isEmpty()
                                                ? "none"
                                                : String.join(", ", entry.parameters().keySet())));
                    }
                }
                Map<String, String> all = new TreeMap<>(parameters);
                if (entry.parameters().getOrDefault("dates", "x").isEmpty()) {
                    // An example needs some dates; which ones does not matter.
                    all.putIfAbsent("dates", "2026-12-20..2027-01-03");
                }
                entry.parameters()
                        .forEach((name, usual) -> {
                            if (usual.isEmpty() && !all.containsKey(name)) {
                                throw Failure.usage(
                                        "`"
                                                + Visible.line(entry.name())
                                                + "` needs `"
                                                + name
                                                + "`; expected such as `--set "
                                                + name
                                                + "=VALUE`");
                            }
                        });
                List<PolicyProblem> wrong = library.test(entry.name(), all, judge);
                problems.addAll(wrong);
                int count = library.examples(entry.name());
                examples += count;
                lines.add(
                        Visible.line(entry.name())
                                + ": "
                                + count
                                + (count == 1 ? " example" : " examples")
                                + (wrong.isEmpty() ? ", as written" : ", NOT as written"));
            }
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
