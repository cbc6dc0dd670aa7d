package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * A record as an event of the Open Cybersecurity Schema Framework: class API Activity (6003) with
 * the profile security_control, of the released schema 1.5, whose names and numbers these are.
 */
final class OcsfEvent {
    private static final String SCHEMA = "1.5.0";
    private static final String PRODUCT = "Countersign";
    private static final int CATEGORY = 6;
    private static final int CLASS = 6003;

    private static final Map<String, Integer> SEVERITIES =
            Map.of("none", 1, "low", 2, "medium", 3, "high", 4, "critical", 5);
    private static final Map<Integer, String> SEVERITY_NAMES =
            Map.of(1, "Informational", 2, "Low", 3, "Medium", 4, "High", 5, "Critical");
    private static final Map<String, Integer> RISKS =
            Map.of("none", 0, "low", 1, "medium", 2, "high", 3, "critical", 4);

    private OcsfEvent() {}

    /** What is done to a resource. */
    private enum Activity {
        CREATE(1, "Create"),
        READ(2, "Read"),
        UPDATE(3, "Update"),
        DELETE(4, "Delete"),
        OTHER(99, "Other");

        private final int id;
        private final String caption;

        Activity(int id, String caption) {
            this.id = id;
            this.caption = caption;
        }
    }

    /**
     * What was made of the call.
     *
     * @param action of the profile security_control
     * @param disposition of the same
     * @param status 0 unknown, 1 success, 2 failure
     */
    private record Outcome(int action, int disposition, String caption, int status) {}

    /** All members but {@code unmapped}. */
    static ObjectNode of(ExportLine line) {
        ObjectNode record = line.record();
        ObjectNode body = line.body();
        String kind = record.path("kind").asText();
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        head(event, activity(record), time(record));
        severity(event, record, kind);
        event.put("message", record.path("summary").asText());
        ObjectNode metadata = metadata(event);
        metadata.put("uid", line.stored().hash());
        metadata.put("sequence", line.stored().index());
        put(metadata, "original_event_uid", record.path("decision"));
        put(metadata, "correlation_uid", record.path("session"));
        actor(event, record);
        ObjectNode api = event.putObject("api");
        api.put("operation", record.path("tool").isTextual() ? record.path("tool").asText() : kind);
        if (record.path("call").isTextual()) {
            api.putObject("request").put("uid", record.path("call").asText());
        }
        ObjectNode service = api.putObject("service");
        service.put("name", record.path("client").asText(PRODUCT));
        event.putObject("src_endpoint").put("svc_name", record.path("client").asText(PRODUCT));
        control(event, record, body, kind);
        resources(event, body);
        return event;
    }

    /** Of the export itself, from its manifest. */
    static ObjectNode ofExport(ObjectNode manifest) {
        JsonNode record = manifest.path("export").path("record");
        ObjectNode event = read(time(record), record.path("summary").asText());
        ObjectNode metadata = (ObjectNode) event.path("metadata");
        metadata.put("uid", manifest.path("export").path("hash").asText());
        metadata.put("sequence", manifest.path("export").path("index").asLong());
        actor(event, record);
        return event;
    }

    /**
     * Of something that is kept of a person beside the ledger: it was read for them.
     *
     * @param beside its kind and its value
     */
    static ObjectNode ofBeside(ObjectNode beside, Instant at) {
        String kind = beside.path("kind").asText();
        ObjectNode event = read(at.toEpochMilli(), "kept of a person beside the ledger: " + kind);
        event.putObject("actor").put("app_name", PRODUCT);
        ObjectNode resource = event.putArray("resources").addObject();
        resource.put("type", kind);
        JsonNode value = beside.path("value");
        resource.set(
                "data",
                value.isObject()
                        ? value
                        : JsonNodeFactory.instance.objectNode().set("text", value));
        return event;
    }

    private static ObjectNode read(long time, String message) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        head(event, Activity.READ, time);
        event.put("severity_id", 1).put("severity", "Informational").put("message", message);
        ObjectNode _ = metadata(event);
        event.putObject("api").put("operation", "export");
        event.putObject("src_endpoint").put("svc_name", PRODUCT);
        return event.put("status_id", 1).put("status", "Success");
    }

    private static long time(JsonNode record) {
        return Instant.parse(record.path("at").asText()).toEpochMilli();
    }

    private static void head(ObjectNode event, Activity activity, long time) {
        event.put("activity_id", activity.id).put("activity_name", activity.caption);
        event.put("category_uid", CATEGORY).put("category_name", "Application Activity");
        event.put("class_uid", CLASS).put("class_name", "API Activity");
        event.put("type_uid", CLASS * 100 + activity.id);
        event.put("type_name", "API Activity: " + activity.caption);
        event.put("time", time);
    }

    private static ObjectNode metadata(ObjectNode event) {
        ObjectNode metadata = event.putObject("metadata");
        metadata.put("version", SCHEMA).put("log_name", "countersign ledger");
        metadata.putObject("product").put("name", PRODUCT).put("vendor_name", PRODUCT);
        metadata.putArray("profiles").add("security_control");
        return metadata;
    }

    private static void severity(ObjectNode event, ObjectNode record, String kind) {
        int standard = kind.equals("alarm") ? 4 : 1;
        int severity =
                Objects.requireNonNullElse(SEVERITIES.get(record.path("risk").asText()), standard);
        event.put("severity_id", severity).put("severity", SEVERITY_NAMES.get(severity));
    }

    /** The person who drove or answered; the agent is the application that acts. */
    private static void actor(ObjectNode event, JsonNode record) {
        ObjectNode actor = event.putObject("actor");
        actor.put("app_name", record.path("agent").asText(record.path("client").asText(PRODUCT)));
        if (record.path("person").isTextual()) {
            String person = record.path("person").asText();
            actor.putObject("user").put("name", person).put("email_addr", person);
        }
        if (record.path("session").isTextual()) {
            actor.putObject("session").put("uid", record.path("session").asText());
        }
    }

    private static void control(ObjectNode event, ObjectNode record, ObjectNode body, String kind) {
        String effect = record.path("effect").asText();
        Outcome outcome = outcome(effect, record.path("decider").asText(), kind.equals("failure"));
        event.put("status_id", outcome.status);
        event.put(
                "status",
                outcome.status == 1 ? "Success" : outcome.status == 2 ? "Failure" : "Unknown");
        if (effect.isEmpty()) {
            return;
        }
        event.put("status_code", effect);
        event.put("action_id", outcome.action);
        event.put(
                "action",
                outcome.action == 1 ? "Allowed" : outcome.action == 2 ? "Denied" : "Unknown");
        event.put("disposition_id", outcome.disposition).put("disposition", outcome.caption);
        Integer risk = RISKS.get(record.path("risk").asText());
        if (risk != null) {
            event.put("risk_level_id", risk).put("risk_level", record.path("risk").asText());
        }
        ObjectNode policy = event.putObject("policy");
        policy.put("name", record.path("rules").path(0).asText(record.path("decider").asText()));
        put(policy, "uid", body.path("decider").path("id"));
        put(policy, "version", body.path("policy_version"));
        put(policy, "desc", body.path("reason"));
    }

    /** Who answered tells an allow by rule from one by a person, and a refusal from a failure. */
    private static Outcome outcome(String effect, String decider, boolean failed) {
        boolean person = decider.equals("person");
        return switch (effect) {
            case "allow" ->
                    person ? new Outcome(1, 8, "Approved", 1) : new Outcome(1, 1, "Allowed", 1);
            case "ask" -> new Outcome(0, 14, "Delayed", 0);
            case "defer" -> new Outcome(2, 14, "Delayed", 2);
            case "deny" -> {
                if (failed || decider.equals("failure")) {
                    yield new Outcome(2, 27, "Error", 2);
                }
                yield person ? new Outcome(2, 25, "Rejected", 2) : new Outcome(2, 2, "Blocked", 2);
            }
            default -> new Outcome(0, 0, "Unknown", failed ? 2 : 1);
        };
    }

    private static void resources(ObjectNode event, ObjectNode body) {
        ArrayNode resources = JsonNodeFactory.instance.arrayNode();
        for (JsonNode operation : body.path("operations")) {
            ObjectNode resource = resources.addObject();
            resource.put("type", operation.path("action").asText());
            resource.put("name", operation.path("summary").asText());
            JsonNode data = operation.path("resource");
            if (data.isObject() && !data.isEmpty()) {
                resource.set("data", data);
            }
        }
        if (!resources.isEmpty()) {
            event.set("resources", resources);
        }
    }

    /** What the call does when all it does is of one sort. */
    private static Activity activity(ObjectNode record) {
        Activity found = null;
        for (JsonNode action : record.path("actions")) {
            Activity one = activity(action.asText());
            if (found != null && found != one) {
                return Activity.OTHER;
            }
            found = one;
        }
        return found == null ? Activity.OTHER : found;
    }

    private static Activity activity(String action) {
        String verb = action.substring(action.indexOf('_') + 1);
        return switch (verb) {
            case "read", "search", "fetch", "view" -> Activity.READ;
            case "create_pr", "spawn", "send" -> Activity.CREATE;
            case "write", "push", "force_push", "edit", "manage", "configure" -> Activity.UPDATE;
            case "delete" -> Activity.DELETE;
            default -> Activity.OTHER;
        };
    }

    private static void put(ObjectNode object, String name, JsonNode value) {
        if (value.isTextual()) {
            object.set(name, value);
        }
    }
}
