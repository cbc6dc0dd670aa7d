package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.decision.Documents;
import dev.countersign.decision.EffectiveJson;
import dev.countersign.policy.Library;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyLint;
import dev.countersign.policy.PolicyProblem;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The commands on policy documents. */
final class PolicyCommands {
    private PolicyCommands() {}

    private static List<Documents.Found> found(
            Tools tools,
            Where where,
            Optional<String> file,
            List<String> together,
            Optional<String> workspace) {
        PolicyFiles files = new Judge(tools, where.place()).files();
        if (file.isPresent() || !together.isEmpty()) {
            List<String> names = new ArrayList<>(file.stream().toList());
            names.addAll(together);
            return files.named(names);
        }
        String root =
                workspace
                        .map(text -> Where.path(text, tools.around()))
                        .orElse(tools.around().cwd())
                        .toString();
        return files.ofWorkspace(root);
    }

    private static String none() {
        return "No policy file here. One named countersign.yaml at the root of the workspace counts;"
                + " without it the built-in profile `standard` and autonomy `partial` do.";
    }

    /** Checks documents and says what is wrong where. */
    static final class Lint implements Command {
        private final Tools tools;

        Lint(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("policy lint", "Check a policy document, examples included.")
                    .note("Exit code: 0 usable, 2 not usable, 1 with --strict and a warning.")
                    .optionalArgument("FILE")
                    .options("--policy", "FILE", "documents it is used with, checked too")
                    .option("--workspace", "DIR", "check the files of this workspace")
                    .flag("--strict", "a warning is a failure")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            List<Documents.Found> found =
                    found(
                            tools,
                            Where.of(given, tools.around()),
                            given.optionalArgument(0),
                            given.values("--policy"),
                            given.value("--workspace"));
            Instant now = tools.around().clock().instant();
            List<Policy> together =
                    found.stream().flatMap(each -> each.result().policy().stream()).toList();
            List<PolicyProblem> problems =
                    found.stream()
                            .flatMap(each ->
                                    Stream.concat(
                                            each.result().problems().stream(),
                                            each.result().policy().stream()
                                                    .flatMap(policy ->
                                                            PolicyLint.warnings(
                                                                    policy, together, now)
                                                                    .stream())))
                            .toList();
            boolean usable = problems.stream().noneMatch(PolicyProblem::error);
            int code = !usable ? 2 : given.has("--strict") && !problems.isEmpty() ? 1 : 0;
            Terminal terminal = tools.terminal();
            if (given.has("--json")) {
                ObjectNode json = Json.object().put("usable", usable);
                ArrayNode array = json.putArray("problems");
                for (PolicyProblem problem : problems) {
                    array.addObject()
                            .put("file", problem.file())
                            .put("line", problem.line())
                            .put("column", problem.column())
                            .put("message", problem.message())
                            .put("error", problem.error());
                }
                terminal.line(Json.write(json));
                return code;
            }
            for (PolicyProblem problem : problems) {
                String kind = problem.error() ? "error" : "warning";
                Terminal.Ink ink = problem.error() ? Terminal.Ink.DENY : Terminal.Ink.ASK;
                List<String> lines =
                        Text.beside(
                                kind,
                                kind.length() + 2,
                                Visible.line(problem.toString()),
                                terminal.width());
                terminal.line(
                        terminal.paint(ink, kind) + lines.getFirst().substring(kind.length()));
                lines.subList(1, lines.size()).forEach(terminal::line);
            }
            if (found.isEmpty()) {
                terminal.line(none());
            }
            for (Documents.Found each : found) {
                each.result().policy().ifPresent(policy -> terminal.line(summary(each, policy)));
            }
            return code;
        }

        private static String summary(Documents.Found found, Policy policy) {
            int rules = policy.rules().size();
            List<String> defines = found.result().defines();
            if (!defines.isEmpty()) {
                return Visible.line(
                        found.path().getFileName()
                                + ": usable, defines `"
                                + String.join("`, `", defines)
                                + "`");
            }
            return Visible.line(found.path().getFileName() + ": usable, ")
                    + rules
                    + (rules == 1 ? " rule" : " rules");
        }
    }

    /** Shows the documents that apply here and what of them counts. */
    static final class Show implements Command {
        private final Tools tools;

        Show(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "policy show",
                            "Show the documents of a workspace, one document, or a named rule.")
                    .note(
                            "With --effective: everything in force for an agent, each line with"
                                    + " where it comes from; asks the server, if one runs, for the"
                                    + " documents put on it.")
                    .optionalArgument("FILE|NAME")
                    .option("--workspace", "DIR", "the workspace (default: here)")
                    .flag("--effective", "what is in force, line by line")
                    .option("--agent", "NAME", "for this agent")
                    .options("--policy", "FILE", "documents it is used with")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            Terminal terminal = tools.terminal();
            Optional<Library.Entry> entry =
                    given.optionalArgument(0).flatMap(Library.builtIn()::entry);
            if (entry.isPresent()) {
                terminal.line(
                        given.has("--json")
                                ? Json.write(
                                        PolicyNames.json(entry.get())
                                                .put("text", entry.get().text()))
                                : entry.get().text());
                return 0;
            }
            if (given.has("--effective")) {
                return effective(given);
            }
            Optional<String> named = given.optionalArgument(0);
            if (named.isPresent() && !Files.exists(Where.path(named.get(), tools.around()))) {
                OwnNames.Own own = PolicyNames.own(Where.of(given, tools.around()), named.get());
                terminal.line(
                        given.has("--json")
                                ? Json.write(
                                        PolicyNames.json(own.entry())
                                                .put("level", Json.text(own.stored(), "level"))
                                                .put("of", Json.text(own.stored(), "of"))
                                                .put("text", own.text()))
                                : Visible.lines(own.text().stripTrailing()));
                return 0;
            }
            List<Documents.Found> found =
                    found(
                            tools,
                            Where.of(given, tools.around()),
                            given.optionalArgument(0),
                            given.values("--policy"),
                            given.value("--workspace"));
            ObjectNode json = Json.object();
            ArrayNode documents = json.putArray("documents");
            List<String> lines = new ArrayList<>();
            for (Documents.Found each : found) {
                Policy policy = PolicyFiles.usable(each);
                show(each, policy, documents.addObject(), lines);
            }
            if (given.has("--json")) {
                terminal.line(Json.write(json));
            } else if (lines.isEmpty()) {
                terminal.line(none());
            } else {
                lines.forEach(terminal::line);
            }
            return 0;
        }

        private int effective(Given given) {
            Where where = Where.of(given, tools.around());
            List<String> named = new ArrayList<>(given.values("--policy"));
            given.optionalArgument(0).ifPresent(named::add);
            String workspace =
                    given.value("--workspace")
                            .map(text -> Where.path(text, tools.around()))
                            .orElse(tools.around().cwd())
                            .toString();
            String agent = given.value("--agent").orElse("main");
            ObjectNode json =
                    (named.isEmpty()
                                    ? asked(where, agent, workspace)
                                    : Optional.<ObjectNode>empty())
                            .orElseGet(() ->
                                    EffectiveJson.of(
                                            agent,
                                            new Judge(tools, where.place())
                                                    .withPolicies(named)
                                                    .inForce(workspace, agent),
                                            Optional.empty()));
            Terminal terminal = tools.terminal();
            if (given.has("--json")) {
                terminal.line(Json.write(json));
                return 0;
            }
            new EffectiveText(terminal, tools.around()).lines(json).forEach(terminal::line);
            return 0;
        }

        /** The server knows the documents put on it; it is asked where one is at hand. */
        private Optional<ObjectNode> asked(Where where, String agent, String workspace) {
            ServerClient server = ServerClient.of(where);
            String path =
                    "/v1/policies/effective?agent="
                            + ServerClient.part(agent)
                            + "&workspace="
                            + ServerClient.part(workspace);
            if (where.namedServer().isPresent()) {
                return Optional.of(server.get(path));
            }
            if (server.credential() == ServerClient.Credential.NONE) {
                return Optional.empty();
            }
            try {
                return Optional.of(server.get(path));
            } catch (Failure why) {
                tools.terminal().note("without the documents on the server: " + why.text());
                return Optional.empty();
            }
        }

        private static void show(
                Documents.Found found, Policy policy, ObjectNode json, List<String> lines) {
            json.put("name", policy.name())
                    .put("level", policy.level().wire())
                    .put("path", found.path().toString())
                    .put("trusted", policy.trusted())
                    .put("sha256", found.digest())
                    .put("rules", policy.rules().size());
            ArrayNode waiting = json.putArray("waiting");
            policy.waiting().forEach(waiting::add);
            lines.add(
                    Visible.line(policy.title())
                            + (policy.trusted() ? "  trusted" : "  not accepted: only restricts"));
            lines.add("  file    " + Visible.line(found.path().toString()));
            lines.add("  sha256  " + found.digest());
            policy.rules().forEach(rule -> lines.add("  rule    " + Visible.line(rule.text())));
            if (!found.result().defines().isEmpty()) {
                String body =
                        PolicyFiles.text(found.path(), String.valueOf(found.path().getFileName()));
                json.put("text", body);
                lines.add("");
                body.stripTrailing().lines().map(Visible::line).forEach(lines::add);
            }
            policy.waiting().forEach(line -> lines.add("  waits   " + Visible.line(line)));
            if (!policy.trusted() && !policy.waiting().isEmpty()) {
                lines.add(
                        "  accept  "
                                + Program.command("policy accept")
                                + " "
                                + Visible.line(found.path().toString()));
            }
        }
    }

    /** Accepts this very content of a workspace's file; for a signed-in person. */
    static final class Accept implements Command {
        private final Tools tools;

        Accept(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("policy accept", "Accept this very content of a repository's policy.")
                    .note(
                            "Shows what it would newly permit; needs `"
                                    + Program.command("login")
                                    + "`.")
                    .argument("FILE")
                    .option("--sha256", "DIGEST", "accept only if the content is this")
                    .flag("--dry-run", "only say what it would newly allow")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            Where where = Where.of(given, tools.around());
            Documents.Found found =
                    new Judge(tools, where.place()).files().named(given.argument(0));
            Policy policy = PolicyFiles.usable(found);
            String digest = found.digest();
            Optional<String> expected = given.value("--sha256");
            if (expected.isPresent() && !expected.get().equals(digest)) {
                throw Failure.failed(
                        "the content is `"
                                + digest
                                + "` by now, not `"
                                + Visible.line(expected.get())
                                + "`");
            }
            ServerClient server = ServerClient.of(where);
            switch (server.credential()) {
                case TOKEN, SIGN_IN -> {}
                case OWNER, NONE ->
                        throw Failure.failed(
                                "accepting a file needs a signed-in person: run `"
                                        + Program.command("login")
                                        + "`"
                                        + " first");
            }
            ObjectNode body =
                    Json.object().put("path", found.path().toString()).put("sha256", digest);
            ObjectNode tried = server.post("/v1/policies/accept", body.put("dry_run", true));
            Terminal terminal = tools.terminal();
            if (!given.has("--json")) {
                PolicyChanges.widening(terminal, tried.path("newly_allowed"));
            }
            if (given.has("--dry-run")) {
                if (given.has("--json")) {
                    terminal.line(Json.write(tried));
                }
                return 0;
            }
            ObjectNode _ = server.post("/v1/policies/accept", body.put("dry_run", false));
            if (given.has("--json")) {
                terminal.line(Json.write(tried));
                return 0;
            }
            policy.withTrust(false)
                    .waiting()
                    .forEach(line -> terminal.line("now counts  " + Visible.line(line)));
            terminal.line("Accepted " + Visible.line(found.path().toString()));
            return 0;
        }
    }
}
