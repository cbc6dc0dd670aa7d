package dev.countersign.policy;

import dev.countersign.analysis.Analysis;
import dev.countersign.call.ToolCall;
import java.time.Instant;
import java.util.List;

/** Decides a call: one pure function over documents, operations and the time. */
public final class Evaluator {
    private Evaluator() {}

    public static Decision evaluate(
            PolicySnapshot snapshot, ToolCall call, Analysis analysis, Instant now) {
        return new Decision.Deny(
                "not judged: " + call.tool() + " at " + now,
                new Explanation(
                        List.of(),
                        analysis.risk(),
                        "",
                        new Decider(Decider.Kind.FAILURE, null),
                        snapshot.version()));
    }
}
