package dev.countersign.audit.export;

import java.util.Arrays;
import java.util.Optional;

/** The forms an export has. */
public enum ExportFormat {
    /** JSON Lines: a record a line. */
    JSON("json", "application/x-ndjson"),
    /** RFC 4180 with a header line, safe to open in a spreadsheet. */
    CSV("csv", "text/csv; charset=utf-8; header=present"),
    /** JSON Lines of OCSF events of the class API Activity (6003). */
    OCSF("ocsf", "application/x-ndjson");

    private final String wire;
    private final String mediaType;

    ExportFormat(String wire, String mediaType) {
        this.wire = wire;
        this.mediaType = mediaType;
    }

    public String wire() {
        return wire;
    }

    /** What an HTTP answer calls it. */
    public String mediaType() {
        return mediaType;
    }

    /** How the name of a file ends, without the dot. */
    public String extension() {
        return this == CSV ? "csv" : "jsonl";
    }

    public static Optional<ExportFormat> of(String wire) {
        return Arrays.stream(values()).filter(each -> each.wire.equals(wire)).findFirst();
    }

    /** Writes lines of this form. */
    ExportLines lines() {
        return switch (this) {
            case JSON -> new JsonExport();
            case CSV -> new CsvExport();
            case OCSF -> new OcsfExport();
        };
    }
}
