package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.ToolCall;
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
 * the {@code files} of a disk, and by the answer ({@code deny}, {@code ask} or {@code allow})
 * commands for bash; or maps of a {@code command} and its {@code shell} and {@code platform}, or of
 * a {@code client}, its {@code tool} and {@code input}.
 */
final class RuleCasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

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
            for (Object entry : (List<?>) all.getOrDefault(effect.wire(), List.of())) {
                String name = file.getFileName() + ": " + entry + ": " + effect.wire();
                tests.add(
                        DynamicTest.dynamicTest(
                                name,
                                () -> {
                                    WholeEngine.Verdict verdict = engine.judge(call(entry));
                                    assertThat(verdict.effect())
                                            .as(verdict.why())
                                            .isEqualTo(effect);
                                }));
            }
        }
        return tests;
    }

    private static ToolCall call(Object entry) {
        if (!(entry instanceof Map)) {
            return Fixture.command(String.valueOf(entry));
        }
        Map<String, Object> one = Flow.map(entry);
        Shell shell = Shell.of(String.valueOf(one.getOrDefault("shell", "bash"))).orElseThrow();
        String platform = String.valueOf(one.getOrDefault("platform", "linux"));
        boolean windows = platform.equals("windows");
        String workspace = windows ? "C:\\w" : "/w";
        String home = windows ? "C:\\Users\\u" : "/home/u";
        Context context =
                new Context(workspace, workspace, home, shell, platform, Map.of("HOME", home));
        Object command = one.get("command");
        return Fixture.call(
                String.valueOf(one.getOrDefault("client", "claude-code")),
                String.valueOf(one.getOrDefault("tool", "Bash")),
                command == null
                        ? JSON.valueToTree(one.getOrDefault("input", Map.of()))
                        : JSON.createObjectNode().put("command", String.valueOf(command)),
                context);
    }
}
