package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import java.util.List;
import java.util.stream.Collectors;

/** An operation before any policy spoke, as JSON and as a row. */
final class OperationText {
    private OperationText() {}

    static ObjectNode json(Operation operation) {
        ObjectNode json = Json.object();
        json.put("action", operation.action().wire());
        json.put("domain", operation.action().domain().wire());
        ObjectNode resource = json.putObject("resource");
        for (Resource.Field field : operation.resource().fields()) {
            resource.put(field.name(), field.value());
        }
        json.put("risk", operation.risk().wire());
        ArrayNode tags = json.putArray("tags");
        operation.tags().forEach(tags::add);
        json.put("opaque", operation.opaque());
        json.putObject("source")
                .put("from", operation.source().from())
                .put("to", operation.source().to());
        json.put("summary", operation.summary());
        if (operation.floor() != null) {
            json.put("floor", operation.floor());
        }
        return json;
    }

    static List<String> table(List<Operation> operations, int width) {
        Table table = new Table("ACTION", "RISK", "TAGS", "WHAT IT DOES");
        for (Operation operation : operations) {
            String tags =
                    operation.tags().stream().collect(Collectors.joining(","))
                            + (operation.opaque() ? "?" : "");
            table.row(
                    operation.action().wire(),
                    operation.risk().wire(),
                    tags.isEmpty() ? "-" : tags,
                    operation.summary());
        }
        return table.lines(width);
    }
}
