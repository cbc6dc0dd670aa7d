package dev.countersign.policy;

import dev.countersign.call.Operation;
import java.util.List;

/**
 * An operation with its effect and all that spoke about it, what decided first.
 *
 * @param operation what was judged
 * @param effect the outcome for it
 * @param because every rule, cell and mode that took part, the deciding ones first
 * @param forced how many of the first of them forced the effect: they are enough, and without any
 *     one of them it would be another. Where several say the same, one of them stands here
 */
public record Judged(Operation operation, Effect effect, List<Because> because, int forced) {
    public Judged {
        because = List.copyOf(because);
    }

    /** Forced by the first alone. */
    public Judged(Operation operation, Effect effect, List<Because> because) {
        this(operation, effect, because, 1);
    }

    /** Those that forced the effect. */
    public List<Because> forcing() {
        return because.subList(0, Math.min(forced, because.size()));
    }
}
