package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.ToolCall;
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
 * Every case of {@code cases/analysis}: a command, or a tool with its input, and the operations it
 * is. An operation is written as {@code action risk [opaque] [floor] [cell=action] [+tag]…}. A file
 * may say what stands on the disk ({@code files}, {@code links}, {@code tracked} by index file),
 * and which {@code platform}, {@code workspace} and {@code home} there are.
 */
final class CasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> everyCaseIsWhatItSays() throws IOException, URISyntaxException {
        URL folder = CasesTest.class.getResource("/cases/analysis");
        assertThat(folder).isNotNull();
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                tests.addAll(tests(file));
            }
        }
        assertThat(tests).hasSizeGreaterThan(150);
        return tests.stream();
    }

    private static List<DynamicTest> tests(Path file) throws IOException {
        Object document =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
        Map<String, Object> all = Flow.map(document);
        Facts facts =
                new Disk(
                        Flow.map(all.getOrDefault("files", Map.of())),
                        Flow.map(all.getOrDefault("links", Map.of())),
                        Flow.map(all.getOrDefault("tracked", Map.of())));
        List<DynamicTest> tests = new ArrayList<>();
        for (Object entry : (List<?>) all.getOrDefault("cases", List.of())) {
            Map<String, Object> one = Flow.map(entry);
            ToolCall call = call(one, all);
            String name =
                    file.getFileName()
                            + ": "
                            + one.getOrDefault("command", one.get("tool") + " " + one.get("input"));
            tests.add(
                    DynamicTest.dynamicTest(
                            name,
                            () ->
                                    assertThat(words(call, facts))
                                            .as(name)
                                            .isEqualTo(Flow.texts(one.get("does")))));
        }
        return tests;
    }

    private static ToolCall call(Map<String, Object> one, Map<String, Object> file) {
        Shell shell = Shell.of(String.valueOf(one.getOrDefault("shell", "bash"))).orElseThrow();
        String workspace = String.valueOf(file.getOrDefault("workspace", "/w"));
        Context context =
                new Context(
                        String.valueOf(one.getOrDefault("cwd", workspace)),
                        workspace,
                        String.valueOf(file.getOrDefault("home", "/home/u")),
                        shell,
                        String.valueOf(
                                one.getOrDefault(
                                        "platform", file.getOrDefault("platform", "linux"))),
                        Map.of("HOME", String.valueOf(file.getOrDefault("home", "/home/u"))));
        if (one.containsKey("command")) {
            ObjectNode input = JSON.createObjectNode();
            return Fixture.call(
                    "claude-code",
                    "Bash",
                    input.put("command", String.valueOf(one.get("command"))),
                    context);
        }
        ObjectNode input = JSON.valueToTree(one.getOrDefault("input", Map.of()));
        String client = String.valueOf(one.getOrDefault("client", "claude-code"));
        return Fixture.call(client, String.valueOf(one.get("tool")), input, context);
    }

    private static List<String> words(ToolCall call, Facts facts) {
        return new Analyzer(facts, Fixture.GUARDED)
                .analyze(call).operations().stream().map(CasesTest::word).toList();
    }

    private static String word(Operation operation) {
        StringBuilder text =
                new StringBuilder(operation.action().wire() + " " + operation.risk().wire());
        if (operation.opaque()) {
            text.append(" opaque");
        }
        if (operation.floor() != null) {
            text.append(" floor");
        }
        if (operation.cell() != operation.action()) {
            text.append(" cell=").append(operation.cell().wire());
        }
        operation.tags().forEach(tag -> text.append(" +").append(tag));
        return text.toString();
    }
}
