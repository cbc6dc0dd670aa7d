package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Ballot;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.approval.Escalated;
import dev.countersign.approval.Vote;
import dev.countersign.policy.Unanswered;
import java.util.List;

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
        absence(json, request);
        request.brokenGlass()
                .ifPresent(vote ->
                        json.putObject("break_glass")
                                .put("person", vote.person())
                                .put("reason", vote.breakGlass())
                                .put("at", vote.at().toString()));
        return json;
    }

    /** What time does to it, where that is not just a deny at the end. */
    private static void absence(ObjectNode json, ApprovalRequest request) {
        Absence absence = request.absence();
        if (absence.then() != Unanswered.Then.EXPIRE) {
            json.put("unanswered", absence.then().wire());
            json.put("overdue", absence.overdue() && request.state() == State.PENDING);
        }
        if (absence.again() != null) {
            json.put("asked_again_at", absence.again().toString());
        }
        List<Escalated> steps = Escalated.of(request);
        if (!steps.isEmpty()) {
            steps(json.putArray("escalations"), steps);
        }
    }

    /** Who may answer in the place of others, and since when or from when on. */
    public static void steps(ArrayNode list, List<Escalated> steps) {
        for (Escalated step : steps) {
            ObjectNode one = list.addObject();
            one.put("at", step.at().toString());
            one.put("reached", step.reached());
            one.put("needs", step.who());
            ArrayNode to = one.putArray("to");
            step.step().approvers().forEach(to::add);
        }
    }

    /** All of it, for listings and the page of one request. */
    public static ObjectNode full(ApprovalRequest request, Standing standing, String url) {
        ObjectNode json = brief(request, standing, url);
        json.put("version", request.version());
        json.put("agent", request.requester());
        json.put("driver", request.driver());
        json.set("call", CallJson.brief(request.call()));
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
            ObjectNode one = votes.addObject();
            vote.writeBrief(one);
            one.put("guidance", vote.guidance())
                    .put("scope", vote.terms().scope().wire())
                    .put("self", vote.person().equals(request.driver()));
        }
        if (!request.absence().notices().isEmpty()) {
            ArrayNode notices = json.putArray("notices");
            for (Absence.Notice notice : request.absence().notices()) {
                notices.addObject().put("text", notice.text()).put("at", notice.at().toString());
            }
        }
        if (request.repeats() > 0) {
            json.put("tried_again", request.repeats());
        }
        json.put("ended_at", request.ended() == null ? null : request.ended().toString());
        json.put("ending", request.ending());
        return json;
    }
}
