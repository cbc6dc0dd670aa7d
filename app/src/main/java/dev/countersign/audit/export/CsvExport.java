package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import dev.countersign.ledger.CanonicalJson;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * RFC 4180. The columns in front are for people and spreadsheets: a cell that a spreadsheet would
 * compute gets an apostrophe in front. The last ones hold the exact record and its proof.
 */
final class CsvExport implements ExportLines {
    /** Members of a record that are columns of the same name. */
    private static final List<String> MEMBERS =
            List.of(
                    "at",
                    "kind",
                    "effect",
                    "risk",
                    "decider",
                    "agent",
                    "person",
                    "client",
                    "project",
                    "team",
                    "session",
                    "call",
                    "tool",
                    "decision");

    static final String INDEX = "index";
    static final String KIND = "kind";
    static final String HASH = "hash";
    static final String RECORD = "record";
    static final String PAYLOAD = "payload";
    static final String DISCLOSURE = "disclosure";
    static final String PROOF = "proof";
    static final String MANIFEST = "manifest";
    static final String BESIDE = "beside";

    private static final List<String> HEAD = head(MEMBERS);

    private final StringWriter out = new StringWriter();
    private final CsvWriter csv =
            CsvWriter.builder()
                    .lineDelimiter(LineDelimiter.CRLF)
                    .quoteStrategy(QuoteStrategies.ALWAYS)
                    .bufferSize(0)
                    .build(out);
    private long changed;

    private static List<String> head(List<String> members) {
        List<String> head = new ArrayList<>(List.of(INDEX));
        head.addAll(members);
        head.addAll(
                List.of("actions", "rules", "summary", HASH, RECORD, PAYLOAD, DISCLOSURE, PROOF));
        return List.copyOf(head);
    }

    @Override
    public String head() {
        return written(HEAD);
    }

    @Override
    public String line(ExportLine line) {
        ObjectNode record = line.record();
        List<String> cells = new ArrayList<>(HEAD.size());
        cells.add(Long.toString(line.stored().index()));
        MEMBERS.forEach(name -> cells.add(safe(record.path(name).asText())));
        cells.add(safe(joined(record.path("actions"))));
        cells.add(safe(joined(record.path("rules"))));
        cells.add(safe(record.path("summary").asText()));
        cells.add(line.stored().hash());
        // JSON begins with a brace or a bracket, which nothing computes.
        cells.add(line.stored().record());
        String payload = line.stored().payload();
        cells.add(payload == null ? "" : payload);
        String disclosure = line.stored().disclosure();
        cells.add(disclosure == null ? "" : disclosure);
        JsonNode proof = ExportLine.json(line.proof());
        cells.add(proof == null ? "" : proof.toString());
        return written(cells);
    }

    /** A row of the kind {@code beside}, whose record is that. */
    @Override
    public String beside(ObjectNode value, Instant at) {
        return row(BESIDE, value);
    }

    /** A row of the kind {@code manifest}, whose record is the manifest. */
    @Override
    public String manifest(ObjectNode manifest) {
        return row(MANIFEST, manifest);
    }

    private String row(String kind, ObjectNode json) {
        List<String> cells = new ArrayList<>(Collections.nCopies(HEAD.size(), ""));
        cells.set(HEAD.indexOf(KIND), kind);
        cells.set(HEAD.indexOf(RECORD), CanonicalJson.text(json));
        return written(cells);
    }

    @Override
    public long changedCells() {
        return changed;
    }

    private String written(List<String> cells) {
        csv.writeRecord(cells);
        String row = out.toString();
        out.getBuffer().setLength(0);
        return row;
    }

    private static String joined(JsonNode array) {
        List<String> parts = new ArrayList<>();
        array.forEach(each -> parts.add(each.asText()));
        return String.join(" ", parts);
    }

    private String safe(String text) {
        String safe = SafeCell.of(text);
        if (!safe.equals(text)) {
            changed++;
        }
        return safe;
    }
}
