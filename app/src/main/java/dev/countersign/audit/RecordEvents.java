package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened by a record, more exactly than its kind says: the words of the filter {@code
 * event}. They are found in the body, so of an erased person there are none but {@code erased}.
 */
public final class RecordEvents {
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("approval-asked", "decision");
        KINDS.put("approval-used", "decision");
        KINDS.put("second-person", "decision");
        KINDS.put("driver-alone", "decision");
        KINDS.put("four-eyes-kept", "decision");
        KINDS.put("four-eyes-broken", "decision");
        KINDS.put("vote-approve", "vote");
        KINDS.put("vote-deny", "vote");
        KINDS.put("vote-self", "vote");
        KINDS.put("break-glass", "vote");
        KINDS.put("approved", "vote");
        KINDS.put("denied", "vote");
        KINDS.put("expired", "approval");
        KINDS.put("withdrawn", "approval");
        KINDS.put("superseded", "approval");
        KINDS.put("tried-again", "approval");
        KINDS.put("grant-made", "grant");
        KINDS.put("grant-revoked", "grant");
        KINDS.put("grant-expired", "grant");
        KINDS.put("policy-put", "policy");
        KINDS.put("policy-removed", "policy");
        KINDS.put("policy-accepted", "policy");
        KINDS.put("policy-defaults", "policy");
        KINDS.put("exported", "export");
        KINDS.put("reported", "export");
        KINDS.put("erased", "");
    }

    private RecordEvents() {}

    /** All there are. */
    public static List<String> names() {
        return List.copyOf(KINDS.keySet());
    }

    /**
     * The kind of record an event is found in, or empty where it may be any.
     *
     * @throws IllegalArgumentException when there is no such event; the message is for people
     */
    public static String kind(String event) {
        String kind = KINDS.get(event);
        if (kind == null) {
            throw new IllegalArgumentException(
                    "unknown event `" + event + "`; there are " + String.join(", ", names()));
        }
        return kind;
    }

    /**
     * What happened.
     *
     * @param record as people read it, with its body
     * @return each word once; empty for most records
     */
    public static List<String> of(ObjectNode record) {
        if (record.path("erased").asBoolean()) {
            return List.of("erased");
        }
        JsonNode body = record.path("body");
        return switch (record.path("kind").asText()) {
            case "decision" -> decision(record, body);
            case "vote" -> vote(body);
            case "approval" -> approval(body);
            case "grant" -> List.of("grant-" + body.path("event").asText());
            case "policy" -> List.of(policy(body));
            case "export" -> export(body);
            default -> List.of();
        };
    }

    private static List<String> decision(ObjectNode record, JsonNode body) {
        if (!body.has("approval")) {
            return List.of();
        }
        String effect = record.path("effect").asText();
        if (effect.equals("ask")) {
            return List.of("approval-asked");
        }
        if (!effect.equals("allow") || !record.path("decider").asText().equals("person")) {
            return List.of();
        }
        List<String> events = new ArrayList<>();
        events.add("approval-used");
        boolean second = secondPerson(body);
        events.add(second ? "second-person" : "driver-alone");
        if (fourEyes(body)) {
            events.add(second ? "four-eyes-kept" : "four-eyes-broken");
        }
        return events;
    }

    /** Whether somebody who did not drive the call agreed to it. */
    private static boolean secondPerson(JsonNode body) {
        String driver = body.path("call").path("driver").asText("");
        for (JsonNode vote : body.path("votes")) {
            if (vote.path("answer").asText().equals("approve")
                    && !vote.path("person").asText().equals(driver)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody other than the driver had to agree. */
    private static boolean fourEyes(JsonNode body) {
        for (JsonNode requirement : body.path("requirements")) {
            if (requirement.path("not_requester").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private static List<String> vote(JsonNode body) {
        List<String> events = new ArrayList<>();
        // Of a call that waits for its time there is only a yes.
        boolean yes = body.path("answer").asText("approve").equals("approve");
        events.add(yes ? "vote-approve" : "vote-deny");
        if (yes && body.path("self").asBoolean()) {
            events.add("vote-self");
        }
        if (body.path("break_glass").asBoolean()) {
            events.add("break-glass");
        }
        String status = body.path("status").asText();
        if (status.equals("approved") || status.equals("denied")) {
            events.add(status);
        }
        return events;
    }

    private static List<String> approval(JsonNode body) {
        if (body.has("tried_again")) {
            return List.of("tried-again");
        }
        if (body.path("event").asText().equals("acknowledged")) {
            return List.of();
        }
        String status = body.path("status").asText();
        return switch (status) {
            case "expired", "withdrawn", "superseded" -> List.of(status);
            default -> List.of();
        };
    }

    private static String policy(JsonNode body) {
        if (body.has("change")) {
            return "policy-" + body.path("change").asText();
        }
        return body.has("path") ? "policy-accepted" : "policy-defaults";
    }

    private static List<String> export(JsonNode body) {
        if (body.has("framework")) {
            return List.of("reported");
        }
        return body.path("state").asText().equals("finished") ? List.of("exported") : List.of();
    }
}
