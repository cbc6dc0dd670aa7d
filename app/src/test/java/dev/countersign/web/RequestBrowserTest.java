package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.BoundingBox;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.policy.Requirement;
import dev.countersign.testing.TestServer;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One question: what stands beside it, on a phone without scripts, and with the keyboard alone. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class RequestBrowserTest extends InBrowser {
    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @Test
    void aPhoneWithoutScriptsIsEnough() throws Exception {
        ApprovalRequest request =
                server.ask("git push origin main && " + "rm -rf build ".repeat(20), "high");
        signIn(
                TestServer.ANA,
                new Browser.NewContextOptions()
                        .setViewportSize(360, 740)
                        .setJavaScriptEnabled(false));
        String here = "/approvals/" + request.id();
        page.navigate(server.address() + here);
        // All that a browser without scripts loads, and none of it packed.
        int bytes = page.content().length() + load("/static/app.css") + load("/static/icon.svg");
        assertThat(bytes).isBetween(5_000, 100_000);
        BoundingBox approve = Objects.requireNonNull(page.locator("#approve").boundingBox());
        assertThat(approve.y + approve.height).isLessThanOrEqualTo(740);
        assertThat(approve.x + approve.width).isLessThanOrEqualTo(360);
        assertThat(approve.height).isGreaterThanOrEqualTo(44);
        page.locator("#approve").click();
        assertThat(page.locator(".notice")).containsText("approved");
        assertThat(now(request).state()).isEqualTo(State.APPROVED);
    }

    private int load(String path) {
        return server.get(path, null).body().length();
    }

    @Test
    void theKeyboardAloneIsEnough() throws Exception {
        server.ask("git fetch origin", "low");
        ApprovalRequest grave = server.ask("npm publish", "high");
        signIn();
        live();
        // The first stop leads past the rail.
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.keyboard().press("Enter");
        page.keyboard().press("?");
        assertThat(page.locator("#keys")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#keys")).isHidden();
        page.keyboard().press("/");
        page.keyboard().type("publish");
        assertThat(page.locator("#lanes .rows > li:visible")).hasCount(1);
        page.keyboard().press("Escape");
        assertThat(page.locator("#lanes .rows > li:visible")).hasCount(2);
        page.keyboard().press("j");
        assertThat(page.locator("#request")).hasAttribute("data-id", grave.id());
        page.keyboard().press("e");
        assertThat(page.locator("#edited")).isFocused();
        page.keyboard().press("Escape");
        assertThat(page.locator("#deny")).isFocused();
        page.waitForTimeout(700);
        page.keyboard().press("Enter");
        assertThat(page.locator(".notice")).containsText("denied");
        assertThat(now(grave).state()).isEqualTo(State.DENIED);
    }

    @Test
    void aGraveQuestionOpensWithItsCommandInSight() throws Exception {
        String token = server.agent("builder");
        for (String before : List.of("ls", "npm test", "git status", "grep -r x .", "ls src")) {
            server.decide(token, "claude-code", before);
        }
        server.decide(token, "claude-code", "git push origin main");
        signIn(TestServer.ANA, new Browser.NewContextOptions().setViewportSize(1440, 600));
        assertThat(page.locator("#deny")).isFocused();
        BoundingBox command =
                Objects.requireNonNull(page.locator("#request .command").boundingBox());
        assertThat(command.y).isBetween(0.0, 500.0);
        assertThat((int) page.evaluate("Math.round(scrollY)")).isZero();
        // And what is tabbed to below is not under the bar.
        page.locator("#request details.others summary").first().focus();
        BoundingBox below =
                Objects.requireNonNull(
                        page.locator("#request details.others summary").first().boundingBox());
        BoundingBox bar = Objects.requireNonNull(page.locator(".bar-decide").boundingBox());
        assertThat(below.y + below.height).isLessThanOrEqualTo(bar.y + 16);
    }

    @Test
    void anAgentIsStoppedInTwoSteps() throws Exception {
        String token = server.agent("builder");
        server.decide(token, "claude-code", "ls");
        signIn();
        page.navigate(server.address() + "/agents/builder");
        page.locator("#stop").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#stop-now")).isVisible();
        assertThat(server.stops.holding()).isEmpty();
        page.locator("#stop-reason").fill("wrong branch");
        page.locator("#stop-now").click();
        assertThat(page.locator(".halted")).containsText("wrong branch");
        assertThat(server.stops.holding()).hasSize(1);
        page.locator(".halted button").click();
        assertThat(page.locator("#stop")).isVisible();
        assertThat(server.stops.holding()).isEmpty();
    }

    @Test
    void whatHelpsToDecideStandsBeside() throws Exception {
        String token = server.agent("builder");
        prompt(token, "ship it to main");
        server.decide(token, "claude-code", "npm test");
        server.decide(token, "claude-code", "git push origin main");
        signIn();
        assertThat(page.locator(".effects")).containsText("main");
        assertThat(page.locator(".context")).containsText("ship it to main");
        assertThat(page.locator(".context .records")).containsText("npm test");
        assertThat(page.locator(".quorum")).containsText("can still answer");
        assertThat(page.locator("#request")).containsText("One no of any of them ends it");
        assertThat(page.locator(".command .part-program").first()).hasText("git");
        assertThat(page.locator(".elsewhere")).hasCount(0);
    }

    private void prompt(String token, String text) {
        ObjectNode body = new ObjectMapper().createObjectNode();
        body.put("hook_event_name", "UserPromptSubmit").put("session_id", "s");
        body.put("cwd", "/home/dev/payments").put("prompt", text);
        assertThat(
                        server.post("/hooks/claude-code/UserPromptSubmit", token, body.toString())
                                .status())
                .isEqualTo(200);
    }

    @Test
    void whatAnEditChangesIsShownLineByLine() throws Exception {
        String token = server.agent("builder");
        ObjectNode call = new ObjectMapper().createObjectNode();
        call.put("client", "claude-code").put("tool", "Edit").put("session", "s");
        call.put("cwd", "/home/dev/payments");
        call.putObject("input")
                .put("file_path", "/home/dev/other/App.java")
                .put("old_string", "one\ntwo\nthree\n")
                .put("new_string", "one\n2\nthree\n");
        assertThat(
                        server.post("/v1/decisions", token, call.toString())
                                .json()
                                .path("effect")
                                .asText())
                .isEqualTo("ask");
        signIn();
        assertThat(page.locator(".diffed .name")).containsText("+1");
        assertThat(page.locator(".diffed .removed code")).hasText("two");
        assertThat(page.locator(".diffed .added code")).hasText("2");
        assertThat(page.locator(".diffed .same")).hasCount(2);
    }

    @Test
    void aTeamSeesItsWorkApart() throws Exception {
        String ana = server.personal(TestServer.ANA, true);
        for (String[] each :
                new String[][] {
                    {"/v1/teams/payments", "{}"},
                    {
                        "/v1/agents/payer",
                        "{\"teams\": [\"payments\"], \"owner\": \"" + TestServer.ANA + "\"}"
                    }
                }) {
            assertThat(server.send("PUT", each[0], ana, each[1], java.util.Map.of()).status())
                    .isEqualTo(200);
        }
        assertThat(
                        server.post(
                                        "/v1/people",
                                        ana,
                                        "{\"email\": \"vi@example.com\", \"roles\": [\"viewer\"],"
                                                + " \"teams\": [\"payments\"]}")
                                .status())
                .isLessThan(300);
        server.decide(server.agent("payer"), "claude-code", "git push origin main");
        server.ask(
                "npm publish",
                "high",
                new Requirement("r", List.of("role:owner"), new Requirement.Quorum.Any(), false));
        signIn("vi@example.com", new Browser.NewContextOptions().setViewportSize(1440, 900));
        assertThat(page.locator("#team .row")).hasCount(1);
        assertThat(page.locator("#team .row")).containsText("git push origin main");
        assertThat(page.locator("#lanes")).containsText("Waiting for others");
    }

    @Test
    void theFirstStepsEndWithAHeldCall() throws Exception {
        signIn();
        live();
        assertThat(page.locator("#guide li.next h3")).containsText("Connect the program");
        String token = server.agent("builder");
        prompt(token, "what does this do?");
        assertThat(page.locator("#guide li.next h3")).containsText("Let it want something");
        server.decide(token, "claude-code", "curl https://example.com");
        assertThat(page.locator("#request .command")).hasText("curl https://example.com");
        page.waitForTimeout(700);
        page.locator("#approve").click();
        assertThat(page.locator(".notice")).containsText("approved");
        assertThat(page.locator("#guide")).hasCount(0);
    }
}
