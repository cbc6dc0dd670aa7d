package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program signs in by a code that its person confirms. */
@SuppressWarnings("NullAway.Init")
final class DeviceFlowTest {
    private final MovableClock clock = new MovableClock("2026-11-21T12:00:00Z");
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(false, clock);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode begin(String scope) {
        Reply reply =
                server.post(
                        "/v1/login/device",
                        null,
                        "{\"name\":\"a <b>program</b>\",\"scope\":\"" + scope + "\"}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private Map<String, String> browser(String email) throws Exception {
        return Map.of(
                "Cookie",
                "countersign_session=" + server.cookie(email),
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    private String page(JsonNode begun, Map<String, String> browser) {
        return server.send(
                        "GET",
                        "/device?code=" + begun.path("user_code").asText(),
                        null,
                        null,
                        browser)
                .body();
    }

    private static String csrf(String page) {
        return page.replaceFirst("(?s).*?name=\"csrf\" value=\"([0-9a-f]+)\".*", "$1");
    }

    private String confirmed(JsonNode begun) throws Exception {
        Map<String, String> ana = browser(TestServer.ANA);
        String form =
                "csrf="
                        + csrf(page(begun, ana))
                        + "&answer=confirm&code="
                        + begun.path("user_code").asText();
        assertThat(server.send("POST", "/device", null, form, ana).status()).isEqualTo(303);
        Reply token = token(begun);
        assertThat(token.status()).as(token.body()).isEqualTo(200);
        return token.json().path("access_token").asText();
    }

    private Reply token(JsonNode begun) {
        return server.post(
                "/v1/login/token",
                null,
                "{\"device_code\":\"" + begun.path("device_code").asText() + "\"}");
    }

    @Test
    void thePageShowsWhoAsksFromWhereWhenAndForWhat() throws Exception {
        JsonNode begun = begin("read");
        clock.move(Duration.ofMinutes(3));
        String page = page(begun, browser(TestServer.ANA));
        assertThat(page)
                .contains("&lt;b", "the machine that this server runs on", "3 min")
                .contains("look at what its holder may see; nothing else")
                .doesNotContain("<b>");
        // Somebody elsewhere.
        String code = server.logins.start(TestServer.asked("x")).userCode();
        assertThat(
                        server.send(
                                        "GET",
                                        "/device?code=" + code,
                                        null,
                                        null,
                                        browser(TestServer.ANA))
                                .body())
                .contains("192.0.2.7, which is not where you are", "class=\"warn\"")
                .contains("It will be able to vote in your name");
    }

    @Test
    void theTokenIsForWhatWasAskedForAndNoMore() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        String vote = "/v1/approvals/" + request.id() + "/votes";
        JsonNode begun = begin("read decide");
        String reads = confirmed(begun);
        assertThat(server.get("/v1/approvals", reads).status()).isEqualTo(200);
        Reply refused = server.post(vote, reads, "{\"answer\":\"approve\"}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("it needs the scope `answer`");
        assertThat(server.post("/v1/tokens", reads, "{}").status()).isEqualTo(403);
        // Handed out once.
        assertThat(token(begun).json().path("error").asText()).isEqualTo("expired_token");
        assertThat(server.post(vote, confirmed(begin("")), "{\"answer\":\"approve\"}").status())
                .isEqualTo(200);
    }

    @Test
    void aScopeThatIsNoneIsRefused() {
        for (String scope : new String[] {"all", "read,answer", "read openid", "READ"}) {
            Reply reply = server.post("/v1/login/device", null, "{\"scope\":\"" + scope + "\"}");
            assertThat(reply.status()).as(scope).isEqualTo(400);
            assertThat(reply.json().path("error").asText()).isEqualTo("invalid_scope");
        }
    }

    /** What the page offered when it was opened counts for nothing. */
    @Test
    void aRoleThatIsTakenAwayWhileThePageIsOpenVotesNoMore() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        Map<String, String> ana = browser(TestServer.ANA);
        String path = "/approvals/" + request.id();
        String open = server.send("GET", path, null, null, ana).body();
        assertThat(open).contains("id=\"approve\"");
        server.add("max@example.com", "Max", "owner");
        server.add(TestServer.ANA, "Ana", "viewer");
        String form = "csrf=" + csrf(open) + "&version=0&answer=approve";
        Reply refused = server.send("POST", path + "/vote", null, form, ana);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("Your roles do not let you");
        assertThat(server.approvals.find(request.id()).orElseThrow().votes()).isEmpty();
    }

    /** One answer for all of them. */
    @Test
    void aTokenThatIsNoneAnyMoreReadsLikeOneThatNeverWas() throws Exception {
        String expired = server.agent("builder");
        String revoked = server.personal(TestServer.ANA, true);
        assertThat(server.post("/v1/logout", revoked, "").status()).isEqualTo(204);
        clock.move(Duration.ofDays(366));
        String unknown = server.get("/v1/approvals", "csa_" + "0".repeat(43)).body();
        for (String token :
                new String[] {
                    expired,
                    revoked,
                    "",
                    "x",
                    "csp_",
                    "a b",
                    "x".repeat(600),
                    expired + "x",
                    expired.substring(1),
                    "csa_%00",
                    "Bearer"
                }) {
            Reply reply = server.get("/v1/approvals", token);
            assertThat(reply.status()).as(token).isEqualTo(401);
            assertThat(reply.body()).as(token).isEqualTo(unknown);
        }
    }
}
