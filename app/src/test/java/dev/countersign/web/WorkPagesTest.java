package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents and tasks on their pages. */
@SuppressWarnings("NullAway.Init")
final class WorkPagesTest {
    private TestServer server;
    private OnPages ana;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        ana = OnPages.as(server, TestServer.ANA);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theListsTeachBeforeAnythingCame() {
        assertThat(ana.get("/agents").body())
                .contains("No agent has come yet", "countersign connect claude-code");
        assertThat(ana.get("/tasks").body()).contains("Nothing was worked on yet");
        assertThat(ana.get("/agents/nobody").status()).isEqualTo(404);
        assertThat(ana.get("/tasks/task?name=none").status()).isEqualTo(404);
    }

    @Test
    void anAgentIsThereFromItsFirstCallOn() throws Exception {
        String token = server.agent("builder");
        server.decide(token, "claude-code", "ls");
        server.decide(token, "claude-code", "git push origin main");
        assertThat(ana.get("/agents").body())
                .contains("href=\"/agents/builder\"", "nobody added it", "<span class=\"count\">1");
        assertThat(ana.get("/agents/builder").body())
                .contains(
                        "git push origin main",
                        "nobody added it",
                        "Stop this agent",
                        "Risk critical",
                        "/policies/effective?agent=builder",
                        "/tasks/task?name=s");
        assertThat(ana.get("/tasks").body())
                .contains("href=\"/tasks/task?name=s\"", "builder", TestServer.ANA);
        assertThat(ana.get("/tasks/task?name=s").body())
                .contains("git push origin main", "Stop this task", "claude-code", "2, 1 asked");
    }

    @Test
    void anAddedAgentShowsWhoAnswersForIt() {
        assertThat(
                        ana.post(
                                        "/organisation/agents",
                                        "name",
                                        "migrations",
                                        "owner",
                                        TestServer.LI,
                                        "persona",
                                        "db",
                                        "enabled",
                                        "yes")
                                .status())
                .isEqualTo(303);
        assertThat(ana.get("/agents").body()).contains(TestServer.LI, "db", "not lately");
        assertThat(ana.get("/agents/migrations").body())
                .contains(TestServer.LI, "/organisation/agents/migrations", "Nothing of it waits");
    }

    @Test
    void anAgentIsStoppedWhereOneLooksForIt() throws Exception {
        String token = server.agent("builder");
        server.decide(token, "claude-code", "git push origin main");
        Reply stopped =
                ana.post(
                        "/stops",
                        "stop",
                        "agent builder",
                        "reason",
                        "not today",
                        "then",
                        "/agents/builder");
        assertThat(stopped.status()).isEqualTo(303);
        assertThat(server.decide(token, "claude-code", "ls").path("effect").asText())
                .isEqualTo("deny");
        assertThat(ana.get("/agents/builder").body())
                .contains("<strong>Stopped</strong>", "not today", "Let it go on")
                .doesNotContain("id=\"stop-now\"");
        assertThat(ana.get("/agents").body()).contains("stopped");
        String id = server.stops.holding().getFirst().id();
        assertThat(ana.post("/stops/" + id + "/resume", "then", "/agents/builder").status())
                .isEqualTo(303);
        assertThat(server.stops.holding()).isEmpty();
    }

    @Test
    void whoMayNotStopIsToldWhy() throws Exception {
        server.add("vi@example.com", "Vi", "viewer");
        server.decide(server.agent("builder"), "claude-code", "ls");
        OnPages vi = OnPages.as(server, "vi@example.com");
        assertThat(vi.get("/agents/builder").body()).contains("id=\"stop-barred\"", "disabled");
        assertThat(vi.post("/stops", "stop", "agent builder").status()).isEqualTo(403);
    }

    @Test
    void aQuestionIsPassedToSomebodyWhoCanAnswer() throws Exception {
        server.add("bo@example.com", "Bo", "owner");
        ApprovalRequest asked = server.ask("git push origin main", "high");
        OnPages li = OnPages.as(server, TestServer.LI);
        String here = "/approvals/" + asked.id();
        assertThat(li.get(here).body())
                .contains("Pass to them", "<option value=\"bo@example.com\">");
        assertThat(li.post(here + "/pass", "to", "bo@example.com").status()).isEqualTo(303);
        assertThat(li.get(here).body()).contains("passed to bo@example.com by " + TestServer.LI);
        assertThat(OnPages.as(server, "bo@example.com").get("/").body())
                .contains("passed by " + TestServer.LI);
        assertThat(ana.get("/").body()).doesNotContain("passed by " + TestServer.LI);
        assertThat(li.post(here + "/pass", "to", TestServer.LI).body())
                .contains("It was not passed on");
    }

    @Test
    void earlierAnswersToTheLikeAreCounted() throws Exception {
        String token = server.agent("builder");
        server.decide(token, "claude-code", "git push origin one");
        String first = server.approvals.pending().getFirst().id();
        String vote = "/v1/approvals/" + first + "/votes";
        assertThat(
                        server.post(
                                        vote,
                                        server.personal(TestServer.ANA, true),
                                        "{\"answer\": \"deny\", \"guidance\": \"not yet\"}")
                                .status())
                .isEqualTo(200);
        server.decide(token, "claude-code", "git push origin two");
        String second = server.approvals.pending().getFirst().id();
        assertThat(ana.get("/approvals/" + second).body())
                .contains(
                        "<strong>0 approved</strong>",
                        "<strong>1 denied</strong>",
                        "/approvals/" + first);
        assertThat(ana.get("/approvals/" + first).body()).contains("It did not run");
    }

    @Test
    void aFormLeadsNowhereElse() throws Exception {
        server.decide(server.agent("builder"), "claude-code", "ls");
        Reply stopped = ana.post("/stops", "stop", "agent builder", "then", "//evil.example/");
        assertThat(stopped.status()).isEqualTo(303);
        assertThat(server.stops.holding()).hasSize(1);
    }
}
