package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every tool name the clients are known to use is mapped on purpose. */
final class ClientToolsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Known(String client, String does, String tool) {}

    private static List<Known> known() throws IOException {
        try (InputStream in = ClientToolsTest.class.getResourceAsStream("/clients/tools.yaml")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Object document = new Load(LoadSettings.builder().build()).loadFromString(text);
            List<Known> known = new ArrayList<>();
            Flow.map(document)
                    .forEach((client, byDeed) ->
                            Flow.map(byDeed)
                                    .forEach((does, tools) ->
                                            Flow.texts(tools)
                                                    .forEach(tool ->
                                                            known.add(
                                                                    new Known(
                                                                            client, does, tool)))));
            return known;
        }
    }

    private static List<Operation> operations(String client, String tool) {
        ToolCall call =
                new ToolCall(
                        client,
                        tool,
                        JsonNodeFactory.instance.objectNode(),
                        Fixture.context("/w", Shell.BASH),
                        Subject.local("agent"),
                        null,
                        null,
                        null);
        return new Analyzer(Facts.NONE, Fixture.GUARDED).analyze(call).operations();
    }

    @TestFactory
    Stream<DynamicTest> everyToolIsMappedOnPurpose() throws IOException {
        List<Known> known = known();
        assertThat(known).hasSizeGreaterThan(100);
        return known.stream()
                .map(one ->
                        DynamicTest.dynamicTest(
                                one.client + " " + one.tool,
                                () -> {
                                    if (one.does.equals("mcp_server")) {
                                        serverTool(one);
                                    } else {
                                        assertThat(ToolTable.find(one.client, one.tool))
                                                .map(ToolTable.Entry::does)
                                                .hasValue(one.does);
                                    }
                                }));
    }

    private static void serverTool(Known one) {
        Operation operation = operations(one.client, one.tool).getFirst();
        assertThat(operation.action()).isEqualTo(Action.MCP_CALL);
        assertThat(operation.resource())
                .isInstanceOfSatisfying(
                        Resource.Tool.class,
                        tool -> {
                            assertThat(tool.server()).isIn("tiny", "items");
                            assertThat(tool.tool()).isIn("echo", "fail", "ask_user", "delete_item");
                        });
    }

    @Test
    void aToolNobodyDescribedSaysSo() throws IOException {
        assertThat(operations("codex", "frobnicate"))
                .singleElement()
                .satisfies(operation -> {
                    assertThat(operation.action()).isEqualTo(Action.MCP_CALL);
                    assertThat(operation.risk()).isEqualTo(RiskTier.MEDIUM);
                    assertThat(operation.summary())
                            .isEqualTo("calls `frobnicate`, a tool that is not known");
                });
        for (Known one : known()) {
            if (one.does.equals("unknown") || one.does.equals("opaque")) {
                assertThat(ToolTable.find(one.client, one.tool).orElseThrow().why())
                        .as(one.tool)
                        .isNotBlank();
            }
        }
    }

    @Test
    void aNameMayMeanAnotherThingInAnotherClient() {
        assertThat(operations("codex", "exec").getFirst().opaque()).isTrue();
        assertThat(operations("copilot", "sql").getFirst().action()).isEqualTo(Action.TASK_WRITE);
        assertThat(operations("codex", "sql").getFirst().action()).isEqualTo(Action.MCP_CALL);
    }

    @Test
    void everyRecordedPayloadIsInTheList() throws IOException, URISyntaxException {
        Set<String> listed = new HashSet<>();
        known().forEach(one -> listed.add(one.client + " " + one.tool));
        URL folder = ClientToolsTest.class.getResource("/clients");
        assertThat(folder).isNotNull();
        int seen = 0;
        try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
            Path root = Path.of(folder.toURI());
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                JsonNode payload = JSON.readTree(Files.readString(file));
                String client = root.relativize(file).getName(0).toString();
                for (String field : List.of("tool_name", "toolName", "tool")) {
                    JsonNode name = payload.get(field);
                    if (name != null && name.isTextual()) {
                        assertThat(listed).contains(client + " " + name.textValue());
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
    }

    @Test
    void everyLineOfTheTableIsUnderstood() {
        Set<String> words =
                Set.of(
                        "shell", "shells", "pwsh", "read", "list", "write", "edit", "editor",
                        "delete", "web", "patch", "mcp", "entity", "opaque", "unknown");
        for (Map.Entry<String, Object> line :
                DataFile.read("client-tools.yaml").entries().entrySet()) {
            String does = String.valueOf(Flow.map(line.getValue()).get("does"));
            assertThat(words.contains(does) || Action.of(does).isPresent())
                    .as(line.getKey() + " " + does)
                    .isTrue();
        }
    }
}
