package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What strangers send: always an answer that says what is wrong, and the server lives on. */
@SuppressWarnings("NullAway.Init")
final class BadInputTest {
    private static TestServer server;
    private static String token;

    @BeforeAll
    static void start() throws NotRecorded {
        server = new TestServer();
        token = server.agent("builder");
    }

    /** Another each time: of one that goes on and on only the first few are told one by one. */
    private static String somebody() throws NotRecorded {
        return server.agent("builder-" + server.ledger.all().size());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String call(String rest) {
        return "{\"client\":\"claude-code\",\"tool\":\"Bash\"," + rest + "}";
    }

    static Stream<Arguments> decisions() {
        String deep = "[".repeat(200) + "]".repeat(200);
        return Stream.of(
                Arguments.of("nothing", "", 400, "the body is empty"),
                Arguments.of("broken", "{\n\"client\": }", 400, "line 2, column"),
                Arguments.of("cut", "{\"client\":\"a", 400, "not JSON"),
                Arguments.of("two values", "{} {}", 400, "not JSON"),
                Arguments.of("a list", "[]", 400, "must be a JSON object"),
                Arguments.of("twice", "{\"client\":\"a\",\"client\":\"b\"}", 400, "Duplicate"),
                Arguments.of("deep", "{\"input\":" + deep + "}", 400, "deeper than 100"),
                Arguments.of(
                        "large", "{\"client\":\"" + "a".repeat(2 << 20) + "\"}", 413, "1048576"),
                Arguments.of("no client", "{}", 400, "`client` is missing"),
                Arguments.of("number", call("\"input\":{},\"cwd\":7"), 400, "`cwd` must be a text"),
                Arguments.of("no cwd", call("\"input\":{}"), 400, "`cwd` is missing"),
                Arguments.of(
                        "relative", call("\"input\":{},\"cwd\":\"src\""), 400, "absolute path"),
                Arguments.of(
                        "input text", call("\"input\":\"ls\",\"cwd\":\"/\""), 400, "an object"),
                Arguments.of(
                        "unknown key",
                        call("\"input\":{},\"cwd\":\"/\",\"yolo\":true"),
                        400,
                        "`yolo` is not known here"),
                Arguments.of(
                        "wait",
                        call("\"input\":{},\"cwd\":\"/\",\"wait\":\"soon\""),
                        400,
                        "expected a duration"),
                Arguments.of(
                        "long wait",
                        call("\"input\":{},\"cwd\":\"/\",\"wait\":\"2h\""),
                        400,
                        "between 0s and 60m"),
                Arguments.of("NUL in cwd", call("\"input\":{},\"cwd\":\"/a\\u0000b\""), 400, "NUL"),
                Arguments.of(
                        "NUL in path",
                        call("\"input\":{\"file_path\":\"/a\\u0000b\"},\"cwd\":\"/\""),
                        400,
                        "NUL"),
                Arguments.of(
                        "another agent",
                        call("\"input\":{},\"cwd\":\"/\",\"agent\":\"boss\""),
                        403,
                        "speaks for `builder`"),
                Arguments.of(
                        "no label",
                        call("\"input\":{},\"cwd\":\"/\",\"agent\":\"builder/\""),
                        403,
                        "speaks for `builder`"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("decisions")
    void decisionsSayWhatIsWrong(String name, String body, int status, String words) {
        Reply reply = server.post("/v1/decisions", token, body);

        assertThat(reply.status()).as(name + reply.body()).isEqualTo(status);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.json().path("detail").asText()).contains(words);
        assertThat(reply.json().path("type").asText()).startsWith("urn:countersign:problem:");
        assertThat(reply.json().path("status").asInt()).isEqualTo(status);
        assertThat(reply.body()).doesNotContain("Exception", "\tat ", ".java:");
    }

    static Stream<Arguments> hooks() {
        String deep = "[".repeat(200) + "]".repeat(200);
        String start = "{\"session_id\":\"s\",\"hook_event_name\":\"PreToolUse\",";
        return Stream.of(
                Arguments.of("nothing", "", "empty"),
                Arguments.of("broken", "{\"a\":\n\n }", "line 3, column"),
                Arguments.of("not UTF-16", "{\u0000}", "not JSON"),
                Arguments.of("a list", "[]", "not a JSON object"),
                Arguments.of("deep", "{\"tool_input\":" + deep + "}", "deeper than 100"),
                Arguments.of("large", "{\"a\":\"" + "a".repeat(2 << 20) + "\"}", "larger than"),
                Arguments.of(
                        "no cwd",
                        start + "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"ls\"}}",
                        "`cwd` is missing"),
                Arguments.of(
                        "wrong type",
                        start + "\"cwd\":\"/\",\"tool_name\":\"Bash\",\"tool_input\":\"ls\"}",
                        "`tool_input` is not a JSON object"),
                Arguments.of(
                        "NUL",
                        start
                                + "\"cwd\":\"/\",\"tool_name\":\"Read\","
                                + "\"tool_input\":{\"file_path\":\"/a\\u0000b\"}}",
                        "NUL"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hooks")
    void hooksAreDeniedInTheClientsForm(String name, String body, String words) throws NotRecorded {
        String caller = somebody();
        int before = server.ledger.all().size();
        Reply reply = server.post("/hooks/claude-code/PreToolUse", caller, body);

        assertThat(reply.status()).as(name + reply.body()).isEqualTo(200);
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecision").asText())
                .isEqualTo("deny");
        String said = reply.json().at("/hookSpecificOutput/permissionDecisionReason").asText();
        assertThat(said).startsWith("Countersign could not judge this").contains(words);
        assertThat(said).doesNotContain("Denied by");
        assertThat(server.ledger.all()).hasSizeGreaterThan(before);
        assertThat(server.ledger.all().getLast().body().path("kind").asText()).isEqualTo("failure");
    }

    @Test
    void anUnknownToolIsJudgedLikeAnyOther() {
        Reply reply =
                server.post(
                        "/v1/decisions",
                        token,
                        "{\"client\":\"x\",\"tool\":\"Teleport\",\"input\":{},\"cwd\":\"/w\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("effect").asText()).isNotEqualTo("allow");
        assertThat(reply.json().path("receipt").path("hash").asText()).hasSize(64);
    }

    @Test
    void anUnknownClientIsNotFound() {
        assertThat(server.post("/hooks/netscape/PreToolUse", token, "{}").status()).isEqualTo(404);
    }

    @Test
    void whatCannotBeReadIsInTheLedger() throws NotRecorded {
        String caller = somebody();
        int before = server.ledger.all().size();
        Reply _ = server.post("/v1/decisions", caller, "{\"client\":5}");
        assertThat(server.ledger.all().subList(before, server.ledger.all().size()))
                .anySatisfy(
                        r -> assertThat(r.body().path("summary").asText()).contains("`client`"));
    }
}
