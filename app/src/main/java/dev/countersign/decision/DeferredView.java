package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Vote;

/** A deferred call as JSON, in the shapes of the HTTP interface. */
public final class DeferredView {
    private DeferredView() {}

    /** What stands beside a decision. */
    public static ObjectNode brief(Deferred deferred) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", deferred.id());
        json.put("status", deferred.state().wire());
        json.put("until", deferred.until().toString());
        json.put("expires_at", deferred.expires() == null ? null : deferred.expires().toString());
        json.put("approval", deferred.approval());
        json.put("ending", deferred.ending());
        if (deferred.unanswered() != null) {
            json.put("unanswered", deferred.unanswered());
        }
        return json;
    }

    /** All of it. */
    public static ObjectNode full(Deferred deferred) {
        ObjectNode json = brief(deferred);
        json.put("agent", deferred.requester());
        json.put("driver", deferred.driver());
        json.put("asked_at", deferred.asked().toString());
        json.set("call", CallJson.brief(deferred.call()));
        json.set("decision", deferred.explanation());
        ArrayNode approvers = json.putArray("approvers");
        Ballot.approvers(deferred.requirements()).forEach(approvers::add);
        ArrayNode votes = json.putArray("votes");
        for (Vote vote : deferred.votes()) {
            votes.addObject()
                    .put("person", vote.person())
                    .put("answer", vote.approve() ? "approve" : "deny")
                    .put("guidance", vote.guidance())
                    .put("at", vote.at().toString());
        }
        return json;
    }

    /** What the agent is told of it. */
    public static String news(Deferred deferred) {
        String what =
                deferred.id()
                        + " `"
                        + CallJson.headline(
                                deferred.call().path("tool").asText(),
                                deferred.call().path("input"))
                        + "` ";
        return switch (deferred.state()) {
            case READY -> what + "may run now: call it again.";
            case ASKED ->
                    what
                            + "is being asked about as "
                            + deferred.approval()
                            + ": call it again, and it waits for the answer.";
            case DENIED, CANCELLED -> what + "will not run: " + deferred.ending() + ".";
            case QUEUED, USED, WITHDRAWN, EXPIRED -> what + "is " + deferred.state().wire() + ".";
        };
    }
}
