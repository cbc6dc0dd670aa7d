package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportTest {
    private static final String SETTINGS = "{\"permissions\": {\"allow\": [\"Bash(npm test)\"]}}";

    @TempDir Path home;
    private Desk desk = new Desk(Path.of("/"));

    @BeforeEach
    void desk() throws IOException {
        desk = new Desk(home);
        Files.writeString(home.resolve("settings.json"), SETTINGS);
    }

    @Test
    void theDocumentGoesOutAndTheReportBeside() {
        assertThat(desk.run("import", "claude-code", "settings.json")).isZero();
        assertThat(desk.out.toString())
                .startsWith("# From settings.json of Claude Code")
                .contains("  - allow: {shell_run: \"npm test\"}");
        assertThat(desk.err.toString())
                .contains("settings.json:1:28: carried  allow Bash(npm test) → line 9")
                .endsWith("1 carried, 1 changed, 0 not carried\n");
    }

    @Test
    void whatIsWrittenLoads() throws IOException {
        assertThat(desk.run("import", "claude-code", "settings.json", "--out", "p.yaml")).isZero();
        assertThat(desk.out.toString()).isEmpty();
        assertThat(new Desk(home).run("policy", "lint", "p.yaml")).isZero();
        Desk again = new Desk(home);
        assertThat(again.run("import", "claude-code", "settings.json", "--out", "p.yaml"))
                .isEqualTo(2);
        assertThat(again.err.toString()).contains("`p.yaml` is there already");
        assertThat(Files.readString(home.resolve("p.yaml"))).contains("npm test");
    }

    @Test
    void jsonHoldsBoth() throws Json.Broken {
        assertThat(desk.run("import", "claude-code", "settings.json", "--json")).isZero();
        ObjectNode json = Json.readObject(desk.out.toString());
        assertThat(Json.text(json, "policy")).contains("npm test");
        assertThat(json.path("lines").get(1).path("outcome").asText()).isEqualTo("carried");
        assertThat(json.path("lines").get(1).path("rules").get(0).asInt()).isEqualTo(9);
        assertThat(json.path("notes").isEmpty()).isFalse();
        assertThat(desk.err.toString()).isEmpty();
    }

    @Test
    void badInputIsExitCodeTwo() throws IOException {
        assertThat(desk.run("import", "claude", "settings.json")).isEqualTo(2);
        assertThat(desk.err.toString()).contains("expected one of claude-code, codeflow");
        Desk bad = new Desk(home);
        Files.writeString(home.resolve("bad.toml"), "[[rule]]\ndecision = 1\n");
        assertThat(bad.run("import", "gemini", "bad.toml")).isEqualTo(2);
        assertThat(bad.err.toString()).contains("bad.toml:2:1: `decision` is");
        Desk gone = new Desk(home);
        assertThat(gone.run("import", "codex", "none.rules")).isEqualTo(2);
        Desk bytes = new Desk(home);
        Files.write(
                home.resolve("b.json"), "{\"\u00e4\": 1}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(bytes.run("import", "opencode", "b.json")).isEqualTo(2);
        assertThat(bytes.err.toString()).contains("b.json:1:1: the file is not in UTF-8");
        Desk big = new Desk(home);
        Files.write(home.resolve("big.json"), new byte[2_000_000]);
        assertThat(big.run("import", "opencode", "big.json")).isEqualTo(2);
        assertThat(big.err.toString()).contains("big.json:1:1: the file is longer than");
    }
}
