package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.Media;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Activity, records, sessions and the overview in a real Chromium. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class ActivityBrowserTest extends InBrowser {
    private String builder;

    @BeforeEach
    void start() throws NotRecorded {
        server = new TestServer();
        builder = server.agent("builder");
        server.decide(builder, "claude-code", "ls");
        server.decide(builder, "codex", "git push --force origin main");
        server.decide(server.agent("migrations"), "codex", "git push origin main");
    }

    private Locator rows() {
        return page.locator("#found tr[data-index]");
    }

    @Test
    void recordsAreFoundNarrowedAndRead() {
        signIn();
        page.navigate(server.address() + "/activity");
        page.keyboard().press("/");
        page.keyboard().type("effect:deny \"git push\"");
        page.keyboard().press("Enter");
        assertThat(page).hasURL(server.address() + "/activity?effect=deny&q=git+push");
        assertThat(rows()).hasCount(1);
        page.locator(".chip a").first().click();
        assertThat(page).hasURL(server.address() + "/activity?q=git+push");
        page.navigate(server.address() + "/activity");
        page.locator(".facet a", new Page.LocatorOptions().setHasText("migrations")).click();
        assertThat(page).hasURL(server.address() + "/activity?agent=migrations");
        assertThat(page.locator("#found")).not().containsText("--force");

        page.navigate(server.address() + "/activity?kind=decision");
        page.locator("td.what a").getByText("git push --force origin main").click();
        assertThat(page.locator("#side .command")).hasText("git push --force origin main");
        assertThat(page.locator("#side")).containsText("In the ledger");
        assertThat(page.locator("#found tr[aria-current]")).containsText("--force");
        page.keyboard().press("j");
        assertThat(page.locator("#found tr[aria-current]")).containsText("ls");
        page.keyboard().press("k");
        assertThat(page.locator("#found tr[aria-current]")).containsText("--force");
        page.keyboard().press("Escape");
        assertThat(page.locator("#found tr[aria-current]")).hasCount(0);
        assertThat(page.locator(".narrowing")).isVisible();
        page.goBack();
        assertThat(page.locator("#side")).containsText("In the ledger");
    }

    @Test
    void newRecordsWaitOnTopAndPushNothing() {
        signIn();
        page.navigate(server.address() + "/activity?client=codex");
        live();
        String first = rows().first().getAttribute("data-index");
        double at = rows().first().boundingBox().y;
        server.decide(builder, "codex", "git status");
        assertThat(page.locator("#news"))
                .hasText("1 new", new LocatorAssertions.HasTextOptions().setTimeout(2_000));
        assertThat(rows().first()).hasAttribute("data-index", first);
        page.locator("#pause").click();
        assertThat(page.locator("#news")).isHidden();
        assertThat(rows().first().boundingBox().y).isEqualTo(at);
        server.decide(builder, "claude-code", "git status");
        page.locator("#pause").click();
        assertThat(page.locator("#news")).hasText("1 new");
        page.locator("#news").click();
        assertThat(rows().first()).containsText("git status");
    }

    @Test
    void aRecordIsVerifiedByAPress() throws NotRecorded {
        server.ask("git push origin main", "high");
        signIn();
        page.navigate(server.address() + "/activity?effect=ask");
        page.locator("td.what a").first().click();
        page.locator("#verify").click();
        assertThat(page.locator("#findings")).containsText("Checked on the server just now");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(page.locator(".rail")).isHidden();
        assertThat(page.locator(".all-fields .ledger")).isVisible();
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));
        page.locator("text=its session").click();
        assertThat(page.locator("#replay")).containsText("git push origin main");
        page.keyboard().press("j");
        assertThat(page.locator("#replay > li").first()).isFocused();
    }

    @Test
    void aSearchIsKept() {
        signIn();
        page.navigate(server.address() + "/activity?effect=deny");
        page.fill("#view-name", "Denied");
        page.locator(".keep button").click();
        page.locator(".kept a").getByText("Denied").click();
        assertThat(page).hasURL(server.address() + "/activity?effect=deny");
        page.locator(".kept button.quiet").click();
        assertThat(page.locator(".kept a")).hasCount(0);
    }

    @Test
    void everythingIsReadWithoutScripts() throws NotRecorded {
        signIn(TestServer.ANA, new Browser.NewContextOptions().setJavaScriptEnabled(false));
        page.navigate(server.address() + "/activity");
        page.fill("#search", "agent:builder effect:deny");
        page.locator(".search button").click();
        assertThat(rows()).hasCount(1);
        assertThat(page.locator(".bars a")).hasCount(1);
        page.locator("td.what a").click();
        assertThat(page.locator("#side")).containsText("In the ledger");
        page.locator("#close").click();
        assertThat(page.locator(".narrowing")).isVisible();
        page.navigate(server.address() + "/overview");
        assertThat(page.locator(".figures")).containsText("calls answered");
    }

    @Test
    void onAPhoneOneThingIsShownAtATime() throws NotRecorded {
        server.ask("git push origin main " + "x".repeat(300), "high");
        signIn(TestServer.ANA, new Browser.NewContextOptions().setViewportSize(390, 844));
        for (String path :
                new String[] {
                    "/activity", "/overview", "/activity/session?id=s-1", "/activity?open=1"
                }) {
            page.navigate(server.address() + path);
            Object over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
            assertThat(over).as(path).isEqualTo(0);
        }
        page.navigate(server.address() + "/activity");
        page.locator("td.what a").first().click();
        assertThat(page.locator("#found")).isHidden();
        assertThat(page.locator("#side h1")).isVisible();
        page.locator("#close").click();
        assertThat(page.locator("#found")).isVisible();
    }
}
