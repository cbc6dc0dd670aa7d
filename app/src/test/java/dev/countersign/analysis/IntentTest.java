package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Shell;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is surely the same has the same key, and nothing else has. */
final class IntentTest {
    private static List<List<String>> lines(String key) throws IOException {
        try (InputStream in = IntentTest.class.getResourceAsStream("/cases/intent.yaml")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Object> all =
                    Flow.map(new Load(LoadSettings.builder().build()).loadFromString(text));
            List<List<String>> lines = new ArrayList<>();
            for (Object line : (List<?>) all.getOrDefault(key, List.of())) {
                lines.add(Flow.texts(line));
            }
            return lines;
        }
    }

    private static Set<String> deeds(String command) {
        ToolCall call = Fixture.command(command, "/w", Shell.BASH);
        return Intent.deeds(
                new Analyzer(Facts.NONE, Fixture.GUARDED).analyze(call), call.context());
    }

    @TestFactory
    Stream<DynamicTest> anotherSpellingIsTheSame() throws IOException {
        List<List<String>> lines = lines("same");
        assertThat(lines).hasSizeGreaterThanOrEqualTo(40);
        return lines.stream()
                .map(line ->
                        DynamicTest.dynamicTest(
                                line.getFirst(),
                                () -> {
                                    Set<String> first = deeds(line.getFirst());
                                    for (String other : line) {
                                        assertThat(deeds(other)).as(other).isEqualTo(first);
                                    }
                                }));
    }

    @TestFactory
    Stream<DynamicTest> anotherEffectIsNot() throws IOException {
        List<List<String>> lines = lines("differ");
        int pairs = lines.stream().mapToInt(line -> line.size() * (line.size() - 1) / 2).sum();
        assertThat(pairs).isGreaterThanOrEqualTo(40);
        return lines.stream()
                .map(line ->
                        DynamicTest.dynamicTest(
                                line.getFirst(),
                                () -> {
                                    for (int i = 0; i < line.size(); i++) {
                                        for (int j = 0; j < i; j++) {
                                            assertThat(deeds(line.get(i)))
                                                    .as(line.get(i) + " and " + line.get(j))
                                                    .isNotEqualTo(deeds(line.get(j)));
                                        }
                                    }
                                }));
    }

    @Test
    void oneKeyAnOperation() {
        ToolCall call = Fixture.command("rm a; git push; cat b | frobnicate");
        Analysis analysis = new Analyzer(Facts.NONE, Fixture.GUARDED).analyze(call);
        assertThat(Intent.of(analysis, call.context())).hasSameSizeAs(analysis.operations());
    }

    @Test
    void aToolOfTheClientAndTheShellMeanTheSame() {
        ToolCall tool =
                Fixture.call(
                        "Write",
                        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                                .objectNode()
                                .put("file_path", "/w/out.txt")
                                .put("content", "x"),
                        "/w",
                        Shell.BASH);
        Analysis analysis = new Analyzer(Facts.NONE, Fixture.GUARDED).analyze(tool);
        assertThat(Intent.deeds(analysis, tool.context())).isEqualTo(deeds("echo x > out.txt"));
    }
}
