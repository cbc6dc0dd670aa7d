package dev.countersign.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.time.Instant;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A decision on a call that was analysed before, under few and under very many rules of mixed
 * kinds, and what it takes to make them ready. Stands in the package of the policy to join
 * documents that are larger than a document may be.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PolicyBenchmark {
    private static final Instant NOW = Instant.parse("2026-03-29T10:00:00Z");
    private static final int MOST_IN_ONE = 5_000;

    @Param({"10", "1000", "100000"})
    public int rules = 10;

    @Param({"npm test", "git push origin main", "cat src/app/main.ts", "curl https://example.com"})
    public String command = "npm test";

    private PolicySnapshot snapshot = PolicySnapshot.of(List.of());
    private Policy policy = Policy.caller(null, null);
    private ToolCall call = call("ls");
    private Analysis analysis = new Analyzer(Facts.NONE, Guarded.DEFAULT).analyze(call);

    @Setup
    public void prepare() {
        policy = policy(rules);
        snapshot = PolicySnapshot.of(List.of(policy));
        call = call(command);
        analysis = new Analyzer(Facts.NONE, Guarded.DEFAULT).analyze(call);
    }

    private static ToolCall call(String command) {
        return new ToolCall(
                "claude-code",
                "Bash",
                JsonNodeFactory.instance.objectNode().put("command", command),
                new Context(
                        "/home/ana/app",
                        "/home/ana/app",
                        "/home/ana",
                        Shell.BASH,
                        "linux",
                        Map.of()),
                Subject.local("bench"),
                null,
                null,
                null);
    }

    /** The first four are what people write; the others are like them, about other things. */
    private static Policy policy(int count) {
        List<Rule> all = new ArrayList<>();
        Policy first = null;
        for (int from = 0; from < count; from += MOST_IN_ONE) {
            StringBuilder text = new StringBuilder("policy: p\nrules:\n");
            for (int i = from; i < Math.min(count, from + MOST_IN_ONE); i++) {
                text.append("  - ").append(rule(i)).append('\n');
            }
            PolicyReader.Result read =
                    PolicyReader.read(
                            "f.yaml",
                            text.toString(),
                            Level.PROJECT,
                            true,
                            PolicyReader.Examples.PLAIN,
                            4 << 20);
            first = first == null ? read.policy().orElseThrow() : first;
            all.addAll(read.policy().orElseThrow().rules());
        }
        return first == null ? Policy.caller(null, null) : first.withRules(all);
    }

    private static String rule(int i) {
        return switch (i) {
            case 0 -> "ask: {git_push: main}";
            case 1 -> "allow: {shell_run: [\"npm test *\", \"npm run build\"]}";
            case 2 -> "deny: {path: \"**/*.pem\"}";
            case 3 -> "ask: {tag: deploy}";
            default ->
                    switch (i % 6) {
                        case 0 -> "deny: {shell_run: \"tool" + i + " run --force\"}";
                        case 1 -> "ask: {shell_run: \"npm run task-" + i + " *\"}";
                        case 2 -> "ask: {file_write: \"./module" + i + "/src/*\"}";
                        case 3 -> "deny: {path: \"**/secret-" + i + "*.json\"}";
                        case 4 -> "deny: {host: \"*.host" + i + ".example.com\"}";
                        default -> "ask: {git_push: \"release-" + i + "-*\"}";
                    };
        };
    }

    @Benchmark
    public Decision decide() {
        return Evaluator.evaluate(snapshot, call, analysis, NOW);
    }

    /** Documents to snapshot. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 2)
    @Measurement(iterations = 5)
    public PolicySnapshot compile() {
        return PolicySnapshot.of(List.of(policy));
    }
}
