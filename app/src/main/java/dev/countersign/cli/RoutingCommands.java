package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The commands on who is told of what, and on who is on call. */
final class RoutingCommands {
    private static final String ROUTING = "/v1/routing";
    private static final String ON_CALL = "/v1/on-call";

    private RoutingCommands() {}

    /** Lists how teams and people are told. */
    static Command list(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("notify routes", "List how teams and people are told of questions."),
                _ -> ROUTING,
                "routing",
                List.of("WHO", "TOLD", "BY", "RISK", "HOURS", "TOGETHER", "FROM"),
                each ->
                        List.of(
                                Json.text(each, "of"),
                                each.path("told").asBoolean() ? "yes" : "no",
                                Rows.or(names(each.path("channels")), "all"),
                                Json.text(each, "risk"),
                                Rows.or(Json.text(each, "hours"), "-"),
                                Rows.or(Json.text(each, "digest"), "-"),
                                Json.text(each, "from")),
                "Whoever can answer is told by every channel. Say otherwise: "
                        + Program.command("notify route team:NAME --channels CHANNEL"));
    }

    private static String names(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
    }

    /** Lists whose turn it is. */
    static Command onCall(Tools tools) {
        return new Listing(
                tools,
                Syntax.of("notify on-call", "List who is on call for which team."),
                _ -> ON_CALL,
                "on_call",
                List.of("TEAM", "NOW", "UNTIL", "THEN", "EVERY", "AT"),
                each ->
                        List.of(
                                Json.text(each, "team"),
                                Json.text(each, "now"),
                                Rows.second(Json.text(each, "until")),
                                Json.text(each, "then"),
                                Json.text(each, "every"),
                                Json.text(each, "at")),
                "Nobody. Say who: "
                        + Program.command(
                                "notify rota TEAM --people A,B --every week --at '09:00"
                                        + " Europe/Amsterdam'"));
    }

    private static void list(ObjectNode body, String name, String text) {
        ArrayNode list = body.putArray(name);
        for (String each : text.split(",", -1)) {
            if (!each.isBlank()) {
                list.add(each.strip());
            }
        }
    }

    /** Says how a team or a person is told. */
    static Command route(Tools tools) {
        return new Said(
                tools,
                Syntax.of("notify route", "Say how a team or a person is told of questions.")
                        .note(
                                "WHO is team:NAME, person:EMAIL or me. What a person said counts"
                                        + " for them; else what is said for the team of the"
                                        + " question.")
                        .argument("WHO")
                        .option("--channels", "NAMES", "by these alone, with commas between them")
                        .option("--risk", "RISK", "from that risk on")
                        .option("--hours", "HOURS", "only then: `mon-fri 08:00-18:00 Europe/Paris`")
                        .option("--digest", "DIGEST", "in one message: `low every 4h`")
                        .flag("--silent", "not at all")
                        .flag("--remove", "take back what was said"),
                RoutingCommands::path,
                RoutingCommands::told,
                made -> "Saved how " + Json.text(made, "of") + " is told",
                gone -> Json.text(gone, "of") + " is told by all channels again");
    }

    private static String path(Given given) {
        String who = given.argument(0);
        if (who.equals("me")) {
            if (given.has("--remove")) {
                throw Failure.usage("`--remove` takes team:NAME or person:EMAIL");
            }
            return ROUTING + "/mine";
        }
        int colon = who.indexOf(':');
        if (colon < 1) {
            throw Failure.usage(
                    "`" + Visible.line(who) + "` is neither team:NAME, person:EMAIL nor me");
        }
        return ROUTING
                + "/"
                + ServerClient.part(who.substring(0, colon))
                + "/"
                + ServerClient.part(who.substring(colon + 1));
    }

    private static ObjectNode told(Given given) {
        ObjectNode body = Json.object().put("told", !given.has("--silent"));
        given.value("--channels").ifPresent(names -> list(body, "channels", names));
        given.value("--risk").ifPresent(risk -> body.put("risk", risk));
        given.value("--hours").ifPresent(hours -> body.put("hours", hours));
        given.value("--digest").ifPresent(digest -> body.put("digest", digest));
        return body;
    }

    /** Says who is on call for a team. */
    static Command rota(Tools tools) {
        return new Said(
                tools,
                Syntax.of("notify rota", "Say who is on call for a team.")
                        .note(
                                "Whoever is on call is told of the team's questions first, and is"
                                        + " whom a policy names by {role: on-call, team: TEAM}.")
                        .argument("TEAM")
                        .option("--people", "EMAILS", "in turn, with commas between them")
                        .option("--every", "TIME", "how long a turn is: day, week, `2 weeks`")
                        .option("--at", "TIME", "when one hands over: `09:00 Europe/Paris`")
                        .option("--from", "DAY", "the first day of the first one; else today")
                        .flag("--remove", "end it"),
                given -> Request.named(ON_CALL, given),
                RoutingCommands::turns,
                made ->
                        Json.text(made, "now")
                                + " is on call for "
                                + Json.text(made, "team")
                                + " until "
                                + Rows.second(Json.text(made, "until")),
                gone -> "Nobody is on call for " + Json.text(gone, "team") + " any more");
    }

    private static ObjectNode turns(Given given) {
        ObjectNode body = Json.object();
        list(body, "people", given.value("--people").orElse(""));
        body.put("every", given.value("--every").orElse("week"));
        given.value("--at").ifPresent(at -> body.put("at", at));
        given.value("--from").ifPresent(from -> body.put("from", from));
        return body;
    }

    /**
     * Something that is said, or with {@code --remove} taken back.
     *
     * @param path where it is
     * @param body what is said
     * @param saved tells a person what is so now
     * @param gone tells a person what was taken back
     */
    private record Said(
            Tools tools,
            Syntax syntax,
            Function<Given, String> path,
            Function<Given, ObjectNode> body,
            Function<ObjectNode, String> saved,
            Function<ObjectNode, String> gone)
            implements Command {

        Said {
            syntax = syntax.flag("--json", "print JSON");
        }

        @Override
        public int run(Given given) {
            ServerClient server = ServerClient.of(Where.of(given, tools.around()));
            String where = path.apply(given);
            boolean remove = given.has("--remove");
            ObjectNode now = remove ? server.delete(where) : server.put(where, body.apply(given));
            tools.terminal()
                    .line(
                            given.has("--json")
                                    ? Json.write(now)
                                    : Visible.line((remove ? gone : saved).apply(now)));
            return 0;
        }
    }
}
