package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Escalations, questions that stay open and broken glasses, in a real Chromium. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class GlassBrowserTest extends InBrowser {
    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private String agent;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        agent = server.agent("builder");
        server.add("mo@example.com", "Mo", "maintainer");
        server.putPolicy(
                server.personal(TestServer.ANA, true),
                "away.yaml",
                """
                policy: away
                rules:
                  - ask: git_push
                    approvers: [{role: maintainer}]
                    escalate: {after: 10m, to: [{role: owner}]}
                    unanswered: wait
                """);
    }

    private void decide(String command) {
        ObjectNode _ = server.decide(agent, "claude-code", command);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOwnerBreaksTheGlassInTwoStepsAndSaysThatTheyKnow(boolean script) {
        decide("git push origin main");
        signIn(script);
        page.locator("#glass").click();
        page.locator("#glass-reason").fill("the shop is down");
        page.locator("#glass-next").click();
        assertThat(page.locator("h1")).hasText("Approve this alone?");
        // Before the script is there nothing says that a click comes too soon.
        page.waitForLoadState();
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.PENDING);
        page.locator("#break-glass").click();
        assertThat(page.locator(".notice")).containsText("approved");
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.APPROVED);
        assertThat(page.locator("#notices .banner")).containsText("“the shop is down”");
        page.locator("#notices button").click();
        assertThat(page.locator("#notices .banner")).hasCount(0);
    }

    @Test
    void anEscalationComesToThePageThatIsOpen() throws NotRecorded {
        decide("git push origin main");
        signIn(true);
        live();
        assertThat(page.locator("#request .step").first()).containsText("Escalates to");
        clock.set("2026-11-20T12:10:00Z");
        server.absences.tick();
        assertThat(page.locator("#request .step").first()).containsText("Escalated to");
        assertThat(page.locator("#mine .row")).hasCount(1);
        clock.set("2026-11-20T12:31:00Z");
        server.absences.tick();
        assertThat(page.locator("#request .overdue")).hasText("overdue, stays open");
        page.locator("#approve").click();
        assertThat(page.locator(".notice")).containsText("approved");
    }

    @Test
    void whatIsTypedStaysWhenTheQuestionEscalates() throws NotRecorded {
        decide("git push origin main");
        signIn(true);
        live();
        page.locator("#glass").click();
        page.locator("#glass-reason").fill("the shop is do");
        clock.set("2026-11-20T12:10:00Z");
        server.absences.tick();
        assertThat(page.locator("#request .step").first()).containsText("Escalated to");
        assertThat(page.locator("#glass-reason")).hasValue("the shop is do");
        assertThat(page.locator("#glass-reason")).isVisible();
    }
}
