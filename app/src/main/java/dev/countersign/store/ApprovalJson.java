package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Absence;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Edit;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Vote;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.policy.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Approval requests as they are kept: JSON, written out member by member. */
final class ApprovalJson {
    private ApprovalJson() {}

    static ObjectNode write(ApprovalRequest request) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", request.id());
        json.put("version", request.version());
        json.put("decision", request.decision());
        json.put("digest", request.digest());
        json.put("state", request.state().wire());
        json.set("call", request.call());
        json.set("explanation", request.explanation());
        write(json, request.requirements(), request.votes());
        json.put("requester", request.requester());
        put(json, "driver", request.driver());
        json.put("task", request.task());
        ArrayNode intents = json.putArray("intents");
        request.intents().stream().sorted().forEach(intents::add);
        json.set("offer", GrantJson.write(request.offer()));
        json.put("repeats", request.repeats());
        json.put("asked", request.asked().toString());
        json.put("expires", request.expires().toString());
        put(json, "ended", request.ended() == null ? null : request.ended().toString());
        put(json, "ending", request.ending());
        if (request.edit() != null) {
            ObjectNode edit = json.putObject("edit");
            edit.put("person", request.edit().person());
            edit.set("asked", request.edit().asked());
            edit.put("digest", request.edit().digest());
            edit.put("at", request.edit().at().toString());
        }
        absence(json, request.absence());
        return json;
    }

    private static void absence(ObjectNode json, Absence absence) {
        if (absence.then() != Unanswered.Then.EXPIRE) {
            json.put("unanswered", absence.then().wire());
            put(json, "again", absence.again() == null ? null : absence.again().toString());
        }
        if (!absence.notices().isEmpty()) {
            ArrayNode notices = json.putArray("notices");
            for (Absence.Notice notice : absence.notices()) {
                notices.addObject()
                        .put("of", notice.of())
                        .put("version", notice.version())
                        .put("text", notice.text())
                        .put("at", notice.at().toString());
            }
        }
    }

    private static Absence readAbsence(JsonNode json) {
        List<Absence.Notice> notices = new ArrayList<>();
        for (JsonNode notice : json.path("notices")) {
            notices.add(
                    new Absence.Notice(
                            text(notice, "of"),
                            notice.required("version").intValue(),
                            text(notice, "text"),
                            Instant.parse(text(notice, "at"))));
        }
        String again = optional(json, "again");
        return new Absence(
                json.has("unanswered") ? then(text(json, "unanswered")) : Unanswered.Then.EXPIRE,
                again == null ? null : Instant.parse(again),
                notices);
    }

    private static Unanswered.Then then(String word) {
        return Unanswered.Then.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Who must agree, and who answered what. */
    static void write(ObjectNode json, List<Requirement> demanded, List<Vote> given) {
        ArrayNode requirements = json.putArray("requirements");
        for (Requirement requirement : demanded) {
            ObjectNode one = requirements.addObject();
            one.put("from", requirement.from());
            ArrayNode approvers = one.putArray("approvers");
            requirement.approvers().forEach(approvers::add);
            one.set("quorum", quorum(requirement.quorum()));
            one.put("not_requester", requirement.notRequester());
            for (Escalation step : requirement.escalations()) {
                ObjectNode later = one.withArray("/escalate").addObject();
                later.put("after", step.after().toString());
                ArrayNode to = later.putArray("to");
                step.approvers().forEach(to::add);
                later.set("quorum", quorum(step.quorum()));
            }
        }
        ArrayNode votes = json.putArray("votes");
        for (Vote vote : given) {
            ObjectNode one =
                    votes.addObject()
                            .put("person", vote.person())
                            .put("approve", vote.approve())
                            .put("guidance", vote.guidance())
                            .put("may_ask_again", vote.mayAskAgain())
                            .put("at", vote.at().toString());
            put(one, "break_glass", vote.breakGlass());
            if (!vote.by().isEmpty()) {
                one.put("by", vote.by());
            }
            GrantJson.write(one, vote.terms());
        }
    }

    /**
     * The request again.
     *
     * @throws IllegalArgumentException when something in it is missing or unknown: a request that
     *     is read only in part must not be voted on
     */
    static ApprovalRequest read(JsonNode json) {
        return new ApprovalRequest(
                text(json, "id"),
                json.required("version").intValue(),
                text(json, "decision"),
                text(json, "digest"),
                ApprovalRequest.State.valueOf(text(json, "state").toUpperCase(Locale.ROOT)),
                object(json, "call"),
                object(json, "explanation"),
                requirements(json),
                votes(json),
                text(json, "requester"),
                optional(json, "driver"),
                json.path("task").asText(""),
                intents(json),
                // What was kept before there was more is for once.
                json.has("offer") ? GrantJson.offer(json.required("offer")) : Offer.ONCE,
                json.path("repeats").asInt(0),
                Instant.parse(text(json, "asked")),
                Instant.parse(text(json, "expires")),
                json.has("ended") ? Instant.parse(text(json, "ended")) : null,
                optional(json, "ending"),
                json.has("edit") ? edit(json.required("edit")) : null,
                readAbsence(json));
    }

    private static Edit edit(JsonNode json) {
        return new Edit(
                text(json, "person"),
                object(json, "asked"),
                text(json, "digest"),
                Instant.parse(text(json, "at")));
    }

    static List<Requirement> requirements(JsonNode json) {
        List<Requirement> requirements = new ArrayList<>();
        for (JsonNode one : json.required("requirements")) {
            List<Escalation> steps = new ArrayList<>();
            for (JsonNode step : one.path("escalate")) {
                steps.add(
                        new Escalation(
                                Duration.parse(text(step, "after")),
                                texts(step, "to"),
                                quorum(step.required("quorum"))));
            }
            requirements.add(
                    new Requirement(
                            text(one, "from"),
                            texts(one, "approvers"),
                            quorum(one.required("quorum")),
                            flag(one, "not_requester"),
                            steps,
                            0));
        }
        return requirements;
    }

    private static List<String> texts(JsonNode json, String name) {
        List<String> texts = new ArrayList<>();
        json.required(name).forEach(each -> texts.add(each.asText()));
        return texts;
    }

    static List<Vote> votes(JsonNode json) {
        List<Vote> votes = new ArrayList<>();
        for (JsonNode vote : json.required("votes")) {
            votes.add(
                    new Vote(
                            text(vote, "person"),
                            flag(vote, "approve"),
                            text(vote, "guidance"),
                            vote.path("may_ask_again").asBoolean(true),
                            GrantJson.terms(vote),
                            Instant.parse(text(vote, "at")),
                            optional(vote, "break_glass"),
                            vote.path("by").asText("")));
        }
        return votes;
    }

    /** None in what was kept before they were. */
    private static Set<String> intents(JsonNode json) {
        Set<String> intents = new HashSet<>();
        json.path("intents").forEach(intent -> intents.add(intent.asText()));
        return intents;
    }

    private static JsonNode quorum(Quorum quorum) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (quorum) {
            case Quorum.Any _ -> nodes.textNode("any");
            case Quorum.All _ -> nodes.textNode("all");
            case Quorum.AtLeast(int count) -> nodes.objectNode().put("at_least", count);
        };
    }

    private static Quorum quorum(JsonNode json) {
        if (json.isObject()) {
            return new Quorum.AtLeast(json.required("at_least").intValue());
        }
        return switch (json.asText()) {
            case "any" -> new Quorum.Any();
            case "all" -> new Quorum.All();
            default -> throw new IllegalArgumentException("unknown quorum `" + json + "`");
        };
    }

    static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    static String text(JsonNode json, String name) {
        JsonNode value = json.required(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("`" + name + "` must be text");
        }
        return value.textValue();
    }

    static boolean flag(JsonNode json, String name) {
        JsonNode value = json.required(name);
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("`" + name + "` must be true or false");
        }
        return value.booleanValue();
    }

    static ObjectNode object(JsonNode json, String name) {
        if (json.required(name) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("`" + name + "` must be an object");
    }

    static @Nullable String optional(JsonNode json, String name) {
        return json.has(name) ? text(json, name) : null;
    }
}
