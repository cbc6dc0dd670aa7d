package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One answer to several requests. */
final class BatchVotesTest extends AgentAtServer {
    private static final String PATH = "/v1/approvals/votes";

    private static ObjectNode body(String answer, ApprovalRequest... requests) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("answer", answer);
        ArrayNode list = body.putArray("requests");
        for (ApprovalRequest request : requests) {
            list.addObject().put("id", request.id()).put("version", request.version());
        }
        return body;
    }

    private Reply vote(String token, ObjectNode body) {
        return server.post(PATH, token, body.toString());
    }

    private static List<String> results(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.json()
                .path("results")
                .valueStream()
                .map(result -> result.path("id").asText() + " " + result.path("result").asText())
                .toList();
    }

    private ApprovalRequest now(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow();
    }

    private long voteRecords() {
        return server.ledger.all().stream()
                .filter(record -> record.body().path("kind").asText().equals("vote"))
                .count();
    }

    @Test
    void oneAnswerIsAVoteOnEach() throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "medium");
        ApprovalRequest second = server.ask("git push origin b", "high");
        Reply reply = vote(ana, body("approve", first, second));
        assertThat(results(reply))
                .containsExactly(first.id() + " counted", second.id() + " counted");
        assertThat(reply.json().path("counted").asInt()).isEqualTo(2);
        assertThat(reply.json().at("/results/1/approval/status").asText()).isEqualTo("approved");
        assertThat(List.of(now(first).state(), now(second).state())).containsOnly(State.APPROVED);
        assertThat(voteRecords()).isEqualTo(2);
    }

    @Test
    void eachGetsAResultOfItsOwn() throws NotRecorded {
        ApprovalRequest counted = server.ask("git push origin a", "medium");
        ApprovalRequest late = server.ask("git push origin b", "medium");
        ApprovalRequest changed =
                server.ask(
                        "git push origin c",
                        "medium",
                        new Requirement(
                                "r",
                                List.of(TestServer.ANA, TestServer.LI),
                                new Requirement.Quorum.AtLeast(2),
                                false));
        ApprovalRequest others =
                server.ask(
                        "git push origin d",
                        "medium",
                        new Requirement(
                                "r", List.of(TestServer.LI), new Requirement.Quorum.Any(), false));
        ApprovalRequest critical = server.ask("git push origin e", "critical");
        String li = server.personal(TestServer.LI, true);
        assertThat(results(vote(ana, body("deny", late)))).containsExactly(late.id() + " counted");
        assertThat(results(vote(li, body("approve", changed))))
                .containsExactly(changed.id() + " counted");
        long before = voteRecords();

        ObjectNode body = body("approve", counted, late, changed, others, critical);
        body.withArray("requests").addObject().put("id", "APR-999").put("version", 0);
        Reply reply = vote(ana, body);
        assertThat(results(reply))
                .containsExactly(
                        counted.id() + " counted",
                        late.id() + " too_late",
                        changed.id() + " changed",
                        others.id() + " not_yours",
                        critical.id() + " risk_too_high",
                        "APR-999 unknown");
        assertThat(reply.json().path("counted").asInt()).isEqualTo(1);
        for (JsonNode result : reply.json().path("results")) {
            assertThat(result.has("why"))
                    .isEqualTo(!result.path("result").asText().equals("counted"));
        }
        assertThat(voteRecords()).as("no record of what does not count").isEqualTo(before + 1);
        assertThat(now(critical).votes()).isEmpty();
        assertThat(now(changed).votes()).extracting(Vote::person).containsExactly(TestServer.LI);
    }

    @Test
    void whatCannotBeReadToItsEndIsApprovedAloneAndDeniedTogether() throws NotRecorded {
        ObjectNode input = JsonNodeFactory.instance.objectNode().put("command", "x $y");
        ObjectNode opaque = TestServer.explanation("x $y", "high");
        ((ObjectNode) opaque.at("/operations/0")).put("opaque", true);
        ApprovalRequest request = server.ask("Bash", input, "high", opaque);
        ApprovalRequest critical = server.ask("git push origin e", "critical");
        assertThat(results(vote(ana, body("approve", request))))
                .containsExactly(request.id() + " risk_too_high");
        assertThat(now(request).state()).isEqualTo(State.PENDING);
        Reply denied =
                vote(ana, body("deny", request, critical).put("guidance", "open a pull request"));
        assertThat(results(denied))
                .containsExactly(request.id() + " counted", critical.id() + " counted");
        assertThat(now(critical).votes())
                .extracting(Vote::guidance)
                .containsExactly("open a pull request");
    }

    /** A no is a no, whatever happened in between. */
    @Test
    void aRefusalCountsOnAnotherVersionToo() throws NotRecorded {
        ApprovalRequest request = server.ask("git push origin a", "medium");
        ObjectNode body = body("deny", request);
        ((ObjectNode) body.at("/requests/0")).put("version", 7);
        assertThat(results(vote(ana, body))).containsExactly(request.id() + " counted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"answer\":\"approve\"}",
                "{\"answer\":\"approve\",\"requests\":[]}",
                "{\"answer\":\"approve\",\"requests\":\"APR-1\"}",
                "{\"answer\":\"approve\",\"requests\":[\"APR-1\"]}",
                "{\"answer\":\"approve\",\"requests\":[{\"id\":\"APR-1\"}]}",
                "{\"answer\":\"approve\",\"requests\":[{\"id\":\"APR-1\",\"version\":0,\"x\":1}]}",
                "{\"answer\":\"approve\",\"requests\":[{\"id\":\"A\",\"version\":0},"
                        + "{\"id\":\"A\",\"version\":0}]}",
                "{\"answer\":\"approve\",\"scope\":\"task\","
                        + "\"requests\":[{\"id\":\"APR-1\",\"version\":0}]}",
                "{\"answer\":\"maybe\",\"requests\":[{\"id\":\"APR-1\",\"version\":0}]}"
            })
    void whatIsMeantIsSaidExactly(String body) {
        assertThat(server.post(PATH, ana, body).status()).isEqualTo(400);
    }

    @Test
    void nobodyAnswersMoreThanAHundredAtOnce() {
        ObjectNode body = body("deny");
        for (int i = 0; i < 101; i++) {
            body.withArray("requests").addObject().put("id", "APR-" + i).put("version", 0);
        }
        Reply reply = vote(ana, body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("more than 100");
        body.withArray("requests").remove(100);
        assertThat(results(vote(ana, body))).hasSize(100).allMatch(r -> r.endsWith(" unknown"));
    }

    @Test
    void onlyPeopleWhoSignedInVote() throws NotRecorded {
        ApprovalRequest request = server.ask("git push origin a", "medium");
        assertThat(vote(agent, body("approve", request)).status()).isEqualTo(403);
        String unconfirmed = server.personal(TestServer.ANA, false);
        assertThat(vote(unconfirmed, body("approve", request)).status()).isEqualTo(403);
        assertThat(now(request).votes()).isEmpty();
    }

    @Test
    void whenTheLedgerTakesNothingNothingIsDoneAndEachSaysSo() throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "medium");
        ApprovalRequest second = server.ask("git push origin b", "medium");
        server.ledger.fill();
        assertThat(results(vote(ana, body("approve", first, second))))
                .containsExactly(first.id() + " not_recorded", second.id() + " not_recorded");
        assertThat(now(first).state()).isEqualTo(State.PENDING);
    }

    @Test
    void twoPeopleAtOnceGiveEachRequestOneOutcome() throws Exception {
        server.add("mia@example.com", "Mia", "owner");
        String mia = server.personal("mia@example.com", true);
        List<ApprovalRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            requests.add(server.ask("git push origin b" + i, "medium"));
        }
        ApprovalRequest[] all = requests.toArray(ApprovalRequest[]::new);
        ApprovalRequest[] backwards = requests.reversed().toArray(ApprovalRequest[]::new);
        CompletableFuture<Reply> yes =
                CompletableFuture.supplyAsync(() -> vote(ana, body("approve", all)));
        CompletableFuture<Reply> no =
                CompletableFuture.supplyAsync(() -> vote(mia, body("deny", backwards)));
        List<String> approved = results(yes.get(20, TimeUnit.SECONDS));
        List<String> denied = results(no.get(20, TimeUnit.SECONDS));
        for (ApprovalRequest request : requests) {
            String counted = request.id() + " counted";
            String late = request.id() + " too_late";
            State state = now(request).state();
            assertThat(now(request).votes()).hasSize(1);
            assertThat(approved).contains(state == State.APPROVED ? counted : late);
            assertThat(denied).contains(state == State.DENIED ? counted : late);
        }
        assertThat(voteRecords()).isEqualTo(40);
    }
}
