package dev.countersign.audit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.ledger.CanonicalJson;
import java.time.Instant;

/** The exact form: each record as its very bytes. */
final class JsonExport implements ExportLines {
    static final String BESIDE = "beside";

    @Override
    public String line(ExportLine line) {
        return chain(line) + "\n";
    }

    /**
     * What proves a record: {@code {"index": …, "hash": …, "record": {…}}}, with {@code payload},
     * {@code disclosure}, {@code people} and {@code proof} where there are such.
     */
    static String chain(ExportLine line) {
        StringBuilder json = new StringBuilder();
        json.append("{\"index\":").append(line.stored().index());
        json.append(",\"hash\":\"").append(line.stored().hash());
        json.append("\",\"record\":").append(line.stored().record());
        if (line.stored().payload() != null) {
            json.append(",\"payload\":").append(line.stored().payload());
        }
        if (line.stored().disclosure() != null) {
            json.append(",\"disclosure\":\"").append(line.stored().disclosure()).append('"');
        }
        if (!line.stored().people().isEmpty()) {
            ObjectNode people = JsonNodeFactory.instance.objectNode();
            line.stored().people().forEach(people::put);
            json.append(",\"people\":").append(people);
        }
        if (line.proof() != null) {
            json.append(",\"proof\":").append(ExportLine.json(line.proof()));
        }
        return json.append('}').toString();
    }

    @Override
    public String beside(ObjectNode value, Instant at) {
        return "{\"" + BESIDE + "\":" + CanonicalJson.text(value) + "}\n";
    }

    @Override
    public String manifest(ObjectNode manifest) {
        ObjectNode last = JsonNodeFactory.instance.objectNode();
        last.set("manifest", manifest);
        return CanonicalJson.text(last) + "\n";
    }
}
