package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.approval.Vote;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are alike, answered together, in a real Chromium. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class BatchBrowserTest {
    private static Chromium chromium;

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private TestServer server;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void quit() {
        chromium.close();
    }

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
    }

    @AfterEach
    void stop() {
        context.close();
        server.close();
        assertThat(complaints).isEmpty();
    }

    private void signIn(boolean script) {
        context =
                chromium.browser()
                        .newContext(
                                new Browser.NewContextOptions()
                                        .setViewportSize(1440, 900)
                                        .setJavaScriptEnabled(script));
        page = Chromium.window(context, complaints::add);
        String code = server.identity.link(server.people.person(TestServer.ANA).orElseThrow());
        page.navigate(server.address() + "/sign-in?code=" + code);
    }

    private ApprovalRequest now(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsAlikeIsOneRowAndOneAnswerWithAResultForEach(boolean script) throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "medium");
        ApprovalRequest second = server.ask("git push origin b", "medium");
        ApprovalRequest third = server.ask("git push origin c", "medium");
        ApprovalRequest other = server.ask("npm publish", "medium");
        signIn(script);
        assertThat(page.locator("#mine .row")).hasCount(2);
        assertThat(page.locator("#mine .group")).containsText("3 alike");
        page.locator("#mine .group").click();
        assertThat(page.locator(".members .command"))
                .hasText(
                        new String[] {
                            "git push origin a", "git push origin b", "git push origin c"
                        });
        page.locator("input[name=vote-" + second.id() + "]").uncheck();
        if (script) {
            assertThat(page.locator("#approve")).hasText("Approve 2 once");
        }
        // Somebody was first for one of them.
        String ana = server.personal(TestServer.ANA, true);
        server.post("/v1/approvals/" + third.id() + "/votes", ana, "{\"answer\":\"deny\"}");
        page.locator("#approve").click();
        assertThat(page.locator("h1")).hasText("1 of 2 answers count");
        assertThat(page.locator(".answered li")).hasCount(2);
        assertThat(page.locator(".answered li").nth(0)).containsText("approved");
        assertThat(page.locator(".answered li").nth(1)).containsText("not counted");
        assertThat(now(first).state()).isEqualTo(State.APPROVED);
        assertThat(now(second).state()).isEqualTo(State.PENDING);
        assertThat(now(third).state()).isEqualTo(State.DENIED);
        assertThat(now(other).state()).isEqualTo(State.PENDING);
    }

    @Test
    void aDenyTakesWordsToEach() throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "medium");
        ApprovalRequest second = server.ask("git push origin b", "medium");
        signIn(true);
        page.locator("#tell").click();
        page.locator("#guidance").fill("open a pull request");
        page.locator("#deny-and-tell").click();
        assertThat(page.locator("h1")).hasText("Denied 2 requests");
        for (ApprovalRequest request : List.of(first, second)) {
            assertThat(now(request).votes())
                    .extracting(Vote::guidance)
                    .containsExactly("open a pull request");
        }
    }

    @Test
    void whatIsCriticalIsNotApprovedWithOthers() throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "critical");
        server.ask("git push origin b", "critical");
        signIn(true);
        assertThat(page.locator("#deny")).isFocused();
        assertThat(page.locator(".members input[type=checkbox]:checked")).hasCount(0);
        page.locator("#all").click();
        assertThat(page.locator("#approve")).isDisabled();
        assertThat(page.locator("#reason")).hasText("What is checked is approved one by one only.");
        assertThat(page.locator(".members .reason").first()).containsText("it is critical");
        page.locator(".members .reason a").first().click();
        assertThat(page.locator("#request")).hasAttribute("data-id", first.id());
    }

    @Test
    void allThatIsCheckedMustHaveBeenInSight() throws NotRecorded {
        for (int i = 0; i < 12; i++) {
            server.ask("git push origin " + "a-long-name-".repeat(12) + i, "medium");
        }
        signIn(true);
        assertThat(page.locator("#approve")).isDisabled();
        assertThat(page.locator("#reason")).containsText("Scroll to the end");
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
        assertThat(page.locator("#approve")).isEnabled();
        assertThat(page.locator("#approve")).hasText("Approve 12 once");
    }

    @Test
    void theKeyboardIsEnough() throws NotRecorded {
        ApprovalRequest first = server.ask("git push origin a", "medium");
        ApprovalRequest second = server.ask("git push origin b", "medium");
        signIn(true);
        page.locator("input[name=vote-" + first.id() + "]").focus();
        page.keyboard().press("Enter");
        page.keyboard().press("Space");
        page.keyboard().press("a");
        assertThat(page.locator("#approve")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("h1")).hasText("Approved 1 request");
        assertThat(now(first).votes()).isEmpty();
        assertThat(now(second).state()).isEqualTo(State.APPROVED);
    }

    @Test
    void whatChangesWhileItIsReadIsSaidAndDoesNotSlideAway() throws NotRecorded {
        server.ask("git push origin a", "medium");
        server.ask("git push origin b", "medium");
        signIn(true);
        page.waitForSelector(
                "html[data-live=yes]",
                new Page.WaitForSelectorOptions()
                        .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
        server.ask("git push origin c", "medium");
        assertThat(page.locator("#changed")).isVisible();
        assertThat(page.locator(".members > li")).hasCount(2);
        assertThat(page.locator("#mine .group")).containsText("3 alike");
        page.locator("#changed a").click();
        assertThat(page.locator(".members > li")).hasCount(3);
    }
}
