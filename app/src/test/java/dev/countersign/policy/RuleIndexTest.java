package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Whatever matches is among the candidates, and few others are. */
final class RuleIndexTest {
    private static final List<String> WORDS =
            List.of("git", "npm", "src", "main", "push", "deploy", "a", "x.ts", "api", "build");

    @Test
    void findsEveryRuleOfTheCasesThatMatchesAnOperationOfTheCases() throws Exception {
        List<Rule> rules = new ArrayList<>();
        List<Subjected> operations = new ArrayList<>();
        for (Path file : files()) {
            Map<?, ?> spec = (Map<?, ?>) load(file);
            if (spec.get("documents") instanceof List<?> documents) {
                List<PolicyReader.Text> texts = new ArrayList<>();
                for (Object document : documents) {
                    texts.add(
                            new PolicyReader.Text(
                                    "f.yaml",
                                    String.valueOf(((Map<?, ?>) document).get("text")),
                                    Level.PROJECT,
                                    true));
                }
                PolicyReader.read(texts, PolicyReader.Examples.PLAIN, PolicyReader.MAX_LENGTH)
                        .forEach(read -> {
                            assertThat(read.problems().stream().filter(PolicyProblem::error))
                                    .isEmpty();
                            rules.addAll(read.policy().orElseThrow().rules());
                        });
            }
            for (Object one : (List<?>) Objects.requireNonNull(spec.get("cases"))) {
                operations(operations, (Map<?, ?>) one);
            }
        }
        assertThat(rules).hasSizeGreaterThan(100);
        assertThat(operations).hasSizeGreaterThan(250);
        check(rules, operations);
    }

    @Test
    void findsEveryRandomRuleThatMatches() {
        Random random = new Random(42);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rules.add(rule(random));
        }
        List<Subjected> operations = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            operations.add(operation(random));
        }
        check(rules, operations);
    }

    /** Sub-commands by their several names, in rules and in commands. */
    @Test
    void findsEveryRuleThatMatchesByAnotherName() {
        Random random = new Random(43);
        List<String> programs = List.of("npm", "pnpm", "n?m", "docker", "pip", "pip3", "*");
        List<String> words =
                List.of(
                        "i",
                        "install",
                        "in*",
                        "add",
                        "run",
                        "run-script",
                        "test",
                        "t",
                        "tst",
                        "x",
                        "exec",
                        "container",
                        "image",
                        "ls",
                        "list",
                        "rm",
                        "remove",
                        "images");
        List<Rule> rules = new ArrayList<>();
        List<Subjected> operations = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            StringBuilder pattern = new StringBuilder(programs.get(random.nextInt(7)));
            StringBuilder command =
                    new StringBuilder(
                            List.of("npm", "pnpm", "docker", "pip3").get(random.nextInt(4)));
            for (int j = 0; j <= random.nextInt(3); j++) {
                pattern.append(' ').append(words.get(random.nextInt(words.size())));
                command.append(random.nextInt(6) == 0 ? " --force " : " ")
                        .append(words.get(random.nextInt(words.size())).replace("*", "fo"));
            }
            rules.addAll(read("policy: p\nrules:\n  - deny: {shell_run: \"" + pattern + " *\"}\n"));
            operations.add(subjected(Operations.of(Map.of("command", command.toString()))));
        }
        check(rules, operations);
    }

    private static List<Rule> read(String text) {
        return PolicyReader.read("f.yaml", text, Level.PROJECT, true)
                .policy()
                .orElseThrow()
                .rules();
    }

    @Test
    void looksAtFewOfMany() {
        StringBuilder text = new StringBuilder("policy: p\nrules:\n");
        for (int i = 0; i < 4_000; i++) {
            text.append("  - deny: ")
                    .append(
                            switch (i % 8) {
                                case 4 -> "{shell_run: \"npm run task-" + i + " *\"}";
                                case 5 -> "{shell_run: \"npm install package-" + i + "\"}";
                                case 6 -> "{shell_run: \"docker run image-" + i + " *\"}";
                                case 7 -> "{git_push: \"release-" + i + "-*\"}";
                                case 0 -> "{shell_run: \"tool" + i + " run *\"}";
                                case 1 -> "{file_write: \"./module" + i + "/**\"}";
                                case 2 -> "{path: \"**/*.ext" + i + "\"}";
                                default -> "{host: \"*.host" + i + ".example\"}";
                            })
                    .append('\n');
        }
        List<Rule> rules = read(text.toString());
        RuleIndex index = RuleIndex.of(rules);
        for (Map<String, Object> spec :
                List.<Map<String, Object>>of(
                        Map.of("command", "tool1200 run x"),
                        Map.of("command", "npm run task-404 x"),
                        Map.of("command", "npm run-script task-404"),
                        Map.of("command", "npm i package-405"),
                        Map.of("command", "docker container run image-406 sh"),
                        Map.of("action", "git_push", "branch", "release-407-a"),
                        Map.of("action", "file_write", "path", "/w/module2001/src/a.ts"),
                        Map.of("action", "file_read", "path", "/w/src/a.ext1002"),
                        Map.of("action", "web_fetch", "host", "a.host403.example"))) {
            int[] found = index.candidates(subjected(Operations.of(spec)));
            assertThat(found).as(spec.toString()).hasSizeBetween(1, 40);
        }
        assertThat(index.candidates(subjected(Operations.of(Map.of("command", "npm test")))))
                .hasSizeLessThan(40);
    }

    private static void check(List<Rule> rules, List<Subjected> operations) {
        RuleIndex index = RuleIndex.of(rules, 0);
        int matches = 0;
        for (Subjected operation : operations) {
            int[] found = index.candidates(operation);
            assertThat(found).isSorted().doesNotHaveDuplicates();
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i).matches(operation)) {
                    matches++;
                    assertThat(Arrays.binarySearch(found, i))
                            .as(rules.get(i).text() + " on " + operation.operation())
                            .isNotNegative();
                }
            }
        }
        assertThat(matches).isGreaterThan(100);
    }

    private static void operations(List<Subjected> into, Map<?, ?> one) {
        List<Object> specs = new ArrayList<>();
        if (one.get("operation") != null) {
            specs.add(Objects.requireNonNull(one.get("operation")));
        }
        if (one.get("operations") instanceof List<?> several) {
            specs.addAll(several);
        }
        for (Object spec : specs) {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = (Map<String, Object>) spec;
            into.add(subjected(Operations.of(map)));
        }
    }

    private static Subjected subjected(Operation operation) {
        ToolCall call = Operations.call("main", null, "ana@example.com");
        return new Subjected(
                operation,
                call,
                operation.tags(),
                operation.risk(),
                operation.handed(),
                new Matches());
    }

    private static Rule rule(Random random) {
        String text =
                "policy: p\nrules:\n  - "
                        + (random.nextBoolean() ? "deny: " : "allow: ")
                        + switch (random.nextInt(6)) {
                            case 0 ->
                                    "{shell_run: \""
                                            + glob(random)
                                            + " "
                                            + glob(random)
                                            + (random.nextBoolean() ? " *" : "")
                                            + "\"}";
                            case 1 -> "{path: \"" + start(random) + glob(random) + "/**\"}";
                            case 2 -> "{file_read: \"" + start(random) + glob(random) + "\"}";
                            case 3 -> "{host: \"*." + glob(random) + ".com\"}";
                            case 4 -> "{git_push: \"" + glob(random) + "\"}";
                            default -> "{mcp_call: {tool: \"" + glob(random) + "\"}}";
                        }
                        + "\n";
        return read(text).getFirst();
    }

    private static String start(Random random) {
        return List.of("./", "", "**/", "/w/", "~/").get(random.nextInt(5));
    }

    private static String glob(Random random) {
        String word = word(random);
        return switch (random.nextInt(5)) {
            case 0 -> word + "*";
            case 1 -> "*" + word;
            case 2 -> word.substring(0, 1) + "?" + word.substring(1);
            default -> word;
        };
    }

    private static String word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private static Subjected operation(Random random) {
        String some = random.nextInt(8) == 0 ? "?" : word(random);
        Map<String, Object> spec =
                switch (random.nextInt(5)) {
                    case 0 ->
                            Map.of(
                                    "command",
                                    (random.nextBoolean() ? "" : "/usr/bin/")
                                            + word(random)
                                            + " -v "
                                            + (some.equals("?") ? "$x" : some));
                    case 1 ->
                            Map.of(
                                    "action",
                                    "file_read",
                                    "path",
                                    some.equals("?") ? "?" : "/w/" + some + "/" + word(random),
                                    "from",
                                    "/w/" + word(random),
                                    "whole",
                                    random.nextInt(3) == 0);
                    case 2 ->
                            Map.of(
                                    "action",
                                    "web_fetch",
                                    "host",
                                    some.equals("?") ? "?" : "a." + some + ".com");
                    case 3 -> Map.of("action", "git_push", "branch", some);
                    default -> Map.of("action", "mcp_call", "tool", some);
                };
        return subjected(Operations.of(spec));
    }

    private static List<Path> files() throws IOException, URISyntaxException {
        Path folder =
                Path.of(
                        Objects.requireNonNull(RuleIndexTest.class.getResource("/cases/decide"))
                                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static Object load(Path file) throws IOException {
        return new Load(LoadSettings.builder().setLabel(file.toString()).build())
                .loadFromString(Files.readString(file));
    }
}
