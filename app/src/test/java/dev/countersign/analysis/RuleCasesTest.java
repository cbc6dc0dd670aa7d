package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.policy.Effect;
import dev.countersign.policy.Level;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
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
 * What rules on commands catch in shell text. A file of {@code cases/rules} has one {@code policy},
 * the {@code files} of a disk, and commands by the answer: {@code deny}, {@code ask} or {@code
 * allow}.
 */
final class RuleCasesTest {
    @TestFactory
    Stream<DynamicTest> rulesCatchWhatTheySay() throws IOException, URISyntaxException {
        URL folder = RuleCasesTest.class.getResource("/cases/rules");
        assertThat(folder).isNotNull();
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                tests.addAll(tests(file));
            }
        }
        assertThat(tests).hasSizeGreaterThan(40);
        return tests.stream();
    }

    private static List<DynamicTest> tests(Path file) throws IOException {
        Map<String, Object> all =
                Flow.map(
                        new Load(LoadSettings.builder().build())
                                .loadFromString(Files.readString(file)));
        Policy policy =
                PolicyReader.read(
                                "countersign.yaml",
                                String.valueOf(all.get("policy")),
                                Level.PROJECT,
                                true)
                        .policy()
                        .orElseThrow();
        Facts disk = new Disk(Flow.map(all.getOrDefault("files", Map.of())), Map.of());
        WholeEngine engine = new WholeEngine(disk, PolicySnapshot.of(List.of(policy)));
        List<DynamicTest> tests = new ArrayList<>();
        for (Effect effect : List.of(Effect.DENY, Effect.ASK, Effect.ALLOW)) {
            for (String command : Flow.texts(all.get(effect.wire()))) {
                String name = file.getFileName() + ": " + command + ": " + effect.wire();
                tests.add(
                        DynamicTest.dynamicTest(
                                name,
                                () -> {
                                    WholeEngine.Verdict verdict = engine.judge(command);
                                    assertThat(verdict.effect())
                                            .as(verdict.why())
                                            .isEqualTo(effect);
                                }));
            }
        }
        return tests;
    }
}
