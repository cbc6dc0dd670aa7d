package dev.countersign.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Analysis alone. {@code corpus} takes the commands of the shared corpus one after the other, each
 * invocation one command, so that the percentiles are those over commands; {@code large} takes one
 * long command of a shape.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class AnalysisBenchmark {
    private static final Context CONTEXT =
            new Context(
                    "/home/ana/app", "/home/ana/app", "/home/ana", Shell.BASH, "linux", Map.of());

    private static ToolCall call(String command) {
        return new ToolCall(
                "claude-code",
                "Bash",
                JsonNodeFactory.instance.objectNode().put("command", command),
                CONTEXT,
                Subject.local("bench"),
                null,
                null,
                null);
    }

    /** The commands of the corpus, in an order of their own. */
    @State(Scope.Benchmark)
    public static class Corpus {
        private final Analyzer analyzer = new Analyzer(Facts.NONE, Guarded.DEFAULT);
        private final List<ToolCall> calls = new ArrayList<>();
        private int next;

        /** From the top of the project, where {@code bench/jmh} starts. */
        @Setup
        public void read() throws IOException {
            ObjectMapper json = new ObjectMapper();
            for (String line :
                    Files.readAllLines(Path.of("app/src/test/resources/shell/corpus.jsonl"))) {
                calls.add(call(json.readTree(line).get("command").asText()));
            }
            Collections.shuffle(calls, new Random(1));
        }

        Analysis analyze() {
            next = next + 1 == calls.size() ? 0 : next + 1;
            return analyzer.analyze(calls.get(next));
        }
    }

    /** One long command. */
    @State(Scope.Benchmark)
    public static class Large {
        /** What it is made of. */
        @Param({
            "list",
            "pipe",
            "words",
            "quotes",
            "heredoc",
            "substitutions",
            "assignments",
            "functions",
            "loops",
            "redirections",
            "xargs",
            "python"
        })
        public String shape = "list";

        /** Its length in characters, about. */
        @Param({"10000", "20000"})
        public int length = 10000;

        private final Analyzer analyzer = new Analyzer(Facts.NONE, Guarded.DEFAULT);
        private ToolCall call = call("true");

        @Setup
        public void build() {
            StringBuilder text = new StringBuilder();
            String end = "";
            switch (shape) {
                case "words" -> text.append("rm");
                case "heredoc" -> {
                    text.append("cat > a.md <<'EOF'\n");
                    end = "EOF\n";
                }
                case "pipe" -> {
                    text.append("cat a");
                    end = " | sh";
                }
                case "python" -> {
                    text.append("python3 - <<'EOF'\n");
                    end = "EOF\n";
                }
                default -> {}
            }
            for (int i = 0; text.length() < length; i++) {
                text.append(
                        switch (shape) {
                            case "list" -> "git status && npm test; ";
                            case "pipe" -> " | grep a" + i;
                            case "words" -> " src/a" + i + ".ts";
                            case "quotes" -> "echo \"a 'b' ${C:-d} \\\" $E\" 'f'; ";
                            case "heredoc" -> "rm -rf / and $(more) prose\n";
                            case "substitutions" -> "echo \"$(basename \"$(pwd)\")\"; ";
                            case "assignments" -> "A" + i + "=a$A" + (i - 1) + "; ";
                            case "functions" -> "f" + i + "() { ls \"$1\"; }; f" + i + " a\n";
                            case "loops" -> "for f in *.ts; do cat \"$f\"; done; ";
                            case "redirections" -> "echo a > src/a" + i + " 2>&1; ";
                            case "xargs" -> "find src -name a | xargs -I{} cp {} b; ";
                            case "python" -> "print(\"a\" + str(" + i + "))\n";
                            default -> throw new IllegalArgumentException(shape);
                        });
            }
            call = call(text + end);
        }
    }

    @Benchmark
    public Analysis corpus(Corpus corpus) {
        return corpus.analyze();
    }

    @Benchmark
    public Analysis large(Large large) {
        return large.analyzer.analyze(large.call);
    }
}
