package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where those that policy names are nobody, the owners answer; where there is none, nobody does.
 */
final class OwnersInsteadTest extends AgentAtServer {
    private static final String ZOE = "zoe@example.com";

    @BeforeEach
    void policy() {
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                rules:
                  - ask: {git_push: {branch: plain}}
                    approvers: [{role: security}]
                  - ask: {git_push: {branch: strict}}
                    approvers: [{role: security}]
                    not_requester: true
                  - ask: {git_push: {branch: both}}
                    approvers: [{role: security}, {role: maintainer, team: ghosts}]
                    at_least: 2
                """);
    }

    private Reply vote(String id, String email) throws Exception {
        return server.post(
                "/v1/approvals/" + id + "/votes",
                server.personal(email, true),
                "{\"answer\":\"approve\"}");
    }

    private String asked(String branch) {
        Reply reply = decide("git push origin " + branch, "s");
        assertThat(reply.json().path("effect").asText()).as(reply.body()).isEqualTo("ask");
        return reply.json().at("/approval/id").asText();
    }

    @Test
    void anOwnerAnswers() throws Exception {
        String id = asked("plain");
        assertThat(vote(id, TestServer.LI).status()).isEqualTo(403);
        assertThat(vote(id, TestServer.ANA).json().path("status").asText()).isEqualTo("approved");
        Reply used = decide("git push origin plain", "s");
        assertThat(used.json().path("effect").asText()).isEqualTo("allow");
    }

    @Test
    void explainSaysWhy() {
        Reply reply =
                server.post(
                        "/v1/approvals/explain",
                        ana,
                        "{\"client\":\"x\",\"tool\":\"Bash\",\"cwd\":\"/home/dev/payments\","
                                + "\"input\":{\"command\":\"git push origin plain\"}}");
        assertThat(reply.json().at("/requirements/0/from").asText())
                .endsWith(", for want of role:security");
        assertThat(reply.json().at("/requirements/0/people/0/because").asText())
                .isEqualTo("role:owner");
        assertThat(reply.json().path("answerable").asBoolean()).isTrue();
    }

    /** The only owner drives the agent, and the rule keeps the driver out. */
    @Test
    void withoutAnOwnerWhoMayItIsDenied() throws Exception {
        Reply denied = decide("git push origin strict", "s");
        assertThat(denied.json().path("effect").asText()).isEqualTo("deny");
        assertThat(denied.json().path("reason").asText())
                .isEqualTo("nobody can approve this: it needs role:security, role:owner");
        server.add(ZOE, "Zoe", "owner");
        assertThat(vote(asked("strict"), ZOE).json().path("status").asText()).isEqualTo("approved");
    }

    @Test
    void asManyOwnersAsOthersWereAsked() throws Exception {
        assertThat(decide("git push origin both", "s").json().path("effect").asText())
                .isEqualTo("deny");
        server.add(ZOE, "Zoe", "owner");
        String id = asked("both");
        vote(id, ZOE);
        assertThat(vote(id, TestServer.ANA).json().path("status").asText()).isEqualTo("approved");
    }

    /** At use those count who are asked then: the one who was missing is there by now. */
    @Test
    void whoIsThereAtUseIsAskedAfterAll() throws Exception {
        vote(asked("plain"), TestServer.ANA);
        server.add(ZOE, "Zoe", "security");
        Reply used = decide("git push origin plain", "s");
        assertThat(used.json().path("effect").asText()).isEqualTo("deny");
        assertThat(used.json().at("/approval/status").asText()).isEqualTo("superseded");
    }

    @Test
    void whoComesMeanwhileMayAnswerAsWell() throws Exception {
        String id = asked("plain");
        server.add(ZOE, "Zoe", "security");
        assertThat(vote(id, ZOE).json().path("status").asText()).isEqualTo("approved");
        assertThat(decide("git push origin plain", "s").json().path("effect").asText())
                .isEqualTo("allow");
    }
}
