package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Draft;
import dev.countersign.ledger.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The form of a record in the ledger, format 1: canonical JSON of one object with the members
 *
 * <pre>
 * format    1
 * index     its place, from 0
 * previous  the hash of the record before, 64 zeros in the first
 * kind, at, summary
 * decision agent person client project session call tool effect risk decider    where they apply
 * teams     of the person, at that time; each once, sorted
 * actions, rules   of the operations in the body, each once and in order; rules as document/name
 * body      everything else, or, where that would make the record larger than {@link #MAX_BYTES}:
 * payload   {"bytes": …, "sha256": …} of the canonical JSON of the body, which is kept beside
 * sealed    {"digest": …, "person": …} in place of summary and body, where they are somebody's
 * </pre>
 *
 * <p>The hash of a record is the SHA-256 of these bytes; the same bytes are a leaf of a Merkle
 * tree, whose tiles take entries of up to 65,535 bytes. Absent members are left out, never null.
 */
public final class RecordJson {
    /** The most bytes a record takes; a longer body goes beside it. */
    public static final int MAX_BYTES = 65_000;

    /** The most characters of the summary and of each named field; a longer one is cut. */
    public static final int MAX_FIELD = 768;

    /** Stands for every action or rule. */
    private static final String ANY = "*";

    /** The most characters all actions, or all rules, of a record take. */
    private static final int MOST_NAMES = 8_000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private RecordJson() {}

    /**
     * A record that is ready for the writer.
     *
     * @param draft the record but for its place
     * @param payload the canonical body when it is kept beside the record, or null
     * @param sealed what the record holds by a salted hash only, or null
     */
    public record Prepared(Draft draft, @Nullable String payload, @Nullable Sealed sealed) {}

    /** What is kept beside a record, locked. */
    public static final class Sealed {
        private final String person;
        private final byte[] box;

        /**
         * A locked value.
         *
         * @param person whose key opens it
         * @param box the locked bytes
         */
        public Sealed(String person, byte[] box) {
            this.person = person;
            this.box = box.clone();
        }

        public String person() {
            return person;
        }

        public byte[] box() {
            return box.clone();
        }
    }

    /** Masks and writes an event that holds nothing of a person. */
    public static Prepared prepare(AuditRecord event, SecretMasking masking) {
        return prepared(write(event, masking));
    }

    /** An event masked, with its fields bounded, but for its place. */
    public static ObjectNode write(AuditRecord event, SecretMasking masking) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("format", 1);
        record.put("at", time(event.at()));
        put(record, "kind", event.kind(), masking);
        put(record, "summary", event.summary(), masking);
        put(record, "decision", event.decision(), masking);
        put(record, "agent", event.agent(), masking);
        put(record, "person", event.person(), masking);
        put(record, "client", event.client(), masking);
        put(record, "project", event.project(), masking);
        put(record, "session", event.session(), masking);
        put(record, "call", event.call(), masking);
        put(record, "tool", event.tool(), masking);
        put(record, "effect", event.effect(), masking);
        put(record, "risk", event.risk(), masking);
        put(record, "decider", event.decider(), masking);
        JsonNode body = CanonicalJson.exact(masking.mask(event.body()));
        named(record, "actions", actions(body));
        named(record, "rules", rules(body));
        record.set("body", body);
        return record;
    }

    /** A record with what is beside it. */
    public static Prepared prepared(ObjectNode record, Sealed sealed) {
        return new Prepared(Draft.of(record), null, sealed);
    }

    /** A record with its body, which goes beside it where it is too long. */
    public static Prepared prepared(ObjectNode record) {
        Draft whole = Draft.of(record);
        if (whole.size() <= MAX_BYTES) {
            return new Prepared(whole, null, null);
        }
        String payload = CanonicalJson.text(record.remove("body"));
        record.putObject("payload")
                .put("bytes", payload.getBytes(StandardCharsets.UTF_8).length)
                .put("sha256", Sha256.hex(payload));
        return new Prepared(Draft.of(record), payload, null);
    }

    private static Set<String> actions(JsonNode body) {
        Set<String> actions = new TreeSet<>();
        for (JsonNode operation : body.path("operations")) {
            actions.add(operation.path("action").asText());
        }
        return actions;
    }

    private static Set<String> rules(JsonNode body) {
        Set<String> rules = new TreeSet<>();
        for (JsonNode operation : body.path("operations")) {
            for (JsonNode because : operation.path("because")) {
                rules.add(because.path("document").asText() + "/" + because.path("rule").asText());
            }
        }
        return rules;
    }

    /** Names to filter by; where there are too many, any: an auditor rather finds too much. */
    private static void named(ObjectNode record, String member, Set<String> names) {
        if (names.isEmpty()) {
            return;
        }
        boolean fits = names.stream().mapToInt(String::length).sum() <= MOST_NAMES;
        ArrayNode array = record.putArray(member);
        (fits ? names : Set.of(ANY)).forEach(array::add);
    }

    /**
     * What was recorded; the body is empty when it is kept beside the record and was not joined.
     */
    public static AuditRecord read(ObjectNode record) {
        JsonNode body = record.path("body");
        return new AuditRecord(
                record.path("kind").asText(),
                Instant.parse(record.path("at").asText()),
                get(record, "decision"),
                get(record, "agent"),
                get(record, "person"),
                get(record, "client"),
                get(record, "project"),
                get(record, "session"),
                get(record, "call"),
                get(record, "tool"),
                get(record, "effect"),
                get(record, "risk"),
                get(record, "decider"),
                record.path("summary").asText(),
                body instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode());
    }

    /** RFC 3339 in UTC with six digits, so that times sort as text. */
    public static String time(Instant at) {
        return TIME.format(at.truncatedTo(ChronoUnit.MICROS));
    }

    private static void put(
            ObjectNode record, String name, @Nullable String value, SecretMasking masking) {
        if (value != null) {
            record.put(name, cut(CanonicalJson.exact(text(masking.mask(value))).textValue()));
        }
    }

    private static JsonNode text(String value) {
        return JsonNodeFactory.instance.textNode(value);
    }

    private static String cut(String value) {
        if (value.length() <= MAX_FIELD) {
            return value;
        }
        int end = MAX_FIELD - 1;
        if (Character.isHighSurrogate(value.charAt(end - 1))) {
            end--;
        }
        return value.substring(0, end) + "…";
    }

    private static @Nullable String get(ObjectNode record, String name) {
        JsonNode value = record.path(name);
        return value.isTextual() ? value.textValue() : null;
    }
}
