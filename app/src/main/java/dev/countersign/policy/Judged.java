package dev.countersign.policy;

import dev.countersign.call.Operation;
import java.util.List;

/**
 * An operation with its effect and all that spoke about it, what decided first.
 *
 * @param operation what was judged
 * @param effect the outcome for it
 * @param because every rule, cell and mode that took part, the deciding ones first
 */
public record Judged(Operation operation, Effect effect, List<Because> because) {
    public Judged {
        because = List.copyOf(because);
    }
}
