package dev.countersign.analysis;

import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.Span;
import dev.countersign.call.ToolCall;
import java.util.List;
import java.util.Set;

/** Turns a tool call into its operations. Pure and safe for use by many threads. */
public final class Analyzer {
    private final Facts facts;
    private final Guarded guarded;

    public Analyzer(Facts facts, Guarded guarded) {
        this.facts = facts;
        this.guarded = guarded;
    }

    /** Never throws and never returns less than the call does: what is not understood is opaque. */
    public Analysis analyze(ToolCall call) {
        Operation opaque =
                new Operation(
                        Action.SHELL_RUN,
                        new Resource.Program(null),
                        Action.SHELL_RUN.risk(),
                        Set.of(),
                        true,
                        Action.SHELL_RUN,
                        Operation.Origin.PROGRAM,
                        null,
                        null,
                        "not analysed " + facts + guarded,
                        new Span(0, 0));
        return new Analysis(List.of(opaque), call.input().toString());
    }
}
