package dev.countersign.analysis;

import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import java.time.Instant;
import java.util.List;

/** Analysis and policy as {@code check} joins them; without a policy, as they are built in. */
final class WholeEngine {
    private static final Instant NOW = Instant.parse("2026-03-27T10:00:00Z");
    private static final PolicySnapshot DEFAULTS = PolicySnapshot.of(List.of());

    private final Analyzer analyzer;
    private final PolicySnapshot policy;

    WholeEngine(Facts facts) {
        this(facts, DEFAULTS);
    }

    WholeEngine(Facts facts, PolicySnapshot policy) {
        this.policy = policy;
        analyzer = new Analyzer(facts, Fixture.GUARDED);
    }

    /** What is answered to a command, and what it was found to do. */
    record Verdict(Effect effect, List<Operation> operations) {
        boolean allowed() {
            return effect == Effect.ALLOW;
        }

        /** The operations that were not simply let through, for people. */
        String why() {
            StringBuilder text = new StringBuilder(effect.wire());
            operations.forEach(o -> text.append("\n    ").append(Fixture.line(o)));
            return text.toString();
        }
    }

    Verdict judge(String command) {
        return judge(Fixture.command(command));
    }

    Verdict judge(ToolCall call) {
        Analysis analysis = analyzer.analyze(call);
        Decision decision = Evaluator.evaluate(policy, call, analysis, NOW);
        return new Verdict(decision.effect(), analysis.operations());
    }
}
