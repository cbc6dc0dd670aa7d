package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Affiliation;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Plays every file of {@code cases/decide}: documents, operations, and what must come out. */
final class DecideCasesTest {
    private static final Set<String> FILE_KEYS =
            Set.of(
                    "description",
                    "documents",
                    "at",
                    "agent",
                    "profile",
                    "autonomy",
                    "cases",
                    "refused");
    private static final Set<String> REFUSED_KEYS =
            Set.of("name", "file", "text", "says", "schema");
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);
    private static final Set<String> CASE_KEYS =
            Set.of(
                    "name",
                    "operation",
                    "operations",
                    "command",
                    "tool",
                    "input",
                    "explains",
                    "hides",
                    "agent",
                    "agent_type",
                    "person",
                    "at",
                    "want",
                    "decider",
                    "reason",
                    "first",
                    "instead",
                    "until",
                    "requirements",
                    "expires",
                    "unanswered",
                    "risk",
                    "client",
                    "workspace",
                    "project",
                    "teams",
                    "drivers_teams",
                    "known_teams",
                    "persona",
                    "obligations",
                    "personas");

    @TestFactory
    Stream<DynamicContainer> everyCaseComesOutAsWritten() throws Exception {
        List<DynamicContainer> files = new ArrayList<>();
        for (Path file : files()) {
            Map<String, Object> spec = load(file);
            assertThat(FILE_KEYS).as(file.toString()).containsAll(spec.keySet());
            PolicySnapshot snapshot = snapshot(file, spec);
            List<DynamicTest> tests = new ArrayList<>();
            for (Object item : list(spec.get("cases"))) {
                Map<String, Object> one = map(item);
                assertThat(CASE_KEYS).as(file.toString()).containsAll(one.keySet());
                tests.add(
                        DynamicTest.dynamicTest(
                                String.valueOf(one.get("name")), () -> play(snapshot, spec, one)));
            }
            for (Object item : list(spec.get("refused"))) {
                Map<String, Object> one = map(item);
                assertThat(REFUSED_KEYS).as(file.toString()).containsAll(one.keySet());
                tests.add(
                        DynamicTest.dynamicTest(
                                String.valueOf(one.get("name")), () -> refused(one)));
            }
            files.add(
                    DynamicContainer.dynamicContainer(
                            file.getFileName() + ": " + spec.get("description"), tests));
        }
        return files.stream();
    }

    @Test
    void thereAreManyCases() throws Exception {
        int cases = 0;
        for (Path file : files()) {
            cases += list(load(file).get("cases")).size();
        }
        assertThat(cases).isGreaterThanOrEqualTo(250);
    }

    private static List<Path> files() throws IOException, URISyntaxException {
        URL folder = Objects.requireNonNull(DecideCasesTest.class.getResource("/cases/decide"));
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private static Map<String, Object> load(Path file) throws IOException {
        return map(
                new Load(LoadSettings.builder().setLabel(file.toString()).build())
                        .loadFromString(Files.readString(file)));
    }

    private static PolicySnapshot snapshot(Path file, Map<String, Object> spec) {
        List<PolicyReader.Text> texts = new ArrayList<>();
        for (Object item : list(spec.get("documents"))) {
            Map<String, Object> document = map(item);
            texts.add(
                    new PolicyReader.Text(
                            document.get("file") instanceof String given
                                    ? given
                                    : "doc" + (texts.size() + 1) + ".yaml",
                            String.valueOf(document.get("text")),
                            Level.PROJECT,
                            !Boolean.FALSE.equals(document.get("trusted"))));
        }
        List<Policy> documents = new ArrayList<>();
        for (PolicyReader.Result read :
                PolicyReader.read(texts, PolicyReader.Examples.PLAIN, PolicyReader.MAX_LENGTH)) {
            assertThat(read.problems().stream().filter(PolicyProblem::error))
                    .as(file.toString())
                    .isEmpty();
            documents.add(read.policy().orElseThrow());
        }
        if (spec.containsKey("profile") || spec.containsKey("autonomy")) {
            documents.add(
                    Policy.caller((String) spec.get("profile"), (String) spec.get("autonomy")));
        }
        return PolicySnapshot.of(documents);
    }

    private static void play(
            PolicySnapshot snapshot, Map<String, Object> file, Map<String, Object> one) {
        List<Operation> operations = new ArrayList<>();
        if (one.containsKey("operation")) {
            operations.add(Operations.of(map(one.get("operation"))));
        }
        list(one.get("operations")).forEach(op -> operations.add(Operations.of(map(op))));
        Instant now = Instant.parse(text(one, "at", text(file, "at", "2026-11-20T10:00:00Z")));
        boolean analysed = one.containsKey("command") || one.containsKey("tool");
        ToolCall call = analysed ? written(one) : call(file, one);
        Analysis analysis =
                analysed
                        ? ANALYZER.analyze(call, snapshot.programs())
                        : new Analysis(operations, "x");
        Decision decision = Evaluator.evaluate(snapshot, call, analysis, now);
        Explanation why = decision.explanation();
        String shown = ExplanationText.of(decision);
        assertThat(decision.effect().wire()).as(shown).isEqualTo(one.get("want"));
        assertThat(shown).startsWith(decision.effect().name() + "  ");
        if (why.decider().kind() == Decider.Kind.FAILURE) {
            assertThat(one).as(shown).containsEntry("decider", "failure");
        }
        if (one.containsKey("explains")) {
            String whole =
                    ExplanationText.whole(decision, Details.of(snapshot, call, analysis, now));
            for (Object words : list(one.get("explains"))) {
                assertThat(whole).contains(String.valueOf(words));
            }
        }
        for (Object words : list(one.get("hides"))) {
            assertThat(shown).doesNotContainIgnoringCase(String.valueOf(words));
        }
        expect(one, "decider", why.decider().kind().wire());
        expect(one, "risk", why.risk().wire());
        expect(one, "instead", why.instead());
        contains(one, "reason", decision.reason());
        contains(
                one,
                "first",
                why.operations().isEmpty()
                        ? ""
                        : why.operations().getFirst().because().getFirst().toString());
        if (one.containsKey("obligations")) {
            assertThat(String.valueOf(DecisionJson.of("1", decision).get("obligations")))
                    .as(shown)
                    .isEqualTo(String.valueOf(one.get("obligations")));
        }
        if (one.containsKey("personas")) {
            assertThat(why.personas()).isEqualTo(list(one.get("personas")));
        }
        if (one.containsKey("until")) {
            assertThat(decision).as(shown).isInstanceOf(Decision.Defer.class);
            assertThat(((Decision.Defer) decision).until())
                    .isEqualTo(Instant.parse(text(one, "until", "")));
        }
        if (decision instanceof Decision.Ask ask) {
            if (one.containsKey("requirements")) {
                assertThat(
                                ExplanationText.approvers(ask.requirements()).stream()
                                        .map(line -> line.replaceAll(" \\(.*\\)$", "")))
                        .as(shown)
                        .isEqualTo(list(one.get("requirements")));
            }
            if (one.containsKey("unanswered")) {
                assertThat(unanswered(ask.unanswered())).isEqualTo(text(one, "unanswered", ""));
                assertThat(DecisionJson.of("1", decision).path("unanswered").asText("expire"))
                        .isEqualTo(ask.unanswered().then().wire());
            }
            if (one.containsKey("expires")) {
                assertThat(ask.expires().map(Object::toString)).contains(text(one, "expires", ""));
            }
        }
    }

    /** A document that does not load: what is said of it, and whether the schema takes it. */
    private static void refused(Map<String, Object> one) {
        String file = text(one, "file", "doc.yaml");
        String text = text(one, "text", "");
        List<String> problems =
                PolicyReader.read(
                                List.of(new PolicyReader.Text(file, text, Level.PROJECT, true)),
                                WorkedExamplesTest.EXAMPLES,
                                PolicyReader.MAX_LENGTH)
                        .getFirst()
                        .problems()
                        .stream()
                        .filter(PolicyProblem::error)
                        .map(PolicyProblem::toString)
                        .toList();
        assertThat(problems).isNotEmpty();
        for (Object words : list(one.get("says"))) {
            assertThat(String.join("\n", problems)).contains(String.valueOf(words));
        }
        assertThat(SchemaTest.takes(file, text) ? "takes" : "refuses").isEqualTo(one.get("schema"));
    }

    /** A call as a client sends it, by the real analysis. */
    private static ToolCall written(Map<String, Object> one) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        if (one.containsKey("command")) {
            input.put("command", text(one, "command", ""));
        } else {
            map(one.get("input")).forEach((key, value) -> input.put(key, String.valueOf(value)));
        }
        return new ToolCall(
                "claude-code",
                text(one, "tool", "Bash"),
                input,
                new Context(
                        "/home/ana/app",
                        "/home/ana/app",
                        "/home/ana",
                        Shell.BASH,
                        "linux",
                        Map.of()),
                Subject.local(text(one, "agent", "main")),
                null,
                null,
                null);
    }

    private static String unanswered(Unanswered unanswered) {
        return Stream.concat(
                        Stream.of(unanswered.then().wire()),
                        unanswered.again().stream().map(until -> until.time() + " " + until.zone()))
                .collect(Collectors.joining(", "));
    }

    private static ToolCall call(Map<String, Object> file, Map<String, Object> one) {
        ToolCall plain =
                Operations.call(
                        text(one, "agent", text(file, "agent", "main")),
                        (String) one.get("agent_type"),
                        (String) one.get("person"));
        Context context = plain.context();
        return new ToolCall(
                text(one, "client", plain.client()),
                plain.tool(),
                plain.input(),
                new Context(
                        text(one, "workspace", context.workspace()),
                        text(one, "workspace", context.cwd()),
                        context.home(),
                        context.shell(),
                        context.platform(),
                        context.environment()),
                new Subject(
                        plain.subject().tenant(),
                        plain.subject().agent(),
                        plain.subject().agentType(),
                        plain.subject().person(),
                        (String) one.get("project"),
                        affiliation(one)),
                plain.session(),
                plain.task(),
                null);
    }

    /** Where the call belongs, where the case says which teams there are. */
    private static @Nullable Affiliation affiliation(Map<String, Object> one) {
        return one.containsKey("known_teams")
                ? new Affiliation(
                        names(one, "teams"),
                        names(one, "drivers_teams"),
                        names(one, "known_teams"),
                        (String) one.get("persona"))
                : null;
    }

    private static Set<String> names(Map<String, Object> one, String key) {
        return one.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.toSet())
                : Set.of();
    }

    private static void expect(Map<String, Object> one, String key, String actual) {
        if (one.containsKey(key)) {
            assertThat(actual).as(key).isEqualTo(String.valueOf(one.get(key)));
        }
    }

    private static void contains(Map<String, Object> one, String key, String actual) {
        if (one.containsKey(key)) {
            assertThat(actual).as(key).contains(String.valueOf(one.get(key)));
        }
    }

    private static String text(Map<String, Object> map, String key, String otherwise) {
        Object value = map.get(key);
        return value == null ? otherwise : String.valueOf(value);
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : (List<?>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }
}
