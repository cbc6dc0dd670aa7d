package dev.countersign.web;

import dev.countersign.approval.Ballot;
import dev.countersign.approval.Deferred;
import dev.countersign.decision.CallJson;
import java.time.Instant;
import java.util.List;

/**
 * A call that waits for its time, as a page shows it to one person.
 *
 * @param id such as {@code DEF-3}
 * @param version changes with every change
 * @param state where it stands, as its name
 * @param words the same in a few words
 * @param open whether people can still do something about it
 * @param headline one line for a row
 * @param call what it is about
 * @param asked when it came
 * @param until when it is decided again
 * @param approvers who may release or cancel it
 * @param votes what people said before its time
 * @param obstacle why this person may do neither, or empty
 * @param approval the request in which people are asked about it, or empty
 */
public record LaterView(
        String id,
        int version,
        String state,
        String words,
        boolean open,
        List<Drawing.Piece> headline,
        CallView call,
        Moment asked,
        Moment until,
        List<String> approvers,
        List<RequestView.Cast> votes,
        String obstacle,
        String approval) {

    static LaterView of(Deferred deferred, String obstacle, Instant now) {
        return new LaterView(
                deferred.id(),
                deferred.version(),
                deferred.state().wire(),
                words(deferred),
                deferred.state() == Deferred.State.QUEUED,
                Drawing.of(
                        CallJson.headline(
                                        deferred.call().path("tool").asText(""),
                                        deferred.call().path("input"))
                                .replaceAll("\\s+", " ")),
                CallView.of(deferred.call(), deferred.explanation()),
                Moment.since(deferred.asked(), now),
                Moment.ahead(deferred.until(), now),
                Ballot.approvers(deferred.requirements()),
                deferred.votes().stream()
                        .map(vote -> RequestView.Cast.of(vote, deferred.driver(), now))
                        .toList(),
                obstacle,
                deferred.approval() == null ? "" : deferred.approval());
    }

    private static String words(Deferred deferred) {
        return switch (deferred.state()) {
            case QUEUED ->
                    deferred.unanswered() == null
                            ? Texts.say("later.waits")
                            : Texts.say("later.waits-unanswered", deferred.unanswered());
            case READY -> Texts.say("later.ready");
            case ASKED -> Texts.say("later.asked-as", String.valueOf(deferred.approval()));
            case USED -> Texts.say("later.ran");
            case DENIED -> ended(deferred, "later.denied", "later.denied-because");
            case CANCELLED ->
                    deferred.ending() == null ? Texts.say("later.cancelled") : deferred.ending();
            case WITHDRAWN -> ended(deferred, "later.withdrawn", "later.withdrawn-because");
            case EXPIRED -> ended(deferred, "later.expired", "later.expired-because");
        };
    }

    private static String ended(Deferred deferred, String bare, String because) {
        return deferred.ending() == null ? Texts.say(bare) : Texts.say(because, deferred.ending());
    }

    public String href() {
        return "/?later=" + id;
    }
}
