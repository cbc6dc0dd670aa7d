package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Vote;

/** A request as JSON, in the shapes of the HTTP interface. */
public final class ApprovalJson {
    private ApprovalJson() {}

    /**
     * What stands beside a decision.
     *
     * @param url where a person answers it
     */
    public static ObjectNode brief(ApprovalRequest request, Standing standing, String url) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", request.id());
        json.put("status", request.state().wire());
        int given = (int) request.votes().stream().filter(Vote::approve).count();
        json.put(
                "needed",
                standing instanceof Standing.Open open ? open.needed() : Math.max(1, given));
        json.put("given", standing instanceof Standing.Open open ? open.given() : given);
        ArrayNode approvers = json.putArray("approvers");
        Ballot.approvers(request.requirements()).forEach(approvers::add);
        json.put("asked_at", request.asked().toString());
        json.put("expires_at", request.expires().toString());
        json.put("url", url);
        if (request.edit() != null) {
            json.put("edited_by", request.edit().person());
            json.set("edited_input", request.call().path("input"));
        }
        return json;
    }

    /** All of it, for listings and the page of one request. */
    public static ObjectNode full(ApprovalRequest request, Standing standing, String url) {
        ObjectNode json = brief(request, standing, url);
        json.put("version", request.version());
        json.put("agent", request.requester());
        json.put("driver", request.driver());
        json.set("call", request.call());
        json.set("decision", request.explanation());
        json.put("digest", request.digest());
        if (request.edit() != null) {
            json.set("asked_input", request.edit().asked());
            json.put("edited_digest", request.edit().digest());
        }
        ObjectNode offer = json.putObject("offer");
        ArrayNode scopes = offer.putArray("scopes");
        request.offer().scopes().forEach(scope -> scopes.add(scope.wire()));
        offer.put("pattern", request.offer().pattern());
        ArrayNode votes = json.putArray("votes");
        for (Vote vote : request.votes()) {
            votes.addObject()
                    .put("person", vote.person())
                    .put("answer", vote.approve() ? "approve" : "deny")
                    .put("guidance", vote.guidance())
                    .put("scope", vote.terms().scope().wire())
                    .put("at", vote.at().toString())
                    .put("self", vote.person().equals(request.driver()));
        }
        json.put("ended_at", request.ended() == null ? null : request.ended().toString());
        json.put("ending", request.ending());
        return json;
    }
}
