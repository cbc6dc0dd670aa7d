package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that wait for people. */
@SuppressWarnings("NullAway.Init")
final class HeldCallsTest extends AgentAtServer {
    private static final String PUSH =
            "\"input\":{\"command\":\"git push origin main\"},\"cwd\":\"/home/dev/payments\"";

    private Reply decide(String wait) {
        return server.post(
                "/v1/decisions",
                agent,
                "{\"client\":\"x\",\"tool\":\"Bash\"," + PUSH + ",\"wait\":\"" + wait + "\"}");
    }

    private Reply hook() {
        return server.post(
                "/hooks/claude-code/PreToolUse",
                agent,
                "{\"session_id\":\"s\",\"hook_event_name\":\"PreToolUse\",\"tool_use_id\":\"t\","
                        + "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"git push origin"
                        + " main\"},\"cwd\":\"/home/dev/payments\"}");
    }

    private void vote(ApprovalRequest request, String answer) {
        assertThat(
                        server.post(
                                        "/v1/approvals/" + request.id() + "/votes",
                                        ana,
                                        "{\"answer\":\"" + answer + "\",\"guidance\":\"why now\"}")
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aCallIsHeldUntilAPersonAgrees() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(() -> decide("60s"));
        ApprovalRequest request = changed();
        assertThat(held).isNotDone();
        vote(request, "approve");
        Reply reply = held.get(5, TimeUnit.SECONDS);
        assertThat(reply.json().path("effect").asText()).isEqualTo("allow");
        assertThat(reply.json().at("/decider/kind").asText()).isEqualTo("person");
        assertThat(reply.json().at("/receipt/hash").asText()).hasSize(64);
        assertThat(reply.json().at("/approval/status").asText()).isEqualTo("used");

        String id = reply.json().path("id").asText();
        Reply later = server.get("/v1/decisions/" + id, agent);
        assertThat(later.json().path("effect").asText()).isEqualTo("allow");
        assertThat(server.get("/v1/decisions/" + id, server.agent("other")).status())
                .isEqualTo(404);
    }

    @Test
    void aDenyReachesTheAgentInItsOwnFormWithTheWordsOfThePerson() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::hook);
        vote(changed(), "deny");
        Reply reply = held.get(5, TimeUnit.SECONDS);
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecision").asText())
                .isEqualTo("deny");
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecisionReason").asText())
                .contains("why now", TestServer.ANA);
    }

    /** One who comes between an answer and its being told wakes whoever waits already. */
    @Test
    void nobodySleepsOnWhereAnotherSawTheAnswerFirst() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        CompletableFuture<State> waiting = new CompletableFuture<>();
        Thread waiter =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                Duration most = Duration.ofMinutes(10);
                                waiting.complete(
                                        server.approvals.await(request.id(), most).state());
                            } catch (InterruptedException | RuntimeException e) {
                                waiting.completeExceptionally(e);
                            }
                        });
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        server.approvalStore.afterReplace =
                () -> {
                    try {
                        var _ = server.approvals.await(request.id(), Duration.ZERO);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        vote(request, "approve");
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(State.APPROVED);
    }

    @Test
    void anApprovalIsForOneCall() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::hook);
        vote(changed(), "approve");
        assertThat(
                        held.get(5, TimeUnit.SECONDS)
                                .json()
                                .at("/hookSpecificOutput/permissionDecision")
                                .asText())
                .isEqualTo("allow");
        Reply again = decide("0s");
        assertThat(again.json().path("effect").asText()).isEqualTo("ask");
    }

    @Test
    void lookingAtADecisionUsesUpNothing() throws Exception {
        Reply pending = decide("0s");
        assertThat(pending.json().path("effect").asText()).isEqualTo("ask");
        assertThat(pending.json().at("/approval/status").asText()).isEqualTo("pending");
        String id = pending.json().path("id").asText();
        ApprovalRequest request = changed();
        vote(request, "approve");

        Reply looked = server.get("/v1/decisions/" + id + "?wait=1s", ana);
        assertThat(looked.json().path("effect").asText()).isEqualTo("ask");
        assertThat(looked.json().at("/approval/status").asText()).isEqualTo("approved");
        Reply collected = server.get("/v1/decisions/" + id, agent);
        assertThat(collected.json().path("effect").asText()).isEqualTo("allow");
        assertThat(server.approvals.find(request.id()).orElseThrow().state()).isEqualTo(State.USED);
    }

    @Test
    void whoeverIsHeldIsAnsweredWhenTheServerStops() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::hook);
        ApprovalRequest _ = changed();
        long from = System.nanoTime();
        server.api.stop();
        Reply reply = held.get(2, TimeUnit.SECONDS);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from)).isLessThan(2_000);
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecision").asText())
                .isEqualTo("deny");
        assertThat(reply.json().at("/hookSpecificOutput/permissionDecisionReason").asText())
                .contains("could not judge", "stopping");
    }

    @Test
    void aCallAllowedAMomentAgoIsNotAskedAboutAgain() throws Exception {
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(this::hook);
        vote(changed(), "approve");
        Reply _ = held.get(5, TimeUnit.SECONDS);
        int before = server.approvals.ended(10).size();
        Reply permission =
                server.post(
                        "/hooks/claude-code/PermissionRequest",
                        agent,
                        "{\"session_id\":\"s\",\"hook_event_name\":\"PermissionRequest\","
                                + "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"git push"
                                + " origin main\"},\"cwd\":\"/home/dev/payments\"}");
        assertThat(permission.json().at("/hookSpecificOutput/decision/behavior").asText())
                .isEqualTo("allow");
        assertThat(server.approvals.ended(10)).hasSize(before);
        assertThat(server.approvals.countPending()).isZero();
    }

    /** Who asked was ended while people thought about it: what they say then is nobody's. */
    @Test
    void anApprovalDoesNotReachATokenThatEndedMeanwhile() throws Exception {
        String id =
                server.get("/v1/tokens", ana)
                        .json()
                        .path("tokens")
                        .valueStream()
                        .filter(each -> each.path("agent").asText().equals("builder"))
                        .findAny()
                        .orElseThrow()
                        .path("id")
                        .asText();
        CompletableFuture<Reply> held = CompletableFuture.supplyAsync(() -> decide("60s"));
        CompletableFuture<Reply> hooked = CompletableFuture.supplyAsync(this::hook);
        ApprovalRequest one = changed();
        ApprovalRequest other = changed();
        assertThat(server.status("DELETE", "/v1/tokens/" + id, ana, null)).isEqualTo(204);
        for (ApprovalRequest each : Set.of(one, other)) {
            var _ =
                    server.post(
                            "/v1/approvals/" + each.id() + "/votes",
                            ana,
                            "{\"answer\":\"approve\"}");
        }
        Reply reply = held.get(5, TimeUnit.SECONDS);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).doesNotContain("\"effect\":\"allow\"");
        assertThat(hooked.get(5, TimeUnit.SECONDS).body())
                .doesNotContain("\"permissionDecision\":\"allow\"");
    }

    @Test
    void noAgentTakesAllTheEventStreams() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(server.events(agent)).isNotNull();
        }
        assertThatThrownBy(() -> server.events(agent)).hasMessage("status 429");
        assertThat(server.events(server.agent("other"))).isNotNull();
        assertThat(server.events(ana)).isNotNull();
    }
}
