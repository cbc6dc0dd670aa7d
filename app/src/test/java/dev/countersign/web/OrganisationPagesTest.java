package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.people.Entity;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The organisation by forms alone. */
@SuppressWarnings("NullAway.Init")
final class OrganisationPagesTest {
    private TestServer server;
    private String cookie;
    private String csrf;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
        as(TestServer.ANA);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void as(String email) throws Exception {
        cookie = "countersign_session=" + server.cookie(email);
        String page = get("/grants").body();
        String before = "name=\"csrf\" value=\"";
        int from = page.indexOf(before) + before.length();
        csrf = page.substring(from, page.indexOf('"', from));
    }

    private Reply get(String path) {
        return server.send("GET", path, null, null, Map.of("Cookie", cookie));
    }

    private Reply post(String path, String form) {
        return server.send(
                "POST",
                path,
                null,
                "csrf=" + csrf + (form.isEmpty() ? "" : "&" + form),
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"));
    }

    @Test
    void eachKindIsAddedChangedAndRemoved() {
        assertThat(post("/organisation/teams", "name=payments&description=money").status())
                .isEqualTo(303);
        assertThat(
                        post(
                                        "/organisation/projects",
                                        "name=shop&workspace=%2Fsrc%2Fshop&teams=payments")
                                .status())
                .isEqualTo(303);
        assertThat(post("/organisation/roles", "name=auditor&may.see=yes&may.export=yes").status())
                .isEqualTo(303);
        assertThat(
                        post(
                                        "/organisation/agents",
                                        "name=migrations&owner=team%3Apayments&project=shop&enabled=yes")
                                .status())
                .isEqualTo(303);
        Reply person =
                post(
                        "/organisation/people",
                        "email=Bo%40Example.com&shown=Bo&role.member=yes&teams=payments"
                                + "&held=maintainer%40project%3Ashop");
        assertThat(person.status()).isEqualTo(200);
        assertThat(person.body()).contains("/sign-in?code=", "It is not shown again");
        assertThat(get("/organisation/people").body())
                .contains("bo@example.com", "member, maintainer@project:shop");
        assertThat(get("/organisation/people/bo@example.com").body())
                .contains("value=\"Bo\"", "name=\"role.member\" value=\"yes\" checked");
        assertThat(get("/organisation/agents").body()).contains("migrations", "team payments");
        assertThat(get("/organisation/teams/payments").body())
                .contains("bo@example.com", "migrations", "shop");
        assertThat(get("/organisation/roles/owner").body()).contains("This role is built in");

        assertThat(
                        post("/organisation/teams/payments", "answer=save&description=all+money")
                                .status())
                .isEqualTo(303);
        assertThat(get("/organisation/teams/payments?saved=yes").body())
                .contains("all money", "Saved.", "bo@example.com");
        Reply needed = post("/organisation/teams/payments", "answer=remove");
        assertThat(needed.status()).isEqualTo(409);
        assertThat(needed.body()).contains("is in use by");

        assertThat(
                        post(
                                        "/organisation/agents/migrations",
                                        "answer=save&owner=ana%40example.com")
                                .status())
                .isEqualTo(303);
        assertThat(get("/organisation/agents").body()).contains("disabled");
        assertThat(post("/organisation/people/bo@example.com", "answer=remove").status())
                .isEqualTo(303);
        assertThat(server.people.person("bo@example.com")).isEmpty();
        assertThat(server.people.find(Entity.Kind.ROLE, "auditor")).isPresent();
    }

    @Test
    void aMistakeIsNamedAndNothingTypedIsLost() {
        Reply wrong = post("/organisation/people", "email=nobody&shown=No+Body&role.member=yes");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("expected NAME@HOST", "value=\"No Body\"", "value=\"nobody\"");
        Reply twice = post("/organisation/people", "email=li%40example.com&role.viewer=yes");
        assertThat(twice.status()).isEqualTo(409);
        assertThat(server.people.person(TestServer.LI).orElseThrow().roles())
                .containsExactly("member");
        Reply unknown = post("/organisation/projects", "name=shop&teams=none");
        assertThat(unknown.body()).contains("here is no team", "value=\"shop\"");
        assertThat(get("/organisation/nothing").status()).isEqualTo(404);
        assertThat(get("/organisation/people/no@example.com").status()).isEqualTo(404);
    }

    @Test
    void whoMayNotIsToldSoAndCannot() throws Exception {
        as(TestServer.LI);
        assertThat(get("/organisation/people").body())
                .contains("disabled", "Your roles do not let you add and remove people");
        assertThat(post("/organisation/teams", "name=mine").status()).isEqualTo(403);
        assertThat(server.people.find(Entity.Kind.TEAM, "mine")).isEmpty();
    }

    @Test
    void aTokenIsShownOnceAndRevoked() {
        Reply made = post("/organisation/tokens", "name=laptop&agent=claude&expires=30d");
        assertThat(made.status()).isEqualTo(200);
        int at = made.body().indexOf("csa_");
        String secret = made.body().substring(at, made.body().indexOf('"', at));
        assertThat(server.get("/v1/approvals", secret).status()).isEqualTo(200);
        String list = get("/organisation/tokens").body();
        assertThat(list).contains("laptop", "agent claude", "decide, read, report");
        assertThat(list).doesNotContain(secret);
        int form = list.indexOf("/organisation/tokens/tok_");
        String revoke = list.substring(form, list.indexOf('"', form));
        assertThat(post(revoke, "").status()).isEqualTo(303);
        assertThat(server.get("/v1/approvals", secret).status()).isEqualTo(401);
        assertThat(get("/organisation/tokens").body()).contains("revoked");
        assertThat(post("/organisation/tokens", "name=x&agent=y&expires=never").body())
                .contains("role=\"alert\"");
    }
}
