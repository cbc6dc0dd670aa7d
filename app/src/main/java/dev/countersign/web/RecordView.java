package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.audit.AuditQuery.Stored;
import dev.countersign.audit.RecordCheck;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.ledger.Disclosure;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record of the ledger as a page shows it.
 *
 * @param index its place
 * @param hash its hash
 * @param previous the hash of the one before
 * @param before whether there is a record before it to go to
 * @param after whether there is one after it
 * @param kind what happened
 * @param at when
 * @param summary one line
 * @param effect the effect, or empty
 * @param agent the agent, or empty
 * @param person the person, or empty
 * @param client the client, or empty
 * @param session the client's session, or empty
 * @param decision the decision's id, or empty
 * @param risk the risk of a decision, level 0 when it has none
 * @param decider the kind of decider, or empty
 * @param reason why, or empty
 * @param call the call of a decision; its fields are empty elsewhere
 * @param policy the version of the policies in force, or null
 * @param outcome what came of the call, or null where it is not told
 * @param story what happened about the decision, oldest first
 * @param fields all that is hashed but the body, by name
 * @param hashed the very text that is hashed
 * @param disclosed what the record holds by a salted hash, or beside it; empty where nothing
 * @param erased whether that was erased
 * @param json as people read it
 * @param findings what a check found; empty where nobody asked for one
 * @param offline commands by which anybody checks it on another machine
 */
public record RecordView(
        long index,
        String hash,
        String previous,
        boolean before,
        boolean after,
        String kind,
        Moment at,
        List<Drawing.Piece> summary,
        String effect,
        String agent,
        String person,
        String client,
        String session,
        String decision,
        CallView.Risk risk,
        String decider,
        List<Drawing.Piece> reason,
        CallView call,
        @Nullable Policy policy,
        @Nullable Outcome outcome,
        List<Step> story,
        List<Field> fields,
        List<Drawing.Piece> hashed,
        List<Drawing.Piece> disclosed,
        boolean erased,
        List<Drawing.Piece> json,
        List<RecordCheck.Finding> findings,
        List<String> offline) {

    /** What stands elsewhere on the page, or is no fact of its own. */
    private static final Set<String> SHOWN_ELSEWHERE =
            Set.of("format", "summary", "body", "sealed", "payload", "previous", "index");

    /**
     * The policies that decided.
     *
     * @param version the hash of all of them
     * @param href the changes of policies up to then
     */
    public record Policy(String version, String href) {}

    /**
     * What came of a call.
     *
     * @param took how long, or empty
     * @param output what is kept of it
     * @param characters how long it was
     */
    public record Outcome(
            long index, String status, String took, List<Drawing.Piece> output, long characters) {
        static Outcome of(Recorded recorded) {
            JsonNode body = recorded.body().path("body");
            return new Outcome(
                    recorded.index(),
                    body.path("status").asText(""),
                    body.has("duration_ms")
                            ? Texts.say("record.ms", body.path("duration_ms").asLong())
                            : "",
                    Drawing.of(body.path("output").asText("")),
                    body.path("output_chars").asLong());
        }
    }

    /**
     * Something that happened about a decision.
     *
     * @param words what
     * @param quote what a person said to it, or empty
     * @param facts other things to know of it
     */
    public record Step(
            long index,
            Moment at,
            String kind,
            String effect,
            List<Drawing.Piece> words,
            List<Drawing.Piece> quote,
            List<String> facts) {

        static Step of(long index, JsonNode record, Instant now) {
            JsonNode body = record.path("body");
            List<String> facts = new ArrayList<>();
            String kind = record.path("kind").asText("");
            if (kind.equals("vote")) {
                String scope = body.path("scope").asText("once");
                facts.add(
                        Texts.say(
                                scope.equals("once")
                                        ? "record.for-this-call"
                                        : scope.equals("task")
                                                ? "record.for-this-task"
                                                : "record.for-this-project"));
                if (body.path("self").asBoolean()) {
                    facts.add(Texts.say("record.self-the-agent-runs"));
                }
                if (body.path("break_glass").asBoolean()) {
                    facts.add(Texts.say("record.break-glass", body.path("reason").asText("")));
                }
            }
            String effect = record.path("effect").asText("");
            String words =
                    kind.equals("decision")
                            ? body.path("reason").asText("")
                            : record.path("summary").asText("");
            return new Step(
                    index,
                    moment(record.path("at").asText(""), now),
                    kind,
                    kind.equals("vote")
                            ? body.path("answer").asText("").equals("approve") ? "allow" : "deny"
                            : effect,
                    Drawing.words(words),
                    Drawing.of(body.path("guidance").asText("")),
                    List.copyOf(facts));
        }
    }

    /** A field of the record. */
    public record Field(String name, List<Drawing.Piece> value) {}

    /**
     * Draws a record.
     *
     * @param around the records of its decision, its own included
     * @param after whether there is one after it
     */
    static RecordView of(
            Stored stored,
            boolean before,
            boolean after,
            List<Recorded> around,
            List<RecordCheck.Finding> findings,
            Instant now) {
        JsonNode record = stored.view();
        JsonNode body = record.path("body");
        JsonNode risk = record.path("risk");
        String at = record.path("at").asText("");
        String version = body.path("policy_version").asText("");
        String decision = record.path("decision").asText("");
        return new RecordView(
                stored.index(),
                stored.hash(),
                record.path("previous").asText(""),
                before,
                after,
                record.path("kind").asText(""),
                moment(at, now),
                summary(record),
                record.path("effect").asText(""),
                record.path("agent").asText(""),
                record.path("person").asText(""),
                record.path("client").asText(""),
                record.path("session").asText(""),
                decision,
                risk.isTextual() ? CallView.Risk.of(risk.textValue()) : new CallView.Risk("", 0),
                record.path("decider").asText(""),
                Drawing.words(body.path("reason").asText("")),
                CallView.of(body.path("call"), body),
                version.isEmpty()
                        ? null
                        : new Policy(version, "/activity?kind=policy&to=" + Visit.part(at)),
                outcome(around),
                around.size() < 2
                        ? List.of()
                        : around.stream()
                                .map(each -> Step.of(each.index(), each.body(), now))
                                .toList(),
                fields(record),
                Drawing.of(stored.record()),
                disclosed(stored),
                record.path("erased").asBoolean(),
                Drawing.of(CallView.shown(record)),
                findings,
                offline(decision, at));
    }

    private static @Nullable Outcome outcome(List<Recorded> around) {
        for (Recorded each : around.reversed()) {
            if (each.body().path("kind").asText("").equals("outcome")) {
                return Outcome.of(each);
            }
        }
        return null;
    }

    private static List<Field> fields(JsonNode record) {
        List<Field> fields = new ArrayList<>();
        record.properties()
                .forEach(each -> {
                    if (!SHOWN_ELSEWHERE.contains(each.getKey())) {
                        String value =
                                each.getValue().isArray()
                                        ? String.join(
                                                ", ",
                                                each.getValue()
                                                        .valueStream()
                                                        .map(JsonNode::asText)
                                                        .toList())
                                        : each.getValue().asText();
                        fields.add(new Field(each.getKey(), Drawing.of(value)));
                    }
                });
        return fields;
    }

    private static List<Drawing.Piece> disclosed(Stored stored) {
        String text = stored.disclosure();
        if (text != null) {
            ObjectNode value = new Disclosure(text).value();
            return Drawing.of(CallView.shown(value));
        }
        String payload = stored.payload();
        return payload == null
                ? List.of()
                : Drawing.of(CallView.shown(CanonicalJson.parse(payload)));
    }

    /** Of a record without a decision the time chooses it. */
    private static List<String> offline(String decision, String at) {
        String which =
                decision.isEmpty()
                        ? "--from " + at + " --to " + next(at)
                        : "--decision " + decision;
        return List.of(
                "countersign audit export " + which + " --format json --out record.jsonl",
                "countersign audit verify record.jsonl");
    }

    private static String next(String at) {
        try {
            return Instant.parse(at).plusNanos(1_000).toString();
        } catch (DateTimeException e) {
            return at;
        }
    }

    /** A command is drawn as it is; other summaries are sentences. */
    private static List<Drawing.Piece> summary(JsonNode record) {
        String line = record.path("summary").asText("").replaceAll("\\s+", " ");
        return "decision".equals(record.path("kind").asText(""))
                ? Drawing.of(line)
                : Drawing.words(line);
    }

    static Moment moment(String text, Instant now) {
        try {
            return Moment.since(Instant.parse(text), now);
        } catch (DateTimeException e) {
            return new Moment(text, text, text);
        }
    }

    /** Whether it is about a tool call whose input is known. */
    public boolean hasCall() {
        return !call.tool().isEmpty();
    }

    /** What else its agent did. */
    public String agentHref() {
        return "/activity?agent=" + Visit.part(agent);
    }

    /** All of its session. */
    public String sessionHref() {
        return "/activity/session?id=" + Visit.part(session);
    }

    /** Whether a check found nothing wrong. */
    public boolean good() {
        return findings.stream().noneMatch(each -> each.state() == RecordCheck.State.BAD);
    }
}
