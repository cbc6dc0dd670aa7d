package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.policy.Effect;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What files that define scripts, targets and tasks make of a call. A file of {@code
 * cases/definitions} holds scenes: the {@code files} of a disk, and commands by what is expected of
 * them, {@code floor}, {@code critical}, {@code opaque} (asked in every mode), {@code asked} or
 * {@code quiet}. {@code both} holds contents of one file, each with the command and what is
 * expected.
 */
final class DefinitionCasesTest {
    @TestFactory
    Stream<DynamicTest> everyCommandIsJudgedByWhatIsDefined()
            throws IOException, URISyntaxException {
        URL folder = DefinitionCasesTest.class.getResource("/cases/definitions");
        assertThat(folder).isNotNull();
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                tests.addAll(tests(file));
            }
        }
        assertThat(tests).hasSizeGreaterThan(300);
        return tests.stream();
    }

    private static List<DynamicTest> tests(Path file) throws IOException {
        Object document =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        List<DynamicTest> tests = new ArrayList<>();
        for (Object entry : (List<?>) Flow.map(document).getOrDefault("scenes", List.of())) {
            Map<String, Object> scene = Flow.map(entry);
            Map<String, Object> files = Flow.map(scene.get("files"));
            files.replaceAll((_, text) -> String.valueOf(text).replace("@BLANKS@", BLANKS));
            for (String expected : List.of("floor", "critical", "opaque", "asked", "quiet")) {
                for (String command : Flow.texts(scene.get(expected))) {
                    String name =
                            file.getFileName()
                                    + ": "
                                    + scene.getOrDefault("about", files)
                                    + ": "
                                    + command
                                    + " is "
                                    + expected;
                    tests.add(
                            DynamicTest.dynamicTest(
                                    name,
                                    () -> holds(new Disk(files, Map.of()), command, expected)));
                }
            }
        }
        return tests;
    }

    private static final String BLANKS = " ".repeat(300 * 1024);

    private static void holds(Facts disk, String command, String expected) {
        WholeEngine.Verdict verdict = new WholeEngine(disk).judge(command);
        List<Operation> found = verdict.operations();
        switch (expected) {
            case "floor" ->
                    assertThat(found).as(verdict.why()).anyMatch(one -> one.floor() != null);
            case "critical" ->
                    assertThat(verdict.effect()).as(verdict.why()).isEqualTo(Effect.DENY);
            case "opaque" -> {
                assertThat(verdict.allowed()).as(verdict.why()).isFalse();
                assertThat(found)
                        .as(verdict.why())
                        .anyMatch(one -> one.opaque() || one.floor() != null);
            }
            case "asked" -> assertThat(verdict.effect()).as(verdict.why()).isEqualTo(Effect.ASK);
            default -> assertThat(verdict.allowed()).as(verdict.why()).isTrue();
        }
    }
}
