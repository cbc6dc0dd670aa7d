package dev.countersign.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.people.Principal;
import dev.countersign.people.Sessions;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who took a token has nothing left of it when it is revoked. */
@SuppressWarnings("NullAway.Init")
final class RevocationTest {
    private static final String TOKENS = "/v1/tokens";

    private TestServer server;
    private String ana;
    private JsonNode leaked;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        ana = server.personal(TestServer.ANA, true);
        leaked = made(ana, "{\"kind\":\"personal\",\"name\":\"leaked\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode made(String by, String body) {
        Reply reply = server.post(TOKENS, by, body);
        assertThat(reply.status()).as(reply.body()).isEqualTo(201);
        return reply.json();
    }

    private static String secret(JsonNode made) {
        return made.path("token").asText();
    }

    private boolean opens(String token) {
        return server.get("/v1/approvals", token).status() == 200;
    }

    private void revoke(JsonNode token) {
        assertThat(server.delete(TOKENS + "/" + token.path("id").asText(), ana).status())
                .isEqualTo(204);
    }

    private String code(String email) {
        Reply reply = server.post("/v1/people/" + email + "/link", secret(leaked), "");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json().path("sign_in").asText().replaceFirst(".*code=", "");
    }

    private Sessions.New redeemed(String code) throws Exception {
        return server.signIns.links().redeem(code, "a browser").orElseThrow().session();
    }

    private boolean signedIn(Sessions.New session) {
        return server.signIns.sessions().byCookie(session.cookie()).isPresent();
    }

    @Test
    void whatATokenMadeEndsWithIt() {
        JsonNode second = made(secret(leaked), "{\"kind\":\"personal\",\"name\":\"second\"}");
        JsonNode third = made(secret(second), "{\"kind\":\"agent\",\"name\":\"third\"}");
        assertThat(second.path("made_by")).isEqualTo(leaked.path("id"));
        assertThat(third.path("made_by")).isEqualTo(second.path("id"));
        assertThat(opens(secret(second))).isTrue();
        assertThat(opens(secret(third))).isTrue();
        revoke(leaked);
        assertThat(opens(secret(leaked))).isFalse();
        assertThat(opens(secret(second))).isFalse();
        assertThat(opens(secret(third))).isFalse();
        assertThat(opens(ana)).isTrue();
        assertThat(server.ledger.list(Map.of("kind", "token"), Long.MAX_VALUE, 3))
                .extracting(record -> record.body().path("summary").asText())
                .containsExactly(
                        "token `third` revoked by " + TestServer.ANA,
                        "token `second` revoked by " + TestServer.ANA,
                        "token `leaked` revoked by " + TestServer.ANA);
    }

    @Test
    void soDoLinksAndTheSessionsThatBeganWithThem() throws Exception {
        Sessions.New begun = redeemed(code(TestServer.LI));
        String unused = code(TestServer.LI);
        JsonNode later =
                server.send(
                                "POST",
                                TOKENS,
                                null,
                                "{\"kind\":\"personal\",\"name\":\"li\"}",
                                Map.of(
                                        "Cookie",
                                        Callers.COOKIE + "=" + begun.cookie(),
                                        Callers.CSRF_HEADER,
                                        Callers.csrf(begun.cookie()),
                                        Callers.KEY_HEADER,
                                        begun.key()))
                        .json();
        assertThat(later.path("made_by")).isEqualTo(leaked.path("id"));
        assertThat(opens(secret(later))).isTrue();
        assertThat(signedIn(begun)).isTrue();
        revoke(leaked);
        assertThat(signedIn(begun)).isFalse();
        assertThat(opens(secret(later))).isFalse();
        assertThat(server.signIns.links().redeem(unused, "a browser")).isEmpty();
    }

    /** What was revoked or signed out before may be revoked for what it left behind. */
    @Test
    void signingOutLeavesWhatWasMadeAndRevokingAfterwardsDoesNot() {
        JsonNode second = made(secret(leaked), "{\"kind\":\"agent\",\"name\":\"second\"}");
        String itself = TOKENS + "/" + leaked.path("id").asText();
        assertThat(server.delete(itself, secret(leaked)).status()).isEqualTo(204);
        assertThat(opens(secret(leaked))).isFalse();
        assertThat(opens(secret(second))).isTrue();
        revoke(leaked);
        assertThat(opens(secret(second))).isFalse();
    }

    @Test
    void whatATokenConfirmedEndsWithIt() throws Exception {
        JsonNode waiting =
                made(
                        server.identity.ownerSecret(),
                        "{\"kind\":\"personal\",\"name\":\"w\",\"person\":\"ana@example.com\"}");
        String confirm = TOKENS + "/" + waiting.path("id").asText() + "/confirm";
        assertThat(server.post(confirm, secret(leaked), "").status()).isEqualTo(200);
        revoke(leaked);
        assertThat(opens(secret(waiting))).isFalse();
    }

    /** However long ago the browser session ended in which somebody let a program in. */
    @Test
    void soDoProgramsThatWereLetInInSuchASession() throws Exception {
        Sessions.New begun = redeemed(code(TestServer.LI));
        Principal.Person li = server.signIns.sessions().byCookie(begun.cookie()).orElseThrow();
        Reply asked = server.post("/v1/login/device", null, "{\"name\":\"laptop\"}");
        String code = asked.json().path("user_code").asText();
        assertThat(server.logins.answer(code, li.email(), li.origin(), true)).isTrue();
        String device = asked.json().path("device_code").asText();
        String token =
                server.post("/v1/login/token", null, "{\"device_code\":\"" + device + "\"}")
                        .json()
                        .path("access_token")
                        .asText();
        Sessions.New further = redeemed(server.signIns.links().own(li));
        server.signIns.sessions().signOut(li);
        assertThat(opens(token)).isTrue();
        assertThat(signedIn(further)).isTrue();
        revoke(leaked);
        assertThat(opens(token)).isFalse();
        assertThat(signedIn(further)).isFalse();
    }

    /** Who is removed has nothing left in the name of others. */
    @Test
    void soDoesWhatARemovedPersonMade() throws Exception {
        server.add("eve@example.com", "Eve", "owner");
        String eve = server.personal("eve@example.com", true);
        String link = "/v1/people/" + TestServer.LI + "/link";
        String code =
                server.post(link, eve, "")
                        .json()
                        .path("sign_in")
                        .asText()
                        .replaceFirst(".*code=", "");
        Sessions.New asLi = redeemed(code);
        JsonNode other =
                made(
                        eve,
                        "{\"kind\":\"agent\",\"name\":\"x\",\"person\":\"" + TestServer.LI + "\"}");
        assertThat(opens(secret(other))).isTrue();
        assertThat(server.delete("/v1/people/eve@example.com", ana).status()).isEqualTo(200);
        assertThat(signedIn(asLi)).isFalse();
        assertThat(opens(secret(other))).isFalse();
        assertThat(opens(ana)).isTrue();
    }
}
