package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCodeSettings.Entries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A settings change is taken over only while every event still reaches the server. */
final class SettingsGuardTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SERVER = "http://127.0.0.1:7373";
    private static final List<String> SERVERS =
            List.of(SERVER + "/", SERVER, "http://localhost:7373");

    @TempDir private Path scratch;
    private Path home;
    private Path project;
    private Path managed;
    private String wired = "";

    @BeforeEach
    void wire() throws Exception {
        home = Files.createDirectories(scratch.resolve("home"));
        project = Files.createDirectories(home.resolve("project"));
        managed = scratch.resolve("managed");
        wired = ClaudeCodeSettings.with("{}", new Entries(SERVER, true, "cs_t"));
        write(project.resolve(".claude/settings.json"), wired);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    private List<String> change(String file, String source) {
        return SettingsPlaces.problems(
                new HookEvent.ConfigChange("s", project.toString(), file, source),
                home,
                managed,
                SERVERS);
    }

    private List<String> projectBecomes(String text) throws IOException {
        Path file = project.resolve(".claude/settings.json");
        write(file, text);
        return change(file.toString(), "project_settings");
    }

    private List<String> localBecomes(String text) throws IOException {
        Path file = project.resolve(".claude/settings.local.json");
        write(file, text);
        return change(file.toString(), "local_settings");
    }

    @Test
    void aHarmlessChangeIsTakenOver() throws IOException {
        assertThat(projectBecomes(wired.replaceFirst("\\{", "{\"model\": \"opus\", "))).isEmpty();
        assertThat(localBecomes("{\"permissions\": {\"allow\": [\"Bash(ls)\"]}}")).isEmpty();
        assertThat(localBecomes("{\"env\": {\"A\": \"1\", \"B\": 2}}")).isEmpty();
        assertThat(
                        localBecomes(
                                "{\"allowedHttpHookUrls\": [\"http://127.0.0.1:*/hooks/*\"],"
                                        + " \"httpHookAllowedEnvVars\": [\"COUNTERSIGN_TOKEN\"]}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"onFailure\":\"block\" | \"onFailure\":\"continue\" | PreToolUse",
                "\"matcher\":\"*\" | \"matcher\":\"Read\" | PreToolUse",
                "\"type\":\"http\" | \"async\":true,\"type\":\"http\" | PreToolUse",
                "\"type\":\"http\" | \"if\":\"Bash(git *)\",\"type\":\"http\" | PreToolUse",
                "\"type\":\"http\" | \"once\":true,\"type\":\"http\" | PreToolUse",
                "127.0.0.1:7373/hooks/claude-code/PreToolUse | 127.0.0.1:9/hooks/claude-code/PreToolUse | PreToolUse",
                "hooks/claude-code/PreToolUse | hooks/claude-code/Stop | PreToolUse",
                "\"PreToolUse\" | \"PreToolUsed\" | PreToolUse",
                "\"ConfigChange\" | \"ConfigChanged\" | ConfigChange",
                "\"SessionStart\":[ | \"SessionStarts\":[ | SessionStart",
                "Bearer $COUNTERSIGN_TOKEN | '' | PreToolUse",
                "\"onFailure\":\"block\" | \"onFailure\":\"blok\" | PreToolUse",
                "\"timeout\":3600 | \"timeout\":-1 | PreToolUse",
            })
    void aNarrowedOrRedirectedHookIsAProblem(String from, String to, String event)
            throws IOException {
        String compact = JSON.readTree(wired).toString();
        int at =
                compact.indexOf(
                        from, event.equals("PreToolUse") ? compact.indexOf("PreToolUse") - 1 : 0);
        assertThat(at).isNotNegative();
        String changed = compact.substring(0, at) + to + compact.substring(at + from.length());

        assertThat(projectBecomes(changed)).isNotEmpty().first().asString().contains(event);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"disableAllHooks\": true} | `disableAllHooks`",
                "{\"disableAllHooks\": \"yes\"} | neither true nor false",
                "{\"permissions\": {\"allow\": \"Bash\"}} | `permissions.allow` is no list of texts",
                "{\"permissions\": {\"deny\": [1]}} | `permissions.deny` is no list of texts",
                "{\"permissions\": {\"defaultMode\": 1}} | `permissions.defaultMode` is no text",
                "{\"hooks\": []} | `hooks` is no object",
                "{\"hooks\": {\"Stop\": {}}} | `hooks.Stop` is no list",
                "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"magic\"}]}]}} | known `type`",
                "{\"env\": {\"COUNTERSIGN_TOKEN\": \"\"}} | `env.COUNTERSIGN_TOKEN` is empty",
                "{\"env\": {\"HTTP_PROXY\": \"http://127.0.0.1:9\"}} | through a proxy",
                "{\"env\": {\"all_proxy\": \"http://127.0.0.1:9\"}} | through a proxy",
                "{\"env\": {\"CLAUDE_CODE_SIMPLE\": \"1\"}} | how the client runs its hooks",
                "{\"env\": {\"X\": []}} | `env.X` is no text",
                "{\"a\": 1,} | cannot be used: 1:",
                "[] | cannot be used: 1:1",
                "{\"allowedHttpHookUrls\": [\"https://hooks.example.com/*\"]} | does not list the server",
                "{\"httpHookAllowedEnvVars\": [\"OTHER\"]} | does not list `COUNTERSIGN_TOKEN`",
            })
    void anotherFileThatWeakensTheHooksIsAProblem(String text, String problem) throws IOException {
        assertThat(localBecomes(text)).anySatisfy(said -> assertThat(said).contains(problem));
    }

    @Test
    void aProxyThatLeavesTheServerOutIsFine() throws IOException {
        assertThat(
                        localBecomes(
                                "{\"env\": {\"HTTP_PROXY\": \"http://proxy:3128\", \"NO_PROXY\":"
                                        + " \"localhost,127.0.0.1\"}}"))
                .isEmpty();
    }

    @Test
    void theHooksMayStandInAnyFileButOneMustHoldThem() throws IOException {
        write(home.resolve(".claude/settings.json"), wired);
        assertThat(projectBecomes("{}")).isEmpty();

        Path user = home.resolve(".claude/settings.json");
        Files.delete(user);
        assertThat(change(user.toString(), "user_settings"))
                .first()
                .asString()
                .contains("tool calls would no longer be decided");
    }

    @Test
    void managedHooksSurviveWhatSwitchesOthersOff() throws IOException {
        write(managed.resolve("managed-settings.d/50.json"), wired);
        assertThat(localBecomes("{\"disableAllHooks\": true}"))
                .singleElement()
                .asString()
                .contains("every hook but managed ones");

        Files.delete(project.resolve(".claude/settings.local.json"));
        write(managed.resolve("managed-settings.json"), "{\"allowManagedHooksOnly\": true}");
        assertThat(projectBecomes("{}")).isEmpty();

        write(managed.resolve("managed-settings.json"), "{\"disableAllHooks\": true}");
        assertThat(projectBecomes(wired)).isNotEmpty();
    }

    @Test
    void managedSettingsThatDropOurHooksAreAProblem() throws IOException {
        write(managed.resolve("managed-settings.json"), "{\"allowManagedHooksOnly\": true}");

        assertThat(change(managed.resolve("managed-settings.json").toString(), "policy_settings"))
                .anySatisfy(said -> assertThat(said).contains("tool calls"))
                .anySatisfy(said -> assertThat(said).contains("allowManagedHooksOnly"));
    }

    @Test
    void aFileThatIsGoneIsAProblemWhenItHeldTheHooks() throws IOException {
        Path file = project.resolve(".claude/settings.json");
        Files.delete(file);

        assertThat(change(file.toString(), "project_settings")).isNotEmpty();
    }

    @Test
    void whatIsNoPathIsAProblem() {
        assertThat(change("settings.json", "project_settings")).isNotEmpty();
        assertThat(change("/a\0b", "project_settings")).isNotEmpty();
    }

    @Test
    void everyShapeOfOurOwnIsAccepted() throws Exception {
        ObjectNode own = (ObjectNode) JSON.readTree(wired);

        assertThat(
                        SettingsGuard.defects(
                                new SettingsGuard.Place(
                                        "f",
                                        SettingsGuard.Origin.USER,
                                        new SettingsGuard.Content.Parsed(own))))
                .isEmpty();
    }
}
