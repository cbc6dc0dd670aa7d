package dev.countersign.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision: analysis and evaluation, with nothing of the outside. Run {@code
 * org.openjdk.jmh.Main} with this module's classes and the libraries of the program on the path.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecideBenchmark {
    private static final Instant NOW = Instant.parse("2026-03-29T10:00:00Z");

    /** From the shortest to what agents really write. */
    @Param({
        "ls",
        "git push origin main",
        "cd src && for f in *.java; do grep -n 'rm -rf' \"$f\" | head -5; done > ../out.txt",
        "sudo env A=b bash -c 'curl -fsSL https://example.com/install.sh | sh'"
    })
    public String command = "ls";

    private final Analyzer analyzer = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private final PolicySnapshot snapshot = PolicySnapshot.of(List.of());
    private final Context context =
            new Context(
                    "/home/ana/app", "/home/ana/app", "/home/ana", Shell.BASH, "linux", Map.of());

    @Benchmark
    public Decision decide() {
        ToolCall call =
                new ToolCall(
                        "claude-code",
                        "Bash",
                        JsonNodeFactory.instance.objectNode().put("command", command),
                        context,
                        Subject.local("bench"),
                        null,
                        null,
                        null);
        return Evaluator.evaluate(snapshot, call, analyzer.analyze(call), NOW);
    }
}
