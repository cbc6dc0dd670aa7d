package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is in a team, who has a role in it, and what becomes of a yes when that changes. */
final class TeamsTest extends AgentAtServer {
    private static final String MO = "mo@example.com";
    private static final String ZOE = "zoe@example.com";

    @BeforeEach
    void people() {
        put(MO, "[\"maintainer\"]", "[]");
        put(ZOE, "[\"member\"]", "[\"payments\"]");
        server.putPolicy(
                ana,
                "p.yaml",
                """
                policy: p
                rules:
                  - ask: {git_push: {branch: by-team}}
                    approvers: [{team: payments}]
                  - ask: {git_push: {branch: by-role}}
                    approvers: [{role: maintainer, team: payments}]
                """);
    }

    private void put(String email, String roles, String teams) {
        Reply reply =
                server.post(
                        "/v1/people",
                        ana,
                        "{\"email\":\"%s\",\"roles\":%s,\"teams\":%s}"
                                .formatted(email, roles, teams));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private Reply approve(String id, String email) throws Exception {
        return server.post(
                "/v1/approvals/" + id + "/votes",
                server.personal(email, true),
                "{\"answer\":\"approve\"}");
    }

    private List<String> mayAnswer(String id) {
        List<String> people = new ArrayList<>();
        server.post("/v1/approvals/explain", ana, "{\"approval\":\"" + id + "\"}")
                .json()
                .at("/requirements/0/people")
                .forEach(each -> people.add(each.path("email").asText()));
        return people;
    }

    @Test
    void whoIsInTheTeamMayAnswer() throws Exception {
        String id = asked("git push origin by-team");
        assertThat(mayAnswer(id)).containsExactly(ZOE);
        assertThat(approve(id, MO).status()).isEqualTo(403);
        assertThat(approve(id, ZOE).json().path("status").asText()).isEqualTo("approved");
        assertThat(effect("git push origin by-team")).isEqualTo("allow");
    }

    @Test
    void aRoleInATeamIsBoth() throws Exception {
        put(ZOE, "[\"maintainer\"]", "[\"payments\",\"web\"]");
        String id = asked("git push origin by-role");
        assertThat(mayAnswer(id)).containsExactly(ZOE);
        assertThat(approve(id, MO).status()).isEqualTo(403);
        assertThat(approve(id, ZOE).json().path("status").asText()).isEqualTo("approved");
    }

    @Test
    void whoLeavesTheTeamHasNotAgreed() throws Exception {
        String id = asked("git push origin by-team");
        approve(id, ZOE);
        put(ZOE, "[\"member\"]", "[]");
        put(MO, "[\"maintainer\"]", "[\"payments\"]");
        Reply used = decide("git push origin by-team", "s");
        assertThat(used.json().path("effect").asText()).isEqualTo("deny");
        assertThat(used.json().at("/approval/status").asText()).isEqualTo("superseded");
    }

    @Test
    void whoWasRemovedHasNotAgreedAndIsNobody() throws Exception {
        String zoe = server.personal(ZOE, true);
        String cookie = server.cookie(ZOE);
        put(MO, "[\"maintainer\"]", "[\"payments\"]");
        String id = asked("git push origin by-team");
        approve(id, ZOE);
        Reply removed = server.send("DELETE", "/v1/people/" + ZOE, ana, null, Map.of());
        assertThat(removed.status()).as(removed.body()).isEqualTo(200);
        assertThat(server.get("/v1/people", zoe).status()).isEqualTo(401);
        assertThat(server.signIns.sessions().byCookie(cookie)).isEmpty();
        Reply used = decide("git push origin by-team", "s");
        assertThat(used.json().path("effect").asText()).isEqualTo("deny");
        assertThat(used.json().at("/approval/status").asText()).isEqualTo("superseded");
        // Who comes back is somebody new: no old token or sign-in speaks for them.
        put(ZOE, "[\"owner\"]", "[\"payments\"]");
        assertThat(server.get("/v1/people", zoe).status()).isEqualTo(401);
        assertThat(server.signIns.sessions().byCookie(cookie)).isEmpty();
        assertThat(server.send("DELETE", "/v1/people/no@example.com", ana, null, Map.of()).status())
                .isEqualTo(404);
    }

    @Test
    void theLastOwnerStays() {
        Reply reply = server.send("DELETE", "/v1/people/" + TestServer.ANA, ana, null, Map.of());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("the last owner");
    }

    @Test
    void aTeamHasAPlainName() {
        Reply reply =
                server.post("/v1/people", ana, "{\"email\":\"" + MO + "\",\"teams\":[\"a b\"]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).contains("`a b`");
    }

    private String asked(String command) {
        Reply reply = decide(command, "s");
        assertThat(reply.json().path("effect").asText()).as(reply.body()).isEqualTo("ask");
        return reply.json().at("/approval/id").asText();
    }

    private String effect(String command) {
        return decide(command, "s").json().path("effect").asText();
    }
}
