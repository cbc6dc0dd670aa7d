package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Route;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.people.Principal;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.SignInLink;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in, and confirming that it is still oneself, over the wire. */
@SuppressWarnings("NullAway.Init")
final class SignInPagesTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String RIGHT = "a+long+enough+sentence";
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]+)\"");
    private static final Pattern THEN = Pattern.compile("data-then=\"([^\"]+)\"");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    private final MovableClock clock = new MovableClock("2026-11-21T12:00:00Z");

    /** What the browser of a cookie keeps. */
    private final Map<String, String> keys = new HashMap<>();

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(false, clock);
        String cookie = server.cookie(TestServer.ANA);
        Principal.Person ana = server.signIns.sessions().byCookie(cookie).orElseThrow();
        assertThat(server.signIns.signIn().setPassword(ana, RIGHT.replace('+', ' '))).isEmpty();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(
            String method, String path, String cookie, String form, String... headers)
            throws IOException, InterruptedException {
        String key = keys.get(cookie);
        String whole = form.isEmpty() || key == null ? form : form + "&key=" + key;
        return plainly(method, path, cookie, whole, headers);
    }

    /** Without what the script of our pages adds. */
    private HttpResponse<String> plainly(
            String method, String path, String cookie, String form, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.address() + path))
                        .header("Content-Type", FORM)
                        .header("Cookie", "countersign_session=" + cookie)
                        .method(method, HttpRequest.BodyPublishers.ofString(form));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> signIn(String password, String more) throws Exception {
        return send("POST", "/sign-in", "", "email=ana%40example.com&password=" + password + more);
    }

    private String cookie(HttpResponse<String> response) {
        String cookie = sessionCookie(response);
        keys.put(cookie, SignInLink.key(response.body()));
        return cookie;
    }

    private static String sessionCookie(HttpResponse<String> response) {
        return response.headers().allValues("Set-Cookie").stream()
                .filter(each -> each.startsWith("countersign_session="))
                .map(each -> each.substring("countersign_session=".length(), each.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    private String csrf(String cookie) throws Exception {
        Matcher matcher = CSRF.matcher(send("GET", "/account", cookie, "").body());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static String where(HttpResponse<String> response) {
        Matcher then = THEN.matcher(response.body());
        return then.find() ? then.group(1) : response.headers().firstValue("Location").orElse("");
    }

    /** Programs that look at e-mail open every link in it. */
    @Test
    void openingALinkSignsNobodyIn() throws Exception {
        String code = server.link(TestServer.ANA);
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> page = send("GET", "/sign-in?code=" + code, "", "");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().allValues("Set-Cookie")).isEmpty();
        }
        HttpResponse<String> in = send("POST", "/sign-in/code", "", "code=" + code);
        assertThat(in.statusCode()).isEqualTo(200);
        assertThat(send("GET", "/", cookie(in), "").statusCode()).isEqualTo(200);
        assertThat(send("POST", "/sign-in/code", "", "code=" + code).statusCode()).isEqualTo(403);
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOtherSites() throws Exception {
        assertThat(signIn(RIGHT, "").headers().allValues("Set-Cookie"))
                .hasSize(1)
                .allSatisfy(each ->
                        assertThat(each)
                                .contains("HttpOnly", "SameSite=Lax", "Path=/")
                                .doesNotContain("Domain"));
    }

    @Test
    void thePasswordSignsInAndLeadsBack() throws Exception {
        HttpResponse<String> in = signIn(RIGHT, "&then=%2Factivity%3Fkind%3Dpeople");
        assertThat(in.statusCode()).isEqualTo(200);
        assertThat(where(in)).isEqualTo("/activity?kind=people");
        HttpResponse<String> stranger = send("GET", "/activity?kind=people", "", "");
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).contains("value=\"/activity?kind=people\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https%3A%2F%2Fevil.example",
                "%2F%2Fevil.example",
                "%2F%5Cevil.example",
                "%5C%5Cevil.example",
                "javascript%3Aalert(1)",
                "evil.example",
                "%2F%09%2Fevil.example",
                "%2Fx%0d%0aSet-Cookie%3a%20a%3db"
            })
    void nobodyIsSentElsewhere(String then) throws Exception {
        assertThat(where(signIn(RIGHT, "&then=" + then))).isEqualTo("/");
        String cookie = cookie(signIn(RIGHT, ""));
        assertThat(where(send("GET", "/confirm?then=" + then, cookie, ""))).isEqualTo("/");
        assertThat(where(send("GET", "/sign-in?then=" + then, cookie, ""))).isEqualTo("/");
    }

    @Test
    void wrongAndUnknownReadTheSame() throws Exception {
        HttpResponse<String> wrong = signIn("not+that+one", "");
        HttpResponse<String> unknown =
                send("POST", "/sign-in", "", "email=eve%40example.com&password=" + RIGHT);
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(unknown.statusCode()).isEqualTo(403);
        Pattern challenge = Pattern.compile("challenge&#34;:&#34;[^&]+");
        assertThat(challenge.matcher(unknown.body().replace("eve@", "ana@")).replaceAll(""))
                .isEqualTo(challenge.matcher(wrong.body()).replaceAll(""));
    }

    @Test
    void whoTriesTooOftenIsToldHowLongToWait() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(signIn("wrong", "").statusCode()).isEqualTo(403);
        }
        HttpResponse<String> later = signIn(RIGHT, "");
        assertThat(later.statusCode()).isEqualTo(429);
        assertThat(later.headers().firstValue("Retry-After")).contains("1");
        clock.move(Duration.ofSeconds(1));
        assertThat(signIn(RIGHT, "").statusCode()).isEqualTo(200);
    }

    @Test
    void noOtherSiteSignsItsVisitorsIn() throws Exception {
        String form = "email=ana%40example.com&password=" + RIGHT;
        String code = "code=" + server.link(TestServer.ANA);
        for (List<String> header :
                List.of(
                        List.of("Origin", "https://evil.example"),
                        List.of("Origin", "null"),
                        List.of("Sec-Fetch-Site", "cross-site"),
                        List.of("Sec-Fetch-Site", "same-site"))) {
            String[] sent = header.toArray(String[]::new);
            assertThat(send("POST", "/sign-in", "", form, sent).statusCode()).isEqualTo(403);
            assertThat(send("POST", "/sign-in/code", "", code, sent).statusCode()).isEqualTo(403);
        }
        assertThat(send("POST", "/sign-in/code", "", code).statusCode()).isEqualTo(200);
    }

    @Test
    void aPasskeyWithoutAnAnswerIsRefused() throws Exception {
        for (String credential : List.of("", "%7B%7D", "%5B%5D", "null", "x".repeat(9_000))) {
            HttpResponse<String> reply =
                    send("POST", "/sign-in/passkey", "", "credential=" + credential);
            assertThat(reply.statusCode()).as(credential).isEqualTo(403);
        }
        assertThat(send("POST", "/sign-in/passkey", "", "proof=x&credential=x").statusCode())
                .isEqualTo(403);
    }

    /** Every page that is grave asks first, keeps what was sent, and goes on with it. */
    @ParameterizedTest
    @EnumSource(Page.class)
    void whatIsGraveTakesAConfirmation(Page page) throws Exception {
        if (!page.grave()) {
            return;
        }
        String cookie = cookie(signIn(RIGHT, ""));
        String csrf = csrf(cookie);
        clock.move(Duration.ofMinutes(6));
        String form = "csrf=" + csrf + "&some=thing%22%3E";
        String path = page.path().replace("{kind}", "teams").replaceAll("\\{\\w+}", "none");
        HttpResponse<String> asked = send("POST", path, cookie, form);
        assertThat(asked.body())
                .contains("Confirm that it is you")
                .contains("action=\"" + path + "\"")
                .contains("name=\"some\" value=\"thing&#34;>\"");
        HttpResponse<String> wrong = send("POST", path, cookie, form + "&confirm-password=wrong");
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body())
                .contains("do not belong together", "name=\"some\"")
                .doesNotContain("value=\"wrong\"");
        HttpResponse<String> on = send("POST", path, cookie, form + "&confirm-password=" + RIGHT);
        assertThat(on.body()).doesNotContain("Confirm that it is you");
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void whatIsGraveIsRefusedToABrowserFromBefore(Route route) throws Exception {
        String cookie = cookie(signIn(RIGHT, ""));
        String csrf = csrf(cookie);
        clock.move(Duration.ofMinutes(6));
        String path = route.path().replaceAll("\\{[^}]+}", "none");
        if (route == Route.EVENTS) {
            return;
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("Cookie", "countersign_session=" + cookie);
        headers.put("X-Countersign-CSRF", csrf);
        headers.put("X-Countersign-Key", String.valueOf(keys.get(cookie)));
        boolean body = route.method().equals("POST") || route.method().equals("PUT");
        Reply reply = server.send(route.method(), path, null, body ? "{}" : null, headers);
        boolean stepUp = reply.status() == 403 && reply.body().contains("problem:step-up");
        assertThat(stepUp).as(route + ": " + reply.body()).isEqualTo(route.grave());
        if (stepUp) {
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.json().path("where").asText()).isEqualTo("/confirm");
        }
        // A token keeps what it was given when its person confirmed it.
        String token = server.personal(TestServer.ANA, true);
        Reply byToken = server.send(route.method(), path, token, body ? "{}" : null, Map.of());
        assertThat(byToken.status() == 403 && byToken.body().contains("step-up"))
                .as(byToken.body())
                .isFalse();
    }

    @Test
    void whoOpensAnExportIsLedToTheConfirmationAndBack() throws Exception {
        String cookie = cookie(signIn(RIGHT, ""));
        String csrf = csrf(cookie);
        clock.move(Duration.ofMinutes(6));
        String export = "/v1/audit/export?format=csv";
        HttpResponse<String> led = send("GET", export, cookie, "", "Sec-Fetch-Mode", "navigate");
        assertThat(led.statusCode()).isEqualTo(303);
        assertThat(where(led)).isEqualTo("/confirm?then=%2Fv1%2Faudit%2Fexport%3Fformat%3Dcsv");
        assertThat(send("GET", where(led), cookie, "").body())
                .contains("name=\"then\" value=\"" + export + "\"");
        HttpResponse<String> back =
                send(
                        "POST",
                        "/confirm",
                        cookie,
                        "csrf="
                                + csrf
                                + "&then=%2Fv1%2Faudit%2Fexport%3Fformat%3Dcsv"
                                + "&confirm-password="
                                + RIGHT);
        assertThat(where(back)).isEqualTo(export);
        // It gets as far as the ledger, which has no signed checkpoint in this test.
        assertThat(send("GET", export, cookie, "").body()).contains("not-recorded");
    }

    @Test
    void aCriticalApprovalTakesAReason() throws Exception {
        ApprovalRequest critical = server.ask("git push --force", "critical");
        String cookie = cookie(signIn(RIGHT, ""));
        String yes = "csrf=" + csrf(cookie) + "&version=0&answer=approve&why=";
        String vote = "/approvals/" + critical.id() + "/vote";
        HttpResponse<String> refused = send("POST", vote, cookie, yes + "+");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("say why it is right");
        assertThat(send("POST", vote, cookie, yes + "a+drill").statusCode()).isEqualTo(303);
        assertThat(server.approvals.find(critical.id()).orElseThrow().votes().getFirst().guidance())
                .isEqualTo("a drill");
    }

    @Test
    void aCriticalApprovalTakesAConfirmationAndADenyDoesNot() throws Exception {
        ApprovalRequest critical = server.ask("git push --force", "critical");
        ApprovalRequest high = server.ask("git push", "high");
        ApprovalRequest denied = server.ask("git push -f", "critical");
        String cookie = cookie(signIn(RIGHT, ""));
        String csrf = csrf(cookie);
        clock.move(Duration.ofMinutes(6));
        String yes = "csrf=" + csrf + "&version=0&answer=approve&why=drill";
        String vote = "/approvals/" + critical.id() + "/vote";
        assertThat(send("POST", vote, cookie, yes).body()).contains("Confirm that it is you");
        assertThat(server.approvals.find(critical.id()).orElseThrow().votes()).isEmpty();
        assertThat(send("POST", "/approvals/" + high.id() + "/vote", cookie, yes).statusCode())
                .isEqualTo(303);
        String no = "csrf=" + csrf + "&version=0&answer=deny";
        assertThat(send("POST", "/approvals/" + denied.id() + "/vote", cookie, no).statusCode())
                .isEqualTo(303);
        Reply api =
                server.send(
                        "POST",
                        "/v1/approvals/" + critical.id() + "/votes",
                        null,
                        "{\"answer\":\"approve\"}",
                        Map.of(
                                "Cookie",
                                "countersign_session=" + cookie,
                                "X-Countersign-CSRF",
                                csrf,
                                "X-Countersign-Key",
                                String.valueOf(keys.get(cookie))));
        assertThat(api.json().path("type").asText()).isEqualTo("urn:countersign:problem:step-up");
        assertThat(send("POST", vote, cookie, yes + "&confirm-password=" + RIGHT).statusCode())
                .isEqualTo(303);
        assertThat(server.approvals.find(critical.id()).orElseThrow().votes()).hasSize(1);
    }

    @Test
    void whoHasOnlyALinkIsToldTheWay() throws Exception {
        String cookie =
                cookie(send("POST", "/sign-in/code", "", "code=" + server.link(TestServer.LI)));
        String csrf = csrf(cookie);
        clock.move(Duration.ofMinutes(6));
        assertThat(send("POST", "/sign-in/link", cookie, "csrf=" + csrf).body())
                .contains("neither a password nor a passkey", "My sign-in", "countersign serve");
        String fresh =
                cookie(send("POST", "/sign-in/code", "", "code=" + server.link(TestServer.LI)));
        assertThat(send("POST", "/sign-in/link", fresh, "csrf=" + csrf(fresh)).body())
                .contains("Sign-in link");
    }

    @Test
    void onesSessionsAreListedAndEnded() throws Exception {
        String here = cookie(signIn(RIGHT, ""));
        String other = cookie(signIn(RIGHT, ""));
        String token = server.personal(TestServer.ANA, true);
        List<String> ids = new ArrayList<>();
        server.get("/v1/sessions", token)
                .json()
                .path("sessions")
                .forEach(each -> ids.add(each.path("id").asText()));
        assertThat(ids).hasSize(3);
        assertThat(server.get("/v1/sessions", token).body()).doesNotContain(here, other);
        String id =
                server.signIns
                        .sessions()
                        .current(server.signIns.sessions().byCookie(other).orElseThrow())
                        .orElseThrow()
                        .id();
        String form = "csrf=" + csrf(here) + "&id=" + id;
        String li = server.cookie(TestServer.LI);
        assertThat(
                        send("POST", "/account/sessions/end", li, "csrf=" + csrf(li) + "&id=" + id)
                                .statusCode())
                .isEqualTo(404);
        assertThat(send("POST", "/account/sessions/end", here, form).statusCode()).isEqualTo(303);
        assertThat(send("GET", "/", other, "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/", here, "").statusCode()).isEqualTo(200);
        assertThat(send("POST", "/account/sessions", here, "csrf=" + csrf(here)).statusCode())
                .isEqualTo(303);
        assertThat(send("GET", "/", here, "").statusCode()).isEqualTo(401);
    }

    @Test
    void whoManagesPeopleEndsTheSessionsOfAnotherAndNobodyElseDoes() throws Exception {
        String li = server.cookie(TestServer.LI);
        String ana = server.cookie(TestServer.ANA);
        String liToken = server.personal(TestServer.LI, true);
        String anaToken = server.personal(TestServer.ANA, true);
        assertThat(server.delete("/v1/sessions?person=" + TestServer.ANA, liToken).status())
                .isEqualTo(403);
        assertThat(server.get("/v1/sessions?person=" + TestServer.ANA, liToken).status())
                .isEqualTo(403);
        assertThat(server.get("/v1/sessions?person=eve@example.com", anaToken).status())
                .isEqualTo(404);
        Reply ended = server.delete("/v1/sessions?person=" + TestServer.LI, anaToken);
        assertThat(ended.json().path("ended").asInt()).isEqualTo(1);
        assertThat(send("GET", "/", li, "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/", ana, "").statusCode()).isEqualTo(200);
    }

    @Test
    void theInvitedAreAskedForAPassword() throws Exception {
        String token = server.personal(TestServer.ANA, true);
        String link =
                server.post("/v1/people", token, "{\"email\":\"new@example.com\"}")
                        .json()
                        .path("sign_in")
                        .asText();
        HttpResponse<String> in =
                send("POST", "/sign-in/code", "", "code=" + link.replaceFirst(".*code=", ""));
        assertThat(where(in)).isEqualTo("/account?welcome=yes");
        String cookie = cookie(in);
        assertThat(send("GET", where(in), cookie, "").body()).contains("Welcome", "Not now");
        String form = "csrf=" + csrf(cookie) + "&password=" + RIGHT + "&again=";
        assertThat(send("POST", "/account/password", cookie, form + "x").statusCode())
                .isEqualTo(400);
        assertThat(where(send("POST", "/account/password", cookie, form + RIGHT)))
                .isEqualTo("/account?done=password");
        assertThat(
                        send("POST", "/sign-in", "", "email=new%40example.com&password=" + RIGHT)
                                .statusCode())
                .isEqualTo(200);
    }

    /** A cookie goes to every port of a host name; who takes it there changes nothing with it. */
    @ParameterizedTest
    @EnumSource(Page.class)
    void theCookieAloneChangesNothing(Page page) throws Exception {
        if (page.open() || page.method().equals("GET")) {
            return;
        }
        String cookie = cookie(signIn(RIGHT, ""));
        String form = "csrf=" + csrf(cookie) + "&answer=approve&confirm-password=" + RIGHT;
        String path = page.path().replaceAll("\\{[^}]+}", "none");
        for (String key : List.of("", "&key=", "&key=csk_guessed", "&key=" + cookie)) {
            HttpResponse<String> reply = plainly("POST", path, cookie, form + key);
            assertThat(reply.body().contains("Sign in again"))
                    .as(page + key)
                    .isEqualTo(page.keyed());
            if (page.keyed()) {
                assertThat(reply.statusCode()).isEqualTo(401);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void norDoesItInTheInterfaceForPrograms(Route route) throws Exception {
        if (route.open() || route.method().equals("GET")) {
            return;
        }
        String cookie = cookie(signIn(RIGHT, ""));
        Reply reply =
                server.send(
                        route.method(),
                        route.path().replaceAll("\\{[^}]+}", "none"),
                        null,
                        "{}",
                        Map.of(
                                "Cookie",
                                "countersign_session=" + cookie,
                                "X-Countersign-CSRF",
                                csrf(cookie)));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body()).contains("the cookie alone changes nothing");
    }

    @Test
    void aBrowserWithoutScriptsMaySaySo() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        String vote = "/approvals/" + request.id() + "/vote";
        String cookie = cookie(signIn(RIGHT, ""));
        String form = "csrf=" + csrf(cookie) + "&version=0&answer=approve";
        String go = "csrf=" + csrf(cookie) + "&then=" + "%2Fgrants";
        assertThat(plainly("POST", "/sign-in/keyless", cookie, go).statusCode()).isEqualTo(401);
        assertThat(plainly("POST", vote, cookie, form).statusCode()).isEqualTo(401);
        assertThat(where(send("POST", "/sign-in/keyless", cookie, go))).isEqualTo("/grants");
        assertThat(plainly("POST", vote, cookie, form).statusCode()).isEqualTo(303);
    }

    @Test
    void whoAnswersTooMuchIsToldWhenToGoOn() throws Exception {
        String cookie = cookie(signIn(RIGHT, ""));
        String form = "csrf=" + csrf(cookie) + "&version=0&answer=approve";
        String token = server.personal(TestServer.ANA, true);
        for (int i = 0; i < 2_000; i++) {
            assertThat(send("POST", "/approvals/APR-9/vote", cookie, form).statusCode())
                    .isEqualTo(404);
            assertThat(
                            server.post("/v1/approvals/APR-9/votes", token, "{\"answer\":\"deny\"}")
                                    .status())
                    .isEqualTo(404);
        }
        HttpResponse<String> page = send("POST", "/approvals/APR-9/vote", cookie, form);
        assertThat(page.statusCode()).isEqualTo(429);
        assertThat(page.headers().firstValue("Retry-After")).contains("1");
        Reply api = server.post("/v1/approvals/APR-9/votes", token, "{\"answer\":\"deny\"}");
        assertThat(api.status()).isEqualTo(429);
        assertThat(api.json().path("detail").asText()).contains("try again in 1 s");
        clock.move(Duration.ofSeconds(1));
        assertThat(send("POST", "/approvals/APR-9/vote", cookie, form).statusCode()).isEqualTo(404);
        // Others, and agents that ask, do not wait for them.
        assertThat(server.decide(server.agent("builder"), "api", "git status").path("effect"))
                .isNotNull();
    }

    @Test
    void whoReadsTooMuchIsToldWhenToGoOn() throws Exception {
        String token = server.personal(TestServer.ANA, true);
        for (int i = 0; i < 2_000; i++) {
            assertThat(server.get("/v1/audit?limit=1", token).status()).isEqualTo(200);
        }
        assertThat(server.get("/v1/audit?limit=1", token).status()).isEqualTo(429);
        assertThat(server.get("/v1/approvals", token).status()).isEqualTo(200);
        assertThat(server.get("/v1/audit?limit=1", server.personal(TestServer.LI, true)).status())
                .isEqualTo(200);
        clock.move(Duration.ofSeconds(1));
        assertThat(server.get("/v1/audit?limit=1", token).status()).isEqualTo(200);
    }

    /** What the page keeps beside the key; it is in no cookie that another port would get. */
    @Test
    void aBrowserThatIsKnownDoesNotWaitForOthers() throws Exception {
        String mark =
                signIn(RIGHT, "").body().replaceFirst("(?s).*data-browser=\"([^\"]+)\".*", "$1");
        assertThat(mark).startsWith("csb_");
        for (int i = 0; i < 6; i++) {
            assertThat(signIn("wrong", "").statusCode()).isEqualTo(i < 5 ? 403 : 429);
        }
        assertThat(signIn(RIGHT, "").statusCode()).isEqualTo(429);
        assertThat(signIn(RIGHT, "&browser=" + mark).statusCode()).isEqualTo(200);
        assertThat(signIn(RIGHT, "&browser=csb_guessed").statusCode()).isEqualTo(429);
    }

    /** Where a link was made for somebody who has a password, the next own sign-in says so. */
    @Test
    void aLinkThatSomebodyMadeIsReadAtTheNextSignIn() throws Exception {
        server.add("max@example.com", "Max", "owner");
        String max = server.personal("max@example.com", true);
        assertThat(server.post("/v1/people/" + TestServer.ANA + "/link", max, "").status())
                .isEqualTo(200);
        HttpResponse<String> first = signIn(RIGHT, "");
        assertThat(first.body())
                .contains(
                        "A sign-in link for you was made by max@example.com", "data-read=\"yes\"");
        assertThat(signIn(RIGHT, "").body()).contains("data-read=\"no\"");
        String cookie = cookie(first);
        assertThat(send("GET", "/account", cookie, "").body())
                .contains("A sign-in link for you was made by max@example.com");
        assertThat(send("GET", "/", cookie, "").body())
                .contains("max@example.com made a sign-in link for ana@example.com");
    }
}
