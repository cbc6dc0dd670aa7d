package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.Grant;
import dev.countersign.people.Person;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A yes that is remembered, over the wire. */
@SuppressWarnings("NullAway.Init")
final class GrantsTest extends AgentAtServer {
    private String effect(String command, String session) {
        return decide(command, session).json().path("effect").asText();
    }

    private String ask(String command) {
        Reply reply = decide(command, "s");
        assertThat(reply.json().path("effect").asText()).as(reply.toString()).isEqualTo("ask");
        return reply.json().at("/approval/id").asText();
    }

    private Reply vote(String id, String token, String more) {
        return server.post(
                "/v1/approvals/" + id + "/votes", token, "{\"answer\":\"approve\"" + more + "}");
    }

    private Grant granted(String command, String more) {
        String id = ask(command);
        Reply reply = vote(id, ana, more);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return server.grants.list().getLast();
    }

    private List<JsonNode> records(String kind) {
        return server.ledger.all().stream()
                .map(each -> (JsonNode) each.body())
                .filter(body -> body.path("kind").asText().equals(kind))
                .toList();
    }

    @Test
    void laterCallsNeedNobody() {
        Grant grant =
                granted("npm install a", ",\"scope\":\"project\",\"pattern\":\"npm install *\"");
        Reply reply = decide("npm install b", "another");
        assertThat(reply.json().path("effect").asText()).isEqualTo("allow");
        assertThat(reply.json().at("/decider/kind").asText()).isEqualTo("grant");
        assertThat(reply.json().at("/decider/id").asText()).isEqualTo(grant.id());
        assertThat(reply.json().at("/receipt/hash").asText()).hasSize(64);
        assertThat(server.grants.find(grant.id()).orElseThrow().used()).isEqualTo(1);
        assertThat(effect("npm install b --evil", "another")).isEqualTo("ask");
        assertThat(records("grant").getFirst().at("/body/event").asText()).isEqualTo("made");
        assertThat(records("decision").stream().map(r -> r.path("decider").asText()))
                .contains("grant");
    }

    @Test
    void forOneTaskOnly() {
        granted("npm install a", ",\"scope\":\"task\"");
        // The first is the call that was approved, the next is like it.
        assertThat(effect("npm install a", "s")).isEqualTo("allow");
        assertThat(effect("npm install a", "s")).isEqualTo("allow");
        assertThat(effect("npm install b", "s")).isEqualTo("ask");
        assertThat(effect("npm install a", "another")).isEqualTo("ask");
    }

    @Test
    void itEndsWithItsSession() {
        Grant grant = granted("npm install a", ",\"scope\":\"task\"");
        server.post(
                "/hooks/claude-code/SessionEnd",
                agent,
                "{\"session_id\":\"s\",\"hook_event_name\":\"SessionEnd\",\"reason\":\"exit\",\"cwd\":\"/home/dev/payments\"}");
        assertThat(server.grants.list()).isEmpty();
        assertThat(server.grants.find(grant.id()).orElseThrow().ending())
                .isEqualTo("the task ended");
    }

    @Test
    void onceIsOnce() {
        vote(ask("npm install a"), ana, "");
        assertThat(server.grants.list()).isEmpty();
        assertThat(effect("npm install a", "s")).isEqualTo("allow");
        assertThat(effect("npm install a", "s")).isEqualTo("ask");
    }

    @Test
    void manyAtOnceUseItAsOftenAsItSays() throws Exception {
        granted("npm install a", ",\"scope\":\"project\",\"pattern\":\"npm install *\",\"uses\":3");
        int allowed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String command = "npm install p" + i;
                all.add(threads.submit(() -> decide(command, "another")));
            }
            for (Future<Reply> each : all) {
                JsonNode json = each.get().json();
                if (json.path("effect").asText().equals("allow")) {
                    assertThat(json.at("/decider/kind").asText()).isEqualTo("grant");
                    allowed++;
                }
            }
        }
        assertThat(allowed).isEqualTo(3);
        assertThat(
                        records("decision").stream()
                                .filter(r -> r.path("decider").asText().equals("grant")))
                .hasSize(3);
        assertThat(server.grants.list()).isEmpty();
    }

    @Test
    void itIsVoidWithoutWhoGaveIt() throws Exception {
        server.people.put(
                new Person(TestServer.LI, "Li", Set.of("owner")), server.event("people", "x"));
        String li = server.personal(TestServer.LI, true);
        vote(ask("npm install a"), li, ",\"scope\":\"project\"");
        assertThat(effect("npm install a", "other")).isEqualTo("allow");
        server.people.put(
                new Person(TestServer.LI, "Li", Set.of("member")), server.event("people", "x"));
        assertThat(effect("npm install a", "other")).isEqualTo("ask");
    }

    @Test
    void anotherAgentIsAsked() throws Exception {
        granted("npm install a", ",\"scope\":\"project\"");
        Reply reply = decide("npm install a", "s", server.agent("docs"), "0s");
        assertThat(reply.json().path("effect").asText()).isEqualTo("ask");
    }

    @Test
    void aStopAndADenialComeFirst() throws Exception {
        granted("npm install a", ",\"scope\":\"project\",\"pattern\":\"npm install *\"");
        String id = server.stops.stop(dev.countersign.approval.Stop.Kind.ALL, "", "", "x").id();
        assertThat(effect("npm install a", "t")).isEqualTo("deny");
        server.stops.resume(id, "x");
        assertThat(effect("npm install a", "t")).isEqualTo("allow");
    }

    @Test
    void revokedIsOver() {
        Grant grant = granted("npm install a", ",\"scope\":\"project\"");
        Reply listed = server.get("/v1/grants", ana);
        assertThat(listed.json().at("/grants/0/id").asText()).isEqualTo(grant.id());
        assertThat(listed.json().at("/grants/0/of").asText()).isEqualTo("/home/dev/payments");
        assertThat(server.delete("/v1/grants/" + grant.id(), agent).status()).isEqualTo(403);
        assertThat(
                        server.delete("/v1/grants/" + grant.id(), server.identity.ownerSecret())
                                .status())
                .isEqualTo(403);
        assertThat(server.delete("/v1/grants/" + grant.id(), ana).status()).isEqualTo(200);
        assertThat(server.delete("/v1/grants/" + grant.id(), ana).status()).isEqualTo(404);
        assertThat(effect("npm install a", "other")).isEqualTo("ask");
        assertThat(records("grant").getLast().at("/body/event").asText()).isEqualTo("revoked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",\"scope\":\"project\",\"pattern\":\"npm *\"",
                ",\"scope\":\"project\",\"pattern\":\"npm install b\"",
                ",\"scope\":\"project\",\"pattern\":\"npm install *\\nnpm *\"",
                ",\"scope\":\"project\",\"expires\":\"0s\"",
                ",\"scope\":\"project\",\"expires\":\"soon\"",
                ",\"scope\":\"project\",\"uses\":0",
                ",\"scope\":\"project\",\"uses\":\"3\"",
                ",\"scope\":\"everywhere\"",
                ",\"scope\":\"once\",\"pattern\":\"npm install *\"",
                ",\"pattern\":\"npm install *\"",
                ",\"uses\":3"
            })
    void whatIsTooMuchIsRefused(String more) {
        String id = ask("npm install a");
        Reply reply = vote(id, ana, more);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.json().path("detail").asText()).isNotBlank();
        assertThat(server.approvals.find(id).orElseThrow().votes()).isEmpty();
    }

    @Test
    void aNoHasNoScope() {
        Reply reply =
                server.post(
                        "/v1/approvals/" + ask("npm install a") + "/votes",
                        ana,
                        "{\"answer\":\"deny\",\"scope\":\"task\"}");
        assertThat(reply.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval $X", "$CMD x"})
    void whatCannotBeReadIsForOnce(String command) {
        String id = ask(command);
        Reply shown = server.get("/v1/approvals/" + id, ana);
        assertThat(shown.json().at("/offer/scopes").toString()).isEqualTo("[\"once\"]");
        Reply reply = vote(id, ana, ",\"scope\":\"task\"");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("detail").asText()).contains("once only");
        assertThat(vote(id, ana, "").status()).isEqualTo(200);
    }

    @Test
    void itSaysWhatItWouldAlsoHaveAllowed() {
        effect("npm install react", "s");
        effect("npm install react", "s");
        effect("npm install vue", "before");
        effect("npm uninstall vue", "before");
        String id = ask("npm install a");
        String path = "/v1/approvals/" + id + "/preview";
        Reply task = server.get(path, ana);
        assertThat(task.json().path("pattern").asText()).isEqualTo("npm install *");
        assertThat(task.json().path("calls").toString())
                .isEqualTo("[{\"call\":\"npm install react\",\"times\":1}]");
        Reply project = server.get(path + "?scope=project", ana);
        assertThat(project.json().path("count").asInt()).isEqualTo(2);
        Reply narrow =
                server.get(
                        path
                                + "?scope=project&pattern="
                                + URLEncoder.encode("npm install a*", StandardCharsets.UTF_8),
                        ana);
        assertThat(narrow.json().path("count").asInt()).isZero();
        assertThat(server.get(path + "?scope=project&pattern=npm", ana).status()).isEqualTo(400);
        assertThat(server.get(path, agent).status()).isEqualTo(403);
    }

    @Test
    void theRequestShowsWhatIsOffered() {
        String id = ask("npm install a");
        JsonNode offer = server.get("/v1/approvals/" + id, ana).json().path("offer");
        assertThat(offer.path("scopes").toString()).isEqualTo("[\"once\",\"task\",\"project\"]");
        assertThat(offer.path("pattern").asText()).isEqualTo("npm install *");
        vote(id, ana, ",\"scope\":\"task\",\"expires\":\"30m\"");
        ApprovalRequest request = server.approvals.find(id).orElseThrow();
        assertThat(request.votes().getFirst().terms().scope()).isEqualTo(Grant.Scope.TASK);
        assertThat(server.get("/v1/grants", ana).json().at("/grants/0/expires_at").asText())
                .isNotBlank();
    }

    @Test
    void callsThatWaitGoOnWithIt() throws Exception {
        CompletableFuture<Reply> held =
                CompletableFuture.supplyAsync(() -> decide("npm install b", "s", agent, "60s"));
        String waiting = changed().id();
        String polled = ask("npm install c");
        changed();
        String other = ask("npm install d --evil");
        changed();
        Grant grant = granted("npm install a", ",\"scope\":\"task\",\"pattern\":\"npm install *\"");
        Reply reply = held.get(10, TimeUnit.SECONDS);
        assertThat(reply.json().path("effect").asText()).as(reply.toString()).isEqualTo("allow");
        assertThat(reply.json().at("/decider/id").asText()).isEqualTo(grant.id());
        ApprovalRequest over = server.approvals.find(waiting).orElseThrow();
        assertThat(over.state()).isEqualTo(ApprovalRequest.State.SUPERSEDED);
        assertThat(over.ending()).isEqualTo("covered by " + grant.id());
        untilOpen(1);
        assertThat(server.approvals.pending().getFirst().id()).isEqualTo(other);
        String decision = server.approvals.find(polled).orElseThrow().decision();
        for (int i = 0; i < 2; i++) {
            Reply later = server.get("/v1/decisions/" + decision, agent);
            assertThat(later.json().path("effect").asText())
                    .as(later.toString())
                    .isEqualTo("allow");
        }
        assertThat(server.grants.find(grant.id()).orElseThrow().used()).isEqualTo(2);
    }

    @Test
    void noMoreOfThemGoOnThanItMayBeUsed() throws Exception {
        ask("npm install b");
        String last = ask("npm install c");
        granted("npm install a", ",\"scope\":\"task\",\"pattern\":\"npm install *\",\"uses\":1");
        untilOpen(1);
        assertThat(effect("npm install b", "s")).isEqualTo("allow");
        assertThat(server.grants.list()).isEmpty();
        assertThat(ask("npm install c")).as("the same question waits").isEqualTo(last);
        assertThat(server.approvals.pending()).hasSize(1);
    }

    /** Waits for changes until so many questions are open. */
    private void untilOpen(int count) throws InterruptedException {
        while (server.approvals.pending().size() != count) {
            ApprovalRequest _ = changed();
        }
    }
}
