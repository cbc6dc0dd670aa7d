package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.ChannelRoutes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way by which people are told of questions, as a page shows it.
 *
 * @param kind what it is
 * @param changeable whether it can be ended here
 * @param where what is said of it, in a line; empty for who may not change it
 * @param working whether the other side answers
 * @param ended whether the other side wants nothing any more
 * @param sent when the last message arrived, or null
 * @param error why the last try failed, drawn
 */
public record ChannelView(
        String name,
        String kind,
        boolean changeable,
        List<Drawing.Piece> where,
        boolean working,
        boolean ended,
        long waiting,
        long failed,
        @Nullable Moment sent,
        List<Drawing.Piece> error) {

    /**
     * A message that was given up.
     *
     * @param to who did not get it, drawn; empty where the channel is the recipient
     */
    public record Failure(
            String id,
            String channel,
            List<Drawing.Piece> to,
            String approval,
            Moment at,
            int attempts,
            List<Drawing.Piece> error) {}

    static List<ChannelView> of(JsonNode listed, Instant now) {
        List<ChannelView> views = new ArrayList<>();
        for (JsonNode each : listed.path("channels")) {
            List<String> said = new ArrayList<>();
            each.path("settings")
                    .properties()
                    .forEach(one -> said.add(one.getKey() + " " + one.getValue().asText()));
            String sent = each.path("sent_at").textValue();
            views.add(
                    new ChannelView(
                            each.path("name").asText(),
                            each.path("kind").asText(),
                            each.path("from").asText().equals("page"),
                            Drawing.of(String.join(", ", said)),
                            each.path("state").asText().equals("working"),
                            each.path("state").asText().equals("ended"),
                            each.path("waiting").asLong(),
                            each.path("failed").asLong(),
                            sent == null ? null : Moment.since(Instant.parse(sent), now),
                            Drawing.of(each.path("error").asText(""))));
        }
        return views;
    }

    /** The newest messages that were given up. */
    static List<Failure> failures(ChannelRoutes channels, Instant now) {
        List<Failure> failures = new ArrayList<>();
        for (JsonNode each :
                channels.messages(Optional.empty(), Optional.empty()).path("notifications")) {
            failures.add(
                    new Failure(
                            each.path("id").asText(),
                            each.path("channel").asText(),
                            Drawing.of(each.path("to").asText("")),
                            each.path("approval").asText(),
                            Moment.since(Instant.parse(each.path("at").asText()), now),
                            each.path("attempts").asInt(),
                            Drawing.of(each.path("error").asText(""))));
        }
        return failures;
    }
}
