package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Guarded;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Offer;
import dev.countersign.approval.Terms;
import dev.countersign.approval.Work;
import dev.countersign.call.Context;
import dev.countersign.call.Organisation;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.config.MachineFacts;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a remembered yes allows later, and what it does not: {@code cases/grants.yaml}. */
@SuppressWarnings("NullAway.Init")
final class GrantCasesTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Analyzer analyzer = new Analyzer(new MachineFacts(), Guarded.DEFAULT);
    private final Granting granting =
            new Granting(
                    new dev.countersign.approval.Grants(
                            new dev.countersign.testing.MemoryGrantStore(
                                    new dev.countersign.testing.MemoryLedger()),
                            java.time.Clock.systemUTC(),
                            _ -> Optional.empty(),
                            Organisation.NONE),
                    analyzer);

    private @TempDir Path root;

    /** A repository with a second working tree, another repository of the same name, and a link. */
    @BeforeEach
    void files() throws IOException {
        root = root.toRealPath();
        repository("main/payments");
        repository("other/payments");
        Path tree = root.resolve("main/payments/.git/worktrees/second");
        Files.createDirectories(tree);
        Files.createDirectories(root.resolve("trees/second/src"));
        Files.createDirectories(root.resolve("trees/second/scripts"));
        Files.writeString(tree.resolve("HEAD"), "ref: refs/heads/x\n");
        Files.writeString(tree.resolve("commondir"), "../..\n");
        Files.writeString(tree.resolve("gitdir"), root.resolve("trees/second/.git") + "\n");
        Files.writeString(root.resolve("trees/second/.git"), "gitdir: " + tree + "\n");
        Files.writeString(root.resolve("trees/second/src/a.txt"), "a\n");
        Path forged = root.resolve("forged/payments");
        Files.createDirectories(forged);
        Files.writeString(forged.resolve(".git"), "gitdir: " + tree + "\n");
        Files.createDirectories(root.resolve("main/payments-old"));
        Files.createDirectories(root.resolve("elsewhere"));
        Files.writeString(root.resolve("elsewhere/data.txt"), "x\n");
        Files.createSymbolicLink(
                root.resolve("main/payments/src/link.txt"), root.resolve("elsewhere/data.txt"));
    }

    private void repository(String name) throws IOException {
        Path folder = root.resolve(name);
        Files.createDirectories(folder.resolve(".git/objects"));
        Files.createDirectories(folder.resolve(".git/refs"));
        Files.createDirectories(folder.resolve("src/sub"));
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve(".git/HEAD"), "ref: refs/heads/main\n");
        Files.writeString(folder.resolve("scripts/x.py"), "print(1)\n");
        Files.writeString(folder.resolve("package.json"), "{\"name\":\"p\"}\n");
        Files.writeString(folder.resolve("README.md"), "read me\n");
        for (String file : List.of("src/a.txt", "src/b.txt", "src/sub/c.txt")) {
            Files.writeString(folder.resolve(file), "text\n");
        }
    }

    private static List<Map<?, ?>> cases() throws IOException {
        try (InputStream in = GrantCasesTest.class.getResourceAsStream("/cases/grants.yaml")) {
            assertThat(in).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Map<?, ?>> cases = new ArrayList<>();
            for (Object each :
                    (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text)) {
                cases.add((Map<?, ?>) each);
            }
            return cases;
        }
    }

    @TestFactory
    Stream<DynamicTest> later() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map<?, ?> row : cases()) {
            for (String effect : List.of("allow", "ask", "refused")) {
                for (Object later : list(row.get(effect))) {
                    tests.add(
                            DynamicTest.dynamicTest(
                                    row.get("approve") + " then " + later,
                                    () -> check(row, later, effect)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(60);
        return tests.stream();
    }

    /** Patterns that a person must not get, and scopes that are not offered. */
    @TestFactory
    Stream<DynamicTest> notOffered() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map<?, ?> row : cases()) {
            for (Object pattern : list(row.get("wider"))) {
                tests.add(
                        DynamicTest.dynamicTest(
                                row.get("approve") + " as " + pattern,
                                () ->
                                        assertThat(
                                                        offer(call(row.get("approve")))
                                                                .problem(
                                                                        terms(
                                                                                row,
                                                                                String.valueOf(
                                                                                        pattern))))
                                                .isPresent()));
            }
            if (Boolean.TRUE.equals(row.get("once"))) {
                tests.add(
                        DynamicTest.dynamicTest(
                                row.get("approve") + " once only",
                                () -> {
                                    Offer offer = offer(call(row.get("approve")));
                                    assertThat(offer.scopes()).containsExactly(Grant.Scope.ONCE);
                                    assertThat(offer.problem(terms(row, ""))).isPresent();
                                }));
            }
            if (row.containsKey("proposed")) {
                tests.add(
                        DynamicTest.dynamicTest(
                                row.get("approve") + " proposes " + row.get("proposed"),
                                () ->
                                        assertThat(offer(call(row.get("approve"))).pattern())
                                                .isEqualTo(row.get("proposed"))));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(20);
        return tests.stream();
    }

    private void check(Map<?, ?> row, Object laterCall, String wanted) {
        ToolCall first = call(row.get("approve"));
        Offer offer = offer(first);
        Object given = row.get("pattern");
        String pattern =
                "widest".equals(given)
                        ? offer.pattern()
                        : given == null ? "" : String.valueOf(given);
        Terms terms = terms(row, pattern);
        assertThat(offer.problem(terms)).as("the pattern `%s`", pattern).isEmpty();
        Grant grant =
                new Grant(
                        "GRN-1",
                        "APR-1",
                        offer,
                        terms.scope(),
                        pattern.lines().toList(),
                        List.of(),
                        NOON,
                        null,
                        null,
                        0,
                        NOON,
                        null,
                        null);
        ToolCall later = call(laterCall);
        Analysis analysis = analyzer.analyze(later);
        Decision decision = decide(later, analysis);
        boolean covered =
                decision instanceof Decision.Ask ask
                        && grant.isFor(granting.offer(later, analysis, ask, work(later)))
                        && Granting.covering(List.of(grant), later, analysis, ask).isPresent();
        String found =
                covered
                        ? "allow"
                        : decision instanceof Decision.Ask
                                ? "ask"
                                : decision instanceof Decision.Deny ? "deny" : "policy allows";
        if (wanted.equals("refused")) {
            assertThat(found).isIn("ask", "deny");
        } else {
            assertThat(found).as(decision.reason()).isEqualTo(wanted);
        }
    }

    private static Terms terms(Map<?, ?> row, String pattern) {
        Object scope = row.get("scope");
        return new Terms(
                Grant.Scope.of(scope == null ? "task" : String.valueOf(scope)).orElseThrow(),
                pattern,
                null,
                null);
    }

    private Offer offer(ToolCall call) {
        Analysis analysis = analyzer.analyze(call);
        Decision decision = decide(call, analysis);
        assertThat(decision).as(decision.reason()).isInstanceOf(Decision.Ask.class);
        return granting.offer(call, analysis, (Decision.Ask) decision, work(call));
    }

    private static Work work(ToolCall call) {
        return new Work(call.subject().agent(), call.task(), call.session(), null, Set.of());
    }

    private static Decision decide(ToolCall call, Analysis analysis) {
        return Evaluator.evaluate(PolicySnapshot.of(List.of()), call, analysis, NOON);
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    /** A command, or a map of {@code command} or {@code tool} and {@code input}, and who where. */
    private ToolCall call(@Nullable Object written) {
        Map<?, ?> row =
                written instanceof Map<?, ?> map ? map : Map.of("command", String.valueOf(written));
        String at = root + "/" + text(row, "at", "main/payments");
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        if (row.containsKey("command")) {
            input.put("command", text(row, "command", "").replace("{root}", root.toString()));
        } else {
            input.setAll((ObjectNode) JSON.valueToTree(row.get("input")));
            input.properties()
                    .forEach(field -> {
                        if (field.getValue().isTextual()) {
                            field.setValue(
                                    JsonNodeFactory.instance.textNode(
                                            field.getValue()
                                                    .textValue()
                                                    .replace("{at}", at)
                                                    .replace("{root}", root.toString())));
                        }
                    });
        }
        String cwd = row.containsKey("cwd") ? at + "/" + row.get("cwd") : at;
        Object type = row.get("type");
        return new ToolCall(
                "claude-code",
                text(row, "tool", "Bash"),
                input,
                new Context(cwd, at, root + "/home", Shell.BASH, "linux", Map.of()),
                new Subject(
                        text(row, "tenant", "default"),
                        text(row, "agent", "builder"),
                        type == null ? null : String.valueOf(type),
                        "ana@example.com",
                        null),
                text(row, "session", "s"),
                null,
                null);
    }

    private static String text(Map<?, ?> row, String name, String otherwise) {
        Object value = row.get(name);
        return value == null ? otherwise : String.valueOf(value);
    }
}
