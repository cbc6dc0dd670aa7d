package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Whatever a client sends, an answer comes, soon, and it points into the text. Inputs that once
 * broke this are lines of the files in {@code cases/fuzz}.
 *
 * <p>Properties: {@code countersign.fuzz.seconds} how long, {@code countersign.fuzz.seed} from
 * where. More than 700 {@code countersign.tries} mean the long run.
 */
final class FuzzTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Disk DISK = Everyday.disk();

    /**
     * For up to 10,000 characters; more may take longer in proportion. Three kept inputs take 6 to
     * 11 ms on a quiet machine, and there is as much for what shares the processor's caches: unlike
     * the shapes of {@code CostTest}, no input is compiled for before it is measured.
     */
    private static final long MOST_NANOS = 20_000_000L;

    /**
     * So often something slow is asked again, the least time counts: what is rare is compiled only
     * after some hundred calls.
     */
    private static final int MOST_REPEATS = 200;

    /** What may not be exceeded even by the least of {@link #FEW_REPEATS} more. */
    private static final long MOST_NANOS_SOON = 50_000_000L;

    private static final int FEW_REPEATS = 4;

    private static final List<Shell> SHELLS =
            List.of(Shell.BASH, Shell.BASH, Shell.BASH, Shell.ZSH, Shell.SH, Shell.PWSH, Shell.CMD);
    private static final List<String> PLATFORMS = List.of("linux", "linux", "macos", "windows");
    private static final int MOST_SHOWN = 20;

    /** A tool as its client calls it. */
    private record Named(String client, String tool) {}

    private static final List<Named> TOOLS = tools();
    private static final List<String> SEEDS = Texts.all();

    /** What is sent. */
    private record Sent(Named tool, Shell shell, String platform, ObjectNode input) {
        ToolCall call() {
            Context context =
                    new Context("/w", "/w", "/home/u", shell, platform, Map.of("HOME", "/home/u"));
            return Fixture.call(tool.client(), tool.tool(), input, context);
        }

        /** Ready to be kept. */
        String line() {
            ObjectNode line = JSON.createObjectNode();
            line.put("client", tool.client()).put("tool", tool.tool());
            line.put("shell", shell.wire()).put("platform", platform).set("input", input);
            try {
                return JSON.writeValueAsString(line);
            } catch (JsonProcessingException e) {
                return line.toString();
            }
        }

        static Sent of(JsonNode line) {
            return new Sent(
                    new Named(line.get("client").asText(), line.get("tool").asText()),
                    Shell.of(line.get("shell").asText()).orElseThrow(),
                    line.get("platform").asText(),
                    (ObjectNode) line.get("input"));
        }
    }

    @BeforeAll
    static void warmUp() {
        for (int round = 0; round < 2; round++) {
            for (String seed : SEEDS) {
                Fixture.operations(seed);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> keptInputs() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Texts.folder("/cases/fuzz"))) {
            for (Path file : files.sorted().toList()) {
                int number = 0;
                for (String line : Files.readAllLines(file)) {
                    Sent sent = Sent.of(JSON.readTree(line));
                    number++;
                    tests.add(
                            DynamicTest.dynamicTest(
                                    file.getFileName() + ":" + number,
                                    () -> assertThat(wrong(sent)).as(line).isEmpty()));
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    /** A normal run never goes further than runs have gone before, in a minute at the most. */
    private static final int MOST_INPUTS = 250_000;

    @Test
    void anyInput() {
        boolean longRun = Integer.getInteger("countersign.tries", 700) > 700;
        long seconds = Long.getLong("countersign.fuzz.seconds", longRun ? 120 : 60);
        long seed = Seeds.next("countersign.fuzz.seed");
        long end = THREADS.getCurrentThreadCpuTime() + seconds * 1_000_000_000L;
        long wall = System.nanoTime() + 4 * seconds * 1_000_000_000L;
        Random random = new Random(seed);
        Mutator mutator = new Mutator(random, SEEDS);
        List<String> found = new ArrayList<>();
        int count = 0;
        while ((longRun || count < MOST_INPUTS)
                && THREADS.getCurrentThreadCpuTime() < end
                && System.nanoTime() < wall
                && found.size() < MOST_SHOWN) {
            Sent sent = sent(random, mutator);
            count++;
            wrong(sent).ifPresent(what -> found.add(what + "\n" + sent.line()));
        }
        System.out.println(
                "FuzzTest: " + count + " inputs, -Dcountersign.fuzz.seed=" + seed + " makes them");
        assertThat(found).as("seed " + seed + ", to be kept in cases/fuzz").isEmpty();
        assertThat(count).isGreaterThan(1_000);
    }

    private static Sent sent(Random random, Mutator mutator) {
        Shell shell = SHELLS.get(random.nextInt(SHELLS.size()));
        String platform = PLATFORMS.get(random.nextInt(PLATFORMS.size()));
        if (random.nextInt(4) > 0) {
            Named bash = new Named("claude-code", "Bash");
            return new Sent(bash, shell, platform, Mutator.command(mutator.text()));
        }
        Named tool = TOOLS.get(random.nextInt(TOOLS.size()));
        ObjectNode input = mutator.input();
        return new Sent(tool, shell, platform, input);
    }

    /** What is wrong with the answer, if anything. */
    private static Optional<String> wrong(Sent sent) {
        ToolCall call = sent.call();
        Analyzer analyzer = new Analyzer(DISK, Fixture.GUARDED);
        long start = THREADS.getCurrentThreadCpuTime();
        Analysis analysis;
        try {
            analysis = analyzer.analyze(call);
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.of("threw " + e);
        }
        long took = THREADS.getCurrentThreadCpuTime() - start;
        int length = analysis.source().length();
        for (Operation operation : analysis.operations()) {
            if (operation.summary().contains("this is a bug")) {
                return Optional.of(operation.summary() + trace(call));
            }
            if (operation.source().to() > length) {
                return Optional.of(operation.source() + " is beyond " + length);
            }
        }
        long part = Math.max(10_000, length);
        long most = MOST_NANOS * part / 10_000;
        long soon = took;
        for (int again = 0; took > most && again < MOST_REPEATS; again++) {
            // What was not compiled yet, and what shares the processor, is slow at first.
            start = THREADS.getCurrentThreadCpuTime();
            analyzer.analyze(call);
            took = Math.min(took, THREADS.getCurrentThreadCpuTime() - start);
            soon = again < FEW_REPEATS ? took : soon;
        }
        return took > most || soon > MOST_NANOS_SOON * part / 10_000
                ? Optional.of(
                        "%d µs for %d characters, %d µs soon"
                                .formatted(took / 1_000, length, soon / 1_000))
                : Optional.empty();
    }

    /** Where in the code it broke, where that can be seen again. */
    private static String trace(ToolCall call) {
        try {
            Call inner = new Call(DISK, Fixture.GUARDED, call.context(), UserPrograms.NONE);
            new ClientTools(inner, call, "").judge();
            inner.operations();
            return "";
        } catch (RuntimeException | StackOverflowError e) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < Math.min(6, e.getStackTrace().length); i++) {
                text.append("\n    at ").append(e.getStackTrace()[i]);
            }
            return text.toString();
        }
    }

    private static List<Named> tools() {
        try {
            Object document =
                    new Load(LoadSettings.builder().build())
                            .loadFromString(Files.readString(Texts.folder("/clients/tools.yaml")));
            List<Named> tools = new ArrayList<>();
            for (Map.Entry<String, Object> client : Flow.map(document).entrySet()) {
                for (Object names : Flow.map(client.getValue()).values()) {
                    Flow.texts(names).forEach(name -> tools.add(new Named(client.getKey(), name)));
                }
            }
            return List.copyOf(tools);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
