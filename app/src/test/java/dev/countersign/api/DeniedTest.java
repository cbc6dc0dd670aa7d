package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person denied stays denied within the task, by whatever spelling. */
@SuppressWarnings("NullAway.Init")
final class DeniedTest extends AgentAtServer {
    private ApprovalRequest denied(String command, String more) {
        Reply asked = decide(command, "s");
        assertThat(asked.json().path("effect").asText()).isEqualTo("ask");
        String id = asked.json().at("/approval/id").asText();
        Reply vote =
                server.post(
                        "/v1/approvals/" + id + "/votes", ana, "{\"answer\":\"deny\"" + more + "}");
        assertThat(vote.status()).isEqualTo(200);
        return server.approvals.find(id).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "git push origin main",
                "git -C . push origin main",
                "/usr/bin/git push origin main",
                "timeout 60 git push origin main",
                "cd . && git push -v origin main",
                "ls && git push origin main"
            })
    void theSameByAnotherSpellingIsNotAskedAgain(String again) {
        ApprovalRequest request = denied("git push origin main", "");
        Reply reply = decide(again, "s");
        assertThat(reply.json().path("effect").asText()).isEqualTo("deny");
        assertThat(reply.json().at("/decider/kind").asText()).isEqualTo("person");
        assertThat(reply.json().path("reason").asText())
                .contains(TestServer.ANA + " denied this as " + request.id());
        assertThat(server.approvals.pending()).isEmpty();
        assertThat(server.approvals.find(request.id()).orElseThrow().repeats()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"git push origin next", "npm install left-pad", "git push other main"})
    void somethingElseIsAsked(String other) {
        denied("git push origin main", "");
        assertThat(decide(other, "s").json().path("effect").asText()).isEqualTo("ask");
    }

    @Test
    void anotherTaskAsksAnew() {
        denied("git push origin main", "");
        assertThat(decide("git push origin main", "t").json().path("effect").asText())
                .isEqualTo("ask");
    }

    private String withoutSession(String token, String folder) {
        return server.post(
                        "/v1/decisions",
                        token,
                        "{\"client\":\"x\",\"tool\":\"Bash\",\"cwd\":\"/home/dev/"
                                + folder
                                + "\",\"input\":{\"command\":\"npm install left-pad\"},"
                                + "\"wait\":\"0s\"}")
                .json()
                .path("effect")
                .asText();
    }

    @Test
    void withoutATaskADenialHoldsForTheAgentInTheProject() throws Exception {
        String other = server.agent("other");
        assertThat(withoutSession(agent, "payments")).isEqualTo("ask");
        String id = server.approvals.pending().getFirst().id();
        assertThat(
                        server.post("/v1/approvals/" + id + "/votes", ana, "{\"answer\":\"deny\"}")
                                .status())
                .isEqualTo(200);
        assertThat(withoutSession(agent, "payments")).isEqualTo("deny");
        assertThat(withoutSession(agent, "shop")).isEqualTo("ask");
        assertThat(withoutSession(other, "payments")).isEqualTo("ask");
    }

    /** Of several things that were denied together, one alone is another question. */
    @Test
    void aPartOfWhatWasDeniedIsAsked() {
        denied("npm install left-pad && git push origin main", "");
        assertThat(decide("git push origin main", "s").json().path("effect").asText())
                .isEqualTo("ask");
    }

    /** What would have run unasked was not what was denied. */
    @Test
    void quietCompanyDoesNotHideIt() {
        denied("echo a > src/a.txt && git push origin main", "");
        assertThat(decide("git push origin main", "s").json().path("effect").asText())
                .isEqualTo("deny");
    }

    @Test
    void guidanceLeavesRoomToAskAgain() {
        denied("git push origin main", ",\"guidance\":\"after the tests\"");
        assertThat(decide("git push origin main", "s").json().path("effect").asText())
                .isEqualTo("ask");
    }

    @Test
    void unlessThePersonSaysOtherwise() {
        denied("git push origin main", ",\"guidance\":\"never\",\"may_ask_again\":false");
        Reply reply = decide("git push -v origin main", "s");
        assertThat(reply.json().path("effect").asText()).isEqualTo("deny");
        assertThat(reply.json().path("reason").asText()).contains("never");
        for (int i = 0; i < 3; i++) {
            decide("git push -q origin main", "s");
        }
        ApprovalRequest request = server.approvals.ended(1).getFirst();
        assertThat(request.state()).isEqualTo(State.DENIED);
        assertThat(request.repeats()).isEqualTo(4);
    }

    /** Who denied it, and whoever else looks, is offered to stop the work: once. */
    @Test
    void afterThreeMoreTriesAStopIsOffered() {
        ApprovalRequest request = denied("git push origin main", "");
        for (int i = 0; i < 2; i++) {
            decide("git push -v origin main", "s");
        }
        assertThat(server.get("/v1/approvals", ana).json().path("alarms")).isEmpty();
        decide("git push -v origin main", "s");
        decide("git push -q origin main", "s");
        Reply list = server.get("/v1/approvals", ana);
        assertThat(list.json().at("/alarms/0/text").asText())
                .isEqualTo(
                        "`builder` tried 3 times more what ana@example.com denied as "
                                + request.id()
                                + "; stop its work there, or with `countersign stop --task s`");
        assertThat(list.json().path("alarms")).hasSize(1);
        assertThat(list.json().at("/alarms/0/times").asInt()).isEqualTo(1);
        assertThat(
                        server.get("/v1/approvals/" + request.id(), ana)
                                .json()
                                .path("tried_again")
                                .asInt())
                .isEqualTo(4);
    }

    /** Every try is counted, also of those that come at the same moment. */
    @Test
    void manyAtOnceAreAllCounted() throws Exception {
        ApprovalRequest request = denied("git push origin main", "");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                Future<?> _ = threads.submit(() -> decide("git push -v origin main", "s"));
            }
        }
        assertThat(server.approvals.find(request.id()).orElseThrow().repeats()).isEqualTo(20);
    }

    /** An agent in a circle must not bury what matters. */
    @Test
    void anAgentPutsOnlySoManyQuestionsInAMinute() throws NotRecorded {
        for (int i = 0; i < TestServer.QUESTIONS_PER_MINUTE; i++) {
            Reply asked = decide("git push origin b" + i, "s");
            assertThat(asked.json().path("effect").asText()).isEqualTo("ask");
        }
        // The same question again is no new one.
        assertThat(decide("git push origin b0", "s").json().path("effect").asText())
                .isEqualTo("ask");
        Reply flooded = decide("git push origin more", "s");
        assertThat(flooded.json().path("effect").asText()).isEqualTo("deny");
        assertThat(flooded.json().at("/decider/id").asText()).isEqualTo("questions_per_minute");
        assertThat(decide("git status", "s").json().path("effect").asText()).isEqualTo("allow");
        agent = server.agent("other");
        assertThat(decide("git push origin more", "s").json().path("effect").asText())
                .isEqualTo("ask");
    }

    /** Who does not wait and asks later hears the no as well, and it is recorded as one, once. */
    @Test
    void aNoReachesWhoAsksLater() throws Exception {
        Reply pending = decide("git push origin main", "s");
        server.post(
                "/v1/approvals/" + changed().id() + "/votes",
                ana,
                "{\"answer\":\"deny\",\"guidance\":\"open a pull request\"}");
        String decision = pending.json().path("id").asText();
        int before = server.ledger.all().size();
        for (int i = 0; i < 2; i++) {
            Reply later = server.get("/v1/decisions/" + decision, agent);
            assertThat(later.json().path("effect").asText()).isEqualTo("deny");
            assertThat(later.json().path("reason").asText()).contains("open a pull request");
        }
        assertThat(server.ledger.all()).hasSize(before + 1);
    }
}
