package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages over the wire, without a browser. */
@SuppressWarnings("NullAway.Init")
final class PagesTest {
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([0-9a-f]+)\"");

    private TestServer server;
    private String cookie;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        cookie = "countersign_session=" + server.cookie(TestServer.ANA);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply page(String path) {
        return server.send("GET", path, null, null, Map.of("Cookie", cookie));
    }

    private Reply vote(String id, String form, Map<String, String> more) {
        Map<String, String> headers = new java.util.HashMap<>(more);
        headers.put("Cookie", cookie);
        headers.put("Content-Type", "application/x-www-form-urlencoded");
        return server.send("POST", "/approvals/" + id + "/vote", null, form, headers);
    }

    private String csrf() {
        Matcher matcher = CSRF.matcher(page("/").body());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/approvals/APR-1", "/activity", "/records/0", "/device"})
    void aStrangerSeesOnlyHowToSignIn(String path) {
        Reply reply = server.get(path, null);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).contains("Sign in first").doesNotContain(TestServer.ANA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/activity",
                "/activity?kind=people&count=yes",
                "/policies/defaults",
                "/device",
                "/device?code=ABCD-EFGH",
                "/records/0"
            })
    void pagesAreWhole(String path) {
        Reply reply = page(path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .contains("</html>")
                .doesNotContain("style=\"")
                .doesNotContain("onclick")
                .doesNotContain("https://");
    }

    @Test
    void anUnknownFilterValueIsSaid() {
        Reply reply = page("/activity?kind=people&count=yes");
        assertThat(reply.body()).contains("<strong id=\"count\">", "show everything");
        assertThat(page("/activity?kind=nothing").body()).contains("No record fits these filters");
    }

    @Test
    void anUnknownAddressLeadsToTheInbox() {
        assertThat(page("/nothing").body())
                .contains("There is no such page")
                .contains("<a href=\"/\">Go to the inbox</a>");
    }

    @Test
    void aSignedInBrowserSignsInAnother() {
        Map<String, String> headers =
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded");
        assertThat(server.send("POST", "/sign-in/link", null, "csrf=00", headers).status())
                .isEqualTo(403);
        assertThat(server.send("POST", "/sign-in/link", null, "", Map.of()).status())
                .isEqualTo(401);
        Reply made = server.send("POST", "/sign-in/link", null, "csrf=" + csrf(), headers);
        Matcher link =
                Pattern.compile("value=\"" + server.address() + "(/sign-in\\?code=[^\"]+)\"")
                        .matcher(made.body());
        assertThat(link.find()).isTrue();
        assertThat(server.get(link.group(1), null).status()).isEqualTo(200);
        Map<String, String> stranger = Map.of("Content-Type", "application/x-www-form-urlencoded");
        String code = "code=" + link.group(1).substring("/sign-in?code=".length());
        assertThat(server.send("POST", "/sign-in/code", null, code, stranger).status())
                .isEqualTo(200);
        assertThat(server.send("POST", "/sign-in/code", null, code, stranger).status())
                .isEqualTo(403);
        Reply second = server.get(link.group(1), null);
        assertThat(second.status()).isEqualTo(403);
        assertThat(second.body()).contains("Sign-ins page", "stop the server");
    }

    @Test
    void aTokenThatVotesIsListed() throws Exception {
        server.personal(TestServer.ANA, true);
        assertThat(page("/device").body()).contains("Signed in as you", "Revoke");
        String code =
                server.logins
                        .start(TestServer.asked("countersign on lap", "ana-laptop"))
                        .userCode();
        assertThat(page("/device?code=" + code).body())
                .contains("asks for a device token", "ana-laptop", "It votes for nobody.")
                .doesNotContain("able to vote in your name");
    }

    @Test
    void aFileWhoseContentCannotBeShownIsNotOffered() {
        server.waitingFiles.add(
                new WaitingFile("/w/countersign.yaml", "ab".repeat(32), List.of("anything")));
        assertThat(page("/").body())
                .contains("/w/countersign.yaml", "It cannot be shown")
                .doesNotContain("Accept this content");
    }

    @Test
    void sessionEventsAreShownWhenAskedFor() throws NotRecorded {
        server.ledger.append(server.event("session", "canary call refused"));
        server.ledger.append(server.event("alarm", "it ran unmediated"));
        assertThat(page("/activity").body())
                .contains("it ran unmediated", "show session events")
                .doesNotContain("canary call refused");
        assertThat(page("/activity?sessions=yes").body()).contains("canary call refused");
    }

    @Test
    void whatBecameOfARequestIsSaidInWords() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        assertThat(vote(request.id(), "answer=approve&version=0&csrf=" + csrf(), Map.of()).status())
                .isEqualTo(303);
        ApprovalRequest approved = server.approvals.find(request.id()).orElseThrow();
        assertThat(server.approvals.end(approved, State.USED, "approved", null)).isPresent();
        String body = page("/approvals/" + request.id()).body();
        assertThat(body).contains("approved, ran").contains("approved by</span> " + TestServer.ANA);
        assertThat(body.indexOf("approved by")).isLessThan(body.indexOf("What it wants to do"));
    }

    /** Ana drives the agent, Li does not. */
    @Test
    void whoAnsweredForThemselvesIsShownAsSuch() throws NotRecorded {
        ApprovalRequest request =
                server.ask(
                        "git push",
                        "high",
                        new Requirement(
                                "r",
                                List.of(TestServer.ANA, TestServer.LI),
                                new Requirement.Quorum.All(),
                                false));
        for (String person : List.of(TestServer.ANA, TestServer.LI)) {
            server.post(
                    "/v1/approvals/" + request.id() + "/votes",
                    server.personal(person, true),
                    "{\"answer\":\"approve\"}");
        }
        assertThat(page("/approvals/" + request.id()).body())
                .contains(TestServer.ANA + " (self: the agent runs in their session)")
                .doesNotContain(TestServer.LI + " (self");
    }

    @Test
    void workThatTriesAgainWhatWasDeniedIsOfferedToBeStopped() throws Exception {
        String agent = server.agent("builder");
        String call =
                "{\"client\":\"x\",\"tool\":\"Bash\",\"session\":\"s\",\"input\":{\"command\":"
                        + "\"git push origin main\"},\"cwd\":\"/home/dev/payments\"}";
        server.post("/v1/decisions", agent, call);
        String id = server.approvals.pending().getFirst().id();
        vote(id, "answer=deny&version=0&csrf=" + csrf(), Map.of());
        for (int i = 0; i < 2; i++) {
            server.post("/v1/decisions", agent, call);
        }
        assertThat(page("/").body()).doesNotContain("Look at " + id);
        assertThat(page("/approvals/" + id).body()).doesNotContain("<details open");
        server.post("/v1/decisions", agent, call);
        assertThat(page("/").body())
                .contains("tried 3 times more", "<a href=\"/approvals/" + id + "\">Look at " + id);
        assertThat(page("/approvals/" + id).body())
                .contains("<details open", "tried the same 3 more times", "Stop it");
    }

    @Test
    void anUnknownAddressIsAPageToo() {
        assertThat(page("/nothing").status()).isEqualTo(404);
        assertThat(page("/records/999").status()).isEqualTo(404);
        assertThat(page("/records/x").status()).isEqualTo(404);
        assertThat(page("/approvals/APR-99").status()).isEqualTo(404);
    }

    @Test
    void whatIsApprovedIsWhatWasSeen() throws NotRecorded {
        ApprovalRequest request =
                server.ask(
                        "git push",
                        "high",
                        new Requirement(
                                "r",
                                List.of(TestServer.ANA, TestServer.LI),
                                new Requirement.Quorum.AtLeast(2),
                                false));
        String form = "answer=approve&csrf=" + csrf();
        assertThat(vote(request.id(), form, Map.of()).status()).isEqualTo(409);
        assertThat(vote(request.id(), form + "&version=1", Map.of()).status()).isEqualTo(409);
        assertThat(vote(request.id(), form + "&version=-1", Map.of()).status()).isEqualTo(409);
        String li = server.personal(TestServer.LI, true);
        assertThat(
                        server.post(
                                        "/v1/approvals/" + request.id() + "/votes",
                                        li,
                                        "{\"answer\":\"approve\"}")
                                .status())
                .isEqualTo(200);
        // Now the same answer would be the last that is needed: not what the form said.
        Reply stale = vote(request.id(), form + "&version=0", Map.of());
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.body()).contains("look again", "name=\"version\" value=\"1\"");
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.PENDING);
        assertThat(vote(request.id(), form + "&version=1", Map.of()).status()).isEqualTo(303);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.APPROVED);
    }

    @Test
    void aDenyCountsWhateverElseWasAnswered() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        String form = "answer=deny&version=7&csrf=" + csrf();
        assertThat(vote(request.id(), form, Map.of()).status()).isEqualTo(303);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.DENIED);
    }

    @Test
    void anotherSiteCannotVoteThroughTheBrowser() throws NotRecorded {
        ApprovalRequest request = server.ask("git push", "high");
        String right = "answer=approve&version=0&csrf=" + csrf();
        assertThat(vote(request.id(), "answer=approve", Map.of()).status()).isEqualTo(403);
        assertThat(vote(request.id(), "answer=approve&csrf=00", Map.of()).status()).isEqualTo(403);
        assertThat(vote(request.id(), right, Map.of("Origin", "http://evil.example")).status())
                .isEqualTo(403);
        assertThat(vote(request.id(), right, Map.of("Origin", "null")).status()).isEqualTo(403);
        assertThat(vote(request.id(), right, Map.of("Sec-Fetch-Site", "cross-site")).status())
                .isEqualTo(403);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.PENDING);
        assertThat(vote(request.id(), right, Map.of("Origin", server.address())).status())
                .isEqualTo(303);
        assertThat(server.approvals.find(request.id()).orElseThrow().state())
                .isEqualTo(State.APPROVED);
    }

    @Test
    void aBearerTokenOpensNoPage() throws NotRecorded {
        assertThat(server.get("/", server.agent("builder")).status()).isEqualTo(401);
        assertThat(server.get("/", server.identity.ownerSecret()).status()).isEqualTo(401);
    }

    @Test
    void trustedSetUpIsSaidOnEveryPage() throws NotRecorded {
        try (TestServer trusting = new TestServer(true)) {
            String session = "countersign_session=" + trusting.cookie(TestServer.ANA);
            for (String path : new String[] {"/", "/activity", "/device", "/nothing"}) {
                assertThat(trusting.send("GET", path, null, null, Map.of("Cookie", session)).body())
                        .contains("--trust-setup");
            }
            assertThat(trusting.get("/", null).body()).contains("--trust-setup");
        }
        assertThat(page("/").body()).doesNotContain("--trust-setup");
    }
}
