package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.agent.Client;
import dev.countersign.agent.Clients;
import dev.countersign.agent.Sending;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wiring of clients that run the sender, with the real sender and a server of a few lines. */
@DisabledOnOs(OS.WINDOWS)
@SuppressWarnings("NullAway.Init")
final class ConnectSenderTest {
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
        server = new WiringServer(home);
        url = server.url();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    static Stream<String> clients() {
        return Clients.all().stream()
                .filter(client -> client.setup().isPresent())
                .map(Client::name);
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

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new HashMap<>();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = home.relativize(file).toString();
                if (!name.startsWith(".local") && !name.startsWith(".config/countersign")) {
                    tree.put(name, Files.readString(file));
                }
            }
        }
        return tree;
    }

    private Path kept(String name) {
        return home.resolve(".config/countersign/hooks").resolve(name);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aClientIsWiredOnceProvedAndUnwired(String client) throws IOException {
        assertThat(run("connect", client)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("asks " + url, "refused as it should be");
        Map<String, String> wired = tree();
        assertThat(wired).isNotEmpty();
        assertThat(wired.values()).noneMatch(text -> text.contains("csa_agent"));
        assertThat(kept(client + ".curl")).content().contains("csa_agent_0");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(kept(client + ".curl"))))
                .isEqualTo("rw-------");
        assertThat(kept(Sending.NAME)).hasContent(shipped(Sending.NAME));

        assertThat(run("connect", client)).isZero();
        assertThat(out.toString()).contains("nothing to do");
        assertThat(server.tokens).hasSize(1);
        assertThat(tree()).isEqualTo(wired);
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("a canary call through the sender arrived at " + url);

        assertThat(run("disconnect", client)).isEqualTo(1);
        assertThat(err.toString()).contains("needs a person who signed in");
        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", client)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("removed ", "revoked its agent token T1");
        assertThat(server.revoked).containsExactly("DELETE /v1/tokens/T1");
        assertThat(tree()).isEmpty();
        assertThat(kept(client + ".curl")).doesNotExist();
        assertThat(kept(Sending.NAME)).as("no client needs it any more").doesNotExist();
        assertThat(run("disconnect", client)).isZero();
        assertThat(out.toString()).contains("nothing to do");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void doctorSeesWhatWasChanged(String client) throws IOException {
        assertThat(run("connect", client)).as(err.toString()).isZero();
        Map<String, String> wired = tree();
        for (String name : wired.keySet()) {
            Path file = home.resolve(name);
            Files.writeString(file, wired.get(name).replace("$PPID", "1").replace("3600", "9"));
            assertThat(run("doctor")).as(name + out).isEqualTo(1);
            assertThat(out.toString()).contains("changed");
            Files.writeString(file, wired.get(name));
            if (client.equals("cline")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                assertThat(run("doctor")).isEqualTo(1);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            }
            assertThat(run("doctor")).as(name + out).isZero();
        }
        Files.writeString(kept(Sending.NAME), "exit 0\n");
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString()).contains(client.equals("opencode") ? "canary" : "not the");
        assertThat(run("connect", client)).isZero();
        assertThat(run("doctor")).isZero();
        Files.delete(kept(client + ".curl"));
        assertThat(run("doctor")).isEqualTo(1);
        assertThat(out.toString().replaceAll("\\s+", " ")).contains("holds no token");
    }

    @Test
    void whatElseStandsInAFileStays() throws IOException {
        Path settings = home.resolve(".gemini/settings.json");
        Files.createDirectories(home.resolve(".gemini"));
        String mine =
                """
                {
                    // how I like it
                    "theme": "dark", /* really */
                    "hooks": {
                        "BeforeTool": [
                            {"hooks": [{"type": "command", "command": "mine"}]},
                        ],
                    },
                }
                """;
        Files.writeString(settings, mine);
        assertThat(run("connect", "gemini")).as(err.toString()).isZero();
        String wired = Files.readString(settings);
        assertThat(wired)
                .contains("    // how I like it\n    \"theme\": \"dark\", /* really */\n")
                .contains("{\"hooks\": [{\"type\": \"command\", \"command\": \"mine\"}]}")
                .contains(Sending.NAME);
        environment.put("COUNTERSIGN_TOKEN", "ana");
        // Somebody changed it since: only what is ours goes.
        Files.writeString(settings, wired.replace("dark", "light"));
        assertThat(run("disconnect", "gemini")).as(err.toString()).isZero();
        assertThat(Files.readString(settings))
                .contains("\"light\", /* really */", "\"command\": \"mine\"", "// how I like it")
                .doesNotContain(Sending.NAME);

        Files.writeString(settings, mine);
        environment.remove("COUNTERSIGN_TOKEN");
        assertThat(run("connect", "gemini")).as(err.toString()).isZero();
        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", "gemini")).as(err.toString()).isZero();
        assertThat(settings).hasContent(mine);
    }

    @Test
    void whatCannotBeChangedIsLeftAlone() throws IOException {
        Path settings = home.resolve(".gemini/settings.json");
        Files.createDirectories(home.resolve(".gemini"));
        for (String broken : List.of("{\n  \"a\": \n}", "[]", "{\"hooks\": 7}")) {
            Files.writeString(settings, broken);
            assertThat(run("connect", "gemini")).as(broken).isEqualTo(1);
            assertThat(err.toString()).contains(settings + ":", "nothing was changed");
            assertThat(settings).hasContent(broken);
        }
        Path hook = home.resolve(".cline/hooks/PreToolUse");
        Files.createDirectories(home.resolve(".cline/hooks"));
        Files.writeString(hook, "#!/bin/sh\necho mine\n");
        assertThat(run("connect", "cline")).isEqualTo(1);
        assertThat(err.toString()).contains("another program's file is there");
        assertThat(server.tokens).isEmpty();
    }

    @Test
    void hooksThatAreSwitchedOffAreNoticed() throws IOException {
        Map<String, String> off =
                Map.of(
                        "gemini", "\"hooksConfig\": {\"enabled\": false}",
                        "qwen", "\"disableAllHooks\": true");
        for (Map.Entry<String, String> each : off.entrySet()) {
            assertThat(run("connect", each.getKey())).isZero();
            Path file = home.resolve("." + each.getKey()).resolve("settings.json");
            String wired = Files.readString(file);
            Files.writeString(file, wired.replaceFirst("\\{", "{" + each.getValue() + ","));
            assertThat(run("doctor")).isEqualTo(1);
            assertThat(out.toString().replaceAll("\\s+", " ")).contains("takes the hooks away");
            Files.writeString(file, wired);
            assertThat(run("doctor")).as(out.toString()).isZero();
        }
        Path gemini = home.resolve(".gemini/settings.json");
        String wired = Files.readString(gemini);
        Files.writeString(
                gemini,
                wired.replaceFirst(
                        "\\{", "{\"hooksConfig\": {\"disabled\": [\"countersign-BeforeTool\"]},"));
        assertThat(run("doctor")).isEqualTo(1);
    }

    private String shipped(String name) {
        return new Sending(kept(name), kept("any.curl"), url).shipped();
    }

    @Test
    void theSenderForPowershellTakesThePlaceOfTheOther() throws IOException {
        assertThat(run("connect", "copilot")).isZero();
        assertThat(run("connect", "copilot", "--powershell")).as(err.toString()).isZero();
        assertThat(server.tokens).hasSize(1);
        assertThat(kept(Sending.POWERSHELL)).hasContent(shipped(Sending.POWERSHELL));
        assertThat(tree().get(".copilot/hooks/countersign.json"))
                .contains("\"powershell\" : \"pwsh", Sending.POWERSHELL)
                .doesNotContain("\"bash\"");
        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", "copilot")).as(err.toString()).isZero();
        assertThat(tree()).isEmpty();
        assertThat(kept(Sending.POWERSHELL)).doesNotExist();
        assertThat(kept(Sending.NAME)).doesNotExist();
    }

    @Test
    void aPlaceAClientDoesNotHaveIsNamed() {
        for (String client : List.of("qwen", "cline", "opencode", "kiro", "vscode")) {
            assertThat(run("connect", client, "--managed")).as(client).isEqualTo(2);
            assertThat(err.toString()).contains("has no machine-wide place");
        }
        assertThat(run("connect", "codexx")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean `codex`");
        assertThat(run("connect", "codex", "--user", "--project")).isEqualTo(2);
    }

    @Test
    void aProjectIsWiredBesideItsUser() throws IOException {
        assertThat(run("connect", "copilot")).isZero();
        assertThat(run("connect", "copilot", "--project")).isZero();
        assertThat(server.tokens).as("one token for both").hasSize(1);
        assertThat(new ArrayList<>(tree().keySet()))
                .containsExactlyInAnyOrder(
                        ".copilot/hooks/countersign.json",
                        "project/.github/hooks/countersign.json");
        environment.put("COUNTERSIGN_TOKEN", "ana");
        assertThat(run("disconnect", "copilot", "--project")).isZero();
        assertThat(server.revoked).isEmpty();
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(run("disconnect", "copilot")).isZero();
        assertThat(server.revoked).hasSize(1);
    }
}
