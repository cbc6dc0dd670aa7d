package dev.countersign.analysis.shell;

import dev.countersign.call.Span;
import java.util.List;
import java.util.Set;

/**
 * All simple commands a text may run, whatever branch is taken, and what could not be understood.
 *
 * @param invocations in source order; commands in substitutions come before the command they stand
 *     in
 * @param unknowns each makes the call opaque
 * @param recursive the functions that were seen to run themselves
 * @param unsure whether the name of a working directory was read that is not certain
 */
public record Evaluation(
        List<Invocation> invocations,
        List<Unknown> unknowns,
        Set<String> recursive,
        boolean unsure) {
    public Evaluation {
        invocations = List.copyOf(invocations);
        unknowns = List.copyOf(unknowns);
        recursive = Set.copyOf(recursive);
    }

    public Evaluation(List<Invocation> invocations, List<Unknown> unknowns) {
        this(invocations, unknowns, Set.of(), false);
    }

    /**
     * Something that may run but is not in the list.
     *
     * @param reason in plain words, such as "`$x` is not constant, so the command is not known"
     * @param source where it stands
     * @param beyond whether a bound was reached, so that anything at all may run
     */
    public record Unknown(String reason, Span source, boolean beyond) {
        public Unknown(String reason, Span source) {
            this(reason, source, false);
        }
    }
}
