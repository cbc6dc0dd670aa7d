package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.audit.AuditQuery.Recorded;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of the ledger's records.
 *
 * @param text what stands in the search field
 * @param problem why that is no search, or empty
 * @param query what the address says behind {@code /activity?} but for what is opened
 * @param chips the filters, each with the address without it
 * @param ranges stretches of time to choose
 * @param chart how calls were answered over time, or null where there is no record
 * @param facets values to narrow it by
 * @param rows a page of records
 * @param matches how many there are, in words
 * @param hint what was not looked at or not counted, or empty
 * @param counting whether more is being counted
 * @param older the address of the next page, or empty
 * @param olderWords what leads there
 * @param newer the address of the first page, or empty on it
 * @param sessions where events of sessions are shown, or not any more; empty where filters say it
 * @param sessionsShown whether they are
 * @param exact how many there are, counted one by one because somebody asked for it, or -1
 * @param views the searches this person kept
 * @param top the index of the newest record there was
 * @param following whether newer records are told of
 * @param opened the record beside the list, or null
 * @param exportBarred why this person may not export, or empty
 * @param badge whether the ledger is whole
 */
public record ActivityView(
        String text,
        String problem,
        String query,
        List<Chip> chips,
        List<Choice> ranges,
        @Nullable ChartView chart,
        List<Facet> facets,
        List<Row> rows,
        String matches,
        String hint,
        boolean counting,
        String older,
        String olderWords,
        String newer,
        String sessions,
        boolean sessionsShown,
        long exact,
        List<Kept> views,
        long top,
        boolean following,
        @Nullable RecordView opened,
        String exportBarred,
        OverviewView.Badge badge) {

    /** A filter that is set. */
    public record Chip(String name, String value, String without) {}

    /** Something to choose. */
    public record Choice(String words, String href, boolean current) {}

    /**
     * What records are narrowed by.
     *
     * @param more how many values are not shown
     */
    public record Facet(String name, String title, List<Value> values, int more) {}

    /** A value with how many records have it; choosing it again takes it back. */
    public record Value(String words, String count, String href, boolean current) {}

    /** A search that was kept. */
    public record Kept(String name, String href) {}

    /**
     * A record in the list.
     *
     * @param href this page with the record beside it
     */
    public record Row(
            long index,
            String href,
            Moment at,
            String kind,
            String effect,
            List<Drawing.Piece> summary,
            String agent,
            String person,
            String project,
            CallView.Risk risk,
            String decider,
            String client) {

        static Row of(Recorded recorded, String href, Instant now) {
            JsonNode record = recorded.body();
            String line = record.path("summary").asText("").replaceAll("\\s+", " ");
            JsonNode risk = record.path("risk");
            String project = record.path("project").asText("");
            return new Row(
                    recorded.index(),
                    href,
                    at(record.path("at").asText(""), now),
                    record.path("kind").asText(""),
                    record.path("effect").asText(""),
                    "decision".equals(record.path("kind").asText(""))
                            ? Drawing.of(line)
                            : Drawing.words(line),
                    record.path("agent").asText(""),
                    record.path("person").asText(""),
                    project.substring(project.lastIndexOf('/') + 1),
                    risk.isTextual()
                            ? CallView.Risk.of(risk.textValue())
                            : new CallView.Risk("", 0),
                    record.path("decider").asText(""),
                    record.path("client").asText(""));
        }

        private static Moment at(String text, Instant now) {
            try {
                return Moment.since(Instant.parse(text), now);
            } catch (DateTimeException e) {
                return new Moment(text, text, text);
            }
        }
    }
}
