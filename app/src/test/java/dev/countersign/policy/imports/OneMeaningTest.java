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
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Level;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A permission block of words means the same whether the file is taken as it is or imported, and is
 * never looser than there, where the last match wins.
 */
final class OneMeaningTest {
    private static final int BLOCKS = 300;
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final List<String> KEYS =
            List.of("*", "bash", "edit", "read", "webfetch", "task", "skill");

    /** A call each permission is about. */
    private static final Map<String, ToolCall> CALLS =
            new TreeMap<>(
                    Map.of(
                            "bash", call("Bash", "command", "make x"),
                            "edit", call("Write", "file_path", "/home/ana/app/a"),
                            "read", call("Read", "file_path", "/home/ana/app/a"),
                            "webfetch", call("WebFetch", "url", "https://example.com/a")));

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"OPENCODE", "CODEFLOW"})
    void asItIsAndImported(Format format) {
        Random random = new Random(20261122);
        for (int i = 0; i < BLOCKS; i++) {
            List<String> keys = new ArrayList<>(KEYS);
            Collections.shuffle(keys, random);
            Map<String, Effect> words = new java.util.LinkedHashMap<>();
            for (String key : keys.subList(0, 1 + random.nextInt(4))) {
                words.put(
                        key, List.of(Effect.ALLOW, Effect.ASK, Effect.DENY).get(random.nextInt(3)));
            }
            ObjectNode block = JsonNodeFactory.instance.objectNode();
            words.forEach((key, effect) -> block.put(key, effect.wire()));
            String text =
                    JsonNodeFactory.instance
                            .objectNode()
                            .<ObjectNode>set("permission", block)
                            .toString();
            Imported imported =
                    Imports.read(
                            format,
                            new Imports.Original("f.json", text, false),
                            PolicyReader.Examples.PLAIN);
            assertThat(imported).as(text).isInstanceOf(Imported.Document.class);
            PolicySnapshot asItIs = snapshot("opencode.json", text);
            PolicySnapshot brought = snapshot("f.yaml", ((Imported.Document) imported).yaml());
            CALLS.forEach((key, call) -> {
                Effect ours = effect(asItIs, call);
                assertThat(effect(brought, call)).as(key + " of " + text).isEqualTo(ours);
                assertThat(ours).as(key + " of " + text).isGreaterThanOrEqualTo(there(words, key));
            });
        }
    }

    /** Patterns of one permission, in any order: the same taken as it is and imported. */
    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"OPENCODE", "CODEFLOW"})
    void patternsInAnyOrder(Format format) {
        Random random = new Random(20261123);
        List<String> names = List.of("*", "git *", "git status", "make *", "make x");
        List<String> commands = List.of("git status", "make x", "npm test");
        String file = format == Format.OPENCODE ? "opencode.json" : "codeflow.json";
        for (int i = 0; i < BLOCKS; i++) {
            List<String> keys = new ArrayList<>(names);
            Collections.shuffle(keys, random);
            Map<String, Effect> words = new java.util.LinkedHashMap<>();
            for (String key : keys.subList(0, 1 + random.nextInt(4))) {
                words.put(
                        key, List.of(Effect.ALLOW, Effect.ASK, Effect.DENY).get(random.nextInt(3)));
            }
            ObjectNode root = JsonNodeFactory.instance.objectNode();
            ObjectNode bash = root.putObject("permission").putObject("bash");
            words.forEach((key, effect) -> bash.put(key, effect.wire()));
            String text = root.toString();
            Imported imported =
                    Imports.read(
                            format,
                            new Imports.Original(file, text, false),
                            PolicyReader.Examples.PLAIN);
            assertThat(imported).as(text).isInstanceOf(Imported.Document.class);
            PolicySnapshot asItIs = snapshot(file, text);
            PolicySnapshot brought = snapshot("f.yaml", ((Imported.Document) imported).yaml());
            commands.forEach(command -> {
                ToolCall call = call("Bash", "command", command);
                Effect ours = effect(asItIs, call);
                assertThat(effect(brought, call)).as(command + " of " + text).isEqualTo(ours);
                if (format == Format.OPENCODE) {
                    assertThat(ours)
                            .as(command + " of " + text)
                            .isGreaterThanOrEqualTo(lastMatch(words, command));
                }
            });
        }
    }

    /** As opencode has it: a star is any text, the last match wins. */
    private static Effect lastMatch(Map<String, Effect> words, String command) {
        Effect last = Effect.ALLOW;
        for (Map.Entry<String, Effect> word : words.entrySet()) {
            if (command.matches(word.getKey().replace("*", ".*"))) {
                last = word.getValue();
            }
        }
        return last;
    }

    /** The last match wins; what is not named is allowed. */
    private static Effect there(Map<String, Effect> words, String key) {
        Effect last = Effect.ALLOW;
        for (Map.Entry<String, Effect> word : words.entrySet()) {
            if (word.getKey().equals("*") || word.getKey().equals(key)) {
                last = word.getValue();
            }
        }
        return last;
    }

    private static PolicySnapshot snapshot(String file, String text) {
        return PolicySnapshot.of(
                List.of(PolicyReader.read(file, text, Level.PROJECT, true).policy().orElseThrow()));
    }

    private static Effect effect(PolicySnapshot snapshot, ToolCall call) {
        return Evaluator.evaluate(
                        snapshot,
                        call,
                        ANALYZER.analyze(call, snapshot.programs()),
                        Instant.parse("2026-11-20T10:00:00Z"))
                .effect();
    }

    private static ToolCall call(String tool, String field, String value) {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put(field, value);
        if (tool.equals("Write")) {
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
                Subject.local("main"),
                null,
                null,
                null);
    }
}
