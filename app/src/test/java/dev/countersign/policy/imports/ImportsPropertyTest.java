package dev.countersign.policy.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Imports random rules over commands and compares the answer with a plain model of each client:
 * ours is never looser, unless the report lists a deny or an ask as not carried over.
 */
final class ImportsPropertyTest {
    private static final int FILES = 400;
    private static final int COMMANDS = 12;
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final List<String> WORDS =
            List.of(
                    "tool",
                    "toolx",
                    "run",
                    "runs",
                    "main",
                    "-x",
                    "-xy",
                    "--long",
                    "--longer",
                    "a/b");
    private static final List<String> STARS =
            List.of("*", "tool*", "ru*", "*n", "-x*", "--long*", "r*n", "*oo*", "m*");

    /** A rule before it is written in the form of a client. */
    private record Rule(Effect effect, String pattern, int priority) {}

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"CLAUDE_CODE", "OPENCODE", "CODEX", "GEMINI"})
    void neverLooserThanTheClient(Format format) {
        Random random = new Random(20261121);
        int compared = 0;
        for (int i = 0; i < FILES; i++) {
            List<Rule> rules = new ArrayList<>();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                rules.add(rule(format, random));
            }
            String text = text(format, rules);
            Imported imported =
                    Imports.read(
                            format,
                            new Imports.Original("f", text, false),
                            PolicyReader.Examples.PLAIN);
            assertThat(imported).as(text).isInstanceOf(Imported.Document.class);
            Imported.Document document = (Imported.Document) imported;
            if (document.lines().stream().anyMatch(ImportsPropertyTest::loosens)) {
                continue;
            }
            PolicySnapshot snapshot =
                    PolicySnapshot.of(
                            List.of(
                                    PolicyReader.read(
                                                    "f.yaml", document.yaml(), Level.PROJECT, true)
                                            .policy()
                                            .orElseThrow()));
            for (int n = 0; n < COMMANDS; n++) {
                String command = command(random);
                Effect theirs = theirs(format, rules, command);
                Effect ours = ours(snapshot, command);
                assertThat(ours.compareTo(theirs))
                        .as(
                                "`%s`: theirs %s, ours %s\n%s\n%s\n%s",
                                command,
                                theirs,
                                ours,
                                text,
                                document.yaml(),
                                String.join("\n", document.report("f")))
                        .isGreaterThanOrEqualTo(0);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(FILES * COMMANDS / 3);
    }

    /** A restrictive rule that the report says is not carried, and that counted there. */
    private static boolean loosens(Imported.Line line) {
        return line.outcome() == Imported.Outcome.NOT_CARRIED
                && !line.source().contains("allow")
                && !line.text().contains("counts there before it")
                && !line.text().contains("as an exception to line");
    }

    private static Rule rule(Format format, Random random) {
        Effect effect = List.of(Effect.ALLOW, Effect.ASK, Effect.DENY).get(random.nextInt(3));
        List<String> words = new ArrayList<>();
        words.add(pick(random, List.of("tool", "tool", "toolx")));
        boolean stars = format == Format.CLAUDE_CODE || format == Format.OPENCODE;
        for (int n = random.nextInt(4); n > 0; n--) {
            words.add(pick(random, stars && random.nextInt(3) == 0 ? STARS : WORDS));
        }
        if (stars && random.nextInt(3) == 0) {
            words.add("*");
        }
        if (stars && random.nextInt(8) == 0) {
            words.set(0, pick(random, STARS));
        }
        return new Rule(effect, String.join(" ", words), random.nextInt(5));
    }

    private static String command(Random random) {
        List<String> words = new ArrayList<>();
        words.add(pick(random, List.of("tool", "tool", "toolx")));
        for (int n = random.nextInt(4); n > 0; n--) {
            words.add(pick(random, WORDS));
        }
        return String.join(" ", words);
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String text(Format format, List<Rule> rules) {
        StringBuilder text = new StringBuilder();
        switch (format) {
            case CLAUDE_CODE -> {
                text.append("{\"permissions\": {");
                for (Effect effect : List.of(Effect.ALLOW, Effect.ASK, Effect.DENY)) {
                    List<String> own =
                            rules.stream()
                                    .filter(rule -> rule.effect == effect)
                                    .map(rule -> "\"Bash(" + rule.pattern + ")\"")
                                    .toList();
                    text.append("\n\"" + effect.wire() + "\": [")
                            .append(String.join(", ", own))
                            .append("],");
                }
                text.append("}}");
            }
            case OPENCODE, CODEFLOW -> {
                text.append("{\"permission\": {\"bash\": {\n");
                for (Rule rule : unique(rules)) {
                    text.append("\"" + rule.pattern + "\": \"" + rule.effect.wire() + "\",\n");
                }
                text.append("}}}");
            }
            case CODEX -> {
                for (Rule rule : rules) {
                    text.append("prefix_rule(pattern=[\"")
                            .append(rule.pattern.replace(" ", "\", \""))
                            .append("\"], decision=\"")
                            .append(
                                    switch (rule.effect) {
                                        case ALLOW -> "allow";
                                        case ASK -> "prompt";
                                        case DEFER, DENY -> "forbidden";
                                    })
                            .append("\")\n");
                }
            }
            case GEMINI -> {
                for (Rule rule : rules) {
                    text.append("[[rule]]\ncommandPrefix = \"" + rule.pattern + "\"\ndecision = \"")
                            .append(rule.effect == Effect.ASK ? "ask_user" : rule.effect.wire())
                            .append("\"\npriority = " + rule.priority + "\n");
                }
            }
        }
        return text.toString();
    }

    /** A key stands once in JSON. */
    private static List<Rule> unique(List<Rule> rules) {
        List<Rule> unique = new ArrayList<>();
        for (Rule rule : rules) {
            if (unique.stream().noneMatch(one -> one.pattern.equals(rule.pattern))) {
                unique.add(rule);
            }
        }
        return unique;
    }

    private static Effect theirs(Format format, List<Rule> rules, String command) {
        Stream<Rule> matching =
                (format == Format.OPENCODE ? unique(rules) : rules)
                        .stream().filter(rule -> matches(format, rule.pattern, command));
        return switch (format) {
            case CLAUDE_CODE ->
                    matching.map(Rule::effect).max(Effect::compareTo).orElse(Effect.ASK);
            case OPENCODE, CODEFLOW ->
                    matching.reduce((_, last) -> last).map(Rule::effect).orElse(Effect.ALLOW);
            // What no rule is about is decided elsewhere: by the sandbox there.
            case CODEX -> matching.map(Rule::effect).max(Effect::compareTo).orElse(Effect.ALLOW);
            case GEMINI ->
                    matching.reduce((first, next) -> next.priority > first.priority ? next : first)
                            .map(Rule::effect)
                            .orElse(Effect.ASK);
        };
    }

    private static boolean matches(Format format, String pattern, String command) {
        if (format == Format.CODEX || format == Format.GEMINI) {
            return (command + " ").startsWith(pattern + " ");
        }
        String tail = pattern.endsWith(" *") ? "( .*)?" : "";
        String rest = tail.isEmpty() ? pattern : pattern.substring(0, pattern.length() - 2);
        String regex =
                Stream.of(rest.split("\\*", -1))
                        .map(Pattern::quote)
                        .reduce((one, next) -> one + ".*" + next)
                        .orElse("");
        return command.matches(regex + tail);
    }

    private static Effect ours(PolicySnapshot snapshot, String command) {
        ToolCall call =
                new ToolCall(
                        "claude-code",
                        "Bash",
                        JsonNodeFactory.instance.objectNode().put("command", command),
                        new Context("/w", "/w", "/home/ana", Shell.BASH, "linux", Map.of()),
                        Subject.local("main"),
                        null,
                        null,
                        null);
        return Evaluator.evaluate(
                        snapshot,
                        call,
                        ANALYZER.analyze(call, snapshot.programs()),
                        Instant.parse("2026-11-20T10:00:00Z"))
                .effect();
    }
}
