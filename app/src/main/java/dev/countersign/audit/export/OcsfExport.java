package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;

/** JSON Lines of OCSF events; what proves the record is in {@code unmapped.countersign}. */
final class OcsfExport implements ExportLines {
    static final String UNMAPPED = "unmapped";
    static final String CHAIN = "countersign";
    static final String MANIFEST = "manifest";

    @Override
    public String line(ExportLine line) {
        String event = OcsfEvent.of(line).toString();
        // The record goes in as its very bytes.
        return event.substring(0, event.length() - 1)
                + ",\""
                + UNMAPPED
                + "\":{\""
                + CHAIN
                + "\":"
                + JsonExport.chain(line)
                + "}}\n";
    }

    /** An event of its own: it was read for whom it is of. */
    @Override
    public String beside(ObjectNode value, Instant at) {
        ObjectNode event = OcsfEvent.ofBeside(value, at);
        event.putObject(UNMAPPED).putObject(CHAIN).set(JsonExport.BESIDE, value);
        return event + "\n";
    }

    /** An event of its own: the ledger was read, and this is how that was recorded. */
    @Override
    public String manifest(ObjectNode manifest) {
        ObjectNode event = OcsfEvent.ofExport(manifest);
        event.putObject(UNMAPPED).set(MANIFEST, manifest);
        return CanonicalJson.text(event) + "\n";
    }
}
