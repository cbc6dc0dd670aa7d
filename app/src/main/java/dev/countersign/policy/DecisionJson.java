package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;

/** A decision in the JSON shape that the command line, the API and the ledger share. */
public final class DecisionJson {
    private DecisionJson() {}

    /**
     * All but {@code approval} and {@code receipt}, which others add.
     *
     * @param id the decision's id
     * @param decision what was decided
     */
    public static ObjectNode of(String id, Decision decision) {
        Explanation explanation = decision.explanation();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id);
        json.put("effect", decision.effect().wire());
        json.put("risk", explanation.risk().wire());
        json.put("reason", decision.reason());
        ArrayNode operations = json.putArray("operations");
        explanation.operations().forEach(judged -> operation(operations.addObject(), judged));
        json.put("instead", explanation.instead());
        if (decision instanceof Decision.Defer defer) {
            json.put("until", defer.until().toString());
        }
        if (decision instanceof Decision.Ask ask) {
            absence(json, ask);
        }
        ObjectNode decider = json.putObject("decider");
        decider.put("kind", explanation.decider().kind().wire());
        decider.put("id", explanation.decider().id());
        json.put("policy_version", explanation.policyVersion());
        if (!explanation.personas().isEmpty()) {
            ArrayNode personas = json.putArray("personas");
            explanation.personas().forEach(personas::add);
        }
        obligations(json, explanation.obligations());
        return json;
    }

    /** What becomes of a question that nobody answers, where that is not just a deny at the end. */
    private static void absence(ObjectNode json, Decision.Ask ask) {
        if (ask.unanswered().then() != Unanswered.Then.EXPIRE) {
            json.put("unanswered", ask.unanswered().then().wire());
        }
        if (ask.requirements().stream().allMatch(each -> each.escalations().isEmpty())) {
            return;
        }
        ArrayNode list = json.putArray("escalates");
        for (Requirement requirement : ask.requirements()) {
            for (Escalation step : requirement.escalations()) {
                ObjectNode one = list.addObject();
                one.put("after_seconds", step.after().toSeconds());
                ArrayNode to = one.putArray("to");
                step.approvers().forEach(to::add);
                one.put("needs", ExplanationText.who(step));
                one.put("from", requirement.from());
            }
        }
    }

    private static void obligations(ObjectNode json, Obligations obligations) {
        if (obligations.isEmpty()) {
            return;
        }
        ObjectNode object = json.putObject("obligations");
        if (obligations.full()) {
            object.put("record", "full");
        }
        if (!obligations.told().isEmpty()) {
            ArrayNode told = object.putArray("notify");
            obligations.told().forEach(told::add);
        }
        if (!obligations.redact().isEmpty()) {
            ArrayNode hidden = object.putArray("redact");
            obligations.redact().forEach(hidden::add);
        }
    }

    private static void operation(ObjectNode json, Judged judged) {
        operation(json, judged.operation());
        json.put("effect", judged.effect().wire());
        ArrayNode because = json.putArray("because");
        int place = 0;
        for (Because one : judged.because()) {
            ObjectNode entry = because.addObject();
            entry.put("document", one.document());
            entry.put("rule", one.rule());
            if (one.at() != null) {
                entry.put("at", one.at());
            }
            entry.put("effect", one.effect().wire());
            entry.put("text", one.text());
            if (place++ < judged.forced()) {
                entry.put("forced", true);
            }
        }
    }

    /** What an operation is, with no policy in it. */
    public static ObjectNode operation(Operation op) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        operation(json, op);
        return json;
    }

    private static void operation(ObjectNode json, Operation op) {
        json.put("action", op.action().wire());
        json.put("domain", op.action().domain().wire());
        ObjectNode resource = json.putObject("resource");
        for (Resource.Field field : op.resource().fields()) {
            resource.put(field.name(), field.value());
        }
        json.put("risk", op.risk().wire());
        ArrayNode tags = json.putArray("tags");
        op.tags().forEach(tags::add);
        json.put("opaque", op.opaque());
        json.put("summary", op.summary());
        json.putObject("source").put("from", op.source().from()).put("to", op.source().to());
    }
}
