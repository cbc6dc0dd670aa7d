package dev.countersign.policy.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.Documents;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.ExplanationText;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Imports every sample of {@code cases/import}. Beside a sample stand the document and the report
 * it must give, and calls with what the original client does ({@code theirs}) and what the document
 * does ({@code ours}); where ours is looser, {@code looser} is a part of the report that says so.
 */
final class ImportsTest {
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final PolicyReader.Examples EXAMPLES =
            new Documents(ANALYZER, (_, _) -> false).examples();
    private static final String WORKSPACE = "/home/ana/app";

    @TestFactory
    Stream<DynamicContainer> everySampleComesOutAsWritten() throws Exception {
        List<DynamicContainer> samples = new ArrayList<>();
        for (Format format : Format.values()) {
            for (Path file : samples(format)) {
                samples.add(
                        DynamicContainer.dynamicContainer(
                                format.word() + "/" + file.getFileName(), sample(format, file)));
            }
        }
        return samples.stream();
    }

    private static List<Path> samples(Format format) throws Exception {
        Path folder =
                Path.of(
                        Objects.requireNonNull(ImportsTest.class.getResource("/cases/import"))
                                .toURI());
        try (Stream<Path> files = Files.list(folder.resolve(format.word()))) {
            return files.filter(f -> f.toString().matches(".*[.](json|rules|toml)"))
                    .sorted()
                    .toList();
        }
    }

    private static List<DynamicTest> sample(Format format, Path file) throws Exception {
        String name = String.valueOf(file.getFileName());
        Imported.Document document = document(format, name, Files.readString(file));
        String stem = name.substring(0, name.lastIndexOf('.'));
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(
                DynamicTest.dynamicTest(
                        "document",
                        () ->
                                assertThat(document.yaml())
                                        .isEqualTo(
                                                Files.readString(
                                                        file.resolveSibling(
                                                                stem + ".policy.yaml")))));
        String report = String.join("\n", document.report(name)) + "\n";
        tests.add(
                DynamicTest.dynamicTest(
                        "report",
                        () ->
                                assertThat(report)
                                        .isEqualTo(
                                                Files.readString(
                                                        file.resolveSibling(
                                                                stem + ".report.txt")))));
        PolicySnapshot snapshot = snapshot(document.yaml());
        Object calls =
                new Load(LoadSettings.builder().build())
                        .loadFromString(
                                Files.readString(file.resolveSibling(stem + ".calls.yaml")));
        for (Object item : (List<?>) calls) {
            Map<?, ?> call = (Map<?, ?>) item;
            tests.add(
                    DynamicTest.dynamicTest(
                            String.valueOf(call), () -> play(format, snapshot, report, call)));
        }
        return tests;
    }

    private static PolicySnapshot snapshot(String yaml) {
        PolicyReader.Result read =
                PolicyReader.read(
                        "import.yaml",
                        yaml,
                        Level.PROJECT,
                        true,
                        EXAMPLES,
                        PolicyReader.MAX_LENGTH);
        assertThat(read.problems().stream().filter(PolicyProblem::error)).isEmpty();
        return PolicySnapshot.of(List.of(read.policy().orElseThrow()));
    }

    private static void play(
            Format format, PolicySnapshot snapshot, String report, Map<?, ?> call) {
        ToolCall tool = call(format, call);
        Decision decision =
                Evaluator.evaluate(
                        snapshot,
                        tool,
                        ANALYZER.analyze(tool, snapshot.programs()),
                        Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(decision.effect().wire())
                .as(ExplanationText.of(decision))
                .isEqualTo(call.get("ours"));
        Effect theirs = Effect.of(String.valueOf(call.get("theirs"))).orElseThrow();
        if (decision.effect().compareTo(theirs) < 0) {
            assertThat(call.get("looser")).as("our answer is looser").isNotNull();
            assertThat(report).contains(String.valueOf(call.get("looser")));
        }
    }

    private static ToolCall call(Format format, Map<?, ?> call) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        String tool = String.valueOf(call.get("tool"));
        if (call.get("command") instanceof String command) {
            tool =
                    switch (format) {
                        case CLAUDE_CODE -> "Bash";
                        case OPENCODE, CODEFLOW -> "bash";
                        case CODEX -> "shell_command";
                        case GEMINI -> "run_shell_command";
                    };
            input.put("command", command);
        }
        if (call.get("path") instanceof String path) {
            String absolute =
                    path.startsWith("./")
                            ? WORKSPACE + path.substring(1)
                            : path.startsWith("~/") ? "/home/ana" + path.substring(1) : path;
            input.put(format == Format.OPENCODE ? "filePath" : "file_path", absolute);
            input.put("content", "x");
        }
        if (call.get("input") instanceof Map<?, ?> given) {
            given.forEach((key, value) -> input.put(String.valueOf(key), String.valueOf(value)));
        }
        @Nullable Object agent = call.get("agent");
        return new ToolCall(
                format.word(),
                tool,
                input,
                new Context(WORKSPACE, WORKSPACE, "/home/ana", Shell.BASH, "linux", Map.of()),
                Subject.local(agent == null ? "main" : String.valueOf(agent)),
                null,
                null,
                null);
    }

    private static Imported.Document document(Format format, String name, String text) {
        Imported imported = Imports.read(format, new Imports.Original(name, text, false), EXAMPLES);
        assertThat(imported).isInstanceOf(Imported.Document.class);
        return (Imported.Document) imported;
    }

    @Test
    void codeflowIsReadAsItIsWithTheSameAnswers() throws Exception {
        for (Path file : samples(Format.CODEFLOW)) {
            String name = String.valueOf(file.getFileName());
            PolicyReader.Result read =
                    PolicyReader.read(name, Files.readString(file), Level.PROJECT, true);
            PolicySnapshot snapshot = PolicySnapshot.of(List.of(read.policy().orElseThrow()));
            Object calls =
                    new Load(LoadSettings.builder().build())
                            .loadFromString(
                                    Files.readString(
                                            file.resolveSibling(
                                                    name.replace(".json", ".calls.yaml"))));
            for (Object call : (List<?>) calls) {
                play(Format.CODEFLOW, snapshot, "", (Map<?, ?>) call);
            }
        }
    }

    @Test
    void pathsOfAUsersOwnSettingsStartThere() {
        String text = "{\"permissions\": {\"deny\": [\"Edit(/agents/**)\"]}}";
        Imported imported =
                Imports.read(
                        Format.CLAUDE_CODE,
                        new Imports.Original("settings.json", text, true),
                        EXAMPLES);
        assertThat(((Imported.Document) imported).yaml()).contains("\"~/.claude/agents/**\"");
    }

    @Test
    void whatCannotBeReadSaysWhere() {
        assertThat(problem(Format.CLAUDE_CODE, "{\"permissions\": {\n  \"allow\": \"Bash\"}}"))
                .isEqualTo("f:2:12: `allow` is `Bash`; expected a list of texts");
        assertThat(problem(Format.CLAUDE_CODE, "{\"permissions\": {\"defaultMode\": \"yes\"}}"))
                .startsWith("f:1:18: `defaultMode` is `yes`; expected one of");
        assertThat(problem(Format.CLAUDE_CODE, "[]")).startsWith("f:1:1: the file is no map");
        assertThat(problem(Format.OPENCODE, "{\"permission\": {\n\"bash\": 3}}"))
                .startsWith("f:2:9: `permission` is `3`; expected one of allow, ask, deny");
        assertThat(problem(Format.CODEFLOW, "{\"permission\": ")).startsWith("f:1:");
        assertThat(problem(Format.CODEX, "prefix_rule(pattern=[\"a\"],\n  decision=\"no\")"))
                .startsWith("f:1:1: `decision` is `no`");
        assertThat(problem(Format.CODEX, "\nprefix_rule(pattern=[\"a)\n"))
                .isEqualTo("f:2:22: a text does not end");
        assertThat(problem(Format.CODEX, "x = [\n1,\n")).isEqualTo("f:1:5: a bracket does not end");
        assertThat(problem(Format.GEMINI, "[[rule]]\ndecision = \"maybe\"\n"))
                .startsWith("f:2:1: `decision` is `maybe`");
        assertThat(problem(Format.GEMINI, "[[rule]\n")).startsWith("f:1:7: no TOML: ");
        assertThat(problem(Format.GEMINI, "a = " + "[".repeat(5000)))
                .isEqualTo("f:1:25: nested deeper than 20 levels");
        assertThat(problem(Format.CODEX, "x = " + "[".repeat(5000)))
                .isEqualTo("f:1:25: nested deeper than 20 levels");
        assertThat(problem(Format.CLAUDE_CODE, "{\"a\": " + "[".repeat(5000))).startsWith("f:1:");
        for (Format format : Format.values()) {
            assertThat(problem(format, " ".repeat(Imports.MAX_LENGTH + 1)))
                    .startsWith("f:1:1: the file has 262145 characters");
        }
    }

    @Test
    void tooManyRulesAreRefused() {
        String rule = "prefix_rule(pattern=[\"a\"])\n";
        assertThat(problem(Format.CODEX, rule.repeat(1_001)))
                .isEqualTo("f:1001:1: more than 1000 rules; expected fewer, or several files");
    }

    private static String problem(Format format, String text) {
        Imported imported = Imports.read(format, new Imports.Original("f", text, false), EXAMPLES);
        assertThat(imported).as(text).isInstanceOf(Imported.Unreadable.class);
        return ((Imported.Unreadable) imported).problems().getFirst().toString();
    }
}
