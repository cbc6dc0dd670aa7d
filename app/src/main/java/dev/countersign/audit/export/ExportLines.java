package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Writes an export in one form; every text ends with the end of a line. */
interface ExportLines {
    /** What stands in front of the first record. */
    default String head() {
        return "";
    }

    String line(ExportLine line);

    /**
     * What is kept of a person beside the ledger.
     *
     * @param at when it was read
     */
    String beside(ObjectNode value, Instant at);

    /** The last line, in one piece: it holds no other end of a line. */
    String manifest(ObjectNode manifest);

    /** How many cells say something else than the record, so that no spreadsheet computes them. */
    default long changedCells() {
        return 0;
    }
}
