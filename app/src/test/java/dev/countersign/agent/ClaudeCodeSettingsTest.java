package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.agent.ClaudeCodeSettings.Entries;
import dev.countersign.agent.ClaudeCodeSettings.Unusable;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Our entries come and go without touching a character of anybody else's. */
final class ClaudeCodeSettingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Entries BOTH = new Entries("http://127.0.0.1:7373/", true, "cs_secret");

    private static final String OTHERS =
            """
            {
              "hooks": {
                "PreToolUse": [
                  {"matcher": "Bash", "hooks": [{"type": "command", "command": "my-own"}]}
                ],
                "Notification": [{"hooks": [{"type": "command", "command": "beep"}]}]
              },
              "model": "opus"
            }
            """;

    static Stream<Arguments> settings() {
        return Stream.of(
                Arguments.of("an empty object", "{}"),
                Arguments.of("one line", "{\"model\": \"opus\", \"env\": {\"A\": \"1\"}}"),
                Arguments.of("two blanks", "{\n  \"model\": \"opus\"\n}\n"),
                Arguments.of("four blanks", "{\n    \"model\": \"opus\"\n}\n"),
                Arguments.of(
                        "tabs",
                        "{\n\t\"model\": \"opus\",\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t}\n}\n"),
                Arguments.of("Windows line ends", "{\r\n  \"model\": \"opus\"\r\n}\r\n"),
                Arguments.of("no line end at the end", "{\n  \"model\": \"opus\"\n}"),
                Arguments.of("a byte order mark", "\ufeff{\n  \"model\": \"opus\"\n}\n"),
                Arguments.of("odd blanks", "{ \"a\" :\t1 ,\n\n\n   \"b\":[ 1,2 , 3 ]  }  \n\n"),
                Arguments.of(
                        "unicode and escapes",
                        "{\n  \"näme 😀\": \"\\u00e4 \\/ ü\",\n  \"n\": 1.50e3\n}\n"),
                Arguments.of("hooks of others", OTHERS),
                Arguments.of(
                        "a hooks object on one line",
                        "{\"hooks\": {\"Stop\": [{\"hooks\": []}]}}\n"),
                Arguments.of(
                        "an env and permissions",
                        "{\n  \"env\": {\n    \"A\": \"1\"\n  },\n  \"permissions\": {\"allow\": [\"Bash(ls)\"]}\n}\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void everythingElseKeepsEveryCharacterAndComesBackAsItWas(String name, String before)
            throws Exception {
        String after = ClaudeCodeSettings.with(before, BOTH);

        assertThat(ClaudeCodeSettings.without(after)).isEqualTo(before);
        assertThat(ClaudeCodeSettings.with(after, BOTH)).as("a second time").isEqualTo(after);
        assertThat(ClaudeCodeSettings.token(after)).contains("cs_secret");
        assertThat(ClaudeCodeSettings.server(after)).contains("http://127.0.0.1:7373");
        ObjectNode tree = parsed(after);
        for (String event : ClaudeCodeSettings.events()) {
            assertThat(tree.path("hooks").path(event))
                    .as(event)
                    .contains(ClaudeCodeSettings.group(event, "http://127.0.0.1:7373"));
        }
        assertThat(after.contains("\r\n")).isEqualTo(before.contains("\r\n"));
        if (before.contains("\r\n")) {
            assertThat(after.replace("\r\n", "")).doesNotContain("\n");
        }
    }

    private static ObjectNode parsed(String text) throws IOException {
        return (ObjectNode) JSON.readTree(text.replace("\ufeff", ""));
    }

    @Test
    void theIndentationOfTheFileIsKept() throws Unusable {
        assertThat(
                        ClaudeCodeSettings.with(
                                "{\n\t\"a\": 1\n}\n", new Entries("http://h", false, "t")))
                .isEqualTo(
                        "{\n\t\"a\": 1,\n\t\"env\": {\n\t\t\"COUNTERSIGN_TOKEN\": \"t\"\n\t}\n}\n");
        assertThat(
                        ClaudeCodeSettings.with(
                                "{\"env\": {\"A\": \"1\"}}", new Entries("http://h", false, "t")))
                .isEqualTo("{\"env\": {\"A\": \"1\", \"COUNTERSIGN_TOKEN\": \"t\"}}");
    }

    @Test
    void nothingBecomesAFile() throws Unusable {
        String made = ClaudeCodeSettings.with("", new Entries("http://h", false, "t"));

        assertThat(made).isEqualTo("{\n  \"env\": {\n    \"COUNTERSIGN_TOKEN\": \"t\"\n  }\n}\n");
        assertThat(ClaudeCodeSettings.without("")).isEmpty();
        assertThat(ClaudeCodeSettings.with("\n", new Entries("http://h", false, "t")))
                .startsWith("{\n  \"env\"");
    }

    @Test
    void anotherServerTakesThePlaceOfTheFirst() throws Unusable {
        String first = ClaudeCodeSettings.with(OTHERS, BOTH);

        String second =
                ClaudeCodeSettings.with(
                        first, new Entries("http://127.0.0.1:8080", true, "cs_two"));

        assertThat(second).doesNotContain("7373").doesNotContain("cs_secret");
        assertThat(ClaudeCodeSettings.without(second)).isEqualTo(OTHERS);
    }

    @Test
    void onlyOurHookLeavesAGroupThatSomebodyMixed() throws Exception {
        ObjectNode mixed = parsed(ClaudeCodeSettings.with("{}", BOTH));
        ((com.fasterxml.jackson.databind.node.ArrayNode)
                        mixed.path("hooks").path("PreToolUse").path(0).path("hooks"))
                .addObject()
                .put("type", "command")
                .put("command", "theirs");

        JsonNode left = parsed(ClaudeCodeSettings.without(mixed.toPrettyString()));

        assertThat(left.toString())
                .isEqualTo(
                        "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"*\",\"hooks\":"
                                + "[{\"type\":\"command\",\"command\":\"theirs\"}]}]}}");
    }

    @Test
    void aWeakenedEntryIsPutRightAgain() throws Exception {
        String good = ClaudeCodeSettings.with("{}", BOTH);
        for (String weak :
                List.of(
                        good.replaceFirst(
                                "\"onFailure\": \"block\"", "\"onFailure\": \"continue\""),
                        good.replaceFirst("\"matcher\": \"\\*\"", "\"matcher\": \"Bash\""),
                        good.replaceFirst("3600", "1"))) {
            assertThat(weak).isNotEqualTo(good);
            assertThat(parsed(ClaudeCodeSettings.with(weak, BOTH))).isEqualTo(parsed(good));
        }
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "{\n  // mine\n  \"a\": 1\n}",
                        "f.json:2:3: not valid JSON: comments are not allowed"),
                Arguments.of("{\n  \"a\": 1,\n}", "f.json:3:1: not valid JSON: "),
                Arguments.of("{\"a\": 1", "f.json:1:8: not valid JSON: "),
                Arguments.of("[1]", "f.json:1:1: expected an object"),
                Arguments.of("{} {}", "f.json:1:4: something follows the object"),
                Arguments.of("{\n  \"a\": 1,\n  \"a\": 2\n}", "f.json:3:"),
                Arguments.of("{\n  \"hooks\": []\n}", "f.json:2:12: `hooks` must be an object"),
                Arguments.of("{\"env\": 7}", "f.json:1:9: `env` must be an object"),
                Arguments.of(
                        "{\"hooks\": {\n\"Stop\": {}}}",
                        "f.json:2:9: `hooks.Stop` must be a list"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatIsNoSettingsObjectIsRefusedWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> ClaudeCodeSettings.with(text, BOTH))
                .isInstanceOfSatisfying(
                        Unusable.class,
                        unusable -> assertThat(unusable.in("f.json")).startsWith(message));
    }

    @Test
    void decidingHooksBlockWhenTheyFailAndObserversDoNotLoop() {
        JsonNode pre = ClaudeCodeSettings.group("PreToolUse", "http://h").path("hooks").path(0);
        JsonNode stop = ClaudeCodeSettings.group("Stop", "http://h").path("hooks").path(0);

        assertThat(pre.toString())
                .isEqualTo(
                        "{\"type\":\"http\",\"url\":\"http://h/hooks/claude-code/PreToolUse\","
                                + "\"timeout\":3600,\"onFailure\":\"block\","
                                + "\"headers\":{\"Authorization\":\"Bearer $COUNTERSIGN_TOKEN\"},"
                                + "\"allowedEnvVars\":[\"COUNTERSIGN_TOKEN\"]}");
        assertThat(stop.has("onFailure")).isFalse();
    }

    @Test
    void anAddressThatCouldLeaveItsQuotesIsNoServer() {
        for (String bad :
                List.of(
                        "http://h/'; rm -rf ~; '",
                        "file:///etc",
                        "127.0.0.1:7373",
                        "http://$(id)")) {
            assertThatThrownBy(() -> new Entries(bad, true, null))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
