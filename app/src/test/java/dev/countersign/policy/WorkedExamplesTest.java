package dev.countersign.policy;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plays the worked examples of {@code docs/policy.md} with the real analysis. */
final class WorkedExamplesTest {
    private static final Path PAGE = Path.of("../docs/policy.md");
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    static final PolicyReader.Examples EXAMPLES =
            (call, programs) -> Optional.of(ANALYZER.analyze(call, programs).operations());

    @TestFactory
    Stream<DynamicTest> everyLineOfTheExamplesComesOutAsWritten() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (String section : sections()) {
            String title = section.lines().findFirst().orElse("");
            PolicySnapshot snapshot = snapshot(section);
            List<String> columns = List.of();
            for (String line : section.lines().toList()) {
                if (!line.startsWith("|") || line.startsWith("|---")) {
                    continue;
                }
                List<String> cells =
                        Arrays.stream(line.substring(1, line.length() - 1).split(" \\| |^ | $"))
                                .map(String::strip)
                                .filter(cell -> !cell.isEmpty())
                                .toList();
                if (cells.getFirst().equals("call")) {
                    columns = cells;
                    continue;
                }
                List<String> names = columns;
                tests.add(
                        DynamicTest.dynamicTest(
                                title + " " + line, () -> play(snapshot, names, cells)));
            }
        }
        return tests.stream();
    }

    @Test
    void thereAreFourteen() throws Exception {
        assertThat(sections()).hasSize(14);
    }

    private static List<String> sections() throws Exception {
        String page = Files.readString(PAGE);
        String part = page.substring(page.indexOf("## Fourteen worked examples"));
        part = part.substring(0, part.indexOf("\n## ", 5));
        return Arrays.stream(part.split("\n### ")).skip(1).toList();
    }

    private static PolicySnapshot snapshot(String section) {
        List<PolicyReader.Text> texts = new ArrayList<>();
        Matcher block =
                Pattern.compile("```(yaml|json)\n(.*?)```", Pattern.DOTALL).matcher(section);
        while (block.find()) {
            texts.add(
                    new PolicyReader.Text(
                            "f." + block.group(1), block.group(2), Level.PROJECT, true));
        }
        List<Policy> policies = new ArrayList<>();
        for (PolicyReader.Result read :
                PolicyReader.read(texts, EXAMPLES, PolicyReader.MAX_LENGTH)) {
            assertThat(read.problems()).isEmpty();
            policies.add(read.policy().orElseThrow());
        }
        return PolicySnapshot.of(policies);
    }

    private static void play(PolicySnapshot snapshot, List<String> columns, List<String> cells) {
        String call = cells.getFirst();
        String agent = "main";
        Instant at = Instant.parse("2026-11-20T10:00:00Z");
        String answer = "";
        for (int i = 1; i < columns.size(); i++) {
            switch (columns.get(i)) {
                case "agent" -> agent = cells.get(i);
                case "at" -> at = Instant.parse(cells.get(i));
                default -> answer = cells.get(i);
            }
        }
        ToolCall tool = call(call, agent);
        Decision decision =
                Evaluator.evaluate(snapshot, tool, ANALYZER.analyze(tool, snapshot.programs()), at);
        String shown = ExplanationText.of(decision);
        String[] parts = answer.split(": ", 2);
        assertThat(decision.effect().wire()).as(shown).isEqualTo(parts[0]);
        if (parts.length > 1) {
            assertThat(decision.reason().toLowerCase(Locale.ROOT)).contains(parts[1]);
        }
    }

    private static ToolCall call(String text, String agent) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        String tool = "Bash";
        if (text.startsWith("`")) {
            input.put("command", text.substring(1, text.length() - 1));
        } else {
            assertThat(text).startsWith("file_write: ./");
            tool = "Write";
            input.put("file_path", "/home/ana/app/" + text.substring("file_write: ./".length()));
            input.put("content", "x");
        }
        return new ToolCall(
                "claude-code",
                tool,
                input,
                new Context(
                        "/home/ana/app",
                        "/home/ana/app",
                        "/home/ana",
                        Shell.BASH,
                        "linux",
                        Map.of()),
                Subject.local(agent),
                null,
                null,
                null);
    }
}
