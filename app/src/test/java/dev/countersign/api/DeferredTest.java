package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Deferred;
import dev.countersign.approval.Grant;
import dev.countersign.approval.Queue;
import dev.countersign.approval.Stop;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls outside their window, over the wire and with a clock of the test's own. */
@SuppressWarnings("NullAway.Init")
final class DeferredTest {
    private static final String NOON = "2026-11-20T12:00:00Z";
    private static final String NIGHT = "2026-11-20T22:00:00Z";

    /** Allowed by itself, asked about by itself, denied by itself: each but at night put off. */
    private static final String ALLOWED = "npm test";

    private static final String ASKED = "git push origin main";
    private static final String DENIED = "npm run deploy";

    private static final String POLICY =
            """
            policy: nights
            windows: {night: {from: "22:00", to: "06:00", zone: UTC}}
            rules:
              - defer: {shell_run: "npm test"}
                outside: night
              - defer: git_push
                outside: night
              - deny: {shell_run: "npm run *"}
                reason: scripts are run by people
              - defer: {shell_run: "npm run deploy"}
                outside: night
            """;

    private final MovableClock clock = new MovableClock(NOON);
    private TestServer server;
    private String agent;
    private String ana;
    private String li;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        agent = server.agent("builder");
        ana = server.personal(TestServer.ANA, true);
        li = server.personal(TestServer.LI, true);
        put("nights", POLICY);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(String name, String text) {
        server.putPolicy(ana, name + ".yaml", text);
    }

    private ObjectNode decide(String command) {
        return server.decide(agent, "x", command);
    }

    private String queued(String command) {
        ObjectNode answer = decide(command);
        assertThat(effect(answer)).as(answer.toString()).isEqualTo("defer");
        return answer.at("/deferred/id").asText();
    }

    private static String effect(JsonNode answer) {
        return answer.path("effect").asText();
    }

    private Deferred now(String id) {
        return server.queue.find(id).orElseThrow();
    }

    private void night() throws NotRecorded {
        clock.set(NIGHT);
        server.deferral.openDue();
    }

    private Reply act(String id, String what, String token) {
        return server.post("/v1/deferred/" + id + "/" + what, token, "{}");
    }

    private ObjectNode hook(String event, String more) {
        Reply reply =
                server.post(
                        "/hooks/claude-code/" + event,
                        agent,
                        "{\"session_id\":\"s\",\"hook_event_name\":\""
                                + event
                                + "\","
                                + more
                                + ",\"cwd\":\"/home/dev/payments\"}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private ObjectNode use(String command) {
        return hook(
                "PreToolUse",
                "\"tool_use_id\":\"t\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\""
                        + command
                        + "\"}");
    }

    private static String told(JsonNode answer) {
        return answer.at("/hookSpecificOutput/additionalContext").asText();
    }

    private List<String> kinds() {
        return server.ledger.all().stream().map(r -> r.body().path("kind").asText()).toList();
    }

    @Test
    void theAgentLearnsWhenItIsDecidedAgain() {
        ObjectNode answer = decide(ALLOWED);
        assertThat(effect(answer)).isEqualTo("defer");
        assertThat(answer.path("until").asText()).isEqualTo(NIGHT);
        assertThat(answer.at("/deferred/id").asText()).isEqualTo("DEF-1");
        assertThat(answer.at("/deferred/status").asText()).isEqualTo("queued");
        assertThat(answer.path("reason").asText()).endsWith("; it waits as DEF-1");
        assertThat(use("npm test").at("/hookSpecificOutput/permissionDecisionReason").asText())
                .contains("DEF-2", NIGHT, "go on with other work");
    }

    @Test
    void theSameCallTwiceIsOneEntry() throws Exception {
        ObjectNode first = decide(ALLOWED);
        ObjectNode second = decide(ALLOWED);
        assertThat(second.path("id")).isEqualTo(first.path("id"));
        assertThat(second.at("/deferred/id")).isEqualTo(first.at("/deferred/id"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(threads.submit(() -> queued(ASKED)));
            }
            for (Future<String> each : all) {
                assertThat(each.get()).isEqualTo("DEF-2");
            }
        }
        assertThat(server.get("/v1/deferred", ana).json().path("deferred")).hasSize(2);
    }

    @Test
    void atItsTimeWhatIsAllowedRunsOnce() throws Exception {
        String id = queued(ALLOWED);
        String decision = now(id).decision();
        night();
        assertThat(now(id).state()).isEqualTo(Deferred.State.READY);
        assertThat(server.get("/v1/decisions/" + decision, agent).json().at("/deferred/status"))
                .hasToString("\"ready\"");
        // The window closes again: the grant is what lets it run.
        put("nights", POLICY.replace("22:00", "23:00"));
        ObjectNode allowed = decide(ALLOWED);
        assertThat(effect(allowed)).as(allowed.toString()).isEqualTo("allow");
        assertThat(allowed.at("/decider/kind").asText()).isEqualTo("grant");
        assertThat(allowed.at("/decider/id").asText()).isEqualTo(id);
        assertThat(allowed.path("id").asText()).isEqualTo(decision);
        assertThat(now(id).state()).isEqualTo(Deferred.State.USED);
        assertThat(effect(decide(ALLOWED))).isEqualTo("defer");
    }

    /** A yes to such pushes in this project, given at night, and then it is day again. */
    private Grant grantedBefore() throws NotRecorded {
        clock.set(NIGHT);
        ObjectNode asked = decide(ASKED);
        assertThat(effect(asked)).as(asked.toString()).isEqualTo("ask");
        Reply vote =
                server.post(
                        "/v1/approvals/" + asked.at("/approval/id").asText() + "/votes",
                        ana,
                        "{\"answer\":\"approve\",\"scope\":\"project\"}");
        assertThat(vote.status()).as(vote.body()).isEqualTo(200);
        assertThat(effect(decide(ASKED))).as("the call that was approved").isEqualTo("allow");
        clock.set("2026-11-21T12:00:00Z");
        return server.grants.list().getLast();
    }

    private Grant now(Grant grant) {
        return server.grants.find(grant.id()).orElseThrow();
    }

    private void nextNight() throws NotRecorded {
        clock.set("2026-11-21T22:00:00Z");
        server.deferral.openDue();
    }

    @Test
    void aReleasedCallLeavesTheGrantAlone() throws Exception {
        Grant grant = grantedBefore();
        String id = queued(ASKED);
        assertThat(now(grant).used()).as("a grant lifts no defer").isZero();
        Reply released = act(id, "release", ana);
        assertThat(released.status()).as(released.body()).isEqualTo(200);
        ObjectNode allowed = decide(ASKED);
        assertThat(effect(allowed)).as(allowed.toString()).isEqualTo("allow");
        assertThat(allowed.at("/decider/id").asText()).isNotEqualTo(grant.id());
        assertThat(now(grant).used()).isZero();
        assertThat(server.approvals.pending()).isEmpty();
        assertThat(effect(decide(ASKED))).as("it was for one call").isEqualTo("defer");
    }

    @Test
    void aGrantThatStandsWhenItsTimeComesAsksNobody() throws Exception {
        Grant grant = grantedBefore();
        String id = queued(ASKED);
        nextNight();
        assertThat(now(id).state()).isEqualTo(Deferred.State.READY);
        assertThat(server.approvals.pending()).isEmpty();
        ObjectNode allowed = decide(ASKED);
        assertThat(effect(allowed)).as(allowed.toString()).isEqualTo("allow");
        assertThat(allowed.at("/decider/id").asText()).isEqualTo(grant.id());
        assertThat(now(grant).used()).isEqualTo(1);
        assertThat(now(id).state()).isEqualTo(Deferred.State.USED);
    }

    @Test
    void aGrantRevokedInBetweenIsNoYes() throws Exception {
        Grant grant = grantedBefore();
        String id = queued(ASKED);
        assertThat(server.delete("/v1/grants/" + grant.id(), ana).status()).isEqualTo(200);
        nextNight();
        assertThat(now(id).state()).isEqualTo(Deferred.State.ASKED);
        assertThat(server.approvals.pending()).hasSize(1);
        assertThat(effect(decide(ASKED))).isEqualTo("ask");
    }

    @Test
    void aGrantRevokedAfterItsTimeCameIsNoYes() throws Exception {
        Grant grant = grantedBefore();
        String id = queued(ASKED);
        nextNight();
        assertThat(server.delete("/v1/grants/" + grant.id(), ana).status()).isEqualTo(200);
        assertThat(effect(decide(ASKED))).isEqualTo("ask");
        assertThat(now(id).state()).isEqualTo(Deferred.State.ASKED);
        assertThat(server.approvals.pending()).hasSize(1);
    }

    @Test
    void anotherCallIsNotLetThrough() throws Exception {
        queued(ALLOWED);
        night();
        put("nights", POLICY.replace("22:00", "23:00"));
        assertThat(effect(decide("npm test ./x"))).isEqualTo("defer");
        assertThat(effect(decide("npm  test"))).isEqualTo("defer");
    }

    @Test
    void whatMayRunLapses() throws Exception {
        String id = queued(ALLOWED);
        night();
        put("nights", POLICY.replace("22:00", "23:00"));
        clock.move(Duration.ofMinutes(29));
        server.deferral.openDue();
        assertThat(now(id).state()).isEqualTo(Deferred.State.READY);
        clock.move(Duration.ofMinutes(1));
        assertThat(effect(decide(ALLOWED))).isEqualTo("defer");
        assertThat(now(id).state()).isEqualTo(Deferred.State.EXPIRED);
    }

    @Test
    void atItsTimeWhatAsksIsPutToPeople() throws Exception {
        String id = queued(ASKED);
        night();
        Deferred asked = now(id);
        assertThat(asked.state()).isEqualTo(Deferred.State.ASKED);
        String request = String.valueOf(asked.approval());
        assertThat(
                        server.post(
                                        "/v1/approvals/" + request + "/votes",
                                        ana,
                                        "{\"answer\":\"approve\"}")
                                .status())
                .isEqualTo(200);
        // Also when the window closes before the agent comes back.
        put("nights", POLICY.replace("22:00", "23:00"));
        ObjectNode allowed = decide(ASKED);
        assertThat(effect(allowed)).as(allowed.toString()).isEqualTo("allow");
        assertThat(allowed.at("/decider/id").asText()).isEqualTo(TestServer.ANA);
        assertThat(effect(decide(ASKED))).isEqualTo("defer");
        assertThat(now(id).state()).isEqualTo(Deferred.State.USED);
    }

    @Test
    void theDecisionItselfCanBeWaitedFor() throws Exception {
        String id = queued(ASKED);
        night();
        server.post(
                "/v1/approvals/" + now(id).approval() + "/votes", ana, "{\"answer\":\"approve\"}");
        put("nights", POLICY.replace("22:00", "23:00"));
        Reply reply = server.get("/v1/decisions/" + now(id).decision(), agent);
        assertThat(effect(reply.json())).as(reply.body()).isEqualTo("allow");
    }

    @Test
    void aYesBeforeItsTimeCountsThen() throws Exception {
        String id = queued(ASKED);
        assertThat(act(id, "approve", li).status()).isEqualTo(403);
        assertThat(act(id, "approve", ana).status()).isEqualTo(200);
        assertThat(act(id, "approve", ana).status()).isEqualTo(403);
        assertThat(effect(decide(ASKED))).isEqualTo("defer");
        night();
        assertThat(server.approvals.find(String.valueOf(now(id).approval())).orElseThrow().state())
                .isEqualTo(ApprovalRequest.State.APPROVED);
        assertThat(effect(decide(ASKED))).isEqualTo("allow");
        assertThat(kinds()).contains("vote");
    }

    @Test
    void whatNobodyNeedsToApproveIsNotApproved() {
        Reply reply = act(queued(ALLOWED), "approve", ana);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).contains("release it");
    }

    @Test
    void atItsTimeWhatIsDeniedEnds() throws Exception {
        String id = queued(DENIED);
        night();
        assertThat(now(id).state()).isEqualTo(Deferred.State.DENIED);
        assertThat(now(id).ending()).contains("scripts are run by people");
        assertThat(effect(decide(DENIED))).isEqualTo("deny");
    }

    @Test
    void aPersonWithTheAuthorityReleasesEarly() {
        String id = queued(ALLOWED);
        assertThat(act(id, "release", li).status()).isEqualTo(403);
        assertThat(act(id, "release", agent).status()).isEqualTo(403);
        Reply released = act(id, "release", ana);
        assertThat(released.json().path("status").asText()).isEqualTo("ready");
        assertThat(act(id, "release", ana).status()).isEqualTo(409);
        ObjectNode allowed = decide(ALLOWED);
        assertThat(effect(allowed)).isEqualTo("allow");
        assertThat(allowed.path("reason").asText()).contains("released by " + TestServer.ANA);
        assertThat(kinds()).contains("release");
    }

    @Test
    void aReleaseIsAnApprovalUnderTheRequirementsOfNow() {
        String id = queued(ASKED);
        Reply released = act(id, "release", ana);
        assertThat(released.json().path("status").asText()).isEqualTo("asked");
        assertThat(effect(decide(ASKED))).isEqualTo("allow");
    }

    @Test
    void aReleaseIsOneVoteOfSeveral() {
        put(
                "two",
                """
                policy: two
                rules:
                  - ask: git_push
                    approvers: [ana@example.com, li@example.com]
                    at_least: 2
                """);
        String id = queued(ASKED);
        String request = act(id, "release", ana).json().path("approval").asText();
        ObjectNode pending = decide(ASKED);
        assertThat(effect(pending)).isEqualTo("ask");
        assertThat(pending.at("/approval/given").asInt()).isEqualTo(1);
        server.post("/v1/approvals/" + request + "/votes", li, "{\"answer\":\"approve\"}");
        assertThat(effect(decide(ASKED))).isEqualTo("allow");
    }

    @Test
    void whoWouldApproveItReleasesItAlsoWhenItNeedsNobody() {
        put(
                "li",
                """
                policy: li
                approvals:
                  - match: shell_run
                    approvers: [li@example.com]
                """);
        String id = queued(ALLOWED);
        assertThat(act(id, "release", ana).status()).isEqualTo(403);
        assertThat(act(id, "release", li).status()).isEqualTo(200);
    }

    @Test
    void whatPolicyDeniesIsNotReleased() {
        String id = queued(DENIED);
        Reply refused = act(id, "release", ana);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("policy denies it now");
        assertThat(now(id).state()).isEqualTo(Deferred.State.QUEUED);
    }

    @Test
    void aPersonCancels() throws Exception {
        String id = queued(ALLOWED);
        assertThat(act(id, "cancel", li).status()).isEqualTo(403);
        assertThat(
                        server.post(
                                        "/v1/deferred/" + id + "/cancel",
                                        ana,
                                        "{\"reason\":\"not this week\"}")
                                .status())
                .isEqualTo(200);
        assertThat(act(id, "release", ana).status()).isEqualTo(409);
        night();
        assertThat(now(id).state()).isEqualTo(Deferred.State.CANCELLED);
        assertThat(kinds()).contains("cancel");
        assertThat(told(use("ls")))
                .isEqualTo(
                        "DEF-1 `npm test` will not run: cancelled by ana@example.com: not this"
                                + " week.");
    }

    @Test
    void theAgentIsToldOnceAtItsNextHook() throws Exception {
        use("npm test");
        use("git push origin main");
        use("npm run deploy");
        assertThat(told(use("ls"))).isEmpty();
        night();
        assertThat(told(use("ls")))
                .isEqualTo(
                        "DEF-1 `npm test` may run now: call it again.\n"
                                + "DEF-2 `git push origin main` is being asked about as APR-1: call"
                                + " it again, and it waits for the answer.\n"
                                + "DEF-3 `npm run deploy` will not run: "
                                + now("DEF-3").ending()
                                + ".");
        assertThat(told(use("ls"))).isEmpty();
        assertThat(told(hook("UserPromptSubmit", "\"prompt\":\"go on\""))).isEmpty();
    }

    @Test
    void everyHookThatCarriesItTells() throws Exception {
        for (String event :
                List.of("SessionStart", "UserPromptSubmit", "PostToolUse", "PostToolUseFailure")) {
            clock.set(NOON);
            use("npm test");
            night();
            ObjectNode answer =
                    hook(
                            event,
                            "\"source\":\"resume\",\"prompt\":\"go on\",\"tool_use_id\":\"t\","
                                    + "\"tool_name\":\"Bash\",\"tool_response\":\"\",\"error\":\"\"");
            assertThat(answer.at("/hookSpecificOutput/hookEventName").asText()).isEqualTo(event);
            assertThat(told(answer)).contains("`npm test` may run now");
            assertThat(effect(use("npm test"))).isEmpty();
        }
    }

    @Test
    void aRefusedCallIsToldInItsReason() throws Exception {
        use("npm test");
        night();
        ObjectNode refused = use("rm -rf /");
        assertThat(refused.at("/hookSpecificOutput/permissionDecisionReason").asText())
                .startsWith("Denied by Countersign: ")
                .endsWith("\nDEF-1 `npm test` may run now: call it again.");
    }

    @Test
    void anotherSessionAndAnotherAgentAreNotTold() throws Exception {
        use("npm test");
        night();
        Reply other =
                server.post(
                        "/hooks/claude-code/UserPromptSubmit",
                        server.agent("docs"),
                        "{\"session_id\":\"s\",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":"
                                + "\"x\",\"cwd\":\"/home/dev/payments\"}");
        assertThat(other.body()).isEqualTo("{}");
        Reply session =
                server.post(
                        "/hooks/claude-code/UserPromptSubmit",
                        agent,
                        "{\"session_id\":\"s2\",\"hook_event_name\":\"UserPromptSubmit\",\"prompt\":"
                                + "\"x\",\"cwd\":\"/home/dev/payments\"}");
        assertThat(session.body()).isEqualTo("{}");
    }

    @Test
    void theEndOfTheSessionWithdraws() {
        use("npm test");
        hook("SessionEnd", "\"reason\":\"other\"");
        assertThat(now("DEF-1").state()).isEqualTo(Deferred.State.WITHDRAWN);
        assertThat(server.queue.live()).isEmpty();
    }

    @Test
    void aStopCancels() {
        String id = queued(ALLOWED);
        Reply stopped =
                server.post("/v1/stops", ana, "{\"agent\":\"builder\",\"reason\":\"broken\"}");
        assertThat(stopped.status()).isEqualTo(201);
        assertThat(now(id).state()).isEqualTo(Deferred.State.WITHDRAWN);
        assertThat(now(id).ending()).contains("broken");
        assertThat(effect(decide(ALLOWED))).isEqualTo("deny");
    }

    @Test
    void aRuleThatCameLaterPutsItOffAgain() throws Exception {
        String id = queued(ALLOWED);
        put(
                "freeze",
                """
                policy: freeze
                windows: {freeze: {dates: [2026-11-20..2026-11-21], zone: UTC}}
                rules:
                  - defer: {shell_run: "npm test"}
                    during: freeze
                """);
        night();
        assertThat(now(id).state()).isEqualTo(Deferred.State.QUEUED);
        assertThat(now(id).until()).hasToString("2026-11-22T00:00:00Z");
    }

    @Test
    void aTimeOfDayWithinTheWindowIsItsTime() throws Exception {
        put(
                "nights",
                """
                policy: nights
                windows: {always: {from: "00:00", to: "00:00", zone: UTC}}
                rules:
                  - defer: {shell_run: "npm test"}
                    during: always
                    until: "22:00"
                """);
        String id = queued(ALLOWED);
        night();
        assertThat(now(id).state()).isEqualTo(Deferred.State.READY);
        assertThat(effect(decide(ALLOWED))).isEqualTo("allow");
        assertThat(effect(decide(ALLOWED))).isEqualTo("defer");
    }

    @Test
    void aRetryAtTheVeryMomentNeedsNoTimer() {
        queued(ALLOWED);
        clock.set(NIGHT);
        ObjectNode allowed = decide(ALLOWED);
        assertThat(effect(allowed)).isEqualTo("allow");
        assertThat(allowed.at("/decider/kind").asText()).isEqualTo("grant");
        assertThat(server.queue.live()).isEmpty();
    }

    @Test
    void whatPolicyNoLongerPutsOffRuns() {
        String id = queued(ALLOWED);
        put("nights", "policy: nights\nrules: []\n");
        assertThat(effect(decide(ALLOWED))).isEqualTo("allow");
        assertThat(now(id).state()).isEqualTo(Deferred.State.USED);
    }

    @Test
    void whatMayRunIsStillSubjectToPolicy() throws Exception {
        String id = queued(ALLOWED);
        night();
        put("no", "policy: no\nrules:\n  - deny: {shell_run: \"npm test\"}\n");
        assertThat(effect(decide(ALLOWED))).isEqualTo("deny");
        assertThat(now(id).state()).isEqualTo(Deferred.State.DENIED);

        put("no", "policy: no\nrules: []\n");
        clock.set(NOON);
        String other = queued(ALLOWED);
        night();
        put("no", "policy: no\nrules:\n  - ask: {shell_run: \"npm test\"}\n");
        assertThat(effect(decide(ALLOWED))).isEqualTo("ask");
        assertThat(now(other).state()).isEqualTo(Deferred.State.ASKED);
    }

    /** A question that policy no longer asks is void, and nothing runs by it twice. */
    @Test
    void whatIsNoLongerAskedAboutRunsOnce() throws Exception {
        String id = queued(ASKED);
        night();
        put("nights", POLICY.replace("22:00", "23:00"));
        put("ok", "policy: ok\nrules:\n  - allow: {shell_run: \"git push origin main\"}\n");
        assertThat(effect(decide(ASKED))).isEqualTo("allow");
        assertThat(server.approvals.find("APR-1").orElseThrow().state())
                .isEqualTo(ApprovalRequest.State.SUPERSEDED);
        assertThat(now(id).state()).isEqualTo(Deferred.State.USED);
        assertThat(effect(decide(ASKED))).isEqualTo("defer");
    }

    @Test
    void aClockThatJumpsBackOpensNothingTwice() throws Exception {
        String id = queued(ALLOWED);
        night();
        clock.set(NOON);
        server.deferral.openDue();
        assertThat(now(id).state()).isEqualTo(Deferred.State.READY);
        assertThat(effect(decide(ALLOWED))).isEqualTo("allow");
        assertThat(effect(decide(ALLOWED))).isEqualTo("defer");
    }

    @Test
    void whatCameDueWhileNothingRanOpensAtTheStart() throws Exception {
        queued(ALLOWED);
        Queue after = new Queue(server.deferredStore, clock);
        assertThat(after.live()).hasSize(1);
        clock.move(Duration.ofDays(9));
        server.deferral.openDue();
        assertThat(new Queue(server.deferredStore, clock).live().getFirst().state())
                .isEqualTo(Deferred.State.READY);
    }

    @Test
    void aNoToTheSameBeforeEndsIt() throws Exception {
        clock.set(NIGHT);
        ObjectNode pending = decide(ASKED);
        server.post(
                "/v1/approvals/" + pending.at("/approval/id").asText() + "/votes",
                ana,
                "{\"answer\":\"deny\"}");
        clock.set(NOON);
        String id = queued("git -C . push origin main");
        clock.set("2026-11-21T22:00:00Z");
        server.deferral.openDue();
        assertThat(now(id).state()).isEqualTo(Deferred.State.DENIED);
    }

    /** The question is there, but nobody could write down that it is. */
    @Test
    void whatBreaksOffInBetweenAsksOnce() throws Exception {
        String id = queued(ASKED);
        clock.set(NIGHT);
        server.deferredStore.full = true;
        assertThatThrownBy(server.deferral::openDue).isInstanceOf(NotRecorded.class);
        assertThat(now(id).state()).isEqualTo(Deferred.State.QUEUED);
        server.deferredStore.full = false;
        server.deferral.openDue();
        assertThat(now(id).approval()).isEqualTo("APR-1");
        assertThat(server.approvals.pending()).hasSize(1);
    }

    @Test
    void ofManyRetriesAtOnceOneRuns() throws Exception {
        queued(ALLOWED);
        night();
        put("nights", POLICY.replace("22:00", "23:00"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                all.add(threads.submit(() -> effect(decide(ALLOWED))));
            }
            List<String> effects = new ArrayList<>();
            for (Future<String> each : all) {
                effects.add(each.get());
            }
            assertThat(effects).containsOnlyOnce("allow").contains("defer");
        }
    }

    @Test
    void questionsOfAnAgentAreCountedHereToo() {
        for (int i = 0; i < TestServer.QUESTIONS_PER_MINUTE; i++) {
            queued("npm test ./" + i);
        }
        assertThat(effect(decide("npm test ./more"))).isEqualTo("deny");
    }

    @Test
    void anAgentSeesItsOwnOnly() throws Exception {
        queued(ALLOWED);
        assertThat(server.get("/v1/deferred", agent).json().path("deferred")).hasSize(1);
        assertThat(server.get("/v1/deferred", server.agent("docs")).json().path("deferred"))
                .isEmpty();
        assertThat(server.get("/v1/deferred?lane=x", ana).status()).isEqualTo(400);
    }

    @Test
    void aStopInTheMomentACallIsPutOffTakesItOut() {
        server.deferredStore.beforeOpen =
                () -> {
                    try {
                        server.stops.stop(Stop.Kind.AGENT, "builder", "enough", TestServer.ANA);
                    } catch (NotRecorded e) {
                        throw new IllegalStateException(e);
                    }
                };
        ObjectNode answer = decide(ASKED);
        assertThat(effect(answer)).isEqualTo("deny");
        assertThat(answer.at("/decider/kind").asText()).isEqualTo("stop");
        assertThat(server.queue.live()).isEmpty();
    }
}
