package dev.countersign.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.Receipt;
import dev.countersign.call.Action;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import dev.countersign.call.Subject;
import dev.countersign.decision.Answer;
import dev.countersign.decision.Outcome;
import dev.countersign.policy.Because;
import dev.countersign.policy.Decider;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Explanation;
import dev.countersign.policy.Judged;
import dev.countersign.policy.Obligations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapter reads what the real client sent and answers what the real client understands. */
final class ClaudeCodeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PAYLOADS = Path.of("src/test/resources/clients/claude-code/payloads");
    private static final Scene SCENE =
            new Scene(
                    new Subject("default", "dev-laptop", null, "dev@example.com", null),
                    "/home/dev",
                    "linux",
                    Shell.BASH,
                    Map.of("LANG", "C.UTF-8"),
                    folder -> folder);
    private static final HookAnswer DENY =
            new HookAnswer.Deny(
                    "deleting the home folder is never allowed",
                    List.of(
                            new Because(
                                    "floor",
                                    "critical",
                                    "countersign.yaml:3:5",
                                    Effect.DENY,
                                    "critical")),
                    "remove single files by path",
                    "01KDENY");

    private final ClaudeCode client = new ClaudeCode();

    static Stream<String> payloads() throws IOException {
        try (Stream<Path> files = Files.list(PAYLOADS)) {
            return files
                    .map(file -> Objects.requireNonNull(file.getFileName()).toString())
                    .filter(name -> name.endsWith(".json"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static ObjectNode payload(String file) {
        try {
            return (ObjectNode) JSON.readTree(Files.readString(PAYLOADS.resolve(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private HookEvent read(ObjectNode body) {
        return client.read(body.path("hook_event_name").asText("PreToolUse"), body, SCENE);
    }

    @Test
    void thereAreRecordedPayloads() throws IOException {
        assertThat(payloads()).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void everyRecordedPayloadIsReadAndAnsweredInTheClientsForm(String file) {
        ObjectNode body = payload(file);
        String event = body.path("hook_event_name").asText();

        HookEvent read = read(body);

        assertThat(read.getClass().getSimpleName())
                .isEqualTo(
                        switch (event) {
                            case "PreToolUse" -> "ToolUse";
                            case "PostToolUse", "PostToolUseFailure" -> "Ran";
                            case "UserPromptSubmit" -> "Prompt";
                            case "PermissionRequest",
                                    "SessionStart",
                                    "SessionEnd",
                                    "SubagentStart",
                                    "SubagentStop",
                                    "Stop",
                                    "ConfigChange" ->
                                    event;
                            default -> "Other";
                        });
        switch (event) {
            case "PreToolUse" -> {
                assertThat(client.answer(read, new HookAnswer.Allow("01K")).toString())
                        .isEqualTo(
                                "{\"hookSpecificOutput\":{\"hookEventName\":\"PreToolUse\","
                                        + "\"permissionDecision\":\"allow\","
                                        + "\"permissionDecisionReason\":"
                                        + "\"Allowed by Countersign. Reference 01K.\"}}");
                JsonNode deny = client.answer(read, DENY).path("hookSpecificOutput");
                assertThat(deny.path("permissionDecision").asText()).isEqualTo("deny");
                assertThat(deny.path("hookEventName").asText()).isEqualTo("PreToolUse");
            }
            case "PermissionRequest" -> {
                assertThat(client.answer(read, new HookAnswer.Allow("01K")).toString())
                        .isEqualTo(
                                "{\"hookSpecificOutput\":{\"hookEventName\":\"PermissionRequest\","
                                        + "\"decision\":{\"behavior\":\"allow\"}}}");
                JsonNode deny =
                        client.answer(read, DENY).path("hookSpecificOutput").path("decision");
                assertThat(deny.path("behavior").asText()).isEqualTo("deny");
                assertThat(deny.path("message").asText()).startsWith("Denied by Countersign: ");
            }
            default ->
                    assertThat(client.answer(read, new HookAnswer.Noted()).toString())
                            .isEqualTo("{}");
        }
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void aFieldOfAnotherTypeIsNeverAnAllowAndNeverAnError(String file) {
        ObjectNode body = payload(file);
        for (String field :
                List.copyOf(body.properties()).stream().map(Map.Entry::getKey).toList()) {
            for (String json : List.of("null", "7", "[]", "{}", "\"\"", "true", "\"\\u0000\"")) {
                ObjectNode broken = body.deepCopy();
                broken.set(field, parsed(json));
                HookEvent read = client.read(body.path("hook_event_name").asText(), broken, SCENE);
                for (HookAnswer answer :
                        List.of(new HookAnswer.Noted(), DENY, new HookAnswer.Failed("x", ""))) {
                    assertThat(client.answer(read, answer).toString())
                            .doesNotContain("\"allow\"")
                            .doesNotContain("Exception");
                }
            }
        }
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Test
    void aToolCallCarriesEverythingThatIsJudged() {
        HookEvent read = read(payload("PreToolUse.Bash.in-subagent.json"));

        assertThat(read)
                .isInstanceOfSatisfying(
                        HookEvent.ToolUse.class,
                        use -> {
                            assertThat(use.call().client()).isEqualTo("claude-code");
                            assertThat(use.call().tool()).isEqualTo("Bash");
                            assertThat(use.call().input().path("command").asText())
                                    .isEqualTo("ls -la");
                            assertThat(use.call().session())
                                    .isEqualTo("11111111-2222-4333-8444-555555555555");
                            assertThat(use.call().callId())
                                    .isEqualTo("toolu_85b8058e935b412497fa52e1");
                            assertThat(use.call().subject())
                                    .isEqualTo(
                                            new Subject(
                                                    "default",
                                                    "dev-laptop",
                                                    "general-purpose",
                                                    "dev@example.com",
                                                    null));
                            assertThat(use.call().context().cwd()).isEqualTo("/home/dev/project");
                            assertThat(use.call().context().home()).isEqualTo("/home/dev");
                        });
    }

    @Test
    void theWorkspaceStaysWhereTheSessionBeganWhenTheShellMovesBelowIt() {
        ObjectNode body = payload("PreToolUse.Bash.json").put("cwd", "/home/dev/project/a/b");

        assertThat(read(body))
                .isInstanceOfSatisfying(
                        HookEvent.ToolUse.class,
                        use -> {
                            assertThat(use.call().context().cwd())
                                    .isEqualTo("/home/dev/project/a/b");
                            assertThat(use.call().context().workspace())
                                    .isEqualTo("/home/dev/project");
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "cwd, '', `cwd` is missing",
        "cwd, '\"relative\"', `cwd` is not an absolute path: `relative`",
        "cwd, '\"/a\\u0000b\"', `cwd` holds a NUL character",
        "cwd, 7, `cwd` is not a non-empty text",
        "tool_input, '', `tool_input` is missing",
        "tool_input, '\"ls\"', `tool_input` is not a JSON object",
        "tool_input, '{\"file_path\":\"/a\\u0000\"}', `tool_input.file_path` holds a NUL character",
        "tool_name, '', `tool_name` is missing",
        "tool_name, '\"\"', `tool_name` is not a non-empty text",
        "session_id, '', `session_id` is missing",
    })
    void whatCannotBeJudgedIsRefusedInPlainWordsAndNeverAsPolicy(
            String field, String json, String reason) {
        ObjectNode body = payload("PreToolUse.Bash.json");
        if (json.isEmpty()) {
            body.remove(field);
        } else {
            body.set(field, parsed(json));
        }

        HookEvent read = read(body);

        assertThat(read)
                .isInstanceOfSatisfying(
                        HookEvent.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).isEqualTo(reason));
        JsonNode answer = client.answer(read, new HookAnswer.Noted()).path("hookSpecificOutput");
        assertThat(answer.path("permissionDecision").asText()).isEqualTo("deny");
        assertThat(answer.path("permissionDecisionReason").asText())
                .startsWith("Countersign could not judge this: " + reason + ".")
                .doesNotContain("Denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Stop", "PostToolUse", "SessionEnd", "Notification"})
    void aToolCallSentToTheAddressOfAnObserverIsRefused(String address) {
        HookEvent read = client.read(address, payload("PreToolUse.Bash.json"), SCENE);

        assertThat(
                        client.answer(read, new HookAnswer.Noted())
                                .path("hookSpecificOutput")
                                .path("permissionDecision")
                                .asText())
                .isEqualTo("deny");
    }

    @Test
    void aBodyThatIsNoObjectIsRefused() {
        HookEvent read = client.read("PreToolUse", parsed("[1]"), SCENE);

        assertThat(client.answer(read, new HookAnswer.Allow("01K")).toString())
                .contains("\"deny\"")
                .contains("could not judge this: the body is not a JSON object.");
    }

    @ParameterizedTest
    @CsvSource({
        "PreToolUse, deny",
        "PermissionRequest, deny",
        "ConfigChange, block",
        "NeverHeardOf, deny",
        "Stop, ''",
        "PostToolUse, ''",
        "SessionStart, ''",
    })
    void anUnparsableBodyIsRefusedInTheFormOfItsEvent(String event, String word) {
        String answer =
                client.answer(
                                client.unreadable(event, "the body is larger than 1 MiB"),
                                new HookAnswer.Failed("the body is larger than 1 MiB", "01KF"))
                        .toString();

        if (word.isEmpty()) {
            assertThat(answer).isEqualTo("{}");
        } else {
            assertThat(answer)
                    .contains('"' + word + '"')
                    .contains("could not judge this: the body is larger than 1 MiB.")
                    .contains("Reference 01KF.");
        }
    }

    @Test
    void aDenialBeginsWithTheDecisionAndSaysWhatWhyByWhichRuleAndWhatInstead() {
        HookEvent read = read(payload("PreToolUse.Bash.json"));

        assertThat(
                        client.answer(read, DENY)
                                .path("hookSpecificOutput")
                                .path("permissionDecisionReason")
                                .asText())
                .isEqualTo(
                        "Denied by Countersign: deleting the home folder is never allowed. Rule:"
                                + " floor `critical` (countersign.yaml:3:5). Allowed instead: remove"
                                + " single files by path. Reference 01KDENY.");
    }

    @Test
    void aRuleNamedLikeItsDocumentIsNamedOnce() {
        Because floor = new Because("floor", "floor", null, Effect.DENY, "floor");
        HookAnswer deny = new HookAnswer.Deny("no", List.of(floor), "", "");

        assertThat(client.answer(read(payload("PreToolUse.Bash.json")), deny).toString())
                .contains("Denied by Countersign: no. Rule: the floor.");
    }

    @Test
    void aStopDeniesTheCallAndEndsTheSession() {
        ObjectNode answer =
                client.answer(
                        read(payload("PreToolUse.Bash.json")),
                        new HookAnswer.Stopped("wrong branch", "01KS"));

        assertThat(answer.path("continue").asBoolean(true)).isFalse();
        assertThat(answer.path("stopReason").asText())
                .startsWith("Stopped by Countersign: wrong branch.");
        assertThat(answer.path("hookSpecificOutput").path("permissionDecision").asText())
                .isEqualTo("deny");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Stop.json", "SubagentStop.json", "SubagentStart.json"})
    void anObserverIsNeverBlockedBecauseThatWouldMakeTheModelGoOn(String file) {
        for (HookAnswer answer :
                List.of(DENY, new HookAnswer.Stopped("enough", ""), new HookAnswer.Noted())) {
            assertThat(client.answer(read(payload(file)), answer).toString()).isEqualTo("{}");
        }
    }

    @Test
    void aSettingsChangeThatWeakensTheHooksIsBlocked() {
        HookEvent read = read(payload("ConfigChange.json"));

        assertThat(client.answer(read, new HookAnswer.Block(List.of("all hooks are switched off"))))
                .isEqualTo(
                        parsed(
                                """
                                {"decision": "block", "reason": "Blocked by Countersign: this \
                                settings change would weaken the hooks that guard this session: \
                                all hooks are switched off. The running session keeps its \
                                settings; a person may change them between sessions."}
                                """));
        assertThat(client.answer(read, new HookAnswer.Failed("the file is gone", "")).toString())
                .contains("\"block\"")
                .contains("could not judge");
    }

    @Test
    void aSessionStartGreetsTheAgentAndThePerson() {
        HookEvent read = read(payload("SessionStart.json"));

        assertThat(client.answer(read, new HookAnswer.Greeting("calls are judged", "guarded")))
                .isEqualTo(
                        parsed(
                                """
                                {"systemMessage": "guarded", "hookSpecificOutput":
                                {"hookEventName": "SessionStart",
                                "additionalContext": "calls are judged"}}
                                """));
        assertThat(client.answer(read, new HookAnswer.Greeting("", "")).toString()).isEqualTo("{}");
    }

    @Test
    void aFinishedBackgroundTaskIsNoStepOfAPerson() {
        assertThat(read(payload("UserPromptSubmit.task-notification.json")))
                .isInstanceOfSatisfying(
                        HookEvent.Prompt.class, prompt -> assertThat(prompt.byPerson()).isFalse());
        assertThat(read(payload("UserPromptSubmit.json")))
                .isEqualTo(
                        new HookEvent.Prompt(
                                "11111111-2222-4333-8444-555555555555",
                                "66666666-7777-4888-9999-aaaaaaaaaaaa",
                                "go",
                                true));
    }

    @Test
    void anOutcomeSaysHowItWentAndShowsNoWholeFile() {
        assertThat(read(payload("PostToolUseFailure.Bash.json")))
                .isEqualTo(
                        new HookEvent.Ran(
                                new Outcome(
                                        null,
                                        "toolu_c28e0384d261457e8e9ef2c2",
                                        "11111111-2222-4333-8444-555555555555",
                                        "Bash",
                                        "failure",
                                        33L,
                                        "Exit code 3\nhi")));
        assertThat(output(payload("PostToolUse.Edit.json")))
                .contains("structuredPatch")
                .doesNotContain("originalFile");
        assertThat(output(payload("PostToolUseFailure.Bash.json").put("is_interrupt", true)))
                .startsWith("interrupted: ");
    }

    private String output(ObjectNode body) {
        return read(body) instanceof HookEvent.Ran ran ? ran.outcome().output() : "not an outcome";
    }

    @Test
    void aLargeOutputIsCut() {
        ObjectNode body = payload("PostToolUse.Bash.json");
        ((ObjectNode) body.path("tool_response")).put("stdout", "x".repeat(100_000));

        assertThat(output(body)).hasSizeLessThan(4_100).endsWith("(100000 characters)");
    }

    @Test
    void aCanaryIsRefusedWithItsNonceWhateverWeMeantToSay() {
        ObjectNode body = payload("PreToolUse.Bash.json").put("tool_name", Canary.TOOL);
        body.putObject("tool_input").put("nonce", "abc-123");

        HookEvent read = read(body);

        assertThat(read).isInstanceOf(HookEvent.CanaryCall.class);
        assertThat(
                        client.answer(read, new HookAnswer.Allow("01K"))
                                .path("hookSpecificOutput")
                                .path("permissionDecisionReason")
                                .asText())
                .isEqualTo(Canary.ANSWER + "abc-123");
        body.putObject("tool_input").put("nonce", "a b");
        assertThat(read(body)).isInstanceOf(HookEvent.Unreadable.class);
    }

    @Test
    void textFromOutsideCannotDisguiseAnAnswer() {
        HookAnswer deny = new HookAnswer.Deny("a\u202eb\u001b[31mc\0d", List.of(), "", "");

        assertThat(client.answer(read(payload("PreToolUse.Bash.json")), deny).toString())
                .contains("Denied by Countersign: a b [31mc d.");
    }

    @Test
    void aDecisionBecomesTheAnswerOfItsKind() {
        assertThat(HookAnswer.of(answered(Effect.DENY, Decider.Kind.RULE, "no")))
                .isEqualTo(
                        new HookAnswer.Deny(
                                "no", List.of(because(Effect.DENY)), "open a pull request", "01K"));
        assertThat(HookAnswer.of(answered(Effect.DENY, Decider.Kind.PERSON, "denied by x")))
                .isEqualTo(new HookAnswer.Deny("x said no", List.of(), "", "01K"));
        assertThat(
                        HookAnswer.of(
                                answered(
                                        Effect.DENY,
                                        Decider.Kind.FAILURE,
                                        "Countersign could not judge this: no disk")))
                .isEqualTo(new HookAnswer.Failed("no disk", "01K"));
        assertThat(HookAnswer.of(answered(Effect.DENY, Decider.Kind.STOP, "halt")))
                .isEqualTo(new HookAnswer.Stopped("halt", "01K"));
        assertThat(HookAnswer.of(answered(Effect.ALLOW, Decider.Kind.GRANT, "yes")))
                .isEqualTo(new HookAnswer.Allow("01K"));
        assertThat(HookAnswer.of(answered(Effect.ASK, Decider.Kind.RULE, "two must agree")))
                .isInstanceOfSatisfying(
                        HookAnswer.Deny.class,
                        deny ->
                                assertThat(deny.reason())
                                        .startsWith("two must agree; pending")
                                        .endsWith("try again later"));
        assertThat(HookAnswer.of(answered(Effect.DEFER, Decider.Kind.RULE, "outside hours")))
                .isInstanceOf(HookAnswer.Deny.class);
    }

    @Test
    void aPersonsWordsStandAlone() {
        HookAnswer deny =
                HookAnswer.of(
                        answered(
                                Effect.DENY,
                                Decider.Kind.PERSON,
                                "denied by x: Please open a PR instead"));
        assertThat(client.answer(read(payload("PreToolUse.Bash.json")), deny).toString())
                .contains("Denied by Countersign: x says: Please open a PR instead. Reference 01K.")
                .doesNotContain("Allowed instead");
    }

    @Test
    void ofSeveralOperationsTheWorstIsNamedAndNoneThatIsOnlyAskedAbout() {
        Because commit = new Because("project", "commits", null, Effect.ASK, "commits are asked");
        Because push = new Because("project", "no-push", null, Effect.DENY, "no push");
        Because wipe = new Because("floor", "critical", null, Effect.DENY, "never");
        HookAnswer answer =
                HookAnswer.of(
                        answered(
                                Effect.DENY,
                                Decider.Kind.RULE,
                                "no",
                                List.of(
                                        judged(RiskTier.MEDIUM, commit),
                                        judged(RiskTier.HIGH, push),
                                        judged(RiskTier.CRITICAL, wipe))));
        assertThat(answer)
                .isInstanceOfSatisfying(
                        HookAnswer.Deny.class,
                        deny -> assertThat(deny.because()).containsExactly(wipe, push));
    }

    private static Answer answered(Effect effect, Decider.Kind kind, String reason) {
        return answered(effect, kind, reason, List.of(judged(RiskTier.HIGH, because(Effect.DENY))));
    }

    private static Judged judged(RiskTier risk, Because because) {
        Operation push =
                new Operation(
                        Action.SHELL_RUN,
                        new Resource.Program("git"),
                        risk,
                        Set.of(),
                        false,
                        Action.SHELL_RUN,
                        Operation.Origin.PROGRAM,
                        null,
                        null,
                        "pushes",
                        new Span(0, 1));
        return new Judged(push, because.effect(), List.of(because));
    }

    private static Answer answered(
            Effect effect, Decider.Kind kind, String reason, List<Judged> operations) {
        Explanation explanation =
                new Explanation(
                        operations,
                        RiskTier.HIGH,
                        "open a pull request",
                        new Decider(kind, "x"),
                        "sha256:0",
                        List.of(),
                        Obligations.NONE);
        return new Answer(
                "01K",
                effect,
                reason,
                new Decider(kind, "x"),
                new Decision.Deny(reason, explanation),
                null,
                new Receipt(1, "00"));
    }

    private static Because because(Effect effect) {
        return new Because("project", "no-push", "countersign.yaml:1:1", effect, "no push");
    }
}
