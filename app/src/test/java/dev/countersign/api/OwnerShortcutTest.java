package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.Alarm;
import dev.countersign.audit.AuditQuery.Recorded;
import dev.countersign.config.PrivateFile;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The owner shortcut, used by real processes below a client and beside it. */
@SuppressWarnings("NullAway.Init")
final class OwnerShortcutTest {
    @TempDir Path data;
    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(false, clock);
        PrivateFile.write(
                data.resolve("owner.json"),
                "{\"url\":\""
                        + server.address()
                        + "\",\"token\":\""
                        + server.identity.ownerSecret()
                        + "\",\"pid\":1}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<String> java(Class<?> program) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName());
    }

    private String cli(String... arguments) {
        List<String> words = new ArrayList<>(java(dev.countersign.Main.class));
        words.addAll(List.of(arguments));
        words.addAll(List.of("--data", data.toString()));
        return String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
    }

    private String run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", data.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "ended " + process.waitFor();
    }

    private String belowClient(String header, String command) throws Exception {
        List<String> client = new ArrayList<>(java(FakeClient.class));
        client.addAll(
                List.of(
                        server.address() + "/hooks/claude-code/UserPromptSubmit",
                        server.agent("builder"),
                        header,
                        command));
        return run(Map.of(), client);
    }

    private List<String> alarms() {
        return server.alarms.open(TestServer.ANA).stream().map(Alarm::text).toList();
    }

    private List<String> records(String kind) {
        return server.ledger.all().stream()
                .map(Recorded::body)
                .filter(record -> record.path("kind").asText().equals(kind))
                .map(record -> record.path("summary").asText())
                .toList();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aProgramBelowAClientIsRefusedAndPeopleHearOfIt() throws Exception {
        String told =
                belowClient("-", "sh -c \"" + cli("stop", "--all", "--reason", "x") + "; exit\"");
        assertThat(told).contains("hook 200", "owner shortcut", "below claude-code");
        assertThat(told).contains("countersign login");
        assertThat(server.stops.holding()).isEmpty();
        assertThat(alarms())
                .containsExactly(
                        "owner shortcut used by a process below claude-code (agent builder,"
                                + " session s-7), refused: POST /v1/stops");
        assertThat(records("alarm")).hasSize(1);
        assertThat(records("owner")).isEmpty();
        String reads = belowClient("-", cli("stop"));
        assertThat(reads).contains("owner shortcut");
        assertThat(alarms()).hasSize(2);
    }

    /** People hear which client the vote came from, not only that somebody tried. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aProgramBelowAClientThatVotesIsRefusedAndPeopleHearOfIt() throws Exception {
        String id = server.ask("git push origin main", "high").id();
        String told = belowClient("-", cli("approvals", "approve", id));
        assertThat(told).contains("hook 200", "owner shortcut", "below claude-code");
        assertThat(server.approvals.find(id).orElseThrow().votes()).isEmpty();
        assertThat(alarms())
                .containsExactly(
                        "owner shortcut used by a process below claude-code (agent builder,"
                                + " session s-7), refused: POST /v1/approvals/"
                                + id
                                + "/votes");
        assertThat(records("vote")).isEmpty();
        // Beside the client it is nobody's vote either, and people hear of that.
        assertThat(run(Map.of(), List.of("sh", "-c", cli("approvals", "approve", id))))
                .contains("never votes")
                .endsWith("ended 1");
        assertThat(server.approvals.find(id).orElseThrow().votes()).isEmpty();
        assertThat(alarms()).hasSize(2);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatAClientMarkedIsBelowItThoughNoHookCame() throws Exception {
        String command = cli("stop", "--all", "--reason", "x");
        String told = run(Map.of("CLAUDECODE", "1"), List.of("sh", "-c", command + "; exit"));
        assertThat(told).contains("owner shortcut").contains("claude-code");
        assertThat(server.stops.holding()).isEmpty();
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void aProgramBesideTheClientIsLetThroughAndRecorded() throws Exception {
        assertThat(belowClient("-", "true")).contains("hook 200", "exit 0");
        String told = run(Map.of(), List.of("sh", "-c", cli("stop", "--all", "--reason", "x")));
        assertThat(told).endsWith("ended 0");
        assertThat(server.stops.holding()).hasSize(1);
        assertThat(alarms()).isEmpty();
        assertThat(records("owner")).containsExactly("owner shortcut: POST /v1/stops");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aClaimedClientMustBeAnAncestorOfWhoClaimsIt() throws Exception {
        // The parent of the fake client is this very process, which is no client.
        String claim = ClientProcesses.CLAIM + "=1";
        String told = belowClient(claim, cli("stop", "--all", "--reason", "x"));
        assertThat(told).contains("owner shortcut");
        assertThat(server.stops.holding()).isEmpty();
    }

    @Test
    void readsThatFollowEachOtherAreOneRecordWithTheirNumber() throws Exception {
        String owner = server.identity.ownerSecret();
        for (int i = 0; i < 5; i++) {
            assertThat(server.get("/v1/stops", owner).status()).isEqualTo(200);
        }
        assertThat(server.get("/v1/people", owner).status()).isEqualTo(200);
        server.ownerUses.tick();
        assertThat(records("owner"))
                .containsExactly("owner shortcut: GET /v1/stops", "owner shortcut: GET /v1/people");
        clock.move(Duration.ofMinutes(1));
        server.ownerUses.tick();
        server.ownerUses.tick();
        assertThat(records("owner"))
                .containsExactly(
                        "owner shortcut: GET /v1/stops",
                        "owner shortcut: GET /v1/people",
                        "owner shortcut: GET /v1/stops, 4 times");
        assertThat(server.get("/v1/stops", owner).status()).isEqualTo(200);
        assertThat(server.get("/v1/stops", owner).status()).isEqualTo(200);
        server.ownerUses.finish();
        assertThat(records("owner")).hasSize(5);
    }

    @Test
    void withoutItsRecordTheShortcutDoesNothing() {
        server.ledger.fill();
        String owner = server.identity.ownerSecret();
        assertThat(server.get("/v1/stops", owner).status()).isEqualTo(503);
        assertThat(server.get("/health/live", null).status()).isEqualTo(200);
    }

    @Test
    void everyPersonSaysForThemselvesThatTheyKnowOfAnAlarm() throws Exception {
        String agent = server.agent("builder");
        for (int i = 0; i < 2; i++) {
            assertThat(server.post("/v1/approvals/APR-1/votes", agent, "{}").status())
                    .isEqualTo(403);
        }
        String ana = server.personal(TestServer.ANA, true);
        String li = server.personal(TestServer.LI, true);
        String shown = server.get("/v1/approvals", ana).body();
        assertThat(shown).contains("\"alarms\":[{\"id\":\"ALM-1\"").contains("\"times\":2");
        assertThat(server.get("/v1/approvals", agent).body()).doesNotContain("alarms");
        String path = "/v1/approvals/ALM-1/acknowledge";
        assertThat(server.post(path, agent, "").status()).isEqualTo(403);
        assertThat(server.post(path, ana, "").status()).isEqualTo(200);
        assertThat(server.post(path, ana, "").status()).isEqualTo(404);
        assertThat(server.get("/v1/approvals", li).body()).contains("ALM-1");
        assertThat(server.alarms.open(TestServer.ANA))
                .as("an agent that acknowledges is itself an alarm")
                .extracting(Alarm::id)
                .containsExactly("ALM-2");
        // The same again, after somebody knew, is to be looked at again.
        assertThat(server.post("/v1/approvals/APR-1/votes", agent, "{}").status()).isEqualTo(403);
        assertThat(server.alarms.open(TestServer.ANA))
                .extracting(Alarm::id)
                .containsExactly("ALM-3", "ALM-2");
        assertThat(server.alarms.open(TestServer.LI))
                .extracting(Alarm::id)
                .containsExactly("ALM-3", "ALM-2", "ALM-1");
    }
}
