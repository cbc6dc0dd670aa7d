package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Operation;
import dev.countersign.policy.DecisionJson;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An operation before any policy spoke, as JSON and as a row. */
final class OperationText {
    private OperationText() {}

    static ObjectNode json(Operation operation) {
        ObjectNode json = DecisionJson.operation(operation);
        if (operation.floor() != null) {
            json.put("floor", operation.floor());
        }
        return json;
    }

    static List<String> table(List<Operation> operations, int width) {
        Table table = new Table("ACTION", "RISK", "TAGS", "WHAT IT DOES");
        for (Operation operation : operations) {
            String tags =
                    Stream.concat(
                                    operation.opaque() ? Stream.of("opaque") : Stream.empty(),
                                    operation.tags().stream())
                            .collect(Collectors.joining(","));
            table.row(
                    operation.action().wire(),
                    operation.risk().wire(),
                    tags.isEmpty() ? "-" : tags,
                    operation.summary());
        }
        return table.lines(width);
    }
}
