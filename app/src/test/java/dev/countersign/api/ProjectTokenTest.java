package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.people.Principal;
import dev.countersign.people.Token;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A personal token for one project, of an owner who may do everything everywhere. */
@SuppressWarnings("NullAway.Init")
final class ProjectTokenTest {
    private TestServer server;
    private String token;
    private JsonNode here;
    private JsonNode elsewhere;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        token =
                server.identity
                        .createToken(
                                Token.Kind.PERSONAL,
                                "for the shop",
                                null,
                                TestServer.ANA,
                                "shop",
                                server.identity.signedIn(
                                        server.people.person(TestServer.ANA).orElseThrow(), "test"))
                        .secret();
        here = asked("builder", "shop");
        elsewhere = asked("runner", "office");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode asked(String agent, String project) throws Exception {
        String secret =
                server.identity
                        .createToken(
                                Token.Kind.AGENT,
                                agent,
                                agent,
                                TestServer.ANA,
                                project,
                                new Principal.Owner())
                        .secret();
        return server.decide(secret, "api", "git push origin main");
    }

    private static String approval(JsonNode decision) {
        return decision.path("approval").path("id").asText();
    }

    private Reply vote(JsonNode decision) {
        return server.post(
                "/v1/approvals/" + approval(decision) + "/votes",
                token,
                "{\"answer\":\"approve\"}");
    }

    @Test
    void seesAndAnswersTheQuestionsOfItsProjectAlone() {
        JsonNode list = server.get("/v1/approvals", token).json();
        assertThat(list.path("approvals")).hasSize(1);
        assertThat(list.path("approvals").path(0).path("id").asText()).isEqualTo(approval(here));
        assertThat(list.path("pending").asInt()).isEqualTo(1);
        assertThat(server.get("/v1/approvals/" + approval(here), token).status()).isEqualTo(200);
        assertThat(server.get("/v1/approvals/" + approval(elsewhere), token).status())
                .isEqualTo(404);
        assertThat(server.get("/v1/approvals/" + approval(elsewhere) + "/preview", token).status())
                .isEqualTo(404);
        Reply refused = vote(elsewhere);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("for the project `shop` alone");
        String both =
                "{\"answer\":\"deny\",\"requests\":[{\"id\":\"%s\",\"version\":0}]}"
                        .formatted(approval(elsewhere));
        JsonNode voted = server.post("/v1/approvals/votes", token, both).json();
        assertThat(voted.path("counted").asInt()).isZero();
        assertThat(voted.path("results").path(0).path("result").asText()).isEqualTo("not_yours");
        assertThat(voted.path("results").path(0).has("approval")).isFalse();
        assertThat(vote(here).status()).isEqualTo(200);
    }

    @Test
    void seesTheDecisionsAndRecordsOfItsProjectAlone() {
        String own = here.path("id").asText();
        assertThat(server.get("/v1/decisions/" + own, token).status()).isEqualTo(200);
        String other = elsewhere.path("id").asText();
        assertThat(server.get("/v1/decisions/" + other, token).status()).isEqualTo(404);
        assertThat(
                        server.post(
                                        "/v1/outcomes",
                                        token,
                                        "{\"decision\":\"" + other + "\",\"status\":\"success\"}")
                                .status())
                .isEqualTo(404);
        JsonNode records = server.get("/v1/audit", token).json().path("records");
        assertThat(records).isNotEmpty();
        records.forEach(
                each -> assertThat(each.path("record").path("project").asText()).isEqualTo("shop"));
        assertThat(server.get("/v1/audit?project=office", token).status()).isEqualTo(403);
    }

    @Test
    void stopsItsProjectAlone() throws Exception {
        for (String what :
                new String[] {
                    "\"project\":\"office\"",
                    "\"agent\":\"builder\"",
                    "\"all\":true",
                    "\"task\":\"s\""
                }) {
            assertThat(server.post("/v1/stops", token, "{" + what + "}").status())
                    .as(what)
                    .isEqualTo(403);
        }
        String everything = server.personal(TestServer.ANA, true);
        String stop =
                server.post("/v1/stops", everything, "{\"project\":\"office\"}")
                        .json()
                        .path("id")
                        .asText();
        assertThat(server.get("/v1/stops", token).json().path("stops")).isEmpty();
        assertThat(server.delete("/v1/stops/" + stop, token).status()).isEqualTo(403);
        Reply own = server.post("/v1/stops", token, "{\"project\":\"shop\"}");
        assertThat(own.status()).as(own.body()).isEqualTo(201);
        assertThat(server.get("/v1/stops", token).json().path("stops")).hasSize(1);
        assertThat(server.delete("/v1/stops/" + own.json().path("id").asText(), token).status())
                .isEqualTo(200);
    }

    @Test
    void asksAsOfItsProject() {
        JsonNode asked = server.decide(token, "api", "git push origin main");
        assertThat(server.get("/v1/decisions/" + asked.path("id").asText(), token).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void comesNowhereElse(Route route) {
        if (route.withinProject() || !route.permits(Route.Kind.PERSON)) {
            return;
        }
        boolean body = route.method().equals("POST") || route.method().equals("PUT");
        String path = route.path().replaceAll("\\{[^}]+}", "none");
        Reply reply =
                server.send(route.method(), path, token, body ? "{}" : null, java.util.Map.of());
        assertThat(reply.status()).as(reply.body()).isEqualTo(403);
        assertThat(reply.body()).contains("is for the project `shop` alone");
    }
}
