package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.Instant;
import java.util.List;

/**
 * A recorded decision as one line among others.
 *
 * @param index its place
 * @param effect the effect
 * @param summary the command, path or address, drawn
 * @param risk its risk, level 0 when it has none
 * @param at when
 * @param client the client, or empty
 * @param decision the decision's id
 */
public record RecordLine(
        long index,
        String effect,
        List<Drawing.Piece> summary,
        CallView.Risk risk,
        Moment at,
        String client,
        String decision) {

    static RecordLine of(Recorded recorded, Instant now) {
        JsonNode record = recorded.body();
        JsonNode risk = record.path("risk");
        return new RecordLine(
                recorded.index(),
                record.path("effect").asText(""),
                Drawing.of(record.path("summary").asText("").replaceAll("\\s+", " ")),
                risk.isTextual() ? CallView.Risk.of(risk.textValue()) : new CallView.Risk("", 0),
                RecordView.moment(record.path("at").asText(""), now),
                record.path("client").asText(""),
                record.path("decision").asText(""));
    }
}
