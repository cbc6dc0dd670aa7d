package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.policy.Escalation;
import dev.countersign.policy.Requirement;
import dev.countersign.policy.Requirement.Quorum;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Escalations and broken glasses on pages, by forms alone. */
@SuppressWarnings("NullAway.Init")
final class GlassPagesTest {
    private static final Pattern CSRF = Pattern.compile("name=\"csrf\" value=\"([^\"]+)\"");
    private static final String OLGA = "olga@example.com";

    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private TestServer server;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        server.add(OLGA, "Olga", "owner");
        server.add("mo@example.com", "Mo", "maintainer");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String signedIn(String email) throws NotRecorded {
        return "countersign_session=" + server.cookie(email);
    }

    private Reply page(String path, String cookie) {
        return server.send("GET", path, null, null, Map.of("Cookie", cookie));
    }

    private Reply form(String path, String cookie, String fields) {
        Matcher csrf = CSRF.matcher(page("/", cookie).body());
        assertThat(csrf.find()).isTrue();
        return server.send(
                "POST",
                path,
                null,
                "csrf=" + csrf.group(1) + fields,
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"));
    }

    private ApprovalRequest asked() throws NotRecorded {
        return server.ask(
                "git push",
                "high",
                new Requirement(
                        "r",
                        List.of("role:maintainer"),
                        new Quorum.AtLeast(2),
                        true,
                        List.of(
                                new Escalation(
                                        Duration.ofMinutes(10),
                                        List.of("role:security"),
                                        new Quorum.Any())),
                        0));
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void thePageSaysWhenItEscalatesAndThatItDid() throws Exception {
        String path = "/approvals/" + asked().id();
        String olga = signedIn(OLGA);
        clock.move(Duration.ofMinutes(3));
        assertThat(page(path, olga).body())
                .contains("Escalates to one of role:security", "in 7 min");
        clock.move(Duration.ofMinutes(8));
        server.absences.tick();
        assertThat(page(path, olga).body())
                .contains("Escalated to one of role:security", "1 min ago")
                .contains("or in their place any one of role:security");
    }

    @Test
    void twoStepsBreakTheGlass() throws Exception {
        ApprovalRequest request = asked();
        String path = "/approvals/" + request.id();
        String olga = signedIn(OLGA);
        assertThat(page(path, olga).body()).contains("glass-reason", "Break the glass…");
        String why = "the shop is down <b>now</b>";
        String fields = "&version=0&reason=" + part(why);
        Reply first = form(path + "/break-glass", olga, fields);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body())
                .contains("Approve this alone?", "Nothing counts yet", "&lt;b>now&lt;/b>")
                .contains("name=\"confirm\" value=\"yes\"");
        assertThat(state(request)).isEqualTo(State.PENDING);
        Reply second = form(path + "/break-glass", olga, fields + "&confirm=yes");
        assertThat(second.status()).as(second.body()).isEqualTo(303);
        assertThat(state(request)).isEqualTo(State.APPROVED);
        assertThat(page(path, olga).body())
                .contains("BREAK-GLASS: olga@example.com approved this alone");
    }

    private State state(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow().state();
    }

    @Test
    void itNeedsAReasonAndTheVersionThatWasRead() throws Exception {
        ApprovalRequest request = asked();
        String path = "/approvals/" + request.id() + "/break-glass";
        String olga = signedIn(OLGA);
        assertThat(form(path, olga, "&version=0&reason=+").status()).isEqualTo(400);
        assertThat(form(path, olga, "&version=0&confirm=yes").status()).isEqualTo(400);
        assertThat(form(path, olga, "&reason=x&confirm=yes").status()).isEqualTo(409);
        assertThat(form(path, olga, "&version=3&reason=x&confirm=yes").status()).isEqualTo(409);
        assertThat(state(request)).isEqualTo(State.PENDING);
        assertThat(form("/approvals/APR-99/break-glass", olga, "&reason=x").status())
                .isEqualTo(404);
    }

    @Test
    void othersReadWhyTheyMayNot() throws Exception {
        ApprovalRequest request = asked();
        String path = "/approvals/" + request.id();
        for (String email : List.of("mo@example.com", TestServer.ANA)) {
            String cookie = signedIn(email);
            String why =
                    email.equals(TestServer.ANA)
                            ? "The rule does not count the person in whose session the agent runs."
                            : "Only an owner may break the glass; you are mo@example.com.";
            assertThat(page(path, cookie).body())
                    .contains(why, "disabled aria-describedby=\"glass-why\"")
                    .doesNotContain("glass-reason");
            String fields = "&version=0&reason=x";
            assertThat(form(path + "/break-glass", cookie, fields).status()).isEqualTo(403);
            assertThat(form(path + "/break-glass", cookie, fields + "&confirm=yes").status())
                    .isEqualTo(403);
        }
        assertThat(state(request)).isEqualTo(State.PENDING);
    }

    @Test
    void everyPageTellsEveryOwnerUntilTheySayThatTheyKnow() throws Exception {
        ApprovalRequest request = asked();
        String olga = signedIn(OLGA);
        form(
                "/approvals/" + request.id() + "/break-glass",
                olga,
                "&version=0&reason=down&confirm=yes");
        String ana = signedIn(TestServer.ANA);
        String mo = signedIn("mo@example.com");
        for (String path : List.of("/", "/activity", "/device", "/grants", "/nothing")) {
            assertThat(page(path, ana).body()).as(path).contains("BREAK-GLASS", "I know of this");
            assertThat(page(path, olga).body()).as(path).contains("BREAK-GLASS");
            assertThat(page(path, mo).body()).as(path).doesNotContain("BREAK-GLASS: olga");
        }
        String acknowledge = "/approvals/" + request.id() + "/acknowledge";
        assertThat(form(acknowledge, mo, "").status()).isEqualTo(303);
        assertThat(form(acknowledge, ana, "").status()).isEqualTo(303);
        assertThat(page("/", ana).body()).doesNotContain("I know of this");
        assertThat(page("/", olga).body()).contains("I know of this");
    }

    @Test
    void anAlarmStandsOnEveryPageForEverybodyUntilTheyKnow() throws Exception {
        String agent = server.agent("builder");
        assertThat(server.post("/v1/approvals/APR-1/votes", agent, "{}").status()).isEqualTo(403);
        assertThat(server.post("/v1/approvals/APR-1/votes", agent, "{}").status()).isEqualTo(403);
        String mo = signedIn("mo@example.com");
        String li = signedIn(TestServer.LI);
        for (String path : List.of("/", "/activity", "/device", "/grants", "/nothing")) {
            assertThat(page(path, mo).body())
                    .as(path)
                    .contains("ALARM ALM-1, 2 times:", "tried what only signed-in people may do")
                    .contains("I know of this");
        }
        assertThat(form("/approvals/ALM-1/acknowledge", mo, "").status()).isEqualTo(303);
        assertThat(page("/", mo).body()).doesNotContain("I know of this");
        assertThat(page("/", li).body()).contains("ALARM ALM-1");
    }

    @Test
    void theInboxShowsTheLatestUsesOfTheOwnerShortcut() throws Exception {
        String li = signedIn(TestServer.LI);
        assertThat(page("/", li).body()).doesNotContain("without a sign-in");
        String owner = server.identity.ownerSecret();
        for (String path : List.of("/v1/people", "/v1/stops", "/v1/tokens", "/v1/grants")) {
            assertThat(server.get(path, owner).status()).isEqualTo(200);
        }
        assertThat(page("/", li).body())
                .contains("Used from this machine without a sign-in")
                .contains("GET /v1/grants", "GET /v1/tokens", "GET /v1/stops", "just now")
                .doesNotContain("GET /v1/people");
    }

    @Test
    void nothingIsOfferedWhereAnyOwnerMayAnswerAnyway() throws Exception {
        ApprovalRequest request = server.ask("git push", "high");
        assertThat(page("/approvals/" + request.id(), signedIn(OLGA)).body())
                .doesNotContain("Break the glass");
    }
}
