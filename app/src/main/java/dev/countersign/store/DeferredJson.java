package dev.countersign.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Deferred;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Deferred calls as they are kept: JSON, written out member by member. */
final class DeferredJson {
    private DeferredJson() {}

    static ObjectNode write(Deferred deferred) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", deferred.id());
        json.put("version", deferred.version());
        json.put("decision", deferred.decision());
        json.put("digest", deferred.digest());
        json.put("state", deferred.state().wire());
        json.set("call", deferred.call());
        json.set("explanation", deferred.explanation());
        ApprovalJson.write(json, deferred.requirements(), deferred.votes());
        json.put("requester", deferred.requester());
        ApprovalJson.put(json, "driver", deferred.driver());
        json.put("task", deferred.task());
        json.put("asked", deferred.asked().toString());
        json.put("until", deferred.until().toString());
        put(json, "opened", deferred.opened());
        put(json, "expires", deferred.expires());
        ApprovalJson.put(json, "approval", deferred.approval());
        put(json, "ended", deferred.ended());
        ApprovalJson.put(json, "ending", deferred.ending());
        ApprovalJson.put(json, "unanswered", deferred.unanswered());
        json.put("told", deferred.told());
        return json;
    }

    /**
     * The call again.
     *
     * @throws IllegalArgumentException when something in it is missing or unknown
     */
    static Deferred read(JsonNode json) {
        return new Deferred(
                ApprovalJson.text(json, "id"),
                json.required("version").intValue(),
                ApprovalJson.text(json, "decision"),
                ApprovalJson.text(json, "digest"),
                Deferred.State.valueOf(ApprovalJson.text(json, "state").toUpperCase(Locale.ROOT)),
                ApprovalJson.object(json, "call"),
                ApprovalJson.object(json, "explanation"),
                ApprovalJson.requirements(json),
                ApprovalJson.votes(json),
                ApprovalJson.text(json, "requester"),
                ApprovalJson.optional(json, "driver"),
                ApprovalJson.text(json, "task"),
                Instant.parse(ApprovalJson.text(json, "asked")),
                Instant.parse(ApprovalJson.text(json, "until")),
                time(json, "opened"),
                time(json, "expires"),
                ApprovalJson.optional(json, "approval"),
                time(json, "ended"),
                ApprovalJson.optional(json, "ending"),
                ApprovalJson.optional(json, "unanswered"),
                ApprovalJson.flag(json, "told"));
    }

    private static void put(ObjectNode json, String name, @Nullable Instant time) {
        ApprovalJson.put(json, name, time == null ? null : time.toString());
    }

    private static @Nullable Instant time(JsonNode json, String name) {
        String text = ApprovalJson.optional(json, name);
        return text == null ? null : Instant.parse(text);
    }
}
