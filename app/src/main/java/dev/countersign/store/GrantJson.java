package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Part;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Vote;
import dev.countersign.call.Action;
import dev.countersign.call.RiskTier;
import dev.countersign.policy.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is remembered of a yes, as it is kept: JSON, written out member by member. */
final class GrantJson {
    private GrantJson() {}

    // ---- how far a vote reaches

    static void write(ObjectNode vote, Terms terms) {
        vote.put("scope", terms.scope().wire());
        vote.put("pattern", terms.pattern());
        if (terms.expires() != null) {
            vote.put("expires", terms.expires().toString());
        }
        if (terms.uses() != null) {
            vote.put("uses", terms.uses());
        }
    }

    /** For this very call in what was kept before there was anything else. */
    static Terms terms(JsonNode vote) {
        if (!vote.has("scope")) {
            return Terms.ONCE;
        }
        return new Terms(
                scope(vote),
                text(vote, "pattern"),
                vote.has("expires") ? Duration.parse(text(vote, "expires")) : null,
                vote.has("uses") ? vote.required("uses").intValue() : null);
    }

    private static Grant.Scope scope(JsonNode json) {
        String scope = text(json, "scope");
        return Grant.Scope.of(scope)
                .orElseThrow(() -> new IllegalArgumentException("unknown scope `" + scope + "`"));
    }

    // ---- what may be approved

    static ObjectNode write(Offer offer) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Offer.Whose whose = offer.whose();
        json.put("tenant", whose.tenant());
        json.put("agent", whose.agent());
        if (whose.agentType() != null) {
            json.put("agent_type", whose.agentType());
        }
        json.put("client", whose.client());
        json.put("tool", whose.tool());
        json.put("task", offer.task());
        json.put("project", offer.project());
        ArrayNode parts = json.putArray("parts");
        for (Part part : offer.parts()) {
            ObjectNode one = parts.addObject();
            one.put("action", part.action().wire());
            one.put("risk", part.risk().wire());
            texts(one.putArray("tags"), List.copyOf(part.tags()));
            one.put("outside", part.outside());
            one.put("where", part.where());
            one.put("identity", part.identity());
            one.put("open", part.shape().open().wire());
            texts(one.putArray("sample"), part.shape().sample());
            one.put("widest", part.shape().widest());
            texts(one.putArray("place"), part.shape().place());
        }
        return json;
    }

    static Offer offer(JsonNode json) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode one : json.required("parts")) {
            parts.add(
                    new Part(
                            Action.of(text(one, "action")).orElseThrow(),
                            RiskTier.of(text(one, "risk")).orElseThrow(),
                            Set.copyOf(texts(one, "tags")),
                            one.required("outside").booleanValue(),
                            text(one, "where"),
                            text(one, "identity"),
                            new Shape(
                                    Shape.Open.of(text(one, "open")),
                                    texts(one, "sample"),
                                    text(one, "widest"),
                                    texts(one, "place"))));
        }
        return new Offer(
                new Offer.Whose(
                        text(json, "tenant"),
                        text(json, "agent"),
                        json.has("agent_type") ? text(json, "agent_type") : null,
                        text(json, "client"),
                        text(json, "tool")),
                text(json, "task"),
                text(json, "project"),
                parts);
    }

    // ---- what was approved

    /** All that never changes of a grant. */
    static ObjectNode write(Grant grant) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", grant.id());
        json.put("approval", grant.approval());
        json.set("offer", write(grant.offer()));
        json.put("scope", grant.scope().wire());
        texts(json.putArray("patterns"), grant.patterns());
        ArrayNode votes = json.putArray("votes");
        for (Vote vote : grant.votes()) {
            ObjectNode one =
                    votes.addObject()
                            .put("person", vote.person())
                            .put("approve", vote.approve())
                            .put("guidance", vote.guidance())
                            .put("at", vote.at().toString());
            write(one, vote.terms());
        }
        return json;
    }

    /** What changes, or is asked about by the database. */
    record Columns(
            @Nullable Instant expires,
            @Nullable Integer uses,
            int used,
            Instant made,
            Instant touched,
            @Nullable Instant ended,
            @Nullable String ending) {}

    static Grant read(JsonNode json, Columns columns) {
        List<Vote> votes = new ArrayList<>();
        for (JsonNode vote : json.required("votes")) {
            votes.add(
                    new Vote(
                            text(vote, "person"),
                            vote.required("approve").booleanValue(),
                            text(vote, "guidance"),
                            false,
                            terms(vote),
                            Instant.parse(text(vote, "at"))));
        }
        return new Grant(
                text(json, "id"),
                text(json, "approval"),
                offer(json.required("offer")),
                scope(json),
                texts(json, "patterns"),
                votes,
                columns.made(),
                columns.expires(),
                columns.uses(),
                columns.used(),
                columns.touched(),
                columns.ended(),
                columns.ending());
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    private static List<String> texts(JsonNode json, String name) {
        return json.required(name).valueStream().map(JsonNode::asText).toList();
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.required(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("`" + name + "` must be text");
        }
        return value.textValue();
    }
}
