package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.config.Surroundings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that wire a client, against a server of a few lines. */
@SuppressWarnings("NullAway.Init")
final class ConnectTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path scratch;
    private Path home;
    private Path project;
    private WiringServer server;
    private String url = "";
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws IOException {
        home = Files.createDirectories(scratch.resolve("home"));
        project = Files.createDirectories(home.resolve("project"));
        environment.put("PATH", Files.createDirectories(scratch.resolve("bin")).toString());
        install("2.1.329");
        server = new WiringServer(home);
        url = server.url();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void install(String version) throws IOException {
        Path program = scratch.resolve("bin/claude");
        Files.writeString(program, "#!/bin/sh\necho '" + version + " (Claude Code)'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        Tools tools =
                new Tools(
                        new Desk.NoProduct(),
                        new Terminal(
                                new BufferedReader(new StringReader("")),
                                new PrintWriter(out, true),
                                new PrintWriter(err, true),
                                100,
                                true,
                                false,
                                false),
                        new Surroundings(
                                environment,
                                home,
                                project,
                                "linux",
                                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
        return new Cli(tools).run(arguments);
    }

    private List<String> tree() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> home.relativize(file).toString())
                    .filter(file -> !file.startsWith(".local") && !file.startsWith(".config"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theUsersSettingsAreWiredOnceAndComeBack() throws IOException {
        Path settings = home.resolve(".claude/settings.json");
        Files.createDirectories(home.resolve(".claude"));
        Files.writeString(settings, "{ \"model\":\"opus\" }");

        assertThat(run("connect", "claude-code")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("wrote " + settings)
                .contains("Claude Code 2.1.329 asks " + url)
                .contains("refused as it should be");
        String wired = Files.readString(settings);
        assertThat(wired).contains("csa_agent_0").startsWith("{ \"model\":\"opus\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings)))
                .isEqualTo("rw-------");

        assertThat(run("connect", "claude-code")).isZero();
        assertThat(out.toString()).contains("nothing to do");
        assertThat(server.tokens).hasSize(1);
        assertThat(settings).hasContent(wired);

        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("ok       canary");

        assertThat(run("disconnect", "claude-code")).isEqualTo(1);
        assertThat(err.toString()).contains("needs a person who signed in");
        environment.put("COUNTERSIGN_TOKEN", "csa_agent_0");
        assertThat(run("disconnect", "claude-code")).isEqualTo(1);
        assertThat(settings).hasContent(wired);
        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", "claude-code")).as(err.toString()).isZero();
        assertThat(settings).hasContent("{ \"model\":\"opus\" }");
        assertThat(out.toString()).contains("restored " + settings, "revoked its agent token T1");
        assertThat(server.revoked).containsExactly("DELETE /v1/tokens/T1");
        assertThat(tree()).containsExactly(".claude/settings.json");
        assertThat(run("disconnect", "claude-code")).isZero();
        assertThat(out.toString()).contains("nothing to do");
    }

    @Test
    void aProjectKeepsTheTokenInItsLocalFile() throws IOException {
        assertThat(run("connect", "claude-code", "--project", "--agent", "builder")).isZero();

        assertThat(tree())
                .containsExactly(
                        "project/.claude/settings.json", "project/.claude/settings.local.json");
        assertThat(Files.readString(project.resolve(".claude/settings.json")))
                .doesNotContain("csa_agent")
                .contains("Bearer $COUNTERSIGN_TOKEN");
        assertThat(Files.readString(project.resolve(".claude/settings.local.json")))
                .contains("csa_agent_0")
                .doesNotContain("hooks");
        assertThat(out.toString()).contains("those in its subfolders are not");

        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", "claude-code", "--project")).isZero();
        assertThat(out.toString()).contains("removed ").doesNotContain("restored ");
        assertThat(tree()).isEmpty();
    }

    @Test
    void aTokenNobodyCouldRevokeIsNamed() throws IOException {
        assertThat(run("connect", "claude-code")).isZero();
        stop();

        assertThat(run("disconnect", "claude-code")).isZero();

        assertThat(out.toString()).contains("still valid: `countersign tokens revoke T1` ends it.");
    }

    @Test
    void aClientThatFailsOpenIsRefused() throws IOException {
        install("2.1.294");

        assertThat(run("connect", "claude-code")).isEqualTo(1);

        assertThat(err.toString()).contains("2.1.294").contains("2.1.295 or later is needed");
        assertThat(tree()).isEmpty();
        assertThat(server.tokens).isEmpty();
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString()).contains("problem  client");
    }

    @Test
    void aClientThatIsElsewhereIsWiredWithAWord() throws IOException {
        Files.delete(scratch.resolve("bin/claude"));

        assertThat(run("connect", "claude-code")).isZero();

        assertThat(err.toString()).contains("not on the search path");
        assertThat(tree()).containsExactly(".claude/settings.json");
    }

    @Test
    void brokenSettingsAreNamedByPlaceAndLeftAlone() throws IOException {
        Path settings = home.resolve(".claude/settings.json");
        Files.createDirectories(home.resolve(".claude"));
        Files.writeString(settings, "{\n  // mine\n}");

        assertThat(run("connect", "claude-code")).isEqualTo(1);

        assertThat(err.toString()).contains(settings + ":2:3: not valid JSON");
        assertThat(settings).hasContent("{\n  // mine\n}");
        assertThat(server.tokens).isEmpty();
    }

    @Test
    void withoutAServerNothingIsWritten() throws IOException {
        stop();

        assertThat(run("connect", "claude-code")).isEqualTo(1);

        assertThat(err.toString()).contains("no server answers");
        assertThat(tree()).isEmpty();
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString())
                .as("where nobody is asked, nothing is blocked")
                .contains("no server answers")
                .doesNotContain("blocked");
    }

    @Test
    void doctorSaysHowOldTheLastCoSignatureIs() {
        assertThat(run("connect", "claude-code")).isZero();
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(out.toString()).doesNotContain("witness");
        server.witness = "fresh";
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("every witness co-signs", "co-signed last 5 min ago");
        for (String state : List.of("silent", "refuses")) {
            server.witness = state;
            assertThat(run("doctor")).isEqualTo(1);
            assertThat(out.toString())
                    .contains(state.equals("silent") ? "is silent" : "holds another ledger");
        }
    }

    @Test
    void doctorSaysWhatIsWrongAndWhatIsNotCovered() throws IOException {
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString())
                .contains("no hook of ours", "asks nobody, so its calls run unseen: Claude Code")
                .doesNotContain("switch off");

        assertThat(run("connect", "claude-code")).isZero();
        Files.createDirectories(project.resolve(".claude"));
        Files.writeString(
                project.resolve(".claude/settings.json"),
                """
                {"permissions": {"ask": ["Bash(git *)"], "deny": ["Read(x)", "Read(y)"]},
                 "hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "other"}]}]}}
                """);
        assertThat(run("doctor", "--json")).isZero();
        JsonNode report = JSON.readTree(out.toString());
        assertThat(report.path("ok").asBoolean()).isTrue();
        assertThat(report.at("/clients/0/client").asText()).isEqualTo("claude-code");
        assertThat(report.at("/clients/0/state").asText()).isEqualTo("asks");
        assertThat(report.at("/clients/0/machine_wide").asBoolean(true)).isFalse();
        assertThat(out.toString())
                .contains("1 rule of `permissions.ask`", "is answered for a call we allowed")
                .contains("2 rules of `permissions.deny`", "refused even when we allowed")
                .contains("1 other `PreToolUse` hook")
                .contains("connect --managed");

        environment.put("HTTP_PROXY", "http://127.0.0.1:9");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString()).contains("HTTP_PROXY");
        environment.put("NO_PROXY", "127.0.0.1");
        assertThat(run("doctor")).isZero();

        Files.writeString(
                project.resolve(".claude/settings.local.json"), "{\"disableAllHooks\": true}");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString()).contains("`disableAllHooks`");
        Files.delete(project.resolve(".claude/settings.local.json"));

        server.tokens.clear();
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString()).contains("the server refuses the token");
    }

    @Test
    void theConfigurationFolderMayBeElsewhere() throws IOException {
        environment.put("CLAUDE_CONFIG_DIR", home.resolve("elsewhere").toString());

        assertThat(run("connect", "claude-code")).isZero();

        assertThat(tree()).containsExactly("elsewhere/settings.json");
    }

    @Test
    void wrongUsageSaysWhatWouldBeRight() {
        assertThat(run("connect", "claude-cod")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean `claude-code`");
        assertThat(run("connect", "claude-code", "--user", "--project")).isEqualTo(2);
        assertThat(err.toString()).contains("exclude each other");
        assertThat(run("connect")).isEqualTo(2);
    }
}
