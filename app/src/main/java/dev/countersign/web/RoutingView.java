package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How a team or a person is told, as a page shows it.
 *
 * @param of {@code team:NAME} or {@code person:EMAIL}
 * @param says in a line
 * @param changeable whether it can be changed here
 */
public record RoutingView(String of, String says, boolean changeable) {

    /**
     * Whose turn it is for a team.
     *
     * @param now whose
     * @param until when it ends
     * @param then who is next
     * @param says when one hands over
     */
    public record Turn(
            String team, String now, Moment until, String then, String says, boolean changeable) {}

    static List<RoutingView> of(JsonNode listed) {
        List<RoutingView> views = new ArrayList<>();
        for (JsonNode each : listed.path("routing")) {
            views.add(
                    new RoutingView(
                            each.path("of").asText(),
                            says(each),
                            each.path("from").asText().equals("page")));
        }
        return views;
    }

    private static String says(JsonNode each) {
        if (!each.path("told").asBoolean()) {
            return Texts.say("routing.not-told");
        }
        List<String> channels = each.path("channels").valueStream().map(JsonNode::asText).toList();
        List<String> said = new ArrayList<>();
        said.add(
                channels.isEmpty()
                        ? Texts.say("routing.by-all")
                        : Texts.say("routing.by", String.join(", ", channels)));
        if (!each.path("risk").asText().equals("none")) {
            said.add(Texts.say("routing.from-risk", each.path("risk").asText()));
        }
        if (!each.path("hours").asText().isEmpty()) {
            said.add(Texts.say("routing.in-hours", each.path("hours").asText()));
        }
        if (!each.path("digest").asText().isEmpty()) {
            said.add(Texts.say("routing.together", each.path("digest").asText()));
        }
        return String.join("; ", said);
    }

    static List<Turn> rotas(JsonNode listed, Instant now) {
        List<Turn> turns = new ArrayList<>();
        for (JsonNode each : listed.path("on_call")) {
            turns.add(
                    new Turn(
                            each.path("team").asText(),
                            each.path("now").asText(),
                            Moment.ahead(Instant.parse(each.path("until").asText()), now),
                            each.path("then").asText(),
                            Texts.say(
                                    "routing.every-at",
                                    each.path("every").asText(),
                                    each.path("at").asText()),
                            !each.path("from_file").asBoolean()));
        }
        return turns;
    }
}
