package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Deferred;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of deferred calls and of approvals with a change, in a real Chromium. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class LaterBrowserTest extends InBrowser {
    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private String agent;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        agent = server.agent("builder");
        server.putPolicy(
                server.personal(TestServer.ANA, true),
                "nights.yaml",
                """
                policy: nights
                windows: {night: {from: "22:00", to: "06:00", zone: UTC}}
                rules:
                  - defer: {shell_run: "npm test"}
                    outside: night
                    reason: tests of the whole system run at night
                  - defer: {git_push: {branch: release}}
                    outside: night
                """);
    }

    private void decide(String command) {
        ObjectNode _ = server.decide(agent, "claude-code", command);
    }

    private Deferred deferred(String id) {
        return server.queue.find(id).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallOfLaterIsLetRunNow(boolean script) {
        decide("npm test");
        signIn(script);
        assertThat(page.locator("#later .ahead")).hasText("in 10 h 0 min");
        page.locator("#later .row").click();
        assertThat(page.locator("#request .when")).containsText("20 Nov 2026, 22:00:00 UTC");
        page.locator("#approve").click();
        assertThat(page.locator(".notice")).containsText("DEF-1: may run once");
        assertThat(page.locator("#later .ahead")).hasText("may run");
        assertThat(deferred("DEF-1").state()).isEqualTo(Deferred.State.READY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallOfLaterIsCancelledWithWordsToTheAgent(boolean script) {
        decide("npm test");
        signIn(script);
        page.locator("#later .row").click();
        page.locator("#tell").click();
        page.locator("#guidance").fill("run the unit tests only");
        page.locator("#deny-and-tell").click();
        assertThat(page.locator(".notice")).containsText("cancelled by ana@example.com");
        assertThat(page.locator("#later")).hasCount(0);
        assertThat(deferred("DEF-1").ending()).contains("run the unit tests only");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallOfLaterIsApprovedForThen(boolean script) throws NotRecorded {
        decide("git push origin release");
        signIn(script);
        page.locator("#later .row").click();
        page.locator("#approve-then").click();
        assertThat(page.locator("#request .vote")).containsText("approved by ana@example.com");
        if (script) {
            // Before the script is there nothing says that a click comes too soon.
            live();
        }
        page.locator("#approve-then").click();
        assertThat(page.locator(".problem")).containsText("you have approved this already");
        clock.set("2026-11-20T22:00:00Z");
        server.deferral.openDue();
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.APPROVED);
    }

    @Test
    void theLaneFollowsTheEvents() {
        signIn(true);
        live();
        decide("npm test");
        assertThat(page.locator("#later .row")).hasCount(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallIsApprovedWithAChange(boolean script) {
        decide("git push origin main");
        signIn(script);
        page.locator("#edit").click();
        assertThat(page.locator("#edited")).hasValue("git push origin main");
        page.locator("#edited").fill("git push origin next\ngit status");
        page.locator("#show-edit").click();
        assertThat(page.locator("h1")).hasText("Approve this instead?");
        assertThat(page.locator("#request .command")).hasText("git push origin next\ngit status");
        assertThat(page.locator("#request .changed")).containsText("git push origin main");
        assertThat(page.locator(".operations").first()).containsText("next");
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.PENDING);
        page.locator("#approve").click();
        assertThat(page.locator(".notice")).containsText("approved");
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.APPROVED);
        assertThat(
                        server.approvals
                                .find("APR-1")
                                .orElseThrow()
                                .call()
                                .at("/input/command")
                                .asText())
                .isEqualTo("git push origin next\ngit status");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangeThatPolicyDeniesIsSaidBeforeAnythingCounts(boolean script) {
        decide("git push origin main");
        signIn(script);
        page.locator("#edit").click();
        page.locator("#edited").fill("git push --force origin main");
        page.locator("#show-edit").click();
        assertThat(page.locator(".problem")).containsText("Policy does not let people approve");
        assertThat(page.locator("#approve")).hasCount(0);
        page.locator("#edited").fill("git push origin next");
        page.locator("#show-edit").click();
        page.locator("#approve").click();
        assertThat(server.approvals.find("APR-1").orElseThrow().state()).isEqualTo(State.APPROVED);
    }
}
