package dev.countersign.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AcpProxyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OPTIONS =
            "\"options\":[{\"optionId\":\"always\",\"name\":\"A\",\"kind\":\"allow_always\"},"
                    + "{\"optionId\":\"yes\",\"name\":\"Y\",\"kind\":\"allow_once\"},"
                    + "{\"optionId\":\"no\",\"name\":\"N\",\"kind\":\"reject_once\"}]";

    private final Sink editor = new Sink();
    private final Sink agent = new Sink();
    private final FakeAuthority authority = new FakeAuthority();
    private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
    private final AcpProxy proxy =
            new AcpProxy(
                    new AcpProxy.Settings(
                            "acp", "/work", "run", Optional.empty(), Optional.empty(), notes::add),
                    authority,
                    new Wire(editor),
                    new Wire(agent));

    private void editor(String line) {
        proxy.fromClient(line.getBytes(UTF_8));
    }

    private void agent(String line) {
        proxy.fromServer(line.getBytes(UTF_8));
    }

    private void opened(String modes) throws Exception {
        editor(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session/new\",\"params\":{\"cwd\":\"/repo\",\"mcpServers\":[]}}");
        assertThat(agent.next()).contains("session/new");
        agent("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"sessionId\":\"s\"" + modes + "}}");
    }

    private static String modes(String current) {
        return ",\"modes\":{\"currentModeId\":\""
                + current
                + "\",\"availableModes\":[{\"id\":\"yolo\"},{\"id\":\"default\"},{\"id\":\"plan\"}]}";
    }

    private static String permission(String toolCall) {
        return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session/request_permission\",\"params\":{\"sessionId\":\"s\",\"toolCall\":{\"toolCallId\":\"t\","
                + toolCall
                + "},"
                + OPTIONS
                + "}}";
    }

    @Test
    void aPermissionIsAnsweredByTheAuthorityAndNeverForGood() throws Exception {
        opened(modes("default"));
        assertThat(editor.next()).contains("availableModes");
        agent(permission("\"kind\":\"read\",\"rawInput\":{\"path\":\"/repo/a\"}"));
        authority.votes.add("allow");
        JsonNode answer = agent.json();
        assertThat(answer.path("id").asInt()).isEqualTo(7);
        assertThat(answer.at("/result/outcome/optionId").asText()).isEqualTo("yes");
        JsonNode asked = authority.asked.getFirst();
        assertThat(asked.path("tool").asText()).isEqualTo("Read");
        assertThat(asked.at("/input/file_path").asText()).isEqualTo("/repo/a");
        assertThat(asked.path("cwd").asText()).isEqualTo("/repo");
        editor.nothing();
    }

    @Test
    void aRefusalIsToldToTheEditorWithTheReason() throws Exception {
        opened(modes("default"));
        assertThat(editor.next()).contains("sessionId");
        agent(
                permission(
                        "\"kind\":\"execute\",\"rawInput\":{\"command\":[\"rm\",\"-rf\",\"a"
                                + " b\"]}"));
        authority.votes.add("deny");
        JsonNode told = editor.json();
        assertThat(told.at("/params/update/toolCallId").asText()).isEqualTo("t");
        assertThat(told.toString()).contains("because of a rule");
        assertThat(agent.json().at("/result/outcome/optionId").asText()).isEqualTo("no");
        assertThat(authority.asked.getFirst().at("/input/command").asText())
                .isEqualTo("rm -rf 'a b'");
    }

    @Test
    void whileTheAuthorityIsSilentThereIsNoPermission() throws Exception {
        authority.silent = "no server answers";
        agent(permission("\"kind\":\"read\",\"locations\":[{\"path\":\"/repo/a\"}]"));
        assertThat(agent.json().at("/result/outcome/optionId").asText()).isEqualTo("no");
        assertThat(editor.next()).contains("could not judge");
    }

    @Test
    void whatItRunsCountsWhateverItCallsItself() {
        assertThat(
                        calls(
                                "{\"kind\":\"read\",\"rawInput\":{\"command\":\"rm -rf"
                                        + " /\",\"path\":\"a\"}}"))
                .containsExactly("Bash", "Read");
        assertThat(calls("{\"kind\":\"execute\",\"title\":\"ls\"}")).containsExactly("Bash");
        assertThat(
                        first("{\"kind\":\"execute\",\"title\":\"git push it's\"}")
                                .input()
                                .path("command")
                                .asText())
                .isEqualTo("\"$COMMAND_NOT_SAID\" 'git push it'\\''s'");
        for (String hidden :
                List.of(
                        "\"command\":\"rm\",\"args\":[\"-rf\",\"src\"]",
                        "\"command\":\"ls\",\"cmd\":\"rm -rf /\"",
                        "\"command\":\"ls\",\"env\":{\"BASH_ENV\":\"x\"}",
                        "\"command\":\"rm a\",\"workdir\":\"/etc\"")) {
            assertThat(
                            first("{\"kind\":\"execute\",\"rawInput\":{" + hidden + "}}")
                                    .input()
                                    .path("command")
                                    .asText())
                    .startsWith("\"$COMMAND_NOT_SAID\"");
        }
        for (String kind : List.of("delete", "edit", "fetch", "move")) {
            assertThat(calls("{\"kind\":\"" + kind + "\",\"rawInput\":{\"command\":\"ls\"}}"))
                    .hasSizeGreaterThan(1);
        }
        assertThat(calls("{\"kind\":\"move\",\"locations\":[{\"path\":\"/a\"}]}"))
                .containsExactly("Write", "delete_file");
        assertThat(calls("{\"title\":\"something\"}")).containsExactly(AcpCall.OTHER);
        assertThat(calls("{\"kind\":\"other\",\"rawInput\":{\"url\":\"http://x\"}}"))
                .containsExactly("WebFetch", AcpCall.OTHER);
        assertThat(
                        calls(
                                "{\"kind\":\"edit\",\"content\":[{\"type\":\"diff\",\"path\":\"/a\"}],\"locations\":[{\"path\":\"/b\"}]}"))
                .containsExactly("Edit", "Edit");
    }

    private static AcpCall first(String toolCall) {
        return all(toolCall).getFirst();
    }

    private static List<String> calls(String toolCall) {
        return all(toolCall).stream().map(AcpCall::tool).toList();
    }

    private static List<AcpCall> all(String toolCall) {
        try {
            return AcpCall.of(JSON.readTree(toolCall));
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void everyPartOfWhatIsAskedMustBeAllowed() throws Exception {
        agent(
                permission(
                        "\"kind\":\"move\",\"locations\":[{\"path\":\"/repo/a\"},{\"path\":\"/etc/b\"}]"));
        authority.votes.add("allow");
        authority.votes.add("deny");
        assertThat(agent.json().at("/result/outcome/optionId").asText()).isEqualTo("no");
        assertThat(authority.asked).hasSize(2);
    }

    @Test
    void aSessionIsPutIntoAModeThatAsksBeforeTheEditorHearsOfIt() throws Exception {
        opened(modes("yolo"));
        JsonNode set = agent.json();
        assertThat(set.path("method").asText()).isEqualTo("session/set_mode");
        assertThat(set.at("/params/modeId").asText()).isEqualTo("default");
        editor.nothing();
        agent("{\"jsonrpc\":\"2.0\",\"id\":" + set.path("id") + ",\"result\":null}");
        assertThat(editor.next()).contains("availableModes");
        assertThat(editor.json().at("/params/update/currentModeId").asText()).isEqualTo("default");
    }

    @Test
    void theModeStays() throws Exception {
        opened(modes("default"));
        assertThat(editor.next()).contains("availableModes");
        editor(
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session/set_mode\",\"params\":{\"sessionId\":\"s\",\"modeId\":\"yolo\"}}");
        assertThat(editor.json().at("/error/message").asText())
                .contains("the mode stays `default`");
        agent.nothing();
        editor(
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"session/set_mode\",\"params\":{\"sessionId\":\"s\",\"modeId\":\"plan\"}}");
        assertThat(agent.next()).contains("plan");
        editor(
                "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"session/set_config_option\",\"params\":{\"sessionId\":\"s\",\"configId\":\"x\",\"value\":\"y\"}}");
        assertThat(editor.json().at("/error/message").asText()).contains("may decide");
        agent(
                "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"s\",\"update\":{\"sessionUpdate\":\"current_mode_update\",\"currentModeId\":\"yolo\"}}}");
        assertThat(editor.next()).contains("yolo");
        assertThat(agent.json().at("/params/modeId").asText()).isEqualTo("default");
    }

    @Test
    void aModeAmongTheOptionsIsKeptToo() throws Exception {
        String options =
                ",\"configOptions\":[{\"id\":\"m\",\"category\":\"mode\",\"currentValue\":\"full\",\"options\":[{\"value\":\"full\"},{\"value\":\"ask\"}]},"
                        + "{\"id\":\"model\",\"category\":\"model\",\"currentValue\":\"a\",\"options\":[]}]";
        opened(options);
        JsonNode set = agent.json();
        assertThat(set.path("method").asText()).isEqualTo("session/set_config_option");
        assertThat(set.at("/params/value").asText()).isEqualTo("ask");
        agent("{\"jsonrpc\":\"2.0\",\"id\":" + set.path("id") + ",\"result\":{}}");
        assertThat(editor.next()).contains("configOptions");
        assertThat(editor.next()).contains("current_mode_update");
        String option =
                "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"session/set_config_option\",\"params\":{\"sessionId\":\"s\",\"configId\":\"%s\",\"value\":\"%s\"}}";
        editor(option.formatted(2, "m", "full"));
        assertThat(editor.json().at("/error/message").asText()).contains("stays `ask`");
        editor(option.formatted(3, "model", "b"));
        assertThat(agent.next()).contains("\"model\"");
    }

    @Test
    void anAgentWithNoModeThatAsksIsNotRun() throws Exception {
        opened(",\"modes\":{\"currentModeId\":\"go\",\"availableModes\":[{\"id\":\"go\"}]}");
        assertThat(editor.json().at("/error/message").asText())
                .contains("choose one with `--mode`: go");
    }

    @Test
    void aCancelledTurnIsAnsweredSo() throws Exception {
        agent(permission("\"kind\":\"execute\",\"rawInput\":{\"command\":\"ls\"}"));
        editor(
                "{\"jsonrpc\":\"2.0\",\"method\":\"session/cancel\",\"params\":{\"sessionId\":\"s\"}}");
        assertThat(List.of(agent.next(), agent.next()))
                .anyMatch(line -> line.contains("cancelled"))
                .anyMatch(line -> line.contains("session/cancel"));
        authority.votes.add("allow");
        editor.nothing();
    }

    @Test
    void everythingElsePassesAsTheBytesItCameAs() throws Exception {
        String odd =
                "{ \"jsonrpc\":\"2.0\",\"id\":5,"
                        + " \"method\":\"fs/read_text_file\",\"params\":{\"path\":\"\\u00e9\"}}";
        agent(odd);
        assertThat(editor.next()).isEqualTo(odd);
        String answer = "{\"jsonrpc\":\"2.0\",\"id\":5,  \"result\":{}}";
        editor(answer);
        assertThat(agent.next()).isEqualTo(answer);
        editor(answer);
        assertThat(notes.take()).contains("nobody asked");
        agent.nothing();
    }

    @Test
    void aQuestionThatIsReadInTwoWaysIsNoQuestion() throws Exception {
        agent(
                permission("\"kind\":\"read\"")
                        .replace("\"kind\":\"read\"", "\"kind\":\"read\",\"kind\":\"execute\""));
        assertThat(agent.json().at("/error/message").asText()).contains("did not pass");
        editor.nothing();
        assertThat(authority.asked).isEmpty();
    }

    @Test
    void anAgentThatStaysInAnotherModeIsStopped() throws Exception {
        opened(modes("default"));
        assertThat(editor.next()).contains("availableModes");
        agent(
                "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"s\",\"update\":{\"sessionUpdate\":\"config_option_update\",\"configOptions\":[{\"id\":\"m\",\"category\":\"mode\",\"currentValue\":\"yolo\"}]}}}");
        assertThat(editor.next()).contains("yolo");
        JsonNode set = agent.json();
        assertThat(set.at("/params/modeId").asText()).isEqualTo("default");
        agent(
                "{\"jsonrpc\":\"2.0\",\"id\":"
                        + set.path("id")
                        + ",\"error\":{\"code\":1,\"message\":\"no\"}}");
        assertThat(agent.next()).contains("session/cancel");
    }

    @Test
    void anAgentThatDoesNotSayItsModeIsNotRun() throws Exception {
        opened("");
        assertThat(editor.json().at("/error/message").asText()).contains("--mode none");
    }
}
