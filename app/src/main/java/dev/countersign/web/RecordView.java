package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * A record of the ledger as a page shows it.
 *
 * @param index its place
 * @param hash its hash
 * @param previous the hash of the one before
 * @param kind what happened
 * @param at when
 * @param summary one line
 * @param effect the effect, or empty
 * @param agent the agent, or empty
 * @param person the person, or empty
 * @param client the client, or empty
 * @param tool the tool, or empty
 * @param decision the decision's id, or empty
 * @param risk the risk of a decision, level 0 when it has none
 * @param decider the kind of decider, or empty
 * @param reason why, or empty
 * @param call the call of a decision; its fields are empty elsewhere
 * @param json all of it
 */
public record RecordView(
        long index,
        String hash,
        String previous,
        String kind,
        Moment at,
        List<Drawing.Piece> summary,
        String effect,
        String agent,
        String person,
        String client,
        String tool,
        String decision,
        CallView.Risk risk,
        String decider,
        List<Drawing.Piece> reason,
        CallView call,
        List<Drawing.Piece> json) {

    static RecordView of(Recorded recorded, Instant now) {
        JsonNode record = recorded.body();
        JsonNode body = record.path("body");
        JsonNode risk = record.path("risk");
        return new RecordView(
                recorded.index(),
                recorded.hash(),
                record.path("previous").asText(""),
                record.path("kind").asText(""),
                at(record.path("at").asText(""), now),
                summary(record),
                record.path("effect").asText(""),
                record.path("agent").asText(""),
                record.path("person").asText(""),
                record.path("client").asText(""),
                record.path("tool").asText(""),
                record.path("decision").asText(""),
                risk.isTextual() ? CallView.Risk.of(risk.textValue()) : new CallView.Risk("", 0),
                record.path("decider").asText(""),
                Drawing.words(body.path("reason").asText("")),
                CallView.of(body.path("call"), body),
                Drawing.of(CallView.shown(record)));
    }

    /** A command is drawn as it is; other summaries are sentences. */
    private static List<Drawing.Piece> summary(JsonNode record) {
        String line = record.path("summary").asText("").replaceAll("\\s+", " ");
        return "decision".equals(record.path("kind").asText(""))
                ? Drawing.of(line)
                : Drawing.words(line);
    }

    private static Moment at(String text, Instant now) {
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
}
