package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.analysis.UserProgram;
import dev.countersign.call.Context;
import dev.countersign.call.Operation;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What policies say about programs: known where a person accepted it, stricter in any case. */
final class ProgramsTest {
    private static final String DEPLOYCTL =
            """
            policy: tools
            programs:
              deployctl:
                valued: ["--env"]
                sub:
                  status: {base: [read, net], aliases: [st]}
                  logs: {base: [read, net], opts: {"-o,--output": {arg: write}}}
                  release: {base: [remote_write], tags: [deploy], opts: {"--prune": {add: [remote_destroy]}}}
                  exec: {base: [exec], pos: [name, exec]}
              fmtx: {kind: text, base: [write], pos: ["write*"]}
              cloudy: {kind: cloud, base: [net], verbs: true}
            """;

    private static Policy policy(String text, boolean trusted) {
        PolicyReader.Result read = PolicyReader.read("p.yaml", text, Level.PROJECT, trusted);
        assertThat(read.problems()).isEmpty();
        return read.policy().orElseThrow();
    }

    private static List<String> problems(String text) {
        return PolicyReader.read("p.yaml", text, Level.PROJECT, true).problems().stream()
                .map(PolicyProblem::toString)
                .toList();
    }

    private static List<Operation> operations(String command, Policy... documents) {
        ToolCall call =
                new ToolCall(
                        "claude-code",
                        "Bash",
                        JsonNodeFactory.instance.objectNode().put("command", command),
                        new Context(
                                "/w",
                                "/w",
                                "/home/u",
                                Shell.BASH,
                                "linux",
                                Map.of("HOME", "/home/u")),
                        Subject.local("agent"),
                        "s",
                        "s",
                        null);
        return new Analyzer(Facts.NONE, Guarded.DEFAULT)
                .analyze(call, PolicySnapshot.of(List.of(documents)).programs())
                .operations();
    }

    private static List<String> words(String command, Policy... documents) {
        return operations(command, documents).stream()
                .map(o ->
                        o.action().wire()
                                + " "
                                + o.risk().wire()
                                + (o.opaque() ? " opaque" : "")
                                + String.join(
                                        "", o.tags().stream().map(tag -> " +" + tag).toList()))
                .toList();
    }

    private static RiskTier worst(List<Operation> operations) {
        return operations.stream().map(Operation::risk).reduce(RiskTier.NONE, RiskTier::max);
    }

    @Test
    void anAcceptedDescriptionMakesAProgramKnown() {
        Policy document = policy(DEPLOYCTL, true);
        assertThat(words("deployctl status", document)).containsExactly("shell_run low +network");
        assertThat(words("deployctl st --env x", document))
                .containsExactly("shell_run low +network");
        assertThat(words("deployctl logs -o../x", document))
                .containsExactly("shell_run low +network", "file_write high +escape");
        assertThat(words("deployctl logs --out=a", document))
                .containsExactly("shell_run low +network", "file_write low");
        assertThat(words("deployctl release", document))
                .containsExactly("shell_run high +deploy +network");
        assertThat(words("deployctl release --pru", document))
                .containsExactly(
                        "shell_run high +deploy +network",
                        "shell_run critical +deploy +destructive +network");
        assertThat(words("timeout 5 deployctl status", document))
                .containsExactly("shell_run low +network");
        assertThat(words("fmtx ../a", document)).containsExactly("file_write high +escape");
        assertThat(words("cloudy disks list", document)).containsExactly("shell_run low +network");
        assertThat(words("cloudy disks delete x", document))
                .containsExactly("shell_run critical +destructive +network");
    }

    @Test
    void whatADescriptionDoesNotListIsNotQuiet() {
        Policy document = policy(DEPLOYCTL, true);
        for (String command :
                List.of(
                        "deployctl",
                        "deployctl frobnicate",
                        "deployctl status --frobnicate",
                        "deployctl $x",
                        "./deployctl status",
                        "deployctl() { rm a; }; deployctl status",
                        "deployctl status prod")) {
            assertThat(worst(operations(command, document)))
                    .as(command)
                    .isGreaterThanOrEqualTo(RiskTier.MEDIUM);
        }
        assertThat(words("deployctl exec x rm -rf src", document))
                .contains("file_delete medium +destructive");
    }

    @Test
    void aDocumentNobodyAcceptedOnlyTightens() {
        Policy document = policy(DEPLOYCTL, false);
        assertThat(words("deployctl status", document)).contains("shell_run medium");
        assertThat(words("deployctl release", document))
                .contains("shell_run high +deploy +network");
        assertThat(document.waiting())
                .anyMatch(line -> line.startsWith("program deployctl (p.yaml"));
    }

    @Test
    void aProgramOfTheCatalogueOnlyBecomesStricter() {
        String text =
                "policy: x\nprograms: {git: {base: [read], sub: {status: {base: [net]}, push: {base:"
                        + " [read]}}}, ls: {base: [read]}, rm: {base: [read]}}";
        Policy document =
                PolicyReader.read("p.yaml", text, Level.PROJECT, true).policy().orElseThrow();
        assertThat(problems(text)).hasSize(3).allMatch(line -> line.contains("only add"));
        for (String command :
                List.of("git status", "git push", "git push --force", "ls", "rm -rf ~", "rm a")) {
            assertThat(operations(command, document)).as(command).containsAll(operations(command));
        }
        assertThat(worst(operations("git status", document))).isEqualTo(RiskTier.HIGH);
    }

    @Test
    void everyDescriptionOfOneProgramCounts() {
        Policy quiet = policy("policy: a\nprograms: {zz: {kind: info, base: [read]}}", true);
        Policy strict = policy("policy: b\nprograms: {zz: {base: [remote_destroy]}}", false);
        assertThat(worst(operations("zz", quiet))).isEqualTo(RiskTier.NONE);
        assertThat(worst(operations("zz", quiet, strict))).isEqualTo(RiskTier.CRITICAL);
        assertThat(worst(operations("zz", strict, quiet))).isEqualTo(RiskTier.CRITICAL);
    }

    @Test
    void mistakesAreFoundWithTheirPlace() {
        assertThat(problems("policy: x\nprograms: {a/b: {base: [read]}}"))
                .singleElement()
                .asString()
                .contains("p.yaml:2:12", "no name of a program");
        assertThat(problems("policy: x\nprograms:\n  a: {base: [reads]}"))
                .singleElement()
                .asString()
                .contains("p.yaml:3:14", "`reads`", "`read`");
        for (Map.Entry<String, String> wrong :
                Map.of(
                                "programs: []", "`programs` is a list",
                                "programs: {a: {}}", "says nothing",
                                "programs: {a: {bases: [read]}}", "unknown key `bases`",
                                "programs: {a: {base: [read], pos: [file]}}", "the role `file`",
                                "programs: {a: {opts: {o: {}}}}", "is no option",
                                "programs: {a: {opts: {\"-o\": {arg: file}}}}", "the role `file`",
                                "programs: {a: {opts: {\"-o\": {}}, valued: [\"-o\"]}}",
                                        "listed twice",
                                "programs: {a: {sub: {\"--b\": {base: [read]}}}}",
                                        "is no sub-command",
                                "programs: {countersign: {base: [read]}}", "cannot be described",
                                "programs: {a: {base: [read], tags: [A]}}", "is no tag")
                        .entrySet()) {
            assertThat(problems("policy: x\n" + wrong.getKey()))
                    .as(wrong.getKey())
                    .anyMatch(line -> line.contains(wrong.getValue()));
        }
    }

    @Test
    void theSchemaAcceptsWhatTheReaderAccepts() throws Exception {
        ObjectMapper json = new ObjectMapper();
        JsonNode schema;
        try (InputStream in = PolicyReader.class.getResourceAsStream("policy.schema.json")) {
            schema = json.readTree(Objects.requireNonNull(in));
        }
        JsonNode defs = schema.path("$defs");
        List<String> keys = new ArrayList<>();
        defs.path("program").path("properties").fieldNames().forEachRemaining(keys::add);
        assertThat(keys).containsExactlyInAnyOrderElementsOf(UserProgram.KEYS);
        List<String> effects = new ArrayList<>();
        defs.path("effect").path("enum").forEach(word -> effects.add(word.asText()));
        assertThat(effects).containsExactlyInAnyOrderElementsOf(UserProgram.EFFECTS);
        List<String> kinds = new ArrayList<>();
        defs.path("program")
                .path("properties")
                .path("kind")
                .path("enum")
                .forEach(word -> kinds.add(word.asText()));
        assertThat(kinds).isEqualTo(UserProgram.KINDS);
        JsonSchema check =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema);
        Object document = new Load(LoadSettings.builder().build()).loadFromString(DEPLOYCTL);
        assertThat(check.validate(json.valueToTree(document))).isEmpty();
        assertThat(
                        check.validate(
                                json.readTree(
                                        "{\"policy\": \"x\", \"programs\": {\"a\": {\"base\": [\"reads\"]}}}")))
                .isNotEmpty();
    }
}
