package dev.countersign.analysis;

import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import java.util.List;

/**
 * The operations a call would carry out, never empty.
 *
 * @param operations in source order
 * @param source the text the spans of the operations point into: the command, or the input as shown
 */
public record Analysis(List<Operation> operations, String source) {
    public Analysis {
        operations = List.copyOf(operations);
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("a call with no operation (this is a bug)");
        }
    }

    /** The worst risk of all operations. */
    public RiskTier risk() {
        return operations.stream().map(Operation::risk).reduce(RiskTier.NONE, RiskTier::max);
    }
}
