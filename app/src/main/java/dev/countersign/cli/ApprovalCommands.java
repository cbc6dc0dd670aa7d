package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The commands on approvals that make one call each. */
final class ApprovalCommands {
    private static final String APPROVALS = "/v1/approvals";

    private ApprovalCommands() {}

    /** Lists what waits for people, and on demand what they answered. */
    static final class Requests implements Command {
        private final Tools tools;
        private final Listing list;

        Requests(Tools tools) {
            this.tools = tools;
            list =
                    new Listing(
                            tools,
                            Syntax.of("approvals list", "List what waits for people.")
                                    .flag("--all", "the last that were answered or expired too"),
                            _ -> APPROVALS,
                            "approvals",
                            List.of("ID", "RISK", "STANDING", "AGENT", "WHAT"),
                            this::row,
                            "Nothing waits. When an agent asks, it shows here, in the page and in: "
                                    + Program.command("approvals watch"));
        }

        private List<String> row(JsonNode approval) {
            return List.of(
                    Json.text(approval, "id"),
                    Rows.or(Json.text(approval.path("decision"), "risk"), "-"),
                    ApprovalCard.standing(approval, tools.around().clock().instant()),
                    Rows.or(Json.text(approval, "agent"), "-"),
                    ApprovalCard.exact(approval.path("call")));
        }

        @Override
        public Syntax syntax() {
            return list.syntax();
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            ObjectNode answer = server.get(APPROVALS);
            ArrayNode all = answer.withArray("approvals");
            for (String next = Json.text(answer, "next"); !next.isEmpty(); ) {
                ObjectNode more = server.get(APPROVALS + "?from=" + ServerClient.part(next));
                more.path("approvals").forEach(all::add);
                next = Json.text(more, "next");
            }
            answer.remove("next");
            if (given.has("--all")) {
                server.get(APPROVALS + "?lane=done").path("approvals").forEach(all::add);
            }
            if (!given.has("--json")) {
                ApprovalCard.notices(answer, _ -> true, tools.terminal())
                        .forEach(tools.terminal()::line);
            }
            list.print(given, answer);
            return 0;
        }
    }

    /** Shows one approval whole. */
    static final class Show implements Command {
        private final Tools tools;

        Show(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("approvals show", "Show one approval whole.")
                    .argument("ID")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ObjectNode approval =
                    ServerClient.of(Where.of(given, tools.around()))
                            .get(APPROVALS + "/" + ServerClient.part(given.argument(0)));
            if (given.has("--json")) {
                tools.terminal().line(Json.write(approval));
                return 0;
            }
            ApprovalCard.lines(approval, tools.terminal(), tools.around().clock().instant())
                    .forEach(tools.terminal()::line);
            return 0;
        }
    }

    /** Votes yes: for one call, once or for longer, or for several at once. */
    static final class Approve implements Command {
        private final Tools tools;

        Approve(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("approvals approve", "Approve calls: one or several, once or longer.")
                    .arguments("ID")
                    .note("Without --pattern only the identical call is approved for longer.")
                    .note(
                            "Several are a vote on each, always for once. What is critical, or"
                                    + " cannot be read to its end, is approved by itself.")
                    .option("--scope", "S", "once (default), task or project")
                    .option("--pattern", "P", "which other calls too, such as `npm install *`")
                    .option("--expires", "TIME", "for how long, such as 30m")
                    .option("--uses", "N", "for how many later calls")
                    .flag("--break-glass", "as an owner, alone for everybody who is asked")
                    .option("--reason", "TEXT", "why the glass is broken; every owner is told")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ObjectNode terms = terms(given);
            if (given.arguments().size() > 1 && !terms.isEmpty()) {
                throw Failure.usage(
                        "several are approved for once; name one `ID` to approve it for longer");
            }
            return vote(tools, given, given.arguments(), "approve", "", terms);
        }
    }

    /** Says that one knows of a broken glass or an alarm. */
    static final class Acknowledge implements Command {
        private final Tools tools;

        Acknowledge(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of(
                            "approvals acknowledge",
                            "Say that you know of an alarm, or that an owner approved a call alone.")
                    .argument("ID")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            needsPerson(server);
            ObjectNode result =
                    server.post(
                            "/v1/approvals/"
                                    + ServerClient.part(given.argument(0))
                                    + "/acknowledge",
                            Json.object());
            tools.terminal().line(given.has("--json") ? Json.write(result) : "Noted.");
            return 0;
        }
    }

    private static ObjectNode terms(Given given) {
        ObjectNode terms = Json.object();
        given.value("--scope").ifPresent(scope -> terms.put("scope", scope));
        given.value("--pattern").ifPresent(pattern -> terms.put("pattern", pattern));
        given.value("--expires").ifPresent(expires -> terms.put("expires", expires));
        given.value("--uses")
                .ifPresent(uses -> {
                    if (!uses.matches("[0-9]{1,9}")) {
                        throw Failure.usage("`--uses` is `" + uses + "`; expected a number");
                    }
                    terms.put("uses", Integer.parseInt(uses));
                });
        Optional<String> reason = given.value("--reason");
        if (given.has("--break-glass") != reason.isPresent()) {
            throw Failure.usage(
                    reason.isPresent()
                            ? "`--reason` goes with `--break-glass`"
                            : "`--break-glass` needs a `--reason`; every owner is told it");
        }
        reason.ifPresent(why -> terms.put("break_glass", true).put("reason", why));
        return terms;
    }

    /** Votes no. */
    static final class Deny implements Command {
        private static final Pattern ID = Pattern.compile("APR-[0-9]+");

        private final Tools tools;

        Deny(Tools tools) {
            this.tools = tools;
        }

        @Override
        public Syntax syntax() {
            return Syntax.of("approvals deny", "Deny calls: one or several.")
                    .arguments("ID")
                    .note(
                            "A last word that is no id is guidance: what the agent should do"
                                    + " instead.")
                    .option("--guidance", "TEXT", "the same as a last word")
                    .flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            List<String> words = given.arguments();
            Optional<String> word =
                    words.size() > 1 && !ID.matcher(words.getLast()).matches()
                            ? Optional.of(words.getLast())
                            : Optional.empty();
            List<String> ids = word.isPresent() ? words.subList(0, words.size() - 1) : words;
            for (String id : ids.subList(1, ids.size())) {
                if (!ID.matcher(id).matches()) {
                    throw Failure.usage(
                            "`"
                                    + Visible.line(id)
                                    + "` is no id such as `APR-7`; put guidance of several words in"
                                    + " quotes, at the end");
                }
            }
            Optional<String> option = given.value("--guidance");
            if (word.isPresent() && option.isPresent()) {
                throw Failure.usage("the guidance is given twice; leave one out");
            }
            return vote(tools, given, ids, "deny", word.or(() -> option).orElse(""), Json.object());
        }
    }

    private static int vote(
            Tools tools,
            Given given,
            List<String> ids,
            String answer,
            String guidance,
            ObjectNode terms) {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        Terminal terminal = tools.terminal();
        if (ids.size() > 1) {
            ObjectNode results = voteTogether(server, ids, answer, guidance);
            if (given.has("--json")) {
                terminal.line(Json.write(results));
            } else {
                results.path("results").forEach(one -> terminal.line(lineOf(one, answer)));
            }
            return results.path("counted").asInt() == results.path("results").size() ? 0 : 1;
        }
        ObjectNode result = vote(server, ids.getFirst(), answer, guidance, terms);
        terminal.line(given.has("--json") ? Json.write(result) : outcome(result, answer));
        return 0;
    }

    /** A vote on each, of the version that is there now; what changes on the way says so. */
    private static ObjectNode voteTogether(
            ServerClient server, List<String> ids, String answer, String guidance) {
        needsPerson(server);
        ObjectNode body = Json.object().put("answer", answer);
        if (!guidance.isEmpty()) {
            body.put("guidance", guidance);
        }
        ArrayNode requests = body.putArray("requests");
        for (String id : new LinkedHashSet<>(ids)) {
            String path = APPROVALS + "/" + ServerClient.part(id);
            // The server says of each that it does not know; one of them stops nothing.
            ServerClient.Answer found = server.exchange("GET", path, null);
            requests.addObject().put("id", id).put("version", found.body().path("version").asInt());
        }
        return server.post(APPROVALS + "/votes", body);
    }

    private static String lineOf(JsonNode result, String answer) {
        String id = Visible.line(Json.text(result, "id"));
        return result.path("result").asText().equals("counted")
                ? id + ": " + outcome(result.path("approval"), answer)
                : id + ": Not counted: " + Visible.line(Json.text(result, "why")) + ".";
    }

    /** Sends a vote; says what to do when there is nobody to vote as. */
    static ObjectNode vote(
            ServerClient server, String id, String answer, String guidance, ObjectNode terms) {
        needsPerson(server);
        ObjectNode body = Json.object().put("answer", answer).put("scope", "once");
        body.setAll(terms);
        if (!guidance.isEmpty()) {
            body.put("guidance", guidance);
        }
        return server.post(APPROVALS + "/" + ServerClient.part(id) + "/votes", body);
    }

    private static void needsPerson(ServerClient server) {
        switch (server.credential()) {
            // The server refuses the owner shortcut, and tells people that it was tried.
            case TOKEN, SIGN_IN, OWNER -> {}
            case NONE -> throw Failure.failed(cannotVote());
        }
    }

    static String cannotVote() {
        return "voting needs a signed-in person; the owner of the data folder only reads, sets up"
                + " and stops: run `"
                + Program.command("login")
                + "` first";
    }

    /** What became of the request by this vote. */
    static String outcome(JsonNode result, String answer) {
        String status = Json.text(result, "status");
        String mine = answer.equals("approve") ? "Approved" : "Denied";
        return switch (status) {
            case "pending" ->
                    mine
                            + "; "
                            + Json.text(result, "given")
                            + " of "
                            + Json.text(result, "needed")
                            + " yes so far.";
            case "", "approved", "denied", "used" -> mine + ".";
            default -> "Not counted: the request is " + Visible.line(status) + ".";
        };
    }
}
