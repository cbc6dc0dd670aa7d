package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Examples are judged as the calls they stand for would be. */
final class ExampleCheckTest {
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final PolicyReader.Examples FULL =
            (call, programs) -> Optional.of(ANALYZER.analyze(call, programs).operations());

    private static List<String> problems(String text, PolicyReader.Examples examples) {
        return PolicyReader.read(
                        "p.yaml", text, Level.PROJECT, true, examples, PolicyReader.MAX_LENGTH)
                .problems()
                .stream()
                .map(PolicyProblem::message)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> theExamplesOfADocumentHold() throws IOException {
        try (InputStream in = ExampleCheckTest.class.getResourceAsStream("/cases/examples.yaml")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<?> cases = (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text);
            assertThat(cases).hasSizeGreaterThanOrEqualTo(6);
            return cases.stream().map(each -> test((Map<?, ?>) each));
        }
    }

    private static DynamicTest test(Map<?, ?> row) {
        PolicyReader.Examples examples =
                Boolean.TRUE.equals(row.get("plain")) ? PolicyReader.Examples.PLAIN : FULL;
        return DynamicTest.dynamicTest(
                String.valueOf(row.get("name")),
                () ->
                        assertThat(problems(String.valueOf(row.get("document")), examples))
                                .isEmpty());
    }

    /** The reading of examples can fail. */
    @Test
    void anExampleThatDoesNotHoldIsAProblem() {
        String text =
                """
                policy: p
                rules:
                  - deny: {tag: shipit}
                    examples: {match: ["mytool plan"]}
                tags:
                  shipit: {command: "mytool ship"}
                """;
        assertThat(problems(text, FULL)).isNotEmpty();
    }
}
