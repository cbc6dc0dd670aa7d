package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A legal hold: what it covers is neither taken out of the ledger nor erased until a person ends
 * it.
 *
 * @param id how it is called
 * @param subject what it is on
 * @param name which one: how records call the person, the project, the task or session; empty for
 *     all
 * @param from only what happened from then on, or null
 * @param to only what happened before then, or null
 * @param reason why, for people
 */
public record Hold(
        String id,
        Subject subject,
        String name,
        @Nullable Instant from,
        @Nullable Instant to,
        String reason) {

    /** What a hold is on. */
    public enum Subject {
        PERSON,
        PROJECT,
        TASK,
        ALL;

        /** How JSON and options call it. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String REASON = "reason";

    /** As the ledger has it: {@code {"id", "person" | "project" | "task" | "all", …}}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put(REASON, reason);
        if (subject == Subject.ALL) {
            json.put(subject.wire(), true);
        } else {
            json.put(subject.wire(), name);
        }
        if (from != null) {
            json.put("from", RecordJson.time(from));
        }
        if (to != null) {
            json.put("to", RecordJson.time(to));
        }
        return json;
    }

    /**
     * Reads {@link #json}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Hold of(JsonNode json) {
        for (Subject subject : Subject.values()) {
            JsonNode name = json.path(subject.wire());
            if (subject == Subject.ALL ? name.asBoolean() : name.isTextual()) {
                return new Hold(
                        json.path("id").asText(),
                        subject,
                        subject == Subject.ALL ? "" : name.textValue(),
                        time(json, "from"),
                        time(json, "to"),
                        json.path(REASON).asText());
            }
        }
        throw new IllegalArgumentException("no hold: " + json);
    }

    private static @Nullable Instant time(JsonNode json, String name) {
        return json.has(name) ? Instant.parse(json.path(name).asText()) : null;
    }

    /** Whether it covers a record. */
    public boolean covers(Stored stored) {
        JsonNode record = CanonicalJson.parse(stored.record());
        return when(Instant.parse(record.path("at").asText()))
                && switch (subject) {
                    case ALL -> true;
                    case PERSON ->
                            stored.record().contains(name) || stored.people().containsKey(name);
                    case PROJECT ->
                            is(record.path("project"))
                                    || is(stored.view().at("/body/call/project"));
                    case TASK ->
                            is(record.path("session"))
                                    || is(stored.view().at("/body/call/task"))
                                    || is(stored.view().at("/body/task"));
                };
    }

    private boolean when(Instant at) {
        return (from == null || !at.isBefore(from)) && (to == null || at.isBefore(to));
    }

    private boolean is(JsonNode value) {
        return value.isTextual() && value.textValue().equals(name);
    }

    /** One line for people: {@code hold H-1 on the project payments}. */
    public String shown() {
        return "hold " + id + " on " + what();
    }

    /** What it is on. */
    public String what() {
        return switch (subject) {
                    case ALL -> "everything";
                    case PERSON, PROJECT, TASK -> "the " + subject.wire() + " " + name;
                }
                + Optional.ofNullable(from).map(time -> " from " + time).orElse("")
                + Optional.ofNullable(to).map(time -> " to " + time).orElse("");
    }
}
