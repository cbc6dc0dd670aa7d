package dev.countersign.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.decision.PolicyStore.Stored;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.Level;
import dev.countersign.policy.Library;
import dev.countersign.policy.PolicyReader;
import dev.countersign.policy.PolicySnapshot;
import dev.countersign.testing.MemoryLedger;
import dev.countersign.testing.MemoryPolicyStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in force while files and stored documents change. */
final class PolicyFilesTest {
    private static final Analyzer ANALYZER = new Analyzer(Facts.NONE, Guarded.DEFAULT);

    @TempDir Path workspace;
    private final MemoryLedger ledger = new MemoryLedger();
    private final StoredPolicies stored =
            new StoredPolicies(new MemoryPolicyStore(ledger), PolicyReader.Examples.PLAIN);
    private final PolicyFiles files =
            new PolicyFiles(new Documents(ANALYZER, (_, _) -> true), stored);
    private int writes;

    private void write(String text) throws Exception {
        Path file = workspace.resolve("countersign.yaml");
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L + ++writes));
    }

    private void put(Level level, String of, String text) throws Exception {
        Stored document = new Stored(level, of, "p" + of, "p.yaml", text, "ana", Instant.EPOCH);
        stored.put(
                stored.with(document),
                AuditRecord.change(
                        "policy",
                        Instant.EPOCH,
                        null,
                        null,
                        "put",
                        JsonNodeFactory.instance.objectNode()));
    }

    private ToolCall call(String command, String agent) {
        return new ToolCall(
                "claude-code",
                "Bash",
                JsonNodeFactory.instance.objectNode().put("command", command),
                new Context(
                        workspace.toString(),
                        workspace.toString(),
                        "/home/ana",
                        Shell.BASH,
                        "linux",
                        Map.of()),
                Subject.local(agent),
                null,
                null,
                null);
    }

    private Effect decide(String command, String agent) throws PolicySource.Unreadable {
        ToolCall call = call(command, agent);
        PolicySnapshot snapshot = files.forCall(call);
        return Evaluator.evaluate(
                        snapshot, call, ANALYZER.analyze(call, snapshot.programs()), Instant.EPOCH)
                .effect();
    }

    @Test
    void whatWasGoodLastStaysInForceWhenAFileBreaksAndEverybodyIsTold() throws Exception {
        write("policy: p\nrules: [{deny: git_read}]\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.DENY);
        write("policy: p\nrulez: []\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.DENY);
        assertThat(files.problems())
                .singleElement()
                .asString()
                .contains(workspace.toString(), "countersign.yaml:2:1: ", "rulez");
        write("policy: p\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.ALLOW);
        assertThat(files.problems()).isEmpty();
    }

    @Test
    void besideWhatWasGoodLastWhatIsStoredCountsAtOnce() throws Exception {
        write("policy: p\nrules: [{deny: git_read}]\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.DENY);
        write("policy: p\nrulez: []\n");
        assertThat(decide("ls", "main")).isEqualTo(Effect.ALLOW);
        put(Level.TENANT, "", "policy: p\nrules: [{deny: file_read}]\n");
        assertThat(decide("ls", "main")).isEqualTo(Effect.DENY);
        assertThat(decide("git log", "main")).isEqualTo(Effect.DENY);
    }

    @Test
    void whatIsShownWhileAFileIsBrokenIsWhatWasGoodLast() throws Exception {
        write("policy: p\nrules: [{deny: git_read}]\n");
        assertThat(files.broken(workspace.toString())).isEmpty();
        write("policy: p\nrulez: []\n");
        assertThat(files.broken(workspace.toString()))
                .hasValueSatisfying(broken -> {
                    assertThat(broken.lastGood()).isTrue();
                    assertThat(broken.why()).contains("countersign.yaml:2:1: ");
                });
        assertThat(effective()).contains("is in force", "rulez", "deny git_read");
    }

    @Test
    void whatIsShownOfAFileThatWasNeverGoodIsThatNothingRuns() throws Exception {
        write("policy: p\nrulez: []\n");
        assertThat(effective()).contains("every call", "never: ").doesNotContain("autonomy");
    }

    @Test
    void whatWaitsIsShown() throws Exception {
        PolicyFiles untrusted = new PolicyFiles(new Documents(ANALYZER, (_, _) -> false), stored);
        write("policy: p\nautonomy: full\nrules: [{deny: git_read}]\n");
        assertThat(effective(untrusted))
                .contains(
                        "\"subject\":\"not in force\",\"says\":\"autonomy full (countersign.yaml:2:11)\"",
                        "deny git_read");
    }

    private String effective() {
        return effective(files);
    }

    private String effective(PolicyFiles of) {
        Optional<WaitingFiles.Broken> broken = of.broken(workspace.toString());
        return EffectiveJson.of("main", of.under(stored.now()).apply(call("ls", "main")), broken)
                .toString();
    }

    @Test
    void aFileThatWasNeverGoodLetsNothingRun() throws Exception {
        write("policy: p\nrulez: []\n");
        assertThatThrownBy(() -> decide("ls", "main"))
                .isInstanceOf(PolicySource.Unreadable.class)
                .hasMessageContaining("countersign.yaml:2:1: ");
    }

    @Test
    void storedDocumentsCountAtOnceForThoseTheyAreFor() throws Exception {
        assertThat(decide("git log", "bot")).isEqualTo(Effect.ALLOW);
        put(Level.AGENT, "bot", "policy: pbot\nrules: [{deny: git_read}]\n");
        assertThat(decide("git log", "bot")).isEqualTo(Effect.DENY);
        assertThat(decide("git log", "main")).isEqualTo(Effect.ALLOW);
        put(
                Level.PROJECT,
                String.valueOf(workspace.getFileName()),
                "policy: pp\nrules: [{ask: git_read}]\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.ASK);
        put(Level.PROJECT, "elsewhere", "policy: pelsewhere\nrules: [{deny: git_read}]\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.ASK);
    }

    @Test
    void aFileUsesWhatStoredDocumentsDefine() throws Exception {
        put(Level.TENANT, "", "named_rule: quiet_logs\nrules: [{ask: git_read}]\n");
        write("policy: p\nrules: [quiet_logs]\n");
        assertThat(decide("git log", "main")).isEqualTo(Effect.ASK);
        assertThat(stored.now().problems()).isEqualTo(List.of());
    }

    /** opencode keeps its settings in the file that may hold permissions; they are no policy. */
    @Test
    void settingsOfAnotherProgramAreNoPolicy() throws Exception {
        Path file = workspace.resolve("opencode.json");
        Files.writeString(
                file, "{\n // mine\n \"$schema\": \"x\", \"model\": \"m\", \"mcp\": {},\n}\n");
        assertThat(files.forCall(call("ls", "a"))).isNotNull();
        assertThat(files.problems()).isEmpty();
        assertThat(
                        new Documents(ANALYZER, (_, _) -> true)
                                .told(
                                        List.of(
                                                new Documents.Told(
                                                        file.toString(),
                                                        "opencode.json",
                                                        Files.readString(file))),
                                        Library.builtIn()))
                .isEmpty();

        Files.writeString(file, "{\"model\": \"m\", \"permission\": {\"bash\": \"deny\"}}");
        Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000L));
        ToolCall call = call("ls", "a");
        assertThat(
                        Evaluator.evaluate(
                                        files.forCall(call),
                                        call,
                                        ANALYZER.analyze(call),
                                        Instant.EPOCH)
                                .effect())
                .isEqualTo(Effect.DENY);

        for (String broken : List.of("{\"model\": ", "[]", "{\"permission\": 7}")) {
            Files.writeString(file, broken);
            Files.setLastModifiedTime(file, FileTime.fromMillis(3_000_000L + broken.length()));
            assertThat(files.problems()).isEmpty();
            assertThat(files.broken(workspace.toString())).as(broken).isPresent();
            Files.writeString(file, "{}");
            Files.setLastModifiedTime(file, FileTime.fromMillis(4_000_000L + broken.length()));
            assertThat(files.forCall(call)).as(broken).isNotNull();
        }
    }

    /**
     * What is wrong in a file is told to the agent, word by word: no link makes it a key of ours.
     */
    @Test
    void aLinkOutOfTheFolderIsNotRead(@TempDir Path elsewhere) throws Exception {
        Path secret = Files.writeString(elsewhere.resolve("owner.json"), "cso_hidden: [words]\n");
        for (String name : List.of("countersign.yaml", "codeflow.json", "opencode.json")) {
            Path link = Files.createSymbolicLink(workspace.resolve(name), secret);
            assertThatThrownBy(() -> files.forCall(call("ls", "a")))
                    .isInstanceOf(PolicySource.Unreadable.class)
                    .hasMessageContaining("leads out of the folder")
                    .hasMessageNotContaining("hidden");
            assertThat(files.problems().toString()).doesNotContain("hidden");
            Files.delete(link);
        }
        // Inside of it a link is as good as a file.
        Files.writeString(workspace.resolve("mine.yaml"), "policy: mine\n");
        Files.createSymbolicLink(
                workspace.resolve("countersign.yaml"), workspace.resolve("mine.yaml"));
        assertThat(files.forCall(call("ls", "a"))).isNotNull();
    }
}
