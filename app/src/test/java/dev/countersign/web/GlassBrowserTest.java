package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.countersign.approval.ApprovalRequest.State;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.MovableClock;
import dev.countersign.testing.TestServer;
import dev.countersign.testing.TestServer.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Escalations, questions that stay open and broken glasses, in a real Chromium. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class GlassBrowserTest {
    private static Playwright playwright;
    private static Browser browser;

    private final MovableClock clock = new MovableClock("2026-11-20T12:00:00Z");
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private TestServer server;
    private String agent;
    private BrowserContext context;
    private Page page;

    @BeforeAll
    static void launch() {
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        String named = System.getProperty("chromium", "");
        Path chromium =
                (named.isEmpty()
                                ? Stream.of(
                                        "/usr/bin/chromium",
                                        "/usr/bin/chromium-browser",
                                        "/usr/bin/google-chrome")
                                : Stream.of(named))
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow();
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(chromium)
                                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    }

    @AfterAll
    static void quit() {
        browser.close();
        playwright.close();
    }

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer(false, clock);
        agent = server.agent("builder");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("file", "away.yaml")
                .put(
                        "text",
                        """
                        policy: away
                        rules:
                          - ask: git_push
                            approvers: [{role: maintainer}]
                            escalate: {after: 10m, to: [{role: owner}]}
                            unanswered: wait
                        """);
        server.add("mo@example.com", "Mo", "maintainer");
        Reply put =
                server.send(
                        "PUT",
                        "/v1/policies/tenant",
                        server.personal(TestServer.ANA, true),
                        body.toString(),
                        Map.of());
        assertThat(put.status()).as(put.body()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        context.close();
        server.close();
        assertThat(complaints).isEmpty();
    }

    private void decide(String command) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("client", "claude-code").put("tool", "Bash").put("session", "s");
        call.put("cwd", "/home/dev/payments");
        call.putObject("input").put("command", command);
        assertThat(server.post("/v1/decisions", agent, call.toString()).status()).isEqualTo(200);
    }

    private void signIn(Browser.NewContextOptions options) {
        context = browser.newContext(options);
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains("status of 4")) {
                complaints.add(message.text());
            }
        });
        String code = server.identity.link(server.people.person(TestServer.ANA).orElseThrow());
        page.navigate(server.address() + "/sign-in?code=" + code);
    }

    private void signIn(boolean script) {
        signIn(
                new Browser.NewContextOptions()
                        .setViewportSize(1440, 900)
                        .setJavaScriptEnabled(script));
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
        page.waitForSelector(
                "html[data-live=yes]",
                new Page.WaitForSelectorOptions()
                        .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
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
        page.waitForSelector(
                "html[data-live=yes]",
                new Page.WaitForSelectorOptions()
                        .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
        page.locator("#glass").click();
        page.locator("#glass-reason").fill("the shop is do");
        clock.set("2026-11-20T12:10:00Z");
        server.absences.tick();
        assertThat(page.locator("#request .step").first()).containsText("Escalated to");
        assertThat(page.locator("#glass-reason")).hasValue("the shop is do");
        assertThat(page.locator("#glass-reason")).isVisible();
    }
}
