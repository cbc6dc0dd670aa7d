package dev.countersign.decision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Ballot.Standing;
import dev.countersign.policy.DecisionJson;

/** An answer as JSON: the decision, and what people made of it. */
public final class AnswerJson {
    private AnswerJson() {}

    /**
     * The shape of {@code POST /v1/decisions}.
     *
     * @param standing how the votes stand; ignored without an approval
     * @param url where a person answers; ignored without an approval
     */
    public static ObjectNode of(Answer answer, Standing standing, String url) {
        ObjectNode json = DecisionJson.of(answer.id(), answer.decision());
        json.put("effect", answer.effect().wire());
        json.put("reason", answer.reason());
        ObjectNode decider = json.putObject("decider");
        decider.put("kind", answer.decider().kind().wire());
        decider.put("id", answer.decider().id());
        if (answer.approval() != null) {
            json.set("approval", ApprovalJson.brief(answer.approval(), standing, url));
        }
        if (answer.receipt() != null) {
            ObjectNode receipt = json.putObject("receipt");
            receipt.put("index", answer.receipt().index());
            receipt.put("hash", answer.receipt().hash());
        }
        return json;
    }
}
