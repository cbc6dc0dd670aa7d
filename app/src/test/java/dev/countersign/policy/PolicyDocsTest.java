package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.call.Action;
import dev.countersign.call.Domain;
import dev.countersign.call.RiskTier;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about policy says what the data says, and its examples load. */
final class PolicyDocsTest {
    private static final Path PAGE = Path.of("..", "docs", "policy.md");

    @Test
    void theTableOfActionsIsTheData() throws Exception {
        List<String> lines = new ArrayList<>(List.of("| domain | actions (risk) |", "|---|---|"));
        for (Domain domain : Domain.values()) {
            lines.add(
                    "| "
                            + domain.wire()
                            + " | "
                            + String.join(
                                    " · ",
                                    actions(domain).stream()
                                            .map(a -> "`" + a.wire() + "` " + a.risk().wire())
                                            .toList())
                            + " |");
        }
        assertThat(table("actions")).isEqualTo(lines);
    }

    @Test
    void theTableOfProfilesIsTheData() throws Exception {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder("| profile |");
        for (Domain domain : Domain.values()) {
            head.append(' ').append(domain.wire()).append(" |");
        }
        lines.add(head.toString());
        lines.add("|---|" + "---|".repeat(Domain.values().length));
        for (Map.Entry<String, Map<Action, Effect>> profile :
                Defaults.BUILT_IN.profiles().entrySet()) {
            StringBuilder line = new StringBuilder("| " + profile.getKey() + " |");
            for (Domain domain : Domain.values()) {
                line.append(' ')
                        .append(
                                String.join(
                                        "/",
                                        actions(domain).stream()
                                                .map(a -> cell(profile.getValue().get(a)))
                                                .toList()))
                        .append(" |");
            }
            lines.add(line.toString());
        }
        assertThat(table("profiles")).isEqualTo(lines);
    }

    @Test
    void theTableOfModesIsTheData() throws Exception {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "| autonomy | none | low | medium | high | critical |",
                                "|---|---|---|---|---|---|"));
        Defaults.BUILT_IN
                .modes()
                .forEach((name, mode) ->
                        lines.add(
                                "| "
                                        + name
                                        + " | "
                                        + String.join(
                                                " | ",
                                                Arrays.stream(RiskTier.values())
                                                        .map(tier ->
                                                                Defaults.word(
                                                                        Objects.requireNonNull(
                                                                                mode.get(tier))))
                                                        .toList())
                                        + " |"));
        assertThat(table("modes")).isEqualTo(lines);
    }

    @Test
    void everyExampleOnThePageLoads() throws Exception {
        Matcher matcher =
                Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE));
        int found = 0;
        while (matcher.find()) {
            String text = matcher.group(1);
            String document =
                    text.matches("(?s)(policy|template|named_rule):.*")
                            ? text
                            : "policy: example\n" + text;
            assertThat(
                            PolicyReader.read(
                                            "policy.md",
                                            document,
                                            Level.PROJECT,
                                            true,
                                            WorkedExamplesTest.EXAMPLES,
                                            PolicyReader.MAX_LENGTH)
                                    .problems())
                    .as(document)
                    .isEmpty();
            found++;
        }
        assertThat(found).isGreaterThanOrEqualTo(3);
    }

    @Test
    void theTableOfNamedRulesIsTheLibrary() throws Exception {
        List<String> lines =
                new ArrayList<>(List.of("| name | kind | what it does | parameters |"));
        lines.add("|---|---|---|---|");
        for (Library.Entry entry : Library.builtIn().entries()) {
            lines.add(
                    "| `"
                            + entry.name()
                            + "` | "
                            + (entry.kind().equals("template") ? "template" : "named rule")
                            + " | "
                            + entry.summary()
                            + " | "
                            + String.join(
                                    ", ",
                                    entry.parameters().entrySet().stream()
                                            .map(p ->
                                                    "`"
                                                            + p.getKey()
                                                            + "`"
                                                            + (p.getValue().isEmpty()
                                                                    ? ""
                                                                    : " (" + p.getValue() + ")"))
                                            .toList())
                            + " |");
        }
        assertThat(table("library")).isEqualTo(lines);
    }

    @Test
    void theSchemaKnowsTheKeysTheReaderKnows() throws Exception {
        try (InputStream in = PolicyReader.class.getResourceAsStream("policy.schema.json")) {
            JsonNode schema = new ObjectMapper().readTree(Objects.requireNonNull(in));
            JsonNode defs = schema.path("$defs");
            JsonNode policy = defs.path("policy").path("properties");
            assertThat(names(policy)).containsExactlyElementsOf(DocumentReader.KEYS);
            assertThat(names(defs.path("template").path("properties")))
                    .containsExactlyElementsOf(DefinitionReader.TEMPLATE_KEYS);
            assertThat(names(defs.path("named_rule").path("properties")))
                    .containsExactlyElementsOf(DefinitionReader.NAMED_RULE_KEYS);
            assertThat(names(policy.path("applies_to").path("properties")))
                    .containsExactlyElementsOf(ScopeReader.SCOPE_KEYS);
            assertThat(
                            names(
                                    policy.path("personas")
                                            .path("additionalProperties")
                                            .path("properties")))
                    .containsExactlyElementsOf(ScopeReader.PERSONA_KEYS);
            assertThat(names(defs.path("rule").path("properties")))
                    .containsExactlyInAnyOrderElementsOf(RuleReader.KEYS);
            assertThat(names(defs.path("window").path("properties")))
                    .containsExactlyInAnyOrderElementsOf(WindowReader.KEYS);
            assertThat(names(policy.path("approvals").path("items").path("properties")))
                    .containsExactlyInAnyOrderElementsOf(ApprovalReader.KEYS);
            List<String> conditions = new ArrayList<>(SelectorReader.KEYS);
            for (Action action : Action.values()) {
                conditions.add(action.wire());
            }
            assertThat(names(defs.path("conditions").path("properties")))
                    .containsExactlyInAnyOrderElementsOf(conditions);
            assertThat(values(defs.path("profile").path("enum"))).isEqualTo(Policy.profiles());
            assertThat(values(defs.path("autonomy").path("oneOf").path(0).path("enum")))
                    .isEqualTo(Policy.modes());
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> values(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }

    private static List<Action> actions(Domain domain) {
        return Arrays.stream(Action.values()).filter(a -> a.domain() == domain).toList();
    }

    private static String cell(@org.jspecify.annotations.Nullable Effect effect) {
        return switch (Defaults.word(Objects.requireNonNull(effect))) {
            case "allow" -> "a";
            case "never" -> "n";
            default -> "ask";
        };
    }

    private static List<String> table(String name) throws Exception {
        List<String> lines = Files.readAllLines(PAGE);
        int start = lines.indexOf("<!-- table: " + name + " -->");
        assertThat(start).as(name).isGreaterThanOrEqualTo(0);
        return lines.stream()
                .skip(start + 1L)
                .dropWhile(String::isBlank)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
