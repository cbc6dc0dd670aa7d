package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who could approve a call, and why. */
@SuppressWarnings("NullAway.Init")
final class AuthorityTest {
    private TestServer server;
    private String ana;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        server.add("mo@example.com", "Mo", "maintainer");
        ana = server.personal(TestServer.ANA, true);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ObjectNode explain(String body) {
        Reply reply = server.post("/v1/approvals/explain", ana, body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private ObjectNode call(String command, String more) {
        return explain(
                "{\"client\":\"x\",\"tool\":\"Bash\",\"input\":{\"command\":\""
                        + command
                        + "\"},\"cwd\":\"/home/dev/payments\""
                        + more
                        + "}");
    }

    private void policy(String text) {
        Reply reply =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        ana,
                        new ObjectNode(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance)
                                .put("file", "p.yaml")
                                .put("text", text)
                                .toString(),
                        java.util.Map.of());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    @Test
    void approversThatNobodyIsAreWarnedOf() {
        Reply reply =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        ana,
                        new ObjectNode(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance)
                                .put("file", "p.yaml")
                                .put(
                                        "text",
                                        """
                                        policy: p
                                        rules:
                                          - ask: git_push
                                            approvers: [{role: dba}, {role: maintainer}]
                                          - ask: comms_send
                                            approvers: [{role: maintainer}]
                                            at_least: 2
                                        approvals:
                                          - {match: "git_*", approvers: [zoe@example.com, {team: payments}]}
                                        """)
                                .toString(),
                        java.util.Map.of());
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().path("warnings").toString())
                .contains("p.yaml:3:5: nobody on this server is `role:dba`")
                .contains("p.yaml:5:5: 2 people must agree and this server has only 1 of those")
                .contains("p.yaml:9:5: nobody on this server is `zoe@example.com`")
                .contains("p.yaml:9:5: nobody on this server is `team:payments`")
                .doesNotContain("`role:maintainer`");
    }

    @Test
    void withNothingSaidTheDriverAndTheOwnersMay() {
        ObjectNode answer = call("git push origin main", ",\"driver\":\"li@example.com\"");
        assertThat(answer.path("effect").asText()).isEqualTo("ask");
        assertThat(answer.path("answerable").asBoolean()).isTrue();
        assertThat(answer.at("/requirements/0/people").toString())
                .isEqualTo(
                        "[{\"email\":\"ana@example.com\",\"because\":\"role:owner\"},"
                                + "{\"email\":\"li@example.com\",\"because\":\"the agent runs in"
                                + " their session\"}]");
        assertThat(server.approvals.countPending()).isZero();
    }

    @Test
    void whoIsLeftOutIsToldWhy() {
        policy(
                """
                policy: p
                rules:
                  - ask: git_push
                    approvers: [{role: maintainer}]
                    at_least: 2
                    not_requester: true
                """);
        ObjectNode answer = call("git push origin main", ",\"driver\":\"mo@example.com\"");
        assertThat(answer.path("answerable").asBoolean()).isFalse();
        assertThat(answer.at("/requirements/0/needed").asInt()).isEqualTo(2);
        assertThat(answer.at("/requirements/0/from").asText()).contains("p.yaml:3:5");
        assertThat(answer.at("/requirements/0/people")).isEmpty();
        assertThat(answer.at("/requirements/0/left_out/0/because").asText())
                .isEqualTo("role:maintainer, but the agent runs in their session");
    }

    @Test
    void aCallThatAsksNobodySaysOnlyThat() {
        ObjectNode answer = call("git status", "");
        assertThat(answer.path("effect").asText()).isEqualTo("allow");
        assertThat(answer.has("requirements")).isFalse();
    }

    @Test
    void anOpenQuestionIsExplained() throws NotRecorded {
        String id = server.ask("git push origin main", "medium").id();
        ObjectNode answer = explain("{\"approval\":\"" + id + "\"}");
        assertThat(answer.at("/requirements/0/people/0/email").asText()).isEqualTo(TestServer.ANA);
        assertThat(server.post("/v1/approvals/explain", ana, "{\"approval\":\"APR-99\"}").status())
                .isEqualTo(404);
        assertThat(server.post("/v1/approvals/explain", server.agent("a"), "{}").status())
                .isEqualTo(403);
    }
}
