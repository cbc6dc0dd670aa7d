package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.countersign.approval.ApprovalRequest;
import dev.countersign.testing.Chromium;
import dev.countersign.testing.TestServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Tests of the pages of a server in a real Chromium. */
@SuppressWarnings("NullAway.Init")
abstract class InBrowser {
    static Chromium chromium;

    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Closed after the window and before the server. */
    final List<AutoCloseable> between = new CopyOnWriteArrayList<>();

    TestServer server;
    BrowserContext context;
    Page page;

    /** Whether the test takes the network away, so that the browser may say that it is gone. */
    boolean cutOff;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void quit() {
        chromium.close();
    }

    @AfterEach
    void close() throws Exception {
        context.close();
        for (AutoCloseable each : between) {
            each.close();
        }
        server.close();
        // Whatever the content security policy refuses, and every error of the script, is told
        // there.
        assertThat(complaints).isEmpty();
    }

    void signIn(String address, String email, Browser.NewContextOptions options) {
        context = chromium.browser().newContext(options);
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")
                    && !message.text().contains("status of 4")
                    && !(cutOff && message.text().contains("net::ERR_"))) {
                complaints.add(message.text());
            }
        });
        page.navigate(address + "/sign-in?code=" + server.link(email));
        page.locator("#enter").click();
        if (!Boolean.TRUE.equals(options.javaScriptEnabled) && options.javaScriptEnabled != null) {
            page.locator("noscript button").click();
        }
        page.waitForURL(address + "/");
    }

    void signIn(String email, Browser.NewContextOptions options) {
        signIn(server.address(), email, options);
    }

    void signIn(boolean script) {
        signIn(
                TestServer.ANA,
                new Browser.NewContextOptions()
                        .setViewportSize(1440, 900)
                        .setJavaScriptEnabled(script));
    }

    void signIn() {
        signIn(true);
    }

    /**
     * Waits until the page follows the events and was painted: Chromium drops what is typed into a
     * page before its first paint.
     */
    void live() {
        page.waitForCondition(() ->
                (boolean)
                        page.evaluate(
                                "performance.getEntriesByName('first-contentful-paint').length"
                                        + " > 0"));
        page.waitForSelector(
                "html[data-live=yes]",
                new Page.WaitForSelectorOptions().setState(WaitForSelectorState.ATTACHED));
    }

    ApprovalRequest now(ApprovalRequest request) {
        return server.approvals.find(request.id()).orElseThrow();
    }
}
